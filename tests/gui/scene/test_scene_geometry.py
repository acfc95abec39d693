import numpy as np
import pytest
from window_fakes import people_at

from das_app.gui.scene import scene_geometry as geometry
from das_app.gui.scene.scene_geometry import (
    follow_floor,
    frustum_segments,
    grid_segments,
    scene_from_camera,
    standing_rings,
)
from das_model.camera import Camera
from das_model.people import People


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
    assert follow_floor(floor, People.empty()) == floor


def test_floor_moves_gently():
    sunk = people_at((0, 2000, 3000))
    assert -1.2 > follow_floor(-1.2, sunk) > -1.35


def test_grid_lines_are_a_metre_apart_and_fade_to_the_rim():
    points, colours = grid_segments(np.array([0.1, 0.2, 0.3]))
    assert len(points) == len(colours)
    assert len(points) % 2 == 0
    begin, end = points[::2], points[1::2]
    is_across = begin[:, 1] == end[:, 1]
    assert set(begin[is_across][:, 1]) == set(range(geometry.GRID_DEPTH_M + 1))
    half = geometry.GRID_HALF_WIDTH_M
    assert set(begin[~is_across][:, 0]) == set(range(-half, half + 1))
    near = np.argmin(np.hypot(points[:, 0], points[:, 1] - 3))
    far = np.argmax(np.hypot(points[:, 0], points[:, 1]))
    assert colours[near, 3] > 0.9
    assert colours[far, 3] == 0
    assert np.all(colours[:, :3] == np.float32([0.1, 0.2, 0.3]))


def test_rings_lie_on_the_floor_below_the_roots():
    rings = standing_rings(np.array([[500.0, 100, 3000], [-500, 0, 2000]]), -0.9)
    first, second = rings.reshape(2, -1, 3)
    assert np.all(rings[:, 2] == np.float32(-0.9))
    assert first.mean(axis=0) == pytest.approx([0.5, 3.0, -0.9], abs=1e-5)
    assert second.mean(axis=0) == pytest.approx([-0.5, 2.0, -0.9], abs=1e-5)
    assert standing_rings(np.zeros((0, 3)), -1).shape == (0, 3)
