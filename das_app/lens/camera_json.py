"""A camera's intrinsics as JSON: of calibration files and of sessions."""

import numpy as np

from das_app.lens.plausible_camera import plausible_number, plausible_size, require_recorded
from das_model.camera import Camera


def camera_to_json(camera: Camera) -> dict[str, object]:
    """Intrinsics in pixels, as `calibration_files.load_intrinsics` reads them."""
    return {
        "fx": float(camera.K[0, 0]),
        "fy": float(camera.K[1, 1]),
        "cx": float(camera.K[0, 2]),
        "cy": float(camera.K[1, 2]),
        "width": camera.size[0],
        "height": camera.size[1],
        "distortion": None if camera.distortion is None else camera.distortion.tolist(),
    }


def camera_from_json(values: dict) -> Camera:
    """Inverse of `camera_to_json`.

    Raises:
        ValueError: if pictures cannot have its numbers.
        KeyError: if something is missing.
    """
    size = plausible_size(values["width"], values["height"])
    fx, fy, cx, cy = (plausible_number(name, values[name]) for name in ("fx", "fy", "cx", "cy"))
    distortion = values["distortion"]
    if distortion is not None:
        distortion = np.array([plausible_number("distortion", value) for value in distortion])
    plain = Camera.from_intrinsics(fx, fy, cx, cy, size)
    return require_recorded(Camera(plain.K, size, distortion))
