"""Field of view from a person of known height at a known distance.

The model sees z / f and sizes in the picture, so a height alone leaves f open: a longer lens from
further away gives the same picture. The height sets the scale of what the model saw of this
person, and the distance then says how many pixels go with it.
"""

import math

import numpy as np

from das_app.lens.intrinsics import fov_from_focal_px
from das_app.motion.kinematics import ANKLE_HEIGHT_MM, body_heights_mm
from das_model.camera import Camera
from das_model.people import People


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
    bones_mm = float(body_heights_mm(people)[person]) - ANKLE_HEIGHT_MM
    if math.isnan(bones_mm):
        raise ValueError("the height needs hips, knees, ankles, shoulders and a head")
    if not (height_mm > ANKLE_HEIGHT_MM and distance_mm > 0 and bones_mm > 0):
        raise ValueError(f"height and distance must be positive, got {height_mm}, {distance_mm}")
    root = people.root_cam[person].astype(np.float64)
    scale = (height_mm - ANKLE_HEIGHT_MM) / bones_mm
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
