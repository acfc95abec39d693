"""Small rotation helpers of the pose modules: (3, 3) matrices, angles in radians."""

import math

import numpy as np

_X, _Y = np.eye(3)[:2]


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
    x, y, z = (axes / np.sqrt((axes * axes).sum(axis=1))[:, None]).T
    skew = np.zeros((len(axes), 3, 3))
    skew[:, 2, 1], skew[:, 0, 2], skew[:, 1, 0] = x, y, z
    skew -= skew.transpose(0, 2, 1)
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
    return rotation(cross(a, _X if abs(a[0]) < 0.9 else _Y), math.pi)


def unit(vector: np.ndarray) -> np.ndarray:
    """`vector` at length 1."""
    x, y, z = vector.tolist()
    return vector / (math.sqrt(x * x + y * y + z * z) + 1e-12)


def cross(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Cross product of two (3,) vectors; several times faster than numpy's for so short ones."""
    ax, ay, az = a.tolist()
    bx, by, bz = b.tolist()
    return np.array([ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx])


def direction(azimuth: float, elevation: float) -> np.ndarray:
    """(3,) unit vector; azimuth 0 is the front (-y), +90 degrees the person's left (+x)."""
    flat = math.cos(elevation)
    return np.array([math.sin(azimuth) * flat, -math.cos(azimuth) * flat, math.sin(elevation)])


def frame(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """(3, 3) right-handed axes as columns: along `first`, towards `second`, and their normal."""
    a = unit(first)
    c = unit(cross(a, second))
    axes = np.empty((3, 3))
    axes[:, 0], axes[:, 1], axes[:, 2] = a, cross(c, a), c
    return axes


def between(start: np.ndarray, end: np.ndarray, share: float) -> np.ndarray:
    """(3, 3) rotation a `share` of the way from `start` to `end`."""
    turn = start.T @ end
    (xx, xy, xz), (yx, yy, yz), (zx, zy, zz) = turn.tolist()
    angle = math.acos(min(max((xx + yy + zz - 1) / 2, -1.0), 1.0))
    axis = [zy - yz, xz - zx, yx - xy]
    if angle < 1e-5 or math.hypot(*axis) < 1e-6:
        return start if share < 0.5 else end
    return start @ rotation(axis, angle * share)
