"""Timestamps of a video file in the order in which its pictures are shown, and seconds from them.

A camera that was away overnight leaves one step of hours between two pictures, and a counter that
begins anew a step back. Such a step is no time of the film, so it counts as one picture's time. In
a time lapse, whose steps are all long, only a step that is much longer than the others is one.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import av
import numpy as np

DEFAULT_TIME_BASE = Fraction(1, 90_000)
MAX_STEP_S = 10.0  # between two pictures; more is a jump of the clock
_MAX_STEPS = 4.0  # of a time lapse; more is a jump, too
LONG_STEP_S = MAX_STEP_S / _MAX_STEPS  # of a time lapse, at least
_REGULAR_SHARE = 0.75  # of a time lapse's steps, from half to twice the median
_REORDERED = 16  # pictures that a decoder may hold back, to show them later


class FileClock:
    """Seconds since the first picture, told its pictures' stamps in the order of display.

    Args:
        time_base: seconds of a unit of the stamps.
        step_s: that a jump counts as; of pictures of the nominal rate.
        speed: how many times slower the file plays than it was filmed; its time is divided by it.

    Attributes:
        left_out_s: by all jumps so far.
        jump_s: that the clock jumped by just before the newest picture, below 0 back; mostly 0.
    """

    def __init__(self, time_base: Fraction, step_s: float, speed: float = 1.0) -> None:
        self._numerator, self._denominator = time_base.as_integer_ratio()
        self._step_s, self._speed = step_s, speed
        self._max_step_s = max(MAX_STEP_S, _MAX_STEPS * step_s)
        self._first: int | None = None
        self._newest: int | None = None
        self.left_out_s = self.jump_s = 0.0

    def go_on(self, newest: int | None, left_out_s: float = 0.0) -> None:
        """Be where a picture was the newest, None before the first one."""
        self._newest, self.left_out_s, self.jump_s = newest, left_out_s, 0.0

    def would_jump(self, stamp: int) -> bool:
        """Whether the clock jumped if this were the next picture."""
        return not 0 <= self._step_to(stamp) <= self._max_step_s

    def time_s(self, stamp: int) -> float:
        """Time of the next picture, which is the newest then."""
        self.jump_s = 0.0
        if self._first is None:
            self._first = stamp
        if self.would_jump(stamp):
            self.jump_s = self._step_to(stamp) - self._step_s
            self.left_out_s += self.jump_s
        self._newest = stamp
        return (self._seconds(stamp - self._first) - self.left_out_s) / self._speed

    def _step_to(self, stamp: int) -> float:
        return 0.0 if self._newest is None else self._seconds(stamp - self._newest)

    def _seconds(self, units: int) -> float:
        return units * self._numerator / self._denominator


@dataclass(frozen=True, slots=True)
class FileStamps:
    """Timestamps of all pictures of a file.

    Args:
        stamps: in the order of display; empty where the file has none.
        starts: numbers of the pictures with which a part begins. Within a part stamps rise.
        part_at: part of the key picture at a place of the file, in bytes.
    """

    stamps: Sequence[int] = ()
    starts: Sequence[int] = (0,)
    part_at: dict[int, int] = field(default_factory=dict)

    def number_of(self, stamp: int, place: int | None) -> int | None:
        """Number of a picture that was found at a key picture; None where that is not known.

        Args:
            stamp: its own.
            place: of the key picture in the file, in bytes.
        """
        part = 0 if len(self.starts) == 1 else self.part_at.get(-1 if place is None else place)
        if part is None:
            return None
        end = [*self.starts, len(self.stamps)][part + 1]
        return bisect_left(self.stamps, stamp, self.starts[part], end)

    def long_step_s(self, time_base: Fraction) -> float:
        """The step of a time lapse; 0 of other films."""
        steps = np.diff(np.array(self.stamps, np.float64)) * float(time_base)
        median = _median_step(steps)
        is_alike = (steps > median / 2) & (steps < 2 * median)
        is_regular = len(steps) > 1 and is_alike.mean() >= _REGULAR_SHARE
        return median if is_regular and median > LONG_STEP_S else 0.0


def file_stamps(packets: Iterable[av.Packet], stream: av.VideoStream) -> FileStamps:
    """Timestamps of a file's pictures, whose packets come in the order of decoding.

    Where the stamps go back, another part begins: at a key picture, since all pictures before it
    are shown before it; anywhere where pictures are shown as they come; and where a stamp goes
    back by more than a decoder may hold back.

    Args:
        packets: of all pictures.
        stream: that they are of.
    """
    packets = (packet for packet in packets if packet.size and not packet.is_discard)
    seen = [(packet.pts, packet.is_keyframe, packet.pos) for packet in packets]
    told = [stamp for stamp, _, _ in seen if stamp is not None]
    if len(told) < len(seen):
        return FileStamps()
    is_reordered = bool(stream.codec_context.has_b_frames)
    window = _REORDERED * _median_step(np.diff(np.sort(np.array(told, np.float64))))
    parts: list[list[int]] = [[]]
    part_at: dict[int, int] = {}
    for stamp, (_, is_key, place) in zip(told, seen, strict=True):
        newest = max(parts[-1][-_REORDERED:], default=stamp - 1)
        if stamp <= newest and (is_key or not is_reordered or stamp < newest - window):
            parts.append([])
        # pictures of the part before are decoded after the first of this one
        is_of_former = (
            is_reordered
            and len(parts) > 1
            and 0 < len(parts[-1]) < _REORDERED
            and stamp > newest + window
            and abs(stamp - max(parts[-2][-_REORDERED:])) <= window
        )
        part = len(parts) - (2 if is_of_former else 1)
        parts[part].append(stamp)
        if is_key and place is not None:
            part_at[place] = part
    stamps = [stamp for part in parts for stamp in sorted(part)]
    starts = np.cumsum([0, *map(len, parts[:-1])]).tolist()
    return FileStamps(stamps, starts, part_at)


def _median_step(steps: np.ndarray) -> float:
    """The lower median of those above 0; 0 where none is."""
    steps = steps[steps > 0]
    return float(np.quantile(steps, 0.5, method="lower")) if len(steps) else 0.0
