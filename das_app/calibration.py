"""What is known about the lens: a field of view or a calibration file, and the camera it gives.

A source asks its `Intrinsics` for the `Camera` of every picture, so a value replaced while the
pipeline runs holds from the next frame on.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from das_model.camera import DEFAULT_FOV_DEG, Camera

_ASPECT_TOLERANCE = 0.01  # rounding of a resized picture, not another crop of the sensor
_OPENCV_SUFFIXES = (".yml", ".yaml", ".xml")


@dataclass(frozen=True, eq=False, slots=True)
class Intrinsics:
    """Lens of a source: a field of view, or a calibrated camera that is scaled to the picture.

    Args:
        fov_deg: field of view of the longer side in degrees; used when there is no `calibrated`.
        calibrated: camera of a calibration, for pictures of its own aspect ratio.

    Raises:
        ValueError: if fov_deg is not inside (1, 179).
    """

    fov_deg: float = DEFAULT_FOV_DEG
    calibrated: Camera | None = None

    def __post_init__(self) -> None:
        if not 1.0 < self.fov_deg < 179.0:
            raise ValueError(
                f"field of view must be between 1 and 179 degrees, got {self.fov_deg}"
            )

    def camera_for(self, size: tuple[int, int]) -> Camera:
        """Camera of a picture of `size` (width, height) px.

        Raises:
            ValueError: if the calibration was made for pictures of another aspect ratio.
        """
        if self.calibrated is None:
            return Camera.from_fov(size, self.fov_deg)
        if self.calibrated.size == size:
            return self.calibrated
        scale_x, scale_y = (new / old for new, old in zip(size, self.calibrated.size, strict=True))
        if abs(scale_x / scale_y - 1) > _ASPECT_TOLERANCE:
            raise ValueError(
                f"the intrinsics are for {_size_text(self.calibrated.size)} pictures and cannot "
                f"be scaled to {_size_text(size)}, which is another aspect ratio"
            )
        return self.calibrated.resized(size)

    @property
    def label(self) -> str:
        """Where the numbers come from, for people to read."""
        if self.calibrated is None:
            return f"FOV {self.fov_deg:g}° (assumed)"
        return f"calibrated at {_size_text(self.calibrated.size)}"


def load_intrinsics(path: Path) -> Intrinsics:
    """Calibration of one camera from a file.

    JSON holds fx, fy, cx, cy, width, height in pixels and optionally `distortion`, OpenCV's
    k1, k2, p1, p2[, k3]; .yml, .yaml and .xml are OpenCV's calibration files.

    Raises:
        ValueError: if the file is unreadable or lacks a number; the message names it.
    """
    try:
        camera = _read_opencv(path) if path.suffix in _OPENCV_SUFFIXES else _read_json(path)
    except (OSError, ValueError, KeyError, TypeError, cv2.error) as error:
        raise ValueError(f"intrinsics file {path}: {_reason(error)}") from error
    return Intrinsics(calibrated=camera)


def load_intrinsics_by_name(path: Path) -> Mapping[str, tuple[float, float, float, float]]:
    """Intrinsics of a folder of images, `{file_name: [fx, fy, cx, cy]}` in pixels of that image.

    Raises:
        ValueError: if the file is not JSON of that form; the message names the entry.
    """
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ValueError(f"intrinsics file {path}: {error}") from error
    if not isinstance(entries, dict):
        raise ValueError(f"intrinsics file {path} must hold an object by file name")
    return {name: _four_numbers(path, name, values) for name, values in entries.items()}


def _four_numbers(path: Path, name: str, values: object) -> tuple[float, float, float, float]:
    numbers = values if isinstance(values, list) else []
    if len(numbers) != 4 or not all(isinstance(n, int | float) for n in numbers):
        raise ValueError(f"intrinsics file {path}: {name} must be [fx, fy, cx, cy], got {values}")
    fx, fy, cx, cy = (float(n) for n in numbers)
    return fx, fy, cx, cy


def _read_json(path: Path) -> Camera:
    values = json.loads(path.read_text(encoding="utf-8"))
    size = (int(values["width"]), int(values["height"]))
    camera = Camera.from_intrinsics(*(float(values[k]) for k in ("fx", "fy", "cx", "cy")), size)
    return Camera(camera.K, size, _distortion(values.get("distortion")))


def _read_opencv(path: Path) -> Camera:
    if not path.is_file():
        raise FileNotFoundError("no such file")
    storage = cv2.FileStorage(str(path), cv2.FILE_STORAGE_READ)
    try:
        K = storage.getNode("camera_matrix").mat()
        width, height = (storage.getNode(f"image_{side}").real() for side in ("width", "height"))
        distortion = storage.getNode("distortion_coefficients").mat()
    finally:
        storage.release()
    if K is None:
        raise KeyError("camera_matrix")
    if not (width and height):
        raise KeyError("image_width, image_height")
    return Camera(K.astype(np.float64), (int(width), int(height)), _distortion(distortion))


def _distortion(values: object) -> np.ndarray | None:
    """(5,) k1, k2, p1, p2, k3 from a list or matrix of 4 or more, or None."""
    if values is None:
        return None
    flat = np.asarray(values, dtype=np.float64).ravel()
    if len(flat) < 4 or np.any(flat[5:]):
        raise ValueError(f"distortion must be k1, k2, p1, p2[, k3], got {flat.tolist()}")
    five = np.zeros(5)
    five[: len(flat[:5])] = flat[:5]
    return five


def _reason(error: Exception) -> str:
    return f"no value for {error.args[0]}" if isinstance(error, KeyError) else str(error)


def _size_text(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"
