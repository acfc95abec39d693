"""`Annotation`: labels of the people in one image, by hand, machine or rendering.

Data sets give it, augmentation moves it, `targets` encodes it, protocols compare with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from das_model.camera import Camera
from das_model.skeleton import BODY_22, Skeleton


@dataclass(frozen=True, eq=False, slots=True)
class Annotation:
    """Labelled people of one picture.

    Args:
        joints_cam: (P, J, 3) float32 mm in camera space; any value where not `valid_3d`.
        joints_px: (P, J, 2) float32 px; any value where not `valid_2d`.
        valid_2d: (P, J) bool, the joint's place in the image is labelled (seen or hidden).
        valid_3d: (P, J) bool, its camera-space position is labelled too.
        visible: (P, J) bool, labelled and seen in the picture (not hidden, not outside).
        ignore_px: (M, 4) float32 boxes (left, top, right, bottom) where people may stand without
            labels: no loss is given inside.
        camera: intrinsics of the picture.
        skeleton: names of the J joints.
        root_guess_px: (P, 2) float32 px, about where a root is that is not labelled, NaN where
            nobody knows; None for no guesses.
        is_relative: (P,) bool, of `joints_cam` the depths alone are known, from a root at 0 on;
            None for nobody.

    Raises:
        ValueError: if a shape disagrees with the skeleton or with the others.
    """

    joints_cam: np.ndarray
    joints_px: np.ndarray
    valid_2d: np.ndarray
    valid_3d: np.ndarray
    visible: np.ndarray
    ignore_px: np.ndarray
    camera: Camera
    skeleton: Skeleton = field(default=BODY_22)
    root_guess_px: np.ndarray | None = None
    is_relative: np.ndarray | None = None

    def __post_init__(self) -> None:
        people_joints = (len(self.joints_px), self.skeleton.num_joints)
        expected = {
            "joints_cam": (*people_joints, 3),
            "joints_px": (*people_joints, 2),
            "valid_2d": people_joints,
            "valid_3d": people_joints,
            "visible": people_joints,
            "ignore_px": (len(self.ignore_px), 4),
        }
        if self.root_guess_px is not None:
            expected["root_guess_px"] = (len(self.joints_px), 2)
        if self.is_relative is not None:
            expected["is_relative"] = (len(self.joints_px),)
        for name, shape in expected.items():
            if getattr(self, name).shape != shape:
                raise ValueError(
                    f"Annotation.{name} must be {shape}, got {getattr(self, name).shape}"
                )

    def __len__(self) -> int:
        return len(self.joints_px)

    def in_skeleton(self, skeleton: Skeleton) -> "Annotation":
        """The same people with the joints of another set, by name; what it lacks is not valid."""
        order = skeleton.indices_in(self.skeleton)
        has_labels = order >= 0
        return replace(
            self,
            joints_cam=self.joints_cam[:, order],
            joints_px=self.joints_px[:, order],
            valid_2d=self.valid_2d[:, order] & has_labels,
            valid_3d=self.valid_3d[:, order] & has_labels,
            visible=self.visible[:, order] & has_labels,
            skeleton=skeleton,
        )

    def without(self, joint_names: tuple[str, ...]) -> "Annotation":
        """The same people with some joints not labelled."""
        is_kept = np.array([name not in joint_names for name in self.skeleton.joint_names])
        return replace(
            self,
            valid_2d=self.valid_2d & is_kept,
            valid_3d=self.valid_3d & is_kept,
            visible=self.visible & is_kept,
        )

    def boxes_px(self) -> np.ndarray:
        """(P, 4) boxes around the labelled joints, left, top, right, bottom; 0 without any."""
        boxes = np.zeros((len(self), 4), np.float32)
        for i, is_labelled in enumerate(self.valid_2d):
            if is_labelled.any():
                joints = self.joints_px[i, is_labelled]
                boxes[i] = [*joints.min(axis=0), *joints.max(axis=0)]
        return boxes


def merge(annotations: Sequence[Annotation], camera: Camera) -> Annotation:
    """The people and ignore boxes of several annotations of one picture, in order.

    Args:
        annotations: at least one; all with one skeleton, in the px of the picture.
        camera: of the picture.
    """
    names = ("joints_cam", "joints_px", "valid_2d", "valid_3d", "visible", "ignore_px")
    values = {name: np.concatenate([getattr(a, name) for a in annotations]) for name in names}
    guesses = [
        np.full((len(a), 2), np.nan, np.float32) if a.root_guess_px is None else a.root_guess_px
        for a in annotations
    ]
    is_relative = [
        np.zeros(len(a), bool) if a.is_relative is None else a.is_relative for a in annotations
    ]
    return Annotation(
        **values,
        camera=camera,
        skeleton=annotations[0].skeleton,
        root_guess_px=np.concatenate(guesses),
        is_relative=np.concatenate(is_relative),
    )
