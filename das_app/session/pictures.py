"""Video of a session, read by time.

A picture's time stamp is its time in the session, so none needs to be counted and no list of all
of them is made: a seek costs the decoding from the key frame before, at most ten pictures.
"""

import logging
from bisect import bisect_right
from collections import deque
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from das_app.sources.frame_source import SourceError
from das_app.sources.upright import PixelShapes, ShapedPicture, Uprighter
from das_app.sources.video_source import open_video, packets_of

_NEAR_MS = 300  # a picture less far ahead is decoded up to: about what lies between key frames
_KEPT_BYTES, _MAX_KEPT = 64 << 20, 40  # decoded pictures kept for stepping back
_log = logging.getLogger(__name__)


class SessionPictures:
    """Pictures of `video.mkv`; one thread at a time.

    Args:
        path: the video.

    Raises:
        SourceError: if it cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self._container = open_video(path)
        self._stream = self._container.streams.video[0]
        self._time_base = self._stream.time_base or Fraction(1, 1000)  # Matroska's
        self._stream.thread_type = "SLICE"  # others decode pictures ahead that nobody asked for
        self._shaped, self._upright = PixelShapes(self._stream), Uprighter()
        self._pictures = self._decode()
        self._kept: deque[tuple[int, ShapedPicture]] = deque(maxlen=_MAX_KEPT)  # by time in ms
        self._is_at_end = False

    def at(self, time_s: float) -> np.ndarray | None:
        """The newest picture at or before a time of the session.

        Returns:
            (H, W, 3) uint8 RGB, read-only; None where the video has none yet, or none that can be
            shown.
        """
        time_ms = round(1000 * time_s)
        if not self._is_near(time_ms):
            self._jump(time_ms)
        while not self._is_at_end and (not self._kept or self._kept[-1][0] < time_ms):
            self._take_next()
        place = bisect_right(self._kept, time_ms, key=lambda kept: kept[0]) - 1
        if place < 0:
            return None
        try:
            return self._upright(self._kept[place][1])
        except (SourceError, av.error.FFmpegError, ValueError) as error:
            _log.warning("no picture at %.2f s: %s", time_s, error)
            return None

    def close(self) -> None:
        """Release the file."""
        self._container.close()

    def _is_near(self, time_ms: int) -> bool:
        if not self._kept:
            return False
        newest_ms = self._kept[-1][0]
        return self._kept[0][0] <= time_ms and (self._is_at_end or time_ms <= newest_ms + _NEAR_MS)

    def _jump(self, time_ms: int) -> None:
        """Go on decoding at the key frame before a time."""
        self._kept.clear()
        stamp = int(time_ms / 1000 / self._time_base)
        try:
            self._container.seek(stamp, stream=self._stream)
        except av.error.FFmpegError as error:
            _log.warning("no picture at %d ms can be sought: %s", time_ms, error)
            self._is_at_end = True
            return
        self._pictures, self._is_at_end = self._decode(), False

    def _take_next(self) -> None:
        shaped = next(self._pictures, None)
        if shaped is None:
            self._is_at_end = True
            return
        picture = shaped.picture
        self._kept.append((round(1000 * (picture.pts or 0) * self._time_base), shaped))
        num_bytes = sum(plane.buffer_size for plane in picture.planes)
        while len(self._kept) > max(2, _KEPT_BYTES // num_bytes):
            self._kept.popleft()

    def _decode(self) -> Iterator[ShapedPicture]:
        """Pictures from where the file stands, to where it can be read; damaged packets are passed
        over."""
        for packet in self._packets():
            try:
                yield from (self._shaped(p) for p in packet.decode() if p.pts is not None)
            except av.error.FFmpegError:
                continue

    def _packets(self) -> Iterator["av.Packet[Any]"]:
        try:
            yield from packets_of(self._container, self._stream)
        except SourceError as error:
            _log.warning("%s", error)
