"""Tracking: track ids for the people of each frame. Plain arrays, no threads, no Qt.

Pairing is optimal over all people at once, by the root's distance to its prediction and by the
pose, within gates in millimetres. Who is not paired is looked for among those seen at this time
of the file before, then among those who left of late, and is else somebody new.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from das_app.motion.assignment import assignment
from das_app.motion.clothes import unlike
from das_app.motion.history import TrackHistory
from das_app.motion.returns import Doubt, ReturnConfig, returned
from das_app.motion.tracks import NEAREST_MM, Tracks, first_sight, predicted_at, updated
from das_model.inference.estimate import DEFAULT_MIN_SCORE
from das_model.people import People, TrackId

# Assumed; `scripts/benchmark_tracking.py` scores them together.
_POSE_WEIGHT = 0.5  # of the pose term, against 1 for the root at its gate
_CLOTHES_WEIGHT = (
    0.5,
    1.0,
)  # of other clothes, likewise; at once, and later, when places tell less
_LATER_S = 0.5
_DEFAULT_CLOTHES = 0.4  # taken for those that were not seen
_ODD_COST, _OTHER_CLOTHES = 0.4, 0.8  # of a place and of clothes that together are another's
_YOUNG_COST = 0.3  # more, of a track seen less than `_OLD_AFTER` times: it may be a false alarm
_OLD_AFTER = 3
_COVERS = 0.3  # of a person's size, mean distance of joints from those of another in the picture
_LOOK_EVERY = 5  # sightings, at the clothes of somebody known
_LONGEST_INTERVAL_S = 2.5  # between frames of the slowest model; longer is an interruption
_NUM_INTERVALS = 8  # that the usual one is the median of
_MAX_GONE = 64

LookAtClothes = Callable[[np.ndarray], np.ndarray]  # rows of people (N,) to colours (N, parts, C)


@dataclass(frozen=True, slots=True)
class TrackingConfig:
    """Gates of the tracker: how far from its prediction a person may be found.

    Args:
        birth_score: people less sure than this may go on with a track but never begin one,
        unsure_cost: where they lie this near to its prediction, 1 being at the gates: there are
            more of them than people, and they would lead a track astray whose person is hidden.
        sure_score: from it on somebody new has an id at once,
        sure_evidence: else once the scores of their sightings add up to so much.
        longest_wait_s: between frames, for that; where they are further apart, as those of a slow
            model or of slides, nobody waits.
        bridge_s: a person unseen for longer has left,
        bridge_results: unless that is no more than so many frames at the usual interval.
        across_gate_mm: across the ray.
        across_gate_share: more of it, per distance.
        along_gate_mm: along the ray.
        along_gate_share: more of it, per distance; the depth of one camera is that unsure.
        gate_growth_mm_s: more of both, per second since the person was seen.
        pose_gate_mm: mean joint distance, relative to the root, that counts as another pose.
        pose_growth_mm_s: more of it, per second since the person was seen.
        returns: when somebody who left is known again.
    """

    birth_score: float = DEFAULT_MIN_SCORE
    unsure_cost: float = 0.5
    sure_score: float = 0.5
    sure_evidence: float = 2.0
    longest_wait_s: float = 0.25
    bridge_s: float = 0.7
    bridge_results: int = 4
    across_gate_mm: float = 250.0
    across_gate_share: float = 0.03
    along_gate_mm: float = 400.0
    along_gate_share: float = 0.5
    gate_growth_mm_s: float = 1500.0
    pose_gate_mm: float = 250.0
    pose_growth_mm_s: float = 500.0
    returns: ReturnConfig = field(default_factory=ReturnConfig)


class Tracker:
    """Gives people their track ids, frame by frame, from 1 on.

    A step back in time by more than `bridge_s`, as at a seek or at the loop of a file, ends all
    tracks; who is found where somebody was at that time before is that person again. A smaller
    step, as when a player steps back by a frame, keeps the tracks. People of other joints, as
    after a change of the model, begin anew.

    Attributes:
        doubts: who of the newest frame may be somebody who left before.
    """

    def __init__(self) -> None:
        self._joint_names: tuple[str, ...] = ()
        self._next_id = 1  # people count from one
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._tracks: Tracks | None = None
        self._gone: Tracks | None = None
        self._history = TrackHistory()
        self._intervals_s: deque[float] = deque(maxlen=_NUM_INTERVALS)
        self._time_s: float | None = None
        self.doubts: tuple[Doubt, ...] = ()

    def __call__(
        self,
        people: People,
        time_s: float,
        config: TrackingConfig = TrackingConfig(),
        look: LookAtClothes | None = None,
    ) -> np.ndarray:
        """Track ids of the people of the next frame.

        Args:
            people: P people in camera space.
            time_s: of their frame, on any one clock.
            config: gates.
            look: at the clothes of those who are new or may be mistaken for each other, and now
                and then of the others; without it nobody who left is known again.

        Returns:
            (P,) int64, -1 for people too unsure to begin a track, and for those whose id waits.
        """
        if people.skeleton.joint_names != self._joint_names:
            self._joint_names = people.skeleton.joint_names
            self._begin_anew()
        seen = first_sight(people, np.full(len(people), -1, dtype=np.int64), time_s)
        life_s = self._end_old_tracks(time_s, config)
        is_sure = people.scores >= config.birth_score
        tracks, unseen = self._tracks, seen.select(np.zeros(0, dtype=np.int64))
        track_of = np.full(len(people), -1, dtype=np.int64)
        paired, now = np.zeros(0, dtype=np.int64), unseen
        if tracks is not None:
            predicted = predicted_at(tracks, time_s, self._usual_s)
            track_of = _pair(predicted, seen, is_sure, config, look)
            paired, of = np.flatnonzero(track_of >= 0), track_of[track_of >= 0]
            if look is not None:
                is_due = tracks.num_seen[of] % _LOOK_EVERY == 0
                due = paired[is_due | (tracks.num_seen[of] < _OLD_AFTER)]
                seen.colours[due] = look(due)
            now = updated(predicted.select(of), seen.select(paired))
            unseen = tracks.select(np.setdiff1d(np.arange(len(tracks.ids)), of))
        born = np.flatnonzero((track_of < 0) & is_sure)
        if look is not None:
            seen.colours[born] = look(born)
        now, rows = now.joined(seen.select(born)), np.concatenate([paired, born])
        is_known = now.evidence >= config.sure_evidence
        if 0 < self._usual_s <= config.longest_wait_s:
            is_clear = people.scores[rows] >= config.sure_score
            is_known |= is_clear & ~_covered(people.joints_cam[rows], people.scores[rows], now.ids)
        else:  # also the first frame, or a single picture
            is_known[:] = True
        self._name(now, is_known, unseen, config, life_s)
        self._tracks = unseen.joined(now)
        self._history.keep(now.select(now.ids >= 0), time_s)
        seen.ids[rows] = now.ids
        return seen.ids

    def _end_old_tracks(self, time_s: float, config: TrackingConfig) -> float:
        """Put away the tracks that cannot go on; how long an unseen one lives, s."""
        step_s = 0.0 if self._time_s is None else time_s - self._time_s
        self._time_s = time_s
        if 0 < step_s <= _LONGEST_INTERVAL_S:
            self._intervals_s.append(step_s)
        missed_s = (config.bridge_results + 1.5) * self._usual_s if config.bridge_results else 0.0
        life_s = max(config.bridge_s, missed_s)
        tracks, gone = self._tracks, self._gone
        if tracks is not None:
            is_alive = (time_s - tracks.seen_s <= life_s) & (step_s >= -config.bridge_s)
            left = tracks.select(~is_alive & (tracks.ids >= 0))
            gone = left if gone is None else gone.joined(left)
            tracks = tracks.select(is_alive)
            if step_s < 0:  # all that is known of the past is the present
                tracks = tracks.standing(time_s + step_s)
        if gone is not None:
            is_near = np.abs(time_s - gone.seen_s) <= config.returns.within_s
            gone = gone.select(np.flatnonzero(is_near)[-_MAX_GONE:])
        self._tracks, self._gone = tracks, gone
        return life_s

    @property
    def _usual_s(self) -> float:
        """Interval between frames."""
        return float(np.median(self._intervals_s)) if self._intervals_s else 0.0

    def _name(
        self,
        now: Tracks,
        is_known: np.ndarray,
        others: Tracks,
        config: TrackingConfig,
        life_s: float,
    ) -> None:
        """Give ids to those in the picture who have none.

        Args:
            now: everybody in the picture; ids are set in place.
            is_known: (N,) who may be somebody new; others must be known again, or wait.
            others: tracks not seen now.
            config: gates.
            life_s: of an unseen track.
        """
        self._know_by_time(now, others, config, life_s)
        doubts: list[tuple[int, int]] = []
        rows = np.flatnonzero(now.ids < 0)
        if self._gone is not None and len(rows):
            surely, perhaps = returned(self._gone, now.select(rows), config.returns)
            now.ids[rows[surely >= 0]] = self._gone.ids[surely[surely >= 0]]
            is_doubtful = (perhaps >= 0) & is_known[rows]
            doubts = [*zip(rows[is_doubtful], self._gone.ids[perhaps[is_doubtful]], strict=True)]
        new = np.flatnonzero((now.ids < 0) & is_known)
        now.ids[new] = self._next_id + np.arange(len(new))
        self._next_id += len(new)
        self.doubts = tuple(
            Doubt(TrackId(int(now.ids[row])), TrackId(int(of))) for row, of in doubts
        )
        if self._gone is not None:
            self._gone = self._gone.select(~np.isin(self._gone.ids, now.ids))

    def _know_by_time(
        self, now: Tracks, others: Tracks, config: TrackingConfig, life_s: float
    ) -> None:
        """Give people the ids of those who were in their places at this time of the file."""
        rows = np.flatnonzero(now.ids < 0)
        before = self._history.near(float(self._time_s or 0.0), life_s) if len(rows) else None
        if before is None:
            return
        before = before.select(~np.isin(before.ids, np.concatenate([now.ids, others.ids])))
        here = _pair(before, now.select(rows), np.ones(len(rows), dtype=bool), config, None)
        now.ids[rows[here >= 0]] = before.ids[here[here >= 0]]


def _covered(joints_cam: np.ndarray, scores: np.ndarray, ids: np.ndarray) -> np.ndarray:
    """(P,) who nearly covers, in the picture, somebody who has an id or a better score: of people
    close together a model finds one twice now and then.

    Args:
        joints_cam: (P, J, 3) mm.
        scores: (P,) of people.
        ids: (P,) theirs, -1 for none.
    """
    joints = joints_cam.astype(np.float64)
    places = joints[..., :2] / np.maximum(joints[..., 2:], NEAREST_MM)  # (P, J, 2)
    sizes = np.ptp(places, axis=1).max(axis=-1)
    apart = np.linalg.norm(places[:, None] - places, axis=-1).mean(axis=-1)  # (P, P)
    is_before = (ids >= 0) | (scores > scores[:, None])
    return ((apart < _COVERS * sizes[:, None]) & is_before & ~np.eye(len(ids), dtype=bool)).any(1)


def _pair(
    predicted: Tracks,
    seen: Tracks,
    is_sure: np.ndarray,
    config: TrackingConfig,
    look: LookAtClothes | None,
) -> np.ndarray:
    """(P,) index of each person's track, -1 for none: sure people choose first."""
    track_of = np.full(len(seen.ids), -1, dtype=np.int64)
    if not len(predicted.ids):
        return track_of
    cost, is_near = _costs(predicted, seen, config)
    of_place = cost.copy()
    if look is not None:
        _add_clothes(cost, is_near, predicted, seen, look)
    for group, most in ((is_sure, 1.0), (~is_sure, config.unsure_cost)):
        people = np.flatnonzero(group)
        tracks = np.setdiff1d(np.arange(len(predicted.ids)), track_of)
        rows, columns = assignment(cost[np.ix_(people, tracks)])
        rows, columns = people[rows], tracks[columns]
        is_pair = is_near[rows, columns] & (of_place[rows, columns] <= most)
        track_of[rows[is_pair]] = columns[is_pair]
    if look is not None:
        _part_strangers(track_of, of_place, is_sure, predicted, look)
    return track_of


