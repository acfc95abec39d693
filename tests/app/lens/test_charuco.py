from dataclasses import replace

import numpy as np
import pytest
from board_pictures import CAMERA, POSES, SIZE, SPEC, board_picture

from das_app.lens.charuco import MIN_VIEWS, BoardFinder, Calibrator


@pytest.fixture(scope="module")
def views():
    finder = BoardFinder(SPEC)
    return [finder.find(board_picture(pose)) for pose in POSES]


@pytest.fixture
def full(views):
    calibrator = Calibrator(SPEC)
    for view in views:
        calibrator.offer(view)
        calibrator.offer(view)  # held still
    return calibrator


def test_corners_are_found_where_the_camera_puts_them(views):
    places = np.asarray(SPEC.board().getChessboardCorners(), float)
    assert all(view is not None for view in views)
    level = views[0]  # parallel to the picture, centred
    width, height = SPEC.size_mm
    points = places[level.ids] + [-width / 2, -height / 2, 420]
    np.testing.assert_allclose(level.corners_px, CAMERA.project(points), atol=0.25)


def test_nothing_is_found_in_an_empty_picture():
    assert BoardFinder(SPEC).find(np.full((480, 640, 3), 128, np.uint8)) is None


def test_the_camera_is_found_again(full):
    solved = full.solve()
    K, true = solved.camera.K, CAMERA.K
    assert K[0, 0] == pytest.approx(true[0, 0], rel=0.01)
    assert K[1, 1] == pytest.approx(true[1, 1], rel=0.01)
    assert K[:2, 2] == pytest.approx(true[:2, 2], abs=4)
    assert solved.error_px < 0.2
    assert solved.is_good
    assert solved.camera.size == SIZE
    # what counts: rays of the whole picture, distortion undone
    grid = np.stack(np.meshgrid(np.linspace(40, 600, 6), np.linspace(40, 440, 5)), axis=-1)
    depth = np.full(grid.shape[:-1], 3000.0)
    off_mm = np.linalg.norm(
        solved.camera.back_project(grid, depth) - CAMERA.back_project(grid, depth), axis=-1
    )
    assert off_mm.max() < 30  # 10 mm per metre


def test_a_full_set_is_enough_and_says_so(full):
    assert len(full.views) >= MIN_VIEWS
    assert full.is_enough
    assert "Save" in full.hint
    assert full.coverage.mean() >= 0.75
    assert full.missing_tilts == ()


def test_moving_and_repeated_views_are_not_kept(views):
    calibrator = Calibrator(SPEC)
    assert not calibrator.offer(views[0])  # seen once: it may be moving
    assert not calibrator.offer(views[1])  # it moved
    assert calibrator.offer(views[1])
    assert not calibrator.offer(views[1])  # nothing new
    assert len(calibrator.views) == 1


def test_hints_lead_to_what_is_missing(views):
    calibrator = Calibrator(SPEC)
    assert "top left" in calibrator.hint
    for view in views[:5]:  # all over the picture, never tilted
        calibrator.offer(view)
        calibrator.offer(view)
    assert calibrator.missing_tilts == ("left", "right", "top", "bottom")
    assert "left side away" in calibrator.hint
    turned = views[5]
    calibrator.offer(turned)
    calibrator.offer(turned)
    assert len(calibrator.missing_tilts) == 3


def test_tilts_are_named_by_the_side_that_is_turned_away(views):
    assert views[5].tilt_deg == pytest.approx([-30, 0], abs=4)  # turned: left side away
    assert views[8].tilt_deg == pytest.approx([0, -30], abs=4)


def test_too_few_views_give_no_camera(views):
    calibrator = Calibrator(SPEC, views[:4])
    assert calibrator.solve() is None


def test_a_wrong_view_is_left_out(views):
    rng = np.random.default_rng(0)
    wrong = replace(
        views[3], corners_px=views[3].corners_px + rng.normal(0, 6, views[3].corners_px.shape)
    )
    solved = Calibrator(SPEC, [*views, wrong]).solve()
    assert solved.num_views == len(views)
    assert solved.camera.K[0, 0] == pytest.approx(CAMERA.K[0, 0], rel=0.01)


def test_another_picture_size_begins_anew(full):
    view = full.views[0]
    larger = replace(view, corners_px=2 * view.corners_px, size=(1280, 960))
    full.offer(larger)
    full.offer(larger)
    assert [view.size for view in full.views] == [(1280, 960)]
