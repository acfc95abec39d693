"""One-Euro filter of one person, which others are measured against.

After Casiez, Roussel and Vogel, "1 Euro Filter", CHI 2012: a low pass whose cutoff rises with the
speed. It filters what `Smoother` filters: the root's log distance, places in the picture, and
relative depths; all values of a point share a cutoff.
"""

import math
from dataclasses import dataclass, replace

import numpy as np

from das_model.people import People


@dataclass(frozen=True, slots=True)
class Band:
    """Cutoff of what rests, Hz more per m/s, and cutoff of the speed itself."""

    rest_hz: float
    opening: float
    speed_hz: float


DISTANCE = Band(0.26, 0.5, 0.3)
ACROSS = Band(3.4, 4.0, 1.0)
RELATIVE_DEPTH = Band(2.0, 1.5, 0.7)


class OneEuro:
    """Smooths the first of the people of each frame.

    Args:
        calmer: by which all cutoffs of what rests are divided.
    """

    def __init__(self, calmer: float = 1.0) -> None:
        self._calmer = calmer
        self._values: list[np.ndarray] = []
        self._speeds: list[np.ndarray] = []
        self._time_s = 0.0

    def __call__(self, people: People, time_s: float) -> People:
        """The people of the next frame, the first of them smoothed."""
        joints = people.joints_cam[0].astype(np.float64)
        depth, root = joints[:, 2:], people.skeleton.root
        places = joints[:, :2] / depth
        across = np.concatenate([places[root : root + 1], places - places[root]])
        values = [np.log(depth[root : root + 1]), across, depth / depth[root]]
        if not self._values:
            self._values, self._speeds = values, [np.zeros_like(value) for value in values]
        step_s, self._time_s = time_s - self._time_s, time_s
        if step_s > 0:
            bands = zip(values, (DISTANCE, ACROSS, RELATIVE_DEPTH), range(3), strict=True)
            for value, band, row in bands:
                self._step(row, value, band, step_s, depth[root, 0] / 1e3)
        depth = np.exp(self._values[0]) * self._values[2]
        joints = np.concatenate(
            [(self._values[1][:1] + self._values[1][1:]) * depth, depth], axis=1
        )
        return replace(people, joints_cam=joints[None].astype(np.float32))

    def _step(self, row: int, value: np.ndarray, band: Band, step_s: float, metres: float) -> None:
        before, speed = self._values[row], self._speeds[row]
        change = (value - before) / step_s - speed
        speed = speed + _share(band.speed_hz, step_s) * change
        m_per_s = np.linalg.norm(speed, axis=1, keepdims=True) * metres
        cutoff_hz = band.rest_hz / self._calmer + band.opening * m_per_s
        self._values[row] = before + _share(cutoff_hz, step_s) * (value - before)
        self._speeds[row] = speed


def _share(cutoff_hz: np.ndarray | float, step_s: float) -> np.ndarray:
    """How far a low pass goes towards the new value in a step."""
    turn = 2 * math.pi * np.asarray(cutoff_hz) * step_s
    return turn / (turn + 1)
