"""Predict the people of photos into one JSON file, as the evaluation reads it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer
from tqdm import tqdm

from das_app.files.bundled import bundled_file
from das_app.lens.calibration_files import load_intrinsics_by_name
from das_app.settings.app_settings import THUNDER
from das_app.sources.frame_source import SourceError
from das_app.sources.image_source import list_images, read_image
from das_model.camera import DEFAULT_FOV_DEG, Camera
from das_model.evaluation.predictions import Prediction, write_predictions
from das_model.inference.estimate import EstimatorOptions
from das_model.inference.mode import Mode
from das_model.inference.ordered_pool import calls_at_once, in_order, one_thread
from das_model.inference.runtime import open_estimator


def main(
    images: Annotated[list[Path], typer.Argument(help="images, or one folder with sub-folders")],
    output: Annotated[Path, typer.Option("-o", "--output", help="JSON file to write")],
    intrinsics: Annotated[
        Path | None, typer.Option(help="JSON {file_name: [fx, fy, cx, cy]}, px of that image")
    ] = None,
    fov: Annotated[float, typer.Option(min=2, max=178, help="degrees")] = DEFAULT_FOV_DEG,
    model: Annotated[Path | None, typer.Option(help="ONNX model file")] = None,
    mode: Annotated[Mode, typer.Option(help="auto is precise here; fast looks once")] = Mode.AUTO,
) -> None:
    """Write {file_name: {"people": [...]}}; names are relative to the folder given."""
    options = EstimatorOptions(mode=mode, thunder_file=bundled_file("models", THUNDER))
    file = model or bundled_file("models", "das-lite.onnx")
    estimator = open_estimator(file, one_thread(options))
    by_name = load_intrinsics_by_name(intrinsics) if intrinsics else None

    def predict(named: tuple[str, Path]) -> Prediction | str:
        """The people of an image, or why there are none to be had."""
        name, path = named
        try:
            image = read_image(path)
            camera = _camera(name, (image.shape[1], image.shape[0]), by_name, fov)
            return Prediction.projected(estimator(image, camera).people, camera)
        except (SourceError, ValueError) as error:
            return str(error)

    files = _named_images(images)
    found = in_order(predict, files.items(), calls_at_once(estimator.options))
    predictions, problems = {}, []
    for (name, _), told in tqdm(found, total=len(files), unit="image"):
        if isinstance(told, Prediction):
            predictions[name] = told
        else:
            problems.append(told)
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


def _camera(
    name: str,
    size: tuple[int, int],
    by_name: Mapping[str, tuple[float, float, float, float]] | None,
    fov: float,
) -> Camera:
    if by_name is not None and name not in by_name:
        raise ValueError(f"image {name} has no entry in the intrinsics file")
    return Camera.from_intrinsics(*by_name[name], size) if by_name else Camera.from_fov(size, fov)


if __name__ == "__main__":
    typer.run(main)
