import numpy as np
import pytest
from window_fakes import people_at

from das_app.gui.scene.scene_geometry import (
    follow_floor,
    frustum_segments,
    grid_reach,
    grid_segments,
    ground_heights,
    joint_solidity,
    scene_from_camera,
    shadow_spots,
)
from das_model.camera import Camera
from das_model.people import People
from das_model.skeleton import BODY_22


def test_camera_axes_in_the_scene():
    right, down, forward = scene_from_camera(1000.0 * np.eye(3))
    assert right.tolist() == [1, 0, 0]
    assert down.tolist() == [0, 0, -1]  # so that up is up
    assert forward.tolist() == [0, 1, 0]


def test_the_map_is_a_proper_rotation_with_millimetres_to_metres():
    matrix = scene_from_camera(np.eye(3)) * 1000
    assert np.linalg.det(matrix) == pytest.approx(1)
    assert matrix @ matrix.T == pytest.approx(np.eye(3))


def test_frustum_goes_through_the_corners_of_the_picture():
    camera = Camera.from_intrinsics(500, 400, 330, 200, (640, 480))
    segments = frustum_segments(camera, depth_m=0.5).reshape(-1, 2, 3)
    assert segments[:4, 0] == pytest.approx(np.zeros((4, 3)))
    corners = segments[:4, 1]
    assert corners[:, 1] == pytest.approx(np.full(4, 0.5))
    back = np.stack([corners[:, 0], -corners[:, 2], corners[:, 1]], axis=-1) * 1000
    expected = [[-0.5, -0.5], [639.5, -0.5], [639.5, 479.5], [-0.5, 479.5]]
    assert camera.project(back) == pytest.approx(np.array(expected), abs=1e-3)
    mark = segments[8:, :, 2]
    assert mark.max() > corners[:, 2].max()  # the mark shows the upper side


def test_floor_goes_to_the_ankles_and_stays_without_people():
    people = people_at((0, 0, 3000))
    ankle_m = scene_from_camera(people.joints_cam)[0, :, 2]
    names = people.skeleton.joint_names
    lowest = min(ankle_m[names.index(f"{side}_ankle")] for side in ("left", "right"))
    floor = -1.2
    for _ in range(400):
        floor = follow_floor(floor, people)
    assert floor == pytest.approx(lowest - 0.08, abs=1e-3)
    assert follow_floor(None, people) == pytest.approx(floor, abs=1e-3)  # at once
    assert follow_floor(floor, People.empty()) == floor
    assert follow_floor(None, People.empty()) is None


def test_floor_moves_gently():
    sunk = people_at((0, 2000, 3000))
    assert -1.2 > follow_floor(-1.2, sunk) > -1.35


def test_grid_lines_are_a_metre_apart_and_fade_to_the_rim():
    points, colours = grid_segments(np.array([0.1, 0.2, 0.3]), 4, 8)
    assert len(points) == len(colours)
    assert len(points) % 2 == 0
    begin, end = points[::2], points[1::2]
    is_across = begin[:, 1] == end[:, 1]
    assert set(begin[is_across][:, 1]) == set(range(9))
    assert set(begin[~is_across][:, 0]) == set(range(-4, 5))
    middle = np.argmin(np.hypot(points[:, 0], points[:, 1] - 4))
    assert colours[middle, 3] == 1
    is_rim = (np.abs(points[:, 0]) == 4) | (points[:, 1] == 8)
    assert np.all(colours[is_rim, 3] == 0)
    assert np.all(colours[:, :3] == np.float32([0.1, 0.2, 0.3]))


@pytest.mark.parametrize("place", [(0, 3, 0), (7.2, 3, 0), (-9, 11, 0), (0, 25, 0)])
def test_everybody_stands_on_the_grid(place):
    half_m, depth_m = grid_reach(np.array([place], float))
    points, colours = grid_segments(np.ones(3), half_m, depth_m)
    near = np.hypot(points[:, 0] - place[0], points[:, 1] - place[1]) < 0.8
    assert near.any()
    assert colours[near, 3].min() > 0.4


