"""Track linking over a whole take, forwards and backwards.

The tracker runs over all frames in both directions. Where the two agree, pieces are sure; pieces
are then joined over gaps, the nearest in place and build first, never two that are seen at once.
People keep the ids that they were recorded with, as far as that is possible.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import linear_sum_assignment

from das_app.motion.kinematics import bone_lengths
from das_app.motion.tracking import Tracker, TrackingConfig
from das_model.people import People

# Assumed, where nothing else is said; `scripts/benchmark_refine.py` scores them together.
BRIDGE_S = 2.0  # the longest gap that people are joined over, and that is filled
_ACROSS_MM, _ALONG_SHARE, _GROWTH_MM_S = 350.0, 0.12, 600.0  # how far apart ends may lie
_LOOK_BACK_S = 0.4  # that the speed at an end is taken over
_AT_ONCE = TrackingConfig(longest_wait_s=0.0)  # who is seen too seldom is left out later
_BUILD_SHARE = 0.2  # difference of bones' lengths that is another build


@dataclass(frozen=True, eq=False, slots=True)
class Piece:
    """A stretch of one person.

    Args:
        frames: (n,) numbers of frames, rising.
        people: (n,) place of the person in each of them.
    """

    frames: np.ndarray
    people: np.ndarray


def link(
    frames: Sequence[People], times_s: np.ndarray, bridge_s: float = BRIDGE_S
) -> list[People]:
    """The same people of every frame, in the same order, with track ids over the whole take.

    Args:
        frames: n frames of people; their track ids are those they had, -1 for none.
        times_s: (n,) rising.
        bridge_s: longest gap that somebody is followed over.

    Returns:
        n frames; everybody has an id. Ids that nobody had before are higher than all others.
    """
    forward = _tracked(frames, times_s)
    backward = _tracked(frames[::-1], -times_s[::-1])[::-1]
    pieces = _pieces(forward, backward)
    for _ in range(len(pieces)):
        joined = _joined(pieces, frames, times_s, bridge_s)
        if len(joined) == len(pieces):
            break
        pieces = joined
    ids = _recorded_ids(pieces, frames)
    linked = [np.full(len(people), -1, np.int64) for people in frames]
    for piece, track_id in zip(pieces, ids, strict=True):
        for frame, person in zip(piece.frames, piece.people, strict=True):
            linked[frame][person] = track_id
    return [replace(people, track_ids=own) for people, own in zip(frames, linked, strict=True)]


def _tracked(frames: Sequence[People], times_s: np.ndarray) -> list[np.ndarray]:
    tracker = Tracker()
    return [
        tracker(people, float(time_s), _AT_ONCE)
        for people, time_s in zip(frames, times_s, strict=True)
    ]


def _pieces(forward: list[np.ndarray], backward: list[np.ndarray]) -> list[Piece]:
    """Stretches in which both directions say the same; who has no id is a piece alone."""
    at: dict[tuple[int, int], list[tuple[int, int]]] = {}
    alone = itertools.count(-2, -1)
    for frame, (first, second) in enumerate(zip(forward, backward, strict=True)):
        for person, key in enumerate(zip(first.tolist(), second.tolist(), strict=True)):
            at.setdefault((next(alone), 0) if min(key) < 0 else key, []).append((frame, person))
    return [Piece(*np.array(places).T) for places in at.values()]


def _joined(
    pieces: list[Piece], frames: Sequence[People], times_s: np.ndarray, bridge_s: float
) -> list[Piece]:
    """The pieces, each with the one that goes on with it where there is one."""
    if len(pieces) < 2:
        return pieces
    costs = np.full((len(pieces), len(pieces)), 2.0)
    for first, second in itertools.permutations(range(len(pieces)), 2):
        gap_s = times_s[pieces[second].frames[0]] - times_s[pieces[first].frames[-1]]
        if 0 < gap_s <= bridge_s:
            costs[first, second] = _cost(pieces[first], pieces[second], frames, times_s)
    follower = {
        int(first): int(second)
        for first, second in zip(*linear_sum_assignment(np.minimum(costs, 1.0)), strict=True)
        if costs[first, second] < 1
    }
    followed = set(follower.values())
    chains = []
    for number in (n for n in range(len(pieces)) if n not in followed):
        chain = [pieces[number]]
        while number in follower:
            number = follower[number]
            chain.append(pieces[number])
        chains.append(
            Piece(
                np.concatenate([p.frames for p in chain]),
                np.concatenate([p.people for p in chain]),
            )
        )
    return chains


def _cost(first: Piece, second: Piece, frames: Sequence[People], times_s: np.ndarray) -> float:
    """From 0, the second surely goes on with the first, to 1 and more, it does not."""
    end, end_speed = _end(first, frames, times_s, is_last=True)
    start, start_speed = _end(second, frames, times_s, is_last=False)
    gap_s = float(times_s[second.frames[0]] - times_s[first.frames[-1]])
    still = 1 / (1 + 2 * gap_s)  # nobody goes straight on for long
    apart = start - end - still * gap_s * (end_speed + start_speed) / 2
    depth = max(float(end[2]), 1.0)
    across = np.linalg.norm(apart[:2]) / (_ACROSS_MM + _GROWTH_MM_S * gap_s)
    along = abs(apart[2]) / (_ACROSS_MM + _ALONG_SHARE * depth + _GROWTH_MM_S * gap_s)
    builds = [_build(piece, frames) for piece in (first, second)]
    build = float(np.median(np.abs(np.log(builds[0] / builds[1])))) / _BUILD_SHARE
    return float(np.sqrt(across**2 + along**2 + 0.25 * min(build, 2.0) ** 2))


def _end(
    piece: Piece, frames: Sequence[People], times_s: np.ndarray, is_last: bool
) -> tuple[np.ndarray, np.ndarray]:
    """(3,) mm of the root at an end of a piece, and (3,) mm/s of its speed there."""
    edge = piece.frames[-1 if is_last else 0]
    near = np.flatnonzero(np.abs(times_s[piece.frames] - times_s[edge]) <= _LOOK_BACK_S)
    roots = np.array([frames[piece.frames[n]].root_cam[piece.people[n]] for n in near], np.float64)
    times = times_s[piece.frames[near]] - times_s[edge]
    if len(near) < 3:
        return roots[-1 if is_last else 0], np.zeros(3)
    slope, place = np.polyfit(times, roots, 1)
    return place, slope


def _build(piece: Piece, frames: Sequence[People]) -> np.ndarray:
    """(B,) mm, median lengths of bones over up to 30 frames of a piece."""
    some = np.unique(np.linspace(0, len(piece.frames) - 1, 30).astype(int))
    joints = [frames[piece.frames[n]].joints_cam[piece.people[n]] for n in some]
    lengths = bone_lengths(np.array(joints, np.float64), frames[piece.frames[0]].skeleton)
    return np.maximum(np.median(lengths, axis=0), 1.0)


def _recorded_ids(pieces: list[Piece], frames: Sequence[People]) -> list[int]:
    """An id for each piece: the one that most of its people had, each id once."""
    had = [
        np.array([frames[f].track_ids[p] for f, p in zip(piece.frames, piece.people, strict=True)])
        for piece in pieces
    ]
    known = sorted({int(n) for ids in had for n in ids if n >= 0})
    votes = np.array([[float((ids == track_id).sum()) for track_id in known] for ids in had])
    ids = [-1] * len(pieces)
    if known:
        for piece, column in zip(*linear_sum_assignment(-votes), strict=True):
            if votes[piece, column] > 0:
                ids[piece] = known[column]
    new = itertools.count(max(known, default=0) + 1)
    return [next(new) if track_id < 0 else track_id for track_id in ids]
