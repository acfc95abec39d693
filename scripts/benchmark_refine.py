"""What refining a take gains: errors against true joints of moving people, with a model's noise.

    das-app capture demo --mode fast -o DEMO
    python scripts/benchmark_refine.py DEMO --motion positions.npz

The errors of the model on the bundled clip, whose true joints are known, are laid over people who
walk, turn, sit down and dance for 20 s: places in the picture, depths of joints and distances, as
they follow each other in time. Motion is an .npz of `positions_m` (N, 16, 3), z up, with `clip`,
`clip_names`, `clip_fps` and `joints`.
"""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.optimize import minimize_scalar
from scipy.spatial.transform import Rotation

from das_app.files.bundled import bundled_file
from das_app.motion.body.rig import body_of, to_y_up
from das_app.motion.refine.person import refine_person
from das_app.motion.refine.take_solver import FloorPlane
from das_app.motion.temporal_filter import DEFAULT_PEOPLE, TemporalFilter
from das_app.session.session import Session
from das_app.session.types import Layer
from das_model.inference.estimate import Estimate
from das_model.people import People
from das_model.skeleton import BODY_22, Skeleton

FPS, SECONDS, SAME_PX, MIN_FRAMES = 25.0, 20.0, 60.0, 200
ACTIONS = {
    "walking": ("S9_walking_1", "S8_walking_1"),
    "turning": ("S9_walkingtogether_2", "S7_purchases_2"),
    "sitting down": ("S11_sittingdown_2", "S9_sitting_1"),
    "dancing": ("1_dance-short_normal_001", "S9_greeting_1"),
}
LIMBS = {"sho": "shoulder", "elb": "elbow", "wri": "wrist", "hip": "hip", "knee": "knee"}
SKELETON = Skeleton(
    ("pelvis", "neck", "head")
    + tuple(f"{s}_{j}" for s in ("left", "right") for j in (*LIMBS.values(), "ankle"))
)
LENS_MM, DOWN_DEG, SPREAD_MM = 1400.0, 6.0, 300.0
STILL_MM_S, STEP_S = 60.0, 0.5
SIZES = (0.7, 1.4)  # of a person about the lens, one over a take


@dataclass(frozen=True, eq=False)
class Noise:
    """Errors of a model on one person, frame by frame.

    Args:
        across: (n, 22, 2) shares of the distance.
        along_mm: (n, 22) of depths relative to the root's.
        depth: (n,) of the logarithm of the root's distance.
        scores: (n, 22).
        spread: (n, 22) how far off the model takes joints to be, mm; of the root's distance a
            share of it.
    """

    across: np.ndarray
    along_mm: np.ndarray
    depth: np.ndarray
    scores: np.ndarray
    spread: np.ndarray


def measured_noise(session: Session) -> list[Noise]:
    """Errors of the raw poses of a capture of the demo."""
    truth = json.loads(bundled_file("clips", "demo.json").read_text(encoding="utf-8"))[
        "joints_cam_mm"
    ]
    arrays, camera = session.to_numpy(layer=Layer.RAW), session.camera
    if camera is None:
        raise SystemExit("the capture has no camera")
    noises = []
    for track in range(len(arrays.track_ids)):
        pairs = []
        for frame, joints in enumerate(arrays.joints_cam[:, track].astype(float)):
            if np.isfinite(joints).all():
                true = np.array(truth[frame])
                away = camera.project(true[:, 0]) - camera.project(joints[0])
                nearest = np.linalg.norm(away, axis=-1).argmin()
                if np.linalg.norm(away[nearest]) < SAME_PX:
                    own = (arrays.joint_scores, arrays.joint_spread_mm)
                    pairs.append((joints, true[nearest], *(part[frame, track] for part in own)))
        if len(pairs) < MIN_FRAMES:
            continue
        seen, true, scores, spread = (np.array(part) for part in zip(*pairs, strict=True))
        relative = (seen - seen[:, :1]) - (true - true[:, :1])
        across = seen[..., :2] / seen[..., 2:] - true[..., :2] / true[..., 2:]
        depth = np.log(seen[:, 0, 2] / true[:, 0, 2])
        spread[:, BODY_22.root] /= seen[:, 0, 2]
        noises.append(Noise(across, relative[..., 2], depth, scores, spread))
    return noises


