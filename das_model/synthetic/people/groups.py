"""Groups of people close together: couples, rows as in group photos, crowds.

A group is made round the world's origin and faces -y; `people_placing` puts it into the view.
"""

import math
from dataclasses import replace

import numpy as np

from das_model.synthetic.body.bodies import CAPSULES
from das_model.synthetic.people.person import Person
from das_model.synthetic.people.person_making import PersonMaker
from das_model.synthetic.people.separation import capsule_clearance
from das_model.synthetic.poses.reach import HandTarget, reach

CLOSE_GAP_M = 0.0  # shoulders of a row may touch
ARM_OVERLAP_M = 0.08  # an arm round somebody presses on flesh and cloth
_TOO_SHORT_M = 0.08  # arms that lack more stay down
_STEP_M = 0.025
_FLOOR_GAP_M = 0.008
_TRIES = 4
_LEVEL_M = 0.15  # necks of couples differ by less, where it can be had
_NO_ARMS = np.flatnonzero(
    [not any(joint in a for joint in ("shoulder", "elbow", "wrist")) for a, _, _ in CAPSULES]
)
_STANDING = {"stand": 0.7, "gesture": 0.22, "raise": 0.08}
_LOW = {"kneel": 0.35, "crouch": 0.3, "floor": 0.2, "sit": 0.15}
_CROWD = {"stand": 0.45, "walk": 0.2, "gesture": 0.2, "raise": 0.08, "reach": 0.07}
_ARM_SHARE = 0.35  # of neighbours in a row who lay an arm round each other


def make_group(rng: np.random.Generator, maker: PersonMaker, arrangement: str) -> list[Person]:
    """The people of one of "embrace", "pair", "row" and "crowd"."""
    make = {"embrace": _embrace, "pair": _pair, "row": _rows, "crowd": _crowd}[arrangement]
    people = make(rng, maker)
    middle = np.mean([person.body.joint("pelvis") for person in people], axis=0) * [1, 1, 0]
    return [replace(person.moved(-middle), arrangement=arrangement) for person in people]


def gap_between(a: Person, b: Person, with_arms: bool = True) -> float:
    """Smallest gap between two people in metres, negative where they overlap."""
    chosen = slice(None) if with_arms else _NO_ARMS
    ends = a.body.capsule_ends[chosen], b.body.capsule_ends[chosen]
    radii = a.body.radii()[chosen], b.body.radii()[chosen]
    return capsule_clearance(ends[0], radii[0], ends[1], radii[1])


def _grounded(person: Person) -> Person:
    """Pelvis over the origin, lowest part on the floor."""
    pelvis, floor = person.body.joint("pelvis"), person.body.contact[:, 2].min()
    return person.moved(np.array([-pelvis[0], -pelvis[1], _FLOOR_GAP_M - floor]))


def _member(
    rng: np.random.Generator, maker: PersonMaker, kinds: dict[str, float], with_touch: bool = True
) -> Person:
    role = maker.sample_role(rng, kinds, with_motion=False)
    return _grounded(maker.make(rng, role if with_touch else replace(role, touch=None)))


def _beside(
    person: Person, others: list[Person], way: np.ndarray, start_m: float, with_arms: bool = True
) -> tuple[Person, float]:
    """The person moved along a direction until clear of the others; and how far."""
    away = start_m
    while away < start_m + 1.5:
        moved = person.moved(way * away)
        if all(gap_between(moved, other, with_arms) > CLOSE_GAP_M for other in others):
            break
        away += _STEP_M
    return moved, away


