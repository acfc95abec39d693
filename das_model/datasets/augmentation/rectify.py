"""Rectification: images and labels of a real lens to those of an ideal one, with square pixels.

Augmentation turns and mirrors the picture; that is a motion of the camera only where the lens
does not distort and fx = fy. The picture is drawn anew once per sample; joints that are known in
camera space are projected, the others moved by the exact inverse of the lens model.
"""

import functools
from dataclasses import replace

import cv2
import numpy as np

from das_model.annotation import Annotation
from das_model.camera import Camera


def rectify(image: np.ndarray, annotation: Annotation) -> tuple[np.ndarray, Annotation]:
    """Draw a picture as an ideal lens would have seen it.

    Args:
        image: (H, W, 3) uint8 RGB.
        annotation: of the picture.

    Returns:
        A picture of the same size and principal point, whose focal lengths are the geometric
        mean of the old ones, and its labels. Where joints are valid in 3D their px are those
        that camera space says.
    """
    camera = annotation.camera
    ideal = Camera.from_intrinsics(
        camera.focal_px, camera.focal_px, camera.K[0, 2], camera.K[1, 2], camera.size
    )
    if camera.distortion is not None or camera.K[0, 0] != camera.K[1, 1]:
        lens = () if camera.distortion is None else tuple(camera.distortion.tolist())
        maps = _maps(tuple(camera.K.ravel().tolist()), lens, camera.size)
        image = cv2.remap(image, *maps, cv2.INTER_LINEAR, borderValue=(127, 127, 127))
    joints_px = np.zeros(annotation.joints_px.shape)
    with_depth = annotation.valid_3d & (annotation.joints_cam[..., 2] > 0)
    flat = annotation.valid_2d & ~with_depth
    joints_px[with_depth] = ideal.project(annotation.joints_cam[with_depth])
    joints_px[flat] = _moved(annotation.joints_px[flat], camera, ideal)
    is_inside = ((joints_px > -0.5) & (joints_px < np.array(camera.size) - 0.5)).all(axis=-1)
    guess_px = annotation.root_guess_px
    return image, replace(
        annotation,
        joints_px=joints_px.astype(np.float32),
        visible=annotation.visible & is_inside,
        ignore_px=_moved_boxes(annotation.ignore_px, camera, ideal),
        camera=ideal,
        root_guess_px=None if guess_px is None else _moved(guess_px, camera, ideal),
    )


@functools.lru_cache(maxsize=64)
def _maps(
    K: tuple[float, ...], lens: tuple[float, ...], size: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray]:
    """Remapping tables from ideal to real pixels, in OpenCV's fixed-point form."""
    matrix = np.array(K).reshape(3, 3)
    ideal = matrix.copy()
    ideal[0, 0] = ideal[1, 1] = np.sqrt(matrix[0, 0] * matrix[1, 1])
    return cv2.initUndistortRectifyMap(
        matrix, np.array(lens or (0.0,) * 5), None, ideal, size, cv2.CV_16SC2
    )


def _moved(points_px: np.ndarray, camera: Camera, ideal: Camera) -> np.ndarray:
    """(..., 2) px of one camera in the other, which looks the same way."""
    return ideal.project(camera.back_project(points_px, np.ones(points_px.shape[:-1])))


def _moved_boxes(boxes: np.ndarray, camera: Camera, ideal: Camera) -> np.ndarray:
    """(M, 4) upright boxes around the moved corners of (M, 4) boxes."""
    corners = _moved(boxes[:, [0, 1, 2, 1, 0, 3, 2, 3]].reshape(-1, 4, 2), camera, ideal)
    return np.concatenate([corners.min(axis=1), corners.max(axis=1)], axis=1).astype(np.float32)
