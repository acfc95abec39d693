"""The video of a captured file has the file's own packets, at the times of the session."""

import threading
from fractions import Fraction

import av
import numpy as np
import pytest
from pipeline_fakes import FakeEstimator
from session_fakes import ORIGIN

from das_app.lens.intrinsics import Intrinsics
from das_app.motion.faces import FaceHiding
from das_app.pipeline.headless import capture_file
from das_app.session.frames import RecordedFrames
from das_app.session.recorder import Recorder
from das_app.session.session import Session
from das_app.session.video_copy import VideoCopier
from das_app.sources.own_packets import own_packets
from das_app.sources.video_source import VideoSource

SIZE, NUM_FRAMES = (64, 48), 40


def write_clip(path, options=None, codec="libx264", pixels="yuv420p", first=0, shape=None):
    """Pictures that refer to later ones, 25 a second."""
    rng = np.random.default_rng(0)
    with av.open(str(path), "w") as container:
        later = {"x264-params": "bframes=3:b-adapt=0:scenecut=0:keyint=12", "preset": "medium"}
        stream = container.add_stream(codec, rate=25, options=options or later)
        stream.width, stream.height, stream.pix_fmt = *SIZE, pixels
        if shape is not None:
            stream.sample_aspect_ratio = shape
        for number in range(NUM_FRAMES):
            image = rng.integers(0, 60, (SIZE[1], SIZE[0], 3), np.uint8)
            image[:, : 2 * number] += 150
            frame = av.VideoFrame.from_ndarray(image, format="rgb24")
            frame.pts = first + number
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def pictures_of(path):
    source = VideoSource(path, Intrinsics())
    frames = []
    while (frame := source.read()) is not None:
        frames.append(frame)
    source.close()
    return frames


def captured(clip, folder, max_frames=None, slow_motion=1.0):
    source = VideoSource(clip, Intrinsics(), slow_motion=slow_motion)
    packets = own_packets(source)
    assert packets is not None
    recorder = Recorder(folder, ORIGIN, has_video=True, waits=True, packets=packets)
    capture_file(
        source, FakeEstimator(), recorder, threading.Event(), lambda _result: None, max_frames
    )
    return Session(folder)


@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
def test_every_picture_is_the_files_own_at_its_time(tmp_path, suffix):
    clip = write_clip(tmp_path / f"clip.{suffix}", first=7)
    session = captured(clip, tmp_path / "session")
    before, after = pictures_of(clip), pictures_of(session.video_path)
    assert len(before) == len(after) == NUM_FRAMES
    for old, new in zip(before, after, strict=True):
        assert np.array_equal(old.image, new.image)
        assert new.time_s == pytest.approx(old.time_s, abs=1.1e-3)
    assert [poses.picture for poses in session] == list(range(NUM_FRAMES))
    sizes = [
        sum(p.size for p in container.demux(container.streams.video[0]))
        for container in (av.open(str(clip)), av.open(str(session.video_path)))
    ]
    assert sizes[0] == pytest.approx(sizes[1], rel=0.02)  # nothing was encoded


def test_a_place_sought_in_the_session_shows_its_picture(tmp_path):
    clip = write_clip(tmp_path / "clip.mp4")
    session = captured(clip, tmp_path / "session")
    before, frames = pictures_of(clip), RecordedFrames(session.folder)
    for index in (30, 3, 17, 39, 0):
        frames.seek(index)
        assert np.array_equal(frames.read().image, before[index].image)
    frames.close()


def test_a_capture_that_ends_early_has_all_its_pictures(tmp_path):
    clip = write_clip(tmp_path / "clip.mp4")
    session = captured(clip, tmp_path / "session", max_frames=22)
    before, after = pictures_of(clip), pictures_of(session.video_path)
    assert len(session) == 22
    assert 22 <= len(after) <= 26
    assert all(
        np.array_equal(old.image, new.image)
        for old, new in zip(before[:22], after[:22], strict=True)
    )


def test_slow_motion_keeps_its_times(tmp_path):
    session = captured(write_clip(tmp_path / "clip.mp4"), tmp_path / "session", slow_motion=4)
    times_s = [frame.time_s for frame in pictures_of(session.video_path)]
    assert times_s == pytest.approx([poses.time_s for poses in session], abs=1.1e-3)
    assert times_s[-1] == pytest.approx(39 / 100, abs=1.1e-3)


@pytest.mark.parametrize(
    "options",
    [
        {"shape": Fraction(4, 3)},
        {"codec": "ffv1", "pixels": "bgr0"},
    ],
)
def test_what_is_not_shown_as_it_is_stored_is_encoded(tmp_path, options):
    clip = write_clip(tmp_path / "clip.mkv", **options)
    source = VideoSource(clip, Intrinsics())
    assert own_packets(source) is None
    source.close()


def test_a_turned_video_is_encoded(tmp_path):
    clip = write_clip(tmp_path / "clip.mp4")
    turned = tmp_path / "turned.mp4"
    with av.open(str(clip)) as old, av.open(str(turned), "w") as new:
        stream = new.add_stream_from_template(old.streams.video[0])
        for packet in old.demux(old.streams.video[0]):
            if packet.size:
                packet.stream = stream
                new.mux(packet)
    data = turned.read_bytes()
    place = data.index(b"tkhd") + 4 + 40
    quarter = np.array([0, 1 << 16, 0, -1 << 16, 0, 0, 0, 0, 1 << 30], ">i4").tobytes()
    turned.write_bytes(data[:place] + quarter + data[place + len(quarter) :])
    source = VideoSource(turned, Intrinsics())
    frame = source.read()
    assert frame.image.shape == (SIZE[0], SIZE[1], 3)
    assert own_packets(source) is None
    source.close()


def test_hidden_faces_are_never_copied(tmp_path):
    source = VideoSource(write_clip(tmp_path / "clip.mp4"), Intrinsics())
    recorder = Recorder(
        tmp_path / "session",
        ORIGIN,
        has_video=True,
        waits=True,
        faces=FaceHiding.BLACK,
        packets=own_packets(source),
    )
    capture_file(source, FakeEstimator(), recorder, threading.Event(), lambda _result: None, 5)
    video = Session(tmp_path / "session").video_path
    assert len(pictures_of(video)) == 5  # encoded: no picture more than its frames


@pytest.mark.timeout(60)
def test_frames_between_two_packets_do_not_stop_it(tmp_path):
    source = VideoSource(write_clip(tmp_path / "clip.mp4"), Intrinsics())
    packets = own_packets(source)
    assert packets is not None
    copier = VideoCopier(tmp_path / "copy.mkv", packets)
    for half in range(2 * NUM_FRAMES):
        assert copier.put(np.zeros((SIZE[1], SIZE[0], 3), np.uint8), half / 50) == half
    copier.end()
    copier.join()
    source.close()
    assert len(pictures_of(tmp_path / "copy.mkv")) == NUM_FRAMES


@pytest.mark.timeout(60)
def test_a_kill_at_any_frame_leaves_all_pictures_but_two(tmp_path):
    source = VideoSource(write_clip(tmp_path / "clip.mp4"), Intrinsics())
    packets = own_packets(source)
    assert packets is not None
    copier, killed = VideoCopier(tmp_path / "copy.mkv", packets), tmp_path / "killed.mkv"
    for number in range(NUM_FRAMES):
        copier.put(np.zeros((SIZE[1], SIZE[0], 3), np.uint8), number / 25)
        if number > 2:
            killed.write_bytes((tmp_path / "copy.mkv").read_bytes())
            assert len(pictures_of(killed)) >= number - 1
    copier.end()
    copier.join()
    source.close()
