"""Calibration files of other programs and our own, as `Intrinsics`, and those kept per camera.

Read are: our JSON; OpenCV's YAML and XML; and the TOML of Pose2Sim, Sports2D and anipose, which
has a table for each camera with `size`, `matrix` and `distortions`. Fisheye models are refused.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import platformdirs

from das_app.files.foreign_text import printable
from das_app.files.kept_name import kept_name
from das_app.files.small_file import read_small_text, read_small_toml
from das_app.files.whole_file import write_whole
from das_app.lens.camera_json import camera_to_json
from das_app.lens.intrinsics import Intrinsics
from das_app.lens.opencv_file import read_opencv_text
from das_app.lens.plausible_camera import plausible_number, plausible_size, require_calibration
from das_model.camera import Camera

_OPENCV_SUFFIXES = (".yml", ".yaml", ".xml")
# Assumed: far beyond any real file.
_MAX_BYTES_BY_NAME = 64 << 20  # a line for each picture of a data set
_MAX_PX = 1e6  # of a focal length
_APP_FOLDER = "das-capture"


def load_intrinsics(path: Path, table: str | None = None) -> Intrinsics:
    """Calibration of one camera from a file.

    JSON holds fx, fy, cx, cy, width, height in pixels and optionally `distortion`, OpenCV's
    k1, k2, p1, p2[, k3]; .yml, .yaml and .xml are OpenCV's calibration files; .toml is that of
    Pose2Sim and Sports2D.

    Args:
        path: of the file.
        table: camera of a TOML file with several; without it the file must have one.

    Raises:
        ValueError: if the file is unreadable or lacks a number; the message names it.
    """
    suffix = path.suffix.lower()
    try:
        if table is not None and suffix != ".toml":
            raise ValueError(f"it is of one camera without a name, got {printable(table)!r}")
        if suffix == ".toml":
            camera = _read_toml(path, table)
        else:
            camera = _read_opencv(path) if suffix in _OPENCV_SUFFIXES else _read_json(path)
        require_calibration(camera)
    except Exception as error:  # whatever the readers of JSON and TOML raise on a foreign file
        raise ValueError(f"intrinsics file {path}: {_reason(error)}") from error
    return Intrinsics(calibrated=camera, calibration_name=printable(table or path.name))


def cameras_in(path: Path) -> tuple[str, ...]:
    """Names of the cameras of a TOML calibration; none for a file of one camera.

    Raises:
        ValueError: if the file is unreadable.
    """
    if path.suffix.lower() != ".toml":
        return ()
    try:
        return tuple(_toml_cameras(path))
    except Exception as error:  # as in `load_intrinsics`
        raise ValueError(f"intrinsics file {path}: {_reason(error)}") from error


def load_intrinsics_by_name(path: Path) -> Mapping[str, tuple[float, float, float, float]]:
    """Intrinsics of a folder of images, `{file_name: [fx, fy, cx, cy]}` in pixels of that image.

    Raises:
        ValueError: if the file is not JSON of that form; the message names the entry.
    """
    try:
        entries = json.loads(read_small_text(path, _MAX_BYTES_BY_NAME))
    except Exception as error:  # as in `load_intrinsics`
        raise ValueError(f"intrinsics file {path}: {_reason(error)}") from error
    if not isinstance(entries, dict):
        raise ValueError(f"intrinsics file {path} must hold an object by file name")
    return {name: _four_numbers(path, name, values) for name, values in entries.items()}


def _four_numbers(path: Path, name: str, values: object) -> tuple[float, float, float, float]:
    numbers = values if isinstance(values, list) else []
    try:
        fx, fy, cx, cy = (plausible_number(name, n) for n in numbers)
        if not (fx > 0 and fy > 0 and max(fx, fy, abs(cx), abs(cy)) < _MAX_PX):
            raise ValueError
    except ValueError:
        raise ValueError(
            f"intrinsics file {path}: {name} must be [fx, fy, cx, cy] in pixels, "
            f"got {str(values)[:80]}"
        ) from None
    return fx, fy, cx, cy


def _read_json(path: Path) -> Camera:
    values = json.loads(read_small_text(path))
    _refuse_fisheye(values.get("fisheye"))
    size = plausible_size(values["width"], values["height"])
    fx, fy, cx, cy = (plausible_number(name, values[name]) for name in ("fx", "fy", "cx", "cy"))
    camera = Camera.from_intrinsics(fx, fy, cx, cy, size)
    return Camera(camera.K, size, _distortion(values.get("distortion")))


def _read_opencv(path: Path) -> Camera:
    entries = read_opencv_text(read_small_text(path))
    _refuse_fisheye(entries.get("fisheye_model"))
    size = plausible_size(entries["image_width"], entries["image_height"])
    distortion = entries.get("distortion_coefficients")
    return Camera(_matrix(entries["camera_matrix"]), size, _distortion(distortion))


def _toml_cameras(path: Path) -> dict[str, dict]:
    tables = read_small_toml(path)
    return {printable(n): t for n, t in tables.items() if isinstance(t, dict) and "matrix" in t}


def _read_toml(path: Path, name: str | None) -> Camera:
    cameras = _toml_cameras(path)
    if not cameras:
        raise KeyError("matrix")
    if name is None and len(cameras) > 1:
        raise ValueError(f"it holds {len(cameras)} cameras ({', '.join(cameras)}); name one")
    if name is not None and name not in cameras:
        raise ValueError(f"it holds no camera {name}, but {', '.join(cameras)}")
    values = cameras[name] if name is not None else next(iter(cameras.values()))
    _refuse_fisheye(values.get("fisheye"))
    size = plausible_size(*values["size"])
    return Camera(_matrix(values["matrix"]), size, _distortion(values.get("distortions")))


def _refuse_fisheye(is_fisheye: object) -> None:
    if is_fisheye:
        raise ValueError("it is of a fisheye lens, whose distortion model is not supported")


def _matrix(rows: object) -> np.ndarray:
    """(3, 3) float64 of nested lists of numbers."""
    if not isinstance(rows, list):
        raise ValueError(f"the camera matrix must be a list of rows, got {str(rows)[:40]!r}")
    numbers = [[plausible_number("matrix", value) for value in row] for row in rows]
    if [len(row) for row in numbers] != [3, 3, 3]:
        raise ValueError(f"the camera matrix must be 3 x 3, got {str(rows)[:80]}")
    return np.array(numbers)


def _distortion(values: object) -> np.ndarray | None:
    """(5,) k1, k2, p1, p2, k3 from a list or matrix of 4 or more, or None."""
    if values is None:
        return None
    if not isinstance(values, list):
        raise ValueError(f"distortion must be a list, got {str(values)[:40]!r}")
    rows = [row if isinstance(row, list) else [row] for row in values]
    flat = np.array([plausible_number("distortion", value) for row in rows for value in row])
    if len(flat) < 4 or np.any(flat[5:]):
        raise ValueError(f"distortion must be k1, k2, p1, p2[, k3], got {flat.tolist()}")
    five = np.zeros(5)
    five[: len(flat[:5])] = flat[:5]
    return five


def _reason(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"no value for {printable(str(error.args[0]))}"
    if isinstance(error, RecursionError):
        return "its values lie too deep in each other"
    if isinstance(error, FileNotFoundError):
        return "there is no such file"
    if isinstance(error, json.JSONDecodeError | UnicodeDecodeError):
        told = printable(str(error))
        return f"it is no calibration in JSON ({told}); others end in .yml, .yaml, .xml or .toml"
    if isinstance(error, TypeError | AttributeError | IndexError):  # of lists, tables and numbers
        return "it is not laid out as a calibration: a list, a table or a number is out of place"
    return printable(str(error)) or type(error).__name__


def save_calibration(camera_name: str, camera: Camera, error_px: float) -> Path:
    """Keep a calibration for the camera of that name; it replaces a former one.

    Args:
        camera_name: as the system lists it.
        camera: calibrated, with its size and distortion.
        error_px: root mean square reprojection error of the calibration.

    Returns:
        The JSON file, which `load_intrinsics` reads.

    Raises:
        OSError: if the folder cannot be written.
    """
    path = _kept_path(camera_name)
    values = {
        "camera": camera_name,
        **camera_to_json(camera),
        "reprojection_error_px": error_px,
    }
    write_whole(path, json.dumps(values, indent=2) + "\n")
    return path


def kept_calibration(camera_name: str, size: tuple[int, int]) -> Intrinsics | None:
    """The calibration kept for a camera.

    Args:
        camera_name: as the system lists it.
        size: (width, height) px of its pictures now.

    Returns:
        None if there is none, or one for pictures of another aspect ratio.

    Raises:
        ValueError: if there is a file that cannot be read.
    """
    path = _kept_path(camera_name)
    if not path.is_file():
        return None
    kept = replace(load_intrinsics(path), calibration_name=camera_name)
    return kept if kept.fits(size) else None


def lens_of_camera(camera_name: str, size: tuple[int, int], chosen: Intrinsics) -> Intrinsics:
    """The lens to use for a live camera until something else is said.

    A chosen calibration file wins over the calibration kept for the camera, and that over a field
    of view.

    Args:
        camera_name: as the system lists it.
        size: (width, height) px of its pictures now.
        chosen: in the settings.

    Raises:
        ValueError: if the kept calibration cannot be read.
    """
    if chosen.calibrated is not None:
        return chosen
    return kept_calibration(camera_name, size) or chosen


def forget_calibration(camera_name: str) -> None:
    """Delete the calibration kept for the camera of that name, if there is one."""
    _kept_path(camera_name).unlink(missing_ok=True)


def _kept_path(camera_name: str) -> Path:
    folder = platformdirs.user_config_path(_APP_FOLDER, appauthor=False) / "cameras"
    return folder / f"{kept_name(camera_name)}.json"
