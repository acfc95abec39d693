"""Trails of pelvis and wrists over the last moments; numpy only.

Both views keep one and draw its segments. Memory is bounded by the number of frames kept.
"""

from collections import deque
from dataclasses import dataclass

import numpy as np

from das_model.people import People

SPAN_S = 1.5
_MAX_FRAMES = 120
_LONGEST_STEP_S = 0.5  # frames further apart are not joined
_JOINTS = ("pelvis", "left_wrist", "right_wrist")


@dataclass(frozen=True, eq=False, slots=True)
class TrailSegments:
    """N straight pieces of everybody's trails.

    Args:
        points_cam: (N, 2, 3) float32 mm, older end first.
        slots: (N,) int64 of the person.
        freshness: (N, 2) from 0, about to vanish, to 1, now.
    """

    points_cam: np.ndarray
    slots: np.ndarray
    freshness: np.ndarray


class Trails:
    """Trails of all people of one source, by their slots."""

    def __init__(self) -> None:
        self._steps: deque[tuple[float, float, np.ndarray, np.ndarray]] = deque(
            maxlen=_MAX_FRAMES
        )  # times of both ends, slots (M * K,), points (M * K, 2, 3)
        self._last: tuple[float, np.ndarray, np.ndarray] | None = None

    def add(self, people: People, slots: np.ndarray, time_s: float) -> None:
        """Note P people with their slots (P,); a step back in time begins anew."""
        if self._last is not None and time_s <= self._last[0]:
            if time_s == self._last[0]:
                return
            self.clear()
        names = people.skeleton.joint_names
        joints = [names.index(name) for name in _JOINTS if name in names]
        points = people.joints_cam[:, joints]
        if self._last is not None and time_s - self._last[0] <= _LONGEST_STEP_S:
            former_s, former_slots, former_points = self._last
            kept, before, now = np.intersect1d(former_slots, slots, return_indices=True)
            pairs = np.stack([former_points[before], points[now]], axis=1)  # (M, 2, K, 3)
            flat = pairs.swapaxes(1, 2).reshape(-1, 2, 3)  # (M * K, 2, 3)
            self._steps.append((former_s, time_s, np.repeat(kept, len(joints)), flat))
        self._last = (time_s, np.asarray(slots), points)
        while self._steps and time_s - self._steps[0][0] > SPAN_S:
            self._steps.popleft()

    def clear(self) -> None:
        """Forget everything."""
        self._steps.clear()
        self._last = None

    def segments(self) -> TrailSegments:
        """All pieces, oldest first."""
        if self._last is None or not self._steps:
            return TrailSegments(
                np.zeros((0, 2, 3), np.float32), np.zeros(0, np.int64), np.zeros((0, 2))
            )
        begin_s, end_s, slots, points = zip(*self._steps, strict=True)
        ends_s = np.stack([begin_s, end_s], axis=1)  # (steps, 2)
        fresh = np.clip(1 - (self._last[0] - ends_s) / SPAN_S, 0, 1)
        fresh = np.repeat(fresh, [len(of) for of in slots], axis=0)
        return TrailSegments(np.concatenate(points), np.concatenate(slots), fresh)
