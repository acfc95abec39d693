"""Tracks of people over the frames of a take: gap filling and resampling."""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from das_model.people import People

_SAME_S = 1e-6


@dataclass(frozen=True, eq=False, slots=True)
class Track:
    """One person from their first frame to their last, n frames.

    Args:
        track_id: of the session.
        first: number of the first frame in the take.
        joints: (n, J, 3) float64 mm in the take's space, NaN in gaps.
        joint_scores: (n, J), NaN in gaps.
        scores: (n,), NaN in gaps.
        is_filled: (n, J) bool: interpolated over a gap.
    """

    track_id: int
    first: int
    joints: np.ndarray
    joint_scores: np.ndarray
    scores: np.ndarray
    is_filled: np.ndarray

    def __len__(self) -> int:
        return len(self.scores)

    @property
    def frames(self) -> range:
        """Numbers of its frames in the take."""
        return range(self.first, self.first + len(self))

    @property
    def is_posed(self) -> np.ndarray:
        """(n,) bool: more than half of the joints are there, enough for a body."""
        return np.isfinite(self.joints).all(axis=2).mean(axis=1) > 0.5

    def posed_spans(self) -> list[slice]:
        """Stretches of its frames in which more than half of the joints are there."""
        edges = np.flatnonzero(np.diff(np.concatenate([[False], self.is_posed, [False]])))
        return [slice(int(start), int(stop)) for start, stop in edges.reshape(-1, 2)]


class Sightings:
    """Sightings of people, frame by frame.

    Args:
        num_joints: of a person.
        wanted: track ids to take in, None for everybody.
    """

    def __init__(self, num_joints: int, wanted: Iterable[int] | None) -> None:
        self._num_joints, self._wanted = num_joints, None if wanted is None else set(wanted)
        self._seen: dict[int, list[tuple[int, np.ndarray, np.ndarray, float]]] = {}
        self._ids: set[int] = set()
        self.num_untracked = 0

    def add(self, number: int, people: People) -> None:
        """Take in the people of frame `number` of the take."""
        self.num_untracked += int((people.track_ids < 0).sum())
        for p in np.flatnonzero(people.track_ids >= 0):
            track_id = int(people.track_ids[p])
            self._ids.add(track_id)
            if self._wanted is None or track_id in self._wanted:
                sighting = (number, people.joints_cam[p], people.joint_scores[p], people.scores[p])
                self._seen.setdefault(track_id, []).append(sighting)

    def tracks(self) -> list[Track]:
        """Everybody wanted, by track id."""
        return [self._track(track_id) for track_id in sorted(self._seen)]

    def check_wanted(self) -> None:
        """Raises ValueError where nobody has an id asked for."""
        if self._wanted is not None and not self._seen:
            there = _listed(self._ids) or "nobody"
            raise ValueError(f"no person has the id {_listed(self._wanted)}; there are {there}")

    def _track(self, track_id: int) -> Track:
        numbers, joints, joint_scores, scores = zip(*self._seen[track_id], strict=True)
        first = numbers[0]
        places, size = np.array(numbers) - first, numbers[-1] - first + 1
        track = Track(
            track_id,
            first,
            np.full((size, self._num_joints, 3), np.nan),
            np.full((size, self._num_joints), np.nan),
            np.full(size, np.nan),
            np.zeros((size, self._num_joints), bool),
        )
        track.joints[places] = joints
        track.joint_scores[places] = joint_scores
        track.scores[places] = scores
        return track


def filled(track: Track, times_s: np.ndarray, longest_s: float) -> Track:
    """The track with gaps of at most `longest_s` interpolated, joint by joint."""
    if longest_s <= 0:
        return track
    times_s = times_s[track.first : track.first + len(track)]
    track = replace(
        track,
        joints=track.joints.copy(),
        joint_scores=track.joint_scores.copy(),
        scores=track.scores.copy(),
        is_filled=track.is_filled.copy(),
    )
    is_seen = np.isfinite(track.joints).all(axis=-1)  # (n, J)
    for joint in range(is_seen.shape[1]):
        known = np.flatnonzero(is_seen[:, joint])
        for before, after in itertools.pairwise(known.tolist()):
            if after - before > 1 and times_s[after] - times_s[before] <= longest_s:
                _fill(track, joint, before, after, times_s)
    return track


