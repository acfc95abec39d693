"""Feature vectors sampled from the backbone maps at each joint, for the lifting.

The finest map, which knows where joints of each kind are, is read at nine places around a joint,
the pyramid's maps at the joint itself.
"""

from collections.abc import Sequence

import cv2
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
    people, num_joints = joints_px.shape[:2]
    found = np.empty((people, num_joints, num_features([len(m) for m in maps])), np.float32)
    if people == 0:
        return found
    side_px = np.ptp(joints_px, axis=1).max(axis=1)[:, None, None, None]
    joints_px = joints_px[:, :, None]
    places_px = [joints_px + side_px * JOINT_PLACES, *[joints_px] * (len(maps) - 1)]
    start = 0
    for features, stride, places in zip(maps, strides, places_px, strict=True):
        end = start + places.shape[2] * len(features)
        _read(features, stride, places, found[..., start:end])
        start = end
    return found


def _read(features: np.ndarray, stride: int, places_px: np.ndarray, found: np.ndarray) -> None:
    """Put a map (C, h, w), read at places (P, J, N, 2), bilinear, into (P, J, N * C)."""
    num_channels, height, width = features.shape
    depth = 1 if num_channels % 4 else 4
    image = _layers(features, depth)
    places = ((places_px + 0.5) * (1 / stride) - 0.5).astype(np.float32)
    columns = np.clip(places[..., 0], 0, width - 1).reshape(-1, places.shape[2], 1)
    rows = np.clip(places[..., 1], 0, height - 1).reshape(columns.shape)
    first_row = np.arange(0, len(image), height, dtype=np.float32)
    shape = (len(columns), -1)
    cv2.remap(
        image,
        np.repeat(columns, len(first_row), axis=2).reshape(shape),
        (rows + first_row).reshape(shape),
        cv2.INTER_LINEAR,
        found.reshape(*shape, depth),
        cv2.BORDER_REPLICATE,
        hint=cv2.ALGO_HINT_ACCURATE,
    )


def _layers(features: np.ndarray, depth: int) -> np.ndarray:
    """(C / `depth` * h, w, `depth`) of (C, h, w): images of so many channels under each other.

    OpenCV reads one, three or four channels between places as exactly as floats are; other
    numbers of channels it reads at steps of 1/32 (release 5.0).
    """
    _num_channels, height, width = features.shape
    layers = features.reshape(-1, depth, height, width).transpose(0, 2, 3, 1)
    return np.ascontiguousarray(layers).reshape(-1, width, depth)
