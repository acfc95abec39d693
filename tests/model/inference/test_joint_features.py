"""Features read at joints: where they are read, how between a map's places, in which order."""

import numpy as np
import pytest

from das_model.inference.joint_features import joint_features, num_features

STRIDES = (4, 8, 16)


def ramps(strides=STRIDES, size=(64, 48)):
    """Maps that tell the place, x and y px, at which they are read."""
    maps = []
    for stride in strides:
        axes = ((np.arange(side // stride) + 0.5) * stride - 0.5 for side in size)
        maps.append(np.stack(np.meshgrid(*axes)).astype(np.float32))
    return maps


def person(*joints_px):
    return np.array([joints_px], float)


def test_maps_are_read_where_the_joints_are():
    joints_px = person((20.25, 17.5), (40, 30), (31.5, 23.5))
    found = joint_features(ramps(), STRIDES, joints_px)
    assert found.shape == (1, 3, num_features((2, 2, 2))) == (1, 3, 22)
    assert found.dtype == np.float32
    for start in (8, 18, 20):  # the middle of the nine places, and the two coarser maps
        np.testing.assert_allclose(found[..., start : start + 2], joints_px, atol=1e-4)


@pytest.mark.parametrize("longer", [10.0, 20.0])
def test_the_places_around_a_joint_grow_with_the_person(longer):
    joints_px = person((30, 20), (30 + longer, 24))
    around = joint_features(ramps(), STRIDES, joints_px)[0, 0, :18].reshape(3, 3, 2)
    step = 0.06 * longer
    for row in range(3):
        for column in range(3):
            place = [30 + (column - 1) * step, 20 + (row - 1) * step]
            np.testing.assert_allclose(around[row, column], place, atol=1e-4)


def test_beyond_the_map_its_border_is_read():
    far = person((-50, 200), (63, 24), (500, -3))
    found = joint_features(ramps(), STRIDES, far)[0, :, -2:]
    np.testing.assert_allclose(found, [[7.5, 39.5], [55.5, 24], [55.5, 7.5]], atol=1e-4)


def test_a_map_of_one_place_is_the_same_everywhere():
    single = np.full((3, 1, 1), 2.5, np.float32)
    found = joint_features([single, single], (4, 8), person((0, 0), (100, 3)))
    assert found.shape == (1, 2, num_features((3, 3)))
    assert (found == 2.5).all()


def test_nobody_has_no_features():
    assert joint_features(ramps(), STRIDES, np.zeros((0, 22, 2))).shape == (0, 22, 22)
