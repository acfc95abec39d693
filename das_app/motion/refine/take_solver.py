"""Body solver over a whole take: temporal smoothness, and feet fixed while they stand.

To the equations of `BodySolver` come the accelerations of all joints, the steps of standing feet
and their height over a known floor:

    + sum |acceleration|^2 / spread^2 + sum |step of a standing foot|^2 / sigma^2 + ...

An acceleration joins three frames, so the normal matrix has two blocks below its diagonal.
"""

from dataclasses import dataclass, replace

import numpy as np

from das_app.motion.body.rig import BodyPose, markers
from das_app.motion.body.seen import SeenThroughLens
from das_app.motion.body.solver import BodySolver, limited_step, solved_blocks

# Assumed, where nothing else is said; `scripts/benchmark_refine.py` scores them together.
_STEP_MM, _FLOOR_MM = 0.6, 15.0  # of a standing foot, from frame to frame and over the floor
_FIRST_DAMPING, _MAX_DAMPING, _GOOD_ENOUGH = 1e-4, 1e5, 1e-4
_SHAPE_SHARE = 0.06  # standard deviation of a length against the usual one of such a body
_SHAPE_SPREAD_MM = 12.0
_SHAPE_TRUST = 0.08  # what a frame counts for the shape: errors of one frame are those of the next


@dataclass(frozen=True, eq=False, slots=True)
class FloorPlane:
    """A floor, y up.

    Args:
        up: (3,) unit vector.
        offset_mm: a point p lies `up . p + offset_mm` over the floor.
        foot_mm: height of a standing ankle over it.
    """

    up: np.ndarray
    offset_mm: float
    foot_mm: float


@dataclass(frozen=True, eq=False, slots=True)
class Motion:
    """Motion prior over n frames.

    Args:
        spread: (n, M) mm/s^2, standard deviation of each marker's acceleration.
        root_spread: mm/s^2, of the root's along the ray.
        feet: (F,) markers that may stand.
        stands: (n, F) bool, where they do.
        floor: where they stand on, None where it is not known.
    """

    spread: np.ndarray
    root_spread: float
    feet: np.ndarray
    stands: np.ndarray
    floor: FloorPlane | None = None

    def part(self, frames: slice) -> "Motion":
        """Some of the frames."""
        return replace(self, spread=self.spread[frames], stands=self.stands[frames])


class TakeSolver(BodySolver):
    """Gauss-Newton for one person over a take; arguments as `BodySolver`."""

    def shape_ridge(self, usual: np.ndarray, num_frames: int) -> np.ndarray:
        """(S, S) mm^-2: proportions are the usual ones as far as nothing else is seen; the size
        is free. Errors of a model are the same in many frames, so these count for less."""
        weights = (_SHAPE_SHARE * np.abs(usual) + _SHAPE_SPREAD_MM) ** -2 / _SHAPE_TRUST
        larger = weights * usual
        return np.diag(weights) - np.outer(larger, larger) / (usual @ larger)

    def over_take(
        self,
        pose: BodyPose,
        shape: np.ndarray,
        seen: SeenThroughLens,
        motion: Motion,
        num_rounds: int,
    ) -> BodyPose:
        """The pose after some rounds; arguments as `improved`, with how frames hang together."""
        damping, cost = _FIRST_DAMPING, self._cost(pose, shape, seen, motion)
        for _ in range(num_rounds):
            every = np.full(len(pose), damping)
            matrix, coupling, right = self._equations(pose, shape, seen, None, every)
            second = self._add_motion(pose, shape, seen, motion, matrix, coupling, right)
            step = -solved_blocks(matrix, [coupling, second], right)
            new = self._moved(pose, limited_step(step))
            new_cost = self._cost(new, shape, seen, motion)
            if new_cost < cost:
                is_done = cost - new_cost < _GOOD_ENOUGH * cost
                pose, cost, damping = new, new_cost, damping / 8
                if is_done:
                    break
            elif damping > _MAX_DAMPING:
                break
            else:
                damping *= 32
        return pose

    def _cost(
        self, pose: BodyPose, shape: np.ndarray, seen: SeenThroughLens, motion: Motion
    ) -> float:
        points = markers(self._body, shape, pose)
        cost = float(self.costs(pose, shape, seen, None).sum())
        shares = _shares(seen.times_s)
        weights = _inverse_variances(motion)
        for bent, weight in (
            (_bent(points, shares), weights[..., None]),
            (_bent(pose.root, shares)[:, 2], motion.root_spread**-2),
        ):
            cost += float((bent**2 * weight).sum())
        feet = points[:, motion.feet]
        cost += float((np.diff(feet, axis=0) ** 2 * _standing(motion)[..., None]).sum())
        if motion.floor is not None:
            cost += float((_over(feet, motion.floor) ** 2 * motion.stands).sum()) / _FLOOR_MM**2
        return cost

    def _add_motion(
        self,
        pose: BodyPose,
        shape: np.ndarray,
        seen: SeenThroughLens,
        motion: Motion,
        matrix: np.ndarray,
        coupling: np.ndarray,
        right: np.ndarray,
    ) -> np.ndarray:
        """Add to the normal equations; the blocks two below the diagonal (n - 2, D, D)."""
        points, moved = self._moved_points(pose, shape)
        num_frames, size = moved.shape[:2]
        shares = _shares(seen.times_s)
        weights = np.repeat(_inverse_variances(motion), 3, axis=1)  # (n - 2, 3 M)
        second = np.zeros((max(num_frames - 2, 0), size, size))
        flat = moved.reshape(num_frames, size, -1)
        pull = _bent(points, shares).reshape(-1, weights.shape[1])
        _add_bending(flat, shares, weights, pull, (matrix, coupling, second), right)
        depth = np.broadcast_to(np.eye(size, 3)[:, 2:], (num_frames, size, 1))
        stiff = np.full((len(second), 1), motion.root_spread**-2)
        pull = _bent(pose.root, shares)[:, 2:]
        _add_bending(depth, shares, stiff, pull, (matrix, coupling, second), right)
        feet = moved[:, :, motion.feet].reshape(num_frames, size, -1)  # (n, D, 3 F)
        steps = np.diff(points[:, motion.feet], axis=0).reshape(num_frames - 1, feet.shape[2])
        firm = np.repeat(_standing(motion), 3, axis=1)  # (n - 1, 3 F)
        before, after = feet[:-1] * firm[:, None], feet[1:] * firm[:, None]
        matrix[:-1] += before @ feet[:-1].swapaxes(1, 2)
        matrix[1:] += after @ feet[1:].swapaxes(1, 2)
        coupling -= after @ feet[:-1].swapaxes(1, 2)
        right[:-1] -= (before @ steps[..., None])[..., 0]
        right[1:] += (after @ steps[..., None])[..., 0]
        if motion.floor is not None:
            rises = moved[:, :, motion.feet] @ motion.floor.up  # (n, D, F)
            firm = motion.stands / _FLOOR_MM**2
            over = _over(points[:, motion.feet], motion.floor) * firm
            matrix += (rises * firm[:, None]) @ rises.swapaxes(1, 2)
            right += (rises @ over[..., None])[..., 0]
        return second


