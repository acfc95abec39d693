"""`People`: the result type of decoder, window, recorder and metrics."""

from dataclasses import dataclass, field
from typing import NewType

import numpy as np

from das_model.camera import Camera
from das_model.skeleton import BODY_22, Skeleton

TrackId = NewType("TrackId", int)  # of a tracked person, from 1 on


@dataclass(frozen=True, eq=False, slots=True)
class People:
    """P people of one picture, in camera space (x right, y down, z forward).

    Args:
        joints_cam: (P, J, 3) float32 mm.
        joint_scores: (P, J) float32 in [0, 1].
        scores: (P,) float32 in [0, 1].
        track_ids: (P,) int64, -1 where there is no track.
        skeleton: names of the J joints.
        joint_spread_mm: (P, J) float32 how far from the truth a joint likely is, root on root; of
            the root how far its depth is. NaN where unknown, None where nobody's is known.

    Raises:
        ValueError: if a shape disagrees with the skeleton or with the others.
    """

    joints_cam: np.ndarray
    joint_scores: np.ndarray
    scores: np.ndarray
    track_ids: np.ndarray
    skeleton: Skeleton = field(default=BODY_22)
    joint_spread_mm: np.ndarray | None = None

    def __post_init__(self) -> None:
        num_people, num_joints = len(self.scores), self.skeleton.num_joints
        expected = {
            "joints_cam": (num_people, num_joints, 3),
            "joint_scores": (num_people, num_joints),
            "scores": (num_people,),
            "track_ids": (num_people,),
        }
        if self.joint_spread_mm is not None:
            expected["joint_spread_mm"] = (num_people, num_joints)
        for name, shape in expected.items():
            if getattr(self, name).shape != shape:
                raise ValueError(f"People.{name} must be {shape}, got {getattr(self, name).shape}")

    @staticmethod
    def empty(skeleton: Skeleton = BODY_22) -> "People":
        """Nobody: arrays keep their rank, (0, J, 3)."""
        num_joints = skeleton.num_joints
        return People(
            np.zeros((0, num_joints, 3), np.float32),
            np.zeros((0, num_joints), np.float32),
            np.zeros(0, np.float32),
            np.zeros(0, np.int64),
            skeleton,
        )

    def __len__(self) -> int:
        return len(self.scores)

    @property
    def root_cam(self) -> np.ndarray:
        """(P, 3) root joint in mm."""
        return self.joints_cam[:, self.skeleton.root]

    @property
    def joints_rel(self) -> np.ndarray:
        """(P, J, 3) joints relative to their person's root, mm."""
        return self.joints_cam - self.root_cam[:, None]

    def where(self, keep: np.ndarray) -> "People":
        """The people whose place in `keep` (P,) bool is True."""
        return People(
            self.joints_cam[keep],
            self.joint_scores[keep],
            self.scores[keep],
            self.track_ids[keep],
            self.skeleton,
            None if self.joint_spread_mm is None else self.joint_spread_mm[keep],
        )

    def at_least(self, score: float) -> "People":
        """The people of at least this score."""
        return self.where(self.scores >= score)

    def joined(self, others: "People") -> "People":
        """These people and then others, of the same joints.

        Raises:
            ValueError: if the others have another skeleton.
        """
        if others.skeleton.joint_names != self.skeleton.joint_names:
            raise ValueError(
                f"people of joints {self.skeleton.joint_names} cannot be joined by others of "
                f"{others.skeleton.joint_names}"
            )
        names = ("joints_cam", "joint_scores", "scores", "track_ids")
        joined = {n: np.concatenate([getattr(self, n), getattr(others, n)]) for n in names}
        spread_mm = None
        if self.joint_spread_mm is not None or others.joint_spread_mm is not None:
            spread_mm = np.concatenate([self._known_spread_mm(), others._known_spread_mm()])
        return People(**joined, skeleton=self.skeleton, joint_spread_mm=spread_mm)

    def _known_spread_mm(self) -> np.ndarray:
        if self.joint_spread_mm is not None:
            return self.joint_spread_mm
        return np.full(self.joint_scores.shape, np.nan, np.float32)

    def joints_px(self, camera: Camera) -> np.ndarray:
        """(P, J, 2) joints reprojected into the camera's picture, px; NaN behind the lens."""
        return camera.project(self.joints_cam)
