"""Settings of the application, in groups that are the tables of the settings file.

A new setting is a field of its group here: its type says how it is checked, read and written.
"""

import re
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

import platformdirs

from das_app.files.bundled import bundled_file
from das_app.files.user_folders import cache_folder
from das_app.lens.calibration_files import load_intrinsics
from das_app.lens.intrinsics import Intrinsics, LensOrigin
from das_app.motion.faces import FaceHiding
from das_app.motion.ignored import MAX_MM, Ignored, zone_of, zone_text
from das_app.motion.smoothing import DISTANCE_STRENGTH, LIMB_STRENGTH, SmoothingConfig
from das_app.motion.temporal_filter import PeopleOptions
from das_app.motion.tracking import TrackingConfig
from das_app.settings.checked_fields import between, check_fields
from das_app.sources.addresses import DEMO_SOURCE, shown_address
from das_app.sources.camera_controls import Control, wanted_from
from das_app.sources.camera_devices import CameraMode, CameraVideo
from das_app.sources.turned_source import Turn
from das_model.camera import DEFAULT_FOV_DEG
from das_model.inference.estimate import (
    DEFAULT_MIN_SCORE,
    Device,
    EstimatorOptions,
    Precision,
)
from das_model.inference.mode import Mode

DEFAULT_MODEL, THUNDER = "das-lite.onnx", "movenet-thunder.onnx"
MAX_RECENT = 8
MIN_INPUT_SCALE, GREATEST_INPUT_SCALE = 0.5, 1.5


class Look(StrEnum):
    """Dark or light frame of the window."""

    SYSTEM = "system"
    DARK = "dark"
    LIGHT = "light"


class Language(StrEnum):
    """What the window speaks; the system's language where there is a translation."""

    SYSTEM = "system"
    ENGLISH = "en"
    GERMAN = "de"


class Panes(StrEnum):
    """Layout of image and 3D view."""

    BESIDE = "beside"
    SCENE = "scene"
    PICTURE = "picture"
    INSET = "inset"


class OutputContent(StrEnum):
    """Content of the clean output."""

    PEOPLE = "people"
    PICTURE = "picture"


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """Source and its reading.

    Args:
        name: camera index or name, video file, image, folder of images, address, or `demo`.
        is_looping: files begin again at their end.
        resolution: requested of cameras, WIDTHxHEIGHT.
        camera_fps: frames per second requested of cameras.
        recent: files and addresses opened last, newest first.

    Raises:
        ValueError: if a value is of the wrong type or out of range.
    """

    name: str = DEMO_SOURCE
    is_looping: bool = True
    resolution: str = "1280x720"
    camera_fps: float = between(30.0, 1.0, 1000.0)
    recent: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_fields(self)
        if not self.name:
            raise ValueError("name of the source must not be empty")
        self.camera_mode()

    def camera_mode(self) -> CameraMode:
        """Requested mode of cameras."""
        return CameraMode.from_text(self.resolution, self.camera_fps)

    def with_recent(self, name: str) -> "SourceSettings":
        """These settings with `name` as the one opened last; cameras and the demo are not
        kept in the list, which the window offers anyway."""
        if name == DEMO_SOURCE or name.isdecimal():
            return self
        shown = shown_address(name)
        others = [other for other in self.recent if shown_address(other) != shown]
        return replace(self, recent=(name, *others)[:MAX_RECENT])


@dataclass(frozen=True, slots=True)
class LensSettings:
    """Lens of the source that is open; kept with the source.

    Args:
        fov_deg: field of view of the longer side in degrees; used without `file`.
        origin: how `fov_deg` came to be known.
        file: calibration of the camera, or None.
        camera: which camera of a calibration with several; empty for the one.

    Raises:
        ValueError: if a value is of the wrong type or out of range.
    """

    fov_deg: float = between(DEFAULT_FOV_DEG, 2.0, 178.0)
    origin: LensOrigin = LensOrigin.ASSUMED
    file: Path | None = None
    camera: str = ""

    def __post_init__(self) -> None:
        check_fields(self)

    def intrinsics(self) -> Intrinsics:
        """The lens these settings describe. Raises ValueError for a broken calibration file."""
        if self.file is not None:
            return load_intrinsics(self.file, self.camera or None)
        return Intrinsics(self.fov_deg, origin=self.origin)


