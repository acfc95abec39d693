"""Camera position and viewing direction."""

import math

import numpy as np

from das_model.camera import Camera
from das_model.synthetic.people.person import Person
from das_model.synthetic.people.worlds import World

_CUT_COLUMNS = (-0.06, 0.14)  # place of somebody whom the left border cuts, in picture widths


def aim(
    rng: np.random.Generator, world: World, mode: str, camera: Camera, people: list[Person]
) -> tuple[np.ndarray, np.ndarray]:
    """Lens position (3,) and axes (3, 3): a joint of somebody lands at a chosen row."""
    hero = people[0] if mode == "webcam" else people[rng.integers(len(people))]
    height = rng.uniform(*world.height_m[mode])
    if mode == "webcam":
        height = max(world.least_height_m, hero.body.joint("nose")[2] + height)
    shares = (0.55, 0.25, 0.2) if mode == "webcam" else (0.3, 0.3, 0.4)
    name = str(rng.choice(["nose", "neck", "pelvis"], p=shares))
    row = rng.uniform(0.4, 0.8) if name == "pelvis" else rng.uniform(0.2, 0.55)
    target = hero.body.joint(name)
    below = math.atan2(height - target[2], math.hypot(target[0], target[1]))
    offset = math.atan((row - 0.5) * camera.size[1] / camera.K[1, 1])
    low, high = world.pitch_deg
    pitch = float(np.clip(below - offset, math.radians(low), math.radians(high)))
    usual, rare, share = world.roll_deg
    roll = rng.normal(0, usual) if rng.random() >= share else rng.normal(0, rare)
    yaw = math.radians(rng.normal(0, 2))
    if mode == "webcam" and rng.random() < world.cut_share:
        column = rng.uniform(*_CUT_COLUMNS)
        column = column if rng.random() < 0.5 else 1 - column
        aside = math.atan((column - 0.5) * camera.size[0] / camera.K[0, 0])
        yaw = math.atan2(target[0], target[1]) - aside
    return np.array([0.0, 0.0, height]), look_matrix(yaw, pitch, math.radians(roll))


def look_matrix(yaw: float, pitch: float, roll: float) -> np.ndarray:
    """(3, 3) rows right, down, forward; yaw 0 looks along +y, pitch > 0 down; radians."""
    forward = np.array(
        [math.sin(yaw) * math.cos(pitch), math.cos(yaw) * math.cos(pitch), -math.sin(pitch)]
    )
    right = np.array([math.cos(yaw), -math.sin(yaw), 0.0])
    down = np.cross(forward, right)
    c, s = math.cos(roll), math.sin(roll)
    return np.stack([c * right + s * down, -s * right + c * down, forward])
