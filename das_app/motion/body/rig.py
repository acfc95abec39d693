"""Body rig: bones of constant length, left and right alike, that is fitted to joints.

Axes are x to the right of the picture, y up, z towards the camera (right-handed). In the rest
pose a person stands in a T, upright, facing +z, the left arm along +x, palms down, hips level;
every bone's axes are those of the world. Elbows and knees are hinges: a bent elbow brings the
hand to the front, a bent knee brings the foot to the back. All offsets are linear in the shape, a
vector of lengths. Markers are the joints of a skeleton, each on its bone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum
from functools import lru_cache
from typing import Any

import numpy as np

from das_app.motion.errors import MotionError
from das_model.skeleton import Skeleton

Y_UP_AXES = "x right, y up, z towards the camera"
_TO_Y_UP = np.array([1.0, -1.0, -1.0])
_MIRRORED = np.array([-1.0, 1.0, 1.0])
_FREE = np.inf


class BodyError(MotionError):
    """A body cannot be fitted to such joints; the message is for the user."""


class RigNames(StrEnum):
    """Naming scheme of bones."""

    OURS = "ours"  # by the joint a bone begins at
    HUMANOID = "humanoid"  # Hips, LeftUpLeg, ...: MotionBuilder, Rokoko, Blender's retargeters
    MIXAMO = "mixamo"
    VRM = "vrm"


class Freedom(Enum):
    """Degrees of freedom of a bone in its parent."""

    BALL = 3
    HINGE = 1
    FIXED = 0


@dataclass(frozen=True, eq=False, slots=True)
class Bone:
    """A bone.

    Args:
        name: of the joint it begins at.
        parent: number of its parent, -1 for the root; parents come first.
        freedom: how it turns.
        axis: (3,) unit vector in the rest pose: of a hinge what it turns about, else along the
            bone.
        bend_rad: standard deviation of its bending, infinite where nothing is expected.
        twist_rad: likewise about itself.
        most_rad: the largest angle of a hinge, the largest twist of a ball joint.
    """

    name: str
    parent: int
    freedom: Freedom
    axis: np.ndarray
    bend_rad: float
    twist_rad: float
    most_rad: float


# name, parent, freedom, axis, bend, twist, most; of the left side, the right is its mirror image
_TRUNK = (
    ("pelvis", "", Freedom.BALL, (0, 1, 0), _FREE, _FREE, _FREE),
    ("spine", "pelvis", Freedom.BALL, (0, 1, 0), 0.3, 0.25, _FREE),
    ("chest", "spine", Freedom.BALL, (0, 1, 0), 0.2, 0.2, _FREE),
    ("upper_chest", "chest", Freedom.FIXED, (0, 1, 0), _FREE, _FREE, _FREE),
    ("neck", "upper_chest", Freedom.BALL, (0, 1, 0), 0.35, 0.35, 1.0),
    ("head", "neck", Freedom.BALL, (0, 1, 0), 0.35, 0.35, 1.0),
)
_LEFT = (
    ("clavicle", "upper_chest", Freedom.BALL, (1, 0, 0), 0.35, 0.1, 0.5),
    ("shoulder", "clavicle", Freedom.BALL, (1, 0, 0), _FREE, 0.8, 1.8),
    ("elbow", "shoulder", Freedom.HINGE, (0, -1, 0), _FREE, _FREE, 2.75),
    ("wrist", "elbow", Freedom.BALL, (1, 0, 0), 0.5, 0.3, 0.5),
    ("hip", "pelvis", Freedom.BALL, (0, -1, 0), _FREE, 0.5, 0.9),
    ("knee", "hip", Freedom.HINGE, (1, 0, 0), _FREE, _FREE, 2.75),
    ("ankle", "knee", Freedom.BALL, (0, -1, 0), 0.5, 0.3, 0.5),
    ("toe", "ankle", Freedom.FIXED, (0, 0, 1), _FREE, _FREE, _FREE),
)
# lengths in mm of somebody 1.7 m tall, from which a fit begins
MEAN_SHAPE = {
    "spine": 230.0,
    "back": 260.0,
    "neck": 110.0,
    "collar": 175.0,
    "collar_drop": 10.0,
    "upper_arm": 270.0,
    "forearm": 245.0,
    "hand": 90.0,
    "hip": 95.0,
    "hip_drop": 20.0,
    "thigh": 400.0,
    "shin": 390.0,
    "toe_down": 60.0,
    "toe_ahead": 130.0,
    "head_top": 130.0,
    "nose_up": 20.0,
    "nose_ahead": 100.0,
    "eye_aside": 32.0,
    "eye_up": 50.0,
    "eye_ahead": 80.0,
    "ear_aside": 75.0,
    "ear_up": 30.0,
    "ear_ahead": 0.0,
}
LENGTHS = tuple(MEAN_SHAPE)
# where a bone begins, seen from its parent, or a marker from its bone: length -> direction
_OFFSETS: dict[str, Mapping[str, tuple[float, float, float]]] = {
    "pelvis": {},
    "spine": {"spine": (0, 1, 0)},
    "chest": {"back": (0, 1 / 3, 0)},
    "upper_chest": {"back": (0, 1 / 3, 0)},
    "neck": {"back": (0, 1 / 3, 0)},
    "head": {"neck": (0, 1, 0)},
    "clavicle": {"back": (0, 1 / 3, 0), "collar": (0.15, 0, 0)},
    "shoulder": {"collar": (0.85, 0, 0), "collar_drop": (0, -1, 0)},
    "elbow": {"upper_arm": (1, 0, 0)},
    "wrist": {"forearm": (1, 0, 0)},
    "hip": {"hip": (1, 0, 0), "hip_drop": (0, -1, 0)},
    "knee": {"thigh": (0, -1, 0)},
    "ankle": {"shin": (0, -1, 0)},
    "toe": {"toe_down": (0, -1, 0), "toe_ahead": (0, 0, 1)},
}
_MARKERS = {
    "head_top": ("head", {"head_top": (0, 1, 0)}),
    "nose": ("head", {"nose_up": (0, 1, 0), "nose_ahead": (0, 0, 1)}),
    "eye": ("head", {"eye_aside": (1, 0, 0), "eye_up": (0, 1, 0), "eye_ahead": (0, 0, 1)}),
    "ear": ("head", {"ear_aside": (1, 0, 0), "ear_up": (0, 1, 0), "ear_ahead": (0, 0, 1)}),
    "hand": ("wrist", {"hand": (1, 0, 0)}),
}
# how far a last bone runs on, in lengths of the shape
_ENDS: dict[str, Mapping[str, tuple[float, float, float]]] = {
    "head": {"head_top": (0, 1, 0)},
    "wrist": {"hand": (2, 0, 0)},
    "toe": {"toe_ahead": (0, 0, 0.5)},
}
_NEEDED = tuple(f"{side}_{joint}" for side in ("left", "right") for joint in ("shoulder", "hip"))
# ours: humanoid, VRM
_NAMES = {
    "pelvis": ("Hips", "hips"),
    "spine": ("Spine", "spine"),
    "chest": ("Spine1", "chest"),
    "upper_chest": ("Spine2", "upperChest"),
    "neck": ("Neck", "neck"),
    "head": ("Head", "head"),
    "clavicle": ("Shoulder", "Shoulder"),
    "shoulder": ("Arm", "UpperArm"),
    "elbow": ("ForeArm", "LowerArm"),
    "wrist": ("Hand", "Hand"),
    "hip": ("UpLeg", "UpperLeg"),
    "knee": ("Leg", "LowerLeg"),
    "ankle": ("Foot", "Foot"),
    "toe": ("ToeBase", "Toes"),
}


@dataclass(frozen=True, eq=False, slots=True)
class Body:
    """B bones and M markers whose offsets are linear in a shape of S lengths, `LENGTHS`.

    Args:
        bones: root first.
        bone_offsets: (B, 3, S) where each bone begins, seen from its parent.
        ends: (B, 3, S) where a last bone ends, seen from itself; 0 for all others.
        markers: (M,) the skeleton's joint of each marker.
        marker_bones: (M,) bone it is on.
        marker_offsets: (M, 3, S) seen from that bone.
    """

    bones: tuple[Bone, ...]
    bone_offsets: np.ndarray
    ends: np.ndarray
    markers: np.ndarray
    marker_bones: np.ndarray
    marker_offsets: np.ndarray

    def index(self, name: str) -> int:
        """Number of a bone."""
        return next(n for n, bone in enumerate(self.bones) if bone.name == name)

    def above(self, number: int) -> list[int]:
        """A bone and all bones above it."""
        chain = [number]
        while (parent := self.bones[chain[-1]].parent) >= 0:
            chain.append(parent)
        return chain


@dataclass(frozen=True, eq=False, slots=True)
class BodyPose:
    """A body over n frames.

    Args:
        root: (n, 3) mm, y up.
        rotations: (n, B, 3, 3) of each bone in its parent.
    """

    root: np.ndarray
    rotations: np.ndarray

    def __len__(self) -> int:
        return len(self.root)

    def part(self, frames: slice | np.ndarray) -> "BodyPose":
        """Some of the frames."""
        return BodyPose(self.root[frames], self.rotations[frames])


def to_y_up(joints: np.ndarray) -> np.ndarray:
    """x right, y down, z forward (..., 3) to x right, y up, z towards the camera."""
    return joints * _TO_Y_UP


def world(body: Body, offsets: np.ndarray, pose: BodyPose) -> tuple[np.ndarray, np.ndarray]:
    """Rotations (n, B, 3, 3) and places (n, B, 3) mm of all bones in the world."""
    turned, places = np.empty_like(pose.rotations), np.empty(pose.rotations.shape[:3])
    for number, bone in enumerate(body.bones):
        if bone.parent < 0:
            turned[:, number], places[:, number] = pose.rotations[:, number], pose.root
            continue
        turned[:, number] = turned[:, bone.parent] @ pose.rotations[:, number]
        step = turned[:, bone.parent] @ offsets[number]
        places[:, number] = places[:, bone.parent] + step
    return turned, places


def markers(body: Body, shape: np.ndarray, pose: BodyPose) -> np.ndarray:
    """(n, M, 3) mm, where the markers are."""
    turned, places = world(body, body.bone_offsets @ shape, pose)
    on, offsets = body.marker_bones, body.marker_offsets @ shape
    return places[:, on] + (turned[:, on] @ offsets[..., None])[..., 0]


def bone_names(body: Body, names: RigNames) -> list[str]:
    """Names of the bones as others call them."""
    called = []
    for bone in body.bones:
        side, _, joint = bone.name.rpartition("_")
        if side not in ("left", "right"):
            side, joint = "", bone.name
        humanoid, vrm = _NAMES[joint]
        called.append(
            {
                RigNames.OURS: bone.name,
                RigNames.HUMANOID: side.capitalize() + humanoid,
                RigNames.MIXAMO: f"mixamorig:{side.capitalize()}{humanoid}",
                RigNames.VRM: side + vrm,
            }[names]
        )
    return called


@lru_cache(maxsize=8)
def body_of(skeleton: Skeleton) -> Body:
    """The body for joints of a skeleton.

    Hands and feet turn only where the skeleton has a joint beyond them.

    Raises:
        BodyError: if it lacks shoulders or hips.
    """
    missing = [name for name in _NEEDED if name not in skeleton.joint_names]
    if missing:
        raise BodyError(f"rotations need joints that the model has not: {', '.join(missing)}")
    bones: list[Bone] = []
    offsets, ends = [], []
    for side in ("", "left", "right"):
        sign = _MIRRORED if side == "right" else np.ones(3)
        for row in _LEFT if side else _TRUNK:
            bones.append(_bone(row, side, bones, skeleton))
            joint = str(row[0])
            offsets.append(sign[:, None] * _linear(_OFFSETS[joint]))
            ends.append(sign[:, None] * _linear(_ENDS.get(joint, {})))
    places = {bone.name: number for number, bone in enumerate(bones)}
    on = [_marker(name, places) for name in skeleton.joint_names]
    known = {joint: place for joint, place in enumerate(on) if place is not None}
    return Body(
        tuple(bones),
        np.array(offsets),
        np.array(ends),
        np.array(list(known)),
        np.array([bone for bone, _ in known.values()]),
        np.array([offset for _, offset in known.values()]),
    )


def _bone(row: tuple[Any, ...], side: str, bones: Sequence[Bone], skeleton: Skeleton) -> Bone:
    """A row of the tables for a side."""
    joint, above, freedom, axis, bend, twist, most = row
    beyond = {"wrist": "hand", "ankle": "toe"}.get(joint)
    if beyond and f"{side}_{beyond}" not in skeleton.joint_names:
        freedom = Freedom.FIXED
    sign = np.ones(3)
    if side == "right":  # directions mirror; axes of turns mirror, and turn round
        sign = -_MIRRORED if freedom is Freedom.HINGE else _MIRRORED
    names = [bone.name for bone in bones]
    parent = next((names.index(n) for n in (f"{side}_{above}", above) if n in names), -1)
    name = f"{side}_{joint}" if side else joint
    return Bone(name, parent, freedom, sign * np.array(axis, np.float64), bend, twist, most)


def _marker(name: str, places: dict[str, int]) -> tuple[int, np.ndarray] | None:
    """Bone and linear offset (3, S) of a skeleton's joint."""
    if name in places:
        return places[name], np.zeros((3, len(LENGTHS)))
    side, _, joint = name.rpartition("_")
    joint = name if name in _MARKERS else joint
    if joint not in _MARKERS:
        return None
    bone, offset = _MARKERS[joint]
    sign = _MIRRORED if side == "right" else np.ones(3)
    number = places[bone] if bone in places else places[f"{side}_{bone}"]
    return number, sign[:, None] * _linear(offset)


def _linear(offset: Mapping[str, tuple[float, float, float]]) -> np.ndarray:
    """(3, S) matrix of an offset."""
    matrix = np.zeros((3, len(LENGTHS)))
    for length, direction in offset.items():
        matrix[:, LENGTHS.index(length)] = direction
    return matrix
