"""Gauss-Newton for the pose and the shape of a body.

Turns are small rotations on the right of a bone's own (Murray, Li, Sastry 1994, ch. 3), so
Jacobians are cross products. Frames couple with their neighbours alone: the normal matrix is
banded. The shape is solved linearly in between.
"""

from collections.abc import Sequence

import numpy as np
from scipy.linalg import solveh_banded

from das_app.motion.body.limits import Expectations
from das_app.motion.body.rig import MEAN_SHAPE, Body, BodyPose, Bone, Freedom, markers, world
from das_app.motion.body.rotations import rotation_vectors, rotations_by
from das_app.motion.body.seen import Observation

# Assumed, where nothing else is said; `scripts/check_bodies.py` measures the fitted bodies.
_SWING_SPEED, _TWIST_SPEED = 12.0, 3.0  # rad/s, standard deviation of what joints do by themselves
_EXCESS_SPEED = 1.0  # rad/s, likewise of what they turn beyond what is seen
_SHAPE_RIDGE = 1e-4  # weight of the usual shape, in frames
_MAX_STEP_RAD = 0.5
_FIRST_DAMPING, _MAX_DAMPING, _GOOD_ENOUGH = 1e-3, 1e3, 1e-4
_DAMPED = 300.0  # what damping holds on to where the joints say nothing, about (length / sigma)^2
_PLACES = ("_drop", "_up", "_ahead")  # ends of names of lengths that may be negative
_TURNING = (Freedom.BALL, Freedom.HINGE)


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
        self._is_one_bone = self._owners[:, None] == self._owners

    def improved(
        self,
        pose: BodyPose,
        shape: np.ndarray,
        seen: Observation,
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
            matrix, coupling, right = self._equations(pose, shape, seen, before, damping)
            step = -solved_blocks(matrix, [coupling], right)
            new = self._moved(pose, limited_step(step))
            is_better = self.costs(new, shape, seen, before) < costs
            pose = _either(is_better, new, pose)
            damping = np.where(is_better, damping / 4, np.minimum(damping * 16, _MAX_DAMPING))
            former, costs = costs.sum(), self.costs(pose, shape, seen, before)
            if abs(former - costs.sum()) < _GOOD_ENOUGH * former:
                break
        return pose

    def with_shape(
        self, pose: BodyPose, shape: np.ndarray, seen: Observation, num_rounds: int
    ) -> tuple[BodyPose, np.ndarray]:
        """Pose and shape after some rounds, both free."""
        usual, damping = self.usual(shape), np.full(len(pose), _FIRST_DAMPING)
        cost = self.costs(pose, shape, seen, None).sum()
        for _ in range(num_rounds):
            matrix, coupling, right = self._equations(pose, shape, seen, None, damping)
            linear, own, shape_right = self._shape_terms(pose, shape, seen, usual)
            columns = np.concatenate([right[..., None], linear], axis=-1)  # (n, D, 1 + S)
            answers = solved_blocks(matrix, [coupling], columns)
            border = np.einsum("nds,nde->se", linear, answers)  # (S, 1 + S)
            change = np.linalg.solve(own - border[:, 1:], border[:, 0] - shape_right)
            new_shape = np.maximum(shape + change, _least(usual))
            step = -answers[..., 0] - answers[..., 1:] @ (new_shape - shape)
            new = self._moved(pose, limited_step(step))
            is_better = self.costs(new, new_shape, seen, None) < self.costs(
                pose, new_shape, seen, None
            )
            new = _either(is_better, new, pose)
            new_cost = self.costs(new, new_shape, seen, None).sum()
            damping = np.where(is_better, damping / 4, np.minimum(damping * 16, _MAX_DAMPING))
            if new_cost < cost:
                is_done = cost - new_cost < _GOOD_ENOUGH * cost
                pose, shape, cost = new, new_shape, new_cost
                if is_done:
                    break
            else:
                damping = np.minimum(damping * 16, _MAX_DAMPING)
        return pose, shape

    def _shape_terms(
        self, pose: BodyPose, shape: np.ndarray, seen: Observation, usual: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Terms of the shape prior in the normal equations: (n, D, S), (S, S) and (S,)."""
        slopes, away = self._slopes(pose, shape, seen)
        linear = self._linear_markers(pose)  # (n, S, M, 3)
        points, still = markers(self._body, shape, pose), np.zeros((len(shape), 3))
        flat = seen.slopes(points, pose.root, linear, still)  # (n, S, R)
        mixed = slopes @ flat.swapaxes(1, 2)
        own = np.einsum("nsk,nrk->sr", flat, flat, optimize=True)
        ridge = self.shape_ridge(usual, len(pose))
        right = np.einsum("nsk,nk->s", flat, away)
        return mixed, own + ridge, right + ridge @ (shape - usual)

    def shape_ridge(self, usual: np.ndarray, num_frames: int) -> np.ndarray:
        """(S, S) mm^-2 by which a fit to so many frames holds on to the usual shape."""
        return num_frames * _SHAPE_RIDGE * np.eye(len(usual))

    def usual(self, shape: np.ndarray) -> np.ndarray:
        """(S,) mm: the usual shape as large as a shape."""
        usual = np.array(list(MEAN_SHAPE.values()))
        return usual * (shape.sum() / usual.sum())

    def _linear_markers(self, pose: BodyPose) -> np.ndarray:
        """(n, S, M, 3): how the shape moves the markers."""
        body = self._body
        turned, _ = world(body, np.zeros((len(body.bones), 3)), pose)
        places = np.zeros((len(pose), len(body.bones), *body.bone_offsets.shape[1:]))
        for number, bone in enumerate(body.bones):
            if bone.parent >= 0:
                step = turned[:, bone.parent] @ body.bone_offsets[number]
                places[:, number] = places[:, bone.parent] + step
        on = body.marker_bones
        return np.moveaxis(places[:, on] + turned[:, on] @ body.marker_offsets, -1, 1)

    def _moved(self, pose: BodyPose, step: np.ndarray) -> BodyPose:
        """The pose after a step (n, D)."""
        turns = np.zeros(pose.rotations.shape[:3])
        for number, columns in self._columns.items():
            turns[:, number] = step[:, 3:][:, columns] @ self._axes[columns]
        return BodyPose(pose.root + step[:, :3], pose.rotations @ rotations_by(turns))

    def _turns(
        self, pose: BodyPose, seen: Observation, before: tuple[BodyPose, float] | None
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

    def _excess(self, turns: np.ndarray, seen: Observation) -> tuple[np.ndarray, np.ndarray]:
        """Of turns (m, D - 3), (m, D - 3) the directions of those beyond what is seen, 0 for
        others, and how far they are beyond it."""
        sizes = np.sqrt(turns**2 @ self._is_one_bone)
        free = seen.free_turns[-len(turns) :] if len(turns) else seen.free_turns[:0]
        free = free[:, self._owners] if free.shape[1] > 1 else free
        over = np.maximum(sizes - free, 0)
        along = turns * (over > 0) / np.maximum(sizes, 1e-9)
        return along, along * over

    def costs(
        self,
        pose: BodyPose,
        shape: np.ndarray,
        seen: Observation,
        before: tuple[BodyPose, float] | None,
    ) -> np.ndarray:
        """(n,) of every frame; a turn between two counts half for each."""
        away = seen.residuals(markers(self._body, shape, pose), pose.root)
        expected = self._expectations.residuals(pose)
        turns, _, steps_s = self._turns(pose, seen, before)
        _, excess = self._excess(turns, seen)
        between = ((turns @ self._stiff) * turns).sum(axis=1)
        between = (between + (excess**2).sum(axis=1) / _EXCESS_SPEED**2) / steps_s**2
        costs = (away**2).sum(axis=1) + (expected**2).sum(axis=1)
        begin = len(pose) - len(turns)
        costs[begin:] += between / 2
        costs[: len(pose) - 1] += between[1 - begin :] / 2
        return costs

    def _equations(
        self,
        pose: BodyPose,
        shape: np.ndarray,
        seen: Observation,
        before: tuple[BodyPose, float] | None,
        damping: np.ndarray,
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Blocks of the normal equations: (n, D, D), below them (n - 1, D, D), right (n, D)."""
        slopes, away = self._slopes(pose, shape, seen)
        matrix = slopes @ slopes.swapaxes(1, 2)
        right = (slopes @ away[..., None])[..., 0]
        self._expectations.add_to(pose, matrix, right)
        coupling = np.zeros((max(len(pose) - 1, 0), self._size, self._size))
        turns, back, steps_s = self._turns(pose, seen, before)
        begin = 0 if before is not None else 1  # frame that the first turn leads to
        late = slice(1 - begin, None)  # turns between two frames that both move
        along, excess = self._excess(turns, seen)
        firm = along[:, :, None] * along[:, None, :] * (self._is_one_bone / _EXCESS_SPEED**2)
        stiff = (self._stiff + firm) / steps_s[:, None, None] ** 2  # (m, D - 3, D - 3)
        pull = turns @ self._stiff + excess / _EXCESS_SPEED**2
        pull /= steps_s[:, None] ** 2
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
        self, pose: BodyPose, shape: np.ndarray, seen: Observation
    ) -> tuple[np.ndarray, np.ndarray]:
        """Derivatives (n, D, R) of the residuals of what was seen, and these (n, R)."""
        points, moved = self._moved_points(pose, shape)
        slopes = seen.slopes(points, pose.root, moved, np.eye(self._size, 3))
        return slopes, seen.residuals(points, pose.root)

    def _moved_points(self, pose: BodyPose, shape: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Markers (n, M, 3) mm, and how the columns move them (n, D, M, 3)."""
        body = self._body
        turned, places = world(body, body.bone_offsets @ shape, pose)
        on, offsets = body.marker_bones, body.marker_offsets @ shape
        points = places[:, on] + (turned[:, on] @ offsets[..., None])[..., 0]
        axes = (turned[:, self._owners] @ self._axes[..., None])[..., 0]  # (n, D - 3, 3)
        arms = points[:, None] - places[:, self._owners, None]  # (n, D - 3, M, 3)
        moved = np.empty((len(pose), self._size, *points.shape[1:]))
        moved[:, :3] = np.eye(3)[:, None]
        moved[:, 3:] = np.cross(axes[:, :, None], arms) * self._moves[..., None]
        return points, moved


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


def limited_step(step: np.ndarray) -> np.ndarray:
    """A step (n, D) whose turns are not too large for a linear model."""
    turns = np.clip(step[:, 3:], -_MAX_STEP_RAD, _MAX_STEP_RAD)
    return np.concatenate([step[:, :3], turns], axis=1)


def _least(usual: np.ndarray) -> np.ndarray:
    """(S,) mm: lengths stay positive; places of face joints may be anywhere."""
    is_length = np.array([not name.endswith(_PLACES) for name in MEAN_SHAPE])
    return np.where(is_length, 0.2 * usual, -np.inf)


def solved_blocks(
    matrix: np.ndarray, couplings: Sequence[np.ndarray], right: np.ndarray
) -> np.ndarray:
    """Solve a system of blocks near the diagonal.

    Args:
        matrix: (n, D, D) blocks of the diagonal.
        couplings: (n - 1, D, D) blocks below it, (n - 2, D, D) below those, and so on.
        right: (n, D, ...).
    """
    num_frames, size = right.shape[:2]
    band = np.zeros(((len(couplings) + 1) * size, num_frames, size))
    row, column = np.tril_indices(size)
    band[row - column, :, column] = matrix[:, row, column].T
    row, column = (grid.ravel() for grid in np.mgrid[:size, :size])
    for below, coupling in enumerate(couplings, start=1):
        if len(coupling):
            band[below * size + row - column, :-below, column] = coupling[:, row, column].T
    flat = band.reshape(len(band), -1)
    answer = solveh_banded(
        flat, right.reshape(num_frames * size, -1), lower=True, check_finite=False
    )
    return answer.reshape(right.shape)
