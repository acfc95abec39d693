"""Scene composition: camera, people, furniture, light and backdrop, from one seed.

The camera stands above the world's origin and looks along +y. A composition that would show
nearly nothing is thrown away and the next attempt of the same seed is taken, so that picture i
depends on its seed alone.
"""

import math
from dataclasses import dataclass

import numpy as np
import warp as wp

from das_model.camera import Camera
from das_model.synthetic.people.people_placing import Casting
from das_model.synthetic.people.person import Person
from das_model.synthetic.people.worlds import World, drawn
from das_model.synthetic.scene.aiming import aim
from das_model.synthetic.scene.furniture import Furniture
from das_model.synthetic.scene.occluders import held_things, hide_somebody
from das_model.synthetic.scene.props import Prop
from das_model.synthetic.scene.stage import OUTDOOR, PHOTO, ROOM, Stage
from das_model.synthetic.scene.textures import FLOORS, WALLS, textures_of

MAX_ATTEMPTS = 12
PHOTO_SHARE = 0.5
_GROUNDS = np.array([[0.14, 0.24, 0.06], [0.2, 0.2, 0.21], [0.5, 0.4, 0.28], [0.3, 0.3, 0.2]])


@dataclass(frozen=True, eq=False, slots=True)
class Scene:
    """Everything that one picture shows.

    Args:
        people: placed people.
        props: furniture.
        camera: intrinsics of the picture.
        position: (3,) world metres of the lens.
        turn: (3, 3) rows: the camera's right, down and forward axes in the world.
        stage: the same and light and backdrop, for the kernels.
        feet: (K, 3) float32 x, y, radius of contact shadows.
        photo: number of the backdrop photo, -1 for none.
        effects_seed: seed of the camera effects.
    """

    people: list[Person]
    props: list[Prop]
    camera: Camera
    position: np.ndarray
    turn: np.ndarray
    stage: Stage
    feet: np.ndarray
    photo: int
    effects_seed: int

    def to_camera(self, points: np.ndarray) -> np.ndarray:
        """(..., 3) world metres to camera space in millimetres."""
        return (points - self.position) @ self.turn.T * 1000.0


def compose(
    seed: int,
    size: tuple[int, int],
    casting: Casting,
    num_textures: int,
    num_photos: int,
    first_attempt: int = 0,
) -> Scene:
    """The first acceptable composition of a seed, or the last attempt.

    Args:
        seed: of the picture.
        size: (width, height) px.
        casting: makes people.
        num_textures: size of the atlas.
        num_photos: backdrops at hand.
        first_attempt: > 0 asks for another composition of the same seed.
    """
    for attempt in range(first_attempt, first_attempt + MAX_ATTEMPTS):
        rng = np.random.default_rng([seed, attempt])
        scene = _attempt(rng, size, casting, num_textures, num_photos)
        if is_worth_showing(scene, casting.world.nearest_m):
            break
    return scene


def is_worth_showing(scene: Scene, nearest_m: float) -> bool:
    """Somebody's head is in the picture, people fill enough of it, nobody is on the lens."""
    width, height = scene.camera.size
    has_face, area = False, 0.0
    for person in scene.people:
        joints = scene.to_camera(person.body.joints)
        if np.any(scene.to_camera(person.body.capsule_ends)[..., 2] < nearest_m * 1000):
            return False
        px = scene.camera.project(joints)
        inside = np.asarray(((px >= 0) & (px < [width, height])).all(-1))
        left, top = np.maximum(px.min(0), 0)
        right, bottom = np.minimum(px.max(0), [width, height])
        area += max(right - left, 0) * max(bottom - top, 0)
        has_face |= bool(inside[3] and inside.sum() >= 7)  # 3: the head's centre
    return has_face and area > 0.035 * width * height


