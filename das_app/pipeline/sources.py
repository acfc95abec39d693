"""From what the user names to a source of frames."""

from pathlib import Path

from das_app.calibration import Intrinsics
from das_app.pipeline.camera_source import CameraSource
from das_app.pipeline.frame_source import FrameSource, SourceError
from das_app.pipeline.image_source import IMAGE_SUFFIXES, ImageSource
from das_app.pipeline.video_source import VideoSource
from das_app.settings import DEMO_SOURCE, bundled_file


def open_source(spec: str, intrinsics: Intrinsics) -> FrameSource:
    """Open what `spec` names.

    Args:
        spec: camera index, video file, image, folder of images, or `demo`.
        intrinsics: lens of the source.

    Raises:
        SourceError: if there is no such thing or it cannot be opened.
    """
    if spec == DEMO_SOURCE:
        return VideoSource(_demo_clip(), intrinsics, name="demo")
    if spec.isdecimal():
        return CameraSource(int(spec), intrinsics)
    path = Path(spec).expanduser()
    if not path.exists():
        raise SourceError(
            f"source {spec} is neither a camera index, nor {DEMO_SOURCE}, nor an existing file "
            "or folder"
        )
    if path.is_dir() or path.suffix.lower() in IMAGE_SUFFIXES:
        return ImageSource(path, intrinsics)
    return VideoSource(path, intrinsics)


def _demo_clip() -> Path:
    try:
        return bundled_file("clips", "demo.mp4")
    except FileNotFoundError as error:
        raise SourceError(str(error)) from error
