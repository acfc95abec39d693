"""Track ids: who of this frame is who of the frames before. Plain arrays, no threads, no Qt.

A person's root is followed as (x / z, y / z, ln z): there the errors of a model with one camera
are alike everywhere, small across the ray and several per cent of the distance along it. Each of
the three is a Kalman filter with constant velocity. Pairing is optimal over all people at once,
by the root's distance to its prediction and by the pose, within gates in millimetres.
"""

from dataclasses import dataclass, fields

import numpy as np
from scipy.optimize import linear_sum_assignment

from das_model.inference.estimate import DEFAULT_MIN_SCORE
from das_model.people import People

_ACROSS_NOISE_MM = 40.0  # of a measured root, one standard deviation
_ALONG_NOISE = 0.08  # likewise along the ray, share of the distance
_ACCELERATION_MM_S2 = 3000.0  # of walking people
_FIRST_SPEED_MM_S = 1000.0  # standard deviation of a speed not seen yet
_POSE_WEIGHT = 0.5  # of the pose term, against 1 for the root at its gate
_YOUNG_COST = 0.3  # more, of a track seen less than `_OLD_AFTER` times: it may be a false alarm
_OLD_AFTER = 3
_NEAREST_MM = 100.0  # a root nearer than this is taken to be there


@dataclass(frozen=True, slots=True)
class TrackingConfig:
    """Gates of the tracker: how far from its prediction a person may be found.

    Args:
        birth_score: people less sure than this may go on with a track but never begin one.
        bridge_s: a person unseen for longer is somebody new.
        across_gate_mm: across the ray.
        across_gate_share: more of it, per distance.
        along_gate_mm: along the ray.
        along_gate_share: more of it, per distance; the depth of one camera is that unsure.
        gate_growth_mm_s: more of both, per second since the person was seen.
        pose_gate_mm: mean joint distance, relative to the root, that counts as another pose.
        pose_growth_mm_s: more of it, per second since the person was seen.
    """

    birth_score: float = DEFAULT_MIN_SCORE
    bridge_s: float = 0.7
    across_gate_mm: float = 250.0
    across_gate_share: float = 0.03
    along_gate_mm: float = 400.0
    along_gate_share: float = 0.5
    gate_growth_mm_s: float = 1500.0
    pose_gate_mm: float = 250.0
    pose_growth_mm_s: float = 500.0


@dataclass(frozen=True, eq=False, slots=True)
class _Tracks:
    """T tracks as they were when each was last seen."""

    ids: np.ndarray  # (T,) int64
    seen_s: np.ndarray  # (T,)
    place: np.ndarray  # (T, 3) x / z, y / z, ln z
    speed: np.ndarray  # (T, 3) per second
    covariance: np.ndarray  # (T, 3, 3): for each of the three, of place, of both, of speed
    joints_rel: np.ndarray  # (T, J, 3) mm
    num_seen: np.ndarray  # (T,) sightings

    def select(self, which: np.ndarray) -> "_Tracks":
        return _Tracks(*(getattr(self, field.name)[which] for field in fields(self)))

    def joined(self, other: "_Tracks") -> "_Tracks":
        pairs = ((getattr(self, f.name), getattr(other, f.name)) for f in fields(self))
        return _Tracks(*(np.concatenate(pair) for pair in pairs))


class Tracker:
    """Gives people their track ids, frame by frame, from 1 on; an id is never given twice.

    A step back in time by more than `bridge_s`, as at a seek or at the loop of a file, begins
    anew, and so do people of other joints, as after a change of the model; a smaller step, as
    when a player steps back by a frame, keeps the tracks.
    """

    def __init__(self) -> None:
        self._tracks: _Tracks | None = None
        self._joint_names: tuple[str, ...] = ()
        self._time_s = 0.0
        self._next_id = 1  # people count from one

    def __call__(
        self, people: People, time_s: float, config: TrackingConfig = TrackingConfig()
    ) -> np.ndarray:
        """Track ids of the people of the next frame.

        Args:
            people: P people in camera space.
            time_s: of their frame, on any one clock.
            config: gates.

        Returns:
            (P,) int64, -1 for people too unsure to begin a track.
        """
        if people.skeleton.joint_names != self._joint_names:
            self._tracks, self._joint_names = None, people.skeleton.joint_names
        ids = np.full(len(people), -1, dtype=np.int64)
        seen = _first_sight(people, ids, time_s)
        tracks = self._still_alive(time_s, config.bridge_s)
        self._time_s = time_s
        is_sure = people.scores >= config.birth_score
        if tracks is not None:
            predicted = _predicted(tracks, time_s)
            track_of = _pair(predicted, seen, is_sure, config)
            paired, of = np.flatnonzero(track_of >= 0), track_of[track_of >= 0]
            ids[paired] = tracks.ids[of]
            updated = _updated(predicted.select(of), seen.select(paired))
            unseen = np.setdiff1d(np.arange(len(tracks.ids)), of)
            tracks = tracks.select(unseen).joined(updated)
        born = np.flatnonzero((ids < 0) & is_sure)
        ids[born] = self._next_id + np.arange(len(born))
        self._next_id += len(born)
        begun = seen.select(born)  # `seen` holds `ids`, which are known by now
        self._tracks = begun if tracks is None else tracks.joined(begun)
        return ids

    def _still_alive(self, time_s: float, bridge_s: float) -> _Tracks | None:
        """The tracks that may go on at `time_s`; None if there cannot be any."""
        tracks, step_s = self._tracks, time_s - self._time_s
        if tracks is None or step_s < -bridge_s:
            return None
        if step_s < 0:  # all that is known of the past is the present
            still = np.zeros_like(tracks.speed)
            tracks = _Tracks(
                tracks.ids,
                np.full(len(tracks.ids), time_s + step_s),
                tracks.place,
                still,
                tracks.covariance,
                tracks.joints_rel,
                tracks.num_seen,
            )
        return tracks.select(time_s - tracks.seen_s <= bridge_s)


