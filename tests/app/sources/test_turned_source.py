"""Turned pictures: the camera follows, with its distortion."""

import numpy as np
import pytest
from pipeline_fakes import FakeSource

from das_app.sources.turned_source import Turn, TurnedSource, turn_of
from das_model.camera import Camera

BENT = np.array([0.1, -0.05, 0.01, -0.02, 0.003])
POINTS_CAM = np.array([[100.0, -250, 1000], [-300, 120, 1500], [0, 0, 800]])
TO_THE_RIGHT = {  # place of what was at (x, y), in pictures w wide and h high
    Turn.RIGHT: lambda x, y, w, h: (h - 1 - y, x),
    Turn.OVER: lambda x, y, w, h: (w - 1 - x, h - 1 - y),
    Turn.LEFT: lambda x, y, w, h: (y, w - 1 - x),
}


@pytest.mark.parametrize("turn", list(TO_THE_RIGHT))
def test_a_camera_turns_with_its_picture(turn):
    camera = Camera(Camera.from_intrinsics(500, 510, 310, 250, (640, 480)).K, (640, 480), BENT)
    turned = camera.turned(turn.num_quarters)
    assert turn.size_before(turned.size) == camera.size
    before = camera.project(POINTS_CAM)
    # the world turns around the optical axis: its x and y like those of the picture
    x, y, z = POINTS_CAM.T
    world = {Turn.RIGHT: (-y, x, z), Turn.OVER: (-x, -y, z), Turn.LEFT: (y, -x, z)}[turn]
    expected = np.array([TO_THE_RIGHT[turn](*place, 640, 480) for place in before])
    assert turned.project(np.stack(world, axis=-1)) == pytest.approx(expected, abs=1e-9)


def test_four_quarters_change_nothing():
    camera = Camera(Camera.from_intrinsics(500, 510, 310, 250, (640, 480)).K, (640, 480), BENT)
    again = camera.turned(1).turned(-1)
    assert again.K == pytest.approx(camera.K)
    assert again.distortion == pytest.approx(BENT)
    assert camera.turned(4).size == camera.size


@pytest.mark.parametrize("turn", list(TO_THE_RIGHT))
def test_a_source_gives_turned_frames(turn):
    plain, source = FakeSource().read(), TurnedSource(FakeSource(), turn)
    frame = source.read()
    height, width = plain.image.shape[:2]
    to_x, to_y = TO_THE_RIGHT[turn](3, 1, width, height)
    assert (frame.image[to_y, to_x] == plain.image[1, 3]).all()
    assert not frame.image.flags.writeable
    assert frame.camera.size == (frame.image.shape[1], frame.image.shape[0])
    assert frame.camera.focal_px == pytest.approx(plain.camera.focal_px)
    assert (turn_of(source), turn_of(source.source)) == (turn, Turn.NONE)
    source.close()