def true_motion(motion: np.lib.npyio.NpzFile, name: str, place_m: float) -> np.ndarray:
    """(n, J, 3) mm in camera space: a clip, seen by a camera at eye height that looks down."""
    number = motion["clip_names"].tolist().index(name)
    frames = motion["positions_m"][motion["clip"] == number].astype(np.float64)
    times_s = np.arange(len(frames)) / float(motion["clip_fps"][number])
    wanted_s = np.arange(min(SECONDS, times_s[-1]) * FPS) / FPS
    smooth = CubicSpline(times_s, frames)(wanted_s)
    at = {name: n for n, name in enumerate(motion["joints"].tolist())}
    hips = (smooth[:, at["lhip"]] + smooth[:, at["rhip"]]) / 2
    columns = [hips, smooth[:, at["neck"]], smooth[:, at["head"]]]
    for side in "lr":
        columns += [smooth[:, at[side + j]] for j in (*LIMBS, "ankle")]
    joints = np.stack(columns, axis=1) * 1000
    joints[..., :2] -= np.median(joints[:, :1, :2], axis=0)
    cam = np.stack([joints[..., 0], LENS_MM - joints[..., 2], joints[..., 1] + place_m * 1000], -1)
    return cam @ Rotation.from_euler("x", DOWN_DEG, degrees=True).as_matrix().T


