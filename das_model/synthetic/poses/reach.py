"""Inverse kinematics of the arm: two bones solved for the position of the wrist."""

import math
from dataclasses import dataclass

import numpy as np

from das_model.synthetic.body.bodies import PosedBody
from das_model.synthetic.body.kit import BodyKit
from das_model.synthetic.body.rotations import cross, frame, rotation, swing, unit

_MAX_WRIST_RAD = math.radians(65)
_SLACK_M = 0.004  # an arm is never quite straight


@dataclass(frozen=True, eq=False, slots=True)
class HandTarget:
    """Target of a hand, in the frame of the body that `PosedBody` was asked for.

    Args:
        fingers: (3,) place of the middle finger's knuckle.
        along: (3,) direction from wrist to fingers.
        elbow: (3,) direction in which the elbow sticks out.
    """

    fingers: np.ndarray
    along: np.ndarray
    elbow: np.ndarray


def reach(kit: BodyKit, body: PosedBody, pose: np.ndarray, side: str, target: HandTarget) -> float:
    """Bend one arm of a pose so that the hand comes to a place; the pose is changed.

    The law of cosines gives the elbow in the plane of shoulder, wrist and `target.elbow`.

    Args:
        kit: body kit.
        body: the pose's body, neither turned nor moved.
        pose: (B, 3, 3).
        side: "L" or "R".
        target: of the hand.

    Returns:
        Metres by which the arm is too short (0 where the wrist gets there).
    """
    upper, fore, wrist, finger = (
        kit.bone(f"{name}.{side}") for name in ("upperarm01", "lowerarm01", "wrist", "finger3-2")
    )
    rest = kit.rest_heads[body.shape].astype(np.float64) * body.scale
    rest_upper, rest_fore = rest[fore] - rest[upper], rest[wrist] - rest[fore]
    rest_hand = rest[finger] - rest[wrist]
    along = unit(target.along)
    shoulder = body.heads[upper]
    to_wrist = target.fingers - along * np.linalg.norm(rest_hand) - shoulder
    a, b = float(np.linalg.norm(rest_upper)), float(np.linalg.norm(rest_fore))
    wanted = float(np.linalg.norm(to_wrist))
    distance = min(max(wanted, abs(a - b) + _SLACK_M), a + b - _SLACK_M)
    line = unit(to_wrist)
    aside = unit(target.elbow - line * (line @ target.elbow))
    forth = (a * a - b * b + distance * distance) / (2 * distance)
    elbow = line * forth + aside * math.sqrt(max(a * a - forth * forth, 0.0))
    forearm = line * distance - elbow
    hinge, rest_hinge = cross(elbow, forearm), cross(rest_upper, rest_fore)
    above = body.rotations[kit.bone_parents[upper]]
    turn_upper = frame(elbow, hinge) @ frame(rest_upper, rest_hinge).T
    turn_fore = frame(forearm, hinge) @ frame(rest_fore, rest_hinge).T
    pose[upper] = above.T @ turn_upper
    pose[fore] = turn_upper.T @ turn_fore
    turned = turn_fore @ pose[kit.bone(f"lowerarm02.{side}")]
    pose[wrist] = turned.T @ _limited_swing(turned @ rest_hand, along) @ turned
    return max(wanted - distance, 0.0)


def _limited_swing(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """(3, 3) the swing from one direction to another, as far as a wrist goes."""
    angle = math.acos(float(np.clip(unit(start) @ unit(end), -1, 1)))
    if angle <= _MAX_WRIST_RAD:
        return swing(start, end)
    return rotation(cross(start, end), _MAX_WRIST_RAD)
