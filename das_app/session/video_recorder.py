"""Video encoder of a recording: `video.mkv` from a bounded queue, in a thread; with sound.

Matroska keeps what was written when the process dies: all but the newest picture, and half a
second later that one, too, however slowly they come. A picture's time stamp is the time of its
frame in the session, in milliseconds.
"""

import io
import logging
import os
import threading
from collections import deque
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple, cast

import av
import numpy as np

from das_app.files.encoders import jpeg_encoder, recording_encoders, working_encoder
from das_app.files.whole_file import open_private
from das_model.inference.ordered_pool import num_cores
from das_model.preprocess import letterboxed

_QUEUE_BYTES = 160 << 20  # 60 pictures of 720p
_SYNC_PICTURES = 60
_FLUSH_S = 0.5  # after which the newest picture is written without waiting for the next one
TIME_BASE = Fraction(1, 1000)
_INTERLEAVE_US = 200_000
_SOUND_TOLERANCE_S = 0.02
_GROUP = 10  # from one picture that stands alone to the next: what a seek decodes at most
_log = logging.getLogger(__name__)


class _Picture(NamedTuple):
    image: np.ndarray  # (H, W, 3) uint8 RGB
    time_s: float
    packet: bytes | None = None


class _Sound(NamedTuple):
    samples: np.ndarray  # (N,) int16
    time_s: float  # of the first


class VideoWriter:
    """Writes a new video in a thread of its own, which begins at once.

    Attributes:
        error: why it has stopped; empty while it has not.
        num_bytes: size of the file.

    Args:
        path: new file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._condition = threading.Condition()
        self._is_ending = False
        self._num_taken = 0
        self.error = ""
        self.num_bytes = 0
        self._thread = threading.Thread(target=self._run, name="das-video", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Take no more pictures; what was taken is still written."""
        with self._condition:
            self._is_ending = True
            self._condition.notify_all()

    def join(self) -> None:
        """Wait until the file is closed; call `end` before."""
        self._thread.join()

    def _run(self) -> None:
        try:
            self._write()
        except Exception as error:
            _log.exception("the video %s stopped", self._path)
            with self._condition:
                self.error = str(error) or type(error).__name__
                self._drop()
                self._condition.notify_all()

    def _write(self) -> None:
        """Write until the end, in the thread."""
        raise NotImplementedError

    def _drop(self) -> None:
        """Let go of what is not written any more."""


