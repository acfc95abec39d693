"""Bones of Unity's humanoid out of joint positions: places and rotations in Unity's axes.

Unity has x right, y up, z forward, left-handed, in metres. The lens is the origin and looks along
-z, so that whoever faces the camera faces +z, as an avatar does. Place in Unity = -camera space.

No rotation means the T-pose of an avatar: upright, facing +z, the left arm along -x, and every
bone's axes those of the world. Hips, Spine, Neck and Head are turned as `bone_rotations` solves
them. Each bone of an arm or a leg makes the least turn, seen from its parent, to the direction in
which it was seen; how much it is twisted about itself cannot be seen from joints. Chest and
UpperChest lie on the line from spine to neck and go with Spine; hands and feet go with the bone
before them where the model has no joint beyond.
"""

from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation

from das_app.motion.errors import MotionError
from das_app.motion.rotations import (
    ACROSS,
    least_rotation,
    rest_direction,
    to_y_up,
    turned_to_line,
)
from das_model.skeleton import Skeleton

_M = 1e-3
_MIRROR = np.array([-1.0, 1.0, 1.0])  # y-up axes (right-handed) to Unity's
_SIDES = ("left", "right")
_TRUNK = (  # bone, the joint it hangs at, the joint it points to
    ("Hips", "pelvis", "spine"), ("Spine", "spine", "neck"), ("Neck", "neck", "head"),
    ("Head", "head", "head_top"),
)  # fmt: skip
# bone, the bone and the joint it hangs at, the joint it points to; those of a row need not wait
# for each other
_LIMBS = (
    (("Shoulder", "UpperChest", "neck", "shoulder"), ("UpperLeg", "Hips", "hip", "knee")),
    (("UpperArm", "Shoulder", "shoulder", "elbow"), ("LowerLeg", "UpperLeg", "knee", "ankle")),
    (("LowerArm", "UpperArm", "elbow", "wrist"), ("Foot", "LowerLeg", "ankle", "toe")),
    (("Hand", "LowerArm", "wrist", "hand"),),
)
_PARENTS = {
    "Spine": "Hips", "Chest": "Spine", "UpperChest": "Chest", "Neck": "UpperChest", "Head": "Neck",
}  # fmt: skip
_NEEDED = {"head_top"} | {joint for _, joint, _ in _TRUNK} | {
    f"{side}_{joint}"
    for side in _SIDES for row in _LIMBS for _, _, joint, _ in row if joint != "neck"
}  # fmt: skip


@dataclass(frozen=True, eq=False, slots=True)
class BonePose:
    """One bone, relative to its parent; Hips relative to the lens.

    Args:
        name: of Unity's HumanBodyBones.
        position: (3,) metres in Unity's axes.
        rotation: (4,) quaternion x, y, z, w in Unity's axes.
    """

    name: str
    position: np.ndarray
    rotation: np.ndarray


def to_unity(places_cam: np.ndarray) -> np.ndarray:
    """Camera space in mm (..., 3) to Unity's axes in metres."""
    return -_M * places_cam


def from_unity(places: np.ndarray) -> np.ndarray:
    """Unity's axes in metres (..., 3) to camera space in mm."""
    return -places / _M


def humanoid(joints_cam: np.ndarray, skeleton: Skeleton) -> tuple[BonePose, ...]:
    """The bones of one person, parents first.

    Args:
        joints_cam: (J, 3) mm in camera space, all known.
        skeleton: of the J joints.

    Raises:
        MotionError: if the skeleton lacks a joint that a bone hangs at.
    """
    missing = sorted(_NEEDED - set(skeleton.joint_names))
    if missing:
        raise MotionError(f"an avatar needs joints that the model has not: {', '.join(missing)}")
    places = to_y_up(np.asarray(joints_cam, np.float64))
    body = _Body(dict(zip(skeleton.joint_names, places, strict=True)))
    return body.poses()


class _Body:
    """Bones with places (3,) in mm, y up, and rotations (3, 3) in the world.

    Args:
        joints: places of the joints by name.
    """

    def __init__(self, joints: dict[str, np.ndarray]) -> None:
        self._joints = joints
        self._parents: dict[str, str | None] = {}
        self._places: dict[str, np.ndarray] = {}
        self._turned: dict[str, np.ndarray] = {}
        self._add_trunk()
        for row in _LIMBS:
            self._add_row(row)

    def poses(self) -> tuple[BonePose, ...]:
        """All bones seen from their parents, in Unity's axes."""
        places, turns = [], []
        for name, parent in self._parents.items():
            place, turned = self._places[name], self._turned[name]
            if parent is not None:
                back = self._turned[parent].T
                place, turned = back @ (place - self._places[parent]), back @ turned
            places.append(_M * _MIRROR * place)
            turns.append(turned)
        quaternions = Rotation.from_matrix(np.array(turns)).as_quat() * [1, -1, -1, 1]
        return tuple(map(BonePose, self._parents, places, quaternions))

    def _add_trunk(self) -> None:
        before = np.eye(3)
        for bone, joint, towards in _TRUNK:
            if bone == "Neck":
                self._add_chest()
            axis = _unit(before.T @ (self._joints[towards] - self._joints[joint]))[None]
            turn = least_rotation(rest_direction(towards), axis)
            ends = [self._joints.get(f"{side}_{ACROSS[joint]}") for side in _SIDES]
            if all(end is not None for end in ends):
                line = _unit(before.T @ (ends[0] - ends[1]))[None]
                turn = turned_to_line(turn, axis, line)
            before = before @ turn[0]
            self._add(bone, _PARENTS.get(bone), self._joints[joint], before)

    def _add_chest(self) -> None:
        spine, neck = self._joints["spine"], self._joints["neck"]
        for share, bone in ((1 / 3, "Chest"), (2 / 3, "UpperChest")):
            place = spine + share * (neck - spine)
            self._add(bone, _PARENTS[bone], place, self._turned["Spine"])

    def _add_row(self, row: tuple[tuple[str, str, str, str], ...]) -> None:
        """Add bones of both sides at once: a few large steps are faster than many small ones."""
        bones = [(side, *bone) for side in _SIDES for bone in row]
        parents = [p if p in self._places else side.capitalize() + p for side, _, p, _, _ in bones]
        places = [self._joints[j if j == "neck" else f"{side}_{j}"] for side, _, _, j, _ in bones]
        ends = [f"{side}_{towards}" for side, _, _, _, towards in bones]
        before = np.array([self._turned[parent] for parent in parents])
        rest = np.array([rest_direction(end) for end in ends])
        # towards a joint that the model lacks: on in the rest direction
        seen = np.array(
            [self._joints[end] - place if end in self._joints else turned @ direction
             for end, place, turned, direction in zip(ends, places, before, rest, strict=True)]
        )  # fmt: skip
        turns = before @ least_rotation(rest, _unit(np.einsum("nji,nj->ni", before, seen)))
        for (side, bone, *_), parent, place, turned in zip(
            bones, parents, places, turns, strict=True
        ):
            self._add(side.capitalize() + bone, parent, place, turned)

    def _add(self, name: str, parent: str | None, place: np.ndarray, turned: np.ndarray) -> None:
        self._parents[name] = parent
        self._places[name], self._turned[name] = place, turned


def _unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)
