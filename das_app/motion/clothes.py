"""Appearance of people for re-identification: colours of their clothes.

A small histogram of the trunk's colours and one of the thighs', in CIELAB, where lightness is one
number of three. A place of the picture counts for the nearest person that may cover it.
"""

import numpy as np

from das_model.camera import Camera
from das_model.people import People

# Assumed; `scripts/benchmark_tracking.py` scores them with all else of the tracker.
NUM_PARTS = 2  # trunk, thighs
_BINS = (6, 5, 5)  # of lightness, green to red, blue to yellow
NUM_COLOURS = 150  # their product
_LEFT = ("left_shoulder", "left_hip", "left_knee")
_RIGHT = ("right_shoulder", "right_hip", "right_knee")
_ALONG = np.linspace(0.1, 0.9, 8)  # places looked at from end to end of a part,
_ACROSS = np.linspace(-1.0, 1.0, 8)  # and from edge to edge
_HALF_WIDTH = 0.15  # of a thigh, and at least of a trunk, share of its length
_SHOULDER_SHARE = 0.6  # of the shoulders' width that is surely trunk
_MIN_SEEN = 0.25  # of a part's places
# IEC 61966-2-1: linear light of the 256 levels; to XYZ as shares of white
_LEVELS = np.arange(256) / 255
_LINEAR = np.where(_LEVELS > 0.04045, ((_LEVELS + 0.055) / 1.055) ** 2.4, _LEVELS / 12.92)
_XYZ_OF_RGB = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750]]
    + [[0.0193339, 0.1191920, 0.9503041]]
)
_XYZ_OF_RGB /= _XYZ_OF_RGB.sum(axis=1, keepdims=True)
_DARK = (6 / 29) ** 3  # below it lightness is linear
_HALF_RANGE = 48.0  # of green to red and of blue to yellow: few clothes have more


def clothes_colours(
    image: np.ndarray, camera: Camera, people: People, rows: np.ndarray
) -> np.ndarray:
    """(N, `NUM_PARTS`, `NUM_COLOURS`) float32 shares of colours; zeros for a part not seen.

    Args:
        image: (H, W, 3) uint8 RGB.
        camera: of the image.
        people: everybody in it, in camera space.
        rows: (N,) whose colours are wanted.
    """
    if not len(rows) or not set(_LEFT + _RIGHT) <= set(people.skeleton.joint_names):
        return unknown_colours(len(rows))
    joints_px = people.joints_px(camera)
    left, right = (
        joints_px[:, [people.skeleton.index(name) for name in side]] for side in (_LEFT, _RIGHT)
    )
    points = _points(left[rows], right[rows])  # (N, parts, M, 2)
    boxes = _boxes(left, right)
    height, width = image.shape[:2]
    x, y = np.moveaxis(np.nan_to_num(points, nan=-1.0).round().astype(np.int64), -1, 0)
    is_seen = (
        (x >= 0)
        & (x < width)
        & (y >= 0)
        & (y < height)
        & ~_covered(points, boxes, people.root_cam[:, 2], rows)
    )
    colours = image[np.clip(y, 0, height - 1), np.clip(x, 0, width - 1)]
    return _histograms(colours, is_seen)


def unknown_colours(num_people: int) -> np.ndarray:
    """(P, `NUM_PARTS`, `NUM_COLOURS`) zeros, of people whose clothes nobody looked at."""
    return np.zeros((num_people, NUM_PARTS, NUM_COLOURS), np.float32)


