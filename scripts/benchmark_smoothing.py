"""Jitter of the model on the bundled clip before and after smoothing, and what it costs in error.

    python scripts/benchmark_smoothing.py [--model FILE] [--frames N]

Jitter is the mean size of second differences from frame to frame of people followed over at least
20 frames. Errors are against the clip's exact joints. `shown / raw` below 1 is calmer.
"""

import argparse
import json
from collections import defaultdict
from pathlib import Path

import numpy as np

from das_app.files.bundled import bundled_file
from das_app.lens.intrinsics import Intrinsics
from das_app.motion.temporal_filter import TemporalFilter
from das_app.pipeline.open_source import open_source
from das_app.settings.app_settings import AppSettings
from das_model.camera import Camera
from das_model.inference.runtime import open_estimator

LEAST_FRAMES, SAME_PX = 20, 40.0
Track = list[tuple[int, np.ndarray, np.ndarray]]  # frame, raw (22, 3), shown (22, 3)


def jitters(joints: np.ndarray, camera: Camera) -> dict[str, float]:
    """Mean second differences of one track's joints (T, 22, 3) mm."""
    root = joints[:, 0]
    series = {
        "distance, % of it": 100 * np.log(root[:, 2:])[:, None],
        "root in the picture, px": camera.project(root)[:, None],
        "joints in the picture, px": camera.project(joints),
        "limbs from the root, mm": (joints - joints[:, :1])[:, 1:],
        "joints in space, mm": joints,
    }
    return {
        name: float(np.linalg.norm(np.diff(values, 2, axis=0), axis=-1).mean())
        for name, values in series.items()
    }


def error_mm(joints: np.ndarray, truth: np.ndarray, camera: Camera) -> float:
    """Mean joint error against the true person (P, 22, 3) at the same place; NaN for none."""
    away = np.linalg.norm(camera.project(truth[:, 0]) - camera.project(joints[0]), axis=-1)
    if away.min() > SAME_PX:
        return float("nan")
    return float(np.linalg.norm(truth[away.argmin()] - joints, axis=-1).mean())


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, default=bundled_file("models", "das-lite.onnx"))
    parser.add_argument("--frames", type=int, default=400)
    args = parser.parse_args()
    settings = AppSettings()
    estimator = open_estimator(args.model, settings.estimator_options())
    over_time = TemporalFilter(settings.people.options())
    truth = json.loads(bundled_file("clips", "demo.json").read_text())["joints_cam_mm"]
    source, tracks = open_source("demo", Intrinsics()), defaultdict[int, Track](list)
    while (frame := source.read()) is not None and frame.index < args.frames:
        camera = frame.camera
        estimate = estimator(frame.image, camera)
        raw, shown = over_time(estimate, frame.time_s, frame.image, camera)
        for track_id, *joints in zip(raw.track_ids, raw.joints_cam, shown.joints_cam, strict=True):
            tracks[int(track_id)].append((frame.index, *(j.astype(float) for j in joints)))
    source.close()
    rows, errors = defaultdict(list), []
    for track in tracks.values():
        if len(track) >= LEAST_FRAMES and track[-1][0] - track[0][0] == len(track) - 1:
            both = [jitters(np.array([step[i] for step in track]), camera) for i in (1, 2)]
            for name in both[0]:
                rows[name].append([b[name] for b in both])
        errors += [[error_mm(j, np.array(truth[n]), camera) for j in js] for n, *js in track]
    rows["error in space, mm"] = errors
    print(f"{estimator.model_name}, {len(tracks)} tracks\n{'':28s}  raw    shown  shown / raw")
    for name, values in rows.items():
        raw, shown = np.nanmean(values, axis=0)
        print(f"{name:26s} {raw:7.2f} {shown:7.2f} {shown / raw:8.2f}")


if __name__ == "__main__":
    main()
