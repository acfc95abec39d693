"""Opening of a source by its name: camera, file, folder, address or demo.

What reads the kinds is imported when one is opened: the window asks for the kind long before.
"""

import logging
from enum import StrEnum
from pathlib import Path

from das_app.files.bundled import bundled_file
from das_app.files.image_files import IMAGE_SUFFIXES, IMAGES_PER_S, list_images, natural_order
from das_app.lens.intrinsics import Intrinsics
from das_app.session.format import LOG_FILE
from das_app.sources.address_secrets import full_address
from das_app.sources.addresses import DEMO_SOURCE, is_address, shown_address
from das_app.sources.camera_controls import NOTHING_WANTED, Wanted
from das_app.sources.camera_devices import DEFAULT_MODE, CameraMode, list_cameras
from das_app.sources.frame_source import FrameSource, SourceError
from das_app.sources.turned_source import Turn, TurnedSource
from das_app.words.said import said

_log = logging.getLogger(__name__)
VIDEO_SUFFIXES = frozenset(
    (
        ".avi",
        ".m2ts",
        ".m4v",
        ".mkv",
        ".mov",
        ".mp4",
        ".mpeg",
        ".mpg",
        ".mts",
        ".ts",
        ".webm",
        ".wmv",
    )
)


class SourceKind(StrEnum):
    """Kind of a source; the values are for users."""

    DEMO = "the demo"
    CAMERA = "a camera"
    ADDRESS = "a network address"
    SESSION = "a session"
    IMAGES = "pictures"
    VIDEO = "a video"
    VIDEOS = "a folder of videos"


def source_kind(spec: str) -> SourceKind:
    """Kind of the source `spec`; whatever does not exist may be the name of a camera."""
    path = Path(spec).expanduser()
    if spec == DEMO_SOURCE:
        return SourceKind.DEMO
    if is_address(spec):
        return SourceKind.ADDRESS
    if spec.isdecimal() or not path.exists():
        return SourceKind.CAMERA
    if (path / LOG_FILE).is_file():
        return SourceKind.SESSION
    if not path.is_dir():
        is_image = path.suffix.lower() in IMAGE_SUFFIXES
        return SourceKind.IMAGES if is_image else SourceKind.VIDEO
    has_videos_only = not list_images(path) and bool(list_videos(path))
    return SourceKind.VIDEOS if has_videos_only else SourceKind.IMAGES


def list_videos(folder: Path) -> list[Path]:
    """Videos in a folder and below, in natural order; those of sessions are left out."""
    found = [
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in VIDEO_SUFFIXES
        and path.is_file()
        and not (path.parent / LOG_FILE).exists()
    ]
    return sorted(found, key=natural_order)


def require_fitting(
    kind: SourceKind,
    has_resolution: bool = False,
    has_fps: bool = False,
    has_slow_motion: bool = False,
    has_turn: bool = False,
    has_lens: bool = False,
) -> None:
    """Refuse options that do not apply to a source.

    Raises:
        ValueError: naming the option and what it is for.
    """
    if has_resolution and kind is not SourceKind.CAMERA:
        raise ValueError(f"--resolution is asked of a camera; the source is {kind}")
    if has_fps and kind not in (SourceKind.CAMERA, SourceKind.IMAGES):
        raise ValueError(
            f"--fps is asked of a camera or says the rate of pictures; the source is {kind}, "
            "which has its own times; --slow-motion says how many times slower it plays"
        )
    if has_slow_motion and kind not in (SourceKind.VIDEO, SourceKind.VIDEOS):
        raise ValueError(f"--slow-motion is for videos; the source is {kind}")
    if has_turn and kind is SourceKind.SESSION:
        raise ValueError("--turn is not for a session, whose pictures are turned already")
    if has_lens and kind is SourceKind.SESSION:
        raise ValueError("--fov and --intrinsics are not for a session, which holds its lens")


def open_source(
    spec: str,
    intrinsics: Intrinsics,
    mode: CameraMode = DEFAULT_MODE,
    images_per_s: float = IMAGES_PER_S,
    slow_motion: float = 1.0,
    turn: Turn = Turn.NONE,
    controls: Wanted = NOTHING_WANTED,
) -> FrameSource:
    """Open what `spec` names.

    Args:
        spec: camera index or name, video file, image, folder of images, session with a video,
            address, or `demo`. A session brings its own lens.
        intrinsics: lens of the source.
        mode: asked of a camera.
        images_per_s: rate of a folder of images.
        slow_motion: how many times slower a video file plays than it was filmed.
        turn: of its pictures; not of a session, whose pictures are recorded as they were turned.
        controls: wanted of a camera.

    Raises:
        SourceError: if there is no such thing or it cannot be opened.
    """
    source = _open_unturned(spec, intrinsics, mode, images_per_s, slow_motion, controls)
    has_turn = turn is not Turn.NONE and source_kind(spec) is not SourceKind.SESSION
    return TurnedSource(source, turn) if has_turn else source


def source_key(spec: str) -> str:
    """What a source is known by from one run to the next; empty for a session, which holds all
    that is known of it. A camera is known by its name, its number changes."""
    kind = source_kind(spec)
    if kind is SourceKind.SESSION:
        return ""
    if kind is SourceKind.CAMERA:
        names = (d.name for d in list_cameras() if str(d.index) == spec)
        return next(names, f"camera {spec}") if spec.isdecimal() else shown_address(spec)
    if kind in (SourceKind.DEMO, SourceKind.ADDRESS):
        return shown_address(spec)
    return str(Path(spec).expanduser().resolve())


def _open_unturned(
    spec: str,
    intrinsics: Intrinsics,
    mode: CameraMode,
    images_per_s: float,
    slow_motion: float,
    controls: Wanted,
) -> FrameSource:
    from das_app.session.frames import open_session_video
    from das_app.sources.camera_source import open_camera
    from das_app.sources.image_source import ImageSource
    from das_app.sources.stream_source import open_address
    from das_app.sources.video_source import VideoSource

    kind = source_kind(spec)
    if kind is SourceKind.DEMO:
        return VideoSource(_demo_clip(), intrinsics, name="demo")
    if kind is SourceKind.CAMERA:
        index = int(spec) if spec.isdecimal() else _camera_named(spec)
        return open_camera(index, intrinsics, mode, controls=controls)
    if kind is SourceKind.ADDRESS:
        return open_address(full_address(spec), intrinsics)
    path = Path(spec).expanduser()
    if kind is SourceKind.SESSION:
        return open_session_video(path)
    if kind is SourceKind.IMAGES:
        if path.is_dir() and (videos := list_videos(path)):
            _log.warning("%s: its %d videos are passed over; name them", path, len(videos))
        return ImageSource(path, intrinsics, images_per_s)
    if kind is SourceKind.VIDEOS:
        raise SourceError(
            said(
                "{path} is a folder of videos; name one of them, or make a session of "
                "each with `das-app capture`",
                path=path,
            )
        )
    return VideoSource(path, intrinsics, slow_motion=slow_motion)


def _camera_named(spec: str) -> int:
    for device in list_cameras():
        if device.name.casefold() == spec.casefold():
            return device.index
    raise SourceError(
        said(
            "source {spec} is neither the index or name of a camera, nor "
            "{demo}, nor an address such as rtsp://host/path, nor an existing "
            "file or folder",
            spec=shown_address(spec),
            demo=DEMO_SOURCE,
        )
    )


def _demo_clip() -> Path:
    try:
        return bundled_file("clips", "demo.mp4")
    except FileNotFoundError as error:
        raise SourceError(str(error)) from error
