"""Refinement of one person over a whole take: one skeleton, a pose at every frame, no lag.

First a fit with much freedom; what it finds says where feet stand, what moves fast, and which
joints were seen wrongly. Then a fit that knows all this.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.ndimage import gaussian_filter1d, maximum_filter1d, minimum_filter1d

from das_app.motion.body.fit import usual_shape
from das_app.motion.body.rig import Body, BodyPose, markers
from das_app.motion.body.seen import SeenThroughLens
from das_app.motion.body.start import start_pose
from das_app.motion.refine.take_solver import FloorPlane, Motion, TakeSolver

# Assumed, where nothing else is said; `scripts/benchmark_refine.py` scores them together.
_PICTURE_SHARE, _ACROSS_MM = 0.0024, 7.0  # of a sure joint: share of its distance, and at least
_ALONG_MM, _DEPTH_SHARE = 20.0, 0.04
_MIN_SCORE = 0.15  # of the best: joints that are less sure than this are not less weighted
_SUREST, _MIN_TRUST, _TRUST_POWER = 0.1, 0.05, 3.0  # of distances, by the model's own spread
_LEG_TRUST_POWER = 6.0  # of knees and ankles, by it
_WRONG = 3.0  # standard deviations from which a joint counts less
_QUIET_MM_S2, _LIVELY_MM_S2, _ROOT_MM_S2 = 1500.0, 8000.0, 1200.0
_LOOK_S = 0.12  # on both sides, that a motion is looked at over
_STILL_MM_S, _LIFT_MM, _STEP_S = 240.0, 110.0, 1.0
_ALONG_TELLS = 0.4  # what a speed along the ray counts for
_MIN_STANCE_S = 0.2
_MIN_FRAMES = 3  # that a motion can be told from
_AWAY_S = 0.5  # from one frame to the next, after which nothing is known of how somebody stood
_MIN_ON_FLOOR = 10  # frames of standing feet, for the size to be told from the floor
_SHAPE_FRAMES, _SHAPE_ROUNDS = 120, 14
_WINDOW, _OVERLAP = 500, 60
_ROUNDS = (8, 6, 4)


@dataclass(frozen=True, eq=False, slots=True)
class RefinedPerson:
    """A person over n frames.

    Args:
        joints: (n, M, 3) mm, y up, origin at the lens, of the body's markers.
        shape: (S,) mm.
        pose: over the frames.
        stands: (n, 2) bool: left and right foot stand.
    """

    joints: np.ndarray
    shape: np.ndarray
    pose: BodyPose
    stands: np.ndarray


def refine_person(
    body: Body,
    joints: np.ndarray,
    joint_scores: np.ndarray,
    times_s: np.ndarray,
    floor: FloorPlane | None = None,
    has_known_size: bool = False,
    joint_spread_mm: np.ndarray | None = None,
) -> RefinedPerson:
    """Solve a person's body over a take.

    Args:
        body: of the skeleton.
        joints: (n, J, 3) mm, y up, origin at the lens; NaN where not seen, n >= 1.
        joint_scores: (n, J).
        times_s: (n,) rising.
        floor: where feet stand on, if it is known.
        has_known_size: they are as large as they are seen; else the floor tells how large.
        joint_spread_mm: (n, J) how far off each joint likely is, and of the root its depth; NaN
            where unknown.
    """
    seen = through_lens(body, joints, joint_scores, times_s)
    if joint_spread_mm is not None:
        seen = seen.weighted(_as_usual(body, seen, joint_spread_mm))
        if floor is None:  # a floor tells distances better
            seen = _as_sure(body, seen, joint_spread_mm)
    solver = TakeSolver(body)
    shape = _shape(solver, body, seen)
    pose = start_pose(body, seen.joints, seen.weights)
    feet = np.array(
        [
            n
            for n, m in enumerate(body.markers)
            if body.bones[body.marker_bones[n]].name.endswith("ankle")
        ]
    )
    stands = np.zeros((len(joints), len(feet)), bool)
    spread = np.full(seen.weights.shape, _LIVELY_MM_S2)
    sure = seen
    for turn, num_rounds in enumerate(_ROUNDS):
        motion = Motion(spread, _ROOT_MM_S2, feet, stands, floor if turn else None)
        pose = _in_windows(solver, pose, shape, sure, motion, num_rounds)
        if turn == 0:
            shape, pose = _as_far_as_seen(shape, pose, seen)
        points = markers(body, shape, pose)
        spread = _spread(points, times_s)
        stands = standing_feet(points[:, feet], times_s)
        if floor is not None and not has_known_size and stands.sum() >= _MIN_ON_FLOOR:
            factor = _factor_to(floor, points[:, feet][stands])
            shape, pose = shape * factor, BodyPose(pose.root * factor, pose.rotations)
            points = points * factor
        sure = seen.weighted(_trust(seen, points, pose.root))
    return RefinedPerson(points, shape, pose, stands)


def through_lens(
    body: Body, joints: np.ndarray, joint_scores: np.ndarray, times_s: np.ndarray
) -> SeenThroughLens:
    """The body's markers as one camera sees them; arguments as `refine_person`."""
    places, scores = joints[:, body.markers].astype(np.float64), joint_scores[:, body.markers]
    is_seen = np.isfinite(places).all(axis=-1) & (places[..., 2] < 0)
    best = float(np.quantile(scores[is_seen], 0.9)) if is_seen.any() else 1.0
    share = np.clip(np.where(is_seen, scores, 0) / max(best, 1e-6), _MIN_SCORE, 1)
    places = np.where(is_seen[..., None], places, -1.0)
    root = next(n for n, b in enumerate(body.marker_bones) if body.bones[b].parent < 0)
    across = np.hypot(_ACROSS_MM, _PICTURE_SHARE * -places[..., 2])
    return SeenThroughLens(
        places,
        np.where(is_seen, share, 0.0),
        times_s,
        np.where(is_seen[:, root], -places[:, root, 2], 1.0),
        is_seen[:, root].astype(np.float64),
        across,
        np.full_like(across, _ALONG_MM),
        _DEPTH_SHARE,
    )


