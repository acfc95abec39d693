"""Letterbox: resizing of an image to the network input, with the camera that fits it.

Shared by the data sets and the runtime. The values stay uint8 RGB: the network normalises, so
that an exported model needs nothing but pixels.
"""

import math

import cv2
import numpy as np

from das_model.camera import Camera

_LARGER = 1.07  # an input's area than the nominal one, at most


def letterbox(
    image: np.ndarray, camera: Camera, size: tuple[int, int]
) -> tuple[np.ndarray, Camera]:
    """Scale a picture to fit into `size` and pad it evenly with grey.

    Args:
        image: (H, W, 3) uint8 RGB.
        camera: of the picture.
        size: (width, height) of the result.

    Returns:
        The (height, width, 3) uint8 picture and its camera: points in camera space project to
        the same place of the scene in both pictures.
    """
    height, width = image.shape[:2]
    left, top, *inner = letterbox_place((width, height), size)
    camera = camera.resized((inner[0], inner[1])).cropped(-left, -top, size)
    return letterboxed(image, size), camera


def letterboxed(image: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """The (height, width, 3) picture of `letterbox` without its camera."""
    height, width = image.shape[:2]
    left, top, *inner = letterbox_place((width, height), size)
    interpolation = cv2.INTER_AREA if inner[0] < width else cv2.INTER_LINEAR
    canvas = np.full((size[1], size[0], 3), 127, np.uint8)
    canvas[top : top + inner[1], left : left + inner[0]] = cv2.resize(
        image, inner, interpolation=interpolation
    )
    return canvas


def letterbox_place(
    picture_size: tuple[int, int], size: tuple[int, int]
) -> tuple[int, int, int, int]:
    """(left, top, width, height) px at which `letterbox` puts a picture; sizes (width, height)."""
    scale = min(bound / side for bound, side in zip(size, picture_size, strict=True))
    width, height = (max(1, round(side * scale)) for side in picture_size)
    return (size[0] - width) // 2, (size[1] - height) // 2, width, height


def inscribed_size(
    picture_size: tuple[int, int], bounds: tuple[int, int], multiple: int
) -> tuple[int, int]:
    """Input (width, height) that holds the picture scaled to fit into `bounds`.

    The authors of DAS test so: 2048 x 2048 within 1280 x 768 becomes 768 x 768.

    Args:
        picture_size: (width, height) px.
        bounds: (width, height) px.
        multiple: both sides are rounded up to multiples of this; the letterbox pads the rest.
    """
    scale = min(bound / side for bound, side in zip(bounds, picture_size, strict=True))
    width, height = (math.ceil(round(side * scale) / multiple) * multiple for side in picture_size)
    return width, height


def fitting_size(
    picture_size: tuple[int, int], nominal_size: tuple[int, int], multiple: int
) -> tuple[int, int]:
    """Input (width, height) that shows a picture as large as about the nominal area allows.

    Portrait and 4:3 pictures then use the whole input, not a band of it.

    Args:
        picture_size: (width, height) px.
        nominal_size: (width, height) px, whose area sets the cost; the result has at most 1.07
            times as much.
        multiple: both sides of the result are multiples of this.
    """
    picture_width, picture_height = picture_size
    area = max(nominal_size[0] * nominal_size[1] * _LARGER, multiple**2)
    sizes = []
    for width in range(multiple, int(area // multiple) + 1, multiple):
        most = int(area // width) // multiple
        wanted = math.ceil(round(width * picture_height / picture_width) / multiple)
        sizes.append((width, multiple * min(most, max(1, wanted))))
    # of those that show it equally large the smallest
    return max(
        sizes,
        key=lambda size: (
            round(min(size[0] / picture_width, size[1] / picture_height), 9),
            -size[0] * size[1],
        ),
    )
