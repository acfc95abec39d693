"""Collision avoidance: distances between capsules, and between capsules and boxes.

People are capsules round their bones (`bodies.CAPSULES`), furniture is upright boxes. All
positions are in world metres.
"""

import numpy as np

_SHARES = np.linspace(0, 1, 7)[:, None, None]  # points along a capsule


def segment_distances(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """(M, N) distances between segments.

    Args:
        a: (M, 2, 3) ends.
        b: (N, 2, 3) ends.
    """
    p, u = a[:, None, 0], (a[:, 1] - a[:, 0])[:, None]
    q, v = b[None, :, 0], (b[:, 1] - b[:, 0])[None]
    w = p - q
    uu, vv = np.maximum((u * u).sum(-1), 1e-12), np.maximum((v * v).sum(-1), 1e-12)
    uv, uw, vw = (u * v).sum(-1), (u * w).sum(-1), (v * w).sum(-1)
    denominator = np.maximum(uu * vv - uv * uv, 1e-12)
    s = np.clip((uv * vw - vv * uw) / denominator, 0, 1)
    t = np.clip((uv * s + vw) / vv, 0, 1)
    s = np.clip((uv * t - uw) / uu, 0, 1)
    gap = w + s[..., None] * u - t[..., None] * v
    return np.sqrt((gap * gap).sum(-1))


def capsule_clearance(
    a: np.ndarray, a_radii: np.ndarray, b: np.ndarray, b_radii: np.ndarray
) -> float:
    """Smallest gap between two sets of capsules in metres; negative where they overlap.

    Args:
        a: (M, 2, 3) ends of the first set.
        a_radii: (M,).
        b: (N, 2, 3) ends of the second set.
        b_radii: (N,).
    """
    return float((segment_distances(a, b) - a_radii[:, None] - b_radii[None]).min())


def box_clearance(
    ends: np.ndarray, radii: np.ndarray, centre: np.ndarray, half: np.ndarray, yaw: float
) -> float:
    """Smallest gap between capsules and an upright box; negative where they overlap.

    Args:
        ends: (K, 2, 3) capsules.
        radii: (K,).
        centre: (3,) of the box.
        half: (3,) half sizes along its own axes.
        yaw: turn of the box about the vertical, radians.
    """
    c, s = np.cos(yaw), np.sin(yaw)
    points = ends[:, 0] + _SHARES * (ends[:, 1] - ends[:, 0]) - centre
    x, y = points[..., 0] * c + points[..., 1] * s, -points[..., 0] * s + points[..., 1] * c
    outside = np.abs(np.stack([x, y, points[..., 2]], -1)) - half
    distance = np.sqrt((np.maximum(outside, 0) ** 2).sum(-1)) + np.minimum(outside.max(-1), 0)
    return float((distance - radii).min())
