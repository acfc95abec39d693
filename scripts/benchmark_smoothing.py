"""Lag, jitter and sliding feet of the live filter beside One-Euro, on motion that is known.

    python scripts/benchmark_smoothing.py [--seeds N] [--clip] [--scenes N] [--mode MODE]

Made-up people stand still, beat with their arms, and walk; errors like the network's are put on.
Jitter is the mean size of second differences from frame to frame. A lag is the delay of the truth
that fits best. Overshoot is how far wrists go beyond where they turn, without errors. Feet slide
where true ones move by less than 6 cm/s. MPJPE, and how far wrists and ankles are off, are root on
root. *Smoothed* is the first step of the live filter alone, *bones* that and bones of steady
lengths, *here* all of it. `--clip` runs the network on the bundled clip, too, `--scenes` on
rendered pictures of people who beat with their arms and walk.
"""

import argparse
import itertools
import json
import math
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from das_app.files.bundled import bundled_file
from das_app.lens.intrinsics import Intrinsics
from das_app.motion.bones import BoneStabiliser
from das_app.motion.foot_lock import FootLock
from das_app.motion.smoothing import Smoother
from das_app.motion.temporal_filter import PeopleOptions, TemporalFilter
from das_app.pipeline.open_source import open_source
from das_app.settings.app_settings import AppSettings, ModelSettings
from das_model.camera import Camera
from das_model.inference.mode import Mode
from das_model.inference.runtime import PoseEstimator, open_estimator
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
ENDS = {"wrists": WRISTS, "ankles": ANKLES}
LEAST_FRAMES, SCENE_FRAMES = 60, 120  # of a track, of a rendered scene
CLIP_FPS = 25.0
VIEW = View(Camera.from_fov(SIZE, FOV_DEG), 1.5, math.radians(8), 0.0)
Looked = tuple[np.ndarray, Camera, np.ndarray]  # image, camera, true joints (A, 22, 3) mm
Filter = Callable[[People, float], People]
Scores = dict[str, list[float]]


@dataclass(frozen=True, eq=False, slots=True)
class Sequence:
    """Somebody's motion: (F, 22, 3) mm true, and what a model finds, frame by frame."""

    truth: np.ndarray
    found: list[People]
    fps: float = FPS


def steady_filter() -> Filter:
    """Smoothing and bones of steady lengths."""
    smoother, bones = Smoother(), BoneStabiliser()
    return lambda people, time_s: bones(smoother(people, time_s), people, time_s)


def live_filter() -> Filter:
    """All that the application does to people with an id."""
    steady, feet = steady_filter(), FootLock()
    return lambda people, time_s: feet(steady(people, time_s), time_s)


STEPS: dict[str, Callable[[], Filter]] = {
    "raw": lambda: lambda people, _: people,
    "smoothed": Smoother,
    "bones": steady_filter,
    "here": live_filter,
}


def sequences(seeds: int) -> dict[str, list[Sequence]]:
    """Made-up sequences of each kind."""
    poser, kinds = BodyPoser(load_kit()), defaultdict[str, list[Sequence]](list)
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
            joints = VIEW.to_camera(joints_m(frames))
            seen = found(joints, times_s, VIEW.camera, rng)
            length = next((k for k, p in enumerate(seen) if not len(p)), len(seen))
            kinds[kind].append(Sequence(joints[:length, 0], seen[:length]))
    return kinds


def shown(make: Callable[[], Filter], frames: list[People], fps: float = FPS) -> np.ndarray:
    """(F, 22, 3) mm that a filter makes of frames."""
    step = make()
    return np.array(
        [step(people, k / fps).joints_cam[0] for k, people in enumerate(frames)], float
    )


def lag_ms(joints: np.ndarray, truth: np.ndarray, fps: float = FPS) -> float:
    """Delay of the truth (F, J, 3) that fits best, means apart."""
    frames, delays = np.arange(len(truth)), np.arange(-2, 12, 0.1)
    flat, errors = truth.reshape(len(truth), -1), []
    for delay in delays:
        at = frames[(frames - delay >= SETTLED) & (frames - delay <= len(truth) - 1)]
        late = np.stack([np.interp(at - delay, frames, column) for column in flat.T], axis=1)
        off = joints.reshape(len(joints), -1)[at] - late
        errors.append(((off - off.mean(axis=0)) ** 2).mean())
    return 1e3 * float(delays[int(np.argmin(errors))]) / fps


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


