"""Somebody who moves as a body does: a walk with waving arms, known to the last angle."""

import numpy as np

from das_app.motion.body.rig import MEAN_SHAPE, BodyPose, body_of, markers
from das_app.motion.body.rotations import rotations_by
from das_model.skeleton import BODY_22

SHAPE = np.array(list(MEAN_SHAPE.values())) * 1.03
FPS = 30.0


def walking(num_frames, seed=0):
    """Body, pose, and (n, J, 3) joints in mm, y up, 3 m before the camera."""
    rng = np.random.default_rng(seed)
    body, phase = body_of(BODY_22), np.arange(num_frames) / FPS * 2 * np.pi * 0.8 + seed
    vectors = np.zeros((num_frames, len(body.bones), 3))
    swing = np.sin(phase)

    def turn(name, x=0.0, y=0.0, z=0.0):
        vectors[:, body.index(name)] = np.stack(np.broadcast_arrays(x, y, z, phase)[:3], axis=-1)

    def bend(name, angle):
        number = body.index(name)
        vectors[:, number] = np.asarray(angle)[:, None] * body.bones[number].axis

    turn("pelvis", y=0.6 * np.sin(phase / 3) + 0.3)
    turn("spine", x=0.08, y=0.1 * swing)
    turn("head", y=0.3 * np.sin(phase / 2))
    for side, sign in (("left", 1), ("right", -1)):
        turn(f"{side}_hip", x=-0.2 - 0.45 * sign * swing, z=0.06 * sign)
        bend(f"{side}_knee", 0.45 + 0.4 * sign * swing)
        turn(f"{side}_shoulder", y=-0.5 * sign * swing, z=-1.1 * sign)
        bend(f"{side}_elbow", 0.9 + 0.5 * sign * swing)
    aside, up = 300 * np.sin(phase / 4), 20 * np.cos(phase) - 200
    root = np.stack([aside, up, np.full(num_frames, -3000.0)], axis=-1)
    pose = BodyPose(root + rng.normal(0, 1, 3), rotations_by(vectors))
    joints = np.empty((num_frames, BODY_22.num_joints, 3))
    joints[:, body.markers] = markers(body, SHAPE, pose)
    return body, pose, joints


def sitting():
    """Body, and (J, 3) joints in mm, y up, of somebody on a chair 3 m before the camera."""
    body = body_of(BODY_22)
    vectors = np.zeros((1, len(body.bones), 3))
    for side, sign in (("left", 1), ("right", -1)):
        vectors[0, body.index(f"{side}_hip")] = [-1.45, 0.1 * sign, 0.0]
        vectors[0, body.index(f"{side}_shoulder"), 2] = -1.2 * sign
        for joint, angle in (("knee", 1.4), ("elbow", 0.8)):
            number = body.index(f"{side}_{joint}")
            vectors[0, number] = angle * body.bones[number].axis
    joints = np.empty((BODY_22.num_joints, 3))
    pose = BodyPose(np.array([[0.0, -300.0, -3000.0]]), rotations_by(vectors))
    joints[body.markers] = markers(body, SHAPE, pose)[0]
    return body, joints
