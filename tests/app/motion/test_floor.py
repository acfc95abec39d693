import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from das_app.motion.floor import (
    Floor,
    FloorError,
    floor_at,
    floor_from_points,
    foot_at,
)
from das_app.motion.kinematics import ANKLE_HEIGHT_MM
from das_model.camera import Camera
from das_model.people import People
from das_model.skeleton import BODY_22

CAMERA = Camera.from_fov((1280, 720), 60.0)
LEFT, RIGHT = BODY_22.index("left_ankle"), BODY_22.index("right_ankle")


def floor_of(pitch_deg, roll_deg, height_mm):
    """By hand: a level camera is first rolled about its view, then pitched down."""
    pitch, roll = math.radians(pitch_deg), math.radians(roll_deg)
    return Floor(
        np.array(
            [
                -math.sin(roll) * math.cos(pitch),
                -math.cos(roll) * math.cos(pitch),
                -math.sin(pitch),
            ]
        ),
        height_mm,
    )


ANY_FLOOR = st.builds(floor_of, st.floats(-30, 60), st.floats(-30, 30), st.floats(300, 4000))


def people_on(floor, places):
    """People whose one ankle stands at places (N, 2) x, z of the levelled world; the other is
    lifted."""
    count = len(places)
    world = np.zeros((count, BODY_22.num_joints, 3))
    world[..., 0] = places[:, :1]
    world[..., 2] = places[:, 1:]
    world[..., 1] = -1000.0
    world[:, LEFT, 1] = -ANKLE_HEIGHT_MM
    world[:, RIGHT, 1] = -ANKLE_HEIGHT_MM - 150.0
    joints = floor.to_camera(world)
    return People(
        joints.astype(np.float32),
        np.ones((count, BODY_22.num_joints), np.float32),
        np.ones(count, np.float32),
        np.arange(count),
    )


def test_a_level_camera_has_the_floor_right_below():
    floor = Floor(np.array([0.0, -1.0, 0.0]), 1500.0)
    np.testing.assert_allclose(floor.rotation, np.eye(3), atol=1e-12)
    np.testing.assert_allclose(floor.to_world(np.array([100.0, 1500, 3000])), [100, 0, 3000])
    np.testing.assert_allclose(floor.to_world(np.zeros(3)), [0, -1500, 0])
    assert floor.height_above(np.array([7.0, 500.0, 9000.0])) == pytest.approx(1000)
    assert floor.pitch_deg == pytest.approx(0)
    assert floor.roll_deg == pytest.approx(0)


def test_a_camera_that_looks_down_by_hand():
    floor = floor_of(30, 0, 2000)
    view = floor.rotation @ [0, 0, 1]
    np.testing.assert_allclose(view, [0, 0.5, math.sqrt(3) / 2], atol=1e-9)
    # the view meets the floor 4 m on, 3.46 m away along it
    np.testing.assert_allclose(
        floor.to_world(np.array([0, 0, 4000.0])), [0, 0, 2000 * math.sqrt(3)], atol=1e-6
    )
    assert floor.pitch_deg == pytest.approx(30)
    assert "2.00 m" in floor.label
    assert "30° down" in floor.label


def test_a_camera_with_its_right_side_down_is_rolled_positively():
    floor = floor_of(0, 10, 2000)
    assert floor.roll_deg == pytest.approx(10)
    right_of_camera = floor.rotation @ [1, 0, 0]
    assert right_of_camera[1] > 0  # down


@given(ANY_FLOOR, st.integers(0, 2**32 - 1))
def test_the_world_is_a_rigid_right_handed_frame_and_goes_back(floor, seed):
    points = np.random.default_rng(seed).normal(0, 2000, (5, 3))
    np.testing.assert_allclose(floor.to_camera(floor.to_world(points)), points, atol=1e-6)
    np.testing.assert_allclose(floor.rotation @ floor.rotation.T, np.eye(3), atol=1e-9)
    assert np.linalg.det(floor.rotation) == pytest.approx(1)
    np.testing.assert_allclose(-floor.to_world(points)[:, 1], floor.height_above(points))
    np.testing.assert_allclose(floor.to_world(-floor.height_mm * floor.up), 0, atol=1e-6)
    assert (floor.rotation @ [0, 0, 1])[0] == pytest.approx(0, abs=1e-9)  # z keeps the view


