import numpy as np
import pytest
from window_fakes import people_at

from das_app.gui.bodies.skeleton_mesh import (
    BALL_RADIUS_M,
    TUBE_CORNERS,
    TUBE_RADIUS_M,
    skeleton_mesh,
)
from das_app.gui.scene.scene_geometry import scene_from_camera
from das_model.people import People

COLOURS = np.array([[1.0, 0, 0], [0, 0, 1.0]])


@pytest.fixture
def people():
    return people_at((0, 0, 3000), (900, 100, 4000))


def mesh_of(people, colours=COLOURS, opacity=1.0):
    joints = scene_from_camera(people.joints_cam)
    shown = np.full(joints.shape[:2], opacity, np.float32)
    return skeleton_mesh(joints, colours[: len(people)], shown, people.skeleton)


def tube_rings(mesh, people):
    num_bones = len(people.skeleton.bones)
    num_tube_vertices = len(people) * num_bones * 2 * TUBE_CORNERS
    positions = mesh.vertices["a_position"][:num_tube_vertices]
    return positions.reshape(len(people), num_bones, 2, TUBE_CORNERS, 3)


def test_tubes_end_at_the_converted_joints(people):
    rings = tube_rings(mesh_of(people), people)
    joints = scene_from_camera(people.joints_cam)
    for bone, (parent, child) in enumerate(people.skeleton.bones):
        assert rings[:, bone, 0].mean(axis=1) == pytest.approx(joints[:, parent], abs=1e-5)
        assert rings[:, bone, 1].mean(axis=1) == pytest.approx(joints[:, child], abs=1e-5)
    from_axis = np.linalg.norm(rings - rings.mean(axis=3, keepdims=True), axis=-1)
    assert from_axis == pytest.approx(np.full_like(from_axis, TUBE_RADIUS_M), abs=1e-5)


def test_balls_surround_the_converted_joints(people):
    mesh = mesh_of(people)
    num_tube_vertices = tube_rings(mesh, people).size // 3
    balls = mesh.vertices["a_position"][num_tube_vertices:].reshape(2, 22, -1, 3)
    joints = scene_from_camera(people.joints_cam)
    radius = np.linalg.norm(balls - joints[:, :, None], axis=-1)
    assert np.ptp(radius, axis=-1) == pytest.approx(np.zeros((2, 22)), abs=1e-5)
    assert radius[0, people.skeleton.root, 0] == pytest.approx(BALL_RADIUS_M, abs=1e-5)
    assert radius[0, people.skeleton.index("nose"), 0] < BALL_RADIUS_M


def test_normals_are_unit_and_faces_point_at_vertices(people):
    mesh = mesh_of(people)
    lengths = np.linalg.norm(mesh.vertices["a_normal"], axis=-1)
    assert lengths == pytest.approx(np.ones(len(lengths)), abs=1e-5)
    assert mesh.faces.dtype == np.uint32
    assert set(np.unique(mesh.faces)) == set(range(len(mesh.vertices)))


def test_faces_stay_within_their_part(people):
    mesh = mesh_of(people)
    corners = mesh.vertices["a_position"][mesh.faces]
    is_tube = mesh.faces.max(axis=1) < tube_rings(mesh, people).size // 3
    extent = np.ptp(corners[~is_tube], axis=1).max()
    assert 0 < extent <= 2 * BALL_RADIUS_M  # a triangle across two balls would be longer
    same_ring_or_bone = mesh.faces[is_tube] // (2 * TUBE_CORNERS)
    assert np.all(same_ring_or_bone == same_ring_or_bone[:, :1])


def test_colours_by_person_and_opacity_by_joint(people):
    mesh = mesh_of(people, opacity=0.25)
    colours = mesh.vertices["a_colour"][: tube_rings(mesh, people).size // 3].reshape(2, -1, 4)
    assert colours[0] == pytest.approx(np.tile([1.0, 0, 0, 0.25], (len(colours[0]), 1)))
    assert colours[1] == pytest.approx(np.tile([0, 0, 1.0, 0.25], (len(colours[1]), 1)))
    assert np.all(mesh.vertices["a_colour"][:, 3] == 0.25)


def test_a_bone_along_any_axis_and_one_without_length():
    people = people_at((0, 0, 3000))
    joints = people.joints_cam.copy()
    joints[:] = joints[:, :1]
    joints[0, 1] += (0, 500, 0)
    joints[0, 2] += (0, 500, 700)
    bent = People(joints, people.joint_scores, people.scores, people.track_ids)
    mesh = mesh_of(bent)
    assert np.isfinite(mesh.vertices["a_position"]).all()


def test_nobody_is_an_empty_mesh():
    mesh = mesh_of(People.empty())
    assert len(mesh.vertices) == 0
    assert mesh.faces.shape == (0, 3)
