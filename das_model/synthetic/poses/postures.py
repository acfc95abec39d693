"""Poses off the feet: lying, kneeling, sitting on the floor, hand stands and head stands."""

import math

import numpy as np

from das_model.synthetic.body.rotations import rotation
from das_model.synthetic.poses.poses import ArmAngles, LegAngles, PosePrior, TrunkAngles

POSTURES = ("lie", "kneel", "floor", "upside_down")
_X, _Y, _Z = np.eye(3)


def sample_posture(
    rng: np.random.Generator, prior: PosePrior, shape: int, kind: str
) -> np.ndarray:
    """(B, 3, 3) pose of one of `POSTURES` for a shape of the pool."""
    pose = prior.sample(rng, shape, "sit")
    draw = {"lie": _lie, "kneel": _kneel, "floor": _floor, "upside_down": _upside_down}[kind]
    draw(rng, prior, shape, pose)
    return pose


def _lie(rng: np.random.Generator, prior: PosePrior, shape: int, pose: np.ndarray) -> None:
    """On the back, on the belly or on a side; limbs stay near the floor."""
    side = str(rng.choice(["back", "belly", "side"], p=[0.45, 0.25, 0.3]))
    trunk = TrunkAngles(rng.normal(0, 4), rng.normal(0, 5), 0.0, 0.0, 0.0, rng.normal(0, 20))
    prior.set_trunk(pose, trunk)
    for letter in "LR":
        arm = ArmAngles(rng.normal(90, 8), rng.uniform(-85, 80), rng.uniform(0, 90), 90.0)
        leg = LegAngles(rng.uniform(-3, 5), rng.uniform(0, 18), rng.uniform(0, 8), 8.0, 25.0)
        if side == "back":
            arm = ArmAngles(rng.normal(85, 8), rng.uniform(-85, 80), rng.uniform(5, 60), 0.0)
            if rng.random() < 0.4:
                bend = rng.uniform(20, 75)
                leg = LegAngles(bend, rng.uniform(0, 12), 2 * bend, 5.0, 0.0)
        if side == "side":
            arm = ArmAngles(rng.uniform(-5, 25), rng.uniform(-70, 10), rng.uniform(10, 120), 0.0)
            bend = rng.uniform(5, 80)
            leg = LegAngles(bend, 2.0, bend * rng.uniform(0.6, 1.6), 0.0, 10.0)
        prior.set_arm(pose, shape, letter, arm)
        prior.set_leg(pose, shape, letter, leg)
    pose[0] = {
        "back": rotation(_X, -math.pi / 2),
        "belly": rotation(_X, math.pi / 2),
        "side": rotation(_Y, math.pi / 2 * rng.choice([-1, 1])) @ rotation(_Z, rng.normal(0, 0.2)),
    }[side]
    pose[0] = rotation(_Z, rng.uniform(-math.pi, math.pi)) @ pose[0]


def _kneel(rng: np.random.Generator, prior: PosePrior, shape: int, pose: np.ndarray) -> None:
    """On both knees, upright or on the heels, or on one knee."""
    one_knee = rng.random() < 0.4
    flexion = rng.uniform(-5, 20) if one_knee or rng.random() < 0.6 else rng.uniform(50, 62)
    for letter in "LR":
        leg = LegAngles(flexion, rng.uniform(2, 14), 90 + flexion, 0.0, 55.0)
        prior.set_leg(pose, shape, letter, leg)
    if one_knee:
        front = LegAngles(88 + flexion / 2, rng.uniform(0, 12), 92 + flexion / 2, 0.0, 0.0)
        prior.set_leg(pose, shape, str(rng.choice(["L", "R"])), front)


def _floor(rng: np.random.Generator, prior: PosePrior, shape: int, pose: np.ndarray) -> None:
    """Sitting on the floor: legs out, knees up, cross-legged."""
    way = str(rng.choice(["out", "up", "cross", "mixed"]))
    for letter in "LR":
        own = str(rng.choice(["out", "up"])) if way == "mixed" else way
        leg = LegAngles(rng.uniform(88, 93), rng.uniform(0, 22), rng.uniform(0, 12), 8.0, 5.0)
        if own == "up":
            rise = rng.uniform(25, 58)  # of the thighs; the shins fall as much again
            leg = LegAngles(90 + rise, rng.uniform(0, 15), 2 * rise + 4, 0.0, rise - 20)
        if own == "cross":
            leg = LegAngles(
                rng.uniform(98, 106),
                rng.uniform(38, 46),
                rng.uniform(112, 124),
                rng.uniform(62, 72),
                25.0,
            )
        prior.set_leg(pose, shape, letter, leg)
    if rng.random() < 0.3:  # leaning back on the hands
        lean = rng.uniform(-28, -12)
        prior.set_trunk(pose, TrunkAngles(lean, 0.0, 0.0, 8.0, 0.0, rng.normal(0, 15)))
        for letter in "LR":
            arm = ArmAngles(rng.uniform(140, 165), rng.uniform(-65, -55), rng.uniform(2, 15), 0.0)
            prior.set_arm(pose, shape, letter, arm)


def _upside_down(rng: np.random.Generator, prior: PosePrior, shape: int, pose: np.ndarray) -> None:
    """Hand stands, also while turning a cartwheel."""
    prior.set_trunk(pose, TrunkAngles(rng.normal(-5, 8), rng.normal(0, 5), 0.0, -12.0, 0.0, 0.0))
    for letter in "LR":
        arm = ArmAngles(rng.normal(60, 15), rng.uniform(66, 84), rng.uniform(0, 20), 0.0)
        prior.set_arm(pose, shape, letter, arm)
        leg = LegAngles(rng.normal(5, 25), rng.uniform(0, 40), rng.uniform(0, 60), 5.0, 30.0)
        prior.set_leg(pose, shape, letter, leg)
    tip = math.pi + rng.normal(0, 0.15)
    pose[0] = rotation(_X, tip) if rng.random() < 0.6 else rotation(_Y, tip)
