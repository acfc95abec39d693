"""Feature vectors sampled from the backbone maps at each joint, for the lifting.

The finest map, which knows where joints of each kind are, is read at nine places around a joint,
the pyramid's maps at the joint itself.
"""

from collections.abc import Sequence

import numpy as np

NUM_SEEN = 4  # maps: at the heat's stride, and of the pyramid at those of the backbone
_SPACING = 0.06  # of the places around a joint, by the person's longer side
JOINT_PLACES = _SPACING * np.stack(np.meshgrid([-1, 0, 1], [-1, 0, 1]), axis=-1).reshape(-1, 2)


def num_features(channels: Sequence[int]) -> int:
    """Features of a joint from maps of so many channels, finest first; 0 from none."""
    return len(JOINT_PLACES) * sum(channels[:1]) + sum(channels[1:])


def joint_features(
    maps: Sequence[np.ndarray], strides: Sequence[int], joints_px: np.ndarray
) -> np.ndarray:
    """Features of all joints.

    Args:
        maps: (C, h, w) float32 each, finest first.
        strides: of the maps, px.
        joints_px: (P, J, 2) px of the network's input; beyond a map its border is read.

    Returns:
        (P, J, `num_features`) float32.
    """
    side_px = np.ptp(joints_px, axis=1).max(axis=1)[:, None, None, None]
    around = _read(maps[0], strides[0], joints_px[:, :, None] + side_px * JOINT_PLACES)
    coarser = [_read(m, s, joints_px) for m, s in zip(maps[1:], strides[1:], strict=True)]
    around = around.reshape(*joints_px.shape[:2], len(JOINT_PLACES) * len(maps[0]))
    return np.concatenate([around, *coarser], axis=-1)


def _read(features: np.ndarray, stride: int, places_px: np.ndarray) -> np.ndarray:
    """(..., C) float32 of a map (C, h, w) at places (..., 2), bilinear."""
    num_channels, height, width = features.shape
    last = np.array([width, height]) - 1
    places = np.clip((places_px + 0.5) / stride - 0.5, 0, last).astype(np.float32)
    low = places.astype(np.int32)
    right, down = np.moveaxis((places - low)[..., None], -2, 0)  # (..., 1) each
    cells = features.reshape(num_channels, -1).T
    are_many = 8 * low.size > len(cells)
    if are_many:  # a copy in the order of reading pays
        cells = np.ascontiguousarray(cells)
    first = low[..., 1] * width + low[..., 0]
    to_right = (low[..., 0] < last[0]).astype(np.int32)
    below = first + (low[..., 1] < last[1]) * width
    corners = (first, first + to_right, below, below + to_right)
    # `take` is the faster of the two, and would copy all cells that do not lie in its order
    upper, upper_right, lower, lower_right = (
        cells.take(corner, axis=0) if are_many else cells[corner] for corner in corners
    )
    top, bottom = _between(upper, upper_right, right), _between(lower, lower_right, right)
    return _between(top, bottom, down)


def _between(start: np.ndarray, end: np.ndarray, share: np.ndarray) -> np.ndarray:
    """`end` in place, a share of the way from `start` to it."""
    end -= start
    end *= share
    end += start
    return end
