"""A recorded session in the real window, with the real player and no model."""

import os
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget
from window_fakes import Opener, people_at

from das_app.gui.control.bridge import OpenedSource
from das_app.gui.scene import scene_view
from das_app.gui.session.people_editor import PeopleEditor
from das_app.gui.window.app import PipelineOpener
from das_app.gui.window.main_window import MainWindow
from das_app.messaging.messages import Frame, PipelineState, PoseResult
from das_app.pipeline.live import LivePipeline
from das_app.session.edits import EDITS_FILE, PersonSpan, SessionEdits, load_edits, save_edits
from das_app.session.format import LOG_FILE
from das_app.session.recorder import Recorder
from das_app.session.types import EventKind, Layer, SessionOrigin
from das_app.settings.app_settings import AppSettings, SourceSettings, ViewSettings
from das_model.camera import Camera
from das_model.skeleton import BODY_22

SIZE, NUM_FRAMES, FPS = (160, 90), 30, 30.0
LENS = Camera.from_fov(SIZE, 75.0)
ORIGIN = SessionOrigin(
    "walk.mp4",
    FPS,
    "FOV 75° (field of view as entered)",
    BODY_22,
    "das-lite",
    "ab" * 32,
    "0.1",
    "2026-11-22T12:00:00+00:00",
)


def record(folder, has_video):
    """Person 3 walks away, 100 mm a frame, person 8 stands; raw people are 500 mm nearer."""
    recorder = Recorder(folder, ORIGIN, has_video=has_video, waits=True)
    for i in range(NUM_FRAMES):
        people = people_at((-500, -100, 3000 + 100 * i), (500, -100, 3500), track_ids=(3, 8))
        raw = replace(people, joints_cam=people.joints_cam - np.float32([0, 0, 500]))
        image = np.full((SIZE[1], SIZE[0], 3), 8 * i, np.uint8)
        recorder.write(PoseResult(Frame(i, i / FPS, image, LENS), people, 0.01, 0.02, raw))
        if i == 15:
            recorder.note_event(EventKind.MARKER, "jump")
            recorder.note_event(EventKind.SOURCE_LOST, "camera 0 is silent")
    recorder.close()


@pytest.fixture(scope="module")
def sessions(tmp_path_factory):
    """Folder with a session `film` and one without pictures, `poses`; not to be changed."""
    folder = tmp_path_factory.mktemp("sessions")
    record(folder / "film", has_video=True)
    record(folder / "poses", has_video=False)
    return folder


@pytest.fixture
def film(sessions, tmp_path):
    """A session of its own for a test that edits it."""
    folder = tmp_path / "film"
    folder.mkdir()
    for file in (sessions / "film").iterdir():
        (folder / file.name).symlink_to(file)
    return folder


class BothOpener(Opener):
    """Sessions as the application opens them; all else is grey."""

    def __call__(self, settings, on_state) -> OpenedSource:
        if Path(settings.source.name).exists():
            return PipelineOpener()(settings, on_state)
        return super().__call__(settings, on_state)


@pytest.fixture
def window(qtbot, themed, monkeypatch):
    monkeypatch.setattr(scene_view, "opengl_problem", lambda: "not in this test")
    window = MainWindow(
        AppSettings(
            view=ViewSettings(has_seen_welcome=True), source=SourceSettings(is_looping=False)
        ),
        BothOpener(),
    )
    qtbot.addWidget(window)
    window.resize(1280, 720)
    window.show()
    return window


@pytest.fixture
def play(window, qtbot):
    """Opens a session, and holds it at a frame."""

    def open_at(folder, index=0):
        window.open(str(folder))
        qtbot.waitUntil(lambda: window.panels.session.player is not None)
        window.control.pipeline.set_paused(True)
        go(window, qtbot, index)

    return open_at


def go(window, qtbot, index):
    window.control.seek((index + 0.2) / FPS)
    qtbot.waitUntil(lambda: shown_index(window) == index)


def shown_index(window):
    return None if window.shown.result is None else window.shown.result.frame.index


def depth_mm(window):
    return float(window.shown.people.root_cam[0, 2])


def widths_asked_for(window):
    """By every widget that asks for one: what asks for more each time makes the window grow."""
    widgets = window.findChildren(QWidget)
    return [(type(each).__name__, each.minimumWidth()) for each in widgets if each.minimumWidth()]


