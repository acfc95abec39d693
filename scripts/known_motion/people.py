"""People whose motion is known to the millimetre, before cameras whose place is known.

Standing feet do not slide. World metres: z up, the floor at 0, y away from the camera, which
stands at x = y = 0.
"""

import math
from dataclasses import dataclass, replace

import numpy as np

from das_model.camera import Camera
from das_model.synthetic.body.bodies import BodyPoser
from das_model.synthetic.people.animation import Actor, Track, animate, still
from das_model.synthetic.people.person import Person
from das_model.synthetic.scene.aiming import look_matrix
from demo_clip.actors import demo_actors

FOV_DEG, SIZE = 60.0, (768, 432)
_STANDING, _HANG = (1.0, 4.0, 3.0, 6.0, -2.0), (78.0, -80.0, 14.0, 0.0)
_UPRIGHT = (2.0, 0.0, 0.0, 4.0, 0.0, 0.0)
_WALKING_M_PER_S, _TURN_S = 0.92, 2.0
_NUM_TEXTURES = 32


@dataclass(frozen=True, eq=False, slots=True)
class View:
    """A camera and how it stands.

    Args:
        camera: intrinsics.
        height_m: of the lens above the floor.
        pitch_rad: down.
        roll_rad: right side down.
    """

    camera: Camera
    height_m: float
    pitch_rad: float
    roll_rad: float

    @property
    def position(self) -> np.ndarray:
        """(3,) world metres."""
        return np.array([0.0, 0.0, self.height_m])

    @property
    def turn(self) -> np.ndarray:
        """(3, 3) rows right, down, forward in the world."""
        return look_matrix(0.0, self.pitch_rad, self.roll_rad)

    def to_camera(self, points_m: np.ndarray) -> np.ndarray:
        """(..., 3) world metres to camera space in mm."""
        return (points_m - self.position) @ self.turn.T * 1000.0


def any_view(rng: np.random.Generator) -> View:
    """A camera at 0.9 to 2.4 m that sees the floor about 4 m away: pitched, rolled a little."""
    height_m = float(rng.uniform(0.9, 2.4))
    middle_m = height_m - rng.uniform(0.7, 1.2)  # above the floor, what the picture's middle sees
    pitch = math.atan2(middle_m, 4.0) + math.radians(rng.uniform(-3, 6))
    roll = math.radians(rng.normal(0, 4))
    return View(Camera.from_fov(SIZE, FOV_DEG), height_m, pitch, roll)


def walker(
    rng: np.random.Generator, poser: BodyPoser, seconds: float, near_m: float = 2.6
) -> Actor:
    """Somebody who walks from place to place before the camera."""
    place = _place(rng, near_m)
    at = place
    keys: list[tuple[float, tuple[float]]] = []
    for step in range(math.ceil(seconds / _TURN_S) + 1):
        goal = _place(rng, near_m)
        yaw = math.degrees(math.atan2(goal[0] - at[0], -(goal[1] - at[1])))
        if keys:  # the shorter way round
            yaw += 360 * round((keys[-1][1][0] - yaw) / 360)
        keys.append((step * _TURN_S, (yaw,)))
        way = np.array([math.sin(math.radians(yaw)), -math.cos(math.radians(yaw))])
        at = at + _WALKING_M_PER_S * _TURN_S * way
    basis = _somebody(rng, poser)
    return replace(
        basis,
        kind="walk",
        start=(float(place[0]), float(place[1])),
        yaw=Track(tuple(keys)),
        trunk=still(*_UPRIGHT),
        left_arm=still(*_HANG),
        right_arm=still(*_HANG),
        legs=still(*_STANDING),
        walk=still(1.0),
    )


def stander(
    rng: np.random.Generator, poser: BodyPoser, seconds: float, arms_hz: float = 0.0
) -> Actor:
    """Somebody who stands, and beats up and down with both arms so many times a second."""
    place, arms = _place(rng, 2.6), still(*_HANG)
    if arms_hz > 0:
        up, down = (30.0, 55.0, 30.0, -20.0), (30.0, -45.0, 50.0, -20.0)
        beats = math.ceil(2 * arms_hz * seconds) + 1
        arms = Track(tuple((k / (2 * arms_hz), up if k % 2 else down) for k in range(beats)))
    return replace(
        _somebody(rng, poser),
        kind="stand",
        start=(float(place[0]), float(place[1])),
        yaw=still(float(rng.uniform(-60, 60))),
        trunk=still(*_UPRIGHT),
        left_arm=arms,
        right_arm=arms,
        legs=still(*_STANDING),
        walk=still(0.0),
    )


def animated(
    actors: list[Actor], poser: BodyPoser, num_frames: int, fps: float
) -> list[list[Person]]:
    """The people of every frame."""
    casts = [animate(actor, poser, num_frames, fps) for actor in actors]
    return [list(people) for people in zip(*casts, strict=True)]


def joints_m(frames: list[list[Person]]) -> np.ndarray:
    """(F, P, 22, 3) world metres."""
    return np.array([[person.body.joints for person in people] for people in frames])


def _place(rng: np.random.Generator, near_m: float) -> np.ndarray:
    """(2,) x, y in the picture, up to 5.5 m away."""
    ahead = rng.uniform(near_m, 5.5)
    return np.array([rng.uniform(-0.38, 0.38) * ahead, ahead])


def _somebody(rng: np.random.Generator, poser: BodyPoser) -> Actor:
    """An adult in clothes of the demo clip."""
    kit = poser.kit
    adults = np.flatnonzero((kit.years > 18) & (kit.years < 70))
    dressed = demo_actors(kit, _NUM_TEXTURES)
    return replace(dressed[int(rng.integers(len(dressed)))], shape=int(rng.choice(adults)))
