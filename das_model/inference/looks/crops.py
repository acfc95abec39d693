"""Square crops around people, upright or rotated, and the transform back to the image."""

import math

import cv2
import numpy as np


def crop_matrix(
    centre_px: np.ndarray, side_px: float, size_px: int, turn: float = 0.0, mirrored: bool = False
) -> np.ndarray:
    """(2, 3) affine map from a crop's pixels to the picture's.

    Args:
        centre_px: (2,) middle of the crop in the picture.
        side_px: of the crop in the picture.
        size_px: width and height of the crop.
        turn: radians by which the crop is turned in the picture, clockwise as seen.
        mirrored: left and right are swapped in the crop.
    """
    scale = side_px / size_px
    cos, sin = scale * math.cos(turn), scale * math.sin(turn)
    linear = np.array([[cos, -sin], [sin, cos]])
    if mirrored:
        linear[:, 0] *= -1
    middle = np.full(2, (size_px - 1) / 2)
    return np.column_stack([linear, np.asarray(centre_px, np.float64) - linear @ middle])


def cut(image: np.ndarray, matrix: np.ndarray, size_px: int) -> np.ndarray:
    """(size, size, 3) the picture as a crop of `crop_matrix` has it, black beyond its edges.

    Args:
        image: (H, W, 3) uint8.
        matrix: (2, 3) from the crop's pixels to the picture's.
        size_px: width and height of the crop.
    """
    # about one pixel to one, then the mean over squares: a plain sampling would skip pixels
    finer = max(1, round(math.hypot(*matrix[:, 0])))
    sampled = matrix @ [
        [1 / finer, 0, 0.5 / finer - 0.5],
        [0, 1 / finer, 0.5 / finer - 0.5],
        [0, 0, 1],
    ]
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    crop = cv2.warpAffine(image, sampled, (size_px * finer, size_px * finer), flags=flags)
    if finer == 1:
        return crop
    return cv2.resize(crop, (size_px, size_px), interpolation=cv2.INTER_AREA)


def to_picture(points_px: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """(..., 2) px of the crop to px of the picture."""
    return points_px @ matrix[:, :2].T + matrix[:, 2]


def to_crop(points_px: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """Inverse of `to_picture`."""
    return (points_px - matrix[:, 2]) @ np.linalg.inv(matrix[:, :2]).T
