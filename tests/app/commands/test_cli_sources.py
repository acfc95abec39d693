"""`das-app capture`: sequences of pictures, several videos, options that do not apply, places that
go away."""

import os
import shutil
import signal
import sys
import time
from fractions import Fraction

import av
import cv2
import numpy as np
import pytest
from pipeline_fakes import FakeEstimator, FakeSource

from das_app.commands import capture_job
from das_app.messaging.ending import ENDING_SIGNALS
from das_app.pipeline.batch import plan_sessions
from das_app.pipeline.open_source import SourceKind, source_kind
from das_app.session.format import VIDEO_FILE
from das_app.session.session import Session
from das_app.session.types import EventKind
from das_app.sources.image_source import list_images


def write_picture(path, shade=50):
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), np.full((24, 32, 3), shade, np.uint8))


def write_clip(path, num_frames=4, times_s=None):
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=25)
        stream.width, stream.height, stream.pix_fmt = 32, 24, "bgr0"
        stream.time_base = stream.codec_context.time_base = Fraction(1, 1000)
        newest = -1
        for time_s in times_s or [n / 25 for n in range(num_frames)]:
            frame = av.VideoFrame(32, 24, "bgr0")
            frame.pts, frame.time_base = round(1000 * time_s), Fraction(1, 1000)
            for packet in stream.encode(frame):
                packet.dts = newest = newest + 1  # it may not go back as the time does
                container.mux(packet)
    return path


def test_pictures_come_in_natural_order_whatever_their_kind(tmp_path):
    names = [
        "a10/f1.png",
        "a9/f2.jpg",
        "a9/f10.png",
        "frame1.png",
        "frame9.webp",
        "frame10.png",
        "frame010.bmp",
        "Frame2.png",
    ]
    for name in names:
        write_picture(tmp_path / name)
    found = [p.relative_to(tmp_path).as_posix() for p in list_images(tmp_path)]
    assert found.index("a9/f2.jpg") < found.index("a9/f10.png") < found.index("a10/f1.png")
    assert found.index("frame1.png") < found.index("frame9.webp") < found.index("frame10.png")
    assert sorted(found) == sorted(names)


def test_a_folder_of_pictures_has_the_rate_that_is_said(command, tmp_path):
    for number in range(1, 12):
        write_picture(tmp_path / "seq" / f"frame{number}.png", shade=20 * number)
    done = command("capture", tmp_path / "seq", "-o", tmp_path / "s", "--fps", 50, "--video")
    assert done.exit_code == 0, done.output
    session = Session(tmp_path / "s")
    assert [p.time_s for p in session] == pytest.approx([n / 50 for n in range(11)])
    assert session.origin.nominal_fps == 50
    with av.open(str(session.video_path)) as container:
        shades = [f.to_ndarray(format="gray").mean() for f in container.decode(video=0)]
    assert shades == sorted(shades)


def test_slow_motion_at_its_true_rate(command, tmp_path):
    clip = write_clip(tmp_path / "slow.mkv", times_s=[0, 0.4, 0.8])
    done = command("capture", clip, "-o", tmp_path / "s", "--slow-motion", 8)
    assert done.exit_code == 0, done.output
    assert [p.time_s for p in Session(tmp_path / "s")] == pytest.approx([0, 0.05, 0.1])


def test_a_jump_of_the_clock_is_an_event(command, tmp_path):
    clip = write_clip(tmp_path / "jump.mkv", times_s=[0, 0.04, 95_000, 95_000.04])
    assert command("capture", clip, "-o", tmp_path / "s").exit_code == 0
    session = Session(tmp_path / "s")
    assert session.duration_s < 1
    (event,) = [e for e in session.events() if e.kind is EventKind.TIME_JUMPED]
    assert "94999.9 s" in event.text


def test_a_clock_that_goes_back_is_an_event(command, tmp_path):
    clip = write_clip(tmp_path / "back.mkv", times_s=[30, 30.04, 5, 5.04])
    assert command("capture", clip, "-o", tmp_path / "s").exit_code == 0
    session = Session(tmp_path / "s")
    assert [p.time_s for p in session] == pytest.approx([0, 0.04, 0.08, 0.12])
    (event,) = [e for e in session.events() if e.kind is EventKind.TIME_JUMPED]
    assert event.time_s == pytest.approx(0.08)
    assert "went back by 25.1 s" in event.text


