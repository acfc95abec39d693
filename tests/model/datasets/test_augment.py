"""Augmentation and letterbox keep pixels, intrinsics and depth consistent."""

import dataclasses

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from people_scenes import annotate

from das_model.camera import Camera
from das_model.datasets.augmentation.augment import mirrored, place, vary_colour
from das_model.datasets.augmentation.placement import AugmentConfig, Placement, random_placement
from das_model.preprocess import fitting_size, inscribed_size, letterbox
from das_model.skeleton import BODY_22

CAMERA = Camera.from_intrinsics(410, 410, 230, 120, (448, 256))
PICTURE = np.random.default_rng(0).integers(0, 256, (256, 448, 3), np.uint8)


@settings(max_examples=60)
@given(st.integers(0, 10**6))
def test_reprojection_of_augmented_joints_gives_the_augmented_pixels(seed):
    rng = np.random.default_rng(seed)
    annotation = annotate([[-500, 50, 3000], [600, 0, 4000]], CAMERA, 40)
    config = AugmentConfig(turned_share=0.5, far_share=0.3, close_up_share=0.3)
    placement = random_placement(annotation, (256, 192), config, rng)
    _, moved = place(PICTURE, annotation, placement)
    again = moved.camera.project(moved.joints_cam)
    np.testing.assert_allclose(again, moved.joints_px, atol=0.01)
    np.testing.assert_allclose(  # metric depth is never scaled
        np.sort(moved.joints_cam[..., 2]), np.sort(annotation.joints_cam[..., 2]), rtol=1e-6
    )


@pytest.mark.parametrize("rotation_rad", [0.3, 1.6, 2.5, -2.0])
def test_the_picture_moves_with_the_joints(rotation_rad):
    annotation = annotate([[0, 0, 3000]], CAMERA)
    picture = np.zeros_like(PICTURE)
    joint = annotation.joints_px[0, 14]  # a wrist
    cv2.circle(picture, tuple(np.round(joint).astype(int).tolist()), 5, (255, 255, 255), -1)
    placement = Placement(0.8, rotation_rad, True, (120.0, 100.0), (256, 192))
    canvas, moved = place(picture, annotation, placement)
    ys, xs = np.nonzero(canvas[..., 0] > 200)
    assert len(xs) > 10
    mirrored = annotation.skeleton.flip_order[14]
    np.testing.assert_allclose(moved.joints_px[0, mirrored], [xs.mean(), ys.mean()], atol=0.8)


@pytest.mark.parametrize("scale", [0.5, 0.3, 0.13])
def test_shrinking_averages_and_keeps_the_place(scale):
    board = np.indices((512, 896)).sum(axis=0) % 2 * 255
    picture = np.repeat(board[..., None], 3, axis=2).astype(np.uint8)
    camera = Camera.from_intrinsics(820, 820, 460, 240, (896, 512))
    annotation = annotate([[0, 0, 3000]], camera)
    placement = Placement(scale, 0.2, False, (128.0, 96.0), (256, 192))
    canvas, _ = place(picture, annotation, placement)
    assert canvas[84:108, 112:144].std() < 25  # not the pattern that leaving pixels out would give
    joint = annotation.joints_px[0, 0]
    picture[:] = 0
    cv2.circle(picture, tuple(np.round(joint).astype(int).tolist()), 25, (255, 255, 255), -1)
    canvas, moved = place(picture, annotation, placement)
    ys, xs = np.nonzero(canvas[..., 0] > 128)
    inside = ys.min() > 0 and ys.max() < 191
    assert inside
    np.testing.assert_allclose(moved.joints_px[0, 0], [xs.mean(), ys.mean()], atol=0.5)


def test_mirroring_twice_is_the_identity():
    annotation = annotate([[300, 0, 3000]], CAMERA, 60)
    once = Placement(1.0, 0.0, True, tuple(CAMERA.K[:2, 2]), CAMERA.size)
    canvas, moved = place(PICTURE, annotation, once)
    back = dataclasses.replace(once, shift_px=tuple(moved.camera.K[:2, 2]))
    _, twice = place(canvas, moved, back)
    np.testing.assert_allclose(twice.joints_px, annotation.joints_px, atol=1e-3)
    np.testing.assert_allclose(twice.joints_cam, annotation.joints_cam, atol=1e-2)
    assert np.abs(moved.joints_px - annotation.joints_px).max() > 10


@settings(max_examples=60)
@given(st.integers(0, 10**6))
def test_a_joint_that_was_seen_stays_on_the_canvas(seed):
    annotation = annotate([[-900, 0, 3000], [900, 0, 3000]], CAMERA)
    rng = np.random.default_rng(seed)
    placement = random_placement(annotation, (192, 192), AugmentConfig(scale=(0.5, 2.0)), rng)
    _, moved = place(PICTURE, annotation, placement)
    assert moved.visible.any()


