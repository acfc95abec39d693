import numpy as np
import pytest

from das_app.motion.kinematics import (
    ANGLE_NAMES,
    body_heights_mm,
    bone_lengths,
    joint_angles,
    speeds,
)
from das_model.people import People
from das_model.skeleton import BODY_22, COCO_17


def standing():
    """A stick figure of 22 joints in mm: legs 400 + 400, trunk 500, neck and head 250."""
    joints = np.zeros((22, 3))
    for side, x in (("left", 100), ("right", -100)):
        for name, y in (
            ("hip", 0),
            ("knee", 400),
            ("ankle", 800),
            ("shoulder", -500),
            ("elbow", -250),
            ("wrist", 0),
        ):
            joints[BODY_22.index(f"{side}_{name}")] = (x, y, 3000)
    joints[BODY_22.index("head_top")] = (0, -750, 3000)
    return joints


def turned(joints):
    """The same body seen from elsewhere."""
    a, b = 0.7, 0.4
    turn = np.array([[np.cos(a), 0, np.sin(a)], [0, 1, 0], [-np.sin(a), 0, np.cos(a)]])
    tilt = np.array([[1, 0, 0], [0, np.cos(b), -np.sin(b)], [0, np.sin(b), np.cos(b)]])
    return joints @ (tilt @ turn).T + (50, -30, 700)


def angle(joints, name):
    return joint_angles(joints, BODY_22)[..., ANGLE_NAMES.index(name)]


def test_straight_limbs_have_180_degrees_and_bent_ones_their_angle():
    joints = standing()
    assert angle(joints, "left_knee") == pytest.approx(180)
    assert angle(joints, "right_elbow") == pytest.approx(180)
    assert angle(joints, "left_hip") == pytest.approx(180)
    assert angle(joints, "left_shoulder") == pytest.approx(0)
    joints[BODY_22.index("left_ankle")] = joints[BODY_22.index("left_knee")] + (0, 0, 300)
    assert angle(joints, "left_knee") == pytest.approx(90)
    joints[BODY_22.index("right_wrist")] = joints[BODY_22.index("right_elbow")] + (-99, -99, 0)
    assert angle(joints, "right_elbow") == pytest.approx(45)


def test_angles_and_lengths_do_not_depend_on_the_view():
    joints = standing() + np.random.default_rng(0).normal(0, 60, (22, 3))
    assert joint_angles(turned(joints), BODY_22) == pytest.approx(joint_angles(joints, BODY_22))
    assert bone_lengths(turned(joints), BODY_22) == pytest.approx(bone_lengths(joints, BODY_22))


def test_angles_of_many_at_once_and_of_joints_in_one_place():
    joints = np.stack([standing(), np.zeros((22, 3))])
    angles = joint_angles(joints, BODY_22)
    assert angles.shape == (2, 8)
    assert np.isfinite(angles[0]).all()
    assert np.isnan(angles[1]).all()


def test_bone_lengths_in_the_order_of_the_bones():
    lengths = bone_lengths(standing(), BODY_22)
    bone = BODY_22.bones.index((BODY_22.index("left_hip"), BODY_22.index("left_knee")))
    assert lengths.shape == (len(BODY_22.bones),)
    assert lengths[bone] == pytest.approx(400)


def test_speed_of_even_motion_is_exact_at_uneven_times():
    times_s = np.array([0.0, 0.03, 0.08, 0.1, 0.2, 0.22])
    velocity = np.array([300.0, 0, 400])
    joints = standing() + times_s[:, None, None] * velocity
    assert speeds(joints, times_s) == pytest.approx(np.full((6, 22), 500.0))


def test_speed_at_rest_is_not_the_noise_of_single_frames():
    rng = np.random.default_rng(0)
    times_s = np.arange(200) / 30
    noisy = standing() + rng.normal(0, 5, (200, 22, 3))
    single = np.linalg.norm(np.diff(noisy, axis=0), axis=-1).mean() * 30
    assert speeds(noisy, times_s).mean() < 0.4 * single


def test_no_speed_from_one_sighting():
    assert np.isnan(speeds(standing()[None], np.zeros(1))).all()
    assert speeds(np.zeros((0, 22, 3)), np.zeros(0)).shape == (0, 22)


def people_of(joints, skeleton=BODY_22):
    joints = np.asarray(joints, np.float32)
    count = len(joints)
    return People(
        joints,
        np.ones(joints.shape[:2], np.float32),
        np.ones(count, np.float32),
        np.arange(count),
        skeleton,
    )


def test_height_is_that_of_standing_whatever_the_pose():
    upright, sitting = standing(), standing()
    for side in ("left", "right"):
        hip, knee, ankle = (BODY_22.index(f"{side}_{n}") for n in ("hip", "knee", "ankle"))
        sitting[knee] = sitting[hip] + (0, 0, -400)
        sitting[ankle] = sitting[knee] + (0, 400, 0)
    heights = body_heights_mm(people_of([upright, turned(upright), sitting]))
    assert heights == pytest.approx([1630] * 3, abs=0.1)


def test_height_by_the_nose_where_there_is_no_head():
    assert np.isfinite(body_heights_mm(people_of(np.zeros((1, 17, 3)), COCO_17))).all()
    assert body_heights_mm(People.empty()).shape == (0,)
