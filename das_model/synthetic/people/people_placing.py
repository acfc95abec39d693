"""Placement of people in a scene without collisions."""

import math

import numpy as np

from das_model.synthetic.body.bodies import PosedBody
from das_model.synthetic.people.groups import make_group
from das_model.synthetic.people.person import Person
from das_model.synthetic.people.person_making import PersonMaker
from das_model.synthetic.people.separation import capsule_clearance
from das_model.synthetic.people.worlds import World, drawn

MIN_GAP_M = 0.025  # clothes have volume
FLOOR_GAP_M = 0.008  # soles have, too
_SPOT_TRIES = 8
_NEIGHBOUR_M = 2.5  # bodies whose pelvises are further apart do not touch


class Casting:
    """Fills views with people.

    Args:
        maker: of the people.
    """

    def __init__(self, maker: PersonMaker) -> None:
        self._maker = maker

    @property
    def world(self) -> World:
        """How often what."""
        return self._maker.world

    def place(self, rng: np.random.Generator, mode: str, fov: float) -> list[Person]:
        """People in a view of horizontal angle `fov` (radians) along +y; the first is its hero."""
        world = self.world
        shares = world.counts[mode]
        count = int(rng.choice(len(shares), p=shares)) + 1
        people: list[Person] = []
        arrangement = drawn(rng, world.groups) if world.groups else ""
        if mode == "webcam" and arrangement in ("row", "crowd"):
            arrangement = "pair"
        if arrangement:
            people = _group_placed(rng, make_group(rng, self._maker, arrangement), mode, fov)
            count = int(rng.integers(0, 3))
        for index in range(count):
            self._add(
                rng, people, mode, fov, is_hero=mode == "webcam" and not people and not index
            )
        return people

    def _add(
        self, rng: np.random.Generator, people: list[Person], mode: str, fov: float, is_hero: bool
    ) -> None:
        """One more person, unless there is no room."""
        world = self.world
        role = self._maker.sample_role(
            rng, world.desk_kinds if is_hero else world.kinds, with_motion=not is_hero
        )
        if mode == "outdoor" and role.kind == "sit" and rng.random() < 0.7:
            role = self._maker.sample_role(rng, {"walk": 1.0}, with_motion=False)
        person = self._maker.make(rng, role)
        for _ in range(_SPOT_TRIES):
            spot = self._spot(rng, is_hero, fov, people)
            placed = on_floor(_turned(rng, person, is_hero, spot), spot)
            if is_clear(placed.body, people):
                people.append(placed)
                return

    def _spot(
        self, rng: np.random.Generator, is_hero: bool, fov: float, people: list[Person]
    ) -> tuple[float, float]:
        """Position of a person: x to the right, y ahead, metres."""
        if is_hero:
            depth = rng.uniform(*self.world.hero_m)
            return depth * math.tan(fov / 2) * rng.uniform(-0.5, 0.5), depth
        if people and rng.random() < 0.4:
            friend = people[rng.integers(len(people))].body.joint("pelvis")
            angle, away = rng.uniform(0, 2 * math.pi), rng.uniform(0.4, 0.95)
            x, y = friend[0] + away * math.cos(angle), friend[1] + away * math.sin(angle)
            return x, max(1.3, y)
        depth = math.exp(rng.uniform(math.log(1.4), math.log(8.0)))
        return depth * math.tan(fov / 2) * rng.uniform(-0.92, 0.92), depth


def on_floor(person: Person, spot: tuple[float, float]) -> Person:
    """The same person with the pelvis over a spot and the lowest part on the floor."""
    pelvis, floor = person.body.joint("pelvis"), person.body.contact[:, 2].min()
    return person.moved(np.array([spot[0] - pelvis[0], spot[1] - pelvis[1], FLOOR_GAP_M - floor]))


def is_clear(body: PosedBody, others: list[Person]) -> bool:
    """Whether a body keeps `MIN_GAP_M` from all others."""
    for other in others:
        apart = np.linalg.norm(body.joint("pelvis") - other.body.joint("pelvis"))
        if apart > _NEIGHBOUR_M:
            continue
        gap = capsule_clearance(
            body.capsule_ends, body.radii(), other.body.capsule_ends, other.body.radii()
        )
        if gap < MIN_GAP_M:
            return False
    return True


def _turned(
    rng: np.random.Generator, person: Person, is_hero: bool, spot: tuple[float, float]
) -> Person:
    """The person, more often than not turned to the camera."""
    toward = -math.atan2(spot[0], spot[1])
    turn = rng.normal(0, 0.6) if rng.random() < 0.62 else rng.uniform(-math.pi, math.pi)
    return person.turned(toward + (rng.normal(0, 0.35) if is_hero else turn))


def _group_placed(
    rng: np.random.Generator, group: list[Person], mode: str, fov: float
) -> list[Person]:
    """A group made round the origin, as a whole in the view."""
    reach = max(float(np.abs(person.body.joint("pelvis")[:2]).max()) for person in group) + 0.3
    near = 0.75 if mode == "webcam" else 1.3
    depth = math.exp(rng.uniform(math.log(near), math.log(2.0 if mode == "webcam" else 7.0)))
    depth = max(depth, 0.7 * reach / math.tan(fov / 2)) + (reach if mode != "webcam" else 0.0)
    x = depth * math.tan(fov / 2) * rng.uniform(-0.5, 0.5)
    faces_camera = rng.random() < 0.75
    yaw = rng.normal(0, 0.45) if faces_camera else rng.uniform(-math.pi, math.pi)
    yaw -= math.atan2(x, depth)
    return [person.turned(yaw).moved(np.array([x, depth, 0.0])) for person in group]
