"""Evaluate models, or a file of predictions, on a data set; docs/evaluation.md has the rules."""

import json
from argparse import ArgumentTypeError
from functools import partial
from pathlib import Path
from typing import Annotated, Literal

import typer

from command_line import DeviceOption, missing_is_told, picture_size
from das_app.files.bundled import bundled_file
from das_model.datasets.panoptic import FRAMES_PER_ACTIVITY
from das_model.datasets.panoptic_split import PanopticSplit
from das_model.evaluation.photos.movenet_peers import THUNDER_SCORE, movenet_peers
from das_model.evaluation.photos.photo_scores import SURE_SCORE
from das_model.evaluation.photos.photo_validation import (
    MIN_SCORE,
    reliability_rows,
    summary_rows,
)
from das_model.evaluation.predictions import Predictor
from das_model.evaluation.protocols import benchmarks
from das_model.evaluation.tables import Table, format_tables, to_json
from das_model.inference.estimate import Device
from das_model.inference.mode import Mode

DECODE_HELP = "of checkpoints: 0.07, OKS 0.9 and no votes, or as the application; by the network"
Root = Annotated[Path, typer.Option(help="folder of the data set")]
Models = Annotated[
    list[Path] | None, typer.Option(help="ONNX file or checkpoint; several: a column each")
]
Decode = Annotated[Literal["authors", "ours"] | None, typer.Option(help=DECODE_HELP)]
InputSize = Annotated[str | None, typer.Option(help="of checkpoints, WIDTHxHEIGHT px")]
File = Annotated[Path | None, typer.Option(help="JSON as scripts/predict.py writes it")]
Limit = Annotated[int | None, typer.Option(min=1, help="take the first so many pictures only")]
Score = Annotated[float | None, typer.Option(min=0, max=1, help="least of a person; models: 0.3")]
Output = Annotated[Path | None, typer.Option("--json", help="write the figures there too")]

Modes = Annotated[list[Mode] | None, typer.Option("--mode", help="fast; several: a column each")]

DAS_LITE = bundled_file("models", "das-lite.onnx")
THUNDER = bundled_file("models", "movenet-thunder.onnx")

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, help=__doc__)


@app.command()
def panoptic(
    root: Root,
    model: Models = None,
    mode: Modes = None,
    predictions: File = None,
    threshold: Score = None,
    output: Output = None,
    device: DeviceOption = Device.AUTO,
    decode: Decode = None,
    input_size: InputSize = None,
    activity: Annotated[list[str] | None, typer.Option(help="all of the split by default")] = None,
    frames_per_activity: Annotated[int, typer.Option(min=1)] = FRAMES_PER_ACTIVITY,
    split: Annotated[str, typer.Option(help="das, smap or a TOML file of lists")] = "das",
) -> None:
    """CMU Panoptic: mpjpe_mm of the DAS protocol by activity, strict figures beside it."""
    lists = PanopticSplit.read(split)
    chosen = tuple(activity or lists.test)
    _run(
        lambda p: benchmarks.evaluate_panoptic(root, p, lists, chosen, frames_per_activity),
        model,
        mode,
        predictions,
        threshold,
        output,
        device,
        checkpoints=(decode, input_size),
    )


@app.command(name="mupots")
def mupots_3d(
    root: Root,
    model: Models = None,
    mode: Modes = None,
    predictions: File = None,
    threshold: Score = None,
    output: Output = None,
    device: DeviceOption = Device.AUTO,
    decode: Decode = None,
    input_size: InputSize = None,
    protocol: Annotated[
        Literal["das", "das-corrected", "matlab"], typer.Option(help="never mix them")
    ] = "matlab",
    mat: Annotated[Path | None, typer.Option(help="folder for files for the toolbox")] = None,
) -> None:
    """MuPoTS-3D: PCK and AUC by sequence, AP of roots."""
    _run(
        lambda p: benchmarks.evaluate_mupots(root, p, protocol, mat),
        model,
        mode,
        predictions,
        threshold,
        output,
        device,
        mat is not None,
        (decode, input_size),
    )


@app.command()
def coco(
    root: Root,
    model: Models = None,
    mode: Modes = None,
    predictions: File = None,
    threshold: Score = None,
    output: Output = None,
    device: DeviceOption = Device.AUTO,
    limit: Limit = None,
    split: str = "val2017",
    decode: Decode = None,
    input_size: InputSize = None,
) -> None:
    """COCO person keypoints: OKS AP and AR on the common joints."""
    _run(
        lambda p: benchmarks.evaluate_coco(root, p, split, limit),
        model,
        mode,
        predictions,
        threshold,
        output,
        device,
        checkpoints=(decode, input_size),
    )


