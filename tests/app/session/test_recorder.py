import json
import os
import shutil
import subprocess
import sys
import threading
import time
import tracemalloc
from collections import namedtuple
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime

import av
import cv2
import numpy as np
import pytest
from pipeline_fakes import SIZE
from session_fakes import FPS, ORIGIN, WIDE, depth_of, record, result, tracked
from test_repair import check_video

from das_app.messaging.messages import Frame, PoseResult
from das_app.session import video_recorder
from das_app.session.folder import new_session_folder
from das_app.session.format import STATS_TOPIC
from das_app.session.frames import RecordedFrames
from das_app.session.kept_frames import SessionClock
from das_app.session.reader import Salvage
from das_app.session.recorder import Recorder
from das_app.session.recorder_stats import DiskLimits, RecorderState
from das_app.session.repair import repair_session
from das_app.session.session import Session
from das_app.session.types import EventKind, RecordedPoses, SessionError
from das_app.session.video_recorder import VideoRecorder
from das_app.session.writer import SessionWriter
from das_model.camera import Camera
from das_model.people import People
from das_model.skeleton import MUCO_21

STARTED = datetime(2026, 11, 22, 16, 30, 5)
Usage = namedtuple("Usage", "total used free")


class Gate:
    """Lets whoever calls it wait until it is opened."""

    def __init__(self):
        self.opened = threading.Event()

    def before(self, method):
        def gated(*arguments):
            self.opened.wait()
            return method(*arguments)

        return gated


def wait_for(condition):
    deadline_s = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline_s
        time.sleep(0.01)


def events_of(folder):
    return [event.kind for event in Session(folder).events()]


def test_video_has_every_picture_with_its_time(tmp_path):
    counts = record(tmp_path / "s", [result(i) for i in range(40)], has_video=True, waits=True)
    session = Session(tmp_path / "s")
    assert counts.num_dropped_pictures == session.counts.num_dropped_pictures == 0
    assert [p.picture for p in session] == list(range(40))
    assert check_video(session) == 40


@pytest.mark.parametrize("size", [(33, 25), (32, 25), (33, 24)])
def test_pictures_of_odd_size(tmp_path, size):
    image = np.full((size[1], size[0], 3), 90, np.uint8)
    one = result(0)
    frame = Frame(0, 0.0, image, Camera.from_fov(size))
    odd = PoseResult(frame, one.people, 0.01, 0.02, one.raw_people)
    assert record(tmp_path / "s", [odd], has_video=True).num_dropped_pictures == 0
    assert check_num_pictures(tmp_path / "s") == 1


def test_people_of_other_joints_are_refused_in_words(tmp_path):
    """As when another model is chosen while it is recorded: the session stays readable."""
    recorder, first = Recorder(tmp_path / "s", ORIGIN), result(0)
    recorder.write(first)
    other = People.empty(MUCO_21)
    with pytest.raises(SessionError, match="people of 21 joints do not fit into a session of"):
        recorder.write(replace(result(1), people=other, raw_people=other))
    recorder.write(result(2))
    recorder.close()
    assert [poses.people.skeleton.num_joints for poses in Session(tmp_path / "s")] == [22, 22]


def check_num_pictures(folder):
    import av

    with av.open(str(folder / "video.mkv")) as container:
        return sum(1 for _ in container.decode(video=0))


def test_slow_disk_drops_pictures_and_never_poses(tmp_path, monkeypatch):
    gate = Gate()
    encoder = video_recorder.VideoEncoder
    monkeypatch.setattr(encoder, "add", gate.before(encoder.add))
    monkeypatch.setattr(SessionWriter, "write", gate.before(SessionWriter.write))
    monkeypatch.setattr(VideoRecorder.__init__, "__defaults__", (5 * 32 * 24 * 3, False, 0, False))
    recorder = Recorder(tmp_path / "s", ORIGIN, has_video=True)
    for index in range(50):
        recorder.write(result(index))  # would wait for ever if it waited for the disk
    stats = recorder.stats()
    assert stats.num_frames == 50
    assert stats.num_dropped_pictures in (44, 45)
    assert "dropped" in stats.message
    assert stats.state is RecorderState.RECORDING
    gate.opened.set()
    counts = recorder.close()
    session = Session(tmp_path / "s")
    assert [p.index for p in session] == list(range(50))
    assert all(p.people.joints_cam[0, 0, 2] == depth_of(p.index) for p in session)
    assert session.counts.num_dropped_pictures == counts.num_dropped_pictures >= 44
    assert check_video(session) == 50 - counts.num_dropped_pictures
    assert events_of(tmp_path / "s").count(EventKind.PICTURES_DROPPED) == 1


