"""Calibrate the scores of an ONNX model in place, on photos and rendered people of their own."""

import argparse
from itertools import chain
from pathlib import Path

import onnx
from tqdm import tqdm

from das_model.evaluation.photos.photo_lists import calibration_photos
from das_model.evaluation.protocols.score_calibration import (
    CALIBRATION_OPTIONS,
    collect,
    fit,
    rendered_photos,
)
from das_model.evaluation.reliability import reliability
from das_model.inference.runtime import open_estimator
from das_model.inference.scores import ScoreCalibration, score_product


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path, help="ONNX file; its metadata are rewritten")
    parser.add_argument("--root", type=Path, required=True, help="folder of the data sets")
    parser.add_argument(
        "--rendered",
        type=Path,
        required=True,
        help="images of render_synthetic.py, of a seed of their own",
    )
    parser.add_argument("--dry-run", action="store_true", help="only print")
    args = parser.parse_args()
    estimator = open_estimator(args.model, CALIBRATION_OPTIONS)
    photos = chain(calibration_photos(args.root), rendered_photos(args.rendered))
    seen = collect(tqdm(photos, unit="image"), estimator)
    calibration = fit(seen)
    print(f"{len(seen.scores)} people found, {seen.is_true.sum()} of them true")
    for name, score in (("product", score_product), ("calibrated", calibration)):
        scores = score(seen.scores, seen.joint_scores, seen.heat)
        print(f"{name:12s} calibration error {reliability(scores, seen.is_true)['score/ece']:.3f}")
    print(calibration)
    if not args.dry_run:
        write(args.model, calibration)


def write(file: Path, calibration: ScoreCalibration) -> None:
    """Put a calibration into a model's metadata, in place of a former one."""
    model = onnx.load(str(file))
    entries = {entry.key: entry.value for entry in model.metadata_props} | calibration.metadata()
    onnx.helper.set_model_props(model, entries)
    part = file.with_suffix(".part")
    onnx.save(model, str(part))
    part.replace(file)


if __name__ == "__main__":
    main()
