"""Rotations as matrices: about axes, least, split into swing and twist, continuous quaternions."""

import numpy as np
from scipy.spatial.transform import Rotation

_NEAR_HALF_TURN = 3.0  # rad


def rotations_by(vectors: np.ndarray) -> np.ndarray:
    """(..., 3, 3) rotations by rotation vectors (..., 3) in rad, after Rodrigues."""
    angle = np.sqrt((vectors**2).sum(axis=-1))[..., None, None]
    cross = np.zeros((*vectors.shape, 3))
    cross[..., 0, 1], cross[..., 0, 2], cross[..., 1, 2] = (
        -vectors[..., 2],
        vectors[..., 1],
        -vectors[..., 0],
    )
    cross -= cross.swapaxes(-1, -2)
    first, second = np.sinc(angle / np.pi), 0.5 * np.sinc(angle / (2 * np.pi)) ** 2
    return np.eye(3) + first * cross + second * (cross @ cross)


def rotation_vectors(rotations: np.ndarray) -> np.ndarray:
    """(..., 3) rotation vectors in rad of (..., 3, 3); inverse of `rotations_by`."""
    skew = rotations - rotations.swapaxes(-1, -2)
    axis = 0.5 * np.stack([skew[..., 2, 1], skew[..., 0, 2], skew[..., 1, 0]], axis=-1)
    sine = np.sqrt((axis**2).sum(axis=-1))
    angle = np.arctan2(sine, 0.5 * (rotations.trace(axis1=-2, axis2=-1) - 1))
    vectors = axis * (angle / np.maximum(sine, 1e-12))[..., None]
    is_half_turn = angle > _NEAR_HALF_TURN  # where the sine loses the axis
    if is_half_turn.any():
        vectors[is_half_turn] = Rotation.from_matrix(rotations[is_half_turn]).as_rotvec()
    return np.where((sine > 1e-12)[..., None] | is_half_turn[..., None], vectors, axis)


def rotations_over_gaps(rotations: np.ndarray, is_known: np.ndarray) -> np.ndarray:
    """(n, ..., 3, 3) with those that are not known (n,) turned evenly from the one before to the
    one after; before the first and after the last known one, as that is."""
    known = np.flatnonzero(is_known)
    if not len(known):
        return rotations
    frames = np.arange(len(rotations))
    before = known[np.maximum(np.searchsorted(known, frames, side="right") - 1, 0)]
    after = known[np.minimum(np.searchsorted(known, frames), len(known) - 1)]
    share = (frames - before) / np.maximum(after - before, 1)
    start = rotations[before]
    turns = rotation_vectors(start.swapaxes(-1, -2) @ rotations[after])
    share = np.clip(share, 0.0, 1.0).reshape(-1, *[1] * (turns.ndim - 1))
    return start @ rotations_by(share * turns)


def least_rotation(start: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """(n, 3, 3) least rotations from a unit vector (3,) to unit vectors (n, 3)."""
    axis = np.cross(start, ends)
    sine = np.linalg.norm(axis, axis=-1, keepdims=True)
    spare = np.cross(start, np.eye(3)[np.argmin(np.abs(start))])  # for a turn by 180 degrees
    axis = np.where(sine > 1e-9, axis, spare)
    axis = axis / np.linalg.norm(axis, axis=-1, keepdims=True)
    return rotations_by(axis * np.arctan2(sine, (ends * start).sum(-1, keepdims=True)))


def twist_angles(vectors: np.ndarray, axes: np.ndarray) -> np.ndarray:
    """(...) rad by which rotation vectors (..., 3) twist about axes (..., 3), R = swing twist."""
    angle = np.sqrt((vectors**2).sum(axis=-1))
    along = 0.5 * np.sinc(angle / (2 * np.pi)) * (vectors * axes).sum(axis=-1)
    return 2 * np.arctan2(along, np.cos(angle / 2))  # of the quaternion's part along the axis


def steady_quaternions(rotations: np.ndarray) -> np.ndarray:
    """(n, ..., 4) x, y, z, w of (n, ..., 3, 3); neighbours in time on the same side."""
    turns = Rotation.from_matrix(rotations.reshape(-1, 3, 3)).as_quat()
    turns = turns.reshape(*rotations.shape[:-2], 4)
    flips = np.where((turns[1:] * turns[:-1]).sum(axis=-1, keepdims=True) < 0, -1.0, 1.0)
    turns[1:] *= np.cumprod(flips, axis=0)
    return turns
