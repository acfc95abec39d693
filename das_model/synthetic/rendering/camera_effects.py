"""Camera effects: exposure, white balance, blur, noise, compression."""

import functools

import cv2
import numpy as np

_ROWS_AT_ONCE = 32  # what is worked out in between stays in the cache


def photograph(linear: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A picture as a cheap camera would deliver it.

    Args:
        linear: (H, W, 3) float32 linear RGB, not clipped.
        rng: random numbers of the picture.

    Returns:
        (H, W, 3) uint8 sRGB.
    """
    exposure = rng.uniform(0.16, 0.42) / max(float(linear.mean()), 0.02)
    gains = (exposure * (1 + rng.normal(0, 0.05, 3))).astype(np.float32)
    rows = linear.reshape(len(linear), -1) * np.tile(gains, linear.shape[1])
    picture = _shoulder(rows.reshape(linear.shape))
    if rng.random() < 0.35:
        picture = cv2.GaussianBlur(picture, (0, 0), float(rng.uniform(0.3, 1.3)))
    if rng.random() < 0.08:
        picture = _motion_blur(picture, rng)
    picture = _gamma(picture, 1 / rng.uniform(1.9, 2.4))
    if rng.random() < 0.7:
        strength = 255 * rng.uniform(0.003, 0.035)
        picture = cv2.scaleAdd(_noise(picture.shape, rng), strength, picture)
    result = cv2.convertScaleAbs(np.maximum(picture, 0, out=picture))
    if rng.random() < 0.5:
        result = _compressed(result, int(rng.integers(35, 95)))
    return np.ascontiguousarray(result)


def develop(linear: np.ndarray, exposure: float) -> np.ndarray:
    """(H, W, 3) uint8 sRGB of linear RGB by a clean, fixed camera."""
    picture = _shoulder(linear * np.float32(exposure))
    return _gamma(picture, 1 / 2.2).astype(np.uint8)


def _shoulder(picture: np.ndarray) -> np.ndarray:
    """Highlights rolled off softly, x (1 + 0.15 x) / (1 + 0.6 x); the argument is used up."""
    for first in range(0, len(picture), _ROWS_AT_ONCE):
        rows = picture[first : first + _ROWS_AT_ONCE]
        below = rows * np.float32(0.6)
        below += 1
        above = rows * np.float32(0.15)
        above += 1
        rows *= above
        rows /= below
    return picture


def _gamma(picture: np.ndarray, exponent: float) -> np.ndarray:
    """(H, W, 3) float32 0 .. 255 of linear 0 .. 1; the argument is used up."""
    bright = cv2.pow(np.clip(picture, 0, 1, out=picture), exponent)
    bright *= 255
    return bright


@functools.cache
def _noise_plane() -> np.ndarray:
    """(1024, 1408, 3) float32 standard normal values that all pictures cut theirs from."""
    return np.random.default_rng(0).standard_normal((1024, 1408, 3), dtype=np.float32)


def _noise(shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """Gaussian noise of a picture, cut from one plane; fresh values would cost 4 ms."""
    height, width, _ = shape
    plane = _noise_plane()
    if height > plane.shape[0] or width > plane.shape[1]:
        return rng.standard_normal(shape, dtype=np.float32)
    top = rng.integers(plane.shape[0] - height + 1)
    left = rng.integers(plane.shape[1] - width + 1)
    return plane[top : top + height, left : left + width]


def _motion_blur(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    size = int(rng.integers(3, 9))
    kernel = np.zeros((size, size), np.float32)
    start, end = (0, int(rng.integers(size))), (size - 1, int(rng.integers(size)))
    cv2.line(kernel, start, end, 1.0)
    return cv2.filter2D(picture, -1, kernel / kernel.sum())


def _compressed(picture: np.ndarray, quality: int) -> np.ndarray:
    bgr = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    _, code = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])
    decoded = cv2.imdecode(code, cv2.IMREAD_COLOR_RGB)
    assert decoded is not None
    return decoded