def _as_usual(body: Body, seen: SeenThroughLens, joint_spread_mm: np.ndarray) -> np.ndarray:
    """(n, M) factors of weights: less for knees and ankles in frames in which the model is less
    sure of them than usually, as where they are hidden, else 1.

    These are seen wrongly for long and all in one direction; bones that have one length meet
    them by a step of the whole person. Arms move nobody, and what is unsure of them is their
    motion.
    """
    trust = np.ones_like(seen.weights)
    for marker, joint in enumerate(body.markers):
        if not body.bones[body.marker_bones[marker]].name.endswith(("knee", "ankle")):
            continue
        spread = joint_spread_mm[:, joint]
        on = (seen.weights[:, marker] > 0) & np.isfinite(spread)
        if on.any():
            trust[on, marker] = _falling(spread[on], np.median(spread[on]), _LEG_TRUST_POWER)
    return trust


def _as_sure(body: Body, seen: SeenThroughLens, joint_spread_mm: np.ndarray) -> SeenThroughLens:
    """With distances weighted by how sure the model was of them, the surest frames by 1: what it
    is sure of errs less all along, not from frame to frame alone."""
    root = next(n for n, b in enumerate(body.marker_bones) if body.bones[b].parent < 0)
    share = joint_spread_mm[:, body.markers[root]] / np.maximum(seen.root_depth, 1.0)
    is_known = (seen.root_weights > 0) & np.isfinite(share)
    if not is_known.any():
        return seen
    surest = np.quantile(share[is_known], _SUREST)
    usual = float(np.median(share[is_known]))
    trust = _falling(np.where(is_known, share, usual), surest, _TRUST_POWER)
    return replace(seen, root_weights=seen.root_weights * trust)


def _falling(spread: np.ndarray, sure: float, power: float) -> np.ndarray:
    """Factors of weights: 1 up to a spread that counts as sure, less beyond it."""
    return np.clip(sure / np.maximum(spread, 1e-6), _MIN_TRUST, 1.0) ** power


