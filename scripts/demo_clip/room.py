"""The living room of the demo clip: light, walls and furniture, in world metres."""

import math

import numpy as np

from das_model.camera import Camera
from das_model.synthetic.people.person import Person
from das_model.synthetic.scene.furniture import Furniture
from das_model.synthetic.scene.props import Prop
from das_model.synthetic.scene.scene import aim_sun, set_camera
from das_model.synthetic.scene.stage import ROOM, Stage

_Triple = tuple[float, float, float]


def living_room(camera: Camera, position: np.ndarray, turn: np.ndarray) -> Stage:
    """Light and walls."""
    stage = Stage()
    set_camera(stage, camera, position, turn)
    stage.sun_direction = np.array([-0.5, -0.62, 0.75]) / np.linalg.norm([-0.5, -0.62, 0.75])
    stage.sun_colour = (1.5, 1.32, 1.08)
    stage.sky = (0.34, 0.37, 0.42)
    stage.ground = (0.2, 0.17, 0.14)
    stage.fill_direction = (0.75, -0.6, 0.3)
    stage.fill_colour = (0.16, 0.17, 0.2)
    stage.shadow = 0.65
    aim_sun(stage, np.array([0.0, 3.4, 0.9]), 3.6)
    stage.backdrop = ROOM
    stage.room_axis = (1.0, 0.0)
    stage.room_centre = (0.0, 2.3)
    stage.room_half = (4.2, 3.4, 2.7)
    stage.floor_texture = 0
    stage.wall_texture = -1
    stage.floor_colour = (0.95, 0.85, 0.75)
    stage.wall_colour = (0.62, 0.6, 0.55)
    stage.ceiling_colour = (0.75, 0.75, 0.74)
    stage.floor_scale = 0.6
    stage.wall_scale = 1.0
    stage.decor_width = 1.5
    stage.decor_share = 0.75
    stage.seed = 78
    return stage


def furnish(people: list[Person], num_textures: int) -> list[Prop]:
    """Chair, rug, sofa, sideboard and plant; `people` as they are at the start."""
    seats = Furniture(np.random.default_rng(3), people, num_textures)
    seats.seat_everybody()
    grey, dark, wood = (0.2, 0.24, 0.28), (0.17, 0.2, 0.24), (0.34, 0.22, 0.13)
    return [
        *seats.props,
        _box((0.0, 2.9, 0.006), (1.9, 1.0, 0.006), (0.42, 0.36, 0.3)),
        _box((2.6, 5.15, 0.22), (1.0, 0.42, 0.22), grey),
        _box((2.6, 5.52, 0.45), (1.0, 0.12, 0.4), dark),
        _box((-2.9, 5.45, 0.45), (0.7, 0.2, 0.45), wood),
        _box((-2.9, 5.45, 0.97), (0.28, 0.12, 0.07), (0.3, 0.08, 0.06)),
        *_plant(3.2, 3.6),
    ]


def _box(centre: _Triple, half: _Triple, colour: _Triple) -> Prop:
    return Prop("box", np.array(centre), np.array(half), 0.0, np.array(colour))


def _plant(x: float, y: float) -> list[Prop]:
    """A pot with five leaves."""
    clay, green = np.array([0.55, 0.3, 0.2]), np.array([0.05, 0.17, 0.05])
    props = [Prop("cylinder", np.array([x, y, 0.2]), np.array([0.2, 0.2, 0.2]), 0.0, clay)]
    for angle in (0.3, 1.7, 2.9, 4.4, 5.5):
        centre = np.array([x + 0.16 * math.cos(angle), y + 0.16 * math.sin(angle), 0.75])
        props.append(Prop("ball", centre, np.array([0.16, 0.12, 0.42]), angle, green))
    return props