def test_a_time_lapse_keeps_its_times(command, tmp_path):
    clip = write_clip(tmp_path / "lapse.mkv", times_s=[15 * n for n in range(6)])
    done = command("capture", clip, "-o", tmp_path / "s", "--video")
    assert done.exit_code == 0, done.output
    session = Session(tmp_path / "s")
    assert [p.time_s for p in session] == pytest.approx([15 * n for n in range(6)])
    assert session.origin.nominal_fps == pytest.approx(1 / 15)
    assert EventKind.TIME_JUMPED not in [e.kind for e in session.events()]
    assert all(picture is not None for _, picture in session.with_pictures())


@pytest.mark.parametrize(
    ("source", "options", "word"),
    [
        ("clip.mkv", ["--fps", "240"], "a video"),
        ("clip.mkv", ["--resolution", "640x480"], "a video"),
        ("seq", ["--resolution", "640x480"], "pictures"),
        ("seq", ["--slow-motion", "2"], "pictures"),
        ("0", ["--slow-motion", "2"], "a camera"),
        ("demo", ["--fps", "30"], "the demo"),
        ("rtsp://127.0.0.1/x", ["--fps", "30"], "a network address"),
        ("0", ["--fps", "0.5"], "at least 1"),
        ("clip.mkv", ["--faces", "blur"], "--video"),
        ("clip.mkv", ["--intrinsics-camera", "left"], "--intrinsics names"),
    ],
)
def test_options_that_do_not_apply_are_refused(
    command, tmp_path, monkeypatch, source, options, word
):
    write_clip(tmp_path / "clip.mkv")
    write_picture(tmp_path / "seq" / "1.png")
    monkeypatch.chdir(tmp_path)
    done = command("capture", source, "-o", tmp_path / "s", *options)
    assert done.exit_code == 2, done.output
    assert options[0] in done.stderr
    assert word in " ".join(done.stderr.split())
    assert not (tmp_path / "s").exists()


def test_the_window_refuses_them_too(command, tmp_path):
    clip = write_clip(tmp_path / "clip.mkv")
    done = command("--source", clip, "--fps", "240")
    assert done.exit_code == 2
    assert "--fps" in done.stderr


def test_several_videos_are_a_session_each_and_a_bad_one_does_not_end_them(command, tmp_path):
    first, second = write_clip(tmp_path / "v/a.mkv", 2), write_clip(tmp_path / "w/a.mkv", 3)
    (tmp_path / "bad.mp4").write_bytes(b"no film")
    done = command("capture", first, tmp_path / "bad.mp4", second, "-o", tmp_path / "out")
    assert done.exit_code == 1
    assert "1 of 3 sessions failed" in done.stderr
    assert "bad.mp4" in done.stderr
    assert [len(Session(tmp_path / "out" / name)) for name in ("a", "a_2")] == [2, 3]
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["a", "a_2"]
    assert done.stdout.count("frames with") == 2


def test_a_folder_of_videos(command, tmp_path):
    for number in (1, 9, 10):
        write_clip(tmp_path / "day" / f"take{number}.mkv", number)
    done = command("capture", tmp_path / "day", "-o", tmp_path / "out")
    assert done.exit_code == 0, done.output
    assert [len(Session(tmp_path / "out" / f"take{n}")) for n in (1, 9, 10)] == [1, 9, 10]
    assert [f.name for _, f in plan_sessions([str(tmp_path / "day")], tmp_path)] == [
        "take1",
        "take9",
        "take10",
    ]


def test_sessions_of_addresses_are_not_called_by_their_secrets(tmp_path):
    names = [
        folder.name
        for _, folder in plan_sessions(
            ["rtsp://cam.local/user=zoe&pw=Qx", "http://zoe:Qx@cam.local", "http://cam.local"],
            tmp_path,
        )
    ]
    assert all(name.startswith("cam.local") for name in names)
    assert len(set(names)) == 3
    assert not any(secret in name for secret in ("zoe", "Qx") for name in names)


def test_of_a_folder_of_both_kinds_the_pictures_are_taken_and_it_is_said(
    command, tmp_path, caplog
):
    write_clip(tmp_path / "mixed" / "a.mkv")
    write_picture(tmp_path / "mixed" / "b.png")
    done = command("capture", tmp_path / "mixed", "-o", tmp_path / "s")
    assert done.exit_code == 0
    assert len(Session(tmp_path / "s")) == 1
    assert "1 videos are passed over" in caplog.text