def test_file_waits_for_the_encoder_instead_of_dropping(tmp_path, monkeypatch):
    monkeypatch.setattr(VideoRecorder.__init__, "__defaults__", (2 * 32 * 24 * 3, False, 0, False))
    counts = record(tmp_path / "s", [result(i) for i in range(60)], has_video=True, waits=True)
    assert counts.num_dropped_pictures == 0
    assert check_num_pictures(tmp_path / "s") == 60


@pytest.mark.parametrize("size", [(64, 48), (90, 48), (31, 57)])
def test_pictures_whose_size_changes_are_kept_and_shown_in_their_own(tmp_path, size):
    """As of a camera that was set to another mode, or turned, while it is recorded."""
    image = np.full((size[1], size[0], 3), 60, np.uint8)
    image[:, size[0] // 2 :] = 200
    one = result(1)
    other = PoseResult(
        Frame(1, 0.1, image, Camera.from_fov(size)), one.people, 0.0, 0.0, one.raw_people
    )
    record(tmp_path / "s", [result(0), other, result(2, time_s=0.2)], has_video=True)
    assert [p.picture for p in Session(tmp_path / "s")] == [0, 1, 2]
    assert events_of(tmp_path / "s").count(EventKind.SIZE_CHANGED) == 1
    frames = RecordedFrames(tmp_path / "s")
    shown = [frames.read() for _ in range(3)]
    frames.close()
    assert [frame.camera.size for frame in shown] == [SIZE, size, SIZE]
    assert [frame.image.shape[1::-1] for frame in shown] == [SIZE, size, SIZE]
    assert abs(shown[1].image.astype(float) - image).mean() < 12


def test_encoder_that_fails_leaves_the_poses(tmp_path, monkeypatch, caplog):
    def fail(*_):
        raise OSError("no encoder today")

    monkeypatch.setattr(video_recorder.VideoEncoder, "add", fail)
    recorder = Recorder(tmp_path / "s", ORIGIN, has_video=True)
    recorder.write(result(0))
    wait_for(lambda: recorder.write(result(1)) or recorder.num_dropped_pictures)
    assert "no encoder today" in recorder.stats().message
    recorder.close()
    session = Session(tmp_path / "s")
    assert len(session) == recorder.num_frames
    assert EventKind.VIDEO_STOPPED in events_of(session.folder)
    assert "no encoder today" in caplog.text


def test_whatever_goes_wrong_is_said_and_keeps_what_was_flushed(tmp_path, monkeypatch, caplog):
    recorder = Recorder(tmp_path / "s", ORIGIN)
    recorder.write(result(0))
    wait_for(lambda: list(Salvage(tmp_path / "s" / "session.mcap")))

    def fail(*_):
        raise ValueError("no such luck")

    monkeypatch.setattr(SessionWriter, "write", fail)
    recorder.write(result(1))
    wait_for(lambda: recorder.stats().state is RecorderState.FAILED)
    with pytest.raises(SessionError, match=r"no such luck.*das-app repair"):
        recorder.close()
    assert repair_session(tmp_path / "s", quiet_s=0).num_frames == 1
    assert "no such luck" in caplog.text


def test_low_disk_warns_and_full_disk_ends_cleanly(tmp_path, monkeypatch, caplog):
    free = [500]
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(1000, 0, free[0]))
    recorder = Recorder(tmp_path / "s", ORIGIN, limits=DiskLimits(low_bytes=300, full_bytes=100))
    assert not recorder.stats().is_disk_low
    recorder.write(result(0))
    free[0] = 200
    wait_for(lambda: recorder.stats().is_disk_low and recorder.stats().message)
    assert recorder.is_recording
    assert "left on the disk" in recorder.stats().message
    recorder.write(result(1))
    free[0] = 50
    wait_for(lambda: recorder.stats().state is RecorderState.CLOSED)
    recorder.write(result(2))  # too late, and harmless
    with pytest.raises(SessionError, match="recording ended"):
        recorder.close()
    assert [p.index for p in Session(tmp_path / "s")] == [0, 1]
    kinds = events_of(tmp_path / "s")
    assert kinds == [EventKind.START, EventKind.LOW_DISK, EventKind.FULL_DISK]
    with pytest.raises(SessionError, match="is full"):
        Recorder(tmp_path / "t", ORIGIN, limits=DiskLimits(300, 100))
    assert not (tmp_path / "t").exists()


