"""Sound of an exported film, cut to its part of the session's video."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import numpy as np

_CODEC, _BITS_PER_S = "aac", 128_000


class FilmSound:
    """Writes sound beside pictures; nothing where the session has none.

    Args:
        video: of the session.
        out: the film, of which nothing is written yet.
        begin_s: time of the session at which the film begins.
        end_s: at which it ends.
    """

    def __init__(
        self, video: Path, out: av.container.OutputContainer, begin_s: float, end_s: float
    ) -> None:
        self._out, self._begin_s, self._end_s = out, begin_s, end_s
        self._container = av.open(str(video))
        self._blocks: Iterator[av.AudioFrame] = iter(())
        self._waiting: av.AudioFrame | None = None
        if not self._container.streams.audio:
            return
        source = self._container.streams.audio[0]
        self._rate = source.rate
        self._stream = cast(av.AudioStream, out.add_stream(_CODEC, rate=self._rate))
        self._stream.layout, self._stream.bit_rate = "mono", _BITS_PER_S
        self._blocks = self._container.decode(source)
        self._waiting = next(self._blocks, None)

    def write_until(self, time_s: float) -> None:
        """Write what is heard up to a time of the session."""
        until_s = min(time_s, self._end_s)
        while self._waiting is not None and (self._waiting.time or 0.0) <= until_s:
            self._write(self._waiting)
            self._waiting = next(self._blocks, None)

    def finish(self) -> None:
        """Write what is left up to the end of the film."""
        has_sound = bool(self._container.streams.audio)
        self.write_until(self._end_s)
        if has_sound:
            self._out.mux(self._stream.encode(None))
        self._container.close()

    def _write(self, block: av.AudioFrame) -> None:
        samples = block.to_ndarray().reshape(1, -1).astype(np.int16)  # (1, N)
        first = round(((block.time or 0.0) - self._begin_s) * self._rate)
        last = round((self._end_s - self._begin_s) * self._rate)
        samples = samples[:, max(0, -first) : max(0, last - first)]
        if not samples.size:
            return
        part = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), "s16", "mono")
        part.sample_rate, part.time_base = self._rate, Fraction(1, self._rate)
        part.pts = max(0, first)
        self._out.mux(self._stream.encode(part))
