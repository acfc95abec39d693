"""Hands that touch the body or hold something: chin, hair, phone, cup, hips, crossed arms.

A touch says where the fingers of one hand or both lie in the frame of head or chest (x the
person's left, -y front, z up), for the left hand and an adult; the right hand mirrors it.
"""

from dataclasses import dataclass

import numpy as np

from das_model.synthetic.body.bodies import BodyPoser, PosedBody
from das_model.synthetic.people.person import Held
from das_model.synthetic.poses.reach import HandTarget, reach

_V3 = tuple[float, float, float]
_ADULT_TRUNK_M = 0.5  # pelvis to neck
_TOO_SHORT_M = 0.06


@dataclass(frozen=True, slots=True)
class Touch:
    """One way to hold a hand.

    Args:
        category: pose category of who does it.
        on: "head" (from the middle of the ears) or "chest" (from the neck).
        fingers: (3,) metres, of the left hand.
        along: (3,) direction wrist to fingers.
        elbow: (3,) direction of the elbow.
        hands: 1, or 2 for both at once.
        spread_m: standard deviation of the place.
        held: thing in the hand: "phone", "cup", "camera", "tablet", or "".
    """

    category: str
    on: str
    fingers: _V3
    along: _V3
    elbow: _V3 = (0.7, 0.0, -1.0)
    hands: int = 1
    spread_m: float = 0.012
    held: str = ""


TOUCHES = {
    "chin": Touch("hand_at_head", "head", (0.01, -0.12, -0.10), (-0.15, -0.1, 1.0)),
    "chin_both": Touch("hand_at_head", "head", (0.04, -0.11, -0.09), (0.1, -0.1, 1.0), hands=2),
    "cheek": Touch("hand_at_head", "head", (0.095, -0.07, -0.03), (0.05, 0.1, 1.0)),
    "mouth": Touch("hand_at_head", "head", (0.0, -0.135, -0.05), (-0.8, -0.2, 0.5)),
    "eyes": Touch("hand_at_head", "head", (0.05, -0.13, 0.04), (-0.9, -0.1, 0.5), (1, -0.3, 0)),
    "ear": Touch("hand_at_head", "head", (0.11, -0.01, -0.01), (0.0, 0.3, 1.0)),
    "hair": Touch("hand_at_head", "head", (0.06, -0.03, 0.15), (-0.5, 0.7, 0.3), (1, -0.2, 0.2)),
    "nape": Touch("hand_at_head", "head", (0.05, 0.13, -0.03), (-1.0, 0.4, 0.2), (1, -0.2, 0.7)),
    "nape_both": Touch(
        "hand_at_head", "head", (0.04, 0.13, 0.0), (-1.0, 0.4, 0.1), (1.0, -0.1, 0.5), hands=2
    ),
    "phone": Touch("hold", "head", (0.12, -0.04, -0.01), (-0.1, 0.3, 1.0), held="phone"),
    "screen": Touch(
        "hold", "head", (0.05, -0.33, -0.19), (-0.2, -0.5, 0.9), spread_m=0.05, held="phone"
    ),
    "cup": Touch("hold", "head", (0.02, -0.19, -0.08), (-0.9, -0.4, 0.1), held="cup"),
    "cup_low": Touch(
        "hold", "chest", (0.04, -0.33, -0.2), (-0.7, -0.7, 0.1), spread_m=0.04, held="cup"
    ),
    "photo": Touch("hold", "head", (0.05, -0.25, 0.0), (-0.5, -0.4, 0.8), hands=2, held="camera"),
    "tablet": Touch(
        "hold",
        "chest",
        (0.13, -0.33, -0.22),
        (-0.3, -0.8, 0.4),
        hands=2,
        spread_m=0.03,
        held="tablet",
    ),
    "crossed": Touch(
        "crossed_arms", "chest", (-0.15, -0.165, -0.2), (-0.9, 0.35, 0.1), (0.8, 0.3, -1.0), 2
    ),
    "folded": Touch(
        "crossed_arms", "chest", (-0.03, -0.2, -0.34), (-0.95, 0.0, -0.1), (0.9, 0.3, -0.8), 2
    ),
    "shoulder": Touch("crossed_arms", "chest", (-0.16, -0.07, -0.02), (-0.8, 0.4, 0.5)),
    "hips": Touch("stand", "chest", (0.17, -0.05, -0.44), (-0.3, -1.0, -0.4), (1.0, 0.7, 0.2), 2),
    "hip": Touch("stand", "chest", (0.17, -0.05, -0.44), (-0.3, -1.0, -0.4), (1.0, 0.7, 0.2)),
    "pockets": Touch("stand", "chest", (0.17, -0.1, -0.56), (-0.15, -0.3, -1.0), (0.8, 1.0, 0), 2),
    "behind": Touch("stand", "chest", (-0.02, 0.17, -0.48), (-0.8, 0.1, -0.5), (1.0, 0.5, 0), 2),
}
_LIKELY = {"chin": 2.0, "hair": 1.5, "phone": 2.0, "cup": 1.5, "crossed": 3.0, "screen": 1.5}
_NAMES = tuple(TOUCHES)
_SHARES = np.array([_LIKELY.get(name, 1.0) for name in _NAMES])
_SHARES /= _SHARES.sum()


def sample_touch(rng: np.random.Generator) -> Touch:
    """One of `TOUCHES`."""
    return TOUCHES[_NAMES[rng.choice(len(_NAMES), p=_SHARES)]]


def put_hands(
    rng: np.random.Generator, poser: BodyPoser, body: PosedBody, pose: np.ndarray, touch: Touch
) -> Held | None:
    """Change the arms of a pose for a touch; what the hand holds then.

    Args:
        rng: random numbers.
        poser: of the kit.
        body: the pose's body, neither turned nor moved.
        pose: (B, 3, 3), changed where the arm is long enough.
        touch: what to do.
    """
    letters = "LR" if rng.random() < 0.5 else "RL"
    place = np.array(touch.fingers) + rng.normal(0, touch.spread_m, 3)
    if touch.on == "head":
        origin, axes = body.joint("head"), body.rotations[poser.kit.bone("head")]
    else:
        origin, axes = body.joint("neck"), body.rotations[poser.kit.bone("spine01")]
    size = float(np.linalg.norm(body.joint("neck") - body.joint("pelvis"))) / _ADULT_TRUNK_M
    where = []
    for number, letter in enumerate(letters[: touch.hands]):
        sign = np.array([1.0 if letter == "L" else -1.0, 1.0, 1.0])
        off = place * sign
        if touch.category == "crossed_arms" and number:
            off = off + np.array([0.0, -0.05, 0.03])  # the second forearm lies over the first
        elbow = axes @ ((np.array(touch.elbow) + rng.normal(0, 0.15, 3)) * sign)
        target = HandTarget(
            origin + axes @ off * size, axes @ (np.array(touch.along) * sign), elbow
        )
        changed = pose.copy()
        if reach(poser.kit, body, changed, letter, target) < _TOO_SHORT_M:
            pose[:] = changed
            where.append(target.fingers)
    if not touch.held or not where:
        return None
    return Held(touch.held, np.mean(where, axis=0))
