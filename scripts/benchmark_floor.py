"""How well the floor is found: tilt and height after so many seconds, on scenes with known floors.

    python scripts/benchmark_floor.py [--scenes N] [--rendered N]

Made-up scenes are people of known motion with errors like the network's; rendered ones are
pictures through the network itself: as it finds people, as it finds them but everybody put to the
true distance, and with all joints as they are. `sure` is the share of scenes whose floor counts
as known.
"""

import argparse
import math
import time
from collections import defaultdict
from dataclasses import replace

import numpy as np

from das_app.files.bundled import bundled_file
from das_app.motion.floor import floor_at
from das_app.motion.floor_estimate import FloorEstimate, FloorEstimator
from das_app.motion.temporal_filter import TemporalFilter
from das_app.settings.app_settings import AppSettings
from das_model.inference.runtime import open_estimator
from das_model.people import People
from das_model.skeleton import BODY_22
from das_model.synthetic.body.bodies import BodyPoser
from das_model.synthetic.body.kit_cache import load_kit
from known_motion.noise import found
from known_motion.people import View, animated, any_view, joints_m, stander, walker

FPS, SECONDS = 10.0, 10.0
_SLOW_FPS = 5.0  # of rendered scenes
CASTS = {"one walks": (1, 0), "three walk": (3, 0), "one stands": (0, 1), "three stand": (0, 3)}
Errors = tuple[float, float, float, float, bool]  # tilt, height, their deviations, sure


def errors(estimate: FloorEstimate, view: View) -> Errors:
    """Degrees and mm off, what they were said to be, and whether the floor counts as known."""
    true = floor_at(view.pitch_rad, view.roll_rad, 1e3 * view.height_m)
    tilt = math.degrees(math.acos(min(1.0, float(estimate.floor.up @ true.up))))
    height = abs(estimate.floor.height_mm - true.height_mm)
    return tilt, height, estimate.tilt_sd_deg, estimate.height_sd_mm, estimate.is_sure


def made_up(poser: BodyPoser, walking: int, standing: int, seed: int) -> tuple[Errors, float]:
    """Errors of one scene, and seconds that the last estimate took."""
    rng = np.random.default_rng(seed)
    view, num_frames = any_view(rng), round(FPS * SECONDS)
    actors = [walker(rng, poser, SECONDS) for _ in range(walking)]
    actors += [stander(rng, poser, SECONDS) for _ in range(standing)]
    joints = view.to_camera(joints_m(animated(actors, poser, num_frames, FPS)))
    times_s, estimator = np.arange(num_frames) / FPS, FloorEstimator()
    for people, time_s in zip(found(joints, times_s, view.camera, rng), times_s, strict=True):
        estimator.add(people, view.camera, float(time_s))
    begin_s = time.perf_counter()
    estimate = estimator.estimate()
    return errors(estimate, view), time.perf_counter() - begin_s


def rendered(poser: BodyPoser, walking: int, standing: int, seed: int) -> dict[str, Errors]:
    """`by_cause` of one scene that was rendered and went through the network."""
    from known_motion.pictures import pictures

    rng = np.random.default_rng(seed)
    view = any_view(rng)
    actors = [walker(rng, poser, SECONDS) for _ in range(walking)]
    actors += [stander(rng, poser, SECONDS) for _ in range(standing)]
    frames = animated(actors, poser, round(_SLOW_FPS * SECONDS), _SLOW_FPS)
    settings = AppSettings()
    network = open_estimator(bundled_file("models", "das-lite.onnx"), settings.estimator_options())
    over_time = TemporalFilter(settings.people.options())
    seen = [
        over_time(network(image, view.camera), k / _SLOW_FPS)[0]
        for k, image in enumerate(pictures(frames, view))
    ]
    return by_cause(seen, view.to_camera(joints_m(frames)), view)


def by_cause(seen: list[People], true_cam: np.ndarray, view: View) -> dict[str, Errors]:
    """Errors with people as the model finds them, each scaled about the lens to the true
    distance (one scale for all frames), and with true joints.

    Args:
        seen: people of F frames.
        true_cam: (F, A, 22, 3) mm, everybody's joints.
        view: camera.
    """
    who = [_nearest(people, joints) for people, joints in zip(seen, true_cam, strict=True)]
    root = BODY_22.root
    ratios = defaultdict[int, list[float]](list)
    true = [joints[rows] for joints, rows in zip(true_cam, who, strict=True)]
    for people, joints, rows in zip(seen, true, who, strict=True):
        for ratio, row in zip(joints[:, root, 2] / people.root_cam[:, 2], rows, strict=True):
            ratios[int(row)].append(float(ratio))
    scale_of = {row: np.median(own) for row, own in ratios.items()}
    sized = [
        np.reshape([scale_of[row] for row in rows.tolist()], (-1, 1, 1)) * people.joints_cam
        for people, rows in zip(seen, who, strict=True)
    ]
    causes = {"": [people.joints_cam for people in seen], ", true distance": sized}
    found = {}
    for cause, joints_cam in (causes | {", true joints": true}).items():
        estimator = FloorEstimator()
        for k, (people, joints) in enumerate(zip(seen, joints_cam, strict=True)):
            changed = replace(people, joints_cam=joints.astype(np.float32))
            estimator.add(changed, view.camera, k / _SLOW_FPS)
        found[cause] = errors(estimator.estimate(), view)
    return found


def _nearest(people: People, joints_cam: np.ndarray) -> np.ndarray:
    """(P,) who of A people with joints (A, 22, 3) each is, by places in the picture."""
    found, true = (j[..., :2] / j[..., 2:] for j in (people.joints_cam, joints_cam))
    return np.linalg.norm(found[:, None] - true, axis=-1).mean(axis=-1).argmin(axis=1)


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scenes", type=int, default=40, help="made up, of each kind")
    parser.add_argument("--rendered", type=int, default=0, help="of each kind; slow without a GPU")
    args = parser.parse_args()
    poser, rows, took_s = BodyPoser(load_kit()), defaultdict[str, list[Errors]](list), []
    for name, (walking, standing) in CASTS.items():
        for seed in range(args.scenes):
            off, seconds = made_up(poser, walking, standing, seed)
            rows[f"made up, {name}"].append(off)
            took_s.append(seconds)
        for seed in range(args.rendered):
            for cause, off in rendered(poser, walking, standing, 1000 + seed).items():
                rows[f"rendered, {name}{cause}"].append(off)
    print(
        f"after {SECONDS:g} s                          scenes  tilt, deg: median  p90  said  "
        "height, cm: median  p90  said  sure"
    )
    for name, values in rows.items():
        tilt, height, tilt_sd, height_sd, sure = np.array(values, dtype=float).T
        print(
            f"{name:39s} {len(values):5d} {np.median(tilt):16.1f} {np.quantile(tilt, 0.9):5.1f} "
            f"{np.median(tilt_sd):5.1f} {np.median(height) / 10:16.1f} "
            f"{np.quantile(height, 0.9) / 10:5.1f} {np.median(height_sd) / 10:5.1f} "
            f"{sure.mean():5.2f}"
        )
    if took_s:
        print(f"an estimate took {1e3 * np.median(took_s):.0f} ms")


if __name__ == "__main__":
    main()
