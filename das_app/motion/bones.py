"""Bones of one length, left and right alike: the median of a tracked person's so far."""

from dataclasses import replace

import numpy as np

from das_app.motion.kinematics import bone_lengths
from das_app.motion.track_memory import TrackMemory
from das_model.people import People
from das_model.skeleton import Skeleton

# Assumed: four seconds at 30 frames a second, until sightings are thinned out.
_MOST = 128  # sightings that a median is over, a power of two


class BoneStabiliser:
    """Gives bones of tracked people the median of their lengths so far, left and right alike.

    Directions of bones and places of roots stay; joints further out move with their bones, so
    they may leave their pixels by a little. The first sightings of a person have short medians.
    Up to 128 sightings are kept; whenever there are as many, every second one is dropped, and from
    then on one is kept where two were before: so the median is over all the time that a person
    has been seen, and lengths settle.
    """

    def __init__(self) -> None:
        self._memory = TrackMemory()
        self._joint_names: tuple[str, ...] = ()
        self._parents, self._children = np.zeros((2, 0), np.int64)
        self._order: list[int] = []
        self._others: list[int] = []

    def __call__(self, people: People, measured: People, time_s: float) -> People:
        """The people with bones of steady length.

        Args:
            people: P tracked people to change, in camera space.
            measured: the same people as the model saw them; medians are over their bones.
            time_s: of the frame; a step back in time begins anew, and so do other joints.

        Returns:
            The same people in the same order; those without a track id as they were.
        """
        if people.skeleton.joint_names != self._joint_names:
            self._memory, self._joint_names = TrackMemory(), people.skeleton.joint_names
            self._parents, self._children = np.array(people.skeleton.bones, dtype=np.int64).T
            self._order = _from_roots(people.skeleton)
            self._others = _other_sides(people.skeleton)
        rows = np.flatnonzero(people.track_ids >= 0)
        ids, lengths = people.track_ids[rows], bone_lengths(measured.joints_cam, people.skeleton)
        lengths = (lengths + lengths[:, self._others]) / 2
        count = len(rows)
        unknown = np.full((count, lengths.shape[1]), np.nan)
        sightings = np.repeat(unknown[:, None], _MOST, axis=1)
        fresh = sightings, np.zeros(count, np.int64), unknown
        (kept, number, usual), _, _ = self._memory.recall(ids, time_s, fresh)
        _take(kept, number, usual, lengths[rows])
        self._memory.keep(ids, time_s, (kept, number + 1, usual))
        if not count:
            return people
        joints_cam = people.joints_cam.copy()
        joints_cam[rows] = self._with_lengths(joints_cam[rows].astype(np.float64), usual)
        return replace(people, joints_cam=joints_cam)

    def _with_lengths(self, joints: np.ndarray, lengths_mm: np.ndarray) -> np.ndarray:
        """(N, J, 3) joints whose bones keep their directions and have `lengths_mm` (N, B)."""
        steps = joints[:, self._children] - joints[:, self._parents]
        lengths = np.maximum(np.linalg.norm(steps, axis=-1), 1e-6)
        steps *= (lengths_mm / lengths)[..., None]
        new = joints.copy()
        for bone in self._order:
            new[:, self._children[bone]] = new[:, self._parents[bone]] + steps[:, bone]
        return new


def _take(kept: np.ndarray, number: np.ndarray, usual: np.ndarray, lengths: np.ndarray) -> None:
    """Take sightings in, in place.

    Args:
        kept: (N, _MOST, B) lengths of the sightings that are kept, thinned out where it is full.
        number: (N,) of sightings before this one.
        usual: (N, B) medians of what is kept.
        lengths: (N, B) of this sighting.
    """
    rounds = np.frexp(number // _MOST)[1]  # of thinning out, with this sighting's
    step = 1 << rounds
    is_full = (rounds > 0) & (number == _MOST * step // 2)
    kept[is_full, : _MOST // 2], kept[is_full, _MOST // 2 :] = kept[is_full, ::2], np.nan
    rows = np.flatnonzero(number % step == 0)
    place = number[rows] // step[rows]
    kept[rows, place] = lengths[rows]
    usual[rows] = _medians(kept[rows], place + 1)


def _medians(kept: np.ndarray, count: np.ndarray) -> np.ndarray:
    """(N, B) medians of the first `count` (N,) of (N, W, B) values; the rest are NaN."""
    in_order, row = np.sort(kept, axis=1), np.arange(len(kept))  # NaN at the end
    return (in_order[row, (count - 1) // 2] + in_order[row, count // 2]) / 2


def _other_sides(skeleton: Skeleton) -> list[int]:
    """The bone of the other side of the body to each bone, itself in the middle."""
    mirrored = skeleton.flip_order
    bones = list(skeleton.bones)
    others = [(int(mirrored[first]), int(mirrored[second])) for first, second in bones]
    return [bones.index(other) if other in bones else i for i, other in enumerate(others)]


def _from_roots(skeleton: Skeleton) -> list[int]:
    """The bones in an order in which each begins where another has ended."""
    placed = {joint for joint, parent in enumerate(skeleton.parents) if parent < 0}
    waiting, order = list(range(len(skeleton.bones))), []
    while waiting:
        bone = next(bone for bone in waiting if skeleton.bones[bone][0] in placed)
        waiting.remove(bone)
        placed.add(skeleton.bones[bone][1])
        order.append(bone)
    return order
