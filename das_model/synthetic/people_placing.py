"""Casting: picks bodies, poses and looks, and places people so that nobody stands in another."""

import math
from dataclasses import dataclass

import numpy as np

from das_model.synthetic.bodies import CAPSULES, BodyPoser, PosedBody, capsule_radii
from das_model.synthetic.clothes import sample_look
from das_model.synthetic.poses import (
    DESK_KINDS,
    DESK_SHARES,
    KIND_SHARES,
    KINDS,
    PosePrior,
)
from das_model.synthetic.retarget import MotionBank
from das_model.synthetic.separation import capsule_clearance

MIN_GAP_M = 0.025  # clothes have volume
_MOTION_SHARE = 0.4
_POSE_TRIES = 4
_SPOT_TRIES = 8
_INDEX = {(a, b): k for k, (a, b, _) in enumerate(CAPSULES)}


def _self_pairs() -> tuple[np.ndarray, np.ndarray]:
    """Capsules of one body that must not overlap: forearms and hands against trunk, head, legs."""
    arms, others = [], []
    for side, other in (("left", "right"), ("right", "left")):
        fore = _INDEX[(f"{side}_elbow", f"{side}_wrist")]
        hand = _INDEX[(f"{side}_wrist", f"{side}_fingers")]
        blocks = [("pelvis", "chest"), ("head", "head_up"), ("left_hip", "left_knee")]
        blocks += [("right_hip", "right_knee"), (f"{other}_elbow", f"{other}_wrist")]
        blocks += [("left_hip", "right_hip"), (f"{other}_shoulder", f"{other}_elbow")]
        for block in blocks:
            arms += [fore, hand]
            others += [_INDEX[block]] * 2
    left, right = "left", "right"
    for name in (("hip", "knee"), ("knee", "ankle"), ("ankle", "toes")):
        arms.append(_INDEX[(f"{left}_{name[0]}", f"{left}_{name[1]}")])
        others.append(_INDEX[(f"{right}_{name[0]}", f"{right}_{name[1]}")])
    return np.array(arms), np.array(others)


_SELF_A, _SELF_B = _self_pairs()
SELF_OVERLAP_M = 0.03  # flesh gives way


@dataclass(frozen=True, eq=False, slots=True)
class Person:
    """Somebody placed in the world.

    Args:
        body: posed and placed body.
        kind: one of `poses.KINDS`, or "motion".
        yaw: heading, radians; 0 faces the camera (-y).
        look: (57,) row of the look table.
        arrangement: "alone", or the kind of group that this person belongs to.
    """

    body: PosedBody
    kind: str
    yaw: float
    look: np.ndarray
    arrangement: str = "alone"