def _attempt(
    rng: np.random.Generator,
    size: tuple[int, int],
    casting: Casting,
    num_textures: int,
    num_photos: int,
) -> Scene:
    world = casting.world
    mode = drawn(rng, world.modes)
    camera = Camera.from_fov(size, rng.uniform(*world.fov_deg))
    half_fov = math.atan(size[0] / 2 / camera.K[0, 0])
    people = casting.place(rng, mode, 2 * half_fov)
    position, turn = aim(rng, world, mode, camera, people)
    photo = int(rng.integers(num_photos)) if num_photos and rng.random() < PHOTO_SHARE else -1
    furniture = Furniture(rng, people, num_textures)
    _furnish(rng, furniture, world, mode, people, photo, math.tan(half_fov))
    furniture.props.extend(held_things(rng, people))
    stage = Stage()
    set_camera(stage, camera, position, turn)
    _set_light(rng, stage, people, mode)
    _set_backdrop(rng, stage, people, furniture.props, mode, num_textures)
    if photo >= 0:
        stage.backdrop = PHOTO
    feet = contact_spots(people, furniture.props)
    effects_seed = int(rng.integers(1 << 31))
    return Scene(people, furniture.props, camera, position, turn, stage, feet, photo, effects_seed)


def _furnish(
    rng: np.random.Generator,
    furniture: Furniture,
    world: World,
    mode: str,
    people: list[Person],
    photo: int,
    spread: float,
) -> None:
    furniture.seat_everybody()
    if mode == "webcam" and rng.random() < 0.5:
        furniture.desk_before(people[0])
    for person in people:
        if person.is_seated and rng.random() < 0.35:
            furniture.table_before(person)
        elif mode in ("room", "wide") and photo < 0 and rng.random() < 0.1:
            furniture.screen_before(person)
    if rng.random() < world.hidden_share:
        for person in people:
            if rng.random() < 0.5:
                hide_somebody(rng, furniture, person)
    if photo < 0:
        deepest = max(float(person.body.joint("pelvis")[1]) for person in people)
        most = {"webcam": 4, "room": 7, "wide": 6, "outdoor": 3}[mode]
        furniture.clutter(int(rng.integers(0, most + 1)), spread, max(2.5, deepest + 1.0))


def set_camera(stage: Stage, camera: Camera, position: np.ndarray, turn: np.ndarray) -> None:
    """Fill in the camera for a picture supersampled 2 x 2, pixel corners at whole numbers."""
    stage.position = wp.vec3(*position)
    stage.turn = wp.mat33(*turn.reshape(-1))
    fx, cx, cy = camera.K[0, 0], camera.K[0, 2], camera.K[1, 2]
    stage.lens = wp.vec3(2 * fx, 2 * cx + 1, 2 * cy + 1)


def _set_light(rng: np.random.Generator, stage: Stage, people: list[Person], mode: str) -> None:
    azimuth, elevation = rng.uniform(0, 2 * math.pi), math.radians(rng.uniform(25, 80))
    sun = np.array(
        [
            math.cos(azimuth) * math.cos(elevation),
            math.sin(azimuth) * math.cos(elevation),
            math.sin(elevation),
        ]
    )
    if sun[1] > 0.3 and rng.random() < 0.5:
        sun[1] *= -1  # light from behind the camera is more usual than against it
    warm = rng.normal(0, 0.12)
    sky = np.array([1 - warm * 0.6, 1, 1 + warm * 0.6]) * rng.uniform(0.25, 0.9)
    if mode == "outdoor":
        sky = sky * np.array([0.72, 0.95, 1.3])
    fill = rng.uniform(0, 2 * math.pi)
    stage.sun_direction = wp.vec3(*sun)
    strength = rng.uniform(0.5, 2.4) if mode == "outdoor" else rng.uniform(0.3, 1.6)
    stage.sun_colour = wp.vec3(*np.array([1 + warm, 1, 1 - warm]) * strength)
    stage.sky = wp.vec3(*sky)
    stage.ground = wp.vec3(*sky * rng.uniform(0.3, 0.7))
    stage.fill_direction = wp.vec3(math.cos(fill) * 0.9, math.sin(fill) * 0.9, 0.3)
    stage.fill_colour = wp.vec3(*rng.uniform(0, 0.4) * (1 + rng.normal(0, 0.1, 3)))
    stage.shadow = rng.uniform(0.4, 1)
    joints = np.concatenate([person.body.joints for person in people])
    centre = joints.mean(0)
    aim_sun(stage, centre, np.linalg.norm(joints - centre, axis=1).max() + 0.8)