def _listed(ids: set[int]) -> str:
    return ", ".join(map(str, sorted(ids)))


def _fill(track: Track, joint: int, before: int, after: int, times_s: np.ndarray) -> None:
    """Interpolate a joint in place; a person's score only where nothing of them is known."""
    gap = slice(before + 1, after)
    share = (times_s[gap] - times_s[before]) / (times_s[after] - times_s[before])
    for values in (track.joints[:, joint], track.joint_scores[:, joint], track.scores):
        start, end = values[before], values[after]
        between = start + share.reshape(-1, *[1] * (values.ndim - 1)) * (end - start)
        known = np.isfinite(values[gap]) if values is track.scores else False
        values[gap] = np.where(known, values[gap], between)
    track.is_filled[gap, joint] = True


def resampled(
    track: Track, old_s: np.ndarray, new_s: np.ndarray, longest_s: float, usual_s: float
) -> Track:
    """The track at other times, linear between neighbouring frames at most `longest_s` apart.

    What lies between frames further apart than 1.5 `usual_s` is marked as interpolated: the
    source lost the frames in between, or the model never saw them.
    """
    old_s = old_s[track.first : track.first + len(track)]
    first = int(np.searchsorted(new_s, old_s[0] - _SAME_S))
    new_s = new_s[first : np.searchsorted(new_s, old_s[-1] + _SAME_S)]
    after = np.clip(np.searchsorted(old_s, new_s - _SAME_S), 0, len(old_s) - 1)
    is_same = np.abs(old_s[after] - new_s) <= _SAME_S
    before = np.where(is_same, after, np.maximum(after - 1, 0))
    step_s = old_s[after] - old_s[before]
    share = np.where(is_same, 0.0, (new_s - old_s[before]) / np.where(is_same, 1.0, step_s))
    share[step_s > longest_s + _SAME_S] = np.nan

    def between(values: np.ndarray) -> np.ndarray:
        weight = share.reshape(-1, *[1] * (values.ndim - 1))
        return values[before] + weight * (values[after] - values[before])

    is_bridged = (step_s > 1.5 * usual_s)[:, None]
    return Track(
        track.track_id,
        first,
        between(track.joints),
        between(track.joint_scores),
        between(track.scores),
        track.is_filled[before] | track.is_filled[after] | is_bridged,
    )


def grid_fps(times_s: np.ndarray, source_indices: np.ndarray, nominal_fps: float) -> float:
    """Rate of the grid that the frames lie on, whichever of them are missing.

    Args:
        times_s: (F,) rising.
        source_indices: (F,) numbers of the frames in their source.
        nominal_fps: rate the source announces, 0 when unknown.

    Returns:
        The announced rate where steps are whole numbers of its frames; else one that they are
        whole numbers of; else the median rate.
    """
    steps = np.diff(times_s)
    if not len(steps):
        return nominal_fps or 30.0
    if nominal_fps and _is_grid(steps, 1 / nominal_fps):
        return nominal_fps
    each = steps / np.maximum(np.diff(source_indices), 1)
    for step in (np.median(each), np.quantile(each, 0.1)):
        step = np.median(steps / np.maximum(np.round(steps / step), 1))
        if _is_grid(steps, step):
            return _rounded(1 / float(step))
    return _rounded(1 / float(np.median(steps)))


def _rounded(fps: float) -> float:
    """To a thousandth, or of a time lapse to a thousandth of itself."""
    return round(fps, 3) if fps >= 1 else float(f"{fps:.6g}")


def _is_grid(steps: np.ndarray, step: float) -> bool:
    """Whether nine of ten steps are whole numbers of a step, to a tenth of it."""
    numbers = steps / step
    is_near = (np.abs(numbers - np.round(numbers)) < 0.1) & (np.round(numbers) >= 1)
    return bool(is_near.mean() >= 0.9)
