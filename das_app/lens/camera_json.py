"""A camera's intrinsics as JSON: of calibration files and of sessions."""

import numpy as np

from das_model.camera import Camera


def camera_to_json(camera: Camera) -> dict[str, object]:
    """Intrinsics in pixels, as `calibration_files.load_intrinsics` reads them."""
    return {
        "fx": float(camera.K[0, 0]), "fy": float(camera.K[1, 1]),
        "cx": float(camera.K[0, 2]), "cy": float(camera.K[1, 2]),
        "width": camera.size[0], "height": camera.size[1],
        "distortion": None if camera.distortion is None else camera.distortion.tolist(),
    }  # fmt: skip


def camera_from_json(values: dict) -> Camera:
    """Inverse of `camera_to_json`."""
    size = (values["width"], values["height"])
    plain = Camera.from_intrinsics(*(values[name] for name in ("fx", "fy", "cx", "cy")), size)
    distortion = values["distortion"]
    return Camera(plain.K, plain.size, None if distortion is None else np.array(distortion))
