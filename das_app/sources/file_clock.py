"""Timestamps of a video file without the jumps of its clock.

A camera that was away overnight and a counter that began anew leave one step of hours between two
pictures. Such a step would be taken for hours of film, so it counts as one picture's time.
"""

from bisect import bisect_right
from collections.abc import Sequence
from fractions import Fraction

MAX_STEP_S = 10.0  # between two pictures; more is a jump of the clock


class FileClock:
    """Seconds since the first picture.

    Args:
        time_base: seconds of a unit of the stamps.
        step_s: that a jump counts as; of pictures of the nominal rate.
        speed: how many times slower the file plays than it was filmed; its time is divided by it.
    """

    def __init__(self, time_base: Fraction, step_s: float, speed: float = 1.0) -> None:
        self._time_base, self._step_s, self._speed = time_base, step_s, speed
        self._first: int | None = None
        self._newest: int | None = None
        self._jump_stamps: list[int] = []
        self._jump_sums_s: list[float] = [0.0]  # left out before the first jump, after it, ...

    def learn(self, stamps: Sequence[int]) -> None:
        """Take in stamps in rising order; from the first picture, or on from the newest known."""
        for stamp in stamps:
            if self._first is None or self._newest is None:
                self._first = self._newest = stamp
                continue
            step_s = float((stamp - self._newest) * self._time_base)
            if step_s > MAX_STEP_S:
                self._jump_stamps.append(stamp)
                self._jump_sums_s.append(self._jump_sums_s[-1] + step_s - self._step_s)
            self._newest = max(stamp, self._newest)

    @property
    def has_jumped(self) -> bool:
        """Whether a jump was learned."""
        return bool(self._jump_stamps)

    def time_s(self, stamp: int) -> float:
        """Time of a stamp that was learned."""
        left_out_s = self._jump_sums_s[bisect_right(self._jump_stamps, stamp)]
        told_s = float((stamp - (self._first or 0)) * self._time_base)
        return (told_s - left_out_s) / self._speed

    def jump_s(self, stamp: int) -> float:
        """Seconds left out just before a stamp; mostly 0."""
        number = bisect_right(self._jump_stamps, stamp)
        if number == 0 or self._jump_stamps[number - 1] != stamp:
            return 0.0
        return self._jump_sums_s[number] - self._jump_sums_s[number - 1]
