"""Predict the people of photos into one JSON file, as the evaluation reads it."""

from pathlib import Path
from typing import Annotated

import typer
from tqdm import tqdm

from command_line import CLUSTER_HELP, DeviceOption
from das_app.files.bundled import bundled_file
from das_app.files.image_files import list_images
from das_app.lens.calibration_files import load_intrinsics_by_name
from das_app.pipeline.image_batch import ImageJob, people_of_images
from das_app.settings.app_settings import THUNDER
from das_model.camera import DEFAULT_FOV_DEG
from das_model.evaluation.predictions import Prediction, write_predictions
from das_model.inference.estimate import Device, EstimatorOptions
from das_model.inference.mode import Mode


def main(
    images: Annotated[list[Path], typer.Argument(help="images, or one folder with sub-folders")],
    output: Annotated[Path, typer.Option("-o", "--output", help="JSON file to write")],
    intrinsics: Annotated[
        Path | None, typer.Option(help="JSON {file_name: [fx, fy, cx, cy]}, px of that image")
    ] = None,
    fov: Annotated[float, typer.Option(min=2, max=178, help="degrees")] = DEFAULT_FOV_DEG,
    model: Annotated[Path | None, typer.Option(help="ONNX model file")] = None,
    mode: Annotated[Mode, typer.Option(help="auto is precise here; fast looks once")] = Mode.AUTO,
    device: DeviceOption = Device.AUTO,
    cluster: Annotated[str | None, typer.Option(metavar="ADDRESS", help=CLUSTER_HELP)] = None,
) -> None:
    """Write {file_name: {"people": [...]}}; names are relative to the folder given."""
    job = ImageJob(
        model or bundled_file("models", "das-lite.onnx"),
        EstimatorOptions(device, mode=mode, thunder_file=bundled_file("models", THUNDER)),
        load_intrinsics_by_name(intrinsics) if intrinsics else None,
        fov,
    )
    files = _named_images(images)
    found = people_of_images(job, list(files.items()), cluster)
    told = dict(tqdm(found, total=len(files), unit="image"))
    predictions, problems = {}, []
    for name in files:
        people = told[name]
        if isinstance(people, str):
            problems.append(people)
        else:
            predictions[name] = Prediction.projected(*people)
    write_predictions(output, predictions)
    typer.echo(f"{output}: {len(predictions)} images")
    if problems:
        raise SystemExit("\n".join([f"{len(problems)} images left out:", *problems]))


def _named_images(paths: list[Path]) -> dict[str, Path]:
    """Images by their name in the predictions: relative to their folder, or the bare name."""
    named: dict[str, Path] = {}
    for path in paths:
        folder = path if path.is_dir() else path.parent
        for image in list_images(path) if path.is_dir() else [path]:
            name = image.relative_to(folder).as_posix()
            if named.setdefault(name, image) != image:
                raise typer.BadParameter(f"both {named[name]} and {image} would be called {name}")
    if not named:
        raise typer.BadParameter(f"no image at {', '.join(map(str, paths))}")
    return named


if __name__ == "__main__":
    typer.run(main)
