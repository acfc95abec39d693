import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from das_app.gui.letterbox import Letterbox

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
    assert box.left >= -1e-6 and box.top >= -1e-6
    assert min(box.left, box.top) == pytest.approx(0, abs=1e-6)
    points = np.array([[0.0, 0.0], [width - 1, height - 1], [3.25, -7.5]])
    assert box.to_image(box.to_view(points)) == pytest.approx(points, abs=1e-6)
