"""Lifting by an image and its mirror image: what becomes of cues, and whose mean it is."""

import numpy as np
import pytest

from das_model.inference.both_ways import both_ways, mirrored
from das_model.inference.refine import JointCues
from das_model.skeleton import BODY_22

WIDTH = 64
LEFT, RIGHT = BODY_22.index("left_wrist"), BODY_22.index("right_wrist")


@pytest.fixture
def cues():
    rng = np.random.default_rng(0)
    shape = (2, BODY_22.num_joints)
    scores, heat = rng.random((2, *shape))
    joints_px = rng.uniform(0, WIDTH - 1, (*shape, 2))
    look = rng.normal(size=(*shape, 2))
    return JointCues(
        rng.normal(0, 300, (*shape, 3)), scores, heat, joints_px - 30, joints_px, look
    )


def lifted(joints_cam):
    """What a lifting answers that leaves people at `joints_cam` and is 50 mm off."""
    return np.concatenate([joints_cam, np.full((*joints_cam.shape[:2], 1), 50.0)], axis=-1)


def test_a_mirrored_person_has_left_and_right_swapped(cues):
    other = mirrored(cues, WIDTH, BODY_22)
    np.testing.assert_allclose(other.joints_px[:, RIGHT, 0], 63 - cues.joints_px[:, LEFT, 0])
    np.testing.assert_allclose(other.joints_px[:, RIGHT, 1], cues.joints_px[:, LEFT, 1])
    np.testing.assert_allclose(other.joints_cam[:, RIGHT], cues.joints_cam[:, LEFT] * [-1, 1, 1])
    np.testing.assert_allclose(other.moved_mm[:, RIGHT], cues.moved_mm[:, LEFT] * [-1, 1])
    np.testing.assert_array_equal(other.heat[:, RIGHT], cues.heat[:, LEFT])
    np.testing.assert_array_equal(other.joint_scores[:, RIGHT], cues.joint_scores[:, LEFT])


def test_the_mirror_image_of_the_mirror_image_is_the_image(cues):
    twice = mirrored(mirrored(cues, WIDTH, BODY_22), WIDTH, BODY_22)
    for name in set(JointCues.__slots__) - {"look"}:
        np.testing.assert_allclose(getattr(twice, name), getattr(cues, name), atol=1e-9)


def test_nobody_has_looked_again_at_the_mirror_image(cues):
    look = mirrored(cues, WIDTH, BODY_22).look
    assert look.shape == cues.look.shape
    assert np.isnan(look).all()


def test_the_image_counts_more_where_people_have_had_a_second_look(cues):
    cues.look[1] = np.nan

    def to_the_left(cues):
        return lifted(cues.joints_cam - [10.0, 0.0, 0.0])

    mean = both_ways(to_the_left, to_the_left, WIDTH, BODY_22)(cues)
    moved = mean[..., 0] - cues.joints_cam[..., 0]
    np.testing.assert_allclose(moved[0], -10 * 0.7 + 10 * 0.3)
    np.testing.assert_allclose(moved[1], 0, atol=1e-9)


def test_what_is_off_to_one_side_cancels_and_what_both_say_stays(cues):
    cues.look[:] = np.nan

    def right_and_far(cues):
        return lifted(cues.joints_cam + [20.0, 0.0, 30.0])

    mean = both_ways(right_and_far, right_and_far, WIDTH, BODY_22)(cues)
    np.testing.assert_allclose(mean, lifted(cues.joints_cam + [0.0, 0.0, 30.0]), atol=1e-9)


def test_what_one_side_of_the_body_is_told_goes_half_to_each(cues):
    cues.look[:] = np.nan

    def left_wrist_nearer(cues):
        joints_cam = cues.joints_cam.copy()
        joints_cam[:, LEFT, 2] -= 40.0
        return lifted(joints_cam)

    mean = both_ways(left_wrist_nearer, left_wrist_nearer, WIDTH, BODY_22)(cues)
    moved = mean[..., 2] - cues.joints_cam[..., 2]
    np.testing.assert_allclose(moved[:, [LEFT, RIGHT]], -20.0)
    np.testing.assert_allclose(np.delete(moved, [LEFT, RIGHT], axis=1), 0.0, atol=1e-9)
    np.testing.assert_allclose(mean[..., 3], 50.0)
