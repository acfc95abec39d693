"""Checks of downloaded data sets: which files are missing and where each comes from.

Each check also writes the labels in short beside the originals, which makes opening quick; the
loaders read the originals where that file is not there or out of date.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from das_model.datasets import coco, mupots
from das_model.datasets import muco as muco_files
from das_model.datasets.labels import LabelTable, labels_cache

_MUCO = "https://cv.snu.ac.kr/dataset/3DMPPE/MuCo/"
_MUPOTS_PAGE = "https://vcai.mpi-inf.mpg.de/projects/SingleShotMultiPerson/"
_MUPOTS_TOOLBOX = f"MultiPersonTestSet.zip, by get_mupots-3d.sh of {_MUPOTS_PAGE}"
_MUPOTS_JSON = "https://cv.snu.ac.kr/dataset/3DMPPE/MuPoTS/MuPoTS-3D.json"
_COCO_LABELS = "http://images.cocodataset.org/annotations/annotations_trainval2017.zip"
_COCO_PICTURES = "http://images.cocodataset.org/zips/{split}.zip"


@dataclass(frozen=True, slots=True)
class Missing:
    """A file or folder of a download, by its name relative to the root, and its source."""

    file_name: str
    source: str


def check_muco(root: Path) -> list[Missing]:
    """Missing files of MuCo-3DHP, as composited and published by Moon et al."""
    try:
        file = muco_files.label_file(root)
    except FileNotFoundError:
        return [Missing("MuCo-3DHP.json", f"{_MUCO}MuCo-3DHP.json")]
    table = muco_files.read_labels(file)
    table.save(labels_cache(file), [file])
    return [
        Missing(name, f"{_MUCO}{name.split('/')[0].removesuffix('_set')}.zip")
        for name in missing_pictures(root, table)
    ]


def check_mupots(root: Path) -> list[Missing]:
    """Missing files of MuPoTS-3D: labels of Moon et al., and the test set of Mehta et al."""
    folder = mupots.pictures_folder(root)
    missing = [
        Missing(name, _MUPOTS_TOOLBOX)
        for sequence in mupots.SEQUENCES
        for name in (f"{folder}{sequence}/annot.mat", f"{folder}{sequence}/occlusion.mat")
        if not (root / name).is_file()
    ]
    try:
        file = mupots.label_file(root)
    except FileNotFoundError:
        return [Missing("MuPoTS-3D.json", _MUPOTS_JSON), *missing]
    table = mupots.read_labels(file)
    table.save(labels_cache(file), [file])
    return missing + [
        Missing(f"{folder}{name}", _MUPOTS_TOOLBOX)
        for name in missing_pictures(root / folder, table)
    ]


def check_coco(root: Path, splits: Iterable[str] = coco.SPLITS) -> list[Missing]:
    """Missing files of COCO keypoints: labels, and the images with people of these splits."""
    missing = []
    for split in splits:
        file = coco.label_path(root, split)
        if not file.is_file():
            missing.append(Missing(f"annotations/{file.name}", _COCO_LABELS))
            continue
        table = coco.read_labels(file, split)
        table.save(labels_cache(file), [file])
        source = _COCO_PICTURES.format(split=split)
        missing += [Missing(name, source) for name in missing_pictures(root, table)]
    return missing


def missing_pictures(root: Path, table: LabelTable) -> list[str]:
    """Pictures of the table that are not there; a folder that is not there stands for its own.

    Returns:
        Names relative to the root, sorted; those of folders end with a slash.
    """
    wanted: dict[str, set[str]] = {}
    for name in table.file_names.tolist():
        folder, _, bare = name.rpartition("/")
        wanted.setdefault(folder, set()).add(bare)
    missing = []
    for folder, names in wanted.items():
        if not (root / folder).is_dir():
            missing.append(f"{folder}/")
        else:
            there = {file.name for file in (root / folder).iterdir()}
            missing += [f"{folder}/{name}" for name in names - there]
    return sorted(missing)
