"""How well the floor is found: tilt and height after so many seconds, on scenes with known floors.

    python scripts/benchmark_floor.py [--scenes N] [--rendered N]

Made-up scenes are people of known motion with errors like the network's; rendered ones are
pictures through the network itself. `sure` is the share of scenes whose floor counts as known.
"""

import argparse
import math
import time
from collections import defaultdict

import numpy as np

from das_app.files.bundled import bundled_file
from das_app.motion.floor import floor_at
from das_app.motion.floor_estimate import FloorEstimate, FloorEstimator
from das_app.motion.temporal_filter import TemporalFilter
from das_app.settings.app_settings import AppSettings
from das_model.inference.runtime import open_estimator
from das_model.synthetic.body.bodies import BodyPoser
from das_model.synthetic.body.kit_cache import load_kit
from known_motion.noise import found
from known_motion.people import View, animated, any_view, joints_m, stander, walker

FPS, SECONDS = 10.0, 10.0
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


def rendered(poser: BodyPoser, walking: int, standing: int, seed: int) -> Errors:
    """Errors of one scene that was rendered and went through the network."""
    from known_motion.pictures import pictures

    rng = np.random.default_rng(seed)
    view, fps = any_view(rng), 5.0
    actors = [walker(rng, poser, SECONDS) for _ in range(walking)]
    actors += [stander(rng, poser, SECONDS) for _ in range(standing)]
    settings = AppSettings()
    network = open_estimator(bundled_file("models", "das-lite.onnx"), settings.estimator_options())
    over_time, estimator = TemporalFilter(settings.people.options()), FloorEstimator()
    for k, image in enumerate(pictures(animated(actors, poser, round(fps * SECONDS), fps), view)):
        raw, _ = over_time(network(image, view.camera), k / fps)
        estimator.add(raw, view.camera, k / fps)
    return errors(estimator.estimate(), view)


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
            rows[f"rendered, {name}"].append(rendered(poser, walking, standing, 1000 + seed))
    print(
        f"after {SECONDS:g} s         scenes  tilt, deg: median  p90  said  "
        "height, cm: median  p90  said  sure"
    )
    for name, values in rows.items():
        tilt, height, tilt_sd, height_sd, sure = np.array(values, dtype=float).T
        print(
            f"{name:22s} {len(values):5d} {np.median(tilt):16.1f} {np.quantile(tilt, 0.9):5.1f} "
            f"{np.median(tilt_sd):5.1f} {np.median(height) / 10:16.1f} "
            f"{np.quantile(height, 0.9) / 10:5.1f} {np.median(height_sd) / 10:5.1f} "
            f"{sure.mean():5.2f}"
        )
    if took_s:
        print(f"an estimate took {1e3 * np.median(took_s):.0f} ms")


if __name__ == "__main__":
    main()
