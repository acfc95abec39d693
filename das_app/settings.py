"""What the user chose, kept between runs as TOML, and where bundled files lie."""

import hashlib
import json
import logging
import os
import tomllib
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import platformdirs

from das_app.calibration import Intrinsics, load_intrinsics
from das_model.camera import DEFAULT_FOV_DEG

APP_NAME = "das-capture"
DEMO_SOURCE = "demo"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AppSettings:
    """Settings of a run of the application.

    Args:
        source: camera index, video file, image, folder of images, or `demo`.
        fov_deg: field of view of the longer side in degrees; used without `intrinsics_file`.
        intrinsics_file: calibration of the camera, or None.
        model_file: ONNX model, or None for the bundled one.
        score_threshold: people below this score are not shown.

    Raises:
        ValueError: if a value is of the wrong type or out of range.
    """

    source: str = DEMO_SOURCE
    fov_deg: float = DEFAULT_FOV_DEG
    intrinsics_file: Path | None = None
    model_file: Path | None = None
    score_threshold: float = 0.2

    def __post_init__(self) -> None:
        if not (isinstance(self.source, str) and self.source):
            raise ValueError(f"source must be a non-empty text, got {self.source!r}")
        _check_number("fov_deg", self.fov_deg, 2.0, 178.0)
        _check_number("score_threshold", self.score_threshold, 0.0, 1.0)
        for name in ("intrinsics_file", "model_file"):
            if not isinstance(getattr(self, name), Path | None):
                raise ValueError(f"{name} must be a path, got {getattr(self, name)!r}")

    def intrinsics(self) -> Intrinsics:
        """The lens these settings describe. Raises ValueError for a broken calibration file."""
        if self.intrinsics_file is not None:
            return load_intrinsics(self.intrinsics_file)
        return Intrinsics(self.fov_deg)

    def model_path(self) -> Path:
        """The model to load. Raises FileNotFoundError when it is not there."""
        if self.model_file is None:
            return bundled_file("models", "das-lite.onnx")
        if not self.model_file.is_file():
            raise FileNotFoundError(f"model file {self.model_file} does not exist")
        return self.model_file


def bundled_file(*parts: str) -> Path:
    """A file that ships with the application: of an installed package or of a source checkout.

    Raises:
        FileNotFoundError: if there is no such file; the message names the places looked at.
    """
    package = Path(__file__).resolve().parent
    candidates = [root.joinpath("assets", *parts) for root in (package, package.parent)]
    for candidate in candidates:
        if candidate.exists():
            return candidate
    raise FileNotFoundError(
        f"{'/'.join(parts)} is not part of this installation; looked for "
        + " and ".join(map(str, candidates))
    )


def file_sha256(path: Path) -> str:
    """Hex digest that tells one model file from another."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def settings_path() -> Path:
    """File the settings are kept in."""
    return platformdirs.user_config_path(APP_NAME, appauthor=False) / "settings.toml"


def load_settings(path: Path) -> AppSettings:
    """Settings of a former run; defaults when there are none.

    A file that cannot be used is kept aside as `.broken` with a warning; keys this version does
    not know are skipped with a warning.
    """
    try:
        with path.open("rb") as file:
            return _settings_from(tomllib.load(file), path)
    except FileNotFoundError:
        return AppSettings()
    except (OSError, ValueError) as error:
        aside = path.with_suffix(".broken")
        _log.warning("settings %s are unusable (%s); using defaults", path, error)
        try:
            os.replace(path, aside)
            _log.warning("the former settings are kept as %s", aside)
        except OSError:
            _log.warning("the former settings could not be kept aside", exc_info=True)
        return AppSettings()


def save_settings(settings: AppSettings, path: Path) -> None:
    """Write the settings whole or not at all. Raises OSError when the folder is not writable."""
    lines = [
        f"{name} = {_toml(value)}\n"
        for name, value in asdict(settings).items()
        if value is not None
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".tmp")
    temporary.write_text("".join(lines), encoding="utf-8")
    os.replace(temporary, path)


def _settings_from(values: dict[str, object], path: Path) -> AppSettings:
    known = {field.name for field in fields(AppSettings)}
    for name in sorted(values.keys() - known):
        _log.warning("settings %s: skipped unknown key %s", path, name)
    chosen = {name: value for name, value in values.items() if name in known}
    for name in {"intrinsics_file", "model_file"} & chosen.keys():
        chosen[name] = Path(str(chosen[name]))
    return AppSettings(**chosen)


def _toml(value: str | float | Path) -> str:
    """A TOML number or basic string; JSON's escapes are a subset of TOML's."""
    if isinstance(value, float | int):
        return repr(float(value))
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")


def _check_number(name: str, value: object, low: float, high: float) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise ValueError(f"{name} must be a number from {low:g} to {high:g}, got {value!r}")
