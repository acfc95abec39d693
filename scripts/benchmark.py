"""How fast and how large: the bundled model's parts, the networks' sizes, the loader.

    python scripts/benchmark.py speed [--model FILE] [--runs N]
    python scripts/benchmark.py people [--model FILE] [--runs N] [-o PICTURE.png]
    python scripts/benchmark.py startup [--runs N] [--against CHECKOUT]
    python scripts/benchmark.py goals [--against CHECKOUT] [-o TABLE.md]
    python scripts/benchmark.py gpu [--model FILE] [--frames N] [-o FILE.json]
    python scripts/benchmark.py runtimes [--model FILE] [--runs N]
    python scripts/benchmark.py model
    python scripts/benchmark.py loader --synthetic DIR [--photos DIR] [--workers N]
    python scripts/benchmark.py loader --synthetic DIR --canvas 256x256 --canvas 448x256
    python scripts/benchmark.py cost [--cards N] [--tflops N] [--sample-ms N]

`speed` times its rows in turns (A B C A B C ...), so that a noisy machine is noisy for all of
them; the last column, the ratio to the whole call on the first picture size, is what to compare.
"""

import json
from pathlib import Path
from typing import Annotated

import typer

from command_line import picture_size
from das_app.files.bundled import bundled_file
from das_model.datasets.data_config import DataConfig
from das_model.reproduction import complexity, cost, crowd_cost, speed
from das_model.skeleton import Skeleton
from das_model.training.recipes import RECIPES
from das_model.training.throughput import loader_share, measure_loader
from timing import device_speed, goals, runtimes, startup

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, help=__doc__)


@app.command(name="speed")
def call_speed(
    model: Annotated[Path | None, typer.Option(help="ONNX file; the bundled one")] = None,
    runs: Annotated[int, typer.Option(min=1)] = 30,
) -> None:
    """Time the whole call and its parts on this machine, medians in one run."""
    thunder_file = bundled_file("models", "movenet-thunder.onnx")
    typer.echo(speed.report(model or bundled_file("models", "das-lite.onnx"), thunder_file, runs))


@app.command()
def people(
    model: Annotated[Path | None, typer.Option(help="ONNX file; the bundled one")] = None,
    runs: Annotated[int, typer.Option(min=1)] = 10,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="PNG to draw")] = None,
) -> None:
    """Time a whole call with 0 to 50 people, with and without heat map and lifting."""
    typer.echo(crowd_cost.report(model or bundled_file("models", "das-lite.onnx"), runs, output))


@app.command(name="startup")
def call_startup(
    runs: Annotated[int, typer.Option(min=1)] = 5,
    against: Annotated[
        Path | None, typer.Option(help="another checkout, taken in turns with this one")
    ] = None,
) -> None:
    """Time `das-app` to its window, first picture and first person; --version and --help, too."""
    typer.echo(startup.report(runs, against and against.resolve()))


@app.command(name="goals")
def call_goals(
    against: Annotated[
        Path | None, typer.Option(help="another checkout, asked the same before this one")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Markdown to write")
    ] = None,
) -> None:
    """Print what was to be reached and what is: the table of docs/performance.md; minutes."""

    def say(news: str) -> None:
        typer.echo(f"... {news}", err=True)

    table = goals.report(against and against.resolve(), say)
    typer.echo(table)
    if output:
        output.write_text(table, encoding="utf-8")


@app.command()
def gpu(
    model: Annotated[Path | None, typer.Option(help="ONNX file; the bundled one")] = None,
    frames: Annotated[int, typer.Option(min=1, help="of each way")] = 100,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="JSON to write")] = None,
) -> None:
    """Time every way in which the model can run on this machine's card; under 8 minutes.

    CUDA with and without a recorded graph, TensorRT, float16, maps on the host; what the machine
    has not is named.
    """
    file = model or bundled_file("models", "das-lite.onnx")

    def say(news: str) -> None:
        typer.echo(f"... {news}", err=True)

    try:
        told = device_speed.measure(file, frames, say)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    if told["gpu"] != "yes":
        typer.echo(f"no GPU here ({told['gpu']}): the same path on the processor")
    text = json.dumps(told, indent=1)
    typer.echo(text)
    if output:
        output.write_text(text + "\n", encoding="utf-8")