def _shape(solver: TakeSolver, body: Body, seen: SeenThroughLens) -> np.ndarray:
    frames = np.flatnonzero((seen.weights > 0).sum(axis=1) > seen.weights.shape[1] // 2)
    some = frames[np.unique(np.linspace(0, len(frames) - 1, _SHAPE_FRAMES).astype(int))]
    thin = seen.part(some)
    pose = start_pose(body, thin.joints, thin.weights)
    _, shape = solver.with_shape(pose, usual_shape(body, thin), thin, _SHAPE_ROUNDS)
    return shape


def _as_far_as_seen(
    shape: np.ndarray, pose: BodyPose, seen: SeenThroughLens
) -> tuple[np.ndarray, BodyPose]:
    """Shape and pose, larger or smaller about the lens, at the mean distance that was seen.

    Depths of limbs, whose errors go together, would else have a say in how large somebody is.
    """
    is_seen = seen.root_weights > 0
    away = np.log(seen.root_depth[is_seen]) - np.log(np.maximum(-pose.root[is_seen, 2], 1.0))
    factor = float(np.exp(np.average(away, weights=seen.root_weights[is_seen] ** 2)))
    return shape * factor, BodyPose(pose.root * factor, pose.rotations)


def _factor_to(floor: FloorPlane, feet: np.ndarray) -> float:
    """Scale about the lens at which feet (n, 3) stand on a floor."""
    under_lens = np.minimum(feet @ floor.up, -1.0)
    return float(np.clip(np.median((floor.foot_mm - floor.offset_mm) / under_lens), 0.6, 1.6))


def _in_windows(
    solver: TakeSolver,
    pose: BodyPose,
    shape: np.ndarray,
    seen: SeenThroughLens,
    motion: Motion,
    num_rounds: int,
) -> BodyPose:
    """Solved over windows that overlap; what lies near a window's end is not used."""
    roots, rotations = [], []
    for first in range(0, len(pose), _WINDOW):
        begin, end = max(0, first - _OVERLAP), first + _WINDOW + _OVERLAP
        window = slice(begin, end)
        part = solver.over_take(
            pose.part(window), shape, seen.part(window), motion.part(window), num_rounds
        ).part(slice(first - begin, first - begin + _WINDOW))
        roots.append(part.root)
        rotations.append(part.rotations)
    return BodyPose(np.concatenate(roots), np.concatenate(rotations))


def _spread(points: np.ndarray, times_s: np.ndarray) -> np.ndarray:
    """(n, M) mm/s^2 that markers are expected to be accelerated by: little where they are calm,
    much where a fast motion was found."""
    if len(points) < _MIN_FRAMES:
        return np.full(points.shape[:2], _LIVELY_MM_S2)
    frames = _frames_of(_LOOK_S, times_s)
    calm = gaussian_filter1d(points, 0.5 * frames, axis=0, mode="nearest")
    speeds = np.gradient(calm, times_s, axis=0)
    size = np.linalg.norm(np.gradient(speeds, times_s, axis=0), axis=-1)
    around = maximum_filter1d(size, 2 * round(frames) + 1, axis=0, mode="nearest")
    return np.hypot(_QUIET_MM_S2, around)


def standing_feet(feet: np.ndarray, times_s: np.ndarray) -> np.ndarray:
    """(n, F) bool: feet (n, F, 3) mm that stand: low, and still for a while."""
    if len(feet) < _MIN_FRAMES or not feet.shape[1]:
        return np.zeros(feet.shape[:2], bool)
    calm = gaussian_filter1d(feet, _frames_of(_LOOK_S, times_s) / 2, axis=0, mode="nearest")
    velocity = np.gradient(calm, times_s, axis=0)
    ray = calm / np.maximum(np.linalg.norm(calm, axis=-1, keepdims=True), 1.0)
    along = (velocity * ray).sum(axis=-1, keepdims=True)  # which one camera sees badly
    speed = np.linalg.norm(velocity - (1 - _ALONG_TELLS) * along * ray, axis=-1)
    around = 2 * round(_frames_of(_STEP_S, times_s)) + 1
    lowest = minimum_filter1d(calm[..., 1].min(axis=1), around, mode="nearest")
    is_low = calm[..., 1] < lowest[:, None] + _LIFT_MM
    goes_on = np.r_[True, np.diff(times_s) < _AWAY_S] & np.r_[np.diff(times_s) < _AWAY_S, True]
    stands = (speed < _STILL_MM_S) & is_low & goes_on[:, None]
    return _lasting(stands, round(_frames_of(_MIN_STANCE_S, times_s)))


def _frames_of(duration_s: float, times_s: np.ndarray) -> float:
    """Number of frames of a duration."""
    return max(duration_s / float(np.median(np.diff(times_s))), 0.5)


def _lasting(flags: np.ndarray, least: int) -> np.ndarray:
    """Flags (n, F) without runs that are shorter than so many frames."""
    kept = flags.copy()
    for column in kept.T:
        edges = np.flatnonzero(np.diff(np.concatenate([[False], column, [False]])))
        for start, stop in edges.reshape(-1, 2):
            if stop - start < least:
                column[start:stop] = False
    return kept


def _trust(seen: SeenThroughLens, points: np.ndarray, root: np.ndarray) -> np.ndarray:
    """(n, M) factors of weights: 1 for what fits, less for what lies far away."""
    num_markers = seen.weights.shape[1]
    residuals = seen.residuals(points, root)
    across = residuals[:, : 2 * num_markers].reshape(len(root), num_markers, 2)
    away = (across**2).sum(axis=-1) + residuals[:, 2 * num_markers : -1] ** 2
    return 1 / np.sqrt(1 + away / (3 * _WRONG**2))
