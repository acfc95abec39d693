"""Recording as its user sees it: the window on grey pictures, real sessions on the disk."""

import shutil
import threading
import weakref
from collections import namedtuple
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFileDialog
from window_fakes import GREY, FakeEstimator, Opener, people_at

from das_app.gui.recording import panel_presenter, recording_presenter
from das_app.gui.recording.export_dialog import ExportDialog
from das_app.gui.scene import scene_view
from das_app.gui.window.main_window import MainWindow
from das_app.messaging.messages import PipelineState
from das_app.motion.faces import FaceHiding
from das_app.session import recorder as recorder_module
from das_app.session.folder import find_unclosed
from das_app.session.format import LOG_FILE
from das_app.session.reader import Salvage
from das_app.session.repair import repair_session
from das_app.session.session import Session
from das_app.session.types import EventKind, Layer
from das_app.session.writer import SessionWriter
from das_app.settings.app_settings import AppSettings, RecordingSettings, SourceSettings
from das_app.streaming.remote import RemoteError
from das_app.streaming.targets import StreamTarget
from das_model.people import People

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def opener():
    return Opener(people_at((-600, -100, 3500), (600, -100, 3500), score=0.8))


@pytest.fixture
def window(qtbot, themed, opener, monkeypatch, tmp_path):
    """Plays grey pictures."""
    monkeypatch.setattr(scene_view, "opengl_problem", lambda: "not in this test")
    settings = AppSettings(
        source=SourceSettings(name="grey"),
        recording=RecordingSettings(folder=tmp_path / "sessions", has_video=False),
    )
    window = MainWindow(settings, opener)
    qtbot.addWidget(window)
    window.show()
    window.open("grey")
    qtbot.waitUntil(lambda: window.shown.result is not None)
    return window


@pytest.fixture
def recording(window, qtbot):
    """A window that records and has recorded some frames."""
    press(window, "record")
    wait_for_frames(window, qtbot)
    return window


def press(window, name):
    window.actions_by_name[name].trigger()


def wait_for_frames(window, qtbot, num_frames=3):
    wiring = window.recording
    qtbot.waitUntil(lambda: wiring.is_recording and wiring.stats().num_frames >= num_frames)


def wait_for_notice(window, qtbot):
    qtbot.waitUntil(window.parts.notice.isVisible)


def sessions(window):
    return sorted(window.settings.recording.sessions_path().iterdir())


def text_of(log):
    """All messages of a session that is being written."""
    return b"".join(message.data for messages in Salvage(log) for message in messages)


def events(session, kind):
    return [event.text for event in session.events() if event.kind is kind]


def test_a_session_is_recorded_and_told_of(recording, qtbot):
    parts, action = recording.parts, recording.actions_by_name["record"]
    assert parts.recording.isVisible()
    assert parts.recording.free.text().endswith(" free")
    assert action.isChecked()
    assert action.text() == "Stop recording"
    press(recording, "record")
    assert not action.isChecked()
    assert action.text() == "Record"
    wait_for_notice(recording, qtbot)
    (folder,) = sessions(recording)
    session = Session(folder)
    assert len(session) >= 3
    assert session.video_path is None
    assert len({tuple(poses.people.track_ids) for poses in session}) == 1
    assert folder.name in parts.notice.text
    assert f"{len(session)} frames" in parts.notice.text
    assert "2 people" in parts.notice.text
    assert "without video" in parts.notice.text
    assert not parts.recording.isVisible()
    assert events(session, EventKind.STOP) == [""]


def test_ended_before_it_began_then_with_video(window, qtbot, monkeypatch):
    press(window, "record-video")
    assert window.settings.recording.has_video
    press(window, "record")
    press(window, "record")
    wait_for_notice(window, qtbot)
    assert "0 frames" in window.parts.notice.text
    assert not window.parts.notice.play.isEnabled()
    assert not window.recording.is_recording
    press(window, "record")
    assert not window.parts.notice.isVisible()
    wait_for_frames(window, qtbot)
    press(window, "record")
    wait_for_notice(window, qtbot)
    folder = sessions(window)[-1]
    assert Session(folder).video_path is not None
    assert "with video" in window.parts.notice.text
    window.parts.notice.export.click()
    (dialog,) = window.findChildren(ExportDialog)
    assert str(folder) in dialog.path.text()
    dialog.close()
    opened = []
    monkeypatch.setattr(window, "open", opened.append)
    window.parts.notice.play.click()
    assert [Path(name) for name in opened] == [folder]
    assert not window.parts.notice.isVisible()