def _add_clothes(
    cost: np.ndarray, is_near: np.ndarray, predicted: Tracks, seen: Tracks, look: LookAtClothes
) -> None:
    """Look at those who may be mistaken for each other, and let their clothes count in `cost`."""
    is_choice = is_near & ((is_near.sum(axis=1) > 1)[:, None] | (is_near.sum(axis=0) > 1))
    rows = np.flatnonzero(is_choice.any(axis=1))
    if not len(rows):
        return
    seen.colours[rows] = look(rows)
    clothes = unlike(seen.colours[rows], predicted.colours)
    clothes = np.where(np.isnan(clothes), _DEFAULT_CLOTHES, clothes)
    gap_s = np.abs(seen.seen_s[rows, None] - predicted.seen_s)
    weight = np.interp(gap_s, (0.0, _LATER_S), _CLOTHES_WEIGHT)
    of_both = np.hypot(cost[rows], weight * clothes)
    cost[rows] = np.where(is_near[rows], np.minimum(of_both, 1.0), 1.0)


def _part_strangers(
    track_of: np.ndarray,
    cost: np.ndarray,
    is_sure: np.ndarray,
    predicted: Tracks,
    look: LookAtClothes,
) -> None:
    """Take back pairs of sure people whose places agree so-so, by `cost` (P, T), and whose clothes
    do not: somebody comes in where another has just left."""
    rows = np.flatnonzero((track_of >= 0) & is_sure)
    of = track_of[rows]
    is_odd = (cost[rows, of] > _ODD_COST) & (predicted.num_seen[of] >= _OLD_AFTER)
    rows, of = rows[is_odd], of[is_odd]
    if len(rows):  # what may be another's colours is not kept
        clothes = np.diagonal(unlike(look(rows), predicted.colours[of]))
        track_of[rows[clothes > _OTHER_CLOTHES]] = -1


def _costs(
    predicted: Tracks, seen: Tracks, config: TrackingConfig
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
