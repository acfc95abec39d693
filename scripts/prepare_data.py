"""Check a downloaded data set, list what is missing and from where, and make it ready.

    python scripts/prepare_data.py panoptic ROOT     # labels, and pictures out of the HD videos
    python scripts/prepare_data.py muco ROOT         # labels
    python scripts/prepare_data.py mupots ROOT
    python scripts/prepare_data.py coco ROOT
    python scripts/prepare_data.py panoptic ROOT --shards DIR     # and into tar files, to train on

Nothing is downloaded: the data sets have their own terms. docs/data.md tells the layouts.
"""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from tqdm import tqdm

from das_model.datasets import coco, muco, panoptic
from das_model.datasets.coco import SPLITS
from das_model.datasets.downloads import Missing, check_coco, check_muco, check_mupots
from das_model.datasets.panoptic import FRAMES_PER_ACTIVITY
from das_model.datasets.panoptic_preparation import prepare_panoptic
from das_model.datasets.panoptic_split import PanopticSplit
from das_model.datasets.shards import pack


class Dataset(StrEnum):
    """The data sets."""

    PANOPTIC = "panoptic"
    MUCO = "muco"
    MUPOTS = "mupots"
    COCO = "coco"


def main(
    dataset: Annotated[Dataset, typer.Argument()],
    root: Annotated[Path, typer.Argument(help="folder of the download")],
    split: Annotated[
        str | None, typer.Option(help="panoptic: das, smap or a file; coco: train2017 or val2017")
    ] = None,
    ffmpeg: Annotated[Path | None, typer.Option(help="decode with it instead of PyAV")] = None,
    all_frames: Annotated[
        bool, typer.Option("--all-frames", help="every labelled frame, not only the wanted ones")
    ] = False,
    frames_per_activity: Annotated[int, typer.Option(min=1)] = FRAMES_PER_ACTIVITY,
    shards: Annotated[
        Path | None, typer.Option(help="pack the pictures to train on into tar files there")
    ] = None,
) -> None:
    """Check a download and make it ready; ends with 1 if something is missing."""
    if not root.is_dir():
        raise typer.BadParameter(f"{root}: a folder was expected there")
    if dataset is Dataset.PANOPTIC:
        lists = _panoptic_split(split or "das")
        missing = prepare_panoptic(
            root, lists, typer.echo, ffmpeg, all_frames, frames_per_activity
        )
    elif dataset is Dataset.MUCO:
        missing = check_muco(root)
    elif dataset is Dataset.MUPOTS:
        missing = check_mupots(root)
    else:
        if split not in (None, *SPLITS):
            raise typer.BadParameter(f"--split must be one of {', '.join(SPLITS)}, got {split}")
        missing = check_coco(root, SPLITS if split is None else [split])
    if shards is not None and not missing:
        _pack(dataset, root, split, shards)
    _report(missing)


def _pack(dataset: Dataset, root: Path, split: str | None, folder: Path) -> None:
    """The training pictures of a complete data set into tar files."""
    if dataset is Dataset.PANOPTIC:
        pictures = panoptic.training_set(root, _panoptic_split(split or "das"))
    elif dataset is Dataset.MUCO:
        pictures = muco.training_set(root)
    elif dataset is Dataset.COCO:
        pictures = coco.picture_set(root, "train2017")
    else:
        raise typer.BadParameter("--shards is for the sets that are trained on, not for mupots")
    with tqdm(total=len(pictures), unit="picture") as bar:
        number = pack(pictures, folder, on_picture=bar.update)
    typer.echo(f"{len(pictures)} pictures in {number} tar files in {folder}")


def _panoptic_split(name: str) -> PanopticSplit:
    try:
        return PanopticSplit.read(name)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def _report(missing: list[Missing]) -> None:
    for item in missing:
        typer.echo(f"missing {item.file_name}\n    from {item.source}")
    typer.echo(f"{len(missing)} missing" if missing else "complete")
    raise typer.Exit(code=1 if missing else 0)


if __name__ == "__main__":
    typer.run(main)