def test_the_window_asks_for_no_more_room_with_every_session(window, play, qtbot, sessions):
    asked = []
    for number in range(4):
        for name in ("poses", "film"):
            play(sessions / name, 3 * number)
        asked.append(widths_asked_for(window))
        assert ("Label", window.parts.player.place.minimumWidth()) in asked[-1]
        window.open("grey")
        qtbot.waitUntil(lambda: window.panels.session.player is None)
    assert asked[-1] == asked[1]


def test_a_session_plays_to_its_end_with_its_people_pictures_and_lens(window, qtbot, sessions):
    window.open(str(sessions / "film"))
    qtbot.waitUntil(lambda: window.control.state is PipelineState.FINISHED)
    qtbot.waitUntil(lambda: shown_index(window) == NUM_FRAMES - 1)
    assert depth_mm(window) == pytest.approx(3000 + 100 * (NUM_FRAMES - 1))
    assert window.shown.people.track_ids.tolist() == [3, 8]
    assert window.shown.result.frame.image.mean() == pytest.approx(8 * (NUM_FRAMES - 1), abs=4)
    assert window.control.lens.label == ORIGIN.intrinsics
    assert window.shown.camera.fov_deg == pytest.approx(75.0)
    assert window.parts.status.source.text() == "film"
    assert window.parts.status.engine.text() == "das-lite"
    assert window.parts.status.inference.text() == "–"


def test_frames_poses_and_events_are_reached_from_everywhere(window, qtbot, play, sessions):
    play(sessions / "film", 10)
    actions, slider, panel = (
        window.actions_by_name,
        window.parts.player.slider,
        window.panels.session_panel,
    )
    for name, index in (("step-forward", 11), ("step-back", 10), ("step-back", 9)):
        actions[name].trigger()
        qtbot.waitUntil(lambda index=index: shown_index(window) == index)
        assert depth_mm(window) == pytest.approx(3000 + 100 * index)
    assert window.parts.player.place.text().endswith(f"10/{NUM_FRAMES}")
    window.panels.inspector_panel.time_chosen.emit(5.2 / FPS)  # a click into its curves
    qtbot.waitUntil(lambda: shown_index(window) == 5)
    assert window.panels.inspector_panel._cursor_s == pytest.approx(5 / FPS)
    # raw and smoothed change what is shown at once
    window.parts.player.layer_chosen.emit(Layer.RAW)
    qtbot.waitUntil(lambda: depth_mm(window) == pytest.approx(3000))
    assert actions["raw"].isChecked()
    actions["raw"].trigger()
    qtbot.waitUntil(lambda: depth_mm(window) == pytest.approx(3500))
    assert window.parts.player.poses.currentText() == "Smoothed"
    assert shown_index(window) == 5
    # events
    texts = [panel.events.item(row).text() for row in range(panel.events.count())]
    assert [text.split("  ")[1] for text in texts] == [
        "recording began: walk.mp4",
        "marker: jump",
        "source lost: camera 0 is silent",
        "recording ended",
    ]
    told = slider.words_at(slider._x_of(15 / FPS) + 2)
    assert told == "00:00.50  marker: jump\n00:00.50  source lost: camera 0 is silent"
    assert slider.words_at(slider._x_of(0.1)).startswith("00:00.1")
    panel.events.itemClicked.emit(panel.events.item(2))
    qtbot.waitUntil(lambda: shown_index(window) == 15)


def test_a_name_is_shown_everywhere_kept_and_taken_back(window, qtbot, play, film):
    play(film, 4)
    panel, inspector = window.panels.session_panel, window.panels.inspector_panel
    qtbot.waitUntil(lambda: panel.people.table.rowCount() == 2)
    assert [panel.people.table.item(row, 0).text() for row in (0, 1)] == ["#3", "#8"]
    panel.people.table.item(1, 1).setText("Zoë")
    assert load_edits(film).names == {8: "Zoë"}
    assert window.parts.picture.overlay._shown.names == {8: "Zoë"}
    assert window.panels.streaming.names == {8: "Zoë"}
    inspector.set_chosen(8)
    inspector.refresh()
    assert inspector.title.text() == "Zoë"
    assert inspector.table.item(1, 1).text() == "Zoë"
    panel.people.table.item(1, 1).setText("")
    assert not (film / EDITS_FILE).exists()
    assert inspector.title.text() == "Person #8"
    assert inspector.table.item(1, 1).text() == "#8"
    (film / EDITS_FILE).mkdir()  # in the way
    panel.people.table.item(0, 1).setText("Anna")
    assert window.parts.banner.isVisible()
    assert "Not kept" in window.parts.banner.text
    assert not window.parts.picture.overlay._shown.names
    assert not window.panels.streaming.names
    assert panel.people.table.item(0, 1).text() == ""


