"""Occluders between camera and people: counters, tables, chair backs, rails, pillars, plants.

And the things that people hold, which hide hands and faces.
"""

import math

import numpy as np

from das_model.synthetic.body.clothes import cloth_colour
from das_model.synthetic.people.person import Person
from das_model.synthetic.people.worlds import drawn
from das_model.synthetic.scene.furniture import Furniture
from das_model.synthetic.scene.props import Prop

_SHARES = {"counter": 0.25, "table": 0.25, "chair": 0.15, "rail": 0.15, "pillar": 0.1, "box": 0.1}
_NEAREST_M = 0.55  # from the lens
_HELD_M = {
    "phone": (0.036, 0.006, 0.075),
    "cup": (0.042, 0.042, 0.055),
    "camera": (0.065, 0.03, 0.045),
    "tablet": (0.13, 0.006, 0.09),
}


def hide_somebody(rng: np.random.Generator, furniture: Furniture, person: Person) -> None:
    """Put one thing before a person, as seen from the camera, if it fits."""
    pelvis = person.body.joint("pelvis")
    distance = float(np.linalg.norm(pelvis[:2]))
    flat = pelvis[:2] / max(distance, 1e-6)
    away = max(_NEAREST_M, distance - rng.uniform(0.35, 1.3))
    if away > distance - 0.25:
        return
    across = np.array([flat[1], -flat[0]])
    at = flat * away + across * rng.normal(0, 0.25)
    yaw = -math.atan2(flat[0], flat[1]) + rng.normal(0, 0.2)
    kind = drawn(rng, _SHARES)
    make = {
        "counter": _counter,
        "table": _table,
        "chair": _chair,
        "rail": _rail,
        "pillar": _pillar,
        "box": _box,
    }[kind]
    make(rng, furniture, at, yaw)


def held_things(rng: np.random.Generator, people: list[Person]) -> list[Prop]:
    """What is in people's hands."""
    things = []
    for person in people:
        if person.held is None:
            continue
        half = np.array(_HELD_M[person.held.kind])
        dark = np.full(3, rng.uniform(0.01, 0.1))
        colour = cloth_colour(rng) if person.held.kind == "cup" or rng.random() < 0.3 else dark
        shape = "cylinder" if person.held.kind == "cup" else "box"
        yaw = person.yaw + (math.pi / 2 if _is_at_ear(person) else 0.0) + rng.normal(0, 0.2)
        things.append(Prop(shape, person.held.place, half, yaw, colour, gloss=3.0))
    return things


def _is_at_ear(person: Person) -> bool:
    head, held = person.body.joint("head"), person.held
    return held is not None and bool(np.linalg.norm(held.place - head) < 0.16)


def _counter(rng: np.random.Generator, furniture: Furniture, at: np.ndarray, yaw: float) -> None:
    height = rng.uniform(0.45, 1.15)
    half = np.array([rng.uniform(0.3, 1.1), rng.uniform(0.06, 0.3), height / 2])
    colour, texture = furniture.finish(0.5)
    centre = np.array([*at, height / 2])
    furniture.add(Prop("box", centre, half, yaw, colour, texture, rng.uniform(0.5, 2)), 0.02)


def _table(rng: np.random.Generator, furniture: Furniture, at: np.ndarray, yaw: float) -> None:
    top = rng.uniform(0.68, 0.8)
    half = np.array([rng.uniform(0.35, 0.9), rng.uniform(0.25, 0.4), 0.018])
    colour, texture = furniture.finish(0.5)
    board = Prop("box", np.array([*at, top - 0.018]), half, yaw, colour, texture, 1.0)
    if furniture.add(board, 0.0):
        furniture.legs(board)
        for _ in range(rng.integers(0, 5)):
            furniture.on_top(board)


def _chair(rng: np.random.Generator, furniture: Furniture, at: np.ndarray, yaw: float) -> None:
    """An empty chair, seen from behind more often than not."""
    yaw = yaw + (math.pi if rng.random() < 0.3 else 0.0)
    top, colour = rng.uniform(0.42, 0.5), cloth_colour(rng)
    seat = Prop("box", np.array([*at, top - 0.02]), np.array([0.22, 0.22, 0.02]), yaw, colour)
    if not furniture.add(seat, 0.02):
        return
    furniture.legs(seat)
    tall = rng.uniform(0.2, 0.3)
    back = np.array([at[0] + math.sin(yaw) * 0.2, at[1] - math.cos(yaw) * 0.2, top + tall])
    furniture.add(Prop("box", back, np.array([0.21, 0.015, tall]), yaw, colour), 0.02)


def _rail(rng: np.random.Generator, furniture: Furniture, at: np.ndarray, yaw: float) -> None:
    """Posts with a bar on top, and perhaps bars below or thin rods."""
    top, wide = rng.uniform(0.75, 1.1), rng.uniform(0.7, 1.6)
    colour = cloth_colour(rng)
    thick = rng.uniform(0.015, 0.035)
    bar = np.array([wide, thick, thick])
    along = np.array([math.cos(yaw), math.sin(yaw)])
    if not furniture.add(Prop("box", np.array([*at, top]), bar, yaw, colour, gloss=3.0), 0.02):
        return
    posts = int(rng.integers(2, 14))
    for share in np.linspace(-1, 1, posts):
        place = np.array([*(at + along * share * (wide - thick)), (top - thick) / 2])
        half = np.array([thick * 0.7, thick * 0.7, (top - thick) / 2])
        furniture.add(Prop("box", place, half, yaw, colour, gloss=3.0), 0.0)
    if posts < 5:
        furniture.add(Prop("box", np.array([*at, top * 0.55]), bar, yaw, colour, gloss=3.0), 0.0)


def _pillar(rng: np.random.Generator, furniture: Furniture, at: np.ndarray, yaw: float) -> None:
    """A column or the edge of a wall, beside the person more often than before them."""
    height, radius = rng.uniform(1.6, 3.0), rng.uniform(0.05, 0.2)
    colour, texture = furniture.finish(0.5)
    shape = "cylinder" if rng.random() < 0.4 else "box"
    side = np.array([math.cos(yaw), math.sin(yaw)]) * rng.choice([-1, 1]) * rng.uniform(0, 0.25)
    centre = np.array([*(at + side), height / 2])
    half = np.array([radius, radius, height / 2])
    furniture.add(Prop(shape, centre, half, yaw, colour, texture, 1.0), 0.02)


def _box(rng: np.random.Generator, furniture: Furniture, at: np.ndarray, yaw: float) -> None:
    """A crate, ball or barrel on the floor."""
    kind = str(rng.choice(["box", "ball", "cylinder"]))
    half = rng.uniform(0.15, 0.4, 3)
    half[2] = half[0] if kind == "ball" else rng.uniform(0.15, 0.45)
    colour, texture = furniture.finish(0.4)
    centre = np.array([*at, half[2]])
    furniture.add(Prop(kind, centre, half, yaw, colour, texture, 1.0), 0.02)