def _shares(times_s: np.ndarray) -> np.ndarray:
    """(n - 2, 3) of three neighbours in the acceleration of the middle one, s^-2."""
    before, after = np.maximum(np.diff(times_s), 1e-3)[:-1], np.maximum(np.diff(times_s), 1e-3)[1:]
    first, last = 2 / (before * (before + after)), 2 / (after * (before + after))
    return np.stack([first, -first - last, last], axis=1)


def _bent(values: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """(n - 2, ...) accelerations of (n, ...)."""
    shape = (-1, *[1] * (values.ndim - 1))
    first, middle, last = (share.reshape(shape) for share in shares.T)
    return first * values[:-2] + middle * values[1:-1] + last * values[2:]


def _add_bending(
    flat: np.ndarray,
    shares: np.ndarray,
    weights: np.ndarray,
    pull: np.ndarray,
    blocks: tuple[np.ndarray, np.ndarray, np.ndarray],
    right: np.ndarray,
) -> None:
    """Add accelerations to normal equations.

    Args:
        flat: (n, D, K) how columns move K values.
        shares: (n - 2, 3).
        weights: (n - 2, K) inverse variances.
        pull: (n - 2, K) accelerations now.
        blocks: of the diagonal, and one and two below it; changed.
        right: (n, D); changed.
    """
    matrix, coupling, second = blocks
    num = len(second)
    parts = [flat[k : k + num] * shares[:, k, None, None] for k in range(3)]
    heavy = [part * weights[:, None] for part in parts]
    for k in range(3):
        matrix[k : k + num] += heavy[k] @ parts[k].swapaxes(1, 2)
        right[k : k + num] += (heavy[k] @ pull[..., None])[..., 0]
    coupling[:num] += heavy[1] @ parts[0].swapaxes(1, 2)
    coupling[1 : 1 + num] += heavy[2] @ parts[1].swapaxes(1, 2)
    second += heavy[2] @ parts[0].swapaxes(1, 2)


def _inverse_variances(motion: Motion) -> np.ndarray:
    """(n - 2, M) of the accelerations of the frames in the middle."""
    return motion.spread[1:-1] ** -2


def _standing(motion: Motion) -> np.ndarray:
    """(n - 1, F) inverse variances of the steps of feet; 0 where they do not stand."""
    return (motion.stands[:-1] & motion.stands[1:]) / _STEP_MM**2


def _over(feet: np.ndarray, floor: FloorPlane) -> np.ndarray:
    """(n, F) mm that feet (n, F, 3) are higher than standing feet are."""
    return feet @ floor.up + floor.offset_mm - floor.foot_mm
