"""Least-squares fit of a body to joints over time: root, rotations and one constant shape.

    argmin  sum |marker - joint|^2 / sigma^2 + limits + expected bends and twists
            + sum |turn from frame to frame|^2 / (speed dt)^2

by Gauss-Newton with Levenberg's damping. Where an elbow or knee is bent, its plane tells how the
limb is twisted; where it is straight, the expected twist and the frames around it do.
"""

import itertools
from dataclasses import dataclass

import numpy as np

from das_app.motion.body.rig import MEAN_SHAPE, Body, BodyPose, markers
from das_app.motion.body.rotations import rotations_over_gaps
from das_app.motion.body.seen import Observation, Seen, seen_of
from das_app.motion.body.solver import BodySolver
from das_app.motion.body.start import start_pose

# Assumed, where nothing else is said; `scripts/check_bodies.py` measures the fitted bodies.
_SHAPE_FRAMES, _WINDOW, _OVERLAP = 150, 600, 30
_SHAPE_ROUNDS, _CALM_ROUNDS, _ROUNDS = 12, 6, 8
_CALM = 0.4  # of the weights of joints, for a first pose that follows no error of a few frames


@dataclass(frozen=True, eq=False, slots=True)
class BodyFit:
    """A body, fitted.

    Args:
        body: its bones.
        shape: (S,) mm.
        pose: over the frames.
        residual_mm: (n, J) of the skeleton's joints, NaN where not seen.
    """

    body: Body
    shape: np.ndarray
    pose: BodyPose
    residual_mm: np.ndarray

    @property
    def rms_mm(self) -> float:
        """Root mean square of the residuals."""
        return float(np.sqrt(np.nanmean(self.residual_mm**2)))

    def offsets(self) -> np.ndarray:
        """(B, 3) mm, where each bone begins, seen from its parent."""
        return self.body.bone_offsets @ self.shape

    def ends(self) -> np.ndarray:
        """(B, 3) mm, where each last bone ends, seen from itself; 0 for all others."""
        return self.body.ends @ self.shape


def fit_body(
    body: Body, joints: np.ndarray, joint_scores: np.ndarray, times_s: np.ndarray
) -> BodyFit:
    """Fit a body to a whole track.

    Args:
        body: whose bones turn.
        joints: (n, J, 3) mm, y up; NaN where not seen, n >= 1.
        joint_scores: (n, J).
        times_s: (n,) rising.
    """
    seen = seen_of(body, joints, joint_scores, times_s)
    frames = np.flatnonzero((seen.weights > 0).sum(axis=1) > seen.weights.shape[1] // 2)
    some = frames[np.unique(np.linspace(0, len(frames) - 1, _SHAPE_FRAMES).astype(int))]
    thin = seen.part(some)
    shape, pose = usual_shape(body, thin), start_pose(body, thin.joints, thin.weights)
    solver = BodySolver(body)
    pose, shape = solver.with_shape(pose, shape, thin, _SHAPE_ROUNDS)
    start, seen = start_pose(body, seen.joints, seen.weights), seen.held(body)
    calm = _in_windows(solver, start, shape, seen.weighted(_CALM), _CALM_ROUNDS)
    pose = _in_windows(solver, calm, shape, seen, _ROUNDS)
    pose = _over_gaps(pose, np.asarray((seen.weights > 0).any(axis=1)))
    away = np.linalg.norm(markers(body, shape, pose) - seen.joints, axis=-1)
    residual = np.full(joints.shape[:2], np.nan)
    residual[:, body.markers] = np.where(seen.weights > 0, away, np.nan)
    return BodyFit(body, shape, pose, residual)


def _in_windows(
    solver: BodySolver, start: BodyPose, shape: np.ndarray, seen: Seen, num_rounds: int
) -> BodyPose:
    """Improved over windows, each of which goes on from the one before."""
    parts: list[BodyPose] = []
    before = None
    for first in range(0, len(start), _WINDOW):
        window = slice(first, first + _WINDOW + _OVERLAP)
        part = solver.improved(start.part(window), shape, seen.part(window), num_rounds, before)
        parts.append(part.part(slice(0, _WINDOW)))
        last = first + len(parts[-1]) - 1
        before = (parts[-1].part(slice(-1, None)), float(seen.times_s[last]))
    return BodyPose(
        np.concatenate([p.root for p in parts]), np.concatenate([p.rotations for p in parts])
    )


def _over_gaps(pose: BodyPose, is_seen: np.ndarray) -> BodyPose:
    """The pose, moving and turning evenly over frames (n,) in which nothing is seen."""
    if not is_seen.any():
        return pose
    frames, known = np.arange(len(pose)), np.flatnonzero(is_seen)
    root = np.stack([np.interp(frames, known, axis) for axis in pose.root[known].T], axis=-1)
    return BodyPose(root, rotations_over_gaps(pose.rotations, is_seen))


def usual_shape(body: Body, seen: Observation) -> np.ndarray:
    """(S,) mm: the usual shape, as large as the bones that were seen."""
    shape = np.array(list(MEAN_SHAPE.values()))
    at_rest, is_seen, sizes = markers(body, shape, _rest(body))[0], seen.weights > 0, []
    for first, second in itertools.combinations(range(len(at_rest)), 2):
        both = is_seen[:, first] & is_seen[:, second]
        chain = body.above(body.marker_bones[second])[:2]
        usual = np.linalg.norm(at_rest[first] - at_rest[second])
        if body.marker_bones[first] in chain and both.any() and usual > 1:
            apart = seen.joints[both, first] - seen.joints[both, second]
            sizes.append(np.median(np.linalg.norm(apart, axis=-1)) / usual)
    return shape * (np.median(sizes) if sizes else 1.0)


def _rest(body: Body) -> BodyPose:
    return BodyPose(np.zeros((1, 3)), np.broadcast_to(np.eye(3), (1, len(body.bones), 3, 3)))