def with_noise(
    true: np.ndarray, noise: Noise, offset: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Joints (n, J, 3) as the model would see them, scores (n, J), and spreads (n, J) mm."""
    of = SKELETON.indices_in(BODY_22)
    num = len(noise.depth)
    there_and_back = np.concatenate([np.arange(num), np.arange(num)[::-1]])
    frames = there_and_back[(offset + np.arange(len(true))) % (2 * num)]
    root = true[:, 0, 2] * np.exp(noise.depth[frames])
    depth = root[:, None] + true[..., 2] - true[:, :1, 2] + noise.along_mm[frames][:, of]
    places = true[..., :2] / true[..., 2:] + noise.across[frames][:, of]
    spread = noise.spread[frames][:, of]
    spread[:, SKELETON.root] *= root
    joints = np.concatenate([places * depth[..., None], depth[..., None]], -1)
    return joints, noise.scores[frames][:, of], spread


def refined(
    seen: np.ndarray,
    scores: np.ndarray,
    spread: np.ndarray,
    times_s: np.ndarray,
    floor: FloorPlane | None,
) -> np.ndarray:
    """(n, J, 3) mm in camera space."""
    body = body_of(SKELETON)
    person = refine_person(body, to_y_up(seen), scores, times_s, floor, joint_spread_mm=spread)
    return to_y_up(person.joints)[:, np.argsort(body.markers)]


def floor_of(true: np.ndarray) -> FloorPlane:
    """The plane that ankles stand on, from true joints (n, J, 3): clips are not quite level."""
    feet = to_y_up(true[:, [SKELETON.index(f"{side}_ankle") for side in ("left", "right")]])
    speed = np.linalg.norm(np.gradient(feet, axis=0), axis=-1) * FPS
    level = to_y_up(Rotation.from_euler("x", DOWN_DEG, degrees=True).apply([0.0, -1.0, 0.0]))
    on = feet[speed < STILL_MM_S]
    low = on[on @ level < np.quantile(on @ level, 0.7) + 50]
    middle = low.mean(axis=0)
    sides = (low - middle)[:, [0, 2]]
    ridge = len(low) * SPREAD_MM**2 * np.eye(2)  # who stays in one place stands on a level floor
    slope = np.linalg.solve(sides.T @ sides + ridge, sides.T @ ((low - middle) @ level))
    up = level - np.array([slope[0], 0.0, slope[1]])
    up /= np.linalg.norm(up)
    return FloorPlane(up, float(-up @ middle), 0.0)


def live(
    joints: np.ndarray, scores: np.ndarray, spread: np.ndarray, times_s: np.ndarray
) -> np.ndarray:
    """(n, J, 3) as the live filter shows them."""
    over_time, shown = TemporalFilter(DEFAULT_PEOPLE), []
    for seen, score, far_mm, time_s in zip(joints, scores, spread, times_s, strict=True):
        ids = np.array([-1])
        people = People(seen[None], score[None], np.array([0.9]), ids, SKELETON, far_mm[None])
        shown.append(over_time(Estimate(people), time_s)[1].joints_cam[0])
    return np.array(shown, np.float64)


def figures(found: np.ndarray, true: np.ndarray) -> dict[str, float]:
    """Errors of joints (n, J, 3) mm."""
    speed = [np.linalg.norm(np.diff(j - j[:, :1], axis=0), axis=-1).mean(1) for j in (found, true)]
    found_speed, true_speed = (s - s.mean() for s in speed)
    shifts = range(-8, 9)
    fits = [float(np.roll(found_speed, -s)[8:-8] @ true_speed[8:-8]) for s in shifts]
    return {
        "MPJPE, mm": error(found - found[:, :1], true - true[:, :1]),
        "absolute error, mm": error(found, true),
        "same, best size, mm": minimize_scalar(
            lambda size: error(size * found, true), bounds=SIZES, method="bounded"
        ).fun,
        "acceleration error, m/s2": error(
            *(np.diff(j, 2, axis=0) * FPS**2 / 1e3 for j in (found, true))
        ),
        "slide in half a second, mm": slide(found, true),
        "lag, frames": shifts[int(np.argmax(fits))],
    }


def error(found: np.ndarray, true: np.ndarray) -> float:
    """Mean distance."""
    return float(np.linalg.norm(found - true, axis=-1).mean())


def slide(found: np.ndarray, true: np.ndarray) -> float:
    """Mean way of standing ankles within half a second, as long as a step; NaN for none."""
    step = round(STEP_S * FPS)
    feet = [SKELETON.index(f"{side}_ankle") for side in ("left", "right")]
    speed = np.linalg.norm(np.gradient(true[:, feet], axis=0), axis=-1) * FPS
    still = np.lib.stride_tricks.sliding_window_view(speed < STILL_MM_S, step + 1, axis=0)
    ways = np.linalg.norm(found[step:, feet] - found[:-step, feet], axis=-1)
    stands = still.all(axis=-1)
    return float(ways[stands].mean()) if stands.any() else float("nan")


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("demo", type=Path, help="session of the demo")
    parser.add_argument("--motion", type=Path, required=True)
    args = parser.parse_args()
    noises, motion = measured_noise(Session(args.demo)), np.load(args.motion)
    number = 0
    everything = []
    for action, clips in ACTIONS.items():
        rows = []
        for clip in clips:
            true = true_motion(motion, clip, 3.6 + 0.5 * (number % 3))
            times_s = np.arange(len(true)) / FPS
            seen, scores, spread = with_noise(true, noises[number % len(noises)], 37 * number)
            found = [
                refined(seen, scores, spread, times_s, floor) for floor in (None, floor_of(true))
            ]
            kinds = (seen, live(seen, scores, spread, times_s), *found, true)
            rows.append([figures(joints, true) for joints in kinds])
            number += 1
        show(action, rows)
        everything += rows
    show("all", everything)


def show(title: str, rows: list[list[dict[str, float]]]) -> None:
    """Print the means of some takes."""
    heads = ("raw", "live", "refined", "on floor", "(true)", "/ raw", "/ raw")
    print(f"{title:28s}", *(f"{head:>8s}" for head in heads), flush=True)
    for name in rows[0][0]:
        raw, shown, free, known, true = (np.nanmean([r[k][name] for r in rows]) for k in range(5))
        shares = [value / raw if raw else 0.0 for value in (free, known)]
        values = (raw, shown, free, known, true, *shares)
        print(f"  {name:26s}", *(f"{value:8.2f}" for value in values), flush=True)


if __name__ == "__main__":
    main()
