from dataclasses import replace

import cv2
import numpy as np
import pytest

from das_app.motion.clothes import clothes_colours, lab_of, mixed, unlike
from das_model.camera import Camera
from das_model.people import People
from das_model.skeleton import Skeleton
from known_motion.crossings import CrossingConfig, crossings

CAMERA = Camera.from_fov((640, 360))


@pytest.fixture(scope="module")
def sighting():
    """Two people beside each other."""
    for now in crossings(5, CrossingConfig(num_people=2, num_frames=200, miss_rate=0)):
        px = now.seen.joints_px(CAMERA)
        if len(px) == 2 and abs(px[0, 0, 0] - px[1, 0, 0]) > 150:
            return now
    raise AssertionError("nobody stands apart")


def painted(people, *colours):
    """A grey picture in which everybody's box is filled."""
    image = np.full((360, 640, 3), 128, np.uint8)
    for person, colour in enumerate(colours):
        px = people.joints_px(CAMERA)[person].round().astype(int)
        cv2.rectangle(image, px.min(axis=0).tolist(), px.max(axis=0).tolist(), colour, -1)
    return image


def colours_of(image, people):
    return clothes_colours(image, CAMERA, people, np.arange(len(people)))


def test_colours_are_told_as_opencv_tells_them():
    colours = np.random.default_rng(3).integers(0, 256, (1, 5000, 3)).astype(np.uint8)
    expected = cv2.cvtColor(colours.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    assert np.abs(lab_of(colours) - expected).max() < 0.5
    greys = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
    assert np.abs(lab_of(greys)[:, 1:]).max() < 1e-9
    assert lab_of(greys)[[0, -1], 0] == pytest.approx([0, 100])


def test_same_colours_are_alike_and_others_are_not(sighting):
    people = sighting.seen
    first = colours_of(painted(people, (200, 30, 30), (30, 30, 200)), people)
    np.testing.assert_allclose(first.sum(axis=-1), 1, atol=1e-5)
    distance = unlike(first, first)
    np.testing.assert_allclose(np.diag(distance), 0, atol=1e-3)
    assert distance[0, 1] > 0.9
    swapped = colours_of(painted(people, (30, 30, 200), (200, 30, 30)), people)
    assert unlike(first, swapped)[0, 1] < 0.2
    darker = colours_of(painted(people, (180, 27, 27), (30, 30, 200)), people)
    assert unlike(first, darker)[0, 0] < 0.5


def test_only_the_rows_asked_for_are_looked_at(sighting):
    people = sighting.seen
    image = painted(people, (200, 30, 30), (30, 30, 200))
    second = clothes_colours(image, CAMERA, people, np.array([1]))
    np.testing.assert_array_equal(second, colours_of(image, people)[1:])


def test_who_is_hidden_or_out_of_the_picture_has_no_colours(sighting):
    people = sighting.seen.where(np.array([True, False]))
    image = painted(people, (200, 30, 30))
    before = replace(people, joints_cam=people.joints_cam * np.float32(0.9))  # on the same rays
    both = colours_of(image, before.joined(people))
    assert both[0].sum() > 0
    assert both[1].sum() == 0
    outside = replace(people, joints_cam=people.joints_cam + np.float32([20000, 0, 0]))
    behind = replace(people, joints_cam=people.joints_cam * np.float32(-1))
    for gone in (outside, behind):
        assert colours_of(image, gone).sum() == 0
    assert np.isnan(unlike(both[:1], both[1:])).all()


def test_nobody_and_people_of_other_joints_are_normal():
    image = np.zeros((360, 640, 3), np.uint8)
    assert colours_of(image, People.empty()).shape == (0, 2, 150)
    other = Skeleton(("pelvis", "neck"))
    nobody = People.empty(other)
    assert colours_of(image, nobody).shape == (0, 2, 150)


def test_colours_become_a_mean_of_what_was_seen():
    old, new = np.zeros((2, 1, 2, 150), np.float32)
    old[0, 0, 3], new[0, :, 4] = 1, 1
    now = mixed(old, new, np.full((1, 1, 1), 0.25))
    assert now[0, 0, [3, 4]].tolist() == [0.75, 0.25]
    assert now[0, 1, 4] == 1  # a part seen for the first time
    np.testing.assert_array_equal(mixed(old, np.zeros_like(old), np.ones((1, 1, 1))), old)
