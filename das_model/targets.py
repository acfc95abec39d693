"""Annotated people to training targets: which location answers for whom, and what it must say.

Follows section 3.2 of the DAS paper. Runs in the data loader's workers (numpy only) and is the
inverse of `decode`, tied to it by a round-trip test. The numbers that both need stand in
`Encoding`.
"""

from dataclasses import dataclass, field

import numpy as np

from das_model.camera import Camera
from das_model.skeleton import BODY_22, Skeleton


@dataclass(frozen=True, slots=True)
class Encoding:
    """How people are written into maps; stored with the weights.

    `range_bounds` are the paper's regress ranges on r_max as shares of the input's short side
    (48, 96, 192, 384 px of 640), so that small inputs use the levels as the large ones do.
    """

    strides: tuple[int, ...] = (8, 16, 32, 64, 128)
    range_bounds: tuple[float, ...] = (0.075, 0.15, 0.3, 0.6)  # of the input's short side
    radius: float = 1.5  # half side of the positive square, in strides
    root_depth_unit: float = 10.0  # mm per px: z / f is divided by this
    joint_depth_unit_mm: float = 500.0  # relative joint depth is divided by this (z_norm)

    def level_of(self, r_max_px: float, short_side_px: int) -> int:
        """Index of the level whose range holds r_max, for an input of this short side."""
        bounds = np.array(self.range_bounds[: len(self.strides) - 1]) * short_side_px
        return int(np.searchsorted(bounds, r_max_px))


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
        for name, shape in expected.items():
            if getattr(self, name).shape != shape:
                raise ValueError(
                    f"Annotation.{name} must be {shape}, got {getattr(self, name).shape}"
                )

    def __len__(self) -> int:
        return len(self.joints_px)
