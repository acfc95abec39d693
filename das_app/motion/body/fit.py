"""Least-squares fit of a body to joints over time: root, rotations and one constant shape.

    argmin  sum |marker - joint|^2 / sigma^2 + limits + expected bends and twists
            + sum |turn from frame to frame|^2 / (speed dt)^2

by Gauss-Newton with Levenberg's damping. Turns are small rotations on the right of a bone's own
(Murray, Li, Sastry 1994, ch. 3), so Jacobians are cross products. Frames couple with their
neighbours alone: the normal matrix is banded. The shape is solved linearly in between. Where an
elbow or knee is bent, its plane tells how the limb is twisted; where it is straight, the expected
twist and the frames around it do.
"""

import itertools
from dataclasses import dataclass

import numpy as np
from scipy.linalg import solveh_banded

from das_app.motion.body.limits import Expectations
from das_app.motion.body.rig import USUAL_SHAPE, Body, BodyPose, Bone, Freedom, markers, world
from das_app.motion.body.rotations import rotation_vectors, rotations_by
from das_app.motion.body.start import start_pose

_SIGMA_MM = 8.0  # of a joint of full score
_LEAST_WEIGHT = 0.5  # of a joint that was seen, whatever its score
_SWING_SPEED, _TWIST_SPEED = 12.0, 4.0  # rad/s, standard deviation of what joints do by themselves
_SHAPE_RIDGE = 1e-4  # weight of the usual shape, in frames
_MAX_STEP_RAD = 0.5
_FIRST_DAMPING, _MOST_DAMPING, _GOOD_ENOUGH = 1e-3, 1e3, 1e-4
_DAMPED = 300.0  # what damping holds on to where the joints say nothing, about (length / sigma)^2
_SHAPE_FRAMES, _WINDOW, _OVERLAP = 150, 600, 30
_SHAPE_ROUNDS, _ROUNDS = 12, 8
_PLACES = ("_drop", "_up", "_ahead")  # ends of names of lengths that may be negative
_TURNING = (Freedom.BALL, Freedom.HINGE)


@dataclass(frozen=True, eq=False, slots=True)
class Seen:
    """What a body is fitted to.

    Args:
        joints: (n, M, 3) mm, y up, of the body's markers; anything where the weight is 0.
        weights: (n, M) of the residuals, 0 where not seen.
        times_s: (n,) rising.
    """

    joints: np.ndarray
    weights: np.ndarray
    times_s: np.ndarray

    def part(self, frames: slice | np.ndarray) -> "Seen":
        """Some of the frames."""
        return Seen(self.joints[frames], self.weights[frames], self.times_s[frames])


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
    start, parts, before = start_pose(body, seen.joints, seen.weights), [], None
    for first in range(0, len(start), _WINDOW):
        window = slice(first, first + _WINDOW + _OVERLAP)
        part = solver.improved(start.part(window), shape, seen.part(window), _ROUNDS, before)
        parts.append(part.part(slice(0, _WINDOW)))
        last = first + len(parts[-1]) - 1
        before = (parts[-1].part(slice(-1, None)), float(seen.times_s[last]))
    pose = BodyPose(
        np.concatenate([p.root for p in parts]), np.concatenate([p.rotations for p in parts])
    )
    away = np.linalg.norm(markers(body, shape, pose) - seen.joints, axis=-1)
    residual = np.full(joints.shape[:2], np.nan)
    residual[:, body.markers] = np.where(seen.weights > 0, away, np.nan)
    return BodyFit(body, shape, pose, residual)


def seen_of(body: Body, joints: np.ndarray, joint_scores: np.ndarray, times_s: np.ndarray) -> Seen:
    """The body's markers, weighted by their scores against the best of the track."""
    places, scores = joints[:, body.markers].astype(np.float64), joint_scores[:, body.markers]
    is_seen = np.asarray(np.isfinite(places).all(axis=-1))
    best = np.quantile(scores[is_seen], 0.9) if is_seen.any() else 1.0
    weights = _LEAST_WEIGHT + (1 - _LEAST_WEIGHT) * np.clip(scores / max(best, 1e-6), 0, 1)
    weights = np.where(is_seen, np.sqrt(np.where(is_seen, weights, 0.0)), 0.0)
    return Seen(np.where(is_seen[..., None], places, 0.0), weights, times_s)