@app.command()
def synthetic(
    root: Root,
    model: Models = None,
    mode: Modes = None,
    predictions: File = None,
    threshold: Score = None,
    output: Output = None,
    device: DeviceOption = Device.AUTO,
    limit: Limit = None,
    decode: Decode = None,
    input_size: InputSize = None,
) -> None:
    """Rendered people: recall, precision, MPJPE, PCK and root errors, whole and by band."""
    _run(
        lambda p: benchmarks.evaluate_synthetic(root, p, limit),
        model,
        mode,
        predictions,
        threshold,
        output,
        device,
        checkpoints=(decode, input_size),
    )


@app.command()
def photos(
    root: Annotated[Path, typer.Option(help="folder of coco_real, coco_no_person and real")],
    model: Models = None,
    mode: Modes = None,
    predictions: File = None,
    output: Output = None,
    device: DeviceOption = Device.AUTO,
    limit: Limit = None,
    threshold: Annotated[
        float, typer.Option(min=0, max=1, help="least of who is shown")
    ] = SURE_SCORE,
    sheet: Annotated[Path | None, typer.Option(help="JPEG of the 64 worst photos")] = None,
    movenet: Annotated[Path | None, typer.Option(help="folder of movenet-multipose.json")] = None,
) -> None:
    """Hand-labelled photos: OKS AP, PCK by size, direction, cut; false people; reliability."""

    def evaluate(predictor: Predictor) -> Table:
        return benchmarks.evaluate_photos(root, predictor, threshold, limit, sheet)

    if sheet and movenet:
        raise typer.BadParameter("expected --sheet or --movenet: a sheet shows one model")
    source = _source(model, mode, predictions, sheet is not None)
    tables = _tables(evaluate, source, None if predictions else MIN_SCORE, mode, device)
    if movenet:
        first = benchmarks.ModelPredictor(DAS_LITE, THUNDER_SCORE)
        peers = movenet_peers(movenet, THUNDER, first)
        tables |= {title: evaluate(peer) for title, peer in peers.items()}
    _tell(tables, output)
    typer.echo(f"\n{summary_rows(tables)}\n\n{reliability_rows(tables)}")


@app.command()
def jitter(
    root: Root,
    model: Models = None,
    mode: Modes = None,
    threshold: Score = None,
    output: Output = None,
    device: DeviceOption = Device.AUTO,
    pictures: Annotated[int, typer.Option(min=1)] = 32,
    copies: Annotated[int, typer.Option(min=2, help="noisy copies of each picture")] = 16,
) -> None:
    """Still rendered pictures with noise of the sensor: how much the joints shake."""
    _run(
        lambda p: benchmarks.evaluate_jitter(root, p, pictures, copies),
        model,
        mode,
        None,
        threshold,
        output,
        device,
    )


def _run(
    evaluate: benchmarks.Evaluate,
    models: list[Path] | None,
    modes: list[Mode] | None,
    predictions: Path | None,
    threshold: float | None,
    output: Path | None,
    device: Device,
    is_single: bool = False,
    checkpoints: tuple[str | None, str | None] = (None, None),
) -> None:
    """Evaluate the predictions or each model, print the table and write it."""
    source = _source(models, modes, predictions, is_single)
    _tell(_tables(evaluate, source, threshold, modes, device, checkpoints), output)


def _tables(
    evaluate: benchmarks.Evaluate,
    source: Path | list[Path],
    threshold: float | None,
    modes: list[Mode] | None,
    device: Device,
    checkpoints: tuple[str | None, str | None] = (None, None),
) -> dict[str, Table]:
    return benchmarks.evaluate_each(
        evaluate,
        source,
        threshold,
        typer.echo,
        modes or (Mode.FAST,),
        THUNDER,
        partial(_checkpoint, *checkpoints),
        device,
    )


def _checkpoint(
    decode: str | None, input_size: str | None, file: Path, threshold: float | None
) -> Predictor:
    """The predictor of a checkpoint; torch is imported for these alone."""
    from das_model.training import network_predictor

    try:
        size = picture_size(input_size) if input_size else None
    except ArgumentTypeError as error:
        raise typer.BadParameter(f"--input-size {error}") from error
    return network_predictor.open_checkpoint(file, decode, size, threshold)


def _source(
    models: list[Path] | None,
    modes: list[Mode] | None,
    predictions: Path | None,
    is_single: bool,
) -> Path | list[Path]:
    """What is to be evaluated: the file of predictions or the models, by default our own."""
    num_columns = len(models or [DAS_LITE]) * len(modes or [Mode.FAST])
    if (predictions and (models or modes)) or (is_single and num_columns > 1):
        raise typer.BadParameter("expected --predictions or --model, and once for a file beside")
    return predictions or models or [DAS_LITE]


def _tell(tables: dict[str, Table], output: Path | None) -> None:
    typer.echo(format_tables(tables))
    if output:
        output.write_text(json.dumps(to_json(tables), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    with missing_is_told():
        app()
