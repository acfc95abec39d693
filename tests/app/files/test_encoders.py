"""What is written where FFmpeg lacks an encoder, as one without GPL parts lacks x264."""

import av
import pytest
from session_fakes import record, result

from das_app.exports.export import export_session
from das_app.exports.formats import ExportFormat
from das_app.exports.takes.take import ExportOptions
from das_app.files import encoders
from das_app.files.encoders import FILM, Encoder, recording_encoders, working_encoder
from das_app.session.frames import RecordedFrames
from das_app.session.session import Session

GPL = {"libx264", "libx264rgb", "libx265"}


def test_the_best_that_works_is_taken(monkeypatch):
    monkeypatch.setattr(encoders.av, "codecs_available", {"libvpx", "libx264", "mpeg4"})
    assert working_encoder(recording_encoders(2), (64, 48)).name == "libx264"
    monkeypatch.setattr(encoders.av, "codecs_available", {"libvpx", "mpeg4"})
    assert working_encoder(recording_encoders(2), (64, 48)).name == "libvpx"
    assert working_encoder(FILM, (64, 48)).name == "mpeg4"


def test_one_that_does_not_open_is_passed_over(monkeypatch):
    broken = Encoder("libx264", {"preset": "no such preset"})
    assert working_encoder((broken, recording_encoders(2)[-1]), (64, 48)).name == "libvpx"


def test_where_there_is_none_it_is_said(monkeypatch):
    monkeypatch.setattr(encoders.av, "codecs_available", set())
    with pytest.raises(OSError, match="libx264, libvpx"):
        working_encoder(recording_encoders(2), (64, 48))


def test_a_session_without_gpl_encoders_is_recorded_played_and_exported(tmp_path, monkeypatch):
    free = {name for name in av.codecs_available if name not in GPL}
    monkeypatch.setattr(encoders.av, "codecs_available", free)
    record(tmp_path / "s", [result(i) for i in range(12)], has_video=True, waits=True)
    session = Session(tmp_path / "s")
    frames = RecordedFrames(tmp_path / "s")
    seen = [frame.image.mean() for frame in iter(frames.read, None)]
    frames.close()
    assert len(seen) == 12
    export_session(session, ExportFormat.MP4, tmp_path / "x.mp4", ExportOptions())
    for file, codec in (("s/video.mkv", "vp8"), ("x.mp4", "mpeg4")):
        with av.open(str(tmp_path / file)) as container:
            assert container.streams.video[0].codec_context.name == codec
            assert sum(1 for _ in container.decode(video=0)) == 12
