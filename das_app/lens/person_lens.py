"""Field of view from a person of known height at a known distance.

The model sees z / f and sizes in the picture, so a height alone leaves f open: a longer lens from
further away gives the same picture. The height sets the scale of what the model saw of this
person, and the distance then says how many pixels go with it.
"""

import math

import numpy as np

from das_app.lens.intrinsics import fov_from_focal_px
from das_model.camera import Camera
from das_model.people import People

_ANKLE_HEIGHT_MM = 80.0
_TRUNK = ("pelvis", "spine", "neck", "head", "head_top")
_LEG = ("hip", "knee", "ankle")


def stature_mm(people: People, person: int) -> float:
    """Height of a person if they stood straight: their bones end to end, in any pose.

    A foot's height, which no bone spans, is taken to be 80 mm.

    Args:
        people: in camera space.
        person: row in `people`.

    Raises:
        ValueError: if the skeleton lacks the top of the head or a joint of a leg.
    """
    return _bones_mm(people, person) + _ANKLE_HEIGHT_MM


def fov_from_person(
    people: People, person: int, camera: Camera, height_mm: float, distance_mm: float
) -> float:
    """Field of view with which a person has the height and distance they really have.

    Args:
        people: as the model found them with `camera`.
        person: row in `people`.
        camera: of the picture.
        height_mm: of the person.
        distance_mm: from the lens to the person's hips, as a tape measures it.

    Returns:
        Degrees of the longer side.

    Raises:
        ValueError: if height and distance cannot both be true of this person in this picture.
    """
    bones_mm = _bones_mm(people, person)
    if not (height_mm > _ANKLE_HEIGHT_MM and distance_mm > 0 and bones_mm > 0):
        raise ValueError(f"height and distance must be positive, got {height_mm}, {distance_mm}")
    root = people.root_cam[person].astype(np.float64)
    scale = (height_mm - _ANKLE_HEIGHT_MM) / bones_mm
    # The root is (z / f) (x_px, y_px, f): only its third part, z, depends on the focal length.
    aside_mm = scale * math.hypot(root[0], root[1])
    if distance_mm <= aside_mm:
        raise ValueError(
            f"somebody of {height_mm / 1e3:.2f} m stands {aside_mm / 1e3:.2f} m aside here, so "
            f"the lens cannot be {distance_mm / 1e3:.2f} m away"
        )
    depth_mm = math.sqrt(distance_mm**2 - aside_mm**2)
    focal_px = camera.focal_px * depth_mm / (scale * root[2])
    return fov_from_focal_px(focal_px, camera.size)


def _bones_mm(people: People, person: int) -> float:
    """Trunk, head and the mean leg, each joint to joint."""
    names = people.skeleton.joint_names
    chains = (_TRUNK, *(tuple(f"{side}_{part}" for part in _LEG) for side in ("left", "right")))
    missing = [name for chain in chains for name in chain if name not in names]
    if missing:
        raise ValueError(f"the height needs joints this model does not have: {missing}")
    joints = people.joints_cam[person].astype(np.float64)
    lengths = []
    for chain in chains:
        steps = np.diff(joints[[names.index(name) for name in chain]], axis=0)
        lengths.append(float(np.linalg.norm(steps, axis=1).sum()))
    return lengths[0] + (lengths[1] + lengths[2]) / 2