def test_streams_hear_of_marks(recording, qtbot):
    marks = []
    recording.recording.marked.connect(marks.append)
    press(recording, "marker")
    recording.recording.end()
    assert marks == ["marker 1", "stop"]


@pytest.fixture
def ask(window, qtbot):
    """Another program, which gives an order and waits for what comes of it."""
    window.panels.streaming.remote.start(StreamTarget.from_text("websocket:0"), "let me in")
    answers = []

    def give(action, text=""):
        thread = threading.Thread(target=run, args=(action, text))
        thread.start()
        qtbot.waitUntil(lambda: not thread.is_alive())
        return answers.pop()

    def run(action, text):
        try:
            answers.append(window.panels.streaming.remote.remote.ask(action, text, "let me in"))
        except RemoteError as error:
            answers.append(f"refused: {error}")

    return give


def test_other_programs_start_stop_and_mark(window, qtbot, ask):
    marks = []
    window.recording.marked.connect(marks.append)
    assert "nothing is being recorded" in ask("marker")
    assert ask("start") == "recording"
    assert window.actions_by_name["record"].isChecked()
    assert "a recording is on already" in ask("start")
    wait_for_frames(window, qtbot)
    assert ask("marker", "jump") == "jump"
    assert ask("marker") == "marker 2"
    assert ask("stop") == "recording ended"
    assert marks == ["start", "jump", "marker 2", "stop"]
    assert "nothing is being recorded" in ask("stop")
    wait_for_notice(window, qtbot)
    session = Session(sessions(window)[0])
    assert events(session, EventKind.MARKER) == ["jump", "marker 2"]
    assert events(session, EventKind.STOP) == ["stopped by remote control"]


def test_a_remote_start_that_fails_says_why(window, qtbot, ask, tmp_path):
    (tmp_path / "sessions").touch()
    assert "refused: nothing is recorded: " in ask("start")
    press(window, "stop")
    qtbot.waitUntil(lambda: window.control.state is PipelineState.STOPPED)
    assert "open a camera or a video first" in ask("start")


