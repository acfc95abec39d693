"""Camera: projection and its inverse, and pictures that are resized and cropped with it."""

import math

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from das_model.camera import Camera

# Lenses as calibration finds them, inside which distortion can be undone.
lenses = st.tuples(
    st.floats(-0.2, 0.2),
    st.floats(-0.05, 0.05),
    st.floats(-0.002, 0.002),
    st.floats(-0.002, 0.002),
    st.floats(-0.01, 0.01),
)
sizes = st.tuples(st.integers(64, 2000), st.integers(64, 2000))
POINT = np.array([[250.0, -130.0, 2100.0], [-400.0, 380.0, 3300.0], [0.0, 0.0, 800.0]])


def camera_with(distortion=None):
    camera = Camera.from_intrinsics(700.0, 690.0, 322.5, 238.0, (640, 480))
    return Camera(camera.K, camera.size, distortion)


@given(lens=lenses, x=st.floats(0, 639), y=st.floats(0, 479), z=st.floats(100, 20_000))
def test_back_projection_undoes_projection_with_distortion(lens, x, y, z):
    camera = camera_with(np.array(lens))
    point = camera.back_project(np.array([x, y]), np.array(z))
    assert point[2] == z
    np.testing.assert_allclose(camera.project(point), [x, y], atol=1e-4)


@given(lens=lenses)
def test_projection_is_opencvs(lens):
    camera = camera_with(np.array(lens))
    expected, _ = cv2.projectPoints(POINT, np.zeros(3), np.zeros(3), camera.K, np.array(lens))
    np.testing.assert_allclose(camera.project(POINT), expected[:, 0], atol=1e-6)


def test_projection_by_hand():
    camera = Camera.from_intrinsics(500, 400, 320, 240, (640, 480))
    np.testing.assert_allclose(camera.project([200.0, 100.0, 1000.0]), [420, 280])
    np.testing.assert_allclose(camera.back_project([420, 280], 1000.0), [200, 100, 1000])
    np.testing.assert_allclose(camera.project([0.0, 0.0, 77.0]), [320, 240])


def test_points_at_or_behind_the_lens_are_nan():
    pixels = camera_with().project(np.array([[1.0, 1.0, 0.0], [1.0, 1.0, -5.0], [1.0, 1.0, 5.0]]))
    assert np.isnan(pixels[:2]).all()
    assert np.isfinite(pixels[2]).all()


def test_empty_arrays_keep_their_rank():
    camera = camera_with()
    assert camera.project(np.zeros((0, 22, 3))).shape == (0, 22, 2)
    assert camera.back_project(np.zeros((0, 22, 2)), np.zeros((0, 22))).shape == (0, 22, 3)


@given(size=sizes, new_size=sizes)
def test_resizing_scales_positions_about_the_corner_of_the_picture(size, new_size):
    camera = Camera.from_fov(size, 70.0)
    resized = camera.resized(new_size)
    scale = np.array(new_size) / np.array(size)
    assert resized.size == new_size
    # Pixel centres are integers, so the picture's corner lies at -0.5.
    expected = (camera.project(POINT) + 0.5) * scale - 0.5
    np.testing.assert_allclose(resized.project(POINT), expected, atol=1e-6)
    back = resized.resized(size)
    np.testing.assert_allclose(back.K, camera.K, rtol=1e-9, atol=1e-9)


@given(left=st.integers(-200, 300), top=st.integers(-200, 300), size=sizes)
def test_cropping_shifts_positions(left, top, size):
    cropped = camera_with().cropped(left, top, size)
    expected = camera_with().project(POINT) - [left, top]
    np.testing.assert_allclose(cropped.project(POINT), expected, atol=1e-9)
    assert cropped.size == size
    assert cropped.focal_px == camera_with().focal_px


def test_crop_and_resize_follow_the_pixels_of_a_real_picture():
    camera = camera_with()
    point = camera.back_project(np.array([301.0, 203.0]), 2000.0)
    image = np.zeros((480, 640), np.float32)
    image[203, 301] = 1
    left, top, size = 150, 90, (300, 240)
    image = cv2.resize(
        image[top : top + size[1], left : left + size[0]],
        (600, 480),
        interpolation=cv2.INTER_LINEAR,
    )
    ys, xs = np.mgrid[: image.shape[0], : image.shape[1]]
    centre = [(xs * image).sum() / image.sum(), (ys * image).sum() / image.sum()]
    seen = camera.cropped(left, top, size).resized((600, 480)).project(point)
    np.testing.assert_allclose(seen, centre, atol=1e-3)