@dataclass(frozen=True, slots=True)
class CameraSettings:
    """How the camera of the source that is open stands and is seen; kept with the source.

    Args:
        turn_deg: degrees by which pictures are turned clockwise, before model and lens.
        is_mirrored: the picture is shown as in a mirror; None does so for a webcam. The data is
            never mirrored.
        controls: wanted of a camera's controls, as `wanted_texts` writes them.

    Raises:
        ValueError: if a value is of the wrong type, no quarter turn or no control.
    """

    turn_deg: int = 0
    is_mirrored: bool | None = None
    controls: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_fields(self)
        if self.turn_deg not in list(Turn):
            raise ValueError(f"turn_deg must be 0, 90, 180 or 270, got {self.turn_deg}")
        wanted_from(self.controls)

    @property
    def turn(self) -> Turn:
        """Rotation of the images."""
        return Turn(self.turn_deg)

    def wanted(self) -> dict[Control, float | None]:
        """Requested values of the controls."""
        return wanted_from(self.controls)


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """The model and how it works.

    Args:
        file: ONNX model, or None for the bundled one.
        device: what the model runs on; `auto` is TensorRT where it is installed, else CUDA where
            it works, else the CPU by ONNX Runtime.
        mode: whether the model looks a second time at people, see `Mode`.
        input_scale: side of the model's input as a share of the nominal one; its square is the
            share of the nominal cost.
        precision: numbers that the model computes with on a graphics card.

    Raises:
        ValueError: if a value is of the wrong type or out of range.
    """

    file: Path | None = None
    device: Device = Device.AUTO
    mode: Mode = Mode.AUTO
    input_scale: float = between(1.0, MIN_INPUT_SCALE, GREATEST_INPUT_SCALE)
    precision: Precision = Precision.FLOAT32

    def __post_init__(self) -> None:
        check_fields(self)

    def path(self) -> Path:
        """The model to load. Raises FileNotFoundError when it is not there."""
        if self.file is None:
            return bundled_file("models", DEFAULT_MODEL)
        if not self.file.is_file():
            raise FileNotFoundError(
                f"there is no model file {self.file}; `--model lite` and the window's panel "
                "Model take the bundled one"
            )
        return self.file


@dataclass(frozen=True, slots=True)
class PeopleSettings:
    """Display and temporal filter of people.

    Args:
        min_score: people below this score are not shown.
        is_smoothing: show people smoothed over time; the raw pose is kept all the same.
        distance_smoothing: strength for people's distance along the ray, 0 (off) to 1.
        limb_smoothing: strength for all else, 0 (off) to 1.
        has_steady_bones: give each bone of a person one steady length.

    Raises:
        ValueError: if a value is of the wrong type or out of range.
    """

    min_score: float = between(DEFAULT_MIN_SCORE, 0.0, 1.0)
    is_smoothing: bool = True
    distance_smoothing: float = between(DISTANCE_STRENGTH, 0.0, 1.0)
    limb_smoothing: float = between(LIMB_STRENGTH, 0.0, 1.0)
    has_steady_bones: bool = True

    def __post_init__(self) -> None:
        check_fields(self)

    def options(self) -> PeopleOptions:
        """Tracking and smoothing that these settings describe."""
        smoothing = SmoothingConfig(self.distance_smoothing, self.limb_smoothing)
        return PeopleOptions(
            TrackingConfig(birth_score=self.min_score),
            self.min_score,
            smoothing if self.is_smoothing else None,
            self.has_steady_bones,
        )


