"""Refinement of all people of a take: frames of people in, frames of people out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from das_app.motion.body.rig import Body, body_of, to_y_up
from das_app.motion.floor import Floor
from das_app.motion.kinematics import ANKLE_HEIGHT_MM
from das_app.motion.refine.linking import BRIDGE_S
from das_app.motion.refine.person import RefinedPerson, refine_person
from das_app.motion.refine.report import TrackSeen
from das_app.motion.refine.take_solver import FloorPlane
from das_model.people import People
from das_model.skeleton import Skeleton

NOBODY_SCALED: Mapping[int, float] = MappingProxyType({})
# Assumed, where nothing else is said; `scripts/benchmark_refine.py` scores them together.
_MIN_FRAMES = 3  # who is seen in fewer of many frames is left out as a mistake


@dataclass(frozen=True, eq=False, slots=True)
class RefinedTrack:
    """A person with the frames in which they are.

    Args:
        track_id: of the person.
        frames: (n,) numbers of frames, seen or bridged.
        is_seen: (n,) bool; the others are bridged.
        joints: (n, J, 3) mm in camera space.
        stands: (n, 2) bool: left and right foot.
        seen: (n, J, 3) mm as the model saw them, NaN where bridged.
        joint_scores: (n, J), 0 where bridged.
        scores: (n,); of the frame seen last where bridged.
    """

    track_id: int
    frames: np.ndarray
    is_seen: np.ndarray
    joints: np.ndarray
    stands: np.ndarray
    seen: np.ndarray
    joint_scores: np.ndarray
    scores: np.ndarray

    @property
    def num_gaps(self) -> int:
        """Gaps that were bridged."""
        return int((np.diff(self.is_seen.astype(int)) == -1).sum())

    def as_seen(self, times_s: np.ndarray, skeleton: Skeleton) -> TrackSeen:
        """For figures of a report; times (N,) of all frames."""
        feet = np.array([skeleton.index(f"{side}_ankle") for side in ("left", "right")])
        on = self.is_seen
        return TrackSeen(
            self.joints[on],
            self.seen[on],
            self.joint_scores[on],
            times_s[self.frames[on]],
            self.stands[on],
            feet,
        )


def refine_take(
    frames: Sequence[People],
    times_s: np.ndarray,
    skeleton: Skeleton,
    floor: Floor | None = None,
    bridge_s: float = BRIDGE_S,
    on_progress: Callable[[float], None] = lambda _share: None,
    scales: Mapping[int, float] = NOBODY_SCALED,
) -> list[RefinedTrack]:
    """Solve everybody.

    Args:
        frames: n frames of people with track ids, see `link`.
        times_s: (n,) rising.
        skeleton: of the people.
        floor: where feet stand on, if it is known.
        bridge_s: longest gap that is filled.
        on_progress: hears of the share done; may raise to end it.
        scales: by track id, how many times as large as seen somebody is known to be; they are
            solved so, and given back as large as seen.

    Raises:
        BodyError: if the skeleton lacks shoulders or hips.
    """
    body = body_of(skeleton)
    ids = [n for people in frames for n in people.track_ids.tolist()]
    track_ids, counts = np.unique(np.array(ids, np.int64), return_counts=True)
    refined, num_done = [], 0
    for track_id, num in zip(track_ids.tolist(), counts.tolist(), strict=True):
        if num >= _MIN_FRAMES or len(frames) < 2 * _MIN_FRAMES:
            scale = scales.get(track_id)
            refined.append(_refined(body, track_id, frames, times_s, floor, bridge_s, scale))
        num_done += num
        on_progress(num_done / max(len(ids), 1))
    return refined


def _refined(
    body: Body,
    track_id: int,
    frames: Sequence[People],
    times_s: np.ndarray,
    floor: Floor | None,
    bridge_s: float,
    scale: float | None,
) -> RefinedTrack:
    places = {
        number: int(people.track_ids.tolist().index(track_id))
        for number, people in enumerate(frames)
        if track_id in people.track_ids
    }
    on = np.array(_with_bridges(list(places), times_s, bridge_s))
    is_seen = np.array([number in places for number in on])
    shape = frames[on[0]].joints_cam.shape[1:]
    seen = np.full((len(on), *shape), np.nan)
    joint_scores, scores = np.zeros(seen.shape[:2]), np.zeros(len(on))
    spread_mm = np.full(seen.shape[:2], np.nan)
    for row, number in enumerate(on):
        if number in places:
            people, at = frames[number], places[number]
            seen[row], joint_scores[row] = people.joints_cam[at], people.joint_scores[at]
            scores[row] = people.scores[at]
            if people.joint_spread_mm is not None:
                spread_mm[row] = people.joint_spread_mm[at]
        else:
            scores[row] = scores[row - 1]
    seen[(seen[..., 2] <= 0).any(axis=1) & is_seen] = np.nan
    is_seen &= np.isfinite(seen).all(axis=2).mean(axis=1) > 0.5
    joints, stands = seen.copy(), np.zeros((len(on), 2), bool)
    if is_seen.sum() >= _MIN_FRAMES:
        size, plane = scale or 1.0, _plane(floor) if floor else None
        person = refine_person(
            body,
            to_y_up(seen * size),
            joint_scores,
            times_s[on],
            plane,
            scale is not None,
            spread_mm * size,
        )
        joints[:, body.markers] = to_y_up(person.joints) / size
        stands = _of_both(person)
    return RefinedTrack(track_id, on, is_seen, joints, stands, seen, joint_scores, scores)


def _of_both(person: RefinedPerson) -> np.ndarray:
    """(n, 2) of both feet, False where the skeleton has none."""
    stands = np.zeros((len(person.joints), 2), bool)
    stands[:, : person.stands.shape[1]] = person.stands
    return stands


def _with_bridges(frames: list[int], times_s: np.ndarray, bridge_s: float) -> list[int]:
    """Frames, and those in the gaps between them that are short enough."""
    filled = frames[:1]
    for number in frames[1:]:
        if times_s[number] - times_s[filled[-1]] <= bridge_s:
            filled.extend(range(filled[-1] + 1, number))
        filled.append(number)
    return filled


def _plane(floor: Floor) -> FloorPlane:
    return FloorPlane(to_y_up(floor.up), floor.height_mm, ANKLE_HEIGHT_MM)
