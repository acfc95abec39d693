"""Schedule of second looks in live capture: as many people as the frame interval leaves.

Whoever waited longest comes first, and of those who waited alike the largest and least sure. Time
is what the clock says: what the first look and each second look took lately is remembered, and a
look that would not end before the next frame is not begun.
"""

import time
from collections.abc import Callable

import numpy as np

# Assumed.
_RESERVE = 0.15  # of the interval, left to drawing, tracking and the unforeseen
_MEMORY = 0.7  # of former durations in the next estimate
_FORGETTING = 0.99  # of the estimate after a frame without a look, so that one is tried again
_SAME_SHARE = 0.5  # of a person's size, that he moves at most between two frames
_NEVER = 1000  # frames waited, of somebody who was not there before


class LookSchedule:
    """Shares a camera's time out among people.

    Args:
        clock: monotonic seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._began_s = 0.0
        self._look_s: float | None = None  # of one look, as lately seen
        self._places = np.zeros((0, 2))  # of the people of the last frame
        self._waited = np.zeros(0, np.int64)  # frames without a look

    def begin(self) -> None:
        """A frame's work begins."""
        self._began_s = self._clock()

    def choose(self, interval_s: float, joints_px: np.ndarray, scores: np.ndarray) -> np.ndarray:
        """Rows of the people to look at now.

        Args:
            interval_s: between two frames of the source.
            joints_px: (P, J, 2) px in any picture, the same for all frames.
            scores: (P,) in [0, 1].
        """
        low, high = joints_px.min(axis=1), joints_px.max(axis=1)
        middles, sizes = (low + high) / 2, (high - low).max(axis=1, initial=0.0)
        waited = self._waited_frames(middles, sizes)
        left_s = (1 - _RESERVE) * interval_s - (self._clock() - self._began_s)
        number = self._number(left_s, len(scores))
        chosen = np.lexsort((-sizes * (1 - scores), -waited))[:number]
        self._places, self._waited = middles, waited + 1
        self._waited[chosen] = 0
        return chosen

    def spent(self, num_looks: int, duration_s: float) -> None:
        """So many looks took so long."""
        if num_looks:
            look_s = duration_s / num_looks
            before_s = look_s if self._look_s is None else self._look_s
            self._look_s = _MEMORY * before_s + (1 - _MEMORY) * look_s

    def _number(self, left_s: float, num_people: int) -> int:
        """Looks that fit; one, to learn what it costs, if none was taken yet and time is left."""
        if self._look_s is None:
            return min(num_people, 1) if left_s > 0 else 0
        number = int(np.clip(left_s // max(self._look_s, 1e-6), 0, num_people))
        if number == 0 < num_people:
            self._look_s *= _FORGETTING
        return number

    def _waited_frames(self, middles: np.ndarray, sizes: np.ndarray) -> np.ndarray:
        """(P,) frames that each waited, by the nearest person of the last frame."""
        if len(self._places) == 0:
            return np.full(len(middles), _NEVER)
        distances = np.linalg.norm(middles[:, None] - self._places, axis=-1)
        nearest = distances.argmin(axis=1)
        is_same = distances.min(axis=1) <= _SAME_SHARE * sizes
        return np.where(is_same, self._waited[nearest], _NEVER)