def test_hidden_faces_are_in_no_image(window, qtbot):
    window.faces_menu.choose(FaceHiding.BLACK)
    qtbot.waitUntil(lambda: (window.shown.frame.image == 0).any())
    assert window.settings.view.faces is FaceHiding.BLACK
    assert (window.shown.result.frame.image == GREY).all()  # what the model and others see
    is_hidden = (window.shown.frame.image == 0).all(axis=2)
    y, x = np.argwhere(is_hidden)[len(np.argwhere(is_hidden)) // 2]
    assert window.parts.picture.overlay._shown.image.pixelColor(int(x), int(y)).red() == 0
    press(window, "record-video")
    press(window, "record")
    wait_for_frames(window, qtbot)
    press(window, "record")
    wait_for_notice(window, qtbot)
    with av.open(str(Session(sessions(window)[0]).video_path)) as video:
        recorded = next(video.decode(video=0)).to_ndarray(format="rgb24")
    assert recorded[y, x].max() < 20
    assert recorded[is_hidden].mean() < 20
    assert abs(recorded[-5:, :5].mean() - GREY) < 5
    window.faces_menu.choose(FaceHiding.NONE)
    qtbot.waitUntil(lambda: (window.shown.frame.image == GREY).all())


def test_faces_hidden_from_the_middle_of_a_recording_on(window, qtbot):
    press(window, "record-video")
    press(window, "record")
    wait_for_frames(window, qtbot)
    window.faces_menu.choose(FaceHiding.BLACK)
    wait_for_frames(window, qtbot, window.recording.stats().num_frames + 5)
    press(window, "record")
    wait_for_notice(window, qtbot)
    session = Session(sessions(window)[0])
    with av.open(str(session.video_path)) as video:
        darkest = [p.to_ndarray(format="rgb24").min() for p in video.decode(video=0)]
    assert darkest[0] > 40
    assert darkest[-1] < 20


def test_people_alone_on_a_plain_image(window, qtbot):
    press(window, "image")
    assert not window.settings.view.has_picture
    qtbot.waitUntil(lambda: len(window.shown.people) == 2)
    image = window.shown.frame.image
    assert len(np.unique(image)) == 1
    assert image[0, 0, 0] != GREY
    assert image.shape == window.shown.result.frame.image.shape
    press(window, "image")
    assert (window.shown.frame.image == GREY).all()


def test_markers_and_changes_are_recorded(recording, qtbot):
    press(recording, "marker")
    press(recording, "marker")
    recording.control.set_min_score(0.795)
    log = sessions(recording)[0] / LOG_FILE
    qtbot.waitUntil(lambda: b"confidence" in text_of(log))
    wait_for_frames(recording, qtbot, recording.recording.stats().num_frames + 3)
    press(recording, "record")
    assert not recording.actions_by_name["marker"].isEnabled()
    wait_for_notice(recording, qtbot)
    session = Session(sessions(recording)[0])
    assert events(session, EventKind.MARKER) == ["marker 1", "marker 2"]
    (change,) = events(session, EventKind.SETTINGS_CHANGED)
    assert change == "confidence: 0.30 -> 0.80"
    for layer in (Layer.LIVE, Layer.RAW):  # one of the two is below the confidence
        num_people = [len(poses.people) for poses in session.between(layer=layer)]
        assert num_people[0] == 2
        assert num_people[-1] == 1


@pytest.mark.parametrize("name", ["stop", "demo"])
def test_closing_the_source_ends_the_recording_cleanly(recording, qtbot, name):
    press(recording, name)
    wait_for_notice(recording, qtbot)
    assert "ended because the source was closed" in recording.parts.notice.text
    session = Session(sessions(recording)[0])
    assert events(session, EventKind.STOP) == ["the source was closed"]


def test_the_end_of_a_file_and_a_fault_end_the_recording(recording, qtbot, opener):
    opener.sources[0].error = RuntimeError("unplugged")
    qtbot.waitUntil(lambda: recording.control.state is PipelineState.FAULTED)
    wait_for_notice(recording, qtbot)
    session = Session(sessions(recording)[0])
    assert "unplugged" in events(session, EventKind.SOURCE_LOST)[0]
    assert not recording.actions_by_name["record"].isEnabled()


def test_closing_the_window_closes_the_session(recording):
    recording.close()
    (folder,) = sessions(recording)
    assert len(Session(folder)) >= 3
    assert find_unclosed(folder.parent, 0) == []


def test_a_lost_camera_that_comes_back_is_recorded(recording, qtbot):
    tell = recording.control.state_changed.emit
    for state in (PipelineState.RECONNECTING, PipelineState.RECONNECTING, PipelineState.RUNNING):
        tell(state, "the camera")
    press(recording, "record")
    wait_for_notice(recording, qtbot)
    session = Session(sessions(recording)[0])
    assert events(session, EventKind.SOURCE_LOST) == ["the camera"]
    assert events(session, EventKind.SOURCE_BACK) == ["the camera"]


def test_a_folder_that_cannot_be_written_is_told_and_the_view_goes_on(
    window, qtbot, monkeypatch, tmp_path
):
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "there"))
    press(window, "sessions-folder")
    assert window.settings.recording.sessions_path() == tmp_path / "there"
    shown = []
    monkeypatch.setattr(recording_presenter, "open_folder", shown.append)
    press(window, "show-sessions")
    assert shown == [tmp_path]  # what there is of it
    (tmp_path / "there").touch()
    press(window, "record")
    qtbot.waitUntil(window.parts.banner.isVisible)
    assert window.parts.banner.text.startswith("Nothing is recorded: ")
    assert not window.actions_by_name["record"].isChecked()
    assert window.control.state is PipelineState.RUNNING
    press(window, "stop")
    qtbot.waitUntil(lambda: window.control.state is PipelineState.STOPPED)
    assert not window.actions_by_name["record"].isEnabled()