FILE_LIMIT = """
import resource, sys
from pathlib import Path
from session_fakes import ORIGIN, result
from das_app.session.recorder import Recorder
from das_app.session.format import STATS_TOPIC
from das_app.session.frames import RecordedFrames
from das_app.session.reader import Salvage
from das_app.session.types import SessionError
recorder = Recorder(Path(sys.argv[1]), ORIGIN, has_video=False)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
index = 0
while recorder.is_recording:
    recorder.write(result(index)); index += 1
    if index % 100 == 0:
        import time; time.sleep(0.02)
try:
    recorder.close()
except SessionError as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits the size of files as POSIX does")
def test_disk_that_refuses_leaves_what_was_written(tmp_path):
    folder = tmp_path / "s"
    done = subprocess.run(
        [sys.executable, "-c", FILE_LIMIT, str(folder)],
        capture_output=True,
        text=True,
        timeout=120,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.returncode == 0, done.stderr
    assert "the disk refuses" in done.stdout
    assert "repair" in done.stdout
    assert (folder / "session.mcap").stat().st_size <= 20_000
    report = repair_session(folder, quiet_s=0)
    assert report.num_damaged_chunks == 0
    assert [p.index for p in Session(folder)] == list(range(report.num_frames))


def test_a_disk_that_refuses_at_the_very_end_is_told_in_full(tmp_path, monkeypatch):
    recorder = Recorder(tmp_path / "s", ORIGIN, has_video=False)
    recorder.write(result(0))

    def refuse(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(recorder._writer, "close", refuse)
    with pytest.raises(SessionError, match=r"^recording ended, the disk refuses: .*No space"):
        recorder.close()


FULL_DISK = """
import sys, time
from pathlib import Path
import numpy as np
from session_fakes import ORIGIN, result, tracked
from das_app.session.recorder import Recorder
from das_app.session.recorder_stats import DiskLimits
from das_app.session.types import SessionError
from das_model.people import People
disk, full_bytes = Path(sys.argv[1]), int(sys.argv[2])
recorder = Recorder(disk / "s", ORIGIN, has_video=True, limits=DiskLimits(1 << 40, full_bytes))
index, chance = 0, np.random.default_rng(0)
while recorder.is_recording:
    people = tracked(2500.0, range(6))
    noise = chance.normal(0, 100, people.joints_cam.shape).astype(np.float32)
    people = People(
        people.joints_cam + noise, people.joint_scores, people.scores, people.track_ids
    )
    recorder.write(result(index, people))
    index += 1
    time.sleep(0.005)
try:
    recorder.close()
except SessionError as error:
    print(recorder.stats().state.value, error)