def test_joints_that_leave_the_canvas_are_known_but_not_visible():
    annotation = annotate([[0, 0, 3000]], CAMERA)
    half = Placement(1.0, 0.0, False, (230.0, 60.0), (448, 128))
    _, moved = place(PICTURE, annotation, half)
    outside = moved.joints_px[0, :, 1] >= 127.5
    assert outside.any()
    assert not outside.all()
    assert moved.valid_2d.all()
    assert moved.valid_3d.all()
    assert not moved.visible[0, outside].any()


def test_ignore_boxes_move_along():
    annotation = dataclasses.replace(
        annotate([[0, 0, 3000]], CAMERA), ignore_px=np.array([[10, 20, 30, 60]], np.float32)
    )
    doubled = Placement(2.0, 0.0, False, (460.0, 240.0), (896, 512))
    _, moved = place(PICTURE, annotation, doubled)
    np.testing.assert_allclose(moved.ignore_px, [[20, 40, 60, 120]])


def test_turned_ignore_boxes_cover_what_they_covered_and_little_more():
    box = np.array([[100, 60, 300, 180]], np.float32)
    annotation = dataclasses.replace(annotate([[0, 0, 3000]], CAMERA), ignore_px=box)
    turned = Placement(1.0, np.pi / 4, False, (320.0, 320.0), (640, 640))
    _, moved = place(PICTURE, annotation, turned)
    covered = np.zeros((640, 640), bool)
    for left, top, right, bottom in moved.ignore_px.round().astype(int):
        covered[top : bottom + 1, left : right + 1] = True
    matrix = turned.matrix(CAMERA)
    inside = np.stack(np.meshgrid(np.arange(100, 301, 20), np.arange(60, 181, 20)), -1)
    landed = (inside.reshape(-1, 2) @ matrix[:, :2].T + matrix[:, 2]).round().astype(int)
    assert covered[landed[:, 1], landed[:, 0]].all()
    # one upright box around the turned one would have (200 + 120)^2 / 2 = 51,200 px
    assert 24_000 < covered.sum() < 40_000


def test_the_backdrop_is_seen_beyond_the_edges_of_the_picture_alone():
    backdrop = np.full((256, 512, 3), 9, np.uint8)
    white = np.full_like(PICTURE, 255)
    small = Placement(0.5, 0.0, False, (115.0, 60.0), (512, 256))  # lands at (0, 0)
    canvas, _ = place(white, annotate([[0, 0, 3000]], CAMERA), small, backdrop)
    assert (canvas[2:126, 2:222] == 255).all()
    assert (canvas[:, 226:] == 9).all()
    assert (canvas[130:] == 9).all()
    assert not small.fills_canvas(CAMERA)
    assert Placement(1.2, 0.0, False, (240.0, 125.0), (448, 256)).fills_canvas(CAMERA)


def test_a_root_beyond_the_edge_of_the_picture_is_a_guess_at_that_edge():
    annotation = annotate([[0, 1400, 3000], [0, 0, 3000]], CAMERA)
    assert annotation.joints_px[0, BODY_22.root, 1] > 300  # of 256 rows
    small = Placement(0.5, 0.0, False, (115.0, 60.0), (256, 256))
    _, moved = place(PICTURE, annotation, small)
    assert moved.valid_2d[:, BODY_22.root].tolist() == [False, True]
    np.testing.assert_allclose(moved.root_guess_px[0], [115.0, 127.5], atol=0.01)
    assert np.isnan(moved.root_guess_px[1]).all()
    whole = Placement(1.0, 0.0, False, (230.0, 120.0), CAMERA.size)  # nothing beyond it is seen
    assert place(PICTURE, annotation, whole)[1].valid_2d.all()


def test_colour_changes_values_only_where_asked():
    rng = np.random.default_rng(0)
    assert vary_colour(PICTURE, 0.0, rng) is PICTURE
    varied = vary_colour(PICTURE, 1.0, rng)
    assert varied.shape == PICTURE.shape
    assert varied.dtype == np.uint8
    assert not np.array_equal(varied, PICTURE)


@settings(max_examples=40)
@given(width=st.integers(40, 2000), height=st.integers(40, 2000))
def test_letterbox_keeps_points_of_the_scene(width, height):
    camera = Camera.from_fov((width, height), 60)
    size = fitting_size((width, height), (448, 256), 64)
    image, boxed = letterbox(np.zeros((height, width, 3), np.uint8), camera, size)
    assert image.shape == (size[1], size[0], 3)
    assert boxed.size == size
    corners = np.array([[-0.5, -0.5], [width - 0.5, height - 0.5]])
    rays = camera.back_project(corners, np.full(2, 1000.0))
    landed = boxed.project(rays)
    assert (landed > -0.51).all()
    assert (landed < np.array(size) - 0.49).all()
    spans = (landed[1] - landed[0]) / size
    assert spans.max() > 0.99  # one side is filled


