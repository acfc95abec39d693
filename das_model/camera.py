"""Pinhole camera: projection between pixels and camera space.

Camera space is x right, y down, z forward, in millimetres. Image space is in pixels with (0, 0)
at the centre of the top-left pixel (OpenCV). Every resize or crop of a picture goes through
`Camera.resized` or `Camera.cropped`, so pixels and intrinsics never drift apart.
"""

import math
from dataclasses import dataclass

import numpy as np

_MIN_DET = 0.05  # of the lens model's Jacobian: less is where it folds back
_LONGEST_STEP = 0.3  # of Newton's method, in normalised coordinates
DEFAULT_FOV_DEG = 60.0  # of the longer side: what most webcams and phones are near


@dataclass(frozen=True, eq=False, slots=True)
class Camera:
    """Intrinsics of one picture.

    Args:
        K: (3, 3) float64 intrinsics in pixels, no skew.
        size: (width, height) of the picture in pixels.
        distortion: (5,) OpenCV k1, k2, p1, p2, k3, or None for an ideal lens.

    Raises:
        ValueError: if K is not (3, 3) with positive focal lengths, or size is not positive.
    """

    K: np.ndarray
    size: tuple[int, int]
    distortion: np.ndarray | None = None

    def __post_init__(self) -> None:
        if self.K.shape != (3, 3):
            raise ValueError(f"Camera.K must be (3, 3), got {self.K.shape}")
        if not (self.K[0, 0] > 0 and self.K[1, 1] > 0 and np.isfinite(self.K).all()):
            raise ValueError(f"Camera.K needs positive, finite focal lengths, got {self.K}")
        if min(self.size) < 1:
            raise ValueError(f"Camera.size must be positive (width, height), got {self.size}")
        if self.distortion is not None and self.distortion.shape != (5,):
            raise ValueError(f"Camera.distortion must be (5,), got {self.distortion.shape}")

    @staticmethod
    def from_intrinsics(
        fx: float, fy: float, cx: float, cy: float, size: tuple[int, int]
    ) -> "Camera":
        """Camera from focal lengths and principal point in pixels."""
        K = np.array([[fx, 0, cx], [0, fy, cy], [0, 0, 1]], dtype=np.float64)
        return Camera(K, (int(size[0]), int(size[1])))

    @staticmethod
    def from_fov(size: tuple[int, int], fov_deg: float = DEFAULT_FOV_DEG) -> "Camera":
        """Camera with square pixels whose longer side spans `fov_deg` degrees.

        Raises:
            ValueError: if fov_deg is not inside (1, 179).
        """
        if not 1.0 < fov_deg < 179.0:
            raise ValueError(f"field of view must be between 1 and 179 degrees, got {fov_deg}")
        f = max(size) / 2 / math.tan(math.radians(fov_deg) / 2)
        return Camera.from_intrinsics(f, f, (size[0] - 1) / 2, (size[1] - 1) / 2, size)

    @property
    def focal_px(self) -> float:
        """Geometric mean of fx and fy: the f of the normalised root depth z / f."""
        return float(math.sqrt(self.K[0, 0] * self.K[1, 1]))

    @property
    def fov_deg(self) -> float:
        """Field of view of the longer side in degrees."""
        axis = 0 if self.size[0] >= self.size[1] else 1
        return math.degrees(2 * math.atan(self.size[axis] / 2 / self.K[axis, axis]))

    def project(self, points_cam: np.ndarray) -> np.ndarray:
        """Camera space to pixels; points at or behind the lens become NaN.

        Args:
            points_cam: (..., 3) mm.

        Returns:
            (..., 2) float64 px, with lens distortion if the camera has any.
        """
        points_cam = np.asarray(points_cam, dtype=np.float64)
        z = np.where(points_cam[..., 2:] > 1e-6, points_cam[..., 2:], np.nan)
        norm = points_cam[..., :2] / z
        if self.distortion is not None:
            norm = _distort(norm, self.distortion)
        return norm * self.K[[0, 1], [0, 1]] + self.K[:2, 2]

    def back_project(self, points_px: np.ndarray, depth_mm: np.ndarray) -> np.ndarray:
        """Pixels and depth to camera space; the inverse of `project`.

        Args:
            points_px: (..., 2) px.
            depth_mm: (...) z in mm.

        Returns:
            (..., 3) float64 mm.
        """
        norm = (np.asarray(points_px, dtype=np.float64) - self.K[:2, 2]) / self.K[[0, 1], [0, 1]]
        if self.distortion is not None:
            norm = _undistort(norm, self.distortion)
        z = np.asarray(depth_mm, dtype=np.float64)[..., None]
        return np.concatenate([norm * z, z], axis=-1)

    def transformed(self, affine: np.ndarray, size: tuple[int, int]) -> "Camera":
        """Camera of the picture after x' = sx * x + tx, y' = sy * y + ty.

        Args:
            affine: (2, 3) px to px, without rotation or shear.
            size: (width, height) of the new picture.

        Raises:
            ValueError: if the affine rotates or shears, which intrinsics cannot express.
        """
        affine = np.asarray(affine, dtype=np.float64)
        if affine.shape != (2, 3) or affine[0, 1] or affine[1, 0]:
            raise ValueError(f"affine must be (2, 3) with scale and shift only, got {affine}")
        K = np.vstack([affine, [0, 0, 1]]) @ self.K
        return Camera(K, (int(size[0]), int(size[1])), self.distortion)

    def resized(self, size: tuple[int, int]) -> "Camera":
        """Camera of the same picture resized to (width, height), pixel centres kept aligned."""
        sx, sy = size[0] / self.size[0], size[1] / self.size[1]
        affine = [[sx, 0, (sx - 1) / 2], [0, sy, (sy - 1) / 2]]
        return self.transformed(np.array(affine), size)

    def cropped(self, left_px: int, top_px: int, size: tuple[int, int]) -> "Camera":
        """Camera of the crop whose top-left pixel is (left_px, top_px); negative values pad."""
        return self.transformed(np.array([[1, 0, -left_px], [0, 1, -top_px]]), size)

    def turned(self, num_quarters: int) -> "Camera":
        """Camera of the same picture turned clockwise by so many quarters of a full turn.

        Exact with distortion, too: the radial part of OpenCV's model is round, and its tangential
        part is a vector (p2, p1) that turns with the picture.
        """
        camera = self
        for _ in range(num_quarters % 4):  # x' = height - 1 - y, y' = x
            (fx, fy), (cx, cy) = camera.K[[0, 1], [0, 1]], camera.K[:2, 2]
            width, height = camera.size
            turned = Camera.from_intrinsics(fy, fx, height - 1 - cy, cx, (height, width))
            distortion = camera.distortion
            if distortion is not None:
                k1, k2, p1, p2, k3 = distortion
                distortion = np.array([k1, k2, p2, -p1, k3])
            camera = Camera(turned.K, turned.size, distortion)
        return camera


