"""One-Euro smoothing of tracked people, aware of time, vectorised over people and joints.

After Casiez, Roussel and Vogel, "1 Euro Filter", CHI 2012: a low pass whose cutoff rises with the
speed, so that what rests stands still and what is fast is not late. A model with one camera sees
places in the picture well and depth badly. So a person is smoothed as they were seen: the root's
distance by itself and strongly; places in the picture, and depths relative to the root's, as
limbs. Smoothing the distance therefore never moves anybody in the picture.
"""

import math
from dataclasses import dataclass, replace

import numpy as np

from das_model.people import People

DISTANCE_STRENGTH, LIMB_STRENGTH = 0.6, 0.4  # usual ones
FORGET_S = 1.0  # a person unseen for longer begins anew
_LEAST_STEP_S = 1e-3  # the same frame again changes next to nothing
_NEAREST_MM = 100.0  # the filter divides by depth: nearer joints are left as they are


@dataclass(frozen=True, slots=True)
class _Band:
    """Cutoffs that a strength chooses from, and how they open with the speed.

    Args:
        open_hz: cutoff of something at rest at strength 0 (there the filter is off altogether).
        shut_hz: likewise at strength 1.
        opening: Hz more per m/s.
        speed_hz: cutoff of the speed itself.
    """

    open_hz: float
    shut_hz: float
    opening: float
    speed_hz: float

    def cutoff_hz(self, strength: float) -> float:
        """Cutoff of something at rest."""
        return self.open_hz * (self.shut_hz / self.open_hz) ** strength


_DISTANCE = _Band(open_hz=3.0, shut_hz=0.05, opening=0.5, speed_hz=0.3)
_ACROSS = _Band(open_hz=12.0, shut_hz=0.5, opening=4.0, speed_hz=1.0)
_RELATIVE_DEPTH = _Band(open_hz=8.0, shut_hz=0.25, opening=1.5, speed_hz=0.7)


@dataclass(frozen=True, slots=True)
class SmoothingConfig:
    """How much is smoothed.

    Args:
        distance_strength: of the root's distance along the ray, from 0, off, to 1.
        limb_strength: of all else, from 0, off, to 1.

    Raises:
        ValueError: if a strength is not inside [0, 1].
    """

    distance_strength: float = DISTANCE_STRENGTH
    limb_strength: float = LIMB_STRENGTH

    def __post_init__(self) -> None:
        for name in ("distance_strength", "limb_strength"):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise ValueError(f"{name} must be from 0 to 1, got {getattr(self, name)}")


def one_euro(
    measured: np.ndarray,
    before: np.ndarray,
    speed_before: np.ndarray,
    step_s: np.ndarray,
    metres_per_unit: np.ndarray,
    strength: float,
    band: _Band,
) -> tuple[np.ndarray, np.ndarray]:
    """One step of the filter; all values of a point share the cutoff of its speed.

    Args:
        measured: (N, C, D) values of C points now.
        before: (N, C, D) filtered values a step ago.
        speed_before: (N, C, D) filtered speeds a step ago, units per second.
        step_s: (N,) seconds of the step, positive.
        metres_per_unit: (N,) what a unit is worth.
        strength: 0 returns `measured`.
        band: of the kind of value.

    Returns:
        (N, C, D) filtered values and (N, C, D) filtered speeds.
    """
    step, metres = step_s[:, None, None], metres_per_unit[:, None, None]
    change = (measured - before) / step - speed_before
    speed = speed_before + _share(band.speed_hz, step) * change
    if strength == 0:
        return measured, speed
    m_per_s = np.linalg.norm(speed, axis=-1, keepdims=True) * metres
    cutoff_hz = band.cutoff_hz(strength) + band.opening * m_per_s
    return before + _share(cutoff_hz, step) * (measured - before), speed


def _share(cutoff_hz: np.ndarray | float, step_s: np.ndarray) -> np.ndarray:
    """How far a low pass goes towards the new value in a step."""
    turn = 2 * math.pi * cutoff_hz * step_s
    return turn / (turn + 1)


@dataclass(frozen=True, eq=False, slots=True)
class _Seen:
    """N people as the filter sees them, or their speeds: (N, C, D) arrays."""

    distance: np.ndarray  # (N, 1, 1) ln z of the root
    across: np.ndarray  # (N, 1 + J, 2) x / z, y / z of the root; of the joints, less the root's
    relative_depth: np.ndarray  # (N, J, 1) z of the joints over z of the root

    def select(self, which: np.ndarray) -> "_Seen":
        return _Seen(self.distance[which], self.across[which], self.relative_depth[which])

    def joined(self, other: "_Seen") -> "_Seen":
        return _Seen(
            np.concatenate([self.distance, other.distance]),
            np.concatenate([self.across, other.across]),
            np.concatenate([self.relative_depth, other.relative_depth]),
        )


