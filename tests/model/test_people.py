"""People: shapes are checked, relative joints and pixels follow from camera space."""

import numpy as np
import pytest

from das_model.camera import Camera
from das_model.people import People
from das_model.skeleton import BODY_22, COCO_17, MUPOTS_17


def two_people(skeleton=MUPOTS_17, spread_mm=None):
    rng = np.random.default_rng(0)
    joints = rng.uniform([-500, -500, 2000], [500, 500, 3000], (2, skeleton.num_joints, 3))
    return People(
        joints.astype(np.float32),
        np.ones((2, skeleton.num_joints), np.float32),
        np.array([0.9, 0.5], np.float32),
        np.array([-1, 7]),
        skeleton,
        spread_mm,
    )


def test_spread_goes_with_its_people():
    known = two_people(
        spread_mm=np.array([[1.0], [2.0]], np.float32) * np.ones((1, 17), np.float32)
    )
    np.testing.assert_array_equal(known.where(np.array([False, True])).joint_spread_mm, [[2] * 17])
    assert two_people().joined(two_people()).joint_spread_mm is None
    both = two_people().joined(known.at_least(0.6)).joint_spread_mm
    np.testing.assert_array_equal(both[:, 0], [np.nan, np.nan, 1])
    with pytest.raises(ValueError, match=r"People.joint_spread_mm must be \(2, 17\), got \(17,\)"):
        two_people(spread_mm=np.zeros(17))


def test_root_is_the_pelvis_and_the_others_are_relative_to_it():
    people = two_people()
    pelvis = people.skeleton.joint_names.index("pelvis")
    np.testing.assert_array_equal(people.root_cam, people.joints_cam[:, pelvis])
    np.testing.assert_array_equal(people.joints_rel[:, pelvis], 0)
    np.testing.assert_allclose(
        people.joints_rel + people.root_cam[:, None], people.joints_cam, atol=1e-3
    )


def test_pixels_are_the_cameras_projection():
    camera, people = Camera.from_fov((640, 480)), two_people()
    pixels = people.joints_px(camera)
    assert pixels.shape == (2, 17, 2)
    np.testing.assert_allclose(pixels[1, 4], camera.project(people.joints_cam[1, 4]))


@pytest.mark.parametrize("skeleton", [BODY_22, COCO_17, MUPOTS_17])
def test_nobody_keeps_every_rank(skeleton):
    nobody = People.empty(skeleton)
    assert len(nobody) == 0
    assert nobody.skeleton is skeleton
    assert nobody.joints_cam.shape == (0, skeleton.num_joints, 3)
    assert nobody.joints_px(Camera.from_fov((64, 48))).shape == (0, skeleton.num_joints, 2)
    assert nobody.track_ids.dtype == np.int64


def test_nobody_has_roots_and_relative_joints():
    assert People.empty().root_cam.shape == (0, 3)
    assert People.empty().joints_rel.shape == (0, 22, 3)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("joints_cam", np.zeros((2, 15, 3), np.float32)),
        ("joints_cam", np.zeros((2, 17, 2), np.float32)),
        ("joint_scores", np.zeros((1, 17), np.float32)),
        ("track_ids", np.zeros(3, np.int64)),
    ],
)
def test_shapes_that_disagree_are_named(name, value):
    good = two_people()
    fields = {f: getattr(good, f) for f in People.__slots__} | {name: value}
    with pytest.raises(ValueError, match="must be") as error:
        People(**fields)
    assert f"People.{name} must be" in str(error.value)
    assert f"got {value.shape}" in str(error.value)