@dataclass(frozen=True, slots=True)
class IgnoredSettings:
    """Ignored places of a source.

    Args:
        zones: of the picture, as `zone_text` writes them.
        nearest_m: nearer people are left out; 0 for no limit.
        farthest_m: further people are left out; 0 for no limit.

    Raises:
        ValueError: if a value is of the wrong type or out of range.
    """

    zones: tuple[str, ...] = ()
    nearest_m: float = between(0.0, 0.0, MAX_MM / 1e3)
    farthest_m: float = between(0.0, 0.0, MAX_MM / 1e3)

    def __post_init__(self) -> None:
        check_fields(self)
        self.places()

    @staticmethod
    def of(places: Ignored) -> "IgnoredSettings":
        """The settings that say so."""
        near_mm, far_mm = places.nearest_mm, places.farthest_mm
        zones = tuple(map(zone_text, places.zones))
        return IgnoredSettings(zones, (near_mm or 0.0) / 1e3, (far_mm or 0.0) / 1e3)

    def places(self) -> Ignored:
        """The ignored places as values."""
        zones = tuple(map(zone_of, self.zones))
        return Ignored(zones, 1e3 * self.nearest_m or None, 1e3 * self.farthest_m or None)


@dataclass(frozen=True, slots=True)
class ViewSettings:
    """The window and what is drawn in it.

    Args:
        look: of the window.
        layout: places and sizes of the window's parts, as Qt packs them; empty for the default.
        windows: panes in windows of their own, and where, as `PaneLayouts.packed` has them.
        has_seen_welcome: the hints of the first start were put away.
        has_labels: id, confidence and distance stand by each person in the picture.
        has_trails: people's last moments are drawn.
        has_offsets: arrows from roots to joints are drawn.
        has_heat_map: the model's centre confidence is drawn.
        has_depth: people over the picture are as in the 3D view, the nearer hide those behind.
        has_shadows: people throw shadows in the 3D view.
        has_picture: people stand on their picture; else on a plain one.
        faces: what takes the place of faces, in what is shown and in what is recorded.
        language: of the window, from its next start.
        has_frustum: the live picture stands on the camera in the 3D view.
        has_bodies: people of the 3D view are bodies, else thin skeletons; over the picture with
            depth as well.
        panes: how picture and 3D view share the window.
        kept_views: of the 3D view, as `view_keys.pose_text` writes them.

    Raises:
        ValueError: if a value is of the wrong type or out of range.
    """

    look: Look = Look.SYSTEM
    layout: str = ""
    windows: tuple[str, ...] = ()
    has_seen_welcome: bool = False
    has_labels: bool = True
    has_trails: bool = False
    has_offsets: bool = False
    has_heat_map: bool = False
    has_depth: bool = False
    has_shadows: bool = True
    has_frustum: bool = True
    has_bodies: bool = True
    panes: Panes = Panes.BESIDE
    kept_views: tuple[str, ...] = ()
    has_picture: bool = True
    faces: FaceHiding = FaceHiding.NONE
    language: Language = Language.SYSTEM

    def __post_init__(self) -> None:
        check_fields(self)


@dataclass(frozen=True, slots=True)
class RecordingSettings:
    """Sessions on disk.

    Args:
        folder: where recordings go, or None for the default place.
        has_video: recordings hold the pictures, too.
        countdown_s: seconds from the button to the beginning.
        stop_after_s: a recording ends by itself after so many seconds; 0 for never.
        stop_empty_s: a recording ends by itself when nobody was there so long; 0 for never.
        microphone: whose sound goes into the video; empty for none.
        camera_video: what becomes of the JPEG files of a camera that gives such.

    Raises:
        ValueError: if a value is of the wrong type or out of range.
    """

    folder: Path | None = None
    has_video: bool = True
    countdown_s: float = between(0.0, 0.0, 60.0)
    stop_after_s: float = between(0.0, 0.0, 86_400.0)
    stop_empty_s: float = between(0.0, 0.0, 3600.0)
    microphone: str = ""
    camera_video: CameraVideo = CameraVideo.AUTO

    def __post_init__(self) -> None:
        check_fields(self)

    def sessions_path(self) -> Path:
        """The folder that recordings go to; it may not exist yet."""
        if self.folder is not None:
            return self.folder
        return platformdirs.user_documents_path() / "DAS Capture"


