"""Lag, jitter and sliding feet of the live filter beside One-Euro, on motion that is known.

    python scripts/benchmark_smoothing.py [--seeds N] [--clip] [--frames N]

Made-up people stand still, beat with their arms, and walk; errors like the network's are put on.
Jitter is the mean size of second differences from frame to frame. A lag is the delay of the truth
that fits best. Overshoot is how far wrists go beyond where they turn, without errors. Feet slide
where true ones move by less than 6 cm/s. `--clip` runs the network on the bundled clip, too.
"""

import argparse
import json
import math
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from das_app.files.bundled import bundled_file
from das_app.lens.intrinsics import Intrinsics
from das_app.motion.bones import BoneStabiliser
from das_app.motion.foot_lock import FootLock
from das_app.motion.smoothing import Smoother
from das_app.motion.temporal_filter import TemporalFilter
from das_app.pipeline.open_source import open_source
from das_app.settings.app_settings import AppSettings
from das_model.camera import Camera
from das_model.inference.runtime import open_estimator
from das_model.people import People
from das_model.skeleton import BODY_22
from das_model.synthetic.body.bodies import BodyPoser
from das_model.synthetic.body.kit_cache import load_kit
from known_motion.noise import found
from known_motion.one_euro import OneEuro
from known_motion.people import FOV_DEG, SIZE, View, animated, joints_m, stander, walker

FPS, SECONDS, SETTLED = 30.0, 6.0, 15
WRISTS = [BODY_22.index("left_wrist"), BODY_22.index("right_wrist")]
ANKLES = [BODY_22.index("left_ankle"), BODY_22.index("right_ankle")]
LEGS = [*ANKLES, BODY_22.index("left_knee"), BODY_22.index("right_knee")]
Filter = Callable[[People, float], People]
Scores = dict[str, list[float]]


@dataclass(frozen=True, eq=False, slots=True)
class Sequence:
    """Somebody's motion: (F, 22, 3) mm true, and what a model finds, frame by frame."""

    truth: np.ndarray
    found: list[People]


def live_filter() -> Filter:
    """All that the application does to people with an id."""
    smoother, bones, feet = Smoother(), BoneStabiliser(), FootLock()
    return lambda people, time_s: feet(bones(smoother(people, time_s), people, time_s), time_s)


def sequences(seeds: int) -> dict[str, list[Sequence]]:
    """Made-up sequences of each kind."""
    poser, kinds = BodyPoser(load_kit()), defaultdict[str, list[Sequence]](list)
    view = View(Camera.from_fov(SIZE, FOV_DEG), 1.5, math.radians(8), 0.0)
    times_s = np.arange(round(FPS * SECONDS)) / FPS
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        actors = {
            "still": stander(rng, poser, SECONDS),
            "arms": stander(rng, poser, SECONDS, 1.2),
            "walk": walker(rng, poser, SECONDS),
        }
        for kind, actor in actors.items():
            frames = animated([actor], poser, len(times_s), FPS)
            joints = view.to_camera(joints_m(frames))
            seen = found(joints, times_s, view.camera, rng)
            length = next((k for k, p in enumerate(seen) if not len(p)), len(seen))
            kinds[kind].append(Sequence(joints[:length, 0], seen[:length]))
    return kinds


def shown(make: Callable[[], Filter], frames: list[People]) -> np.ndarray:
    """(F, 22, 3) mm that a filter makes of frames."""
    step = make()
    return np.array(
        [step(people, k / FPS).joints_cam[0] for k, people in enumerate(frames)], float
    )


def lag_ms(joints: np.ndarray, truth: np.ndarray) -> float:
    """Delay of the truth (F, J, 3) that fits best, means apart."""
    frames, delays = np.arange(len(truth)), np.arange(-2, 12, 0.1)
    flat, errors = truth.reshape(len(truth), -1), []
    for delay in delays:
        at = frames[(frames - delay >= SETTLED) & (frames - delay <= len(truth) - 1)]
        late = np.stack([np.interp(at - delay, frames, column) for column in flat.T], axis=1)
        off = joints.reshape(len(joints), -1)[at] - late
        errors.append(((off - off.mean(axis=0)) ** 2).mean())
    return 1e3 * float(delays[int(np.argmin(errors))]) / FPS


def overshoot_mm(make: Callable[[], Filter], sequence: Sequence) -> float:
    """How far the wrists go beyond their true range where nothing errs."""
    true = [
        replace(people, joints_cam=joints[None].astype(np.float32))
        for people, joints in zip(sequence.found, sequence.truth, strict=True)
    ]
    over = shown(make, true)[SETTLED:, WRISTS]
    truth = sequence.truth[SETTLED:, WRISTS]
    return float(max((over.max(0) - truth.max(0)).max(), (truth.min(0) - over.min(0)).max()))


def jitter_mm(joints: np.ndarray) -> float:
    """Mean second difference."""
    return float(np.linalg.norm(np.diff(joints, 2, axis=0), axis=-1).mean())


def slide_mm_per_s(joints: np.ndarray, truth: np.ndarray) -> float:
    """Mean speed of ankles whose true ones stand."""
    steps = [np.linalg.norm(np.diff(x[:, ANKLES], axis=0), axis=-1) * FPS for x in (joints, truth)]
    stands = steps[1] < 60
    stands[:SETTLED] = False
    return float(steps[0][stands].mean())


