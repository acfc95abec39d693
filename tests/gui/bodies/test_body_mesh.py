"""Bodies on people's own joints."""

import numpy as np
import pytest
from window_fakes import people_at

from das_app.gui.bodies.body_frames import ALONG, SEGMENTS, posed_frames
from das_app.gui.bodies.body_mesh import body_mesh, can_wear, nearest_first, skin, whole_joints
from das_app.gui.scene.scene_geometry import scene_from_camera
from das_model.skeleton import BODY_22, COCO_17, Skeleton

AT = BODY_22.index
NAMES = list(SEGMENTS)


@pytest.fixture
def joints():
    return scene_from_camera(people_at((0, 0, 3000), (900, 100, 4000)).joints_cam)


def mesh_of(joints, opacity=1.0):
    count = len(joints)
    return body_mesh(joints, np.eye(3)[:count], np.full((count, 22), opacity, np.float32))


def turned(joints, axis, angle_rad):
    """Joints turned about a unit axis through the origin (Rodrigues)."""
    c, s = np.cos(angle_rad), np.sin(angle_rad)
    cross = np.array([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]])
    return (joints @ (c * np.eye(3) + s * cross + (1 - c) * np.outer(axis, axis)).T).astype("f4")


def test_frames_are_right_handed_and_point_along_their_bones(joints):
    frames = posed_frames(joints.astype(float), skin().rest)
    assert np.swapaxes(frames.axes, -1, -2) @ frames.axes == pytest.approx(
        np.broadcast_to(np.eye(3), frames.axes.shape), abs=1e-6
    )
    assert np.linalg.det(frames.axes) == pytest.approx(np.ones(frames.axes.shape[:2]))
    for number, segment in enumerate(SEGMENTS.values()):
        if not segment.is_rigid:
            tip = frames.origins[:, number] + (
                frames.lengths[:, number, None] * frames.axes[:, number, :, ALONG]
            )
            assert tip == pytest.approx(joints[:, AT(segment.end)], abs=1e-5)


def test_the_flesh_is_round_the_bones(joints):
    vertices = mesh_of(joints).vertices["a_position"].reshape(2, -1, 3)
    for begin, end in (("left_hip", "left_knee"), ("right_elbow", "right_wrist")):
        a, b = joints[:, AT(begin)], joints[:, AT(end)]
        middle = (a + b) / 2
        away = np.linalg.norm(vertices - middle[:, None], axis=-1).min(axis=1)
        assert np.all(away < 0.12)
        assert np.all(away > 0.01)
    low, high = vertices.min(axis=1), vertices.max(axis=1)
    assert np.all(low < joints.min(axis=1) + 0.02)
    assert np.all(high > joints.max(axis=1) - 0.06)


@pytest.mark.parametrize("axis", np.eye(3).tolist())
def test_a_turned_person_wears_a_turned_body(joints, axis):
    axis = np.array(axis)
    one = mesh_of(joints).vertices["a_position"]
    other = mesh_of(turned(joints, axis, 2.0)).vertices["a_position"]
    assert other == pytest.approx(turned(one, axis, 2.0), abs=1e-3)


def test_a_child_has_a_childs_body(joints):
    whole = mesh_of(joints[:1]).vertices["a_position"]
    half = mesh_of(0.6 * joints[:1]).vertices["a_position"]
    assert np.ptp(half, axis=0) == pytest.approx(0.6 * np.ptp(whole, axis=0), rel=0.01)


def test_joints_that_are_gone_take_their_limb_along(joints):
    opacity = np.ones((1, 22), np.float32)
    opacity[0, [AT("left_elbow"), AT("left_wrist")]] = 0
    mesh = body_mesh(joints[:1], np.ones((1, 3)), opacity)
    place, shown = mesh.vertices["a_position"], mesh.vertices["a_colour"][:, 3]
    nearest = np.linalg.norm(place[:, None] - joints[0], axis=-1).argmin(axis=1)
    assert shown[nearest == AT("left_wrist")].max() < 0.1
    assert shown[nearest == AT("right_wrist")].min() > 0.9
    assert shown[nearest == AT("left_knee")].min() > 0.9


def test_everything_is_finite_for_joints_in_one_place_and_limbs_folded_back():
    joints = np.zeros((2, 22, 3), np.float32)
    joints[1] = scene_from_camera(people_at((0, 0, 3000)).joints_cam)[0]
    joints[1, AT("left_wrist")] = joints[1, AT("left_shoulder")]
    vertices = mesh_of(joints).vertices
    assert np.isfinite(vertices["a_position"]).all()
    assert np.isfinite(vertices["a_normal"]).all()


def test_faces_look_outwards_and_normals_agree(joints):
    mesh = mesh_of(joints[:1])
    corners = mesh.vertices["a_position"][mesh.faces]
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals = mesh.vertices["a_normal"][mesh.faces].mean(axis=1)
    agree = (across * normals).sum(axis=1) > 0
    assert agree.mean() > 0.97


def test_people_of_other_skeletons_wear_bodies_when_their_limbs_are_there(joints):
    assert can_wear(COCO_17)
    assert not can_wear(Skeleton(("pelvis", "neck", "left_hip")))
    picked = joints[:, COCO_17.indices_in(BODY_22)]
    found, scores = whole_joints(picked, np.ones(picked.shape[:2], np.float32), COCO_17)
    assert found.shape == (2, 22, 3)
    assert scores.shape == (2, 22)
    for name in COCO_17.joint_names:
        assert np.array_equal(found[:, AT(name)], picked[:, COCO_17.index(name)])
    hips = (joints[:, AT("left_hip")] + joints[:, AT("right_hip")]) / 2
    assert found[:, AT("pelvis")] == pytest.approx(hips)
    assert np.isfinite(mesh_of(found).vertices["a_position"]).all()


def test_nobody_is_an_empty_mesh():
    mesh = mesh_of(np.zeros((0, 22, 3), np.float32))
    assert len(mesh.vertices) == 0
    assert len(mesh.faces) == 0


def test_nearest_triangles_of_faint_people_come_first(joints):
    mesh, eye_m = mesh_of(joints), np.array([0.0, 0, 0])
    ordered = nearest_first(mesh, np.array([False, True]), eye_m)
    half = len(mesh.faces) // 2
    assert np.array_equal(ordered[:half], mesh.faces[:half])
    assert {*map(tuple, ordered.tolist())} == {*map(tuple, mesh.faces.tolist())}
    first = mesh.vertices["a_position"][ordered[half:, 0]]
    assert np.all(np.diff(np.linalg.norm(first - eye_m, axis=1)) > -1e-5)
