"""From joint positions to joint rotations on a skeleton of fixed bone lengths.

Axes are x to the right of the picture, y up, z towards the camera (right-handed). In the rest
pose a person stands in a T, upright, facing +z, their left arm along +x; every joint's axes are
those of the world. A joint turns so that its first child comes to lie where it was seen. What
turns it about that bone is the line of hips, shoulders or ears; along limbs that is not observed,
and the least rotation is taken. Where a joint has further children, each hangs on a joint
`..._base` of its own in the same place, so that all of them come to lie where they were seen.
"""

from dataclasses import dataclass

import numpy as np

from das_app.motion.errors import MotionError
from das_model.skeleton import Skeleton

Y_UP_AXES = "x right, y up, z towards the camera"
_TO_Y_UP = np.array([1.0, -1.0, -1.0])
_REST = {
    "spine": (0, 1, 0), "neck": (0, 1, 0), "head": (0, 1, 0), "head_top": (0, 1, 0),
    "nose": (0, 0.3, 1), "left_eye": (0.6, 0.7, -0.4), "right_eye": (-0.6, 0.7, -0.4),
    "left_ear": (0.5, -0.1, -1), "right_ear": (-0.5, -0.1, -1),
    "left_shoulder": (1, -0.2, 0), "left_elbow": (1, 0, 0), "left_wrist": (1, 0, 0),
    "left_hand": (1, 0, 0), "right_shoulder": (-1, -0.2, 0), "right_elbow": (-1, 0, 0),
    "right_wrist": (-1, 0, 0), "right_hand": (-1, 0, 0),
    "left_hip": (1, -0.5, 0), "left_knee": (0, -1, 0), "left_ankle": (0, -1, 0),
    "left_toe": (0, -0.3, 1), "right_hip": (-1, -0.5, 0), "right_knee": (0, -1, 0),
    "right_ankle": (0, -1, 0), "right_toe": (0, -0.3, 1),
}  # fmt: skip
# joint -> who lies to its right and left: what turns it about its first bone
ACROSS = {"pelvis": "hip", "spine": "shoulder", "neck": "shoulder", "head": "ear"}
_TRUNK = ("spine", "neck", "head", "head_top")  # come first among their siblings
_BASE = "_base"


@dataclass(frozen=True, eq=False, slots=True)
class RigJoint:
    """A joint of the rig.

    Args:
        name: joint of the skeleton, or one with `_base` behind it.
        parent: number of its parent, -1 for the root; parents come first.
        offset: (3,) mm from its parent in the rest pose.
    """

    name: str
    parent: int
    offset: np.ndarray


@dataclass(frozen=True, eq=False, slots=True)
class Motion:
    """A rig of R joints moving over n frames.

    Args:
        joints: the rig, root first.
        root: (n, 3) mm, place of the root, y up.
        rotations: (n, R, 3, 3) rotation of each joint relative to its parent.
    """

    joints: tuple[RigJoint, ...]
    root: np.ndarray
    rotations: np.ndarray

    def positions(self) -> np.ndarray:
        """(n, R, 3) mm, places of all joints, y up."""
        places, turned = np.empty((*self.rotations.shape[:2], 3)), self.world_rotations()
        for number, joint in enumerate(self.joints):
            if joint.parent < 0:
                places[:, number] = self.root
                continue
            step = turned[:, joint.parent] @ joint.offset
            places[:, number] = places[:, joint.parent] + step
        return places

    def world_rotations(self) -> np.ndarray:
        """(n, R, 3, 3) rotation of each joint from the rest pose, in the world."""
        turned = np.array(self.rotations)
        for number, joint in enumerate(self.joints):
            if joint.parent >= 0:
                turned[:, number] = turned[:, joint.parent] @ turned[:, number]
        return turned


def to_y_up(joints: np.ndarray) -> np.ndarray:
    """x right, y down, z forward (..., 3) to x right, y up, z towards the camera."""
    return joints * _TO_Y_UP


def fixed_lengths(joints: np.ndarray, skeleton: Skeleton) -> np.ndarray:
    """Joints with every bone at its median length; directions of bones and the root stay.

    Args:
        joints: (n, J, 3) mm without NaN.
        skeleton: of the J joints.
    """
    fixed = joints.copy()
    for parent, child in _bones_outwards(skeleton):
        step = joints[:, child] - joints[:, parent]
        length = np.linalg.norm(step, axis=-1, keepdims=True)
        fixed[:, child] = fixed[:, parent] + step / np.maximum(length, 1e-9) * np.median(length)
    return fixed


def solve(joints: np.ndarray, skeleton: Skeleton) -> Motion:
    """Rotations that put a rig where the joints are, but for the changes of bone lengths.

    Args:
        joints: (n, J, 3) mm, y up, without NaN, n >= 1.
        skeleton: of the J joints.

    Raises:
        MotionError: if the skeleton has no pelvis to hang the rest on.
    """
    if "pelvis" not in skeleton.joint_names:
        raise MotionError("rotations need a skeleton with a pelvis")
    joints = fixed_lengths(joints, skeleton)
    solver = _Solver(joints, skeleton)
    solver.place(skeleton.root, -1, np.zeros(3), np.broadcast_to(np.eye(3), (len(joints), 3, 3)))
    rotations = np.stack(solver.rotations, axis=1)
    return Motion(tuple(solver.rig), joints[:, skeleton.root], rotations)


