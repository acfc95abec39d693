import numpy as np
import pytest
from pipeline_fakes import SIZE
from session_fakes import BENT, FPS, record, result, write_session

from das_app.lens.intrinsics import Intrinsics, LensOrigin
from das_app.pipeline.open_source import open_source
from das_app.session.frames import RecordedFrames
from das_app.sources.frame_source import SourceError
from das_model.camera import Camera

NARROW = Camera.from_fov(SIZE, 60.0)


def read_all(source):
    frames = []
    while (frame := source.read()) is not None:
        frames.append(frame)
    source.close()
    return frames


def test_recorded_pictures_come_back_at_their_times_with_their_lens(tmp_path):
    record(tmp_path / "s", [result(i, camera=BENT) for i in range(6)], has_video=True)
    source = open_source(str(tmp_path / "s"), Intrinsics(90.0))
    frames = read_all(source)
    assert source.name == "s"
    assert not source.is_live
    assert [f.time_s for f in frames] == pytest.approx([i / FPS for i in range(6)], abs=2e-3)
    assert [int(f.image.mean().round()) for f in frames] == pytest.approx(list(range(6)), abs=3)
    assert np.array_equal(frames[0].camera.K, BENT.K)
    assert np.array_equal(frames[0].camera.distortion, BENT.distortion)
    assert source.intrinsics.label == "calibrated at 32x24 (s)"


def test_field_of_view_that_was_assumed_stays_assumed(tmp_path):
    record(tmp_path / "s", [result(0, camera=NARROW)], has_video=True)
    source = open_source(str(tmp_path / "s"), Intrinsics(90.0))
    source.close()
    assert source.intrinsics.origin is LensOrigin.ASSUMED
    assert source.intrinsics.label == "FOV 60° (assumed)"


def test_session_without_pictures_is_no_source(tmp_path):
    write_session(tmp_path / "s", 2)
    with pytest.raises(SourceError, match="without its pictures"):
        open_source(str(tmp_path / "s"), Intrinsics())
    write_session(tmp_path / "open", 2, closes=False)
    with pytest.raises(SourceError, match="das-app repair"):
        open_source(str(tmp_path / "open"), Intrinsics())


@pytest.mark.parametrize(
    "content", [b"\x89PNG\r\n\x1a\n" + bytes(50), b"\x1aE\xdf\xa3" + bytes(range(256)), b"GIF89a"]
)
def test_a_video_that_holds_no_pictures_leaves_the_poses(tmp_path, content):
    write_session(tmp_path / "s", 6, 3)
    (tmp_path / "s" / "video.mkv").write_bytes(content)
    frames = RecordedFrames(tmp_path / "s")
    frames.seek(3)
    assert frames.read().index == 3
    frames.seek(0)
    assert [frame.image.shape for frame in iter(frames.read, None)] == [(24, 32, 3)] * 6
    frames.close()