@app.command(name="runtimes")
def call_runtimes(
    model: Annotated[Path | None, typer.Option(help="ONNX file; the bundled one")] = None,
    runs: Annotated[int, typer.Option(min=2, help="pictures of each kind")] = 60,
) -> None:
    """Time OpenVINO beside ONNX Runtime on this processor, in turns, and compare their people."""
    try:
        typer.echo(runtimes.report(model or bundled_file("models", "das-lite.onnx"), runs))
    except (FileNotFoundError, ValueError) as error:
        raise typer.BadParameter(str(error)) from error


@app.command()
def model() -> None:
    """Parameters and GMACs of every variant beside the literature's."""
    typer.echo(complexity.report())


@app.command()
def loader(
    synthetic: Annotated[Path | None, typer.Option(help="rendered pictures")] = None,
    photos: Annotated[Path | None, typer.Option(help="photos with 2D labels")] = None,
    panoptic: Annotated[Path | None, typer.Option(help="CMU Panoptic")] = None,
    muco: Annotated[Path | None, typer.Option(help="MuCo-3DHP")] = None,
    coco: Annotated[Path | None, typer.Option(help="COCO 2017")] = None,
    coco_real: Annotated[Path | None, typer.Option(help="hand-labelled photos")] = None,
    negatives: Annotated[list[Path] | None, typer.Option(help="photos without anybody")] = None,
    recipe: Annotated[str, typer.Option(help="whose canvas and batch to take")] = "lite",
    workers: Annotated[int, typer.Option(min=0)] = 0,
    canvas: Annotated[
        list[str] | None, typer.Option(help="WxH px: the loader's share of a step instead")
    ] = None,
) -> None:
    """Samples a second of the training loader, and which of its steps takes the time; with
    canvases, what share of a step's computing it has."""
    if recipe not in RECIPES:
        raise typer.BadParameter(f"recipe must be one of {', '.join(RECIPES)}, got {recipe}")
    chosen = RECIPES[recipe]
    data = DataConfig(
        synthetic=synthetic,
        photos=photos,
        panoptic=panoptic,
        muco=muco,
        coco=coco,
        size=chosen.canvas[0],
        height=chosen.canvas[1],
        batch_size=chosen.batch_size,
        augment=chosen.augment,
        num_workers=workers,
        coco_real=coco_real,
        negatives=tuple(negatives or ()),
        shares=chosen.shares,
        is_whole=chosen.is_whole,
        augment_flat=chosen.augment_flat,
        coco_left_out=chosen.coco_left_out,
    )
    if canvas:
        for size in map(picture_size, canvas):
            typer.echo(loader_share(data, chosen.train, size))
        return
    network = chosen.train.network
    joints = Skeleton(network.joint_names)
    typer.echo(measure_loader(data, network.encoding, skeleton=joints))


@app.command(name="cost")
def call_cost(
    recipe: Annotated[list[str] | None, typer.Option(help="of the paper; may be repeated")] = None,
    cards: Annotated[int, typer.Option(min=1)] = 8,
    tflops: Annotated[float, typer.Option(min=0.1, help="that a card reaches in training")] = 60.0,
    sample_ms: Annotated[float, typer.Option(min=0.1, help="of the loader, as measured")] = 50.0,
) -> None:
    """Hours, cards, loader processes and disk of the paper's runs."""
    names = recipe or ["panoptic", "mupots", "table1-root", "table1-full"]
    if unknown := [name for name in names if name not in RECIPES]:
        raise typer.BadParameter(f"recipe must be one of {', '.join(RECIPES)}, got {unknown[0]}")
    typer.echo(cost.report(names, cards, tflops, sample_ms))


if __name__ == "__main__":
    app()