def _distort(norm: np.ndarray, distortion: np.ndarray) -> np.ndarray:
    """OpenCV's radial and tangential model on normalised coordinates (..., 2)."""
    k1, k2, p1, p2, k3 = distortion
    x, y = norm[..., 0], norm[..., 1]
    r2 = x * x + y * y
    radial = 1 + r2 * (k1 + r2 * (k2 + r2 * k3))
    return np.stack(
        [
            x * radial + 2 * p1 * x * y + p2 * (r2 + 2 * x * x),
            y * radial + p1 * (r2 + 2 * y * y) + 2 * p2 * x * y,
        ],
        axis=-1,
    )


def _undistort(norm: np.ndarray, distortion: np.ndarray, num_steps: int = 15) -> np.ndarray:
    """Inverse of `_distort` by Newton's method: exact wherever the lens model has an inverse.

    Polynomials fold back far outside; there the nearest place before the fold is returned.
    """
    k1, k2, p1, p2, k3 = distortion
    point = norm
    for _ in range(num_steps):
        x, y = point[..., 0], point[..., 1]
        r2 = x * x + y * y
        radial = 1 + r2 * (k1 + r2 * (k2 + r2 * k3))
        slope = 2 * (k1 + r2 * (2 * k2 + 3 * k3 * r2))
        xx = radial + slope * x * x + 2 * p1 * y + 6 * p2 * x
        yy = radial + slope * y * y + 6 * p1 * y + 2 * p2 * x
        xy = slope * x * y + 2 * p1 * x + 2 * p2 * y
        det = xx * yy - xy * xy
        can_step = det > _MIN_DET
        miss_x, miss_y = np.moveaxis(norm - _distort(point, distortion), -1, 0)
        step = np.stack([yy * miss_x - xy * miss_y, xx * miss_y - xy * miss_x], axis=-1)
        step *= (can_step / np.where(can_step, det, 1.0))[..., None]
        length = np.linalg.norm(step, axis=-1, keepdims=True)
        point = point + step * np.minimum(1, _LONGEST_STEP / np.maximum(length, _LONGEST_STEP))
    return point
