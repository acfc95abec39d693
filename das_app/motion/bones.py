"""Bones of one length, left and right alike, from all that was seen of a tracked person so far."""

from dataclasses import replace

import numpy as np

from das_app.motion.kinematics import bone_lengths
from das_app.motion.track_memory import TrackMemory
from das_model.people import People
from das_model.skeleton import Skeleton

# Assumed: four seconds at 30 frames a second, until sightings are thinned out.
_MOST = 128  # sightings that a length is over, a power of two
# a bone whose direction is unsure is seen too short: medians of limbs lie below the truth
_ARM, _LEG, _LIMB_SHARE = ("elbow", "wrist"), ("knee", "ankle"), 2 / 3


class BoneStabiliser:
    """Gives bones of tracked people one length each, left and right alike.

    It is the median so far; of arms and legs, the length that two thirds of the sightings do not
    reach. Roots stay, directions of bones too, and joints further out move with their bones, so
    they may leave their pixels by a little. Elbows and wrists do not move along: each goes to the
    place nearest to where it was, so that errors of the bones before it do not add up. Ankles do:
    for them to stand still, it matters more that they are in the same place from the root.

    The first lengths of a person are over few sightings. Up to 128 sightings are kept; whenever
    there are as many, every second one is dropped, and from then on one is kept where two were
    before: so a length is over all the time that a person has been seen, and settles.
    """

    def __init__(self) -> None:
        self._memory = TrackMemory()
        self._joint_names: tuple[str, ...] = ()
        self._parents, self._children = np.zeros((2, 0), np.int64)
        self._order: list[int] = []
        self._shares, self._is_arm = np.zeros(0), np.zeros(0, bool)
        self._others: list[int] = []

    def __call__(self, people: People, measured: People, time_s: float) -> People:
        """The people with bones of steady length.

        Args:
            people: P tracked people to change, in camera space.
            measured: the same people as the model saw them; lengths are of their bones.
            time_s: of the frame; a step back in time begins anew, and so do other joints.

        Returns:
            The same people in the same order; those without a track id as they were.
        """
        if people.skeleton.joint_names != self._joint_names:
            self._memory, self._joint_names = TrackMemory(), people.skeleton.joint_names
            self._parents, self._children = np.array(people.skeleton.bones, dtype=np.int64).T
            self._order = _from_roots(people.skeleton)
            names = [self._joint_names[child].split("_")[-1] for child in self._children]
            self._is_arm = np.isin(names, _ARM)
            self._shares = np.where(np.isin(names, _ARM + _LEG), _LIMB_SHARE, 0.5)
            self._others = _other_sides(people.skeleton)
        rows = np.flatnonzero(people.track_ids >= 0)
        ids, lengths = people.track_ids[rows], bone_lengths(measured.joints_cam, people.skeleton)
        lengths = (lengths + lengths[:, self._others]) / 2
        count = len(rows)
        unknown = np.full((count, lengths.shape[1]), np.nan)
        sightings = np.repeat(unknown[:, None], _MOST, axis=1)
        fresh = sightings, np.zeros(count, np.int64), unknown
        (kept, number, usual), _, _ = self._memory.recall(ids, time_s, fresh)
        _take(kept, number, usual, lengths[rows], self._shares)
        self._memory.keep(ids, time_s, (kept, number + 1, usual))
        if not count:
            return people
        joints_cam = people.joints_cam.copy()
        joints_cam[rows] = self._with_lengths(joints_cam[rows].astype(np.float64), usual)
        return replace(people, joints_cam=joints_cam)

    def _with_lengths(self, joints: np.ndarray, lengths_mm: np.ndarray) -> np.ndarray:
        """(N, J, 3) joints whose bones have `lengths_mm` (N, B)."""
        new = joints.copy()
        for bone in self._order:
            parent, child = self._parents[bone], self._children[bone]
            begin = new[:, parent] if self._is_arm[bone] else joints[:, parent]
            way = joints[:, child] - begin
            length = np.maximum(np.linalg.norm(way, axis=-1), 1e-6)
            new[:, child] = new[:, parent] + way * (lengths_mm[:, bone] / length)[:, None]
        return new


def _take(
    kept: np.ndarray,
    number: np.ndarray,
    usual: np.ndarray,
    lengths: np.ndarray,
    shares: np.ndarray,
) -> None:
    """Take sightings in, in place.

    Args:
        kept: (N, _MOST, B) lengths of the sightings that are kept, thinned out where it is full.
        number: (N,) of sightings before this one.
        usual: (N, B) quantiles of what is kept.
        lengths: (N, B) of this sighting.
        shares: (B,) of the sightings that are shorter than the quantile.
    """
    rounds = np.frexp(number // _MOST)[1]  # of thinning out, with this sighting's
    step = 1 << rounds
    is_full = (rounds > 0) & (number == _MOST * step // 2)
    kept[is_full, : _MOST // 2], kept[is_full, _MOST // 2 :] = kept[is_full, ::2], np.nan
    rows = np.flatnonzero(number % step == 0)
    place = number[rows] // step[rows]
    kept[rows, place] = lengths[rows]
    usual[rows] = _quantiles(kept[rows], place + 1, shares)


def _quantiles(kept: np.ndarray, count: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """(N, B) quantiles of the first `count` (N,) of (N, W, B) values; the rest are NaN."""
    in_order = np.sort(kept, axis=1)  # NaN at the end
    place = (count - 1)[:, None] * shares
    below = np.floor(place).astype(np.int64)
    row, bone = np.arange(len(kept))[:, None], np.arange(len(shares))
    low, high = (in_order[row, at, bone] for at in (below, np.ceil(place).astype(np.int64)))
    return low + (place - below) * (high - low)


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
