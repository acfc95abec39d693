"""Evaluate a model on rendered people or on photos with 2D labels; prints a table."""

import json
import math
from pathlib import Path
from typing import Annotated

import typer
from tqdm import tqdm

from das_model.datasets.photos import PhotoSet
from das_model.datasets.rendered import RenderedSet
from das_model.protocols.photos import PhotoProtocol
from das_model.protocols.synthetic import SyntheticProtocol
from das_model.runtime import PoseEstimator

Root = Annotated[Path, typer.Option(help="folder of the validation data")]
Model = Annotated[Path, typer.Option(help="ONNX model file")]
Limit = Annotated[int | None, typer.Option(min=1, help="take the first so many pictures only")]
Score = Annotated[float, typer.Option(min=0, max=1, help="leave out less sure people")]
Output = Annotated[Path | None, typer.Option("--json", help="write the figures there too")]

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, help=__doc__)


@app.command()
def synthetic(
    root: Root, model: Model, limit: Limit = None, threshold: Score = 0.2, output: Output = None
) -> None:
    """Rendered people: recall, precision, MPJPE, PCK and root errors, whole and by band."""
    estimator = _estimator(model, threshold)
    pictures = RenderedSet.open(root)
    protocol = SyntheticProtocol(estimator.skeleton)
    for index in tqdm(_indices(pictures, limit), unit="image"):
        image, annotation = pictures[index]
        protocol.add(estimator(image, annotation.camera), annotation)
    _report(protocol.table(), output)


@app.command()
def photos(
    root: Root, model: Model, limit: Limit = None, threshold: Score = 0.2, output: Output = None
) -> None:
    """The validation photos: recall, PCK, OKS AP and false people, by source of the photos."""
    estimator = _estimator(model, threshold)
    pictures = PhotoSet.open(root, "val")
    protocol = PhotoProtocol()
    for index in tqdm(_indices(pictures, limit), unit="image"):
        image, annotation = pictures[index]
        entry = pictures.images[index]
        people = estimator(image, annotation.camera)
        group = entry.get("source", "unnamed")
        protocol.add(people, annotation, group, entry.get("exhaustive", True))
    _report(protocol.table(), output)


def _estimator(model: Path, threshold: float) -> PoseEstimator:
    estimator = PoseEstimator(model)
    estimator.score_threshold = threshold
    typer.echo(f"{model} on {estimator.provider}, people from score {threshold:g}")
    return estimator


def _indices(pictures: RenderedSet | PhotoSet, limit: int | None) -> range:
    return range(min(len(pictures), limit or len(pictures)))


def _report(table: dict[str, float], output: Path | None) -> None:
    """Print one line per figure, one column per group; NaN, not measured, becomes a dash."""
    groups = list(dict.fromkeys(key.rpartition("/")[0] for key in table))
    widths = {group: max(8, len(group)) for group in groups}
    typer.echo(" " * 24 + "  ".join((g or "all").rjust(widths[g]) for g in groups))
    for name in (key for key in table if "/" not in key):
        values = [table.get(f"{g}/{name}" if g else name, math.nan) for g in groups]
        cells = ["-" if math.isnan(v) else f"{v:.4g}" for v in values]
        columns = zip(cells, widths.values(), strict=True)
        typer.echo(name.ljust(24) + "  ".join(cell.rjust(width) for cell, width in columns))
    if output:
        values = {key: None if math.isnan(value) else value for key, value in table.items()}
        output.write_text(json.dumps(values, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    app()
