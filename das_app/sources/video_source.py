"""Video files through PyAV: every frame with its exact timestamp, turned upright, any of them
sought by its number."""

import bisect
import itertools
import logging
from collections import deque
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av

from das_app.lens.intrinsics import Intrinsics
from das_app.messaging.messages import Frame
from das_app.sources.addresses import shown_address
from das_app.sources.file_clock import MAX_STEP_S, FileClock
from das_app.sources.frame_source import SourceError
from das_app.sources.upright import PixelShapes, ShapedPicture, Uprighter, container_crop
from das_app.words.said import said

OPEN_TIMEOUT_S, READ_TIMEOUT_S = 5.0, 2.0  # of a network address
_KEPT_BYTES, _MAX_KEPT = 64 << 20, 48  # decoded pictures kept for stepping back
_MAX_FPS, _DEFAULT_FPS, _DEFAULT_TIME_BASE = 10_000, 30.0, Fraction(1, 90_000)
_ROUNDING_S = 1e-6
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
        slow_motion: how many times slower the file plays than it was filmed.

    Attributes:
        file: the video; None for an address.
        slow_motion: as given.

    Raises:
        SourceError: if the file is missing, is no video or has no picture track.
    """

    is_live = False

    def __init__(
        self,
        location: Path | str,
        intrinsics: Intrinsics,
        name: str | None = None,
        slow_motion: float = 1.0,
    ) -> None:
        self.name = name or Path(location).name
        self.intrinsics = intrinsics
        self._location = location
        self.file = location if isinstance(location, Path) else None
        self._container = open_video(location)
        self._upright = Uprighter(container_crop(self._container))
        stream = self._container.streams.video[0]
        self._file_fps = _nominal_fps(stream)
        self.nominal_fps, self.slow_motion = self._file_fps * slow_motion, slow_motion
        self.num_frames = stream.frames or None
        self.duration_s = None
        if isinstance(location, Path):
            self.duration_s = _duration_s(self._container) / slow_motion
        self._stamps: list[int] | None = None  # of all frames; empty where the file has none
        self._times_s: list[float] = []  # of the same
        self._clock = self._new_clock(stream)
        self._begin()
        if self.duration_s is not None and _counts_from_before(self._container):
            self._timestamps()

    def read(self) -> Frame | None:
        """The next frame; `time_s` is its position in the file. None at the end."""
        num_back = self._decoded_index - self._next_index
        shaped = self._kept[-num_back] if num_back else self._next_picture()
        if shaped is None:
            return None
        picture, image = shaped.picture, self._upright(shaped)
        camera = self.intrinsics.camera_for((image.shape[1], image.shape[0]))
        note = "" if picture.pts is None else self._jump_note(picture.pts)
        frame = Frame(self._next_index, self._position_s(picture), image, camera, note)
        self._next_index += 1
        return frame

    def seek(self, index: int) -> None:
        """Let the next frame read be number `index`, or the last one when there are fewer.

        Raises:
            SourceError: for another index than 0 of an address.
        """
        if index > 0 and self.duration_s is None:
            raise SourceError(
                said(
                    "{name}: no place can be sought, got frame {index}",
                    name=self.name,
                    index=index,
                )
            )
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
        return max(0, bisect.bisect_right(self._times_s, time_s + _ROUNDING_S) - 1)

    def close(self) -> None:
        """Release the file."""
        self._container.close()

    def _begin(self) -> None:
        self._next_index = self._decoded_index = 0  # of the next frame read, and decoded
        self._kept: deque[ShapedPicture] = deque(maxlen=_MAX_KEPT)  # up to the last decoded
        self._shaped = PixelShapes(self._container.streams.video[0])
        self._pictures = self._decode()

    def _begin_again(self) -> None:
        self._container.close()
        self._container = open_video(self._location)
        self._begin()

    def _next_picture(self) -> ShapedPicture | None:
        """Decode and keep one more picture."""
        shaped = next(self._pictures, None)
        if shaped is not None:
            picture = shaped.picture
            if picture.pts is not None and self._stamps is None:
                self._clock.learn((picture.pts,))
            self._decoded_index += 1
            self._kept.append(shaped)
            size_bytes = sum(plane.buffer_size for plane in picture.planes)
            while len(self._kept) > max(1, _KEPT_BYTES // size_bytes):
                self._kept.popleft()
        return shaped

    def _jump(self, stamps: list[int], index: int) -> bool:
        """Go on decoding at the key frame before frame `index`; False where there is none."""
        pictures = self._decode()
        try:
            self._container.seek(stamps[index], stream=self._container.streams.video[0])
            first = next(pictures, None)
        except (SourceError, av.error.FFmpegError):
            return False
        stamp = None if first is None else first.picture.pts
        if first is None or stamp is None or stamp > stamps[index]:
            return False
        self._kept.clear()
        self._pictures = itertools.chain((first,), pictures)
        self._decoded_index = bisect.bisect_left(stamps, stamp)
        return True

    def _decode(self) -> Iterator[ShapedPicture]:
        """Pictures of the file; damaged packets are passed over and reported at the end.

        Raises:
            SourceError: if not one can be decoded, or a server breaks off.
        """
        stream = self._container.streams.video[0]
        num_damaged = num_pictures = 0
        for packet in packets_of(self._container, stream):
            try:
                pictures = packet.decode()
            except av.error.FFmpegError:
                num_damaged += 1
                continue
            num_pictures += len(pictures)
            yield from map(self._shaped, pictures)
        if num_damaged:
            _log.warning("%s: passed over %d damaged packets", self.name, num_damaged)
        if not num_pictures:
            location = shown_address(str(self._location))
            raise SourceError(said("no picture of {location} can be decoded", location=location))

    def _timestamps(self) -> list[int]:
        """Timestamps of all frames in order of display; empty where packets have none."""
        if self._stamps is None:
            with open_video(self._location) as container:
                packets = packets_of(container, container.streams.video[0])
                all_stamps = [p.pts for p in packets if p.size and not p.is_discard]
            stamps = [stamp for stamp in all_stamps if stamp is not None]
            self._stamps = sorted(stamps) if len(stamps) == len(all_stamps) else []
            if self._stamps:
                self._clock = self._new_clock(self._container.streams.video[0])
                self._clock.learn(self._stamps)
                self._times_s = [self._clock.time_s(stamp) for stamp in self._stamps]
                if self._clock.has_jumped or _counts_from_before(self._container):
                    self.duration_s = self._times_s[-1] + 1 / (self.nominal_fps or _DEFAULT_FPS)
        return self._stamps

    def _new_clock(self, stream: av.VideoStream) -> FileClock:
        step_s = 1 / (self._file_fps or _DEFAULT_FPS)
        return FileClock(stream.time_base or _DEFAULT_TIME_BASE, step_s, self.slow_motion)

    def _position_s(self, picture: av.VideoFrame) -> float:
        if picture.pts is None:
            return self._next_index / (self.nominal_fps or _DEFAULT_FPS)
        return self._clock.time_s(picture.pts)

    def _jump_note(self, stamp: int) -> str:
        """Note on a jump of the clock just before an image."""
        jump_s = self._clock.jump_s(stamp)
        return f"its clock jumped by {jump_s:.1f} s, which are left out" if jump_s else ""


def open_video(location: Path | str, is_live: bool = False) -> av.container.InputContainer:
    """Open a file or an address.

    Args:
        location: of the video.
        is_live: hold no frames back, which decoding several at a time would.

    Raises:
        SourceError: if it is missing, silent for 5 s, no video, or has no picture track.
    """
    if isinstance(location, Path) and not location.is_file():
        raise SourceError(said("video file {location} does not exist", location=location))
    shown = shown_address(str(location))
    try:
        container = _open(location, is_live)
    except (av.error.FFmpegError, OSError) as error:
        reason = said(
            "{name} cannot be opened as a video: {reason}", name=shown, reason=error.strerror
        )
        raise SourceError(reason) from None  # the error itself tells the password
    if not container.streams.video:
        container.close()
        raise SourceError(said("{name} has no picture track", name=shown))
    container.streams.video[0].thread_type = "SLICE" if is_live else "AUTO"
    return container


def packets_of(
    container: av.container.InputContainer, stream: av.VideoStream
) -> Iterator[av.Packet]:
    """Packets of a stream. Raises SourceError where the file cannot be read on."""
    try:
        yield from container.demux(stream)
    except av.error.FFmpegError as error:
        shown = shown_address(container.name)
        # the error itself tells the password
        raise SourceError(
            said("{name} cannot be read on: {reason}", name=shown, reason=error.strerror)
        ) from None


def _open(location: Path | str, is_live: bool) -> av.container.InputContainer:
    if isinstance(location, Path):
        return av.open(str(location))
    options = {"rtsp_transport": "tcp"} if location.lower().startswith("rtsp") else {}
    if is_live:
        options["fflags"] = "nobuffer"
    return av.open(location, timeout=(OPEN_TIMEOUT_S, READ_TIMEOUT_S), options=options)


def _nominal_fps(stream: av.VideoStream) -> float:
    """Frames per second as the file says, 0 where it says nothing that can be."""
    for rate in (stream.average_rate, stream.guessed_rate, stream.base_rate):
        if rate is not None and 1 / MAX_STEP_S < rate <= _MAX_FPS:
            return float(rate)
    return 0.0


def _counts_from_before(container: av.container.InputContainer) -> bool:
    """Whether the length that the file says may begin long before its first picture."""
    start_s = (container.start_time or 0) / av.time_base
    return start_s > MAX_STEP_S and (container.duration or 0) / av.time_base >= start_s


def _duration_s(container: av.container.InputContainer) -> float:
    """Duration from the stream header, otherwise from the container."""
    stream = container.streams.video[0]
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    return (container.duration or 0) / av.time_base
