"""Pose categories of priors and of motion capture.

How a body lies over the floor decides first, since a file's word for a clip says little of a
frame; standing and seated frames take the word of their clip.
"""

import numpy as np

CATEGORIES = (
    "stand",
    "walk",
    "run",
    "gesture",
    "everyday",
    "hand_at_head",
    "crossed_arms",
    "hold",
    "reach",
    "sit",
    "bend",
    "crouch",
    "kneel",
    "floor",
    "lie",
    "upside_down",
    "dance",
    "sport",
    "fight",
)
_LEG_M = 0.84  # length of the hip-ankle chain in motion files
_WORDS = {
    "walk": "walk",
    "dash": "run",
    "run": "run",
    "jog": "run",
    "direct": "gesture",
    "discussion": "gesture",
    "greeting": "gesture",
    "bow": "gesture",
    "bye": "gesture",
    "call": "gesture",
    "guide": "gesture",
    "respond": "gesture",
    "raise": "gesture",
    "wave": "gesture",
    "basketball_signal": "gesture",
    "dance": "dance",
    "modern_dance": "dance",
    "spin": "dance",
    "kick": "fight",
    "punch": "fight",
    "slash": "fight",
    "sword": "fight",
    "spinkick": "fight",
    "amp": "fight",
    "basketball": "sport",
    "soccer": "sport",
    "jump": "sport",
    "hop": "sport",
    "backflip": "sport",
    "cartwheel": "sport",
    "sideflip": "sport",
    "roll": "sport",
    "playground": "sport",
    "walk_run_jump": "sport",
}


def activity(word: str) -> str:
    """The category of a motion by the name of its clip; "everyday" for what is not listed."""
    fitting = [start for start in _WORDS if word.startswith(start)]
    if "walk" in word and not word.startswith("walk_run"):
        return "walk"
    if "zombie" in word:
        return "walk"
    return _WORDS[max(fitting, key=len)] if fitting else "everyday"


def posture(joints: dict[str, np.ndarray]) -> np.ndarray:
    """(N,) str: "upside_down", "lie", "floor", "kneel", "sit", "bend", "crouch", or "" upright.

    Args:
        joints: (N, 3) positions in metres by the names of motion files, z up.
    """
    hips = (joints["lhip"] + joints["rhip"]) / 2
    ankles = np.stack([joints["lankle"], joints["rankle"]])
    knees = np.stack([joints["lknee"], joints["rknee"]])
    toes = np.stack([joints["ltoe"], joints["rtoe"]])
    trunk = joints["neck"] - hips
    upright = trunk[:, 2] / np.linalg.norm(trunk, axis=1)
    ground = np.min([joint[:, 2] for joint in joints.values()], axis=0)
    pelvis = (hips[:, 2] - ground) / _LEG_M
    lowest_knee = (knees[..., 2].min(0) - ground) / _LEG_M
    balance = (hips + joints["neck"]) / 2 - (ankles + toes).mean(0) / 2
    off_feet = np.linalg.norm(balance[:, :2], axis=1)
    drop = np.stack(
        [
            (knee - hip)[:, 2] / np.linalg.norm(knee - hip, axis=1)
            for hip, knee in ((joints["lhip"], joints["lknee"]), (joints["rhip"], joints["rknee"]))
        ]
    ).min(0)
    rules = {
        "upside_down": upright < -0.25,
        "lie": (np.abs(upright) < 0.5) & (pelvis < 0.45),
        "floor": (upright >= 0.5) & (pelvis < 0.42),
        "kneel": (lowest_knee < 0.17) & (pelvis < 0.85),
        "sit": (pelvis < 0.85) & (off_feet > 0.2) & (upright > 0.7) & (drop > -0.75),
        "bend": upright < 0.64,
        "crouch": pelvis < 0.75,
    }
    return np.select(list(rules.values()), list(rules), default="")
