"""Skeleton drawing for the training log and the figures."""

import cv2
import numpy as np

from das_model.person_colours import PERSON_COLOURS, person_rgb
from das_model.skeleton import Skeleton

PALETTE = tuple(person_rgb(number) for number in range(len(PERSON_COLOURS)))
_SUBPIXEL = 4  # bits of a pixel's fraction that lines are drawn with


def draw_skeletons(
    image: np.ndarray,
    joints_px: np.ndarray,
    skeleton: Skeleton,
    colours: tuple[tuple[int, int, int], ...] = PALETTE,
    width_px: int = 2,
) -> np.ndarray:
    """A copy of a picture with people's bones in it.

    Args:
        image: (H, W, 3) uint8 RGB.
        joints_px: (P, J, 2) px; bones with an end that is not finite are left out.
        skeleton: of the J joints.
        colours: RGB, taken in turn.
        width_px: of the lines.
    """
    canvas = np.ascontiguousarray(image).copy()
    limit = 4 * max(image.shape[:2])
    for person, joints in enumerate(joints_px):
        is_drawn = np.isfinite(joints).all(axis=1) & (np.abs(joints) < limit).all(axis=1)
        points = np.round(np.nan_to_num(joints) * 2**_SUBPIXEL).astype(int)
        for parent, child in skeleton.bones:
            if is_drawn[parent] and is_drawn[child]:
                cv2.line(
                    canvas,
                    points[parent].tolist(),
                    points[child].tolist(),
                    colours[person % len(colours)],
                    width_px,
                    cv2.LINE_AA,
                    _SUBPIXEL,
                )
    return canvas
