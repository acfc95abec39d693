"""Bounded history of joints over the last half minute or so; numpy only.

Times are those of the frames. A film that is played again or sought in gives times that were
there before: they replace what was kept for them, and for those since the frame before, so that
a curve is never made of two passes in turn.
"""

import math
from bisect import bisect_left, bisect_right

import numpy as np

from das_model.people import People
from das_model.skeleton import BODY_22, Skeleton

CAPACITY = 1200  # sightings of a person: 40 s at 30 a second
MAX_PEOPLE = 24  # whoever was unseen longest goes first
_LONGEST_STEP_S = 3.0  # from frame to frame of a slow model; further ahead, it was sought


class MotionHistory:
    """Sightings of people by their slots.

    Attributes:
        skeleton: of the joints kept.
    """

    def __init__(self) -> None:
        self.skeleton: Skeleton = BODY_22
        self._sightings: dict[int, tuple[list[float], list[np.ndarray]]] = {}
        self._last_s = math.inf

    def add(self, people: People, slots: np.ndarray, time_s: float) -> None:
        """Note P people with their slots (P,) in the frame at `time_s`."""
        if people.skeleton.joint_names != self.skeleton.joint_names:
            self.clear()
            self.skeleton = people.skeleton
        if 0 < time_s - self._last_s <= _LONGEST_STEP_S:
            self._forget_between(self._last_s, time_s)
        self._last_s = time_s
        for slot, joints in zip(np.asarray(slots).tolist(), people.joints_cam, strict=True):
            times, kept = self._sightings.pop(slot, ([], []))
            self._sightings[slot] = (times, kept)  # the newest sighting stands last
            _insert(times, kept, time_s, joints)
        while len(self._sightings) > MAX_PEOPLE:
            del self._sightings[next(iter(self._sightings))]

    def clear(self) -> None:
        """Forget everybody."""
        self._sightings.clear()
        self._last_s = math.inf

    def slots(self) -> tuple[int, ...]:
        """People kept, in the order of the slots."""
        return tuple(sorted(self._sightings))

    def of(self, slot: int, begin_s: float, end_s: float) -> tuple[np.ndarray, np.ndarray]:
        """Times (T,) and joints (T, J, 3) mm of a person between two times; empty for nobody."""
        times, kept = self._sightings.get(slot, ([], []))
        first, last = bisect_left(times, begin_s), bisect_left(times, end_s)
        if first >= last:
            return np.zeros(0), np.zeros((0, self.skeleton.num_joints, 3))
        return np.array(times[first:last]), np.stack(kept[first:last])

    def _forget_between(self, begin_s: float, end_s: float) -> None:
        """Forget the sightings of a former pass after one time and before another."""
        for times, kept in self._sightings.values():
            passed = slice(bisect_right(times, begin_s), bisect_left(times, end_s))
            del times[passed], kept[passed]


def _insert(times: list[float], kept: list[np.ndarray], time_s: float, joints: np.ndarray) -> None:
    place = bisect_left(times, time_s)
    if place < len(times) and times[place] == time_s:
        kept[place] = joints
        return
    times.insert(place, time_s)
    kept.insert(place, joints)
    if len(times) > CAPACITY:
        far_end = 0 if time_s - times[0] > times[-1] - time_s else -1
        del times[far_end], kept[far_end]
