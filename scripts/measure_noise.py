"""Errors of the network on the bundled clip, whose truth is known, for `known_motion.noise`.

    python scripts/measure_noise.py [--frames N] [--model FILE]

Of the distance: each person's own error, what wanders, and what is new in every frame. Of joints,
seen from the root: in thousandths of the person's depth across, in mm in depth.
"""

import argparse
import json
from collections import defaultdict
from pathlib import Path

import numpy as np

from das_app.files.bundled import bundled_file
from das_app.lens.intrinsics import Intrinsics
from das_app.pipeline.open_source import open_source
from das_app.settings.app_settings import AppSettings, ModelSettings
from das_model.inference.mode import Mode
from das_model.inference.runtime import open_estimator
from das_model.skeleton import BODY_22

SAME_PX = 40.0
Sight = tuple[np.ndarray, np.ndarray, np.ndarray]  # found and true (22, 3) mm, (22,) scores


def sightings(model: Path, num_frames: int) -> dict[int, list[Sight]]:
    """What was found of each person of the clip, frame by frame."""
    settings = AppSettings(model=ModelSettings(mode=Mode.FAST))  # one look, as live
    network = open_estimator(model, settings.estimator_options())
    truth = json.loads(bundled_file("clips", "demo.json").read_text(encoding="utf-8"))[
        "joints_cam_mm"
    ]
    source, people_of = open_source("demo", Intrinsics()), defaultdict[int, list[Sight]](list)
    while (frame := source.read()) is not None and frame.index < num_frames:
        people = network(frame.image, frame.camera).people
        true = np.array(truth[frame.index], float)
        true_px = frame.camera.project(true[:, 0])
        seen: set[int] = set()
        for joints, scores in zip(people.joints_cam, people.joint_scores, strict=True):
            away = np.linalg.norm(true_px - frame.camera.project(joints[0]), axis=-1)
            who = int(away.argmin())
            if away[who] < SAME_PX and who not in seen:
                seen.add(who)
                people_of[who].append((joints.astype(float), true[who], scores))
    source.close()
    return people_of


def new_each_frame(values: np.ndarray) -> float:
    """Standard deviation of what is new in every frame of (F, ...): of second differences."""
    return float(np.sqrt((np.diff(values, 2, axis=0) ** 2).mean() / 6))


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, default=bundled_file("models", "das-lite.onnx"))
    parser.add_argument("--frames", type=int, default=400)
    args = parser.parse_args()
    rows = defaultdict[str, list[list[float]]](list)
    for who, of_person in sightings(args.model, args.frames).items():
        found, true, scores = (np.array(part) for part in zip(*of_person, strict=True))
        depth = np.log(found[:, 0, 2] / true[:, 0, 2])
        print(
            f"person {who}, {len(depth)} frames: distance off by {depth.mean():+.3f}, "
            f"wanders {depth.std():.3f}, new {new_each_frame(depth):.4f}"
        )
        places = [x[..., :2] / x[..., 2:] for x in (found, true)]
        across = 1e3 * np.subtract(*(p - p[:, :1] for p in places))
        deep = [x[..., 2] / x[:, :1, 2] * true[:, :1, 2] for x in (found, true)]
        behind = np.subtract(*deep)
        for joint, name in enumerate(BODY_22.joint_names):
            part = name.removeprefix("left_").removeprefix("right_")
            rows[part].append(
                [
                    float(scores[:, joint].mean()),
                    float(across[:, joint].std()),
                    new_each_frame(across[:, joint]),
                    abs(float(behind[:, joint].mean())),
                    float(behind[:, joint].std()),
                    new_each_frame(behind[:, joint]),
                ]
            )
    print(f"{'':10s}score  across: wanders   new  in depth, mm: person's  wanders   new")
    for part, values in rows.items():
        score, wanders, new, own, deep, deep_new = np.median(values, axis=0)
        print(
            f"{part:10s} {score:.2f} {wanders:16.1f} {new:5.1f} {own:22.0f} {deep:8.0f} "
            f"{deep_new:5.1f}"
        )


if __name__ == "__main__":
    main()