def test_kinds_of_sources(tmp_path):
    write_picture(tmp_path / "seq" / "1.png")
    for spec, kind in (
        ("demo", SourceKind.DEMO),
        ("0", SourceKind.CAMERA),
        ("HD Webcam", SourceKind.CAMERA),
        ("http://h/x", SourceKind.ADDRESS),
        (str(tmp_path / "seq"), SourceKind.IMAGES),
        (str(tmp_path / "seq" / "1.png"), SourceKind.IMAGES),
    ):
        assert source_kind(spec) is kind


@pytest.mark.parametrize("has_folder", [False, True])
def test_a_failed_start_leaves_nothing_in_the_way(command, tmp_path, monkeypatch, has_folder):
    if has_folder:
        (tmp_path / "s").mkdir()
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "x.jpg").write_bytes(b"no picture")
    done = command("capture", tmp_path / "p", "-o", tmp_path / "s", "--video")
    assert done.exit_code == 1
    assert "can be decoded" in done.stderr
    assert (tmp_path / "s").exists() == has_folder
    assert not has_folder or not any((tmp_path / "s").iterdir())
    write_picture(tmp_path / "p" / "y.png")
    assert command("capture", tmp_path / "p", "-o", tmp_path / "s").exit_code == 0


def test_a_model_that_fails_on_the_way_keeps_what_came_before(command, tmp_path, monkeypatch):
    clip, usual = write_clip(tmp_path / "a.mkv", 6), FakeEstimator.__call__
    calls = []

    def failing(self, image, camera):
        calls.append(1)
        if len(calls) == 4:
            raise RuntimeError("cuda is gone")
        return usual(self, image, camera)

    monkeypatch.setattr(FakeEstimator, "__call__", failing)
    done = command("capture", clip, "-o", tmp_path / "s")
    assert done.exit_code == 1
    assert "cuda is gone" in done.stderr
    assert len(Session(tmp_path / "s")) == 3


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps open files where they are")
@pytest.mark.parametrize("what", ["deleted", "moved", "parent moved"])
def test_a_folder_that_goes_away_is_noticed(command, tmp_path, monkeypatch, what):
    folder = tmp_path / "out" / "s"
    source = FakeSource(num_frames=None)
    usual_read, started = source.read, []

    def read():
        if source.next_index == 5 and not started:
            started.append(1)
            while not (folder / VIDEO_FILE).exists():  # the video begins in a thread of its own
                time.sleep(0.01)
            if what == "deleted":
                shutil.rmtree(folder)
            elif what == "moved":
                folder.rename(tmp_path / "elsewhere")
            else:
                folder.parent.rename(tmp_path / "other")
        return usual_read()

    source.read = read
    monkeypatch.setattr(capture_job, "open_source", lambda *_: source)
    done = command("capture", "fake", "-o", folder, "--video")
    assert done.exit_code == 1, done.output
    assert "recording ended: the folder" in done.stderr
    assert not folder.exists()
    new = {"moved": tmp_path / "elsewhere", "parent moved": tmp_path / "other" / "s"}.get(what)
    if new is not None and sys.platform == "linux":
        assert str(new) in done.stderr
        session = Session(new)
        assert len(list(session)) >= 5
        assert session.video_path is not None
        assert EventKind.FOLDER_LOST in [e.kind for e in session.events()]


@pytest.mark.parametrize("number", ENDING_SIGNALS)
def test_a_request_to_end_while_the_model_loads(command, tmp_path, monkeypatch, number):
    usual = FakeEstimator.__init__

    def loading(self, *args, **options):
        os.kill(os.getpid(), number)
        usual(self, *args, **options)

    monkeypatch.setattr(FakeEstimator, "__init__", loading)
    usual_handler = signal.getsignal(number)
    done = command("capture", write_clip(tmp_path / "a.mkv"), "-o", tmp_path / "s")
    assert done.exit_code == 1
    assert "asked to end" in done.stderr
    assert done.exception is None or isinstance(done.exception, SystemExit)
    assert not (tmp_path / "s").exists()
    assert signal.getsignal(number) == usual_handler
