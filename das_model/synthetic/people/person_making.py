"""Random people: body, activity, pose and appearance, not placed yet."""

import math
from dataclasses import dataclass

import numpy as np

from das_model.synthetic.body.bodies import CAPSULES, BodyPoser, PosedBody
from das_model.synthetic.body.clothes import sample_look
from das_model.synthetic.body.wear import WearKit
from das_model.synthetic.people.person import Held, Person
from das_model.synthetic.people.touches import Touch, put_hands, sample_touch
from das_model.synthetic.people.worlds import World, drawn
from das_model.synthetic.poses.motion_bank import MotionBank
from das_model.synthetic.poses.poses import PosePrior
from das_model.synthetic.poses.postures import POSTURES, sample_posture
from das_model.synthetic.poses.retarget import Retargeter

SELF_OVERLAP_M = 0.03  # flesh gives way
CHILD_YEARS = 12.0
_POSE_TRIES = 4
_ON_FLOOR = ("floor", "lie")
_SEAT_M = 0.17  # flesh under the pelvis of who sits or lies on the floor
_TOUCHING_KINDS = ("stand", "gesture", "sit")
_CATEGORIES = {"raise": "reach", "wild": "sport"}  # of priors with another name
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


@dataclass(frozen=True, slots=True)
class Role:
    """Role of a person in a scene.

    Args:
        shape: body shape of the pool.
        kind: one of `poses.KINDS` or `postures.POSTURES`; "" for motion capture.
        motion: category to draw from motion capture, or "".
        touch: what the hands do besides, or None.
    """

    shape: int
    kind: str
    motion: str = ""
    touch: Touch | None = None

    @property
    def category(self) -> str:
        """The pose category of who plays it."""
        if self.touch is not None:
            return self.touch.category
        return self.motion or _CATEGORIES.get(self.kind, self.kind)

    @property
    def is_seated(self) -> bool:
        """Whether a seat belongs under it."""
        return "sit" in (self.kind, self.motion)


class PersonMaker:
    """Samples people of one kit and one world.

    Args:
        poser: forward kinematics of the kit.
        motion: motion capture to draw poses from, or None.
        num_textures: size of the texture atlas.
        world: how often what.
        wear: pieces that people may wear, or None for painted clothes alone.
    """

    def __init__(
        self,
        poser: BodyPoser,
        motion: MotionBank | None,
        num_textures: int,
        world: World,
        wear: WearKit | None = None,
    ) -> None:
        self.poser = poser
        self.prior = PosePrior(poser.kit)
        self.world = world
        self._retargeter = Retargeter(poser.kit)
        self._motion = motion
        self._num_textures = num_textures
        self._wear = wear
        is_child = poser.kit.years < CHILD_YEARS
        self._children, self._grown = np.flatnonzero(is_child), np.flatnonzero(~is_child)

    def sample_shape(self, rng: np.random.Generator) -> int:
        """A body of the pool."""
        is_child = rng.random() < self.world.child_share
        return int(rng.choice(self._children if is_child else self._grown))

    def sample_role(
        self, rng: np.random.Generator, kinds: dict[str, float], with_motion: bool
    ) -> Role:
        """Somebody who does one of `kinds`, or something captured."""
        shape = self.sample_shape(rng)
        share = self.world.motion_share
        if with_motion and self._motion is not None and rng.random() < share:
            return Role(shape, "", motion=str(rng.choice(self._motion.categories)))
        kind, touch = drawn(rng, kinds), None
        if kind in _TOUCHING_KINDS and rng.random() < self.world.touch_share:
            touch = sample_touch(rng)
            kind = "stand" if kind == "gesture" else kind
        return Role(shape, kind, touch=touch)

    def make(self, rng: np.random.Generator, role: Role) -> Person:
        """Somebody whose limbs do not pass through the trunk, or the best of a few tries."""
        scale, best, best_gap = float(rng.normal(1, 0.02)), None, -math.inf
        for _ in range(_POSE_TRIES):
            body, held = self._posed(rng, role, scale)
            gap = self_clearance(body) - _hover(body, role.category)
            if gap > best_gap:
                best, best_gap = (body, held), gap
            if gap > -SELF_OVERLAP_M:
                break
        gender, years = (v[role.shape] for v in (self.poser.kit.gender, self.poser.kit.years))
        look = sample_look(rng, gender, years, self._num_textures)
        pieces: tuple[int, ...] = ()
        if self._wear is not None:
            pieces = self._wear.choose(rng, gender, years)
            look = self._wear.undress(rng, look, pieces)
        assert best is not None
        body, held = best
        return Person(body, role.category, 0.0, look, role.is_seated, held, wear=pieces)

    def _posed(
        self, rng: np.random.Generator, role: Role, scale: float
    ) -> tuple[PosedBody, Held | None]:
        """One try at a role."""
        if role.motion:
            assert self._motion is not None  # it is where the role comes from
            pose = self._retargeter.pose(self._motion.draw(rng, role.motion), role.shape)
            self.prior.turn_head(pose, rng.normal(0, [6, 5, 15]))
            for side in "LR":
                self.prior.sample_hand(rng, pose, role.shape, side)
        elif role.kind in POSTURES:
            pose = sample_posture(rng, self.prior, role.shape, role.kind)
        else:
            pose = self.prior.sample(rng, role.shape, role.kind)
        body = self.poser.pose(role.shape, scale, pose)
        if role.touch is None:
            return body, None
        held = put_hands(rng, self.poser, body, pose, role.touch)
        return self.poser.pose(role.shape, scale, pose), held


def _hover(body: PosedBody, category: str) -> float:
    """Metres by which the pelvis of somebody on the floor is higher than flesh is thick."""
    if category not in _ON_FLOOR:
        return 0.0
    height = body.joint("pelvis")[2] - body.contact[:, 2].min()
    return max(float(height) - _SEAT_M * body.girth, 0.0)


def self_clearance(body: PosedBody) -> float:
    """Smallest gap between limbs of one body that should not touch, metres."""
    radii = body.radii()
    a, b = body.capsule_ends[_SELF_A], body.capsule_ends[_SELF_B]
    p, u, q, v = a[:, 0], a[:, 1] - a[:, 0], b[:, 0], b[:, 1] - b[:, 0]
    share = np.linspace(0, 1, 6)
    first = p[:, None] + share[None, :, None] * u[:, None]
    second = q[:, None] + share[None, :, None] * v[:, None]
    gap = np.linalg.norm(first[:, :, None] - second[:, None], axis=-1).min((1, 2))
    return float((gap - radii[_SELF_A] - radii[_SELF_B]).min())