def test_low_disk_warns_and_full_disk_ends(window, qtbot, monkeypatch):
    free = [500 << 20]
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(1 << 40, 0, free[0]))
    press(window, "record")
    wait_for_frames(window, qtbot)
    qtbot.waitUntil(window.parts.banner.isVisible)
    assert "524 MB left on the disk" in window.parts.banner.text
    free[0] = 10 << 20
    wait_for_notice(window, qtbot)
    assert "10 MB left on the disk" in window.parts.banner.text
    assert len(Session(sessions(window)[0])) >= 3
    assert window.control.state is PipelineState.RUNNING
    window.parts.banner.hide()
    window.parts.notice.hide()
    press(window, "record")
    qtbot.waitUntil(window.parts.banner.isVisible)
    assert "is full" in window.parts.banner.text
    assert len(sessions(window)) == 1  # no empty folder is left


def test_a_fault_of_the_recorder_is_told_and_offered_for_repair(
    recording, qtbot, monkeypatch, caplog
):
    def fail(*_):
        raise OSError("no such luck")

    qtbot.waitUntil(lambda: recording.recording.stats().num_bytes > 5000)
    monkeypatch.setattr(SessionWriter, "write", fail)
    with qtbot.waitSignal(recording.recording.left_open):
        pass
    assert "no such luck" in recording.parts.banner.text
    assert "no such luck" in caplog.text
    assert recording.control.state is PipelineState.RUNNING
    assert not recording.actions_by_name["record"].isChecked()
    assert not recording.parts.notice.isVisible()
    assert repair_session(sessions(recording)[0], quiet_s=0).num_frames > 0


def test_usual_folder_is_among_the_documents():
    assert AppSettings().recording.sessions_path().name == "DAS Capture"
    assert recorder_module.DEFAULT_LIMITS.low_bytes == 1 << 30


def test_a_frame_that_cannot_be_recorded_is_told(recording, qtbot, monkeypatch):
    def fail(*_):
        raise ValueError("an odd frame")

    monkeypatch.setattr(recorder_module.Recorder, "write", fail)
    wait_for_notice(recording, qtbot)
    assert "an odd frame" in recording.parts.banner.text
    assert "ended because it failed" in recording.parts.notice.text
    assert recording.control.state is PipelineState.RUNNING


def change_recording(window, **fields):
    now = window.settings.recording
    window.control.change(recording=replace(now, **fields))


