"""Bones of one length: each tracked person's bones take their running median length."""

from collections import deque
from dataclasses import replace

import numpy as np

from das_model.people import People
from das_model.skeleton import Skeleton

_WINDOW = 60  # sightings that a median is over
_FORGET_S = 1.0  # a person unseen for longer begins anew


class BoneStabiliser:
    """Gives each bone of each tracked person the median of its lengths so far.

    Directions of bones and places of roots stay; joints further out move with their bones, so
    they may leave their pixels by a little. The first sightings of a person have short medians.
    """

    def __init__(self) -> None:
        self._lengths: dict[int, deque[np.ndarray]] = {}
        self._seen_s: dict[int, float] = {}
        self._joint_names: tuple[str, ...] = ()

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
            self._lengths, self._seen_s = {}, {}
            self._joint_names = people.skeleton.joint_names
        self._forget(time_s)
        joints_cam = people.joints_cam.copy()
        lengths = _bone_lengths(measured)
        for person in np.flatnonzero(people.track_ids >= 0):
            track_id = int(people.track_ids[person])
            kept = self._lengths.setdefault(track_id, deque(maxlen=_WINDOW))
            kept.append(lengths[person])
            self._seen_s[track_id] = time_s
            target = np.median(np.array(kept), axis=0)
            joints_cam[person] = _with_lengths(joints_cam[person], target, people.skeleton)
        return replace(people, joints_cam=joints_cam)

    def _forget(self, time_s: float) -> None:
        for track_id, seen_s in list(self._seen_s.items()):
            if not 0 <= time_s - seen_s <= _FORGET_S:
                del self._seen_s[track_id], self._lengths[track_id]


def _bone_lengths(people: People) -> np.ndarray:
    """(P, B) mm, in the order of `Skeleton.bones`."""
    parents, children = np.array(people.skeleton.bones).T
    between = people.joints_cam[:, children] - people.joints_cam[:, parents]
    return np.linalg.norm(between, axis=-1)


def _with_lengths(joints: np.ndarray, lengths_mm: np.ndarray, skeleton: Skeleton) -> np.ndarray:
    """(J, 3) joints whose bones keep their directions and have `lengths_mm` (B,)."""
    new = joints.astype(np.float64)
    waiting = list(zip(skeleton.bones, lengths_mm, strict=True))
    placed = {joint for joint, parent in enumerate(skeleton.parents) if parent < 0}
    while waiting:
        later = []
        for bone, length in waiting:
            parent, child = bone
            if parent not in placed:
                later.append((bone, length))
                continue
            step = joints[child].astype(np.float64) - joints[parent]
            scale = length / max(np.linalg.norm(step), 1e-6)
            new[child] = new[parent] + scale * step
            placed.add(child)
        waiting = later
    return new
