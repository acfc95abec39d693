import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from das_app.gui.picture.letterbox import MAX_ZOOM, Letterbox, Zoom

side = st.integers(1, 4000)


def test_a_wide_picture_gets_bars_above_and_below():
    box = Letterbox.fit((1280, 720), (640, 640))
    assert box == Letterbox(0.5, 0.0, 140.0, (640.0, 360.0))


def test_pixel_centres_and_edges():
    box = Letterbox.fit((100, 50), (200, 100))
    assert box.to_view(np.array([0, 0])) == pytest.approx([1, 1])  # centre of a 2 x 2 square
    assert box.to_view(np.array([-0.5, -0.5])) == pytest.approx([0, 0])
    assert box.to_view(np.array([99.5, 49.5])) == pytest.approx([200, 100])


@given(side, side, side, side)
def test_fits_inside_touches_two_sides_and_inverts(width, height, view_width, view_height):
    box = Letterbox.fit((width, height), (view_width, view_height))
    assert box.size[0] / box.size[1] == pytest.approx(width / height)
    assert box.left >= -1e-6
    assert box.top >= -1e-6
    assert min(box.left, box.top) == pytest.approx(0, abs=1e-6)
    points = np.array([[0.0, 0.0], [width - 1, height - 1], [3.25, -7.5]])
    assert box.to_image(box.to_view(points)) == pytest.approx(points, abs=1e-6)


SIZES = ((640, 360), (500.0, 400.0))


def test_without_zoom_the_whole_picture_is_shown():
    assert Zoom().letterbox(*SIZES) == Letterbox.fit(*SIZES)


def test_zooming_keeps_the_point_under_the_mouse():
    zoom, at = Zoom(), (330.0, 210.0)
    pixel = zoom.letterbox(*SIZES).to_image(np.array(at))
    for ratio in (1.5, 2.0, 1.7):
        zoom = zoom.magnified(ratio, at, *SIZES)
        assert zoom.letterbox(*SIZES).to_view(pixel) == pytest.approx(at)
    assert zoom.factor == pytest.approx(5.1)


def test_zoom_has_limits_and_comes_back_to_the_whole():
    zoom = Zoom().magnified(1000, (10, 200), *SIZES)
    assert zoom.factor == MAX_ZOOM
    back = zoom.magnified(1e-6, (400, 90), *SIZES)
    assert back.letterbox(*SIZES) == Letterbox.fit(*SIZES)


def test_panning_moves_the_picture_until_its_rim():
    zoom = Zoom(4.0)
    before, moved = zoom.letterbox(*SIZES), zoom.panned((30, -20), *SIZES).letterbox(*SIZES)
    assert (moved.left - before.left, moved.top - before.top) == pytest.approx((30, -20))
    far = zoom.panned((1e5, -1e5), *SIZES).letterbox(*SIZES)
    assert far.left == pytest.approx(0)
    assert far.top + far.size[1] == pytest.approx(400)
    assert Zoom().panned((50, 50), *SIZES).letterbox(*SIZES) == Letterbox.fit(*SIZES)