def _pair(rng: np.random.Generator, maker: PersonMaker) -> list[Person]:
    """Two side by side, often with arms round each other; some face each other and talk."""
    kinds = {"stand": 0.65, "walk": 0.1, "sit": 0.25} if rng.random() < 0.9 else {"floor": 1.0}
    if rng.random() < 0.2:
        first, second = _member(rng, maker, kinds), _member(rng, maker, kinds).turned(math.pi)
        way = np.array([math.sin(rng.normal(0, 0.5)), -1.0, 0.0])
        second, _ = _beside(second, [first], way / np.linalg.norm(way), 0.35)
        return [first.turned(rng.normal(0, 0.2)), second]
    way = np.array([1.0, rng.normal(0, 0.1), 0.0])
    if rng.random() < 0.7:
        for _ in range(_TRIES):
            first, second = _match(rng, maker, kinds)
            second, _ = _beside(second.turned(rng.normal(0, 0.15)), [first], way, 0.2, False)
            if couple := arms_round(maker, first, second, "L", "R", _heights(first, second)):
                return couple
    first, second = _member(rng, maker, kinds), _member(rng, maker, kinds)
    return [first, _beside(second.turned(rng.normal(0, 0.2)), [first], way, 0.2)[0]]


def _embrace(rng: np.random.Generator, maker: PersonMaker) -> list[Person]:
    """Two who hold each other, face to face; side by side where no arms are long enough."""
    for _ in range(2 * _TRIES):
        first, second = _match(rng, maker, {"stand": 1.0})
        second = second.turned(math.pi + rng.normal(0, 0.15))
        second = second.moved(np.array([rng.choice([-1, 1]) * rng.uniform(0.05, 0.11), 0.0, 0.0]))
        second, _ = _beside(second, [first], np.array([0.0, -1.0, 0.0]), 0.14, False)
        if couple := arms_round(maker, first, second, "LR", "RL", _heights(first, second)):
            return couple
    return _pair(rng, maker)


def _match(
    rng: np.random.Generator, maker: PersonMaker, kinds: dict[str, float]
) -> tuple[Person, Person]:
    """Two people with empty hands whose heads are about level, at the origin."""
    first = _member(rng, maker, kinds, with_touch=False)
    for _ in range(_TRIES):
        second = _member(rng, maker, kinds, with_touch=False)
        if abs(first.body.joint("neck")[2] - second.body.joint("neck")[2]) < _LEVEL_M:
            break
    return first, second


def _heights(first: Person, second: Person) -> tuple[float, float]:
    """Where the arms lie on the other's back, 0 pelvis to 1 neck: the taller one's above."""
    taller = first.body.joint("neck")[2] > second.body.joint("neck")[2]
    return (0.92, 0.45) if taller else (0.45, 0.92)


def _rows(rng: np.random.Generator, maker: PersonMaker) -> list[Person]:
    """One row or two, as for a group photo."""
    front = _row(rng, maker, int(rng.integers(3, 7)), _STANDING, [], 0.0)
    if rng.random() < 0.45:
        low = _LOW if rng.random() < 0.6 else _STANDING
        front = _row(rng, maker, int(rng.integers(2, 6)), low, [], 0.0)
        behind = rng.uniform(0.4, 0.75)
        front += _row(rng, maker, int(rng.integers(3, 6)), _STANDING, front, behind)
    return front


def _row(
    rng: np.random.Generator,
    maker: PersonMaker,
    count: int,
    kinds: dict[str, float],
    others: list[Person],
    depth_m: float,
) -> list[Person]:
    """`count` people from left to right, `depth_m` behind the origin."""
    row: list[Person] = []
    at = rng.uniform(-0.4, 0.1)
    looseness = rng.uniform(0, 0.12)
    for _ in range(count):
        person = _member(rng, maker, kinds).turned(rng.normal(0, 0.15))
        person = person.moved(np.array([at, depth_m + rng.normal(0, 0.06), 0.0]))
        near = row[-2:] + others
        person, away = _beside(person, near, np.array([1.0, 0.0, 0.0]), 0.2 if row else 0.0)
        away += abs(rng.normal(0, looseness))
        row.append(person)
        at += away
        if len(row) > 1 and rng.random() < _ARM_SHARE:
            couple = arms_round(maker, row[-2], row[-1], "L", "R", _heights(row[-2], row[-1]))
            rest = row[:-2] + others
            if couple and all(gap_between(a, b) > -0.02 for a in couple for b in rest):
                row[-2:] = couple
    return row


