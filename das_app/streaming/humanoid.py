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

from das_app.exports.bone_rotations import least_rotation, rest_direction, solve, to_y_up
from das_app.streaming.streamer import StreamError
from das_model.skeleton import Skeleton

_M = 1e-3
_MIRROR = np.array([-1.0, 1.0, 1.0])  # y-up axes (right-handed) to Unity's
_TRUNK = {"Hips": "pelvis", "Spine": "spine", "Neck": "neck", "Head": "head"}
_PARENTS = {
    "Spine": "Hips", "Chest": "Spine", "UpperChest": "Chest", "Neck": "UpperChest", "Head": "Neck",
    "Shoulder": "UpperChest", "UpperArm": "Shoulder", "LowerArm": "UpperArm", "Hand": "LowerArm",
    "UpperLeg": "Hips", "LowerLeg": "UpperLeg", "Foot": "LowerLeg",
}  # fmt: skip
_LIMBS = (  # bone, the joint it hangs at, the joint it points to
    ("Shoulder", "neck", "shoulder"), ("UpperArm", "shoulder", "elbow"),
    ("LowerArm", "elbow", "wrist"), ("Hand", "wrist", "hand"),
    ("UpperLeg", "hip", "knee"), ("LowerLeg", "knee", "ankle"), ("Foot", "ankle", "toe"),
)  # fmt: skip
_SIDES = ("left", "right")
_NEEDED = {*_TRUNK.values()} | {
    f"{side}_{joint}" for side in _SIDES for _, joint, _ in _LIMBS if joint != "neck"
}


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
        StreamError: if the skeleton lacks a joint that a bone hangs at.
    """
    missing = sorted(_NEEDED - set(skeleton.joint_names))
    if missing:
        raise StreamError(f"an avatar needs joints that the model has not: {', '.join(missing)}")
    joints = to_y_up(np.asarray(joints_cam, np.float64))
    body = _Body(joints, skeleton)
    return tuple(body.relative(name) for name in body.places)


class _Body:
    """Places (3,) in mm, y up, and rotations (3, 3) of all bones in the world."""

    def __init__(self, joints: np.ndarray, skeleton: Skeleton) -> None:
        self._joints, self._skeleton = joints, skeleton
        self.places: dict[str, np.ndarray] = {}
        self._turned: dict[str, np.ndarray] = {}
        self._add_trunk()
        for side in _SIDES:
            for bone, joint, towards in _LIMBS:
                self._add_limb(side, bone, joint, towards)

    def relative(self, name: str) -> BonePose:
        """A bone seen from its parent, in Unity's axes."""
        place, turned = self.places[name], self._turned[name]
        parent = _parent(name)
        if parent is not None:
            before = self._turned[parent]
            place, turned = before.T @ (place - self.places[parent]), before.T @ turned
        x, y, z, w = Rotation.from_matrix(turned).as_quat()
        return BonePose(name, _M * _MIRROR * place, np.array([x, -y, -z, w]))

    def _add_trunk(self) -> None:
        motion = solve(self._joints[None], self._skeleton)
        turned = dict(
            zip((j.name for j in motion.joints), motion.world_rotations()[0], strict=True)
        )
        spine, neck = self._place("spine"), self._place("neck")
        self._add("Hips", self._place("pelvis"), turned["pelvis"])
        self._add("Spine", spine, turned["spine"])
        self._add("Chest", spine + (neck - spine) / 3, turned["spine"])
        self._add("UpperChest", spine + (neck - spine) * 2 / 3, turned["spine"])
        self._add("Neck", neck, turned["neck"])
        self._add("Head", self._place("head"), turned["head"])

    def _add_limb(self, side: str, bone: str, joint: str, towards: str) -> None:
        name = side.capitalize() + bone
        place = self._place(joint if joint == "neck" else f"{side}_{joint}")
        before = self._turned[_parent(name)]
        end = f"{side}_{towards}"
        turn = np.eye(3)
        if end in self._skeleton.joint_names:
            seen = before.T @ (self._place(end) - place)
            seen = seen / max(float(np.linalg.norm(seen)), 1e-9)
            turn = least_rotation(rest_direction(end), seen[None])[0]
        self._add(name, place, before @ turn)

    def _add(self, name: str, place: np.ndarray, turned: np.ndarray) -> None:
        self.places[name], self._turned[name] = place, turned

    def _place(self, joint: str) -> np.ndarray:
        return self._joints[self._skeleton.index(joint)]


def _parent(name: str) -> str | None:
    for side in ("Left", "Right"):
        if name.startswith(side):
            parent = _PARENTS[name.removeprefix(side)]
            return parent if parent in ("UpperChest", "Hips") else side + parent
    return _PARENTS.get(name)