def test_a_countdown_stands_in_the_picture_and_can_be_given_up(window, qtbot):
    change_recording(window, countdown_s=3.0)
    overlay = window.parts.picture.overlay
    middle = QPoint(overlay.width() // 2 - 50, overlay.height() // 2)
    before = overlay.grab().toImage().pixelColor(middle)
    press(window, "record")
    assert window.recording.countdown.is_on
    assert window.actions_by_name["record"].isChecked()
    assert overlay.grab().toImage().pixelColor(middle) != before
    press(window, "record")  # gives up
    assert not window.recording.countdown.is_on
    assert overlay.grab().toImage().pixelColor(middle) == before
    assert not window.actions_by_name["record"].isChecked()
    assert not window.settings.recording.sessions_path().exists()
    change_recording(window, countdown_s=0.2)
    press(window, "record")
    wait_for_frames(window, qtbot)
    press(window, "record")
    wait_for_notice(window, qtbot)


def test_a_recording_ends_after_the_time_that_was_asked_for(window, qtbot):
    change_recording(window, stop_after_s=0.5)
    press(window, "record")
    wait_for_notice(window, qtbot)
    assert "it was to last 0:00" in window.parts.notice.text
    assert Session(sessions(window)[0]).duration_s >= 0.5


def test_a_recording_ends_when_nobody_is_there(window, qtbot, opener):
    change_recording(window, stop_empty_s=0.5)
    press(window, "record")
    wait_for_frames(window, qtbot)
    assert window.recording.is_recording
    window.control.set_min_score(0.95)  # nobody is so sure
    window.control.live.set_estimator(FakeEstimator(People.empty(), "nobody"))
    wait_for_notice(window, qtbot)
    assert "nobody was there for 0.5 s" in window.parts.notice.text


def test_a_recording_begins_by_itself_under_a_name(qtbot, themed, opener, monkeypatch, tmp_path):
    monkeypatch.setattr(scene_view, "opengl_problem", lambda: "not in this test")
    folder = RecordingSettings(folder=tmp_path / "sessions", has_video=False, countdown_s=10.0)
    window = MainWindow(AppSettings(source=SourceSettings("grey"), recording=folder), opener)
    qtbot.addWidget(window)
    window.show()
    window.recording.begin_when_ready("jump")
    window.open("grey")
    wait_for_frames(window, qtbot)
    press(window, "record")
    wait_for_notice(window, qtbot)
    assert sessions(window)[0].name.endswith("_jump")
    press(window, "record")  # another has the countdown
    assert window.recording.countdown.is_on
    press(window, "record")


def test_sessions_are_listed_renamed_opened_and_deleted(recording, qtbot, monkeypatch):
    panel, listed = recording.panels.recording_panel, recording.panels.recording_panel.sessions
    monkeypatch.setattr(panel_presenter, "list_microphones", lambda: ("Desk microphone",))
    press(recording, "record")
    wait_for_notice(recording, qtbot)
    (folder,) = sessions(recording)
    press(recording, "recording")
    qtbot.waitUntil(lambda: listed.list.count() == 1 and "2 people" in listed.list.item(0).text())
    qtbot.waitUntil(lambda: panel.sound.count() == 2)
    assert panel.sound.itemText(1) == "Desk microphone"
    assert not listed.open.isEnabled()
    listed.list.setCurrentRow(0)
    monkeypatch.setattr(
        panel_presenter.QInputDialog, "getText", lambda *_: ("  best of all ", True)
    )
    qtbot.mouseClick(listed.rename, Qt.MouseButton.LeftButton)
    named = folder.with_name(f"{folder.name}_best of all")
    assert named.is_dir()
    qtbot.waitUntil(lambda: listed.list.item(0).text().startswith("best of all"))
    listed.list.setCurrentRow(0)
    opened = []
    recording.sessions.open_requested.disconnect()
    recording.sessions.open_requested.connect(opened.append)
    qtbot.mouseClick(listed.open, Qt.MouseButton.LeftButton)
    assert opened == [str(named)]
    asked = []
    monkeypatch.setattr(panel_presenter, "confirm", lambda *told: asked.append(told[2]) or True)
    monkeypatch.setattr(panel_presenter.QFile, "moveToTrash", lambda _path: False)
    qtbot.keyClick(listed.list, Qt.Key.Key_Delete)
    assert not named.exists()
    assert "for ever" in asked[1]
    qtbot.waitUntil(lambda: "No session yet" in listed.list.item(0).text())


def test_the_picture_of_a_session_that_is_gone_is_let_go(recording, qtbot, monkeypatch):
    shown = []

    def thumbnail(_session, size):
        image = np.zeros((size[1], size[0], 3), np.uint8)
        shown.append(weakref.ref(image))
        return image

    monkeypatch.setattr(panel_presenter, "list_microphones", lambda: ())
    monkeypatch.setattr(panel_presenter, "thumbnail", thumbnail)
    press(recording, "record")
    wait_for_notice(recording, qtbot)
    press(recording, "recording")
    listed = recording.panels.recording_panel.sessions.list
    qtbot.waitUntil(lambda: bool(shown) and "2 people" in listed.item(0).text())
    qtbot.wait(300)
    assert shown[0]() is not None  # kept for the next look
    shutil.rmtree(sessions(recording)[0])
    press(recording, "recording")
    press(recording, "recording")
    qtbot.waitUntil(lambda: "No session yet" in listed.item(0).text())
    qtbot.waitUntil(lambda: shown[0]() is None)


def test_a_session_that_is_open_is_not_deleted(recording, qtbot, tmp_path):
    press(recording, "record")
    wait_for_notice(recording, qtbot)
    (folder,) = sessions(recording)
    recording.open(str(folder))
    qtbot.waitUntil(lambda: recording.control.bridge.current is not None)
    recording.sessions.delete(folder, is_sure=True)
    assert "is open; close it first" in recording.parts.banner.text
    recording.sessions.rename(folder, "other")
    assert folder.is_dir()
