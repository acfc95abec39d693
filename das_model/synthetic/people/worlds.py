"""Distributions of scene content: two sets of figures that composition draws from.

`ORDINARY` is what a webcam or a camera at eye level sees of people who mostly stand, sit and
gesture. `HARD` has cameras from knee height to under the ceiling, every kind of pose, people close
together, children, and things in front of people.
"""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

WorldName = Literal["ordinary", "hard"]
_Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class World:
    """Shares of everything that is drawn at random; spans are uniform.

    Args:
        modes: share of pictures by view: "webcam", "room", "wide", "outdoor".
        counts: shares of 1, 2, ... people, by view.
        groups: share of pictures by arrangement; the rest shows people alone.
        fov_deg: horizontal field of view.
        height_m: of the camera, by view; a webcam's is over the nose of who sits before it.
        least_height_m: of any camera.
        pitch_deg: least and most.
        roll_deg: standard deviations of usual and of rare pictures, and the share of rare ones.
        hero_m: distance of who sits before a webcam.
        cut_share: of the webcams that show their person cut off at the left or right border.
        nearest_m: no flesh nearer to the lens.
        kinds: shares of the pose priors.
        desk_kinds: the same for who sits before a webcam.
        child_share: of children under 12.
        motion_share: of motion capture among the others, where there is some.
        touch_share: of standing, gesturing and sitting priors, hands that touch or hold something.
        hidden_share: of the pictures with things put in front of people.
    """

    modes: dict[str, float]
    counts: dict[str, tuple[float, ...]]
    fov_deg: _Span
    height_m: dict[str, _Span]
    least_height_m: float
    pitch_deg: _Span
    roll_deg: tuple[float, float, float]
    hero_m: _Span
    nearest_m: float
    kinds: dict[str, float]
    desk_kinds: dict[str, float]
    child_share: float
    motion_share: float
    groups: dict[str, float] = field(default_factory=dict)
    cut_share: float = 0.0
    touch_share: float = 0.0
    hidden_share: float = 0.0


ORDINARY = World(
    modes={"room": 0.38, "webcam": 0.32, "wide": 0.13, "outdoor": 0.17},
    counts={
        "webcam": (0.5, 0.3, 0.2),
        "room": (0.2, 0.3, 0.25, 0.15, 0.1),
        "wide": (0.0, 0.2, 0.2, 0.2, 0.2, 0.2),
        "outdoor": (0.15, 0.25, 0.2, 0.15, 0.15, 0.1),
    },
    fov_deg=(40, 90),
    height_m={
        "webcam": (-0.45, 0.25),
        "room": (0.4, 2.2),
        "wide": (1.2, 3.0),
        "outdoor": (0.9, 2.6),
    },
    least_height_m=0.35,
    pitch_deg=(-25, 50),
    roll_deg=(2.0, 8.0, 0.15),
    hero_m=(0.62, 1.7),
    nearest_m=0.3,
    kinds={
        "stand": 0.20,
        "gesture": 0.18,
        "walk": 0.13,
        "sit": 0.17,
        "reach": 0.09,
        "raise": 0.08,
        "bend": 0.04,
        "crouch": 0.03,
        "dance": 0.05,
        "wild": 0.03,
    },
    desk_kinds={"sit": 0.42, "gesture": 0.30, "stand": 0.08, "raise": 0.10, "reach": 0.10},
    child_share=0.1,
    motion_share=0.4,
)
HARD = World(
    modes={"room": 0.33, "webcam": 0.25, "wide": 0.2, "outdoor": 0.22},
    counts={
        "webcam": (0.45, 0.3, 0.25),
        "room": (0.2, 0.3, 0.25, 0.15, 0.1),
        "wide": (0.0, 0.15, 0.2, 0.2, 0.2, 0.15, 0.1),
        "outdoor": (0.1, 0.2, 0.2, 0.2, 0.15, 0.15),
    },
    groups={"embrace": 0.09, "pair": 0.13, "row": 0.13, "crowd": 0.1},
    fov_deg=(30, 105),
    height_m={
        "webcam": (-0.7, 0.6),
        "room": (0.3, 4.5),
        "wide": (0.3, 4.5),
        "outdoor": (0.3, 4.5),
    },
    least_height_m=0.3,
    pitch_deg=(-40, 65),
    roll_deg=(12.0, 12.0, 0.0),
    hero_m=(0.42, 1.7),
    cut_share=0.3,
    nearest_m=0.2,
    kinds={
        "stand": 0.18,
        "gesture": 0.14,
        "walk": 0.08,
        "sit": 0.18,
        "reach": 0.06,
        "raise": 0.06,
        "bend": 0.03,
        "crouch": 0.03,
        "dance": 0.04,
        "wild": 0.03,
        "lie": 0.04,
        "kneel": 0.04,
        "floor": 0.06,
        "upside_down": 0.03,
    },
    desk_kinds={"sit": 0.5, "gesture": 0.2, "stand": 0.14, "raise": 0.08, "reach": 0.08},
    touch_share=0.45,
    motion_share=0.65,
    child_share=0.17,
    hidden_share=0.45,
)
WORLDS: dict[WorldName, World] = {"ordinary": ORDINARY, "hard": HARD}


def drawn(rng: np.random.Generator, shares: dict[str, float]) -> str:
    """A name by its share; "" for what the shares leave of 1."""
    at = rng.random()
    for name, share in shares.items():
        at -= share
        if at < 0:
            return name
    return name if sum(shares.values()) > 1 - 1e-6 else ""