def aim_sun(stage: Stage, centre: np.ndarray, reach_m: float) -> None:
    """Lay the shadow map round `centre`, looking along the stage's light."""
    forward = -np.array([stage.sun_direction[k] for k in range(3)], np.float64)
    right = np.cross([0, 0, 1.0], forward)
    right /= np.linalg.norm(right)
    stage.sun_centre = wp.vec3(*centre)
    stage.sun_turn = wp.mat33(*np.concatenate([right, np.cross(forward, right), forward]))
    stage.sun_scale = 1.0 / reach_m


def _set_backdrop(
    rng: np.random.Generator,
    stage: Stage,
    people: list[Person],
    props: list[Prop],
    mode: str,
    num_textures: int,
) -> None:
    """A room that holds everybody, or open ground."""
    stage.backdrop = OUTDOOR if mode == "outdoor" else ROOM
    yaw = math.radians(rng.normal(0, 18))
    axis = np.array([[math.cos(yaw), math.sin(yaw)], [-math.sin(yaw), math.cos(yaw)]])
    spots = [person.body.joints[:, :2] for person in people] + [np.zeros((1, 2))]
    spots += [prop.centre[None, :2] for prop in props]
    local = np.concatenate(spots) @ axis.T
    low = local.min(0) - [rng.uniform(0.7, 2.5), rng.uniform(0.9, 2.0)]
    high = local.max(0) + [rng.uniform(0.7, 2.5), rng.uniform(0.8, 3.5)]
    tallest = max(float(person.body.joints[:, 2].max()) for person in people)
    height = max(2.35, stage.position[2] + 0.3, tallest + 0.15) + rng.uniform(0, 1)
    stage.room_axis = wp.vec2(math.cos(yaw), math.sin(yaw))
    stage.room_centre = wp.vec2(*axis.T @ ((low + high) / 2))
    stage.room_half = wp.vec3(*(high - low) / 2, height)
    floors, walls = textures_of(FLOORS, num_textures), textures_of(WALLS, num_textures)
    stage.floor_texture = int(rng.choice(floors)) if rng.random() < 0.7 else -1
    stage.wall_texture = int(rng.choice(walls)) if rng.random() < 0.3 else -1
    stage.floor_colour = wp.vec3(*rng.uniform(0.15, 0.75) * (1 + rng.normal(0, 0.1, 3)))
    if mode == "outdoor":
        ground = _GROUNDS[rng.integers(len(_GROUNDS))]
        stage.floor_colour = wp.vec3(*ground * rng.uniform(0.6, 1.5))
        stage.floor_texture = int(rng.choice(textures_of(("clouds", "tiles"), num_textures)))
    stage.wall_colour = wp.vec3(*rng.uniform(0.3, 0.85) * (1 + rng.normal(0, 0.08, 3)))
    stage.ceiling_colour = wp.vec3(rng.uniform(0.5, 0.9))
    stage.floor_scale = rng.uniform(0.3, 1.3)
    stage.wall_scale = rng.uniform(0.25, 1.0)
    stage.decor_width = rng.uniform(0.9, 2.6)
    stage.decor_share = rng.uniform(0, 0.9)
    stage.seed = int(rng.integers(10000))


def contact_spots(people: list[Person], props: list[Prop]) -> np.ndarray:
    """(K, 3) float32 x, y, radius of the soft shadows where things meet the floor."""
    spots = []
    for person in people:
        for side in ("left", "right"):
            ankle = person.body.joint(f"{side}_ankle")
            if ankle[2] < 0.3:
                spots.append([ankle[0], ankle[1], 0.2])
    for prop in props:
        if prop.centre[2] - prop.half[2] < 0.02:
            spots.append([prop.centre[0], prop.centre[1], 1.2 * max(prop.half[:2])])
    return np.array(spots, np.float32).reshape(-1, 3)
