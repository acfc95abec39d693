"""What a camera does to light: exposure, white balance, blur, noise, compression."""

import cv2
import numpy as np


def photograph(linear: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A picture as a cheap camera would deliver it.

    Args:
        linear: (H, W, 3) float32 linear RGB, not clipped.
        rng: random numbers of the picture.

    Returns:
        (H, W, 3) uint8 sRGB.
    """
    picture = linear * np.float32(rng.uniform(0.16, 0.42) / max(float(linear.mean()), 0.02))
    picture *= (1 + rng.normal(0, 0.05, 3)).astype(np.float32)
    picture = picture * (1 + 0.15 * picture) / (1 + picture * 0.6)  # soft shoulder
    if rng.random() < 0.35:
        picture = cv2.GaussianBlur(picture, (0, 0), float(rng.uniform(0.3, 1.3)))
    if rng.random() < 0.08:
        picture = _motion_blur(picture, rng)
    picture = np.power(np.clip(picture, 0, 1), np.float32(1 / rng.uniform(1.9, 2.4)))
    if rng.random() < 0.7:
        noise = rng.standard_normal(picture.shape, dtype=np.float32)
        picture += noise * np.float32(rng.uniform(0.003, 0.035))
    result = np.clip(picture * 255, 0, 255).astype(np.uint8)
    if rng.random() < 0.6:
        result = _compressed(result, int(rng.integers(35, 95)))
    return np.ascontiguousarray(result)


def develop(linear: np.ndarray, exposure: float) -> np.ndarray:
    """(H, W, 3) uint8 sRGB of linear RGB by a clean, fixed camera."""
    picture = linear * np.float32(exposure)
    picture = picture * (1 + 0.15 * picture) / (1 + picture * 0.6)
    return (np.power(np.clip(picture, 0, 1), np.float32(1 / 2.2)) * 255).astype(np.uint8)


def _motion_blur(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    size = int(rng.integers(3, 9))
    kernel = np.zeros((size, size), np.float32)
    start, end = (0, int(rng.integers(size))), (size - 1, int(rng.integers(size)))
    cv2.line(kernel, start, end, 1.0)
    return cv2.filter2D(picture, -1, kernel / kernel.sum())


def _compressed(picture: np.ndarray, quality: int) -> np.ndarray:
    _, code = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return cv2.imdecode(code, cv2.IMREAD_COLOR)[..., ::-1]
