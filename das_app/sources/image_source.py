"""Photos: one image or a folder of them as a source, and the reading that scripts share."""

import logging
from pathlib import Path

import cv2
import numpy as np

from das_app.lens.intrinsics import Intrinsics
from das_app.messaging.messages import Frame
from das_app.sources.frame_source import SourceError

IMAGE_SUFFIXES = frozenset((".bmp", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"))
IMAGES_PER_S = 2.0  # a folder plays like slides
_log = logging.getLogger(__name__)


class ImageSource:
    """The images at a path, in order of their names; each has the size it has.

    Args:
        path: an image, or a folder that is searched with its sub-folders.
        intrinsics: lens they were taken with.

    Raises:
        SourceError: if there is no image.
    """

    is_live = False
    nominal_fps = IMAGES_PER_S

    def __init__(self, path: Path, intrinsics: Intrinsics) -> None:
        self.name = path.name
        self.intrinsics = intrinsics
        self._paths = list_images(path)
        if not self._paths:
            suffixes = ", ".join(sorted(IMAGE_SUFFIXES))
            raise SourceError(f"no image found at {path}; looked for {suffixes}")
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
            raise SourceError(f"no image of {self.name} can be decoded")
        return None

    def seek(self, index: int) -> None:
        """Let the next image read be number `index`, or the last one when there are fewer."""
        self._next_index = min(index, len(self._paths) - 1)

    def index_at(self, time_s: float) -> int:
        """Number of the image that is on the screen at `time_s`."""
        return max(0, int(time_s * self.nominal_fps + 1e-6))

    def close(self) -> None:
        """Nothing is held open."""


def list_images(path: Path) -> list[Path]:
    """The image at `path`, or all in that folder and below, sorted; empty if there is none."""
    candidates = sorted(path.rglob("*")) if path.is_dir() else [path]
    return [p for p in candidates if p.suffix.lower() in IMAGE_SUFFIXES and p.is_file()]


def read_image(path: Path) -> np.ndarray:
    """Decode an image, upright as its EXIF says.

    Returns:
        (H, W, 3) uint8 RGB, read-only.

    Raises:
        SourceError: if the file is unreadable or no image.
    """
    try:
        data = np.fromfile(path, dtype=np.uint8)  # cv2.imread fails on some Windows paths
    except OSError as error:
        raise SourceError(f"image {path} cannot be read: {error}") from error
    image = cv2.imdecode(data, cv2.IMREAD_COLOR) if data.size else None
    if image is None:
        raise SourceError(f"image {path} cannot be decoded")
    rgb = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
    rgb.flags.writeable = False
    return rgb