@given(ANY_FLOOR)
def test_levelled_people_keep_their_shape_and_stand_on_zero(floor):
    people = people_on(floor, np.array([[0.0, 3000.0], [500.0, 4000.0]]))
    level = floor.level(people)
    np.testing.assert_allclose(level.joints_cam[:, LEFT, 1], -ANKLE_HEIGHT_MM, atol=0.1)
    before = np.linalg.norm(np.diff(people.joints_cam, axis=1), axis=-1)
    after = np.linalg.norm(np.diff(level.joints_cam, axis=1), axis=-1)
    np.testing.assert_allclose(before, after, atol=0.1)
    assert level.track_ids.tolist() == people.track_ids.tolist()


@given(st.floats(-30, 60), st.floats(-30, 30), st.floats(300, 4000))
def test_a_floor_by_angles_has_them(pitch, roll, height):
    floor = floor_at(math.radians(pitch), math.radians(roll), height)
    assert floor.pitch_deg == pytest.approx(pitch, abs=1e-6)
    assert floor.roll_deg == pytest.approx(roll, abs=1e-6)
    np.testing.assert_allclose(floor.up, floor_of(pitch, roll, height).up, atol=1e-12)


@given(ANY_FLOOR, st.integers(0, 2**32 - 1))
def test_three_points_give_the_floor_exactly(floor, seed):
    rng = np.random.default_rng(seed)
    corners = np.array([[-800.0, 0, 2500], [900, 0, 2700], [0, 0, 5000]])
    corners[:, [0, 2]] += rng.uniform(-200, 200, (3, 2))
    found = floor_from_points(floor.to_camera(corners))
    np.testing.assert_allclose(found.up, floor.up, atol=1e-6)
    assert found.height_mm == pytest.approx(floor.height_mm, rel=1e-6)


@pytest.mark.parametrize(
    ("points", "word"),
    [
        ([[0, 1500, 3000], [500, 1500, 3000]], "three"),
        ([[0, 1500, 3000], [500, 1500, 3500], [1000, 1500, 4000]], "line"),
        ([[0, -1500, 3000], [500, -1500, 3500], [-600, -1500, 4000]], "no floor"),  # a ceiling
        ([[0, 1500, 3000], [500, -900, 3000], [-600, 300, 3000]], "no floor"),  # a wall
    ],
)
def test_points_that_make_no_floor_are_refused(points, word):
    with pytest.raises(FloorError, match=word):
        floor_from_points(np.array(points, float))


def test_a_joint_behind_the_lens_keeps_no_foot_from_being_clicked():
    floor = floor_of(15, 0, 1600)
    people = people_on(floor, np.array([[-700.0, 4000.0], [600.0, 5000.0]]))
    joints = people.joints_cam.copy()
    joints[:, people.skeleton.index("left_wrist"), 2] = -50
    people = replace(people, joints_cam=joints)
    ankle = joints[1, LEFT]
    found = foot_at(people, CAMERA, CAMERA.project(ankle))
    np.testing.assert_allclose(found, ankle, rtol=1e-4)
    joints[..., 2] = -50
    with pytest.raises(FloorError, match="no foot"):
        foot_at(replace(people, joints_cam=joints), CAMERA, np.array([5.0, 5.0]))


def test_a_click_at_a_foot_lies_on_its_ray_at_the_ankles_depth():
    floor = floor_of(15, 0, 1600)
    people = people_on(floor, np.array([[-700.0, 4000.0], [600.0, 5000.0]]))
    contact = floor.to_camera(np.array([600.0, 0.0, 5000.0]))
    found = foot_at(people, CAMERA, CAMERA.project(contact))
    assert found[2] == pytest.approx(people.joints_cam[1, LEFT, 2])
    np.testing.assert_allclose(CAMERA.project(found), CAMERA.project(contact), atol=1e-6)
    with pytest.raises(FloorError, match="no foot"):
        foot_at(people, CAMERA, np.array([5.0, 5.0]))
    with pytest.raises(FloorError, match="no foot"):
        foot_at(People.empty(), CAMERA, np.array([5.0, 5.0]))


@pytest.mark.parametrize(
    ("up", "height", "word"),
    [([0, -2.0, 0], 1000, "unit"), ([0, -1.0, 0], 0, "positive"), ([0, 0, -1.0], 1000, "view")],
)
def test_what_is_no_floor_is_refused(up, height, word):
    with pytest.raises(ValueError, match=word):
        Floor(np.array(up), height)
