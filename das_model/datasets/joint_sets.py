"""Labels of one joint set told in another, by name: how sets with different joints are mixed."""

from dataclasses import replace

import numpy as np

from das_model.skeleton import Skeleton
from das_model.targets import Annotation


def in_skeleton(annotation: Annotation, skeleton: Skeleton) -> Annotation:
    """The same people with the joints of `skeleton`; those it lacks labels for are not valid.

    Args:
        annotation: people in any joint set.
        skeleton: the joint set that is asked for.
    """
    if annotation.skeleton.joint_names == skeleton.joint_names:
        return annotation
    source = skeleton.indices_in(annotation.skeleton)
    is_there = source >= 0

    def picked(values: np.ndarray) -> np.ndarray:
        chosen = values[:, source]
        chosen[:, ~is_there] = 0  # False for flags
        return chosen

    return replace(
        annotation,
        joints_cam=picked(annotation.joints_cam),
        joints_px=picked(annotation.joints_px),
        valid_2d=picked(annotation.valid_2d),
        valid_3d=picked(annotation.valid_3d),
        visible=picked(annotation.visible),
        skeleton=skeleton,
    )