def unlike(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """(A, B) Hellinger distance of colours (A, parts, C) and (B, parts, C), 0 alike to 1; the
    mean over parts that are known of both, NaN where there is none."""
    alike = np.einsum("apc,bpc->abp", np.sqrt(one), np.sqrt(other))
    is_known = (one.sum(-1) > 0)[:, None] & (other.sum(-1) > 0)
    squared = np.where(is_known, np.maximum(0.0, 1 - alike), 0.0).sum(-1)
    num_known = is_known.sum(-1)
    return np.where(num_known > 0, np.sqrt(squared / np.maximum(num_known, 1)), np.nan)


def mixed(old: np.ndarray, new: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Colours (N, parts, C) as known so far, with a share (N, 1, 1) of new ones where these are
    known."""
    is_old, is_new = (colours.sum(-1, keepdims=True) > 0 for colours in (old, new))
    return np.where(is_old & is_new, old + share * (new - old), np.where(is_new, new, old))


def _points(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """(N, parts, M, 2) px spread over trunk and thighs of (N, 3, 2) px of shoulder, hip and knee
    on either side."""
    top, low = (left[:, 0] + right[:, 0]) / 2, (left[:, 1] + right[:, 1]) / 2
    shoulders_px = np.linalg.norm(left[:, 0] - right[:, 0], axis=-1)
    trunk = _strip(top, low, _SHOULDER_SHARE / 2 * shoulders_px, _ACROSS)
    thighs = [
        _strip(side[:, 1], side[:, 2], np.zeros(len(side)), _ACROSS[::2]) for side in (left, right)
    ]
    return np.stack([trunk, np.concatenate(thighs, axis=1)], axis=1)


def _strip(
    begin: np.ndarray, end: np.ndarray, half_width_px: np.ndarray, across: np.ndarray
) -> np.ndarray:
    """(N, M, 2) px in strips from (N, 2) to (N, 2), of at least the usual width."""
    way = end - begin
    half_px = np.maximum(half_width_px, _HALF_WIDTH * np.linalg.norm(way, axis=-1))
    aside = np.stack([-way[:, 1], way[:, 0]], axis=-1)
    aside *= (half_px / np.maximum(np.linalg.norm(way, axis=-1), 1e-6))[:, None]
    along = begin[:, None] + _ALONG[:, None] * way[:, None]  # (N, A, 2)
    points = along[:, :, None] + across[:, None] * aside[:, None, None]
    return points.reshape(len(begin), -1, 2)


def _boxes(left: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(P, 2) px, least and most of everybody's trunk and thighs."""
    corners = np.concatenate([left, right], axis=1)
    return corners.min(axis=1), corners.max(axis=1)


def _covered(
    points: np.ndarray,
    boxes: tuple[np.ndarray, np.ndarray],
    depth_mm: np.ndarray,
    rows: np.ndarray,
) -> np.ndarray:
    """(N, parts, M) bool, places (N, parts, M, 2) of the people in `rows` that lie on somebody
    nearer, with `_boxes` at depths (P,)."""
    least, most = (edge[:, None, None] for edge in boxes)
    is_covered = np.zeros(points.shape[:-1], dtype=bool)
    for place, row in enumerate(rows):
        nearer = np.flatnonzero(depth_mm < depth_mm[row])
        is_within = (points[place] >= least[nearer]) & (points[place] <= most[nearer])
        is_covered[place] = is_within.all(axis=-1).any(axis=0)
    return is_covered


def lab_of(colours: np.ndarray) -> np.ndarray:
    """(..., 3) CIELAB of (..., 3) uint8 sRGB, under D65: L in [0, 100], a and b without an end.

    OpenCV's takes a tenth of a second before its first colour, for tables.
    """
    xyz = _LINEAR[colours] @ _XYZ_OF_RGB.T
    f = np.where(xyz > _DARK, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    x, y, z = np.moveaxis(f, -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def _histograms(colours: np.ndarray, is_seen: np.ndarray) -> np.ndarray:
    """(P, parts, C) float32 of colours (P, parts, M, 3) RGB where they are seen; each colour
    counts for its two nearest bins on every axis."""
    values = lab_of(colours)
    values[..., 0] *= 255 / (100 * 256)
    values[..., 1:] = np.clip(values[..., 1:] / (2 * _HALF_RANGE) + 0.5, 0, 1)
    places = values * _BINS - 0.5
    low = np.floor(places).astype(np.int64)
    beyond = places - low
    num_people, num_parts = colours.shape[:2]
    first = NUM_COLOURS * np.arange(num_people * num_parts).reshape(num_people, num_parts, 1)
    counts = np.zeros(num_people * num_parts * NUM_COLOURS)
    steps = (_BINS[1] * _BINS[2], _BINS[2], 1)
    bins = [
        [np.clip(low[..., a] + b, 0, _BINS[a] - 1) * steps[a] for b in (0, 1)] for a in range(3)
    ]
    shares = [[1 - beyond[..., a], beyond[..., a]] for a in range(3)]
    for i, j, k in np.ndindex(2, 2, 2):
        place = first + bins[0][i] + bins[1][j] + bins[2][k]
        weight = shares[0][i] * shares[1][j] * shares[2][k] * is_seen
        counts += np.bincount(place.ravel(), weight.ravel(), len(counts))
    counts = counts.reshape(num_people, num_parts, NUM_COLOURS)
    total = counts.sum(axis=-1, keepdims=True)
    is_enough = is_seen.mean(axis=-1, keepdims=True) >= _MIN_SEEN
    return np.where(is_enough, counts / np.maximum(total, 1e-9), 0.0).astype(np.float32)
