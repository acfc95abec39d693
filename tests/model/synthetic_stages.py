"""Hand-made scenes for the tests of the renderer."""

import math

import numpy as np

from das_model.camera import Camera
from das_model.synthetic.body import materials as m
from das_model.synthetic.people.person import Person
from das_model.synthetic.poses.poses import PosePrior
from das_model.synthetic.scene.aiming import look_matrix
from das_model.synthetic.scene.scene import Scene, aim_sun, set_camera
from das_model.synthetic.scene.stage import ROOM, Stage

SIZE = (192, 128)
CAMERA = Camera.from_fov(SIZE, 60)
EYE = np.array([0.0, 0.0, 1.2])  # lens of the scenes, world metres


def plain_look():
    look = np.zeros(m.NUM_COLUMNS, np.float32)
    look[m.SKIN : m.SKIN + 3] = 0.5
    look[m.SHIRT : m.SHIRT + 3] = 0.4
    look[m.TROUSERS : m.TROUSERS + 3] = 0.2
    look[m.TROUSERS_END] = 0.97
    return look


def rest_pose(poser):
    return np.tile(np.eye(3), (len(poser.kit.bone_names), 1, 1))


def standing(poser, x, y, yaw_deg=0.0, shape=0, seed=None):
    """Somebody whose pelvis is over (x, y); rest pose, or a sampled one with a seed."""
    pose = rest_pose(poser)
    if seed is not None:
        pose = PosePrior(poser.kit).sample(np.random.default_rng(seed), shape, "gesture")
    body = poser.pose(shape, 1.0, pose).turned(math.radians(yaw_deg))
    pelvis = body.joint("pelvis")
    body = body.moved(np.array([x - pelvis[0], y - pelvis[1], -body.contact[:, 2].min()]))
    return Person(body, "stand", math.radians(yaw_deg), plain_look())


def scene_of(people, props=(), pitch_deg=0.0):
    turn = look_matrix(0.0, math.radians(pitch_deg), 0.0)
    stage = Stage()
    set_camera(stage, CAMERA, EYE, turn)
    stage.sun_direction = (0.0, -0.6, 0.8)
    stage.sun_colour = stage.sky = stage.ground = (0.6, 0.6, 0.6)
    stage.wall_colour = stage.floor_colour = stage.ceiling_colour = (0.6, 0.6, 0.6)
    aim_sun(stage, np.array([0.0, 3.0, 1.0]), 4.0)
    stage.backdrop = ROOM
    stage.room_axis = (1.0, 0.0)
    stage.room_half = (6.0, 12.0, 3.0)
    stage.floor_texture = stage.wall_texture = -1
    stage.decor_width = 1.0
    feet = np.zeros((0, 3), np.float32)
    return Scene(list(people), list(props), CAMERA, EYE, turn, stage, feet, -1, 0)