def scores(make: Callable[[], Filter], kinds: dict[str, list[Sequence]]) -> Scores:
    """Figures of a filter over all sequences."""
    rows: Scores = defaultdict(list)
    for kind, of_kind in kinds.items():
        for sequence in of_kind:
            joints, truth = shown(make, sequence.found), sequence.truth
            limbs, true_limbs = joints - joints[:, :1], truth - truth[:, :1]
            if kind == "still":
                rows["jitter, joints, mm"].append(jitter_mm(joints[SETTLED:]))
                rows["jitter, limbs, mm"].append(jitter_mm(limbs[SETTLED:]))
            if kind == "arms":
                rows["lag, fast wrists, ms"].append(
                    lag_ms(limbs[:, WRISTS], true_limbs[:, WRISTS])
                )
                rows["overshoot, mm"].append(overshoot_mm(make, sequence))
            if kind == "walk":
                rows["lag, walking root, ms"].append(lag_ms(joints[:, :1], truth[:, :1]))
                rows["lag, walking legs, ms"].append(lag_ms(limbs[:, LEGS], true_limbs[:, LEGS]))
            if kind != "arms":
                rows[f"feet slide, {kind}, mm/s"].append(slide_mm_per_s(joints, truth))
            off = np.linalg.norm(joints - truth, axis=-1)[SETTLED:]
            rows["error, mm"].append(float(off.mean()))
    return rows


def frame_s(make: Callable[[], Filter], frames: list[People]) -> float:
    """Median time of a frame, of four people in it."""
    step, took = make(), []
    for k, people in enumerate(frames):
        crowd = people
        for number in range(1, 4):
            crowd = crowd.joined(replace(people, track_ids=people.track_ids + 10 * number))
        begin = time.perf_counter()
        step(crowd, k / FPS)
        took.append(time.perf_counter() - begin)
    return float(np.median(took))


def clip_jitters(num_frames: int) -> None:
    """Print jitter and error of the network on the bundled clip, raw and shown."""
    settings = AppSettings()
    network = open_estimator(settings.model.path(), settings.estimator_options())
    over_time = TemporalFilter(settings.people.options())
    truth = json.loads(bundled_file("clips", "demo.json").read_text(encoding="utf-8"))[
        "joints_cam_mm"
    ]
    source, tracks = open_source("demo", Intrinsics()), defaultdict(list)
    while (frame := source.read()) is not None and frame.index < num_frames:
        people = over_time(network(frame.image, frame.camera), frame.time_s)
        for track_id, *joints in zip(
            people[0].track_ids, *(p.joints_cam for p in people), strict=True
        ):
            tracks[int(track_id)].append((frame.index, *(j.astype(float) for j in joints)))
    source.close()
    rows = []
    for track in tracks.values():
        is_whole = track[-1][0] - track[0][0] == len(track) - 1
        if len(track) < 20 or not is_whole:
            continue
        both = [np.array([sight[side] for sight in track]) for side in (1, 2)]
        errors = []
        for poses in both:
            off = [
                np.linalg.norm(np.array(truth[sight[0]]) - person, axis=-1).mean(axis=1).min()
                for sight, person in zip(track, poses, strict=True)
            ]
            errors.append(float(np.mean(off)))
        limbs = [jitter_mm(joints - joints[:, :1]) for joints in both]
        rows.append([*(jitter_mm(joints) for joints in both), *limbs, *errors])
    means = np.mean(rows, axis=0).reshape(3, 2).tolist()
    print(f"\n{network.model_name} on the bundled clip      raw   shown  shown / raw")
    for name, (raw, after) in zip(
        ("jitter, joints", "jitter, limbs", "error"), means, strict=True
    ):
        print(f"{name + ', mm':36s} {raw:7.1f} {after:7.1f} {after / raw:8.2f}")


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--clip", action="store_true", help="run the network on the bundled clip")
    parser.add_argument("--frames", type=int, default=400, help="of the clip")
    args = parser.parse_args()
    kinds = sequences(args.seeds)
    filters: dict[str, Callable[[], Filter]] = {
        "raw": lambda: lambda people, _: people,
        "One-Euro": OneEuro,
        "calmer": lambda: OneEuro(3.0),
        "here": live_filter,
    }
    table = {name: scores(make, kinds) for name, make in filters.items()}
    print(" " * 24 + "".join(f"{name:>10s}" for name in table) + "  here / One-Euro")
    for row in table["raw"]:
        means = {name: float(np.mean(values[row])) for name, values in table.items()}
        ratio = means["here"] / means["One-Euro"] if means["One-Euro"] else float("nan")
        print(
            f"{row:24s}" + "".join(f"{mean:10.1f}" for mean in means.values()) + f"{ratio:10.2f}"
        )
    both = [frame_s(make, kinds["walk"][0].found) for make in (Smoother, live_filter)]
    print(
        f"four people: {1e3 * both[0]:.2f} ms a frame, with bones and feet {1e3 * both[1]:.2f} ms"
    )
    if args.clip:
        clip_jitters(args.frames)


if __name__ == "__main__":
    main()