def errors_mm(joints: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    """Of (F, 22, 3) mm: mean distances from the truth, of all joints and of some, root on root."""
    off = np.linalg.norm(joints - truth, axis=-1)
    limbs = np.linalg.norm(joints - joints[:, :1] - truth + truth[:, :1], axis=-1)
    return {
        "error, mm": float(off.mean()),
        "MPJPE, mm": float(limbs.mean()),
        **{f"{name} off, mm": float(limbs[:, rows].mean()) for name, rows in ENDS.items()},
    }


def slide_mm_per_s(joints: np.ndarray, truth: np.ndarray, fps: float = FPS) -> float:
    """Mean speed of ankles whose true ones stand."""
    steps = [np.linalg.norm(np.diff(x[:, ANKLES], axis=0), axis=-1) * fps for x in (joints, truth)]
    stands = steps[1] < 60
    stands[:SETTLED] = False
    return float(steps[0][stands].mean()) if stands.any() else float("nan")


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
            for name, off in errors_mm(joints[SETTLED:], truth[SETTLED:]).items():
                rows[name].append(off)
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


def clip(num_frames: int) -> Iterator[Looked]:
    """The bundled clip."""
    truth = json.loads(bundled_file("clips", "demo.json").read_text(encoding="utf-8"))
    source = open_source("demo", Intrinsics())
    while (frame := source.read()) is not None and frame.index < num_frames:
        yield frame.image, frame.camera, np.array(truth["joints_cam_mm"][frame.index], float)
    source.close()


def scene(seed: int) -> Iterator[Looked]:
    """Rendered: two people beat with their arms, fast and slowly, one walks."""
    from known_motion.pictures import pictures

    poser, rng = BodyPoser(load_kit()), np.random.default_rng(seed)
    actors = [stander(rng, poser, SECONDS, beats_hz) for beats_hz in (1.2, 0.6)]
    frames = animated([*actors, walker(rng, poser, SECONDS)], poser, SCENE_FRAMES, FPS)
    truth = VIEW.to_camera(joints_m(frames))
    for image, joints in zip(pictures(frames, VIEW), truth, strict=True):
        yield image, VIEW.camera, joints


def tracks(network: PoseEstimator, frames: Iterable[Looked], fps: float) -> list[Sequence]:
    """What the network finds of whoever is seen for a while without a gap, with the truth of who
    is nearest in the picture."""
    over_time = TemporalFilter(PeopleOptions(smoothing=None, has_steady_bones=False))
    pieces = defaultdict[int, list[list]](list)
    for index, (image, camera, truth) in enumerate(frames):
        people, _ = over_time(network(image, camera), index / fps)
        true_px = camera.project(truth[:, BODY_22.root])
        for row, track_id in enumerate(people.track_ids.tolist()):
            px = camera.project(people.root_cam[row].astype(float))
            who = int(np.linalg.norm(true_px - px, axis=-1).argmin())
            of_track = pieces[track_id]
            if not of_track or of_track[-1][-1][0] < index - 1:
                of_track.append([])
            person = people.where(np.arange(len(people)) == row)
            of_track[-1].append((index, truth[who], person))
    found = []
    for piece in itertools.chain.from_iterable(pieces.values()):
        _, true, seen = zip(*piece, strict=True)
        if len(piece) >= LEAST_FRAMES:
            found.append(Sequence(np.array(true), list(seen), fps))
    return found


def track_scores(make: Callable[[], Filter], found: list[Sequence]) -> Scores:
    """Figures of a filter on tracks of people in pictures."""
    rows: Scores = defaultdict(list)
    for track in found:
        joints, truth = shown(make, track.found, track.fps), track.truth
        limbs, true_limbs = joints - joints[:, :1], truth - truth[:, :1]
        rows["jitter, joints, mm"].append(jitter_mm(joints))
        rows["jitter, limbs, mm"].append(jitter_mm(limbs))
        rows["feet slide, mm/s"].append(slide_mm_per_s(joints, truth, track.fps))
        rows["lag, wrists, ms"].append(lag_ms(limbs[:, WRISTS], true_limbs[:, WRISTS], track.fps))
        depth = np.abs(np.log(joints[:, 0, 2] / truth[:, 0, 2]))
        rows["root depth off, %"].append(100 * float(depth.mean()))
        for name, off in errors_mm(joints, truth).items():
            rows[name].append(off)
    return rows


def print_table(table: dict[str, Scores], beside: str) -> None:
    """Print mean figures of filters by name, and those of *here* over those of another."""
    print(" " * 24 + "".join(f"{name:>10s}" for name in table) + f"  here / {beside}")
    for row in table["raw"]:
        means = {name: float(np.nanmean(values[row])) for name, values in table.items()}
        ratio = means["here"] / means[beside] if means[beside] else float("nan")
        print(
            f"{row:24s}" + "".join(f"{mean:10.1f}" for mean in means.values()) + f"{ratio:10.2f}"
        )


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--clip", action="store_true", help="run the network on the bundled clip")
    parser.add_argument("--frames", type=int, default=400, help="of the clip")
    parser.add_argument("--scenes", type=int, default=0, help="rendered ones for the network")
    parser.add_argument("--mode", type=Mode, choices=list(Mode), default=Mode.FAST)
    args = parser.parse_args()
    kinds = sequences(args.seeds)
    others: dict[str, Callable[[], Filter]] = {"One-Euro": OneEuro, "calmer": lambda: OneEuro(3.0)}
    filters = {"raw": STEPS["raw"], **others, **STEPS}
    print_table({name: scores(make, kinds) for name, make in filters.items()}, "One-Euro")
    both = [frame_s(make, kinds["walk"][0].found) for make in (Smoother, live_filter)]
    print(
        f"four people: {1e3 * both[0]:.2f} ms a frame, with bones and feet {1e3 * both[1]:.2f} ms"
    )
    if not (args.clip or args.scenes):
        return
    settings = AppSettings(model=ModelSettings(mode=args.mode))
    network = open_estimator(settings.model.path(), settings.estimator_options())
    looks = {"rendered": [(scene(seed), FPS) for seed in range(args.scenes)]}
    looks["on the bundled clip"] = [(clip(args.frames), CLIP_FPS)] if args.clip else []
    for where, films in looks.items():
        if found := [track for film in films for track in tracks(network, *film)]:
            print(f"\n{network.model_name}, {args.mode}, {where}, {len(found)} tracks")
            print_table({name: track_scores(make, found) for name, make in STEPS.items()}, "raw")


if __name__ == "__main__":
    main()
