import numpy as np
import pytest

from das_model.camera import Camera
from das_model.inference.centre_map import centre_map
from das_model.preprocess import letterbox


def test_the_best_level_counts_at_each_place():
    fine, coarse = np.zeros((8, 16), np.float32), np.zeros((4, 8), np.float32)
    fine[1, 2], coarse[3, 6] = 0.8, 0.6
    camera = Camera.from_fov((128, 64))
    found = centre_map([fine, coarse], (8, 16), camera, camera)
    assert found.values.shape == (8, 16)
    assert found.values[1, 2] == pytest.approx(0.8)
    assert found.values[6:8, 12:14].max() > 0.3
    assert found.corner_px == pytest.approx((-0.5, -0.5))
    assert found.size_px == pytest.approx((128, 64))


def test_a_coarse_level_that_reaches_over_the_rim_keeps_its_places():
    """96 px are one and a half locations of stride 64: the second one's centre is at the rim."""
    fine, coarse = np.zeros((12, 12), np.float32), np.zeros((2, 2), np.float32)
    coarse[0, 0], coarse[1, 1] = 0.5, 0.9
    camera = Camera.from_fov((96, 96))
    values = centre_map([fine, coarse], (8, 64), camera, camera).values
    assert values.shape == (12, 12)
    assert values[:4, :4] == pytest.approx(0.5)  # around the first centre, 31.5 px
    # 91.5 px: 15 sixteenths of the way from the first centre to the second, in x and in y
    assert values[-1, -1] == pytest.approx(0.9 * (15 / 16) ** 2 + 0.5 / 16**2)


def test_the_map_stands_where_the_letterboxed_picture_was():
    """A location of the map comes back to the pixel it was made for."""
    camera = Camera.from_fov((640, 400))
    _, boxed = letterbox(np.zeros((400, 640, 3), np.uint8), camera, (256, 256))
    found = centre_map([np.zeros((32, 32), np.float32)], (8,), boxed, camera)
    point = np.array([[200.0, 150.0, 1000.0]])
    in_box, in_picture = boxed.project(point)[0], camera.project(point)[0]
    share = (in_box + 0.5) / 256
    at_px = np.array(found.corner_px) + share * found.size_px
    assert at_px == pytest.approx(in_picture, abs=0.6)
    assert found.corner_px[1] < -0.5
    assert found.size_px[1] > 400
