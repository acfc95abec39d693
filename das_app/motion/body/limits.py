"""Prior of joint angles: limits, and usual bends and twists."""

import numpy as np

from das_app.motion.body.rig import Body, BodyPose, Freedom
from das_app.motion.body.rotations import rotation_vectors, twist_angles

# Assumed, where nothing else is said; `scripts/check_bodies.py` measures the fitted bodies.
_LIMIT_RAD = 0.15  # how far a limit gives


class Expectations:
    """Residuals of angles, and what they add to normal equations.

    A hinge stays between straight and its largest angle, a ball joint within its largest twist;
    bends and twists of the trunk, the collarbones and the limbs are small where nothing else is
    seen.

    Args:
        body: whose angles they are.
        columns: of each turning bone among the angles.
        size: of the equations: the root's place comes first, then the angles.
    """

    def __init__(self, body: Body, columns: dict[int, slice], size: int) -> None:
        self._along = np.array([bone.axis for bone in body.bones])
        limits, twists, bends = [], [], []  # (bone, scale, axis) each
        lows, highs = [], []
        for number in columns:
            bone = body.bones[number]
            is_hinge = bone.freedom is Freedom.HINGE
            if np.isfinite(bone.most_rad):
                limits.append((number, 1 / _LIMIT_RAD, bone.axis))
                lows.append(0.0 if is_hinge else -bone.most_rad)
                highs.append(bone.most_rad)
            if np.isfinite(bone.twist_rad):
                twists.append((number, 1 / bone.twist_rad, bone.axis))
            if np.isfinite(bone.bend_rad):
                across = np.eye(3)[np.argsort(np.abs(bone.axis))[:2]]
                bends += [(number, 1 / bone.bend_rad, axis) for axis in across]
        rows = limits + twists + bends
        self._num_limits, self._num_twists = len(limits), len(twists)
        self._low, self._high = np.array(lows), np.array(highs)
        self._bones = np.array([number for number, _, _ in rows])
        self._scales = np.array([scale for _, scale, _ in rows])
        self._bend_axes = np.array([axis for _, _, axis in bends])
        self._slopes = np.zeros((len(rows), size))
        for row, (number, scale, axis) in enumerate(rows):
            place = slice(3 + columns[number].start, 3 + columns[number].stop)
            is_hinge = body.bones[number].freedom is Freedom.HINGE
            self._slopes[row, place] = scale if is_hinge else scale * axis

    def residuals(self, pose: BodyPose) -> np.ndarray:
        """(n, K) in standard deviations; 0 within limits."""
        vectors = rotation_vectors(pose.rotations)
        angles = twist_angles(vectors, self._along)[:, self._bones[: -len(self._bend_axes)]]
        limited = angles[:, : self._num_limits]
        over = np.minimum(limited - self._low, 0) + np.maximum(limited - self._high, 0)
        bent = vectors[:, self._bones[-len(self._bend_axes) :]]
        bends = (bent * self._bend_axes).sum(axis=-1)
        twists = angles[:, self._num_limits :]
        return np.concatenate([over, twists, bends], axis=1) * self._scales

    def add_to(self, pose: BodyPose, matrix: np.ndarray, right: np.ndarray) -> None:
        """Add to normal equations (n, D, D) and (n, D)."""
        residuals = self.residuals(pose)
        always = self._slopes[self._num_limits :]
        matrix += always.T @ always
        right += residuals @ self._slopes
        is_over = residuals[:, : self._num_limits] != 0
        limits = is_over[..., None] * self._slopes[: self._num_limits]
        matrix += limits.swapaxes(1, 2) @ limits