def test_people_are_merged_split_swapped_left_out_and_all_undone(window, qtbot, play, film):
    play(film, 4)
    editor, log = window.panels.session_panel.people, (film / LOG_FILE).read_bytes()

    def shown_ids():
        return sorted(window.shown.people.track_ids.tolist())

    def choose(*track_ids):
        editor.table.clearSelection()
        for row in range(editor.table.rowCount()):
            if int(editor.table.item(row, 0).text()[1:]) in track_ids:
                for column in range(3):
                    editor.table.item(row, column).setSelected(True)

    def is_allowed():
        return [button.isEnabled() for button in (editor.merge, editor.split, editor.swap)]

    qtbot.waitUntil(lambda: editor.table.rowCount() == 2)
    recorded = shown_ids()
    assert is_allowed() == [False, False, False]
    choose(3)
    assert is_allowed() == [False, True, False]
    editor.split.click()
    qtbot.waitUntil(lambda: 9 in shown_ids())
    choose(3, 9)
    assert is_allowed() == [True, False, True]
    editor.merge.click()
    qtbot.waitUntil(lambda: shown_ids() == recorded)
    assert editor.table.rowCount() == 2
    choose(3, 8)
    editor.swap.click()
    choose(3)
    editor.drop.click()
    qtbot.waitUntil(lambda: 3 not in shown_ids())
    assert [editor.table.item(row, 0).text() for row in range(editor.table.rowCount())] == ["#8"]
    assert [edit.kind for edit in load_edits(film).people] == ["split", "merge", "swap", "drop"]
    assert "#3 left out" in editor.undo.toolTip()
    while editor.undo.isEnabled():
        editor.undo.click()
    qtbot.waitUntil(lambda: shown_ids() == recorded)
    assert not (film / EDITS_FILE).exists()
    assert (film / LOG_FILE).read_bytes() == log


def test_a_doubt_leads_there_and_chooses_both(qtbot):
    editor = PeopleEditor()
    qtbot.addWidget(editor)
    editor.set_people((3, 7, 8), {}, {7: PersonSpan(1.0, 2.5, 40)})
    editor.set_doubts({(7, 3): 1.0, (8, 2): 2.0})  # 2 is not there any more
    assert [editor.doubts.item(row).text() for row in range(editor.doubts.count())] == [
        "00:01.00  #7 may be #3"
    ]
    with qtbot.waitSignal(editor.time_chosen) as told:
        editor.doubts.itemClicked.emit(editor.doubts.item(0))
    assert told.args == [1.0]
    assert editor.chosen() == (3, 7)
    with qtbot.waitSignal(editor.merge_asked) as asked:
        editor.merge.click()
    assert asked.args == [(3, 7)]
    editor.set_people((3, 8), {}, {})
    assert editor.doubts.count() == 0


def test_names_are_there_when_it_is_opened_again_and_gone_with_it(window, qtbot, play, film):
    save_edits(film, SessionEdits({3: "Anna"}))
    play(film)
    assert window.parts.picture.overlay._shown.names == {3: "Anna"}
    window.open("grey")
    qtbot.waitUntil(lambda: window.parts.status.source.text() == "grey")
    qtbot.waitUntil(lambda: shown_index(window) is not None)
    assert not window.parts.picture.overlay._shown.names


def test_trimming_is_kept_shown_played_and_undone(window, qtbot, play, film):
    play(film, 10)
    window.actions_by_name["trim-begin"].trigger()
    go(window, qtbot, 14)
    window.actions_by_name["trim-end"].trigger()
    assert load_edits(film) == SessionEdits(start_s=10 / FPS, end_s=14 / FPS)
    assert window.panels.session_panel.part.text() == "00:00.33 to 00:00.47, of 00:00.97"
    assert window.parts.player.slider._part_s == pytest.approx((10 / FPS, 14 / FPS))
    states, frames = [], []
    window.control.state_changed.connect(lambda state, _: states.append(state))
    window.panels.session.player.add_sink(lambda result: frames.append(result.frame.index))
    for times in (1, 2):
        window.actions_by_name["play"].trigger()
        qtbot.waitUntil(lambda times=times: states.count(PipelineState.FINISHED) == times)
    qtbot.waitUntil(lambda: shown_index(window) == 14)
    assert frames == [10, 11, 12, 13, 14]  # the first time it stood at the end already
    window.actions_by_name["trim-whole"].trigger()
    assert not (film / EDITS_FILE).exists()
    assert window.panels.session_panel.part.text() == "Whole session, 00:00.97"