def _first_sight(people: People, ids: np.ndarray, time_s: float) -> _Tracks:
    """Tracks of people as seen now and never before."""
    root = people.root_cam.astype(np.float64)
    depth = np.maximum(root[:, 2:], _NEAREST_MM)
    covariance = np.zeros((len(people), 3, 3))
    covariance[:, :, 0] = _measured_variance(depth)
    covariance[:, :, 2] = (_FIRST_SPEED_MM_S / depth) ** 2
    return _Tracks(
        ids,
        np.full(len(people), float(time_s)),
        np.concatenate([root[:, :2] / depth, np.log(depth)], axis=1),
        np.zeros((len(people), 3)),
        covariance,
        people.joints_rel.astype(np.float64),
        np.ones(len(people), dtype=np.int64),
    )


def _measured_variance(depth: np.ndarray) -> np.ndarray:
    """(N, 3) variance of a measured place at a depth (N, 1) mm."""
    across = (_ACROSS_NOISE_MM / depth) ** 2
    return np.concatenate([across, across, np.full_like(across, _ALONG_NOISE**2)], axis=1)


def _predicted(tracks: _Tracks, time_s: float) -> _Tracks:
    """Where the tracks should be at `time_s`; `seen_s` stays."""
    gap = np.abs(time_s - tracks.seen_s)[:, None]
    depth = np.exp(tracks.place[:, 2:])
    jolt = (_ACCELERATION_MM_S2 / depth) ** 2
    of_place, of_both, of_speed = np.moveaxis(tracks.covariance, 2, 0)
    covariance = np.stack(
        [
            of_place + 2 * gap * of_both + gap**2 * of_speed + jolt * gap**4 / 4,
            of_both + gap * of_speed + jolt * gap**3 / 2,
            of_speed + jolt * gap**2,
        ],
        axis=2,
    )
    place = tracks.place + tracks.speed * gap
    return _Tracks(
        tracks.ids,
        tracks.seen_s,
        place,
        tracks.speed,
        covariance,
        tracks.joints_rel,
        tracks.num_seen,
    )


def _updated(predicted: _Tracks, seen: _Tracks) -> _Tracks:
    """Kalman update of N tracks by what was seen of each."""
    of_place, of_both, of_speed = np.moveaxis(predicted.covariance, 2, 0)
    noise = _measured_variance(np.exp(seen.place[:, 2:]))
    gain, speed_gain = of_place / (of_place + noise), of_both / (of_place + noise)
    surprise = seen.place - predicted.place
    covariance = np.stack(
        [(1 - gain) * of_place, (1 - gain) * of_both, of_speed - speed_gain * of_both], axis=2
    )
    return _Tracks(
        predicted.ids,
        seen.seen_s,
        predicted.place + gain * surprise,
        predicted.speed + speed_gain * surprise,
        covariance,
        seen.joints_rel,
        predicted.num_seen + 1,
    )


def _pair(
    predicted: _Tracks, seen: _Tracks, is_sure: np.ndarray, config: TrackingConfig
) -> np.ndarray:
    """(P,) index of each person's track, -1 for none: sure people choose first."""
    track_of = np.full(len(seen.ids), -1, dtype=np.int64)
    if not len(predicted.ids):
        return track_of
    cost, is_near = _costs(predicted, seen, config)
    for group in (is_sure, ~is_sure):
        people = np.flatnonzero(group)
        tracks = np.setdiff1d(np.arange(len(predicted.ids)), track_of)
        rows, columns = linear_sum_assignment(cost[np.ix_(people, tracks)])
        is_pair = is_near[people[rows], tracks[columns]]
        track_of[people[rows[is_pair]]] = tracks[columns[is_pair]]
    return track_of


def _costs(
    predicted: _Tracks, seen: _Tracks, config: TrackingConfig
) -> tuple[np.ndarray, np.ndarray]:
    """(P, T) cost of each pair, and whether it lies within the gates.

    Costs are bounded by that of leaving both alone. So nobody is pushed off their own track to
    make one more pair elsewhere.
    """
    gap = np.abs(seen.seen_s[:, None] - predicted.seen_s)
    depth = np.exp(predicted.place[:, 2])
    steps = (seen.place[:, None] - predicted.place) * depth[:, None]  # (P, T, 3) mm
    growth = config.gate_growth_mm_s * gap
    across = config.across_gate_mm + config.across_gate_share * depth + growth
    along = config.along_gate_mm + config.along_gate_share * depth + growth
    root = np.hypot(np.linalg.norm(steps[..., :2], axis=-1) / across, steps[..., 2] / along)
    between = np.linalg.norm(seen.joints_rel[:, None] - predicted.joints_rel, axis=-1)
    pose = between.mean(axis=-1) / (config.pose_gate_mm + config.pose_growth_mm_s * gap)
    cost = np.hypot(root, _POSE_WEIGHT * np.minimum(pose, 1))
    cost = cost + _YOUNG_COST * (predicted.num_seen < _OLD_AFTER)
    is_near = root < 1
    return np.where(is_near, np.minimum(cost, 1.0), 1.0), is_near
