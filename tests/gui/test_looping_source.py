import pytest
from window_fakes import GreySource

from das_app.calibration import Intrinsics
from das_app.gui.looping_source import LoopingSource


@pytest.fixture
def grey():
    return GreySource(Intrinsics(), num_frames=3)


def indices(source, count):
    frames = (source.read() for _ in range(count))
    return [frame.index if frame is not None else None for frame in frames]


def test_ends_like_its_source(grey):
    assert indices(LoopingSource(grey), 5) == [0, 1, 2, None, None]


def test_begins_again_while_looping(grey):
    source = LoopingSource(grey)
    source.is_looping = True
    assert indices(source, 7) == [0, 1, 2, 0, 1, 2, 0]
    source.is_looping = False
    assert indices(source, 3) == [1, 2, None]


def test_a_source_without_frames_ends_although_looping():
    source = LoopingSource(GreySource(Intrinsics(), num_frames=0))
    source.is_looping = True
    assert source.read() is None


def test_is_its_source_in_everything_else(grey):
    source = LoopingSource(grey)
    assert (source.name, source.is_live, source.nominal_fps, source.num_frames) == (
        "grey", False, 100.0, 3
    )  # fmt: skip
    source.intrinsics = Intrinsics(80.0)
    assert grey.intrinsics.fov_deg == source.intrinsics.fov_deg == 80.0
    source.read()
    source.rewind()
    assert source.read().index == 0
    source.close()
    assert grey.is_closed