def _crowd(rng: np.random.Generator, maker: PersonMaker) -> list[Person]:
    """Five to eleven people who stand about, mostly turned one way."""
    people: list[Person] = []
    count = int(rng.integers(5, 12))
    reach = 0.45 * math.sqrt(count)
    for _ in range(count):
        role = maker.sample_role(rng, _CROWD, with_motion=True)
        person = _grounded(maker.make(rng, role))
        yaw = rng.normal(0, 0.5) if rng.random() < 0.65 else rng.uniform(-math.pi, math.pi)
        for _ in range(6):
            spot = np.array([rng.normal(0, reach), rng.normal(0, 0.8 * reach), 0.0])
            placed = person.turned(yaw).moved(spot)
            if all(gap_between(placed, other) > CLOSE_GAP_M for other in people):
                people.append(placed)
                break
    return people


def arms_round(
    maker: PersonMaker,
    first: Person,
    second: Person,
    first_sides: str,
    second_sides: str,
    heights: tuple[float, float],
) -> list[Person] | None:
    """Both with arms round each other, or None where an arm is too short or passes through.

    Args:
        maker: of the people.
        first: one of two people side by side or face to face.
        second: the other one.
        first_sides: arms of the first that do so, letters "L" and "R".
        second_sides: arms of the second that do so.
        heights: of the first one's hands on the second one's back (0 pelvis to 1 neck), and of
            the second one's on the first one's.
    """
    a: Person | None = first
    b: Person | None = second
    for side in first_sides:
        a = _with_arm_round(maker, a, second, side, heights[0])
    for side in second_sides:
        b = _with_arm_round(maker, b, first, side, heights[1])
    if a is None or b is None or gap_between(a, b) < -ARM_OVERLAP_M:
        return None
    return [a, b]


def _with_arm_round(
    maker: PersonMaker, person: Person | None, other: Person, side: str, height: float
) -> Person | None:
    """The person with one arm round the other; None where it is too short."""
    if person is None:
        return None
    target = _on_back(person, other, side, height)
    poser, body = maker.poser, person.body
    pose = relative_pose(body.rotations, poser.kit.bone_parents)
    posed = poser.pose(body.shape, body.scale, pose)  # turned like the body, but not moved
    shift = body.heads[0] - posed.heads[0]
    target = replace(target, fingers=target.fingers - shift)
    if reach(poser.kit, posed, pose, side, target) > _TOO_SHORT_M:
        return None
    return replace(person, body=poser.pose(body.shape, body.scale, pose).moved(shift))


def relative_pose(rotations: np.ndarray, parents: np.ndarray) -> np.ndarray:
    """(B, 3, 3) rotations relative to the parents, of (B, 3, 3) world rotations."""
    above = rotations[np.maximum(parents, 0)]
    pose = np.swapaxes(above, 1, 2) @ rotations
    pose[0] = rotations[0]
    return pose


def _on_back(person: Person, other: Person, side: str, height: float) -> HandTarget:
    """Where the hand lies on the other's back, in the world."""
    neck, pelvis = other.body.joint("neck"), other.body.joint("pelvis")
    flat = (pelvis - person.body.joint("pelvis")) * [1, 1, 0]
    toward = flat / max(float(np.linalg.norm(flat)), 1e-6)
    back = person.body.rotations[0] @ np.array([0.0, 1.0, 0.0]) * [1, 1, 0]
    behind = back / max(float(np.linalg.norm(back)), 1e-6)
    spine = pelvis + (neck - pelvis) * height
    girth, up = other.body.girth, np.array([0.0, 0.0, 1.0])
    if toward @ behind < -0.5:  # face to face: the hands meet behind the other
        left = np.array([behind[1], -behind[0], 0.0])  # of the person
        outward = left if side == "L" else -left
        fingers = spine + toward * 0.17 * girth - outward * 0.02
        elbow = outward + up * (0.4 if height > 0.7 else -0.6)
        return HandTarget(fingers, toward * 0.2 - outward, elbow)
    if height > 0.7:  # over the shoulders
        fingers = neck + toward * 0.15 * girth + behind * 0.08 - up * 0.04
        return HandTarget(fingers, toward - up * 0.4 - behind * 0.3, behind - up * 0.4)
    fingers = spine + behind * 0.16 * girth + toward * 0.08 * girth
    return HandTarget(fingers, toward - behind * 0.2, behind - up * 0.6)
