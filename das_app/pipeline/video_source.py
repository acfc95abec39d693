"""Video files through PyAV: every frame with its exact timestamp, turned upright."""

import logging
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np

from das_app.calibration import Intrinsics
from das_app.pipeline.frame_source import SourceError
from das_app.pipeline.messages import Frame

_log = logging.getLogger(__name__)


class VideoSource:
    """Frames of a video file in order of display.

    Args:
        path: video file.
        intrinsics: lens it was taken with.
        name: name to show; the file's own by default.

    Raises:
        SourceError: if the file is missing, is no video or has no picture track.
    """

    is_live = False

    def __init__(self, path: Path, intrinsics: Intrinsics, name: str | None = None) -> None:
        self.name = name or path.name
        self.intrinsics = intrinsics
        self._path = path
        self._container = _open(path)
        stream = self._container.streams.video[0]
        self.nominal_fps = float(stream.average_rate or stream.guessed_rate or 0)
        self.num_frames = stream.frames or None
        self._begin()

    def read(self) -> Frame | None:
        """The next frame; `time_s` is its position in the file. None at the end."""
        picture = next(self._pictures, None)
        if picture is None:
            return None
        image = _upright(picture)
        image.flags.writeable = False
        camera = self.intrinsics.camera_for((image.shape[1], image.shape[0]))
        frame = Frame(self._next_index, self._position_s(picture), image, camera)
        self._next_index += 1
        return frame

    def rewind(self) -> None:
        """Begin again at the first frame."""
        self._container.close()
        self._container = _open(self._path)
        self._begin()

    def close(self) -> None:
        """Release the file."""
        self._container.close()

    def _begin(self) -> None:
        self._next_index = 0
        self._first_s: float | None = None
        self._pictures = self._decode()

    def _decode(self) -> Iterator[av.VideoFrame]:
        """Pictures of the file; damaged packets are passed over and reported at the end."""
        stream = self._container.streams.video[0]
        stream.thread_type = "AUTO"
        num_damaged = num_pictures = 0
        for packet in self._container.demux(stream):
            try:
                pictures = packet.decode()
            except av.error.InvalidDataError:
                num_damaged += 1
                continue
            num_pictures += len(pictures)
            yield from pictures
        if num_damaged:
            _log.warning("%s: passed over %d damaged packets", self.name, num_damaged)
        if not num_pictures:
            raise SourceError(f"no picture of {self._path} can be decoded")

    def _position_s(self, picture: av.VideoFrame) -> float:
        if picture.time is None:
            return self._next_index / (self.nominal_fps or 30.0)
        if self._first_s is None:
            self._first_s = picture.time
        return picture.time - self._first_s


def _open(path: Path) -> av.container.InputContainer:
    if not path.is_file():
        raise SourceError(f"video file {path} does not exist")
    try:
        container = av.open(str(path))
    except (av.error.FFmpegError, OSError) as error:
        raise SourceError(f"{path} cannot be opened as a video: {error}") from error
    if not container.streams.video:
        container.close()
        raise SourceError(f"{path} has no picture track")
    return container


def _upright(picture: av.VideoFrame) -> np.ndarray:
    """(H, W, 3) RGB, turned by the rotation that the file asks for (counter-clockwise degrees)."""
    image = picture.to_ndarray(format="rgb24")
    quarter_turns = round(picture.rotation / 90) % 4
    return np.ascontiguousarray(np.rot90(image, quarter_turns)) if quarter_turns else image
