"""From what the user names to a source of frames."""

from pathlib import Path

from das_app.files.bundled import bundled_file
from das_app.lens.intrinsics import Intrinsics
from das_app.session.format import LOG_FILE
from das_app.session.frames import open_session_video
from das_app.sources.addresses import DEMO_SOURCE, is_address
from das_app.sources.camera_devices import USUAL_MODE, CameraMode, list_cameras
from das_app.sources.camera_source import open_camera
from das_app.sources.frame_source import FrameSource, SourceError
from das_app.sources.image_source import IMAGE_SUFFIXES, ImageSource
from das_app.sources.stream_source import open_address
from das_app.sources.video_source import VideoSource


def open_source(
    spec: str, intrinsics: Intrinsics, mode: CameraMode = USUAL_MODE
) -> FrameSource:
    """Open what `spec` names.

    Args:
        spec: camera index or name, video file, image, folder of images, session with a video,
            address, or `demo`. A session brings its own lens.
        intrinsics: lens of the source.
        mode: asked of a camera.

    Raises:
        SourceError: if there is no such thing or it cannot be opened.
    """
    if spec == DEMO_SOURCE:
        return VideoSource(_demo_clip(), intrinsics, name="demo")
    if spec.isdecimal():
        return open_camera(int(spec), intrinsics, mode)
    if is_address(spec):
        return open_address(spec, intrinsics)
    path = Path(spec).expanduser()
    if not path.exists():
        return open_camera(_camera_named(spec), intrinsics, mode)
    if (path / LOG_FILE).is_file():
        return open_session_video(path)
    if path.is_dir() or path.suffix.lower() in IMAGE_SUFFIXES:
        return ImageSource(path, intrinsics)
    return VideoSource(path, intrinsics)


def _camera_named(spec: str) -> int:
    for device in list_cameras():
        if device.name.casefold() == spec.casefold():
            return device.index
    raise SourceError(
        f"source {spec} is neither the index or name of a camera, nor {DEMO_SOURCE}, nor an "
        "address such as rtsp://host/path, nor an existing file or folder"
    )


def _demo_clip() -> Path:
    try:
        return bundled_file("clips", "demo.mp4")
    except FileNotFoundError as error:
        raise SourceError(str(error)) from error
