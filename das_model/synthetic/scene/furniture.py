"""Chairs under sitters, desks before them, tables, cupboards and clutter that stand somewhere.

Everything rests on the floor or on another piece, and nothing enters a person: each piece is
tried at a few places and left out where it does not fit.
"""

import math

import numpy as np

from das_model.synthetic.body.clothes import cloth_colour
from das_model.synthetic.people.person import Person
from das_model.synthetic.people.separation import box_clearance
from das_model.synthetic.scene.props import Prop

_SHINY = 3.0
_REACH_M = 1.5  # nobody reaches further from the pelvis


class Furniture:
    """Collects the props of one picture.

    Args:
        rng: random numbers of the picture.
        people: everybody, already placed.
        num_textures: size of the texture atlas.
    """

    def __init__(self, rng: np.random.Generator, people: list[Person], num_textures: int) -> None:
        self.props: list[Prop] = []
        self._rng = rng
        self._people = people
        self._num_textures = num_textures

    def seat_everybody(self) -> None:
        """A chair, stool or bench under each sitter."""
        for person in self._people:
            if person.is_seated:
                self._chair(person)

    def desk_before(self, person: Person) -> bool:
        """A desk between a person and the camera, with a few things on it; False if none fits."""
        rng = self._rng
        pelvis, elbow = person.body.joint("pelvis"), person.body.joint("left_elbow")
        top = np.clip(pelvis[2] + 0.24, elbow[2] - 0.12, elbow[2] + 0.03)
        top += rng.uniform(-0.04, 0.06)
        half = np.array([rng.uniform(0.5, 0.9), rng.uniform(0.25, 0.4), 0.018])
        yaw = person.yaw + rng.normal(0, 0.12)
        colour, texture = self.finish(0.5)
        for away in (0.18, 0.26, 0.36, 0.48):
            centre = _ahead(pelvis, yaw, away + half[1]) + np.array([0, 0, top - half[2]])
            desk = Prop("box", centre, half, yaw, colour, texture, rng.uniform(0.5, 1.5))
            if self.add(desk, 0.0):
                self.legs(desk)
                for _ in range(rng.integers(0, 4)):
                    self.on_top(desk)
                return True
        return False

    def table_before(self, person: Person) -> None:
        """A table in front of a sitter, if it clears legs and hands."""
        self.desk_before(person)

    def screen_before(self, person: Person) -> None:
        """A thing of half a person's height between a person and the camera: sofa, counter."""
        rng = self._rng
        pelvis = person.body.joint("pelvis")
        flat = pelvis[:2] / max(np.linalg.norm(pelvis[:2]), 1e-6)
        height = rng.uniform(0.5, 1.1)
        half = np.array([rng.uniform(0.3, 1.0), rng.uniform(0.06, 0.35), height / 2])
        at = pelvis[:2] - flat * (half[1] + rng.uniform(0.3, 0.8))
        if np.linalg.norm(at) - half[0] < 0.6:
            return
        yaw = -math.atan2(flat[0], flat[1]) + rng.normal(0, 0.3)
        colour, texture = self.finish(0.5)
        centre = np.array([*at, height / 2])
        self.add(Prop("box", centre, half, yaw, colour, texture, rng.uniform(0.5, 2)), 0.03)

    def clutter(self, count: int, spread: float, depth: float) -> None:
        """Up to `count` things on the floor within `depth` metres ahead.

        `spread` is the tangent of half the field of view.
        """
        rng = self._rng
        for _ in range(count):
            y = rng.uniform(1.2, depth)
            x = y * spread * rng.uniform(-1.1, 1.1)
            tall = rng.uniform(0.05, 0.3) if y < 2.5 else rng.uniform(0.1, 1.0)
            kind = str(rng.choice(["box", "cylinder", "ball", "plant"], p=[0.55, 0.2, 0.1, 0.15]))
            half = np.array([rng.uniform(0.08, 0.5), rng.uniform(0.08, 0.35), tall])
            if kind != "box":
                half[:2] = rng.uniform(0.08, 0.22)
            if kind == "ball":
                half[2] = half[0]
            colour, texture = self.finish(0.4)
            if kind == "plant":
                self._plant(x, y, half)
                continue
            centre = np.array([x, y, half[2]])
            gloss = _SHINY if rng.random() < 0.2 else 1.0
            scale = rng.uniform(0.5, 2)
            self.add(Prop(kind, centre, half, rng.uniform(0, 3), colour, texture, scale, gloss))

    def finish(self, textured: float) -> tuple[np.ndarray, int]:
        """A colour and, with a share of `textured`, a texture."""
        rng = self._rng
        if rng.random() < 0.4:
            colour = np.array([0.45, 0.3, 0.17]) * rng.uniform(0.3, 1.7)  # wood
        else:
            colour = cloth_colour(rng) * 0.9 + 0.03
        if rng.random() < textured:
            return np.array([0.75, 0.72, 0.68]), int(rng.integers(self._num_textures))
        return colour, -1

    def add(self, prop: Prop, gap: float = 0.02) -> bool:
        """Keep the prop if no person and no camera is in its way."""
        lens = np.zeros((1, 2, 3)) + np.array([0, 0, prop.centre[2]])
        if box_clearance(lens, np.array([0.3]), prop.centre, prop.half, prop.yaw) < 0:
            return False
        for person in self._people:
            apart = person.body.joint("pelvis")[:2] - prop.centre[:2]
            if math.hypot(*apart) > _REACH_M + math.hypot(*prop.half[:2]):
                continue
            ends, radii = person.body.capsule_ends, person.body.radii()
            if box_clearance(ends, radii, prop.centre, prop.half, prop.yaw) < gap:
                return False
        self.props.append(prop)
        return True

    def _chair(self, person: Person) -> None:
        """Seat, back and foot; the seat may touch its sitter, nobody else."""
        rng = self._rng
        pelvis, yaw = person.body.joint("pelvis"), person.yaw
        top = max(0.08, pelvis[2] - 0.115 * person.body.scale)
        colour = cloth_colour(rng)
        seat = _ahead(pelvis, yaw, -0.02) + np.array([0, 0, top - 0.03])
        wide = rng.uniform(0.2, 0.26) if rng.random() < 0.8 else rng.uniform(0.4, 0.8)
        self.props.append(Prop("box", seat, np.array([wide, 0.22, 0.03]), yaw, colour))
        foot = np.array([seat[0], seat[1], (top - 0.06) / 2])
        if wide > 0.3:
            half = np.array([wide - 0.05, 0.19, foot[2]])
            self.props.append(Prop("box", foot, half, yaw, colour * 0.8))
        elif rng.random() < 0.5:
            half = np.array([0.035, 0.035, foot[2]])
            self.props.append(Prop("cylinder", foot, half, yaw, colour * 0.5, gloss=_SHINY))
        else:
            self.legs(self.props[-1])
        if rng.random() < 0.75:
            tall = rng.uniform(0.15, 0.32)
            for away in (-0.24, -0.3, -0.38):
                back = _ahead(pelvis, yaw, away) + np.array([0, 0, top + tall + 0.02])
                half = np.array([min(wide, 0.24), 0.02, tall])
                if self.add(Prop("box", back, half, yaw, colour), 0.0):
                    break

    def legs(self, board: Prop) -> None:
        """Four legs under a board, left out where somebody's legs are."""
        height = board.centre[2] - board.half[2]
        if height < 0.1:
            return
        c, s = math.cos(board.yaw), math.sin(board.yaw)
        colour = board.colour * 0.7
        for sx in (-1, 1):
            for sy in (-1, 1):
                x, y = sx * (board.half[0] - 0.04), sy * (board.half[1] - 0.04)
                at = board.centre[:2] + np.array([x * c - y * s, x * s + y * c])
                half = np.array([0.02, 0.02, height / 2])
                self.add(Prop("box", np.array([*at, height / 2]), half, board.yaw, colour), 0.0)

    def on_top(self, board: Prop) -> None:
        """A mug, book, screen or box on a board."""
        rng = self._rng
        top = board.centre[2] + board.half[2]
        x, y = rng.uniform(-0.8, 0.8) * board.half[0], rng.uniform(-0.7, 0.7) * board.half[1]
        c, s = math.cos(board.yaw), math.sin(board.yaw)
        at = board.centre[:2] + np.array([x * c - y * s, x * s + y * c])
        kind = rng.choice(["mug", "book", "laptop", "box"])
        half = {
            "mug": np.array([0.04, 0.04, 0.05]),
            "book": np.array([0.1, 0.14, rng.uniform(0.01, 0.04)]),
            "laptop": np.array([0.17, 0.012, 0.11]),
            "box": rng.uniform(0.04, 0.14, 3),
        }[str(kind)]
        colour, texture = self.finish(0.3)
        shape = "cylinder" if kind == "mug" else "box"
        yaw = board.yaw + rng.normal(0, 0.4)
        centre = np.array([*at, top + half[2]])
        self.add(Prop(shape, centre, half, yaw, colour, texture, 3.0, _SHINY), 0.01)

    def _plant(self, x: float, y: float, half: np.ndarray) -> None:
        """A pot with leaves above it."""
        rng = self._rng
        pot = np.array([half[0] * 0.7, half[0] * 0.7, 0.14])
        green = np.array([0.06, 0.2, 0.05]) * rng.uniform(0.4, 1.8)
        clay = np.array([0.4, 0.22, 0.14]) * rng.uniform(0.4, 1.8)
        if not self.add(Prop("cylinder", np.array([x, y, 0.14]), pot, 0.0, clay)):
            return
        for _ in range(5):
            size = np.array([half[0] * 0.5, half[0] * 0.35, rng.uniform(0.15, 0.4)])
            at = np.array([x, y, 0.24 + size[2]])
            at[:2] += rng.normal(0, 0.35 * half[0], 2)
            self.add(Prop("ball", at, size, rng.uniform(0, 3), green * rng.uniform(0.7, 1.4)))


def _ahead(origin: np.ndarray, yaw: float, distance: float) -> np.ndarray:
    """(3,) floor point `distance` metres in front of somebody with this heading."""
    return np.array(
        [origin[0] + math.sin(yaw) * distance, origin[1] - math.cos(yaw) * distance, 0.0]
    )
