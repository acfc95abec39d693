"""Bones turn no further from frame to frame than joints do, and limbs are not twisted round."""

import numpy as np
from moving_bodies import FPS, SHAPE, walking

from das_app.motion.body.fit import fit_body
from das_app.motion.body.live import LiveBody
from das_app.motion.body.rig import BodyPose, body_of, markers
from das_app.motion.body.rotations import rotation_vectors, rotations_by, twist_angles
from das_app.motion.body.seen_turns import free_turns
from das_app.motion.body.start import start_pose
from das_model.skeleton import BODY_22

BODY = body_of(BODY_22)
STEP_S = 1 / FPS


def standing(num_frames, **bends):
    """(n, J, 3) mm of somebody with hanging arms whose hinges are bent by so many rad."""
    vectors = np.zeros((num_frames, len(BODY.bones), 3))
    for side, sign in (("left", 1), ("right", -1)):
        vectors[:, BODY.index(f"{side}_shoulder"), 2] = -1.4 * sign
    for name, angle in bends.items():
        number = BODY.index(name)
        vectors[:, number] = np.asarray(angle)[..., None] * BODY.bones[number].axis
    root = np.tile([0.0, 0.0, -3000.0], (num_frames, 1))
    joints = np.empty((num_frames, BODY_22.num_joints, 3))
    joints[:, BODY.markers] = markers(BODY, SHAPE, BodyPose(root, rotations_by(vectors)))
    return joints


def fitted(joints):
    return fit_body(BODY, joints, np.ones(joints.shape[:2]), np.arange(len(joints)) * STEP_S)


def live(joints):
    body = LiveBody(BODY_22)
    scores = np.ones(BODY_22.num_joints)
    poses = [body(places, scores, frame * STEP_S) for frame, places in enumerate(joints)]
    return np.concatenate([pose.rotations for pose in poses])


def most_turned(rotations):
    """Degrees of the largest turn of any bone between neighbouring frames."""
    steps = rotation_vectors(np.swapaxes(rotations[:-1], -1, -2) @ rotations[1:])
    return np.degrees(np.linalg.norm(steps, axis=-1)).max()


def line_turned(joints, first, second):
    """Degrees of the largest turn of a line between joints."""
    lines = joints[:, BODY_22.index(second)] - joints[:, BODY_22.index(first)]
    across = np.linalg.norm(np.cross(lines[1:], lines[:-1]), axis=-1)
    return np.degrees(np.arctan2(across, (lines[1:] * lines[:-1]).sum(axis=-1))).max()


def placed(joints):
    weights = np.ones((len(joints), len(BODY.markers)))
    return joints[:, BODY.markers], weights, np.arange(len(joints)) * STEP_S


def test_a_bone_may_turn_as_far_as_its_joints_do_and_slowly_where_they_rest():
    joints = standing(2, left_elbow=np.array([0.0, 0.7]))
    free = free_turns(BODY, *placed(joints))[1]
    np.testing.assert_allclose(free[BODY.index("left_elbow")], 0.7, atol=1e-6)
    slow = free[BODY.index("right_knee")]
    assert 0 < slow < 0.5
    for name in ("pelvis", "right_elbow", "left_hip"):
        np.testing.assert_allclose(free[BODY.index(name)], slow)


def test_an_arm_may_twist_as_far_as_its_plane_turns():
    joints = standing(2, left_elbow=np.array([1.0, 1.0]))
    upper = joints[0, BODY_22.index("left_elbow")] - joints[0, BODY_22.index("left_shoulder")]
    turn = rotations_by(0.9 * upper / np.linalg.norm(upper))
    elbow, wrist = (BODY_22.index(f"left_{name}") for name in ("elbow", "wrist"))
    joints[1, wrist] = joints[0, elbow] + turn @ (joints[0, wrist] - joints[0, elbow])
    free = free_turns(BODY, *placed(joints))[1]
    np.testing.assert_allclose(free[BODY.index("left_shoulder")], 0.9, atol=1e-6)


def test_over_frames_in_which_nothing_is_seen_a_bone_turns_at_will():
    places, weights, times_s = placed(standing(4))
    weights[2] = 0
    free = free_turns(BODY, places, weights, times_s)
    assert (free[1] < 0.5).all()
    assert (free[2:] > 3).all()


def test_a_leg_that_is_stretched_at_once_and_seems_longer_does_not_jump():
    """Nearly straight, a few per cent of its length are many degrees of its bend."""
    joints = standing(40)
    hip, knee, ankle = (BODY_22.index(f"left_{name}") for name in ("hip", "knee", "ankle"))
    for joint, ahead in ((knee, 110.0), (ankle, 0.0)):
        down = joints[:20, joint] - joints[:20, hip]
        joints[:20, joint] = joints[:20, hip] + 0.92 * down + [0.0, 0.0, ahead]
    assert line_turned(joints, "left_hip", "left_knee") < 20
    assert line_turned(joints, "left_knee", "left_ankle") < 20
    assert most_turned(fitted(joints).pose.rotations) < 30
    assert most_turned(live(joints)) < 30


def test_a_leg_that_seems_bent_backwards_is_not_twisted_round():
    joints = standing(30)
    for side in ("left", "right"):
        joints[:12, BODY_22.index(f"{side}_ankle"), 2] += 230  # towards the front
        joints[12:, BODY_22.index(f"{side}_ankle"), 2] -= 150
    hip = BODY.index("left_hip")
    places, weights, _ = placed(joints)
    for pose in (start_pose(BODY, places, weights), fitted(joints).pose):
        twists = twist_angles(rotation_vectors(pose.rotations[:, hip]), BODY.bones[hip].axis)
        assert np.abs(twists).max() < BODY.bones[hip].most_rad + 0.2


def test_fast_arms_are_followed():
    frames = np.arange(60) * STEP_S
    joints = standing(60, left_elbow=1.2 + 1.1 * np.sin(2 * np.pi * 3 * frames))
    assert line_turned(joints, "left_elbow", "left_wrist") > 35
    assert fitted(joints).rms_mm < 3


def test_a_walk_is_followed():
    _, pose, joints = walking(45)
    assert most_turned(pose.rotations) < 30
    assert fitted(joints).rms_mm < 2