class VideoRecorder(VideoWriter):
    """Takes pictures from any one thread, and sound from another, and encodes them in its own.

    Args:
        path: new file.
        nominal_fps: frames per second to announce, 0 when unknown.
        queue_bytes: pictures that may wait for the encoder.
        waits: whether `put` waits for room in the queue instead of refusing the picture.
        sound_rate: samples a second of its sound; 0 for none.
        keeps_jpeg: where the first picture comes with its JPEG file, such files become the video
            as they are; others are encoded as JPEG.
    """

    def __init__(
        self,
        path: Path,
        nominal_fps: float,
        queue_bytes: int = _QUEUE_BYTES,
        waits: bool = False,
        sound_rate: int = 0,
        keeps_jpeg: bool = False,
    ) -> None:
        self._nominal_fps, self._sound_rate = nominal_fps, sound_rate
        self._keeps_jpeg = keeps_jpeg
        self._queue_bytes, self._waits = queue_bytes, waits
        self._queue: deque[_Picture | _Sound] = deque()
        self._num_waiting_bytes = 0
        super().__init__(path)

    def put(self, image: np.ndarray, time_s: float, packet: bytes | None = None) -> int | None:
        """Hand over a picture.

        Args:
            image: (H, W, 3) uint8 RGB, not changed any more.
            time_s: time of its frame in the session.
            packet: its JPEG file; None where there is none.

        Returns:
            its number in the video, or None when it is not taken: the queue is full, or the
            encoder has failed. One of another size than the first is letterboxed into that.
        """
        with self._condition:
            if self._waits:
                self._condition.wait_for(lambda: self.error or self._has_room(image))
            if self.error or self._is_ending or not self._has_room(image):
                return None
            self._queue.append(_Picture(image, time_s, packet))
            self._num_waiting_bytes += image.nbytes
            self._num_taken += 1
            self._condition.notify_all()
            return self._num_taken - 1

    def put_sound(self, samples: np.ndarray, time_s: float) -> None:
        """Hand over (N,) int16 samples, not changed any more, with the time of the first in the
        session; in order. Sound is small: it is always taken."""
        with self._condition:
            if not (self.error or self._is_ending):
                self._queue.append(_Sound(samples, time_s))
                self._condition.notify_all()

    def _has_room(self, image: np.ndarray) -> bool:
        return not self._queue or self._num_waiting_bytes + image.nbytes <= self._queue_bytes

    def _comes_soon(self) -> bool:
        """Whether the next picture, or the end, comes before the newest is to be written."""
        with self._condition:
            return self._condition.wait_for(lambda: bool(self._queue) or self._is_ending, _FLUSH_S)

    def _next(self) -> _Picture | _Sound | None:
        with self._condition:
            self._condition.wait_for(lambda: self._queue or self._is_ending)
            if not self._queue:
                return None
            item = self._queue.popleft()
            if isinstance(item, _Picture):
                self._num_waiting_bytes -= item.image.nbytes
                self._condition.notify_all()
            return item

    def _drop(self) -> None:
        self._queue.clear()

    def _write(self) -> None:
        early: list[_Sound] = []  # before the first picture, which tells the size
        while isinstance(item := self._next(), _Sound):
            early.append(item)
        if item is None:
            return
        height, width = item.image.shape[:2]
        size = (width, height)
        is_jpeg = self._keeps_jpeg and item.packet is not None
        encoder = VideoEncoder(self._path, size, self._nominal_fps, self._sound_rate, is_jpeg)
        try:
            for sound in early:
                encoder.add_sound(*sound)
            number = 0
            while item is not None:
                if isinstance(item, _Sound):
                    encoder.add_sound(*item)
                else:
                    is_as_first = item.image.shape[:2] == (height, width)
                    image = item.image if is_as_first else letterboxed(item.image, size)
                    packet = item.packet if is_jpeg and is_as_first else None
                    encoder.add(image, item.time_s, packet)
                    number += 1
                    if number % _SYNC_PICTURES == 0:
                        encoder.sync()
                self.num_bytes = encoder.num_bytes
                if not self._comes_soon():
                    encoder.flush()
                    self.num_bytes = encoder.num_bytes
                item = self._next()
        finally:
            encoder.close()
            self.num_bytes = encoder.num_bytes