@pytest.mark.parametrize(
    ("fov_deg", "distortion"),
    [
        (110, [-0.3, 0.1, 0, 0, 0]),
        (110, [-0.18, 0.06, 0.001, -0.0005, 0]),
        (110, [0.2, 0.1, 0, 0, 0]),
        (90, [-0.25, 0.05, 0.002, 0.001, 0]),
        (60, [-0.35, 0.15, 0.002, 0.002, -0.03]),
    ],
)
def test_strong_distortion_of_wide_lenses_is_undone_to_the_corners(fov_deg, distortion):
    size = (1280, 720)
    camera = Camera(Camera.from_fov(size, fov_deg).K, size, np.array(distortion, float))
    pixels = np.stack(np.meshgrid(np.linspace(0, 1279, 30), np.linspace(0, 719, 20)), axis=-1)
    points = camera.back_project(pixels, np.full(pixels.shape[:-1], 3000.0))
    np.testing.assert_allclose(camera.project(points), pixels, atol=1e-8)


def test_where_a_lens_model_folds_back_points_stay_finite():
    size = (1280, 720)
    distortion = np.array([-0.35, 0.15, 0.002, 0.002, -0.03])
    camera = Camera(Camera.from_fov(size, 110).K, size, distortion)
    corners = np.array([[0.0, 0], [1279, 0], [0, 719], [5000, 5000]])
    assert np.isfinite(camera.back_project(corners, np.full(4, 3000.0))).all()


def test_distortion_survives_resizing_and_cropping():
    lens = np.array([-0.15, 0.02, 0.001, -0.001, 0.0])
    camera = camera_with(lens)
    np.testing.assert_array_equal(
        camera.resized((320, 240)).cropped(3, 4, (99, 99)).distortion, lens
    )


@given(size=sizes, fov_deg=st.floats(5, 170))
def test_field_of_view_is_that_of_the_longer_side(size, fov_deg):
    camera = Camera.from_fov(size, fov_deg)
    assert camera.fov_deg == pytest.approx(fov_deg)
    np.testing.assert_allclose(camera.K[:2, 2], (np.array(size) - 1) / 2)
    axis = int(size[1] > size[0])
    edge = np.array([-0.5, -0.5])
    edge[1 - axis] = camera.K[1 - axis, 2]
    ray = camera.back_project(edge, 1.0)
    assert 2 * math.degrees(math.atan(abs(ray[axis]))) == pytest.approx(fov_deg)


def test_field_of_view_by_hand():
    camera = Camera.from_fov((1000, 500), 90.0)
    assert camera.focal_px == pytest.approx(500)
    assert Camera.from_fov((500, 1000), 90.0).focal_px == pytest.approx(500)
    assert Camera.from_intrinsics(400, 900, 0, 0, (10, 10)).focal_px == pytest.approx(600)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Camera(np.eye(4), (10, 10)), r"K must be \(3, 3\), got \(4, 4\)"),
        (lambda: Camera(np.diag([0.0, 1.0, 1.0]), (10, 10)), "positive, finite focal"),
        (lambda: Camera(np.diag([np.nan, 1.0, 1.0]), (10, 10)), "positive, finite focal"),
        (lambda: Camera(np.eye(3), (0, 10)), r"size must be positive .* \(0, 10\)"),
        (lambda: Camera(np.eye(3), (10, 10), np.zeros(4)), r"distortion must be \(5,\), got"),
        (lambda: Camera.from_fov((10, 10), 179.5), "between 1 and 179 degrees, got 179.5"),
        (lambda: camera_with().transformed(np.eye(2), (10, 10)), r"affine must be \(2, 3\)"),
        (
            lambda: camera_with().transformed(np.array([[1, 0.1, 0], [0, 1, 0]]), (10, 10)),
            "scale and shift only",
        ),
    ],
)
def test_errors_name_what_is_wrong(make, message):
    with pytest.raises(ValueError, match=message):
        make()