def rest_direction(joint: str) -> np.ndarray:
    """(3,) unit vector from a joint's parent to the joint in the rest pose, y up."""
    direction = np.array(_REST[joint], np.float64)
    return direction / np.linalg.norm(direction)


class _Solver:
    def __init__(self, joints: np.ndarray, skeleton: Skeleton) -> None:
        self._joints, self._skeleton = joints, skeleton
        self.rig: list[RigJoint] = []
        self.rotations: list[np.ndarray] = []  # (n, 3, 3) each

    def place(self, joint: int, parent: int, offset: np.ndarray, before: np.ndarray) -> None:
        """Append a joint and all below it.

        Args:
            joint: number in the skeleton.
            parent: number of its parent in the rig.
            offset: (3,) mm.
            before: (n, 3, 3) rotation of the parent in the world.
        """
        names = self._skeleton.joint_names
        name = names[joint]
        children = [c for c, p in enumerate(self._skeleton.parents) if p == joint]
        children.sort(key=lambda child: names[child] not in _TRUNK)
        rotation = np.broadcast_to(np.eye(3), before.shape)
        if children:
            rotation = self._least(joint, children[0], before)
            rotation = self._twisted(name, joint, children[0], before, rotation)
        number = self._append(name, parent, offset, rotation)
        after = before @ rotation
        for child in children:
            holder, turned = number, after
            if child != children[0]:
                base = self._least(joint, child, after)
                holder = self._append(names[child] + _BASE, number, np.zeros(3), base)
                turned = after @ base
            length = np.linalg.norm(self._joints[0, child] - self._joints[0, joint])
            rest = rest_direction(self._skeleton.joint_names[child])
            self.place(child, holder, length * rest, turned)

    def _append(self, name: str, parent: int, offset: np.ndarray, rotation: np.ndarray) -> int:
        self.rig.append(RigJoint(name, parent, offset))
        self.rotations.append(rotation)
        return len(self.rig) - 1

    def _least(self, joint: int, child: int, before: np.ndarray) -> np.ndarray:
        """(n, 3, 3) least rotation that turns the child from rest to where it was seen."""
        seen = _local(before, self._joints[:, child] - self._joints[:, joint])
        return least_rotation(rest_direction(self._skeleton.joint_names[child]), seen)

    def _twisted(
        self, name: str, joint: int, child: int, before: np.ndarray, rotation: np.ndarray
    ) -> np.ndarray:
        """The rotation turned about the child's bone until left and right are where seen."""
        names = [f"{side}_{ACROSS.get(name)}" for side in ("right", "left")]
        if not set(names) <= set(self._skeleton.joint_names):
            return rotation
        right, left = (self._joints[:, self._skeleton.index(n)] for n in names)
        axis = _local(before, self._joints[:, child] - self._joints[:, joint])
        return turned_to_line(rotation, axis, _local(before, left - right))


def _bones_outwards(skeleton: Skeleton) -> list[tuple[int, int]]:
    """(parent, child) pairs such that a parent has been a child before, or is the root."""
    bones, placed = [], {j for j, parent in enumerate(skeleton.parents) if parent < 0}
    while len(placed) < skeleton.num_joints:
        new = [(p, c) for p, c in skeleton.bones if p in placed and c not in placed]
        bones += new
        placed |= {c for _, c in new}
    return bones


def _local(rotation: np.ndarray, direction: np.ndarray) -> np.ndarray:
    """(n, 3) unit directions of the world as seen in a turned frame."""
    local = np.einsum("nji,nj->ni", rotation, direction)
    return local / np.maximum(np.linalg.norm(local, axis=-1, keepdims=True), 1e-9)


def least_rotation(start: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """(n, 3, 3) least rotations from unit vectors, (3,) or (n, 3), to unit vectors (n, 3)."""
    axis = np.cross(start, ends)
    sine = np.linalg.norm(axis, axis=-1)
    least = np.argmin(np.abs(start), axis=-1)
    spare = np.cross(start, np.eye(3)[least])  # for a turn by 180 degrees
    axis = np.where(sine[:, None] > 1e-9, axis, spare)
    axis = axis / np.linalg.norm(axis, axis=-1, keepdims=True)
    return _about(axis, np.arctan2(sine, (ends * start).sum(-1)))


def turned_to_line(rotation: np.ndarray, axis: np.ndarray, line: np.ndarray) -> np.ndarray:
    """(n, 3, 3) rotations turned on about an axis until the rest pose's left lies along a line.

    Args:
        rotation: (n, 3, 3).
        axis: (n, 3) unit vectors.
        line: (n, 3) unit vectors to the left, as far across the axis as they are.
    """
    left = rotation[..., 0]  # where +x has come to
    angle = np.arctan2(
        (axis * np.cross(left, line)).sum(-1),
        (left * line).sum(-1) - (left * axis).sum(-1) * (line * axis).sum(-1),
    )
    return _about(axis, angle) @ rotation


def _about(axis: np.ndarray, angle: np.ndarray) -> np.ndarray:
    """(n, 3, 3) rotations about unit axes (n, 3) by angles (n,), after Rodrigues."""
    cross = np.zeros((len(axis), 3, 3))
    x, y, z = axis.T
    cross[:, 0, 1], cross[:, 0, 2], cross[:, 1, 2] = -z, y, -x
    cross[:, 1, 0], cross[:, 2, 0], cross[:, 2, 1] = z, -y, x
    sine, cosine = np.sin(angle)[:, None, None], np.cos(angle)[:, None, None]
    return np.eye(3) + sine * cross + (1 - cosine) * cross @ cross