class MatroskaFile:
    """A new Matroska file, of which all but the newest picture is on its way to the disk.

    Attributes:
        container: to which a stream is added.
        num_bytes: size of the file.

    Raises:
        OSError: if the file cannot be written; so do the methods.
    """

    def __init__(self, path: Path) -> None:
        self._file = io.BufferedWriter(open_private(path))
        self.container = av.open(
            self._file,
            "w",
            format="matroska",
            # each picture in a cluster of its own, which is written when the next one comes, be it
            # shown earlier; and no picture waits long for a microphone that fell silent
            options={
                "cluster_size_limit": "0",
                "flush_packets": "1",
                "max_interleave_delta": str(_INTERLEAVE_US),
            },
        )
        self.num_bytes = 0

    def add(self, packet: "av.Packet[Any]", stream: av.VideoStream, time_ms: int) -> None:
        """Append a packet of another file as one of a stream of this; the file keeps the times of
        pictures alone, so none needs a time of decoding."""
        packet.stream, packet.time_base = stream, TIME_BASE
        packet.pts, packet.dts = time_ms, 0
        self.mux(packet)

    def mux(self, packets: "av.Packet[Any] | list[av.Packet[Any]]") -> None:
        """Append what an encoder gave."""
        self.container.mux(packets)
        self.flush()

    def flush(self) -> None:
        """Hand what was written to the operating system."""
        self._file.flush()
        self.num_bytes = self._file.tell()

    def sync(self) -> None:
        """Wait until the disk has what was written."""
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Write the index and close the file; after an error just close."""
        try:
            self.container.close()
            self.sync()
            self.num_bytes = self._file.tell()
        finally:
            self._file.close()


class VideoEncoder:
    """A Matroska file with a track of pictures, H.264 by NVENC or x264, else VP8, and of sound.

    Sound is kept as it is (PCM, mono), which takes 5.8 MB a minute and has no delay of an encoder.

    Args:
        path: new file.
        size: (width, height) px; odd sizes are padded on the right and below.
        nominal_fps: frames per second to announce, 0 when unknown.
        sound_rate: samples a second of its sound; 0 for no such track.
        is_jpeg: pictures are JPEG files instead, such as a camera gives.

    Raises:
        OSError: if the file cannot be written; so do the methods.
    """

    def __init__(
        self,
        path: Path,
        size: tuple[int, int],
        nominal_fps: float,
        sound_rate: int = 0,
        is_jpeg: bool = False,
    ) -> None:
        odd = (0, 0) if is_jpeg else (size[1] % 2, size[0] % 2)
        self._padding = ((0, odd[0]), (0, odd[1]), (0, 0))
        width, height = size[0] + odd[1], size[1] + odd[0]
        codec, options = (
            jpeg_encoder()
            if is_jpeg
            else working_encoder(recording_encoders(num_cores()), (width, height))
        )
        self._matroska = MatroskaFile(path)
        rate = Fraction(nominal_fps or 30.0).limit_denominator(1001)
        container = self._matroska.container
        stream = container.add_stream(codec, rate=rate, options=options)
        self._stream = cast(av.VideoStream, stream)
        self._stream.width, self._stream.height = width, height
        self._stream.pix_fmt = "yuvj420p" if is_jpeg else "yuv420p"
        self._stream.codec_context.time_base = TIME_BASE
        self._stream.codec_context.gop_size = _GROUP
        self._last_pts = -1
        self._sound: av.AudioStream | None = None
        self._sound_rate, self._num_samples = sound_rate, 0
        if sound_rate:
            sound = container.add_stream("pcm_s16le", rate=sound_rate)
            self._sound = cast(av.AudioStream, sound)
            self._sound.layout = "mono"
        container.start_encoding()
        self._matroska.flush()

    @property
    def num_bytes(self) -> int:
        """Size of the file."""
        return self._matroska.num_bytes

    def add(self, image: np.ndarray, time_s: float, packet: bytes | None = None) -> None:
        """Append a picture, (H, W, 3) uint8 RGB, later than the one before.

        Its JPEG file, if given, goes into a file of such as it is.
        """
        self._last_pts = max(round(time_s / TIME_BASE), self._last_pts + 1)
        if packet is not None:
            self._matroska.add(_key_packet(packet), self._stream, self._last_pts)
            return
        if any(after for _, after in self._padding):
            image = np.pad(image, self._padding, mode="edge")
        picture = av.VideoFrame.from_ndarray(image, format="rgb24")
        picture.pts, picture.time_base = self._last_pts, TIME_BASE
        self._matroska.mux(self._stream.encode(picture))

    def add_sound(self, samples: np.ndarray, time_s: float) -> None:
        """Append (N,) int16 samples, the first of them heard at a time of the session.

        They go on from those before, but where they are off by more than 20 ms: then silence is
        put between, or samples are left out, so that sound and pictures stay together.
        """
        ahead = round(time_s * self._sound_rate) - self._num_samples
        if abs(ahead) <= _SOUND_TOLERANCE_S * self._sound_rate:
            ahead = 0
        samples = samples[max(0, -ahead) :]
        while ahead > 0:
            silence = np.zeros(min(ahead, self._sound_rate), np.int16)
            ahead -= len(silence)
            self._mux_sound(silence)
        if len(samples):
            self._mux_sound(samples)

    def _mux_sound(self, samples: np.ndarray) -> None:
        if self._sound is None:
            return
        block = av.AudioFrame.from_ndarray(samples[None], format="s16", layout="mono")
        block.sample_rate = self._sound_rate
        block.pts, block.time_base = self._num_samples, Fraction(1, self._sound_rate)
        self._num_samples += len(samples)
        self._matroska.mux(self._sound.encode(block))

    def flush(self) -> None:
        """Write the newest picture now; else the next one does that.

        An empty block ends its cluster. It holds nothing, so readers pass over it.
        """
        self._last_pts += 1
        nothing = av.Packet(0)
        nothing.stream, nothing.time_base = self._stream, TIME_BASE
        nothing.pts = nothing.dts = self._last_pts
        self._matroska.mux(nothing)

    def sync(self) -> None:
        """Wait until the disk has what was written."""
        self._matroska.sync()

    def close(self) -> None:
        """Write what the encoder still holds, and close the file; after an error just close."""
        try:
            self._matroska.mux(self._stream.encode(None))
            if self._sound is not None:
                self._matroska.mux(self._sound.encode(None))
        finally:
            self._matroska.close()


def _key_packet(file: bytes) -> "av.Packet[Any]":
    """A packet of a picture that stands alone."""
    packet = av.Packet(file)
    packet.is_keyframe = True
    return packet
