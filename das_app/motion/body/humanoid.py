"""Bones of Unity's humanoid: places and rotations in Unity's axes.

Unity has x right, y up, z forward, left-handed, in metres. The lens is the origin and looks along
-z, so that whoever faces the camera faces +z, as an avatar does. Place in Unity = -camera space.
No rotation means the T-pose of an avatar: upright, facing +z, the left arm along -x, and every
bone's axes those of the world. The bones are those of `rig`.
"""

from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation

from das_app.motion.body.rig import Body, BodyPose, RigNames, bone_names

_M = 1e-3
_MIRROR = np.array([-1.0, 1.0, 1.0])  # y-up axes (right-handed) to Unity's


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


def humanoid(body: Body, shape: np.ndarray, pose: BodyPose) -> tuple[BonePose, ...]:
    """The bones of one person, parents first.

    Args:
        body: whose bones they are.
        shape: (S,) mm.
        pose: of one frame.
    """
    places = body.bone_offsets @ shape
    places[0] = pose.root[0]
    turns = Rotation.from_matrix(pose.rotations[0]).as_quat() * [1, -1, -1, 1]
    names = [name[0].upper() + name[1:] for name in bone_names(body, RigNames.VRM)]
    return tuple(map(BonePose, names, _M * _MIRROR * places, turns))