def test_letterbox_draws_where_its_camera_says():
    picture = np.zeros((480, 640, 3), np.uint8)
    cv2.circle(picture, (500, 100), 9, (255, 255, 255), -1)
    camera = Camera.from_fov((640, 480), 60)
    image, boxed = letterbox(picture, camera, (448, 256))
    ys, xs = np.nonzero(image[..., 0] > 200)
    point = boxed.project(camera.back_project(np.array([500.0, 100.0]), np.array(1000.0)))
    np.testing.assert_allclose(point, [xs.mean(), ys.mean()], atol=0.5)


@pytest.mark.parametrize(
    ("picture", "expected"),
    [
        ((1280, 720), (320, 192)),
        ((640, 480), (288, 224)),
        ((480, 640), (224, 288)),
        ((500, 500), (256, 256)),
        ((1000, 500), (320, 160)),
        ((4000, 100), (1280, 32)),
    ],
)
def test_input_takes_the_shape_of_the_picture(picture, expected):
    assert fitting_size(picture, (320, 192), 32) == expected


@settings(max_examples=200)
@given(
    width=st.integers(40, 2000),
    height=st.integers(40, 2000),
    nominal=st.sampled_from([(320, 192), (448, 256), (96, 64), (32, 32)]),
    multiple=st.sampled_from([32, 64]),
)
def test_no_input_of_the_area_shows_the_picture_larger(width, height, nominal, multiple):
    def scale(size):
        return min(size[0] / width, size[1] / height)

    found = fitting_size((width, height), nominal, multiple)
    area = max(1.07 * nominal[0] * nominal[1], multiple**2)
    assert found[0] * found[1] <= area
    assert all(side > 0 and side % multiple == 0 for side in found)
    sides = range(multiple, int(area // multiple) + 1, multiple)
    others = [(w, h) for w in sides for h in sides if w * h <= area]
    assert scale(found) == pytest.approx(max(map(scale, others)))
    alike = [w * h for w, h in others if scale((w, h)) >= scale(found) * (1 - 1e-9)]
    assert found[0] * found[1] == min(alike)


def test_a_mirror_image_is_exact_and_its_own_inverse():
    camera = Camera.from_intrinsics(60, 60, 20, 25, (64, 48))  # not centred
    annotation = annotate([[-500, 0, 4000], [600, 0, 5000]], camera)
    image = np.random.default_rng(0).integers(0, 256, (48, 64, 3), np.uint8)
    other, labels = mirrored(image, annotation)
    np.testing.assert_array_equal(other, image[:, ::-1])
    np.testing.assert_allclose(
        labels.camera.project(labels.joints_cam), labels.joints_px, atol=1e-3
    )
    wrists = [BODY_22.index("left_wrist"), BODY_22.index("right_wrist")]
    expected = 63 - annotation.joints_px[:, wrists[::-1], 0]
    np.testing.assert_allclose(labels.joints_px[:, wrists, 0], expected, atol=1e-3)
    back, again = mirrored(other, labels)
    np.testing.assert_array_equal(back, image)
    np.testing.assert_allclose(again.joints_px, annotation.joints_px, atol=1e-3)
    np.testing.assert_allclose(again.joints_cam, annotation.joints_cam, atol=1e-2)


@pytest.mark.parametrize(
    ("picture", "bounds", "expected", "scale"),
    [
        ((2048, 2048), (1280, 768), (768, 768), 0.375),  # MuPoTS-3D's square sequences
        ((1920, 1080), (1280, 768), (1280, 768), 2 / 3),
        ((1920, 1080), (1152, 640), (1152, 640), 640 / 1080),  # CMU Panoptic
    ],
)
def test_pictures_of_the_benchmarks_have_the_authors_scales(picture, bounds, expected, scale):
    assert inscribed_size(picture, bounds, 64) == expected
    camera = Camera.from_fov(picture)
    image = np.zeros((picture[1], picture[0], 3), np.uint8)
    boxed = letterbox(image, camera, expected)[1]
    assert boxed.focal_px / camera.focal_px == pytest.approx(scale, rel=1e-3)


def test_multi_scale_sizes_go_by_the_short_side_and_the_longest():
    """Short side 512 to 800, long side at most 1280, times 0.9 to 1.1: the authors' on MuCo."""
    config = AugmentConfig(scale=(0.9, 1.1), short_side_px=(512.0, 800.0, 1280.0))
    rng = np.random.default_rng(0)
    for size, least, most in (
        ((2048, 2048), 0.225, 0.4297),
        ((640, 480), 0.96, 1.8334),
        ((1920, 1080), 0.4267, 0.7334),
    ):
        someone = annotate([[0, 0, 4000]], Camera.from_fov(size))
        scales = [random_placement(someone, (1280, 768), config, rng).scale for _ in range(400)]
        assert least <= min(scales) < least * 1.05
        assert most * 0.93 < max(scales) <= most
