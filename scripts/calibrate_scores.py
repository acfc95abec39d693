"""Calibrate the scores of an ONNX model in place, on photos and rendered people of their own.

First those of the fast mode, then with Thunder those of the precise one.
"""

import argparse
import shutil
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import onnx
from tqdm import tqdm

from command_line import missing_is_told
from das_model.evaluation.photos.photo_lists import calibration_photos
from das_model.evaluation.protocols.score_calibration import (
    CALIBRATION_OPTIONS,
    Sightings,
    collect,
    fit,
    fit_looks,
    rendered_photos,
)
from das_model.evaluation.reliability import reliability
from das_model.inference.estimate import MIN_CANDIDATE_SCORE, Estimator, EstimatorOptions
from das_model.inference.mode import Mode
from das_model.inference.runtime import open_estimator
from das_model.inference.scores import (
    LookCalibration,
    ScoreCalibration,
    look_score,
    score_product,
)


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
    parser.add_argument("--thunder", type=Path, help="movenet-thunder.onnx, of the second look")
    parser.add_argument(
        "--looks-alone", action="store_true", help="leave the scores of the fast mode as they are"
    )
    parser.add_argument("--dry-run", action="store_true", help="only print")
    args = parser.parse_args()
    with TemporaryDirectory() as folder:
        model = Path(folder) / args.model.name
        shutil.copyfile(args.model, model)
        if not args.looks_alone:
            seen = _seen(args, open_estimator(model, CALIBRATION_OPTIONS))
            calibration = fit(seen)
            _tell("product", score_product(seen.scores, seen.joint_scores, seen.heat), seen)
            _tell("calibrated", calibration(seen.scores, seen.joint_scores, seen.heat), seen)
            write(model, calibration)
            print(calibration)
        if args.thunder:
            options = EstimatorOptions(
                min_score=MIN_CANDIDATE_SCORE, mode=Mode.PRECISE, thunder_file=args.thunder
            )
            seen = _seen(args, open_estimator(model, options))
            looks = fit_looks(seen)
            _tell("mean", look_score(seen.scores, seen.sureness), seen)
            _tell("calibrated", looks(seen.scores, seen.sureness), seen)
            write(model, looks)
            print(looks)
        if not args.dry_run:
            part = args.model.with_suffix(".part")
            shutil.copyfile(model, part)
            part.replace(args.model)


def _seen(args: argparse.Namespace, estimator: Estimator) -> Sightings:
    photos = chain(calibration_photos(args.root), rendered_photos(args.rendered))
    seen = collect(tqdm(photos, unit="image"), estimator)
    print(f"{len(seen.scores)} people found, {seen.is_true.sum()} of them true")
    return seen


def _tell(name: str, scores: np.ndarray, seen: Sightings) -> None:
    known = np.isfinite(scores)
    error = reliability(scores[known], seen.is_true[known])["score/ece"]
    print(f"{name:12s} calibration error {error:.3f}")


def write(file: Path, calibration: ScoreCalibration | LookCalibration) -> None:
    """Put a calibration into a model's metadata, in place of a former one."""
    model = onnx.load(str(file))
    entries = {entry.key: entry.value for entry in model.metadata_props} | calibration.metadata()
    onnx.helper.set_model_props(model, entries)
    onnx.save(model, str(file))


if __name__ == "__main__":
    with missing_is_told():
        main()
