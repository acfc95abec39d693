"""Image source: one image or a folder of images."""

import logging
from pathlib import Path

import av
import cv2
import numpy as np

from das_app.files.foreign_text import printable
from das_app.files.image_files import IMAGE_SUFFIXES, IMAGES_PER_S, VIDEO_CODED, list_images
from das_app.lens.intrinsics import Intrinsics
from das_app.lens.plausible_camera import MAX_PIXELS
from das_app.messaging.messages import Frame
from das_app.sources.frame_source import SourceError
from das_app.sources.picture_size import picture_size
from das_app.sources.upright import PixelShapes, Uprighter
from das_app.words.said import said

_MAX_FILE_BYTES = 512 << 20
_log = logging.getLogger(__name__)


class ImageSource:
    """The images at a path in natural order of their names; each has the size it has.

    Args:
        path: an image, or a folder that is searched with its sub-folders.
        intrinsics: lens they were taken with.
        fps: images per second.

    Raises:
        SourceError: if there is no image.
    """

    is_live = False

    def __init__(self, path: Path, intrinsics: Intrinsics, fps: float = IMAGES_PER_S) -> None:
        self.name, self.nominal_fps = path.name, fps
        self.intrinsics = intrinsics
        self._paths = list_images(path)
        if not self._paths:
            suffixes = ", ".join(sorted(IMAGE_SUFFIXES))
            raise SourceError(
                said(
                    "no image found at {path}; looked for {suffixes}", path=path, suffixes=suffixes
                )
            )
        self.num_frames: int | None = len(self._paths)
        self.duration_s: float | None = len(self._paths) / self.nominal_fps
        self._next_index = 0
        self._has_images = False

    def read(self) -> Frame | None:
        """The next image that can be decoded, others are logged; None after the last.

        Raises:
            SourceError: if not one image can be decoded.
        """
        while self._next_index < len(self._paths):
            index = self._next_index
            self._next_index += 1
            try:
                image = read_image(self._paths[index])
            except SourceError as error:
                _log.warning("%s", error)
                continue
            self._has_images = True
            camera = self.intrinsics.camera_for((image.shape[1], image.shape[0]))
            return Frame(index, index / self.nominal_fps, image, camera)
        if not self._has_images:
            raise SourceError(said("no image of {name} can be decoded", name=self.name))
        return None

    def seek(self, index: int) -> None:
        """Let the next image read be number `index`, or the last one when there are fewer."""
        self._next_index = min(index, len(self._paths) - 1)

    def index_at(self, time_s: float) -> int:
        """Number of the image that is on the screen at `time_s`."""
        return max(0, int(time_s * self.nominal_fps + 1e-6))

    def close(self) -> None:
        """Nothing is held open."""


def read_image(path: Path) -> np.ndarray:
    """Decode an image, upright as its EXIF says.

    Returns:
        (H, W, 3) uint8 RGB, read-only.

    Raises:
        SourceError: if the file is unreadable, no image, or of more than 100 million pixels.
    """
    shown = printable(str(path))
    try:
        if path.stat().st_size > _MAX_FILE_BYTES:
            raise SourceError(
                said(
                    "image {name} has more than {most} MiB",
                    name=shown,
                    most=_MAX_FILE_BYTES >> 20,
                )
            )
        if path.suffix.lower() in VIDEO_CODED:
            return _read_video_coded(path)
        data = np.fromfile(path, dtype=np.uint8)  # cv2.imread fails on some Windows paths
        size = picture_size(data.tobytes())
        if size is None:
            raise SourceError(said("image {name} cannot be decoded", name=shown))
        if size[0] * size[1] > MAX_PIXELS:
            raise SourceError(
                said(
                    "image {name} has {width} x {height} pixels, more than {most}",
                    name=shown,
                    width=size[0],
                    height=size[1],
                    most=MAX_PIXELS,
                )
            )
        image = cv2.imdecode(data, cv2.IMREAD_COLOR)
    except OSError as error:
        raise SourceError(
            said("image {name} cannot be read: {error}", name=shown, error=error)
        ) from error
    except (cv2.error, MemoryError) as error:
        raise SourceError(said("image {name} cannot be decoded", name=shown)) from error
    if image is None:
        raise SourceError(said("image {name} cannot be decoded", name=shown))
    rgb = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
    rgb.flags.writeable = False
    return rgb


def _read_video_coded(path: Path) -> np.ndarray:
    """The first picture of a container. Raises SourceError and OSError."""
    try:
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            if stream.codec_context.width * stream.codec_context.height > MAX_PIXELS:
                raise SourceError(
                    said("image {path} has more than {most} pixels", path=path, most=MAX_PIXELS)
                )
            return Uprighter()(PixelShapes(stream)(next(container.decode(stream))))
    except (av.error.FFmpegError, StopIteration, IndexError, ValueError) as error:
        raise SourceError(
            said("image {path} cannot be decoded", path=printable(str(path)))
        ) from error