class Casting:
    """Samples people for one kit.

    Args:
        poser: forward kinematics of the kit.
        motion: motion capture to draw poses from, or None.
        num_textures: size of the texture atlas.
    """

    def __init__(self, poser: BodyPoser, motion: MotionBank | None, num_textures: int) -> None:
        self.poser = poser
        self._prior = PosePrior(poser.kit)
        self._motion = motion
        self._num_textures = num_textures

    def place(self, rng: np.random.Generator, mode: str, fov: float, count: int) -> list[Person]:
        """Up to `count` people in a view of horizontal angle `fov` (radians) along +y."""
        people: list[Person] = []
        for index in range(count):
            is_hero = mode == "webcam" and index == 0
            shape, kind = self._role(rng, mode, is_hero)
            body = self._posed(rng, shape, float(rng.normal(1, 0.02)), kind)
            for _ in range(_SPOT_TRIES):
                placed, yaw = _placed(rng, body, is_hero, self._spot(rng, is_hero, fov, people))
                if _is_clear(placed, people):
                    look = self._look(rng, shape)
                    people.append(Person(placed, kind, yaw, look))
                    break
        return people

    def _spot(
        self, rng: np.random.Generator, is_hero: bool, fov: float, people: list[Person]
    ) -> tuple[float, float]:
        """Where somebody stands: x to the right, y ahead, metres."""
        if is_hero:
            depth = rng.uniform(0.62, 1.7)
            return depth * math.tan(fov / 2) * rng.uniform(-0.5, 0.5), depth
        if people and rng.random() < 0.4:
            friend = people[rng.integers(len(people))].body.joint("pelvis")
            angle, away = rng.uniform(0, 2 * math.pi), rng.uniform(0.4, 0.95)
            x, y = friend[0] + away * math.cos(angle), friend[1] + away * math.sin(angle)
            return x, max(1.3, y)
        depth = math.exp(rng.uniform(math.log(1.4), math.log(8.0)))
        return depth * math.tan(fov / 2) * rng.uniform(-0.92, 0.92), depth

    def _role(self, rng: np.random.Generator, mode: str, is_hero: bool) -> tuple[int, str]:
        """A shape of the pool and what this person does."""
        shape = int(rng.integers(self.poser.kit.num_shapes))
        if is_hero:
            return shape, str(rng.choice(DESK_KINDS, p=DESK_SHARES))
        if self._motion is not None and rng.random() < _MOTION_SHARE:
            return shape, "motion"
        kind = str(rng.choice(KINDS, p=KIND_SHARES))
        if kind == "sit" and mode == "outdoor" and rng.random() < 0.7:
            kind = "walk"
        return shape, kind

    def _look(self, rng: np.random.Generator, shape: int) -> np.ndarray:
        kit = self.poser.kit
        return sample_look(rng, kit.gender[shape], kit.years[shape], self._num_textures)

    def _posed(self, rng: np.random.Generator, shape: int, scale: float, kind: str) -> PosedBody:
        """A pose whose limbs do not pass through the trunk, or the best of a few."""
        best, best_gap = None, -math.inf
        for _ in range(_POSE_TRIES):
            if kind == "motion":
                pose = self._motion.pose(int(rng.integers(len(self._motion))), shape)
            else:
                pose = self._prior.sample(rng, shape, kind)
            body = self.poser.pose(shape, scale, pose)
            gap = self_clearance(body)
            if gap > best_gap:
                best, best_gap = body, gap
            if gap > -SELF_OVERLAP_M:
                break
        return best


def self_clearance(body: PosedBody) -> float:
    """Smallest gap between limbs of one body that should not touch, metres."""
    radii = capsule_radii() * body.scale
    a, b = body.capsule_ends[_SELF_A], body.capsule_ends[_SELF_B]
    p, u, q, v = a[:, 0], a[:, 1] - a[:, 0], b[:, 0], b[:, 1] - b[:, 0]
    share = np.linspace(0, 1, 6)
    first = p[:, None] + share[None, :, None] * u[:, None]
    second = q[:, None] + share[None, :, None] * v[:, None]
    gap = np.linalg.norm(first[:, :, None] - second[:, None], axis=-1).min((1, 2))
    return float((gap - radii[_SELF_A] - radii[_SELF_B]).min())


def _placed(
    rng: np.random.Generator, body: PosedBody, is_hero: bool, spot: tuple[float, float]
) -> tuple[PosedBody, float]:
    """The body standing at a spot, more often than not turned to the camera; and its heading."""
    toward = -math.atan2(spot[0], spot[1])
    turn = rng.normal(0, 0.6) if rng.random() < 0.62 else rng.uniform(-math.pi, math.pi)
    yaw = toward + (rng.normal(0, 0.35) if is_hero else turn)
    body = body.turned(yaw)
    pelvis, floor = body.joint("pelvis"), body.contact[:, 2].min()
    return body.moved(np.array([spot[0] - pelvis[0], spot[1] - pelvis[1], 0.008 - floor])), yaw


def _is_clear(body: PosedBody, others: list[Person]) -> bool:
    radii = capsule_radii()
    ends = body.capsule_ends
    for other in others:
        apart = np.linalg.norm(body.joint("pelvis") - other.body.joint("pelvis"))
        if apart > 2.5:
            continue
        gap = capsule_clearance(ends, radii, other.body.capsule_ends, radii)
        if gap < MIN_GAP_M:
            return False
    return True