def test_the_grid_has_an_end():
    half_m, depth_m = grid_reach(np.array([[5000.0, 9000.0, 0]]))
    assert max(half_m, depth_m) < 100
    assert grid_reach(np.zeros((0, 3))) == grid_reach(np.array([[0.0, 3.0, 0.0]]))


LENS = Camera.from_intrinsics(500, 500, 320, 240, (640, 480))


def test_joints_in_the_picture_are_there_and_faint_only_where_little_is_known_of_their_place():
    assert np.all(joint_solidity(people_at((0, 0, 4000)), LENS) == 1)
    assert np.all(joint_solidity(people_at((0, 0, 4000), joint_score=0.06), LENS) == 1)
    # feet of somebody seated and raised hands, in plain sight: 0.00 to 0.03
    least = joint_solidity(people_at((0, 0, 4000), joint_score=0.0), LENS)
    assert 0.5 < least.min() <= least.max() < 1


def test_what_is_outside_the_picture_is_gone():
    people = people_at((2700, 0, 4000))  # its right side just in the picture
    solid = joint_solidity(people, LENS)[0]
    x = people.joints_px(LENS)[0, :, 0]
    assert np.all(solid[x <= 639] == 1)
    assert np.all(solid[x > 678] == 0)
    assert (x <= 639).any()
    assert (x > 678).any()
    assert np.all(joint_solidity(people_at((0, 0, -4000)), LENS) == 0)  # behind the lens


def test_people_of_low_score_are_faint():
    sure, unsure = (joint_solidity(people_at((0, 0, 4000), score=s), LENS) for s in (0.9, 0.25))
    assert sure.min() == 1
    assert 0.2 < unsure.max() < 0.5


def test_a_guessed_floor_is_under_everybodys_own_feet():
    joints = scene_from_camera(people_at((0, 0, 3000), (0, -900, 3000)).joints_cam)
    ankles = [i for i, name in enumerate(BODY_22.joint_names) if name.endswith("_ankle")]
    own = joints[:, ankles, 2].min(axis=1) - 0.08
    floor = own[0] + 0.05
    assert ground_heights(joints, ankles, floor, False).tolist() == [floor, own[1]]
    assert ground_heights(joints, [], -1.5, False).tolist() == [-1.5, -1.5]


def test_who_is_far_off_a_known_floor_stands_on_something_else():
    joints = scene_from_camera(
        people_at((0, 0, 3000), (0, -300, 3000), (0, -900, 3000)).joints_cam
    )
    ankles = [i for i, name in enumerate(BODY_22.joint_names) if name.endswith("_ankle")]
    own = joints[:, ankles, 2].min(axis=1) - 0.08
    assert ground_heights(joints, ankles, own[0], True).tolist() == [own[0], own[0], own[2]]


def test_shadows_are_on_the_ground_and_fade_with_a_lifted_foot():
    joints = scene_from_camera(people_at((0, 0, 3000)).joints_cam)
    names = BODY_22.joint_names
    ankles, root = [names.index("left_ankle"), names.index("right_ankle")], names.index("pelvis")
    joints[0, ankles, 2] = [-0.9, -0.5]
    solid = np.ones(joints.shape[:2])
    centres, axes, strength = shadow_spots(joints, ankles, root, np.array([-0.98]), solid)
    assert centres.shape == (3, 3)
    assert axes.shape == (3, 2, 2)
    assert centres[:, 2] == pytest.approx(-0.98, abs=0.01)
    assert centres[1:, :2] == pytest.approx(joints[0, ankles, :2])
    assert strength[2] < 0.5 * strength[1]
    assert shadow_spots(joints, ankles, root, np.array([-0.98]), 0 * solid)[2].max() == 0
