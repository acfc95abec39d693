"""Centre heat map: confidence of a person at each place of the image.

Made on request only; nothing else depends on it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from das_model.camera import Camera


@dataclass(frozen=True, eq=False, slots=True)
class CentreMap:
    """Confidence that a person's centre is at each place.

    Args:
        values: (h, w) float32 in [0, 1], the best of all levels.
        corner_px: (x, y) of the map's top-left corner in the picture; pixel 0 reaches from -0.5.
        size_px: (width, height) of the map in the picture's pixels; the map may stand over the
            picture's rim.
    """

    values: np.ndarray
    corner_px: tuple[float, float]
    size_px: tuple[float, float]


def centre_map(
    scores: Sequence[np.ndarray], strides: Sequence[int], boxed_camera: Camera, camera: Camera
) -> CentreMap:
    """The scores of all levels as one map over the picture.

    Args:
        scores: (h, w) of each level, finest first.
        strides: px of the levels; coarse ones may reach over the rim of the picture.
        boxed_camera: of the picture that the network saw.
        camera: of the picture before that.
    """
    height, width = scores[0].shape
    values = scores[0].astype(np.float32)
    for level, stride in zip(scores[1:], strides[1:], strict=True):
        times = stride // strides[0]
        whole = cv2.resize(level.astype(np.float32), None, fx=times, fy=times)
        values = np.maximum(values, whole[:height, :width])
    scale = boxed_camera.K[[0, 1], [0, 1]] / camera.K[[0, 1], [0, 1]]
    shift = boxed_camera.K[:2, 2] - scale * camera.K[:2, 2]
    corner, size = ((-0.5 - shift) / scale).tolist(), (boxed_camera.size / scale).tolist()
    return CentreMap(values, (corner[0], corner[1]), (size[0], size[1]))
