"""Pictures whose size, or the shape of whose pixels, changes within a film, as in television."""

import threading
from fractions import Fraction

import av
import numpy as np
import pytest
from pipeline_fakes import FakeEstimator, FakeSource
from session_fakes import ORIGIN

from das_app.exports.export import export_session
from das_app.exports.formats import ExportFormat
from das_app.exports.takes.take import ExportOptions
from das_app.lens.intrinsics import Intrinsics
from das_app.pipeline.headless import capture_file, capture_live
from das_app.session.frames import RecordedFrames
from das_app.session.recorder import Recorder
from das_app.session.session import Session
from das_app.session.types import EventKind
from das_app.sources.own_packets import own_packets
from das_app.sources.video_source import VideoSource

NUM, RATE = 20, 25


def write_parts(path, *parts, codec="libx264"):
    """A transport stream of parts of 20 pictures, each of (width, height, pixel aspect)."""
    pts = 0
    with av.open(str(path), "w", format="mpegts") as container:
        stream = None
        for number, (width, height, aspect) in enumerate(parts):
            encoder = av.CodecContext.create(codec, "w")
            encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
            encoder.time_base, encoder.framerate = Fraction(1, RATE), RATE
            encoder.sample_aspect_ratio = aspect
            encoder.gop_size, encoder.max_b_frames = 100, 2
            if stream is None:
                stream = container.add_stream(codec, rate=RATE)
                stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
                stream.codec_context.sample_aspect_ratio = aspect
            packets = []
            for _ in range(NUM):
                level = np.full((height, width, 3), 40 + 60 * number, np.uint8)
                picture = av.VideoFrame.from_ndarray(level, format="rgb24")
                picture.pts, picture.time_base = pts, Fraction(1, RATE)
                pts += 1
                packets += encoder.encode(picture)
            for packet in [*packets, *encoder.encode(None)]:
                packet.stream = stream
                container.mux(packet)
    return path


def shapes(source):
    """(width, height) of every picture, its camera's being the same."""
    found = []
    while (frame := source.read()) is not None:
        assert frame.camera.size == frame.image.shape[1::-1]
        found.append(frame.camera.size)
    return found


@pytest.mark.parametrize("codec", ["libx264", "mpeg2video"])
def test_the_shape_of_pixels_changes_where_the_film_says(tmp_path, codec):
    clip = write_parts(
        tmp_path / "clip.ts", (64, 48, Fraction(1)), (64, 48, Fraction(4, 3)), codec=codec
    )
    source = VideoSource(clip, Intrinsics())
    expected = [(64, 48)] * NUM + [(85, 48)] * NUM
    assert shapes(source) == expected
    for index in (NUM, NUM - 1, 2 * NUM - 1, 0, NUM + 3):
        source.seek(index)
        assert source.read().camera.size == expected[index]
    source.close()


@pytest.mark.parametrize("aspect", [Fraction(1), Fraction(2)])
@pytest.mark.parametrize("is_copied", [False, True])
def test_a_film_that_changes_is_recorded_played_and_exported_whole(tmp_path, aspect, is_copied):
    clip = write_parts(tmp_path / "clip.ts", (64, 48, Fraction(1)), (96, 48, aspect))
    source = VideoSource(clip, Intrinsics())
    packets = own_packets(source) if is_copied else None
    assert (packets is not None) == is_copied
    recorder = Recorder(tmp_path / "s", ORIGIN, has_video=True, waits=True, packets=packets)
    capture_file(source, FakeEstimator(), recorder, threading.Event(), lambda _result: None)
    session, second = Session(tmp_path / "s"), (round(96 * aspect), 48)
    assert session.counts.num_dropped_pictures == 0
    assert [poses.picture for poses in session] == list(range(2 * NUM))
    frames = RecordedFrames(tmp_path / "s")
    for index in range(2 * NUM):
        frame = frames.read()
        assert frame.image.shape[1::-1] == ((64, 48) if index < NUM else second)
        assert frame.image.mean() == pytest.approx(40 if index < NUM else 100, abs=4)
    frames.close()
    export_session(session, ExportFormat.MP4, tmp_path / "film.mp4", ExportOptions())
    with av.open(str(tmp_path / "film.mp4")) as film:
        assert sum(1 for _ in film.decode(video=0)) == 2 * NUM


def test_a_camera_that_changes_its_size_is_recorded_whole(tmp_path):
    source = FakeSource(num_frames=None, fps=100, is_live=True)
    source.size_at.update({5: (64, 48), 12: (32, 24)})
    recorder = Recorder(tmp_path / "s", ORIGIN, has_video=True)
    capture_live(source, FakeEstimator(), recorder, threading.Event(), lambda _result: None, 30)
    session = Session(tmp_path / "s")
    assert session.counts.num_dropped_pictures == 0
    events = [event.text for event in session.events() if event.kind is EventKind.SIZE_CHANGED]
    assert events == ["its pictures are 64 x 48 now; the video, of 32 x 24, has them letterboxed"]
    frames, sizes = RecordedFrames(tmp_path / "s"), set()
    while (frame := frames.read()) is not None:
        assert frame.image.shape[1::-1] == frame.camera.size
        sizes.add(frame.camera.size)
    frames.close()
    assert sizes == {(32, 24), (64, 48)}
