"""Small rotation helpers of the pose modules: (3, 3) matrices, angles in radians."""

import math

import numpy as np


def rotation(axis: np.ndarray | list[float], angle: float) -> np.ndarray:
    """(3, 3) rotation about `axis` (any length but zero) by `angle`."""
    x, y, z = float(axis[0]), float(axis[1]), float(axis[2])
    length = math.sqrt(x * x + y * y + z * z)
    x, y, z = x / length, y / length, z / length
    c, s = math.cos(angle), math.sin(angle)
    d = 1 - c
    return np.array(
        [
            [c + x * x * d, x * y * d - z * s, x * z * d + y * s],
            [y * x * d + z * s, c + y * y * d, y * z * d - x * s],
            [z * x * d - y * s, z * y * d + x * s, c + z * z * d],
        ]
    )


def rotations(axes: np.ndarray, angle: float) -> np.ndarray:
    """(N, 3, 3) rotations about (N, 3) axes of any length but zero, all by one angle."""
    x, y, z = (axes / np.linalg.norm(axes, axis=1, keepdims=True)).T
    zero = np.zeros_like(x)
    skew = np.stack([zero, -z, y, z, zero, -x, -y, x, zero], 1).reshape(-1, 3, 3)
    return np.eye(3) + math.sin(angle) * skew + (1 - math.cos(angle)) * (skew @ skew)


def swing(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """(3, 3) shortest rotation that turns the direction `start` into `end`."""
    a, b = unit(start), unit(end)
    axis = cross(a, b)
    sine, cosine = math.sqrt(axis @ axis), float(a @ b)
    if sine > 1e-6:
        return rotation(axis, math.atan2(sine, cosine))
    if cosine > 0:
        return np.eye(3)
    return rotation(cross(a, np.array([1.0, 0, 0]) if abs(a[0]) < 0.9 else [0, 1.0, 0]), math.pi)


def unit(vector: np.ndarray) -> np.ndarray:
    """`vector` at length 1."""
    x, y, z = vector.tolist()
    return vector / (math.sqrt(x * x + y * y + z * z) + 1e-12)


def cross(a: np.ndarray, b: np.ndarray | list[float]) -> np.ndarray:
    """Cross product of two (3,) vectors; several times faster than numpy's for so short ones."""
    ax, ay, az = (float(value) for value in a)
    bx, by, bz = (float(value) for value in b)
    return np.array([ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx])


def direction(azimuth: float, elevation: float) -> np.ndarray:
    """(3,) unit vector; azimuth 0 is the front (-y), +90 degrees the person's left (+x)."""
    flat = math.cos(elevation)
    return np.array([math.sin(azimuth) * flat, -math.cos(azimuth) * flat, math.sin(elevation)])


def frame(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """(3, 3) right-handed axes as columns: along `first`, towards `second`, and their normal."""
    a = unit(first)
    c = unit(cross(a, second))
    return np.stack([a, cross(c, a), c], axis=1)


def between(start: np.ndarray, end: np.ndarray, share: float) -> np.ndarray:
    """(3, 3) rotation a `share` of the way from `start` to `end`."""
    turn = start.T @ end
    angle = math.acos(float(np.clip((np.trace(turn) - 1) / 2, -1, 1)))
    axis = np.array([turn[2, 1] - turn[1, 2], turn[0, 2] - turn[2, 0], turn[1, 0] - turn[0, 1]])
    if angle < 1e-5 or np.linalg.norm(axis) < 1e-6:
        return start if share < 0.5 else end
    return start @ rotation(axis, angle * share)
