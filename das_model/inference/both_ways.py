"""Lifting by an image and by its mirror image: a mean of both (test-time augmentation)."""

import numpy as np

from das_model.inference.refine import JointCues, Lift
from das_model.skeleton import Skeleton

# of the mirror image, in which nobody has had a second look; docs/experiments.md
_MIRRORED_SHARE, _MIRRORED_SHARE_OF_LOOKED = 0.5, 0.3


def both_ways(lift: Lift, lift_mirrored: Lift, width_px: int, skeleton: Skeleton) -> Lift:
    """A mean of what an image and its mirror image say of the same people; of those of a second
    look, which is at the image alone, the image counts more.

    The cues are the image's own; what the network saw at their joints is read in both.

    Args:
        lift: by the image.
        lift_mirrored: by its mirror image.
        width_px: of both.
        skeleton: of the people.
    """

    def mean(cues: JointCues) -> np.ndarray:
        lifted = lift(cues)
        other = lift_mirrored(mirrored(cues, width_px, skeleton))[:, skeleton.flip_order]
        other = other * np.array([-1, 1, 1, 1], lifted.dtype)
        share = np.where(cues.is_looked, _MIRRORED_SHARE_OF_LOOKED, _MIRRORED_SHARE)
        return lifted + share[:, None, None].astype(lifted.dtype) * (other - lifted)

    return mean


def mirrored(cues: JointCues, width_px: int, skeleton: Skeleton) -> JointCues:
    """The same people as in the mirror image, their left joints on the right; nobody has looked
    again there."""
    order = skeleton.flip_order
    joints_px = cues.joints_px[:, order] * [-1, 1] + [width_px - 1, 0]
    return JointCues(
        cues.joints_cam[:, order] * [-1, 1, 1],
        cues.joint_scores[:, order],
        cues.heat[:, order],
        cues.moved_mm[:, order] * [-1, 1],
        joints_px.astype(cues.joints_px.dtype),
        np.full_like(cues.look, np.nan),
    )
