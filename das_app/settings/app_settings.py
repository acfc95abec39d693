"""What the user chose."""

from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

import platformdirs

from das_app.files.bundled import bundled_file
from das_app.lens.calibration_files import load_intrinsics
from das_app.lens.intrinsics import Intrinsics, LensOrigin
from das_app.motion.smoothing import DISTANCE_STRENGTH, LIMB_STRENGTH, SmoothingConfig
from das_app.motion.temporal_filter import PeopleOptions
from das_app.motion.tracking import TrackingConfig
from das_app.sources.addresses import DEMO_SOURCE, shown_address
from das_app.sources.camera_devices import CameraMode
from das_model.camera import DEFAULT_FOV_DEG
from das_model.inference.estimate import (
    DEFAULT_MIN_SCORE,
    Device,
    EstimatorOptions,
)
from das_model.inference.mode import Mode

DEFAULT_MODEL, THUNDER = "das-lite.onnx", "movenet-thunder.onnx"
MAX_RECENT = 8
LEAST_INPUT_SCALE, GREATEST_INPUT_SCALE = 0.5, 1.5


class Look(StrEnum):
    """Dark or light frame of the window."""

    SYSTEM = "system"
    DARK = "dark"
    LIGHT = "light"


_KINDS = {
    "lens_origin": LensOrigin,
    "intrinsics_camera": str,
    "is_smoothing": bool,
    "has_steady_bones": bool,
    "is_looping": bool,
    "has_seen_welcome": bool,
    "has_labels": bool,
    "has_trails": bool,
    "has_offsets": bool,
    "has_heat_map": bool,
    "has_shadows": bool,
    "has_frustum": bool,
    "device": Device,
    "mode": Mode,
    "look": Look,
    "recent_sources": tuple,
    "layout": str,
    "resolution": str,
    "is_recording_video": bool,
    "stream_targets": tuple,
}