def test_without_a_video_the_window_says_so(window, qtbot, play, sessions):
    play(sessions / "poses", 3)
    assert window.shown.people.track_ids.tolist() == [3, 8]
    assert window.parts.picture.hint.startswith("No video was recorded")
    assert not window.actions_by_name["rerun"].isEnabled()
    assert "without its pictures" in window.actions_by_name["rerun"].toolTip()


def test_what_needs_a_model_is_forbidden_with_a_reason(window, qtbot, play, sessions):
    areas, actions = window.panels.areas, window.actions_by_name
    assert not any(area.note for area in areas.values())
    assert not actions["trim-begin"].isEnabled()
    play(sessions / "film")
    for name in ("lens", "people", "model"):
        assert "session plays" in areas[name].note
    assert not window.panels.model_panel.isEnabled()
    assert not window.panels.people_panel.isEnabled()
    assert not window.panels.camera_panel.fov.isEnabled()
    assert window.panels.camera_panel.click_feet.isEnabled()
    for name in ("heat-map", "timing", "record"):
        assert not actions[name].isEnabled()
    assert "no model runs" in actions["heat-map"].toolTip()
    assert "recorded already" in actions["record"].toolTip()
    window.control.set_input_scale(0.5)  # harms nothing
    window.open("grey")
    qtbot.waitUntil(lambda: isinstance(window.control.pipeline, LivePipeline))
    assert not any(area.note for area in areas.values())
    assert actions["heat-map"].isEnabled()
    assert not actions["raw"].isEnabled()
    assert not window.parts.player.poses.isVisible()


def test_what_cannot_be_read_is_told_and_the_next_source_opens(window, qtbot, film):
    banner, log = window.parts.banner, film / LOG_FILE
    whole = log.read_bytes()
    log.unlink()
    log.write_bytes(whole[: len(whole) // 2])
    window.open(str(film))
    qtbot.waitUntil(banner.isVisible)
    assert "damaged" in banner.text
    assert str(log) in banner.text
    (film / "session.json").unlink()
    window.open(str(film))
    qtbot.waitUntil(lambda: "das-app repair" in banner.text)
    window.open("grey")
    qtbot.waitUntil(lambda: window.control.state is PipelineState.RUNNING)


def test_a_session_that_was_never_closed_is_repaired_where_it_is_opened(
    window, qtbot, sessions, tmp_path
):
    film = shutil.copytree(sessions / "film", tmp_path / "crashed")
    (film / "session.json").unlink()
    log = film / LOG_FILE
    log.write_bytes(log.read_bytes()[:-100])
    os.utime(log, (1e9, 1e9))  # nobody records it any more
    window.open(str(film))
    offer = window.parts.repair_offer
    qtbot.waitUntil(lambda: offer.isVisible() and film.name in offer.text)
    offer.repair.click()
    qtbot.waitUntil(lambda: "is repaired" in offer.text)
    window.open(str(film))
    qtbot.waitUntil(lambda: window.panels.session.player is not None)


def test_a_session_is_dropped_or_asked_for(window, qtbot, sessions, monkeypatch):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(sessions / "film" / LOG_FILE))])
    window.dropEvent(
        QDropEvent(
            QPointF(10, 10),
            Qt.DropAction.CopyAction,
            data,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
    )
    qtbot.waitUntil(lambda: shown_index(window) is not None)
    assert window.settings.source.recent == (str(sessions / "film"),)
    told = []
    monkeypatch.setattr(QMessageBox, "warning", lambda *args: told.append(args[2]))
    chosen = iter([str(sessions), str(sessions / "poses")])
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: next(chosen))
    window.actions_by_name["open-session"].trigger()
    assert "holds no session" in told[0]
    assert window.settings.source.name.endswith("film")
    window.actions_by_name["open-session"].trigger()
    qtbot.waitUntil(lambda: window.parts.status.source.text() == "poses")
