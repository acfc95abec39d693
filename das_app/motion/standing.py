"""People and the floor they stand on: how far off it they are, and what would put them onto it.

A person who is scaled about the lens looks the same in the picture, further away and taller. So
where the floor is known better than a person's distance, their feet tell the distance.
"""

import math

import numpy as np

from das_app.motion.floor import Floor
from das_app.motion.kinematics import ANKLE_HEIGHT_MM
from das_model.skeleton import Skeleton

_MOST_SCALE = 1.8  # further off, somebody stands on something else


def off_floor_mm(joints_cam: np.ndarray, skeleton: Skeleton, floor: Floor) -> np.ndarray:
    """How high above the floor people's lower feet are.

    Args:
        joints_cam: (..., J, 3) mm; NaN where not seen.
        skeleton: of the joints.
        floor: in the same space.

    Returns:
        (...,) mm, negative below it; NaN where no ankle is seen.
    """
    ankles = [i for i, n in enumerate(skeleton.joint_names) if n.endswith("_ankle")]
    if not ankles:
        return np.full(joints_cam.shape[:-2], np.nan)
    return (
        np.fmin.reduce(floor.height_above(joints_cam[..., ankles, :]), axis=-1) - ANKLE_HEIGHT_MM
    )


def standing_scale(joints_cam: np.ndarray, skeleton: Skeleton, floor: Floor) -> float | None:
    """How many times as far away and as tall somebody stands on the floor, in the median.

    Args:
        joints_cam: (n, J, 3) mm of one person over time; NaN where not seen.
        skeleton: of the joints.
        floor: that they stand on.

    Returns:
        None where their feet are not seen, or so far off the floor that they stand elsewhere.
    """
    heights = off_floor_mm(joints_cam, skeleton, floor)
    heights = heights[np.isfinite(heights)]
    if not len(heights):
        return None
    reach_mm = floor.height_mm - ANKLE_HEIGHT_MM
    below_mm = reach_mm - float(np.median(heights))
    if below_mm <= 0 or abs(math.log(reach_mm / below_mm)) > math.log(_MOST_SCALE):
        return None
    return reach_mm / below_mm