@dataclass(frozen=True, slots=True)
class AppSettings:
    """Settings of a run of the application.

    Args:
        source: camera index or name, video file, image, folder of images, address, or `demo`.
        fov_deg: field of view of the longer side in degrees; used without `intrinsics_file`.
        lens_origin: how `fov_deg` came to be known.
        intrinsics_file: calibration of the camera, or None.
        intrinsics_camera: which camera of a calibration file with several; empty for the one.
        model_file: ONNX model, or None for the bundled one.
        score_threshold: people below this score are not shown.
        is_smoothing: show people smoothed over time; the raw pose is kept all the same.
        distance_smoothing: strength for people's distance along the ray, 0 (off) to 1.
        limb_smoothing: strength for all else, 0 (off) to 1.
        has_steady_bones: give each bone of a person its running median length.
        resolution: asked of cameras, WIDTHxHEIGHT.
        camera_fps: frames per second asked of cameras.
        device: what the model runs on; `auto` is CUDA where it works, else the CPU.
        mode: whether the model looks a second time at people, see `Mode`.
        input_scale: side of the model's input as a share of the nominal one; its square is the
            share of the nominal cost.
        is_looping: files begin again at their end.
        recent_sources: files and addresses opened last, newest first.
        look: of the window.
        layout: places and sizes of the window's parts, as Qt packs them; empty for the usual.
        has_seen_welcome: the hints of the first start were put away.
        has_labels: id, confidence and distance stand by each person in the picture.
        has_trails: people's last moments are drawn.
        has_offsets: arrows from roots to joints are drawn.
        has_heat_map: the model's centre confidence is drawn.
        has_shadows: people throw shadows in the 3D view.
        sessions_folder: where recordings go, or None for the usual place.
        is_recording_video: recordings hold the pictures, too.
        stream_targets: where each protocol was streamed to last, as `StreamTarget` writes it.
        has_frustum: the live picture stands on the camera in the 3D view.

    Raises:
        ValueError: if a value is of the wrong type or out of range.
    """

    source: str = DEMO_SOURCE
    fov_deg: float = DEFAULT_FOV_DEG
    intrinsics_file: Path | None = None
    model_file: Path | None = None
    score_threshold: float = DEFAULT_MIN_SCORE
    device: Device = Device.AUTO
    mode: Mode = Mode.AUTO
    input_scale: float = 1.0
    is_looping: bool = True
    recent_sources: tuple[str, ...] = ()
    look: Look = Look.SYSTEM
    layout: str = ""
    has_seen_welcome: bool = False
    has_labels: bool = True
    has_trails: bool = False
    has_offsets: bool = False
    has_heat_map: bool = False
    has_shadows: bool = True
    has_frustum: bool = True
    lens_origin: LensOrigin = LensOrigin.ASSUMED
    intrinsics_camera: str = ""
    is_smoothing: bool = True
    distance_smoothing: float = DISTANCE_STRENGTH
    limb_smoothing: float = LIMB_STRENGTH
    has_steady_bones: bool = False
    resolution: str = "1280x720"
    camera_fps: float = 30.0
    sessions_folder: Path | None = None
    is_recording_video: bool = True
    stream_targets: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not (isinstance(self.source, str) and self.source):
            raise ValueError(f"source must be a non-empty text, got {self.source!r}")
        _check_number("fov_deg", self.fov_deg, 2.0, 178.0)
        for name in ("score_threshold", "distance_smoothing", "limb_smoothing"):
            _check_number(name, getattr(self, name), 0.0, 1.0)
        low, high = LEAST_INPUT_SCALE, GREATEST_INPUT_SCALE
        _check_number("input_scale", self.input_scale, low, high)
        for name, kind in _KINDS.items():
            if not isinstance(getattr(self, name), kind):
                raise ValueError(f"{name} must be a {kind.__name__}, got {getattr(self, name)!r}")
        _check_number("camera_fps", self.camera_fps, 1.0, 1000.0)
        self.camera_mode()
        for name in ("intrinsics_file", "model_file", "sessions_folder"):
            if not isinstance(getattr(self, name), Path | None):
                raise ValueError(f"{name} must be a path, got {getattr(self, name)!r}")

    def intrinsics(self) -> Intrinsics:
        """The lens these settings describe. Raises ValueError for a broken calibration file."""
        if self.intrinsics_file is not None:
            return load_intrinsics(self.intrinsics_file, self.intrinsics_camera or None)
        return Intrinsics(self.fov_deg, origin=self.lens_origin)

    def estimator_options(self) -> EstimatorOptions:
        """How the model of these settings is to work; with unsure people for the tracker.

        Raises:
            FileNotFoundError: if the network of the second look is not there.
        """
        return EstimatorOptions(
            device=self.device,
            min_score=self.score_threshold,
            has_candidates=True,
            input_scale=self.input_scale,
            has_centre_map=self.has_heat_map,
            mode=self.mode,
            thunder_file=bundled_file("models", THUNDER),
        )

    def people_options(self) -> PeopleOptions:
        """Tracking and smoothing that these settings describe."""
        smoothing = SmoothingConfig(self.distance_smoothing, self.limb_smoothing)
        return PeopleOptions(
            TrackingConfig(birth_score=self.score_threshold),
            self.score_threshold,
            smoothing if self.is_smoothing else None,
            self.has_steady_bones,
        )

    def with_recent(self, source: str) -> "AppSettings":
        """These settings with `source` as the one opened last; cameras and the demo are not
        kept in the list, which the window offers anyway."""
        if source == DEMO_SOURCE or source.isdecimal():
            return self
        shown = shown_address(source)
        others = [name for name in self.recent_sources if shown_address(name) != shown]
        return replace(self, recent_sources=(source, *others)[:MAX_RECENT])

    def camera_mode(self) -> CameraMode:
        """What cameras are asked for."""
        return CameraMode.from_text(self.resolution, self.camera_fps)

    def sessions_path(self) -> Path:
        """The folder that recordings go to; it may not exist yet."""
        if self.sessions_folder is not None:
            return self.sessions_folder
        return platformdirs.user_documents_path() / "DAS Capture"

    def model_path(self) -> Path:
        """The model to load. Raises FileNotFoundError when it is not there."""
        if self.model_file is None:
            return bundled_file("models", DEFAULT_MODEL)
        if not self.model_file.is_file():
            raise FileNotFoundError(
                f"there is no model file {self.model_file}; `--model lite` and the window's panel "
                "Model take the bundled one"
            )
        return self.model_file


def _check_number(name: str, value: object, low: float, high: float) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise ValueError(f"{name} must be a number from {low:g} to {high:g}, got {value!r}")
