"""MoveNet Thunder: reading its maps, and crops there and back."""

import math

import cv2
import numpy as np
import onnx
import pytest

from das_app.files.bundled import bundled_file
from das_model.inference.looks.crops import crop_matrix, cut, to_crop, to_picture
from das_model.inference.looks.thunder import (
    INPUT_PX,
    SEEN_CHANNELS,
    SEEN_STRIDES,
    Thunder,
    joints_of_maps,
)


def empty_maps(num_people):
    channels = (1, 17, 34, 34)
    return [np.zeros((num_people, c, 64, 64), np.float32) for c in channels]


def test_a_joint_is_where_it_is_seen_nearest_to_where_it_should_be():
    centre, heat, joint, offset = empty_maps(2)
    centre[0, 0, 30, 40] = 0.5
    centre[0, 0, 2, 2] = 0.9  # somebody else, at the edge
    centre[1, 0, 32, 32] = 0.5
    joint[0, 2 * 5, 30, 40], joint[0, 2 * 5 + 1, 30, 40] = -10, 4  # y, x: about (20, 44)
    heat[0, 5, 21, 45] = 0.6
    heat[0, 5, 60, 3] = 0.9  # somebody else's
    offset[0, 10, 21, 45], offset[0, 11, 21, 45] = 0.25, 0.75
    heat[1, 16, 32, 33] = 0.3
    joints_px, scores = joints_of_maps(centre, heat, joint, offset)
    assert joints_px.shape == (2, 17, 2)
    assert scores.shape == (2, 17)
    np.testing.assert_allclose(joints_px[0, 5], (45.75 * 4 - 0.5, 21.25 * 4 - 0.5))
    np.testing.assert_allclose(joints_px[1, 16], (33 * 4 - 0.5, 32 * 4 - 0.5))
    np.testing.assert_allclose((scores[0, 5], scores[1, 16]), (0.6, 0.3))


def test_the_published_network_takes_any_number_of_crops():
    thunder = Thunder(bundled_file("models") / "movenet-thunder.onnx", num_threads=1)
    crops = np.random.default_rng(0).integers(0, 256, (2, 256, 256, 3), np.uint8)
    both, second = thunder(crops), thunder(crops[1:])
    assert both.joints_px.shape == (2, 17, 2)
    np.testing.assert_allclose(both.joints_px[1:], second.joints_px, atol=1e-3)
    np.testing.assert_allclose(both.scores[1:], second.scores, atol=1e-4)
    for own, alone in zip(both.seen, second.seen, strict=True):
        np.testing.assert_allclose(own[1:], alone, atol=1e-3)


def test_its_features_have_the_strides_and_channels_that_it_tells():
    thunder = Thunder(bundled_file("models") / "movenet-thunder.onnx", num_threads=1)
    seen = thunder(np.zeros((1, INPUT_PX, INPUT_PX, 3), np.uint8)).seen
    cells = [INPUT_PX // stride for stride in SEEN_STRIDES]
    assert [maps.shape[2:] for maps in seen] == [(side, side) for side in cells]
    assert tuple(maps.shape[1] for maps in seen) == SEEN_CHANNELS


def test_a_missing_network_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"gone.onnx: MoveNet Thunder"):
        Thunder(tmp_path / "gone.onnx")


def test_a_network_that_was_converted_before_is_refused(tmp_path):
    """Former conversions had no features."""
    model = onnx.load(str(bundled_file("models") / "movenet-thunder.onnx"))
    for output in [o for o in model.graph.output if o.name == "seen_2"]:
        model.graph.output.remove(output)
    onnx.save(model, str(tmp_path / "former.onnx"))
    with pytest.raises(ValueError, match=r"former.onnx must be .* it lacks seen_2"):
        Thunder(tmp_path / "former.onnx")


def test_crops_know_the_way_back():
    matrix = crop_matrix((100, 50), 64, 32)
    np.testing.assert_allclose(to_picture(np.array([15.5, 15.5]), matrix), (100, 50))
    np.testing.assert_allclose(to_picture(np.array([31.5, 15.5]), matrix), (132, 50))
    turned = crop_matrix((100, 50), 64, 32, turn=math.pi / 2)  # its right is the picture's below
    np.testing.assert_allclose(to_picture(np.array([31.5, 15.5]), turned), (100, 82), atol=1e-9)
    mirrored = crop_matrix((100, 50), 64, 32, turn=math.pi / 2, mirrored=True)
    np.testing.assert_allclose(to_picture(np.array([31.5, 15.5]), mirrored), (100, 18), atol=1e-9)
    np.testing.assert_allclose(to_picture(np.array([15.5, 31.5]), mirrored), (68, 50), atol=1e-9)


@pytest.mark.parametrize("turn", [0.0, 1.0])
@pytest.mark.parametrize("mirrored", [False, True])
def test_to_a_crop_and_back(turn, mirrored):
    points = np.random.default_rng(0).uniform(-50, 400, (5, 17, 2))
    matrix = crop_matrix((100, 50), 64, 32, turn, mirrored)
    np.testing.assert_allclose(to_picture(to_crop(points, matrix), matrix), points, atol=1e-9)


@pytest.mark.parametrize("side_px", [40, 300])  # magnified, and made smaller
@pytest.mark.parametrize("turn", [0.0, 1.0, -2.5])
@pytest.mark.parametrize("mirrored", [False, True])
def test_what_a_crop_shows_is_where_it_says(side_px, turn, mirrored):
    image = np.zeros((400, 500, 3), np.uint8)
    centre = np.array([230.0, 190.0])
    matrix = crop_matrix(centre, side_px, 64, turn, mirrored)
    spot = to_picture(np.array([41.0, 20.0]), matrix)
    rows, columns = np.mgrid[:400, :500]
    sigma = side_px / 30
    squared = (columns - spot[0]) ** 2 + (rows - spot[1]) ** 2
    image[...] = (255 * np.exp(-squared / (2 * sigma**2)))[..., None].astype(np.uint8)
    crop = cut(image, matrix, 64)
    assert crop.shape == (64, 64, 3)
    moments = cv2.moments(crop[..., 0])
    found = moments["m10"] / moments["m00"], moments["m01"] / moments["m00"]
    np.testing.assert_allclose(found, (41, 20), atol=0.15)


def test_beyond_the_picture_a_crop_is_black():
    crop = cut(np.full((20, 20, 3), 200, np.uint8), crop_matrix((0, 0), 20, 20), 20)
    assert (crop[:9, :9] == 0).all()
    assert (crop[11:, 11:] == 200).all()
