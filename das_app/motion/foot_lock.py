"""Foot locking: standing feet stay put; the person moves along the ray, and legs bend, for it.

The picture tells well whether a foot moves. One that does not is pinned where it was; the pin
goes after the foot slowly. Pinned feet tell the distance of their person better than a single
frame does.
"""

from dataclasses import replace

import numpy as np

from das_app.motion.track_memory import TrackMemory
from das_model.people import People

# Assumed, where nothing else is said; `scripts/benchmark_smoothing.py` scores them together.
_SLOW_M_PER_S, _FAST_M_PER_S = 0.2, 0.4  # in the picture; a foot is pinned below, let go above
_SLIPPED_MM = 100.0  # in the picture, from the pin: it is let go
_SPEED_S = 0.05  # memory of the speed
_PIN_S = 3.0  # in which a pin goes after its foot
_TAKE_S, _LEAVE_S = 0.03, 0.08  # in which a foot goes to its pin, and away from it
_SHIFT_S, _UNSHIFT_S = 0.07, 0.4  # in which a person goes to the pins' distance, and back
_MAX_SHIFT = 0.03  # of the logarithm of a distance: steps that follow each other do not add up
_MORE_BENT = np.radians(12)  # of a knee, for a pin nearer than the foot was seen
_NEAREST_MM = 100.0
_LEG = ("hip", "knee", "ankle")


class FootLock:
    """Keeps standing feet in their places, by track ids; people without one stay as they are."""

    def __init__(self) -> None:
        self._memory = TrackMemory()
        self._joint_names: tuple[str, ...] = ()

    def __call__(self, people: People, time_s: float) -> People:
        """The people of the next frame, smoothed before, with standing feet in their places.

        Args:
            people: P tracked people in camera space.
            time_s: of their frame; a step back begins anew, and so do other joints.

        Returns:
            The same people in the same order; thighs and shins keep their lengths.
        """
        names = people.skeleton.joint_names
        if names != self._joint_names:
            self._memory, self._joint_names = TrackMemory(), names
        legs = [[f"{side}_{joint}" for joint in _LEG] for side in ("left", "right")]
        if not len(people) or not {name for leg in legs for name in leg} <= set(names):
            return people
        can_be = (people.track_ids >= 0) & (people.joints_cam[..., 2] > _NEAREST_MM).all(axis=1)
        rows = np.flatnonzero(can_be)
        leg = np.array([[names.index(name) for name in leg] for leg in legs])  # (2, 3)
        joints = people.joints_cam[rows].astype(np.float64)
        ids, feet, count = people.track_ids[rows], joints[:, leg[:, 2]], len(rows)
        places = feet[..., :2] / feet[..., 2:]
        fresh = (
            places,
            np.full((count, 2, 2), np.nan),  # speed, once it is known
            np.full((count, 2, 3), np.nan),  # pins, where there are any
            np.zeros((count, 2, 3)),
            np.zeros(count),
        )
        (last, speed, pin, offset, shift), known, step_s = self._memory.recall(ids, time_s, fresh)
        step = step_s[:, None]
        now = (places - last) * feet[..., 2:] / 1e3 / step[..., None]  # m/s across the ray
        share = np.where(np.isfinite(speed), _share(_SPEED_S, step)[..., None], 1.0)
        speed = np.where(
            known[:, None, None], np.nan_to_num(speed) * (1 - share) + share * now, np.nan
        )
        shown = feet * np.exp(shift)[:, None, None] + offset
        pin = _new_pins(pin, feet, np.linalg.norm(speed, axis=-1), shown)
        pin += _share(_PIN_S, step)[..., None] * (feet - pin)
        shift = _new_shift(shift, pin, feet, step_s)
        root = joints[:, people.skeleton.root]
        joints += (np.expm1(shift)[:, None] * root)[:, None]
        is_pinned = np.isfinite(pin[..., 0])
        wanted = np.where(is_pinned[..., None], pin - joints[:, leg[:, 2]], 0.0)
        share = np.where(is_pinned, _share(_TAKE_S, step), _share(_LEAVE_S, step))
        offset = offset + share[..., None] * (wanted - offset)
        for side in range(2):
            _bend(joints, leg[side], offset[:, side])
        self._memory.keep(ids, time_s, (places, speed, pin, offset, shift))
        joints_cam = people.joints_cam.copy()
        joints_cam[rows] = joints
        return replace(people, joints_cam=joints_cam)


def _share(time_s: float, step_s: np.ndarray) -> np.ndarray:
    """Fraction of the way to a goal in one step."""
    return 1 - np.exp(-step_s / time_s)


def _new_pins(
    pin: np.ndarray, feet: np.ndarray, speed: np.ndarray, shown: np.ndarray
) -> np.ndarray:
    """(N, 2, 3) pins, NaN for none: let go where the foot moves, set where it has come to rest."""
    apart = np.linalg.norm(pin[..., :2] / pin[..., 2:] - feet[..., :2] / feet[..., 2:], axis=-1)
    has_gone = (speed > _FAST_M_PER_S) | (apart * feet[..., 2] > _SLIPPED_MM)
    pin = np.where(has_gone[..., None], np.nan, pin)
    rests = ~np.isfinite(pin[..., 0]) & (speed < _SLOW_M_PER_S)
    return np.where(rests[..., None], shown, pin)


def _new_shift(
    shift: np.ndarray, pin: np.ndarray, feet: np.ndarray, step_s: np.ndarray
) -> np.ndarray:
    """(N,) logarithm of how many times as far away a person is than was seen, going to the pins'
    mean, or back to 0 without any."""
    ratio = np.log(pin[..., 2] / feet[..., 2])  # (N, 2)
    number = np.isfinite(ratio).sum(axis=1)
    goal = np.where(np.isfinite(ratio), ratio, 0.0).sum(axis=1) / np.maximum(number, 1)
    share = np.where(number > 0, _share(_SHIFT_S, step_s), _share(_UNSHIFT_S, step_s))
    return np.clip(shift + share * (goal - shift), -_MAX_SHIFT, _MAX_SHIFT)


def _bend(joints: np.ndarray, leg: np.ndarray, offset: np.ndarray) -> None:
    """Move the ankles of (N, J, 3) joints by an offset (N, 3), as far as the leg reaches and the
    knee need not bend by much more; it stays in its plane, thigh and shin keep their lengths."""
    hip, knee, ankle = (joints[:, joint] for joint in leg)
    thigh, shin = (np.linalg.norm(b - a, axis=1) for a, b in ((hip, knee), (knee, ankle)))
    way = ankle + offset - hip
    length = np.maximum(np.linalg.norm(way, axis=1), 1e-6)
    seen = np.linalg.norm(ankle - hip, axis=1)
    folded = (seen**2 - thigh**2 - shin**2) / np.maximum(2 * thigh * shin, 1e-6)
    most = np.minimum(np.arccos(np.clip(folded, -1, 1)) + _MORE_BENT, np.pi)
    least = np.sqrt(np.maximum(thigh**2 + shin**2 + 2 * thigh * shin * np.cos(most), 0.0))
    reach = np.clip(length, np.maximum(least, np.abs(thigh - shin) + 1e-3), thigh + shin)
    along = way / length[:, None]
    out = knee - hip
    out -= (out * along).sum(axis=1, keepdims=True) * along
    out /= np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-6)
    ahead = (thigh**2 - shin**2 + reach**2) / (2 * reach)
    aside = np.sqrt(np.maximum(thigh**2 - ahead**2, 0.0))
    joints[:, leg[1]] = hip + ahead[:, None] * along + aside[:, None] * out
    joints[:, leg[2]] = hip + reach[:, None] * along