"""


def tmpfs_problem():
    """Why no small disk can be made here; empty where it can."""
    try:
        command = ["unshare", "-rm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
        return subprocess.run(command, capture_output=True, text=True, timeout=20).stderr
    except OSError as error:
        return str(error)


@pytest.mark.parametrize(
    ("size_kib", "full_bytes", "state"), [(900, 700_000, "closed"), (300, 0, "failed")]
)
def test_small_disk_that_fills_up(tmp_path, size_kib, full_bytes, state):
    if problem := tmpfs_problem():
        pytest.skip(f"no small disk: {problem}")
    (tmp_path / "disk").mkdir()
    (tmp_path / "fill.py").write_text(FULL_DISK)
    script = (
        f"mount -t tmpfs -o size={size_kib}k tmpfs '{tmp_path}/disk' && cd '{tmp_path}' && "
        f"'{sys.executable}' fill.py disk {full_bytes}; cp -r disk/s kept"
    )
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", script],
        capture_output=True,
        text=True,
        timeout=120,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.stdout.startswith(state), done.stderr
    kept = tmp_path / "kept"
    if state == "closed":
        assert "left on the disk" in done.stdout
    else:
        assert "No space left" in done.stdout
        assert repair_session(kept, quiet_s=0).num_damaged_chunks == 0
    session = Session(kept)
    indices = [poses.index for poses in session]
    assert len(indices) > 20
    assert indices == list(range(len(indices)))
    if session.video_path is not None:
        assert check_num_pictures(kept) > 0


def test_memory_stays_flat_while_recording(tmp_path):
    writer, people = SessionWriter(tmp_path / "s", ORIGIN), tracked(2500.0, (0, 1))

    def write(numbers):
        for index in numbers:
            poses = RecordedPoses(index, index / FPS, index, index / FPS, None, WIDE, people)
            writer.write(poses, poses)
            if index % 15 == 0:
                writer.flush()

    tracemalloc.start()
    write(range(30))
    before, _ = tracemalloc.get_traced_memory()
    write(range(30, 150))
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    writer.close(0, 0)
    num_chunks = 120 // 15
    assert after - before < 4000 * num_chunks  # the index of the file, and nothing of the poses


@pytest.mark.parametrize("name", ["session.json", "session.mcap"])
def test_former_session_is_not_overwritten(tmp_path, name):
    (tmp_path / name).write_text("precious")
    with pytest.raises(SessionError, match="holds a session already"):
        Recorder(tmp_path, ORIGIN)
    assert [p.name for p in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text() == "precious"


@pytest.mark.parametrize("has_another", [False, True])
def test_of_an_empty_recording_only_its_own_files_are_taken_away(tmp_path, has_another):
    recorder = Recorder(tmp_path / "s", ORIGIN)
    (tmp_path / "s").rename(tmp_path / "t")
    if has_another:  # as on a disk that was put in the place of the first
        record(tmp_path / "s", [result(0)])
    with pytest.raises(SessionError) if recorder.wait(1.5) else nullcontext():
        recorder.close()
    recorder.discard()
    assert (tmp_path / "t" / "session.mcap").is_file()
    assert not has_another or len(Session(tmp_path / "s")) == 1


def test_an_empty_recording_leaves_nothing(tmp_path):
    recorder = Recorder(tmp_path / "s", ORIGIN)
    recorder.close()
    recorder.discard()
    assert not (tmp_path / "s").exists()


def test_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(SessionError, match="cannot be written"):
        Recorder(tmp_path / "file" / "s", ORIGIN)
    with pytest.raises(SessionError, match=r"cannot be made|is no folder"):
        new_session_folder(tmp_path / "file", STARTED)


def test_read_only_folder_is_told(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.mkdir", refuse)  # root may write everywhere
    with pytest.raises(SessionError, match="Permission denied"):
        new_session_folder(tmp_path, STARTED)
    with pytest.raises(SessionError, match="Permission denied"):
        Recorder(tmp_path / "s", ORIGIN)


def test_names_of_folders(tmp_path):
    names = ["", "", "", "Tanz – größer 跳舞 💃", "../../etc/pass:wd?", "  . ", "长" * 300, "x\ny"]
    folders = [new_session_folder(tmp_path / "new", STARTED, name) for name in names]
    time_part = "2026-11-22_16-30-05"
    assert [f.name for f in folders[:5]] == [
        time_part,
        time_part + "_2",
        time_part + "_3",
        time_part + "_Tanz – größer 跳舞 💃",
        time_part + "__.._etc_pass_wd_",
    ]
    assert folders[5].name == time_part + "_4"
    assert folders[7].name == time_part + "_x_y"
    assert folders[6].name == f"{time_part}_{'长' * 40}"
    assert all(f.parent == tmp_path / "new" and f.is_dir() for f in folders)
    record(folders[3], [result(0)])
    assert len(Session(folders[3])) == 1


def test_stopping_returns_before_everything_is_written(tmp_path, monkeypatch):
    gate = Gate()
    monkeypatch.setattr(SessionWriter, "write", gate.before(SessionWriter.write))
    recorder = Recorder(tmp_path / "s", ORIGIN)
    for index in range(20):
        recorder.write(result(index))
    recorder.stop(num_dropped=4)
    assert recorder.stats().state is RecorderState.CLOSING
    assert not recorder.is_recording
    recorder.write(result(20))
    gate.opened.set()
    counts = recorder.close()
    assert (counts.num_frames, counts.num_dropped) == (20, 4)
    assert recorder.stats().state is RecorderState.CLOSED
    assert recorder.stats().message == ""


def figures_of(folder):
    """Messages of `/stats` so far, of a session that may still be recorded."""
    return [
        json.loads(message.data)
        for messages in Salvage(folder / "session.mcap")
        for message in messages
        if message.topic == STATS_TOPIC
    ]


def test_figures_and_marks_are_recorded(tmp_path):
    recorder = Recorder(tmp_path / "s", ORIGIN)
    recorder.write(result(0))
    recorder.write(result(3))
    recorder.note_event(EventKind.MARKER, "here")
    wait_for(lambda: figures_of(tmp_path / "s"))
    stats = recorder.stats()
    recorder.close()
    assert stats.num_frames == 2
    assert stats.time_s == pytest.approx(3 / FPS)
    assert stats.free_disk_bytes > 0
    assert stats.folder == tmp_path / "s"
    events = Session(tmp_path / "s").events()
    assert [(e.kind, e.text) for e in events] == [
        (EventKind.START, "clip.mp4"),
        (EventKind.MARKER, "here"),
        (EventKind.STOP, ""),
    ]
    assert events[1].time_s == pytest.approx(3 / FPS)
    figures = figures_of(tmp_path / "s")[0]
    assert figures["inference_ms"] == 10
    assert figures["latency_ms"] == 20
    assert figures["frames_per_s"] > 0


def test_time_of_a_session_never_goes_back():
    clock = SessionClock(nominal_fps=10.0)
    times = [clock.advance(t) for t in (5.0, 5.1, 5.2, 0.0, 0.1, 0.1)]
    assert times == pytest.approx([0.0, 0.1, 0.2, 0.3, 0.4, 0.5])


def test_session_of_a_looping_file_has_rising_times(tmp_path):
    record(tmp_path / "s", [result(i % 3) for i in range(7)])
    session = Session(tmp_path / "s")
    assert [p.source_index for p in session] == [0, 1, 2, 0, 1, 2, 0]
    assert [p.time_s for p in session] == pytest.approx([i / FPS for i in range(7)], abs=1e-3)


@pytest.mark.parametrize("codec", ["libx264", "libvpx"])
def test_the_newest_picture_is_written_however_slowly_they_come(tmp_path, monkeypatch, codec):
    """A copy of the file is what a crash would leave."""
    monkeypatch.setattr("das_app.files.encoders.av.codecs_available", {codec})
    path, copy = tmp_path / "video.mkv", tmp_path / "copy.mkv"
    video = VideoRecorder(path, 0.2)
    for number in range(3):
        video.put(np.full((48, 64, 3), 60 * number, np.uint8), 5.0 * number)
        until_s = time.monotonic() + 20
        while True:
            shutil.copy(path, copy) if path.exists() else copy.unlink(missing_ok=True)
            if num_pictures(copy) == number + 1:
                break
            assert time.monotonic() < until_s, "it waits for the next picture"
            time.sleep(0.05)
    video.end()
    video.join()
    with av.open(str(path)) as container:
        pictures = list(container.decode(video=0))
    assert [round(picture.time, 3) for picture in pictures] == [0.0, 5.0, 10.0]
    for number, picture in enumerate(pictures):
        assert abs(picture.to_ndarray(format="rgb24").mean() - 60 * number) < 4
    assert len(read_by_opencv(path)) == 3


def num_pictures(path):
    """Pictures of a file that may be cut off; 0 where it does not open."""
    try:
        with av.open(str(path)) as container:
            return sum(1 for _ in container.decode(video=0))
    except (av.error.FFmpegError, OSError):
        return 0


def read_by_opencv(path):
    video, pictures = cv2.VideoCapture(str(path)), []
    while (got := video.read())[0]:
        pictures.append(got[1])
    return pictures
