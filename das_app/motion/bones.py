"""Bones of one length: each tracked person's bones take their running median length."""

from dataclasses import replace

import numpy as np

from das_app.motion.kinematics import bone_lengths
from das_app.motion.track_memory import TrackMemory
from das_model.people import People
from das_model.skeleton import Skeleton

# Assumed: two seconds at 30 frames a second.
_WINDOW = 60  # sightings that a median is over


class BoneStabiliser:
    """Gives each bone of each tracked person the median of its lengths so far.

    Directions of bones and places of roots stay; joints further out move with their bones, so
    they may leave their pixels by a little. The first sightings of a person have short medians.
    """

    def __init__(self) -> None:
        self._memory = TrackMemory()
        self._joint_names: tuple[str, ...] = ()
        self._parents, self._children = np.zeros((2, 0), np.int64)
        self._order: list[int] = []

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
        rows = np.flatnonzero(people.track_ids >= 0)
        ids, lengths = people.track_ids[rows], bone_lengths(measured.joints_cam, people.skeleton)
        count = len(rows)
        fresh = np.full((count, _WINDOW, lengths.shape[1]), np.nan), np.zeros(count, np.int64)
        (kept, number), _, _ = self._memory.recall(ids, time_s, fresh)
        kept[np.arange(count), number % _WINDOW] = lengths[rows]
        self._memory.keep(ids, time_s, (kept, number + 1))
        if not count:
            return people
        joints_cam = people.joints_cam.copy()
        usual = _medians(kept, np.minimum(number + 1, _WINDOW))
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


def _medians(kept: np.ndarray, count: np.ndarray) -> np.ndarray:
    """(N, B) medians of the first `count` (N,) of (N, W, B) values; the rest are NaN."""
    in_order, row = np.sort(kept, axis=1), np.arange(len(kept))  # NaN at the end
    return (in_order[row, (count - 1) // 2] + in_order[row, count // 2]) / 2


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
