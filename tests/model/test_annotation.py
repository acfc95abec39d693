"""Labels of one joint set told in another, by name."""

import numpy as np
from benchmark_fixtures import standing, write_muco
from people_scenes import annotate

from das_model.camera import Camera
from das_model.datasets import muco
from das_model.skeleton import BODY_22, MUCO_21, PANOPTIC_15


def test_joints_keep_their_names_and_what_is_unknown_is_flagged(tmp_path):
    write_muco(tmp_path, num_pictures=1, pictures=False)
    annotation = muco.training_set(tmp_path).annotation(0)
    union = annotation.in_skeleton(BODY_22)
    expected = standing(BODY_22.joint_names, [-400.0, 100, 3500])
    known = np.isin(BODY_22.joint_names, MUCO_21.joint_names)
    assert union.skeleton is BODY_22
    assert known.sum() == 17
    for flags in (union.valid_2d, union.valid_3d):
        np.testing.assert_array_equal(flags, np.tile(known, (2, 1)))
    assert not union.visible[:, ~known].any()
    np.testing.assert_allclose(union.joints_cam[0, known], expected[known], atol=1e-3)
    projected = union.camera.project(union.joints_cam[:, known])
    np.testing.assert_allclose(union.joints_px[:, known], projected, atol=1e-3)


def test_there_and_back_keeps_the_common_joints():
    annotation = annotate([[0, 0, 3000]], Camera.from_fov((64, 48)))
    small = annotation.in_skeleton(PANOPTIC_15)
    assert small.valid_3d.all()
    assert small.joints_cam.shape == (1, 15, 3)
    back = small.in_skeleton(BODY_22)
    common = np.isin(BODY_22.joint_names, PANOPTIC_15.joint_names)
    np.testing.assert_array_equal(back.valid_3d[0], common)
    np.testing.assert_array_equal(back.joints_cam[0, common], annotation.joints_cam[0, common])
