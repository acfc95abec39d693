"""Skeletons: named joint sets, their bones, mirror pairs, and maps between sets by name.

`BODY_22` is the union set of the bundled models: it holds the 15 joints of CMU Panoptic, the 17
of MuPoTS-3D and the 17 body joints of COCO, so that one set of weights serves the application
and the benchmarks. Dataset orders follow their official files.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

_PARENT_BY_NAME = {
    "spine": "pelvis",
    "neck": "spine",
    "head": "neck",
    "head_top": "head",
    "nose": "head",
    "left_eye": "nose",
    "right_eye": "nose",
    "left_ear": "left_eye",
    "right_ear": "right_eye",
    "left_shoulder": "neck",
    "left_elbow": "left_shoulder",
    "left_wrist": "left_elbow",
    "left_hand": "left_wrist",
    "left_hip": "pelvis",
    "left_knee": "left_hip",
    "left_ankle": "left_knee",
    "left_toe": "left_ankle",
    "right_shoulder": "neck",
    "right_elbow": "right_shoulder",
    "right_wrist": "right_elbow",
    "right_hand": "right_wrist",
    "right_hip": "pelvis",
    "right_knee": "right_hip",
    "right_ankle": "right_knee",
    "right_toe": "right_ankle",
}


@dataclass(frozen=True, eq=False)
class Skeleton:
    """An ordered set of named joints.

    Args:
        joint_names: J lower-case names, each once.

    Raises:
        ValueError: if a name is repeated or unknown.
    """

    joint_names: tuple[str, ...]

    def __post_init__(self) -> None:
        unknown = [n for n in self.joint_names if n != "pelvis" and n not in _PARENT_BY_NAME]
        if unknown:
            raise ValueError(f"Skeleton.joint_names holds unknown joints {unknown}")
        if len(set(self.joint_names)) != len(self.joint_names):
            raise ValueError(f"Skeleton.joint_names must be unique, got {self.joint_names}")

    @property
    def num_joints(self) -> int:
        """Number of joints J."""
        return len(self.joint_names)

    def index(self, name: str) -> int:
        """Index of the joint `name`; ValueError if the skeleton has no such joint."""
        if name not in self.joint_names:
            raise ValueError(
                f"no joint is called {name!r}, there are {', '.join(self.joint_names)}"
            )
        return self.joint_names.index(name)

    @cached_property
    def root(self) -> int:
        """Index of the root joint, the pelvis; ValueError if the set has none (COCO)."""
        return self.index("pelvis")

    @cached_property
    def parents(self) -> tuple[int, ...]:
        """Index of each joint's nearest ancestor in the set, -1 where there is none."""
        return tuple(self._parent(name) for name in self.joint_names)

    @cached_property
    def bones(self) -> tuple[tuple[int, int], ...]:
        """(parent, child) index pairs to draw."""
        return tuple((p, c) for c, p in enumerate(self.parents) if p >= 0)

    @cached_property
    def flip_order(self) -> np.ndarray:
        """(J,) int64 order that swaps left and right: mirrored = joints[flip_order]."""
        swap = {"left": "right", "right": "left"}
        order = []
        for name in self.joint_names:
            side, _, rest = name.partition("_")
            order.append(self.index(f"{swap[side]}_{rest}") if side in swap else self.index(name))
        return np.array(order, dtype=np.int64)

    def indices_in(self, other: "Skeleton") -> np.ndarray:
        """(J,) int64: where each joint of this set stands in `other`, -1 where it is missing."""
        there = {name: i for i, name in enumerate(other.joint_names)}
        return np.array([there.get(name, -1) for name in self.joint_names], dtype=np.int64)

    def _parent(self, name: str) -> int:
        while name in _PARENT_BY_NAME:
            name = _PARENT_BY_NAME[name]
            if name in self.joint_names:
                return self.index(name)
        return -1


def _limbs(side: str, *parts: str) -> tuple[str, ...]:
    return tuple(f"{side}_{part}" for part in parts)


_ARM, _LEG = ("shoulder", "elbow", "wrist"), ("hip", "knee", "ankle")
COCO_17 = Skeleton(
    ("nose", "left_eye", "right_eye", "left_ear", "right_ear")
    + tuple(f"{side}_{part}" for part in _ARM + _LEG for side in ("left", "right"))
)
PANOPTIC_15 = Skeleton(
    ("neck", "nose", "pelvis") + _limbs("left", *_ARM, *_LEG) + _limbs("right", *_ARM, *_LEG)
)
MUPOTS_17 = Skeleton(
    ("head_top", "neck")
    + _limbs("right", *_ARM)
    + _limbs("left", *_ARM)
    + _limbs("right", *_LEG)
    + _limbs("left", *_LEG)
    + ("pelvis", "spine", "head")
)
MUCO_21 = Skeleton(MUPOTS_17.joint_names + ("right_hand", "left_hand", "right_toe", "left_toe"))
BODY_22 = Skeleton(("pelvis", "spine", "neck", "head", "head_top") + COCO_17.joint_names)
