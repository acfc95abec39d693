"""Upright people on a floor that is known, for tests of what finds it."""

import math

import numpy as np

from das_app.motion.floor import Floor, floor_at
from das_model.camera import Camera
from das_model.people import People
from das_model.skeleton import BODY_22

CAMERA = Camera.from_fov((1280, 720), 60.0)
# x right and height above the floor, of somebody 1.7 m tall as bones add up; the arms hang
_FIGURE = {
    "pelvis": (0, 900),
    "spine": (0, 1130),
    "neck": (0, 1400),
    "head": (0, 1500),
    "head_top": (0, 1620),
    "nose": (0, 1520),
    "eye": (30, 1550),
    "ear": (70, 1540),
    "shoulder": (170, 1370),
    "elbow": (200, 1090),
    "wrist": (210, 850),
    "hand": (210, 760),
    "hip": (95, 890),
    "knee": (100, 480),
    "ankle": (100, 80),
    "toe": (100, 30),
}


def tilted(pitch_deg: float, roll_deg: float, height_mm: float) -> Floor:
    """The floor of a camera that is tilted so."""
    return floor_at(math.radians(pitch_deg), math.radians(roll_deg), height_mm)


def figure() -> np.ndarray:
    """(22, 3) mm of somebody who stands at the origin of a levelled world."""
    joints = np.zeros((BODY_22.num_joints, 3))
    for row, name in enumerate(BODY_22.joint_names):
        side, _, part = name.partition("_")
        sign, part = {"left": (1, part), "right": (-1, part)}.get(side, (0, name))
        aside, height = _FIGURE[part]
        joints[row] = [sign * aside, -height, 0.0]
    return joints


def standing(
    floor: Floor,
    places: np.ndarray,
    scales: np.ndarray | float = 1.0,
    ankle_score: float = 0.2,
    lift_mm: float = 0.0,
) -> People:
    """People at places (N, 2), x and z of the levelled world, seen `scales` times as far away.

    Args:
        floor: they stand on.
        places: mm.
        scales: (N,) or one for all, about the lens.
        ankle_score: of both ankles.
        lift_mm: how high above the floor they are.
    """
    places = np.asarray(places, float).reshape(-1, 2)
    world = np.tile(figure(), (len(places), 1, 1))
    world[..., 0] += places[:, :1]
    world[..., 2] += places[:, 1:]
    world[..., 1] -= lift_mm
    joints = floor.to_camera(world) * np.reshape(scales, (-1, 1, 1))
    scores = np.full((len(places), BODY_22.num_joints), 0.8, np.float32)
    for side in ("left", "right"):
        scores[:, BODY_22.index(f"{side}_ankle")] = ankle_score
    return People(
        joints.astype(np.float32),
        scores,
        np.ones(len(places), np.float32),
        np.arange(1, len(places) + 1),
    )
