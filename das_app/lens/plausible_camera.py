"""Plausibility check of camera intrinsics."""

import math

import numpy as np

from das_model.camera import Camera

MAX_SIDE = 32768  # px
MAX_PIXELS = 100_000_000  # of a picture
_FOCAL_RANGE = (0.2, 20.0)  # of f / longer side: 136 to 2.9 degrees of view
_ANY_FOCAL_RANGE = (0.003, 100.0)  # what the fields of view that can be entered lead to
_MAX_DISTORTION = 1000.0  # k3 of long lenses reaches some hundred
_HALF_PX = 0.5  # the picture ends half a pixel beyond the centres of its outermost pixels


def plausible_number(name: str, value: object) -> float:
    """A finite number as it stands in a file.

    Raises:
        ValueError: if it is none; true, false and texts are none.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        if abs(value) <= 1e300 and math.isfinite(value):
            return float(value)
    raise ValueError(f"{name} must be a finite number, got {str(value)[:40]!r}")


def plausible_size(width: object, height: object) -> tuple[int, int]:
    """(width, height) px as they stand in a file; whole numbers from 1 to 32768.

    Raises:
        ValueError: if they are not.
    """
    sides = tuple(plausible_number(n, v) for n, v in (("width", width), ("height", height)))
    if not all(1 <= side <= MAX_SIDE and side == round(side) for side in sides):
        raise ValueError(
            f"the size must be whole numbers from 1 to {MAX_SIDE} px, got {width} x {height}"
        )
    if sides[0] * sides[1] > MAX_PIXELS:
        raise ValueError(f"a picture may have {MAX_PIXELS} pixels, got {width} x {height}")
    return round(sides[0]), round(sides[1])


def require_calibration(camera: Camera) -> Camera:
    """The camera of a calibration, as it was, if a lens can have its numbers.

    Raises:
        ValueError: unless 0.2 < f / longer side < 20, the principal point lies in the picture, and
            the distortion is finite and below 1000.
    """
    _require_lens(camera, _FOCAL_RANGE)
    (width, height), (cx, cy) = camera.size, camera.K[:2, 2]
    if not (-_HALF_PX <= cx <= width and -_HALF_PX <= cy <= height):
        raise ValueError(
            f"the principal point (cx, cy) must lie in the picture of {width} x {height} px, "
            f"got ({cx:g}, {cy:g})"
        )
    return camera


def require_recorded(camera: Camera) -> Camera:
    """The camera of a recorded frame, as it was, if pictures can have its numbers.

    It may be cropped, so the principal point is free, and any field of view can be entered.

    Raises:
        ValueError: if they cannot.
    """
    _require_lens(camera, _ANY_FOCAL_RANGE)
    if np.abs(camera.K[:2, 2]).max() > 10 * MAX_SIDE:
        raise ValueError(f"the principal point is too far away, got {camera.K[:2, 2].tolist()}")
    return camera


def _require_lens(camera: Camera, focal_range: tuple[float, float]) -> None:
    plausible_size(*camera.size)
    low, high, side = *focal_range, max(camera.size)
    if not all(low < focal / side < high for focal in (camera.K[0, 0], camera.K[1, 1])):
        raise ValueError(
            f"focal lengths must be {low:g} to {high:g} times the longer side, {side} px, "
            f"got {camera.K[0, 0]:g} and {camera.K[1, 1]:g}"
        )
    skew = (camera.K[0, 1], camera.K[1, 0], camera.K[2, 0], camera.K[2, 1], camera.K[2, 2] - 1)
    if np.abs(skew).max() > 1e-3:
        raise ValueError(
            f"the matrix must be [fx 0 cx; 0 fy cy; 0 0 1], got {camera.K.round(3).tolist()}"
        )
    if camera.distortion is not None and not (np.abs(camera.distortion) < _MAX_DISTORTION).all():
        raise ValueError(
            f"distortion must be finite and below {_MAX_DISTORTION:g}, "
            f"got {camera.distortion.tolist()}"
        )
