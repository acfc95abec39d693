"""Video files through PyAV: every frame with its exact timestamp, turned upright, any of them
sought by its number."""

import bisect
import itertools
import logging
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import av

from das_app.lens.intrinsics import Intrinsics
from das_app.messaging.messages import Frame
from das_app.sources.addresses import shown_address
from das_app.sources.file_clock import (
    DEFAULT_TIME_BASE,
    LONG_STEP_S,
    MAX_STEP_S,
    FileClock,
    FileStamps,
    file_stamps,
)
from das_app.sources.frame_source import SourceError
from das_app.sources.upright import PixelShapes, ShapedPicture, Uprighter, container_crop
from das_app.words.said import said

OPEN_TIMEOUT_S, READ_TIMEOUT_S = 5.0, 2.0  # of a network address
_KEPT_BYTES, _MAX_KEPT = 64 << 20, 48  # decoded pictures kept for stepping back
_MAX_FPS, _DEFAULT_FPS = 10_000, 30.0
_ROUNDING_S = 1e-6
_AHEAD = 4  # packets that tell a time lapse
_log = logging.getLogger(__name__)


class _Kept(NamedTuple):
    """A decoded picture, its time, and how far the clock jumped just before it."""

    shaped: ShapedPicture
    time_s: float
    jump_s: float


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
        self._stamps: FileStamps | None = None  # of all frames
        self._times_s: list[float] = []  # of the same
        self._jumps: list[tuple[int, float]] = []  # frames before which the clock jumped, and
        # what is left out from there on
        self._clock = self._new_clock()
        self._begin()
        if self.duration_s is not None and (
            _counts_from_before(self._container) or self._begins_slowly()
        ):
            self._all_stamps()

    def read(self) -> Frame | None:
        """The next frame; `time_s` is its position in the file. None at the end."""
        num_back = self._decoded_index - self._next_index
        kept = self._kept[-num_back] if num_back else self._next_picture()
        if kept is None:
            return None
        image = self._upright(kept.shaped)
        camera = self.intrinsics.camera_for((image.shape[1], image.shape[0]))
        frame = Frame(self._next_index, kept.time_s, image, camera, _jump_note(kept.jump_s))
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
        all_stamps = self._all_stamps() if index > 0 else FileStamps()
        if all_stamps.stamps:
            index = min(index, len(all_stamps.stamps) - 1)
        is_near = self._decoded_index - len(self._kept) <= index <= self._decoded_index
        if not is_near and not (all_stamps.stamps and self._jump(all_stamps, index)):
            self._begin_again()
        while self._decoded_index <= index and self._next_picture() is not None:
            pass
        self._next_index = min(index, max(0, self._decoded_index - 1))

    def index_at(self, time_s: float) -> int:
        """Number of the frame that is on the screen at `time_s` of the file."""
        if self.duration_s is None or not self._all_stamps().stamps:
            return max(0, int(time_s * self.nominal_fps + 1e-6))
        return max(0, bisect.bisect_right(self._times_s, time_s + _ROUNDING_S) - 1)

    def close(self) -> None:
        """Release the file."""
        self._container.close()

    def _begin(self) -> None:
        self._next_index = self._decoded_index = 0  # of the next frame read, and decoded
        self._kept: deque[_Kept] = deque(maxlen=_MAX_KEPT)  # up to the last decoded
        self._shaped = PixelShapes(self._container.streams.video[0])
        self._clock.go_on(None)
        self._pictures = self._decode(self._packets())

    def _begin_again(self) -> None:
        self._container.close()
        self._container = open_video(self._location)
        self._begin()

    def _begins_slowly(self) -> bool:
        """Whether the first pictures lie as far apart as those of a time lapse, or the file tells
        no rate; whatever it tells of its rate."""
        packets = self._packets()
        try:
            ahead = list(itertools.islice(packets, _AHEAD))
        except SourceError:  # reading tells it again
            self._begin_again()
            return False
        self._pictures = self._decode(itertools.chain(ahead, packets))
        stamps = sorted(packet.pts for packet in ahead if packet.size and packet.pts is not None)
        long = LONG_STEP_S / (self._container.streams.video[0].time_base or DEFAULT_TIME_BASE)
        steps = [later - stamp for stamp, later in itertools.pairwise(stamps)]
        return not self._file_fps or (len(steps) > 1 and min(steps) > long)

    def _next_picture(self) -> _Kept | None:
        """Decode and keep one more picture."""
        shaped = next(self._pictures, None)
        if shaped is None:
            return None
        stamp = shaped.picture.pts
        if stamp is None:
            time_s, jump_s = self._decoded_index / (self.nominal_fps or _DEFAULT_FPS), 0.0
        else:
            if self._stamps is None and self.file is not None and self._clock.would_jump(stamp):
                self._all_stamps()  # which tell a time lapse
            time_s, jump_s = self._clock.time_s(stamp), self._clock.jump_s
        self._decoded_index += 1
        self._kept.append(_Kept(shaped, time_s, jump_s))
        size_bytes = sum(plane.buffer_size for plane in shaped.picture.planes)
        while len(self._kept) > max(1, _KEPT_BYTES // size_bytes):
            self._kept.popleft()
        return self._kept[-1]

    def _jump(self, all_stamps: FileStamps, index: int) -> bool:
        """Go on decoding at a key frame before frame `index`; False where none is found."""
        packets = self._packets()
        try:
            self._container.seek(all_stamps.stamps[index], stream=self._container.streams.video[0])
            key = next((packet for packet in packets if packet.size), None)
            if key is None:
                return False
            pictures = self._decode(itertools.chain((key,), packets))
            first = next(pictures, None)
        except (SourceError, av.error.FFmpegError):
            return False
        found = None
        if first is not None and first.picture.pts is not None:
            found = all_stamps.number_of(first.picture.pts, key.pos)
        if first is None or found is None or found > index:
            return False
        self._kept.clear()
        self._pictures = itertools.chain((first,), pictures)
        self._decoded_index = found
        self._set_clock()
        return True

    def _packets(self) -> Iterator[av.Packet]:
        return packets_of(self._container, self._container.streams.video[0])

    def _decode(self, packets: Iterable[av.Packet]) -> Iterator[ShapedPicture]:
        """Pictures of packets; damaged packets are passed over and reported at the end.

        Raises:
            SourceError: if not one can be decoded, or a server breaks off.
        """
        num_damaged = num_pictures = 0
        for packet in packets:
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

    def _all_stamps(self) -> FileStamps:
        """Timestamps of all frames; none where packets have none."""
        if self._stamps is None:
            with open_video(self._location) as container:
                stream = container.streams.video[0]
                self._stamps = file_stamps(packets_of(container, stream), stream)
            if self._stamps.stamps:
                self._learn(self._stamps)
        return self._stamps

    def _learn(self, all_stamps: FileStamps) -> None:
        """Take over the times of all frames."""
        time_base = self._container.streams.video[0].time_base or DEFAULT_TIME_BASE
        long_step_s = all_stamps.long_step_s(time_base)
        if long_step_s:
            self._file_fps = 1 / long_step_s
            self.nominal_fps = self._file_fps * self.slow_motion
        self._clock = self._new_clock()
        for index, stamp in enumerate(all_stamps.stamps):
            self._times_s.append(self._clock.time_s(stamp))
            if self._clock.jump_s:
                self._jumps.append((index, self._clock.left_out_s))
        self._set_clock()
        if self._jumps or long_step_s or _counts_from_before(self._container):
            self.duration_s = self._times_s[-1] + 1 / (self.nominal_fps or _DEFAULT_FPS)

    def _set_clock(self) -> None:
        """Let the clock go on at the next picture that is decoded."""
        if self._stamps is None or not self._decoded_index:
            self._clock.go_on(None)
            return
        index = min(self._decoded_index, len(self._stamps.stamps)) - 1
        place = bisect.bisect_right(self._jumps, index, key=lambda jump: jump[0])
        left_out_s = self._jumps[place - 1][1] if place else 0.0
        self._clock.go_on(self._stamps.stamps[index], left_out_s)

    def _new_clock(self) -> FileClock:
        stream, step_s = self._container.streams.video[0], 1 / (self._file_fps or _DEFAULT_FPS)
        return FileClock(stream.time_base or DEFAULT_TIME_BASE, step_s, self.slow_motion)


def _jump_note(jump_s: float) -> str:
    """Note on a jump of the clock just before an image."""
    if not jump_s:
        return ""
    if jump_s < 0:
        return f"its clock went back by {-jump_s:.1f} s, which are left out"
    return f"its clock jumped by {jump_s:.1f} s, which are left out"


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