@dataclass(frozen=True, eq=False, slots=True)
class _Memory:
    ids: np.ndarray  # (N,)
    seen_s: np.ndarray  # (N,)
    values: _Seen
    speeds: _Seen


class Smoother:
    """Smooths people by their track ids, frame by frame; people without an id stay as they are.

    A step back in time begins anew, so do people of other joints, as after a change of the model,
    and a track that was not seen for a second.
    """

    def __init__(self) -> None:
        self._memory: _Memory | None = None
        self._joint_names: tuple[str, ...] = ()

    def __call__(
        self, people: People, time_s: float, config: SmoothingConfig = SmoothingConfig()
    ) -> People:
        """The people of the next frame, smoothed.

        Args:
            people: P tracked people in camera space.
            time_s: of their frame, on any one clock.
            config: strengths.

        Returns:
            The same people in the same order with other `joints_cam`.
        """
        if people.skeleton.joint_names != self._joint_names:
            self._memory, self._joint_names = None, people.skeleton.joint_names
        can_be = (people.track_ids >= 0) & (people.joints_cam[..., 2] > _NEAREST_MM).all(axis=1)
        rows = np.flatnonzero(can_be)
        ids = people.track_ids[rows]
        root = people.skeleton.root
        values = _seen(people.joints_cam[rows].astype(np.float64), root)
        speeds = _Seen(*(np.zeros_like(getattr(values, name)) for name in _Seen.__slots__))
        memory = self._fresh_memory(time_s)
        if memory is None:
            self._memory = _Memory(ids, np.full(len(ids), float(time_s)), values, speeds)
            return people
        known, of = _matches(ids, memory.ids)
        step_s = np.maximum(time_s - memory.seen_s[of], _LEAST_STEP_S)
        _advance(values, speeds, known, memory, of, step_s, config)
        unseen = np.flatnonzero(~np.isin(memory.ids, ids))
        self._memory = _Memory(
            np.concatenate([memory.ids[unseen], ids]),
            np.concatenate([memory.seen_s[unseen], np.full(len(ids), float(time_s))]),
            memory.values.select(unseen).joined(values),
            memory.speeds.select(unseen).joined(speeds),
        )
        joints_cam = people.joints_cam.copy()
        joints_cam[rows[known]] = _joints_cam(values.select(known), root)
        return replace(people, joints_cam=joints_cam)

    def _fresh_memory(self, time_s: float) -> _Memory | None:
        memory = self._memory
        if memory is None or np.any(memory.seen_s > time_s):
            return None
        keep = time_s - memory.seen_s <= FORGET_S
        return _Memory(
            memory.ids[keep],
            memory.seen_s[keep],
            memory.values.select(keep),
            memory.speeds.select(keep),
        )


def _advance(
    values: _Seen,
    speeds: _Seen,
    known: np.ndarray,
    memory: _Memory,
    of: np.ndarray,
    step_s: np.ndarray,
    config: SmoothingConfig,
) -> None:
    """Replace the measured `values` and `speeds` of the `known` people by filtered ones."""
    metres = np.exp(values.distance[known, 0, 0]) / 1e3
    for name, band, strength in (
        ("distance", _DISTANCE, config.distance_strength),
        ("across", _ACROSS, config.limb_strength),
        ("relative_depth", _RELATIVE_DEPTH, config.limb_strength),
    ):
        value, speed = getattr(values, name), getattr(speeds, name)
        value[known], speed[known] = one_euro(
            value[known],
            getattr(memory.values, name)[of],
            getattr(memory.speeds, name)[of],
            step_s,
            metres,
            strength,
            band,
        )


def _seen(joints_cam: np.ndarray, root: int) -> _Seen:
    """(N, J, 3) mm, all in front of the camera, as the filter sees them."""
    depth = joints_cam[..., 2:]
    in_picture = joints_cam[..., :2] / depth
    at_root = in_picture[:, root : root + 1]
    return _Seen(
        np.log(depth[:, root : root + 1]),
        np.concatenate([at_root, in_picture - at_root], axis=1),
        depth / depth[:, root : root + 1],
    )


def _joints_cam(seen: _Seen, root: int) -> np.ndarray:
    """Inverse of `_seen`."""
    depth = np.exp(seen.distance) * seen.relative_depth
    in_picture = seen.across[:, :1] + seen.across[:, 1:]
    return np.concatenate([in_picture * depth, depth], axis=-1)


def _matches(ids: np.ndarray, among: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Positions in `ids` of those that are in `among` too, and their positions there."""
    of_id = {int(track_id): position for position, track_id in enumerate(among)}
    known = np.array([i for i, t in enumerate(ids) if int(t) in of_id], dtype=np.int64)
    of = np.array([of_id[int(ids[i])] for i in known], dtype=np.int64)
    return known, of