def usual_shape(body: Body, seen: Seen) -> np.ndarray:
    """(S,) mm: the usual shape, as large as the bones that were seen."""
    shape = np.array(list(USUAL_SHAPE.values()))
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


class BodySolver:
    """Gauss-Newton for one body.

    Columns are those of the root's place, then one for each axis that a bone turns about.

    Args:
        body: whose bones turn.
    """

    def __init__(self, body: Body) -> None:
        self._body = body
        turning = [n for n, bone in enumerate(body.bones) if bone.freedom in _TURNING]
        self._columns: dict[int, slice] = {}  # of each turning bone, root's place left out
        owners: list[int] = []
        axes: list[np.ndarray] = []
        for number in turning:
            bone = body.bones[number]
            own = np.eye(3) if bone.freedom is Freedom.BALL else bone.axis[None]
            self._columns[number] = slice(len(owners), len(owners) + len(own))
            owners += [number] * len(own)
            axes += list(own)
        self._owners, self._axes = np.array(owners), np.array(axes)
        self._size = 3 + len(owners)
        chains = [body.above(bone) for bone in body.marker_bones]
        self._moves = np.array([[owner in chain for chain in chains] for owner in owners])
        self._expectations = Expectations(body, self._columns, self._size)
        self._stiff = np.zeros((len(owners), len(owners)))  # inverse variances of speeds
        for number, columns in self._columns.items():
            self._stiff[columns, columns] = _stiffness(body.bones[number])

    def improved(
        self,
        pose: BodyPose,
        shape: np.ndarray,
        seen: Seen,
        num_rounds: int,
        before: tuple[BodyPose, float] | None = None,
    ) -> BodyPose:
        """The pose after some rounds.

        Args:
            pose: n frames to begin with.
            shape: (S,) mm.
            seen: n frames.
            num_rounds: at most; it ends where nothing gets better.
            before: the frame before the first, which stays, and its time.
        """
        damping = np.full(len(pose), _FIRST_DAMPING)
        costs = self.costs(pose, shape, seen, before)
        for _ in range(num_rounds):
            step = -_solved(*self._equations(pose, shape, seen, before, damping))
            new = self._moved(pose, _limited(step))
            is_better = self.costs(new, shape, seen, before) < costs
            pose = _either(is_better, new, pose)
            damping = np.where(is_better, damping / 4, np.minimum(damping * 16, _MOST_DAMPING))
            former, costs = costs.sum(), self.costs(pose, shape, seen, before)
            if abs(former - costs.sum()) < _GOOD_ENOUGH * former:
                break
        return pose

    def with_shape(
        self, pose: BodyPose, shape: np.ndarray, seen: Seen, num_rounds: int
    ) -> tuple[BodyPose, np.ndarray]:
        """Pose and shape after some rounds, both free."""
        usual, damping = self.usual(shape), np.full(len(pose), _FIRST_DAMPING)
        cost = self.costs(pose, shape, seen, None).sum()
        for _ in range(num_rounds):
            matrix, coupling, right = self._equations(pose, shape, seen, None, damping)
            linear, own, shape_right = self._shape_terms(pose, shape, seen, usual)
            columns = np.concatenate([right[..., None], linear], axis=-1)  # (n, D, 1 + S)
            answers = _solved(matrix, coupling, columns)
            border = np.einsum("nds,nde->se", linear, answers)  # (S, 1 + S)
            change = np.linalg.solve(own - border[:, 1:], border[:, 0] - shape_right)
            new_shape = np.maximum(shape + change, _least(usual))
            step = -answers[..., 0] - answers[..., 1:] @ (new_shape - shape)
            new = self._moved(pose, _limited(step))
            is_better = self.costs(new, new_shape, seen, None) < self.costs(
                pose, new_shape, seen, None
            )
            new = _either(is_better, new, pose)
            new_cost = self.costs(new, new_shape, seen, None).sum()
            damping = np.where(is_better, damping / 4, np.minimum(damping * 16, _MOST_DAMPING))
            if new_cost < cost:
                is_done = cost - new_cost < _GOOD_ENOUGH * cost
                pose, shape, cost = new, new_shape, new_cost
                if is_done:
                    break
            else:
                damping = np.minimum(damping * 16, _MOST_DAMPING)
        return pose, shape

    def _shape_terms(
        self, pose: BodyPose, shape: np.ndarray, seen: Seen, usual: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """What the shape adds to the equations: (n, D, S), (S, S) and (S,)."""
        slopes, away = self._slopes(pose, shape, seen)
        linear = self._linear_markers(pose) * (seen.weights / _SIGMA_MM)[..., None, None]
        flat = linear.reshape(len(pose), -1, linear.shape[-1])  # (n, 3 M, S)
        mixed = slopes.reshape(*slopes.shape[:2], -1) @ flat
        own = np.einsum("nks,nkr->sr", flat, flat, optimize=True)
        ridge = len(pose) * _SHAPE_RIDGE * np.eye(len(usual))
        right = np.einsum("nks,nk->s", flat, away.reshape(len(pose), -1))
        return mixed, own + ridge, right + ridge @ (shape - usual)

    def usual(self, shape: np.ndarray) -> np.ndarray:
        """(S,) mm: the usual shape as large as a shape."""
        usual = np.array(list(USUAL_SHAPE.values()))
        return usual * (shape.sum() / usual.sum())

    def _linear_markers(self, pose: BodyPose) -> np.ndarray:
        """(n, M, 3, S): how the shape moves the markers."""
        body = self._body
        turned, _ = world(body, np.zeros((len(body.bones), 3)), pose)
        places = np.zeros((len(pose), len(body.bones), *body.bone_offsets.shape[1:]))
        for number, bone in enumerate(body.bones):
            if bone.parent >= 0:
                step = turned[:, bone.parent] @ body.bone_offsets[number]
                places[:, number] = places[:, bone.parent] + step
        on = body.marker_bones
        return places[:, on] + turned[:, on] @ body.marker_offsets

    def _moved(self, pose: BodyPose, step: np.ndarray) -> BodyPose:
        """The pose after a step (n, D)."""
        turns = np.zeros(pose.rotations.shape[:3])
        for number, columns in self._columns.items():
            turns[:, number] = step[:, 3:][:, columns] @ self._axes[columns]
        return BodyPose(pose.root + step[:, :3], pose.rotations @ rotations_by(turns))

    def _turns(
        self, pose: BodyPose, seen: Seen, before: tuple[BodyPose, float] | None
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """From each frame to the next: turns (m, D - 3) rad, their inverse rotations
        (m, B, 3, 3), and seconds (m,). With a frame before, m = n, else n - 1."""
        rotations, times_s = pose.rotations, seen.times_s
        if before is not None:
            rotations = np.concatenate([before[0].rotations, rotations])
            times_s = np.concatenate([[before[1]], times_s])
        back = rotations[1:].swapaxes(-1, -2) @ rotations[:-1]
        turns = -(rotation_vectors(back)[:, self._owners] * self._axes).sum(axis=-1)
        return turns, back, np.maximum(np.diff(times_s), 1e-3)

    def costs(
        self,
        pose: BodyPose,
        shape: np.ndarray,
        seen: Seen,
        before: tuple[BodyPose, float] | None,
    ) -> np.ndarray:
        """(n,) of every frame; a turn between two counts half for each."""
        away = (markers(self._body, shape, pose) - seen.joints) * seen.weights[..., None]
        expected = self._expectations.residuals(pose)
        turns, _, steps_s = self._turns(pose, seen, before)
        between = ((turns @ self._stiff) * turns).sum(axis=1) / steps_s**2
        costs = (away**2).sum(axis=(1, 2)) / _SIGMA_MM**2 + (expected**2).sum(axis=1)
        begin = len(pose) - len(turns)
        costs[begin:] += between / 2
        costs[: len(pose) - 1] += between[1 - begin :] / 2
        return costs

    def _equations(
        self,
        pose: BodyPose,
        shape: np.ndarray,
        seen: Seen,
        before: tuple[BodyPose, float] | None,
        damping: np.ndarray,
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Blocks of the normal equations: (n, D, D), below them (n - 1, D, D), right (n, D)."""
        slopes, away = self._slopes(pose, shape, seen)
        flat = slopes.reshape(*slopes.shape[:2], -1)
        matrix = flat @ flat.swapaxes(1, 2)
        right = (flat @ away.reshape(len(pose), -1, 1))[..., 0]
        self._expectations.add_to(pose, matrix, right)
        coupling = np.zeros((max(len(pose) - 1, 0), self._size, self._size))
        turns, back, steps_s = self._turns(pose, seen, before)
        begin = 0 if before is not None else 1  # frame that the first turn leads to
        late = slice(1 - begin, None)  # turns between two frames that both move
        stiff = self._stiff / steps_s[:, None, None] ** 2  # (m, D - 3, D - 3)
        pull = (stiff @ turns[..., None])[..., 0]
        matrix[begin:, 3:, 3:] += stiff
        right[begin:, 3:] += pull
        carried = np.zeros_like(stiff[late])
        for number, columns in self._columns.items():
            axes = self._axes[columns]
            carried[:, columns, columns] = axes @ back[late, number] @ axes.T
        pulled = carried.swapaxes(1, 2) @ stiff[late]
        matrix[:-1, 3:, 3:] += pulled @ carried
        right[:-1, 3:] -= (carried.swapaxes(1, 2) @ pull[late, :, None])[..., 0]
        coupling[:, 3:, 3:] = -pulled.swapaxes(1, 2)
        diagonal = np.arange(self._size)
        matrix[:, diagonal, diagonal] *= 1 + damping[:, None]
        matrix[:, diagonal, diagonal] += 1e-9 + damping[:, None] * _DAMPED
        return matrix, coupling, right

    def _slopes(
        self, pose: BodyPose, shape: np.ndarray, seen: Seen
    ) -> tuple[np.ndarray, np.ndarray]:
        """Derivatives (n, D, M, 3) of the weighted residuals of markers, and these (n, M, 3)."""
        body = self._body
        turned, places = world(body, body.bone_offsets @ shape, pose)
        on, offsets = body.marker_bones, body.marker_offsets @ shape
        points = places[:, on] + (turned[:, on] @ offsets[..., None])[..., 0]
        weights = seen.weights[..., None] / _SIGMA_MM
        away = (points - seen.joints) * weights  # (n, M, 3)
        axes = (turned[:, self._owners] @ self._axes[..., None])[..., 0]  # (n, D - 3, 3)
        arms = points[:, None] - places[:, self._owners, None]  # (n, D - 3, M, 3)
        slopes = np.empty((len(pose), self._size, *points.shape[1:]))
        slopes[:, :3] = np.eye(3)[:, None] * weights[:, None]
        slopes[:, 3:] = np.cross(axes[:, :, None], arms) * self._moves[..., None]
        slopes[:, 3:] *= weights[:, None]
        return slopes, away


def _stiffness(bone: Bone) -> np.ndarray:
    """(k, k) inverse variance of a bone's speed, (rad/s)^-2."""
    if bone.freedom is Freedom.HINGE:
        return np.array([[_SWING_SPEED**-2]])
    twist = np.outer(bone.axis, bone.axis) if bone.parent >= 0 else np.zeros((3, 3))
    swing_speed = _TWIST_SPEED if np.isfinite(bone.bend_rad) else _SWING_SPEED
    return (np.eye(3) - twist) * swing_speed**-2 + twist * _TWIST_SPEED**-2


def _either(is_first: np.ndarray, first: BodyPose, second: BodyPose) -> BodyPose:
    """Frame by frame the first pose or the second."""
    return BodyPose(
        np.where(is_first[:, None], first.root, second.root),
        np.where(is_first[:, None, None, None], first.rotations, second.rotations),
    )


def _limited(step: np.ndarray) -> np.ndarray:
    """A step (n, D) whose turns are not too large for a linear model."""
    turns = np.clip(step[:, 3:], -_MAX_STEP_RAD, _MAX_STEP_RAD)
    return np.concatenate([step[:, :3], turns], axis=1)


def _least(usual: np.ndarray) -> np.ndarray:
    """(S,) mm: lengths stay positive; places of face joints may be anywhere."""
    is_length = np.array([not name.endswith(_PLACES) for name in USUAL_SHAPE])
    return np.where(is_length, 0.2 * usual, -np.inf)


def _solved(matrix: np.ndarray, coupling: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Solve a block tridiagonal system.

    Args:
        matrix: (n, D, D) blocks of the diagonal.
        coupling: (n - 1, D, D) blocks below it.
        right: (n, D, ...).
    """
    num_frames, size = right.shape[:2]
    band = np.zeros((2 * size, num_frames, size))
    row, column = np.tril_indices(size)
    band[row - column, :, column] = matrix[:, row, column].T
    row, column = (grid.ravel() for grid in np.mgrid[:size, :size])
    band[size + row - column, :-1, column] = coupling[:, row, column].T
    flat = band.reshape(2 * size, -1)
    answer = solveh_banded(
        flat, right.reshape(num_frames * size, -1), lower=True, check_finite=False
    )
    return answer.reshape(right.shape)