@dataclass(frozen=True, slots=True)
class StreamingSettings:
    """Streams to other programs.

    Args:
        targets: where each protocol was streamed to last, as `StreamTarget` writes it.
        remote: where the remote control listened last, likewise; empty for the usual place.

    Raises:
        ValueError: if a value is of the wrong type.
    """

    targets: tuple[str, ...] = ()
    remote: str = ""

    def __post_init__(self) -> None:
        check_fields(self)


@dataclass(frozen=True, slots=True)
class OutputSettings:
    """The clean output for other programs and projectors.

    Args:
        content: what it shows.
        ground: colour behind people, such as `#00b140`; empty for none.
        size: in pixels, WIDTHxHEIGHT, both even.

    Raises:
        ValueError: if a value is of the wrong type or out of range.
    """

    content: OutputContent = OutputContent.PEOPLE
    ground: str = "#00b140"
    size: str = "1280x720"

    def __post_init__(self) -> None:
        check_fields(self)
        if self.ground and not re.fullmatch(r"#[0-9a-fA-F]{6}", self.ground):
            raise ValueError(f"ground must be a colour such as #00b140, got {self.ground!r}")
        self.size_px()

    def size_px(self) -> tuple[int, int]:
        """Width and height."""
        found = re.fullmatch(r"(\d{2,4})x(\d{2,4})", self.size)
        width, height = map(int, found.groups()) if found else (0, 0)
        if not (64 <= width <= 7680 and 64 <= height <= 4320) or width % 2 or height % 2:
            raise ValueError(f"size must be as 1280x720, even, got {self.size!r}")
        return width, height


SettingsGroup = (
    SourceSettings
    | LensSettings
    | CameraSettings
    | ModelSettings
    | PeopleSettings
    | IgnoredSettings
    | ViewSettings
    | RecordingSettings
    | StreamingSettings
    | OutputSettings
)


@dataclass(frozen=True, slots=True)
class AppSettings:
    """Settings of a run of the application, a group for each table of the settings file.

    `lens`, `camera` and `ignored` are of the source that is open and stand in a file of that
    source, see `SourceSetups`.
    """

    source: SourceSettings = field(default_factory=SourceSettings)
    lens: LensSettings = field(default_factory=LensSettings)
    camera: CameraSettings = field(default_factory=CameraSettings)
    model: ModelSettings = field(default_factory=ModelSettings)
    people: PeopleSettings = field(default_factory=PeopleSettings)
    view: ViewSettings = field(default_factory=ViewSettings)
    recording: RecordingSettings = field(default_factory=RecordingSettings)
    streaming: StreamingSettings = field(default_factory=StreamingSettings)
    output: OutputSettings = field(default_factory=OutputSettings)
    ignored: IgnoredSettings = field(default_factory=IgnoredSettings)

    def __post_init__(self) -> None:
        check_fields(self)

    def people_options(self) -> PeopleOptions:
        """Options of the temporal filter."""
        return replace(self.people.options(), ignored=self.ignored.places())

    def estimator_options(self) -> EstimatorOptions:
        """Options of the estimator; with candidates for the tracker.

        Raises:
            FileNotFoundError: if the network of the second look is not there.
        """
        return EstimatorOptions(
            device=self.model.device,
            precision=self.model.precision,
            engine_folder=cache_folder() / "engines",
            min_score=self.people.min_score,
            has_candidates=True,
            input_scale=self.model.input_scale,
            has_centre_map=self.view.has_heat_map,
            mode=self.model.mode,
            thunder_file=bundled_file("models", THUNDER),
        )
