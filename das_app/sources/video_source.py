"""Video files through PyAV: every frame with its exact timestamp, turned upright, any of them
sought by its number."""

import bisect
import itertools
import logging
from collections import deque
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np

from das_app.lens.intrinsics import Intrinsics
from das_app.messaging.messages import Frame
from das_app.sources.addresses import without_password
from das_app.sources.frame_source import SourceError

OPEN_TIMEOUT_S, READ_TIMEOUT_S = 5.0, 2.0  # of a network address
_KEPT_BYTES, _MAX_KEPT = 64 << 20, 48  # decoded pictures kept for stepping back
_log = logging.getLogger(__name__)


class VideoSource:
    """Frames of a video in order of display.

    The first place sought makes a list of the timestamps of all frames, without decoding them;
    from then on a seek costs the decoding from the key frame before it. Single frames back cost
    nothing most of the time, as the last pictures are kept.

    Args:
        location: video file, or the address of one; of an address no place can be sought.
        intrinsics: lens it was taken with.
        name: name to show; the file's own by default.

    Raises:
        SourceError: if the file is missing, is no video or has no picture track.
    """

    is_live = False

    def __init__(
        self, location: Path | str, intrinsics: Intrinsics, name: str | None = None
    ) -> None:
        self.name = name or Path(location).name
        self.intrinsics = intrinsics
        self._location = location
        self._container = open_video(location)
        stream = self._container.streams.video[0]
        self.nominal_fps = float(stream.average_rate or stream.guessed_rate or 0)
        self.num_frames = stream.frames or None
        self.duration_s = _duration_s(self._container) if isinstance(location, Path) else None
        self._stamps: list[int] | None = None  # of all frames; empty where the file has none
        self._first_stamp: int | None = None
        self._begin()

    def read(self) -> Frame | None:
        """The next frame; `time_s` is its position in the file. None at the end."""
        num_back = self._decoded_index - self._next_index
        picture = self._kept[-num_back] if num_back else self._next_picture()
        if picture is None:
            return None
        image = upright(picture)
        camera = self.intrinsics.camera_for((image.shape[1], image.shape[0]))
        frame = Frame(self._next_index, self._position_s(picture), image, camera)
        self._next_index += 1
        return frame

    def seek(self, index: int) -> None:
        """Let the next frame read be number `index`, or the last one when there are fewer.

        Raises:
            SourceError: for another index than 0 of an address.
        """
        if index > 0 and self.duration_s is None:
            raise SourceError(f"{self.name}: no place can be sought, got frame {index}")
        stamps = self._timestamps() if index > 0 else []
        if stamps:
            index = min(index, len(stamps) - 1)
        is_near = self._decoded_index - len(self._kept) <= index <= self._decoded_index
        if not is_near and not (stamps and self._jump(stamps, index)):
            self._begin_again()
        while self._decoded_index <= index and self._next_picture() is not None:
            pass
        self._next_index = min(index, max(0, self._decoded_index - 1))

    def index_at(self, time_s: float) -> int:
        """Number of the frame that is on the screen at `time_s` of the file."""
        stamps = self._timestamps() if self.duration_s is not None else []
        if not stamps:
            return max(0, int(time_s * self.nominal_fps + 1e-6))
        time_base = self._container.streams.video[0].time_base
        stamp = stamps[0] + round(time_s / time_base)
        return max(0, bisect.bisect_right(stamps, stamp) - 1)

    def close(self) -> None:
        """Release the file."""
        self._container.close()

    def _begin(self) -> None:
        self._next_index = self._decoded_index = 0  # of the next frame read, and decoded
        self._kept: deque[av.VideoFrame] = deque(maxlen=_MAX_KEPT)  # up to the last decoded
        self._pictures = self._decode()

    def _begin_again(self) -> None:
        self._container.close()
        self._container = open_video(self._location)
        self._begin()

    def _next_picture(self) -> av.VideoFrame | None:
        """Decode and keep one more picture."""
        picture = next(self._pictures, None)
        if picture is not None:
            self._position_s(picture)
            self._decoded_index += 1
            self._kept.append(picture)
            size_bytes = sum(plane.buffer_size for plane in picture.planes)
            while len(self._kept) > max(1, _KEPT_BYTES // size_bytes):
                self._kept.popleft()
        return picture

    def _jump(self, stamps: list[int], index: int) -> bool:
        """Go on decoding at the key frame before frame `index`; False where there is none."""
        self._container.seek(stamps[index], stream=self._container.streams.video[0])
        pictures = self._decode()
        try:
            first = next(pictures, None)
        except SourceError:
            return False
        if first is None or first.pts is None or first.pts > stamps[index]:
            return False
        self._kept.clear()
        self._pictures = itertools.chain((first,), pictures)
        self._decoded_index = bisect.bisect_left(stamps, first.pts)
        return True

    def _decode(self) -> Iterator[av.VideoFrame]:
        """Pictures of the file; damaged packets are passed over and reported at the end."""
        stream = self._container.streams.video[0]
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
            location = without_password(str(self._location))
            raise SourceError(f"no picture of {location} can be decoded")

    def _timestamps(self) -> list[int]:
        """Timestamps of all frames in order of display; empty where packets have none."""
        if self._stamps is None:
            with open_video(self._location) as container:
                packets = container.demux(container.streams.video[0])
                stamps = [p.pts for p in packets if p.size and not p.is_discard]
            self._stamps = [] if None in stamps else sorted(stamps)
        return self._stamps

    def _position_s(self, picture: av.VideoFrame) -> float:
        if picture.pts is None:
            return self._next_index / (self.nominal_fps or 30.0)
        if self._first_stamp is None:
            self._first_stamp = self._stamps[0] if self._stamps else picture.pts
        return float((picture.pts - self._first_stamp) * picture.time_base)


def open_video(location: Path | str, is_live: bool = False) -> av.container.InputContainer:
    """Open a file or an address.

    Args:
        location: of the video.
        is_live: hold no frames back, which decoding several at a time would.

    Raises:
        SourceError: if it is missing, silent for 5 s, no video, or has no picture track.
    """
    if isinstance(location, Path) and not location.is_file():
        raise SourceError(f"video file {location} does not exist")
    shown = without_password(str(location))
    try:
        container = _open(location, is_live)
    except (av.error.FFmpegError, OSError) as error:
        reason = f"{shown} cannot be opened as a video: {error.strerror}"
        raise SourceError(reason) from None  # the error itself tells the password
    if not container.streams.video:
        container.close()
        raise SourceError(f"{shown} has no picture track")
    container.streams.video[0].thread_type = "SLICE" if is_live else "AUTO"
    return container


def upright(picture: av.VideoFrame) -> np.ndarray:
    """(H, W, 3) uint8 RGB, read-only, turned by the rotation that the file asks for."""
    image = picture.to_ndarray(format="rgb24")
    quarter_turns = round(picture.rotation / 90) % 4  # counter-clockwise
    if quarter_turns:
        image = np.ascontiguousarray(np.rot90(image, quarter_turns))
    image.flags.writeable = False
    return image


def _open(location: Path | str, is_live: bool) -> av.container.InputContainer:
    if isinstance(location, Path):
        return av.open(str(location))
    options = {"rtsp_transport": "tcp"} if location.lower().startswith("rtsp") else {}
    if is_live:
        options["fflags"] = "nobuffer"
    return av.open(location, timeout=(OPEN_TIMEOUT_S, READ_TIMEOUT_S), options=options)


def _duration_s(container: av.container.InputContainer) -> float:
    """Length as the file says; of what is only guessed, the number of frames decides."""
    stream = container.streams.video[0]
    if stream.duration:
        return float(stream.duration * stream.time_base)
    return (container.duration or 0) / av.time_base
