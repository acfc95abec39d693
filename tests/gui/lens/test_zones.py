import json
from dataclasses import replace

import numpy as np
import platformdirs
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from window_fakes import Opener, people_at

from das_app.gui.scene import scene_view
from das_app.gui.window.main_window import MainWindow
from das_app.motion.ignored import Ignored, rectangle
from das_app.session.session import Session
from das_app.settings.app_settings import AppSettings, RecordingSettings, SourceSettings
from das_app.settings.source_setups import KeptSetup, SourceSetups


class KeepingOpener(Opener):
    """Keeps the setups of its sources."""

    def __init__(self, people, folder):
        super().__init__(people)
        self.setups = SourceSetups(folder=folder)

    def __call__(self, settings, on_state):
        name = settings.source.name
        kept = KeptSetup(self.setups, name, self.setups.of(name, name))
        return replace(super().__call__(settings, on_state), setup=kept)


LEFT_BUTTON = Qt.MouseButton.LeftButton


@pytest.fixture
def window(qtbot, themed, tmp_path, monkeypatch):
    monkeypatch.setattr(platformdirs, "user_config_path", lambda *a, **k: tmp_path)
    monkeypatch.setattr(scene_view, "opengl_problem", lambda: "not in this test")
    settings = AppSettings(
        source=SourceSettings("grey"), recording=RecordingSettings(tmp_path, has_video=False)
    )
    people = people_at((-700, 0, 3000), (700, 0, 3000))
    window = MainWindow(settings, KeepingOpener(people, tmp_path / "sources"))
    qtbot.addWidget(window)
    window.show()
    window.actions_by_name["lens"].trigger()
    window.open("grey")
    wait_for(qtbot, window, 2)
    return window


def wait_for(qtbot, window, num_people):
    qtbot.waitUntil(
        lambda: window.shown.result is not None and len(window.shown.people) == num_people
    )


def at(window, x, y):
    """Place in the picture, in shares of it, as a point of the view."""
    box = window.parts.picture.overlay.letterbox
    return QPoint(round(box.left + x * box.size[0]), round(box.top + y * box.size[1]))


def drag(window, start, end):
    overlay = window.parts.picture.overlay
    QTest.mousePress(overlay, LEFT_BUTTON, pos=at(window, *start))
    for share in (0.3, 0.7, 1.0):
        place = np.array(start) + share * (np.array(end) - start)
        QTest.mouseMove(overlay, at(window, *place))
    QTest.mouseRelease(overlay, LEFT_BUTTON, pos=at(window, *end))


def click(window, *places):
    for place in places:
        QTest.mouseClick(window.parts.picture.overlay, LEFT_BUTTON, pos=at(window, *place))


def zones(window):
    return window.settings.ignored.places().zones


def test_a_rectangle_is_drawn_moved_deleted_and_taken_back(window, qtbot):
    panel = window.panels.camera_panel.zones
    panel.edit.click()
    drag(window, (0.02, 0.05), (0.48, 0.95))
    np.testing.assert_allclose(zones(window)[0], rectangle((0.02, 0.05), (0.48, 0.95)), atol=0.01)
    wait_for(qtbot, window, 1)
    assert window.shown.people.root_cam[0, 0] > 0  # who is on the right
    drag(window, (0.25, 0.5), (0.75, 0.5))  # the zone
    qtbot.waitUntil(lambda: len(window.shown.people) and window.shown.people.root_cam[0, 0] < 0)
    panel.undo.click()
    assert max(x for x, _ in zones(window)[0]) < 0.5
    click(window, (0.25, 0.5))
    panel.delete.click()
    assert not zones(window)
    wait_for(qtbot, window, 2)
    panel.undo.click()
    assert len(zones(window)) == 1
    QTest.mouseClick(window.parts.picture.overlay, LEFT_BUTTON, pos=at(window, 0.25, 0.5))
    QTest.keyClick(window.parts.picture.overlay, Qt.Key.Key_Delete)
    assert not zones(window)


def test_a_polygon_is_clicked_and_its_first_corner_ends_it(window, qtbot):
    window.panels.camera_panel.zones.edit.click()
    click(window, (0.55, 0.05), (0.95, 0.05), (0.95, 0.95), (0.55, 0.95))
    assert not zones(window)  # not yet
    click(window, (0.55, 0.05))
    assert len(zones(window)[0]) == 4
    wait_for(qtbot, window, 1)
    assert window.shown.people.root_cam[0, 0] < 0


def test_drawing_does_not_move_the_picture_or_choose_anybody_and_ends(window):
    overlay, panel = window.parts.picture.overlay, window.panels.camera_panel.zones
    chosen = []
    overlay.person_chosen.connect(chosen.append)
    panel.edit.click()
    click(window, (0.3, 0.5))
    assert not chosen
    assert overlay.hover_lines() == []
    panel.edit.click()
    assert not overlay.zones.corners  # a polygon begun is given up
    drag(window, (0.1, 0.1), (0.4, 0.4))
    assert not zones(window)


def test_zones_belong_to_their_source_and_last(window, qtbot, tmp_path):
    panel = window.panels.camera_panel.zones
    panel.edit.click()
    drag(window, (0.02, 0.05), (0.48, 0.95))
    panel.farthest.setValue(6.0)
    kept = SourceSetups(folder=tmp_path / "sources").of("grey", "grey").ignored
    assert kept.farthest_m == 6.0
    assert kept.places().zones == zones(window) != ()
    window.open("another")
    wait_for(qtbot, window, 2)
    assert not window.parts.picture.overlay.zones.zones
    assert panel.farthest.text() == "no limit"
    assert not panel.edit.isChecked()
    window.open("grey")
    wait_for(qtbot, window, 1)
    assert len(window.parts.picture.overlay.zones.zones) == 1


def test_distances_leave_people_out_and_those_that_cannot_be_are_refused(window, qtbot):
    panel = window.panels.camera_panel.zones
    panel.nearest.setValue(4.0)
    wait_for(qtbot, window, 0)
    panel.farthest.setValue(3.5)
    assert "below the farthest" in window.parts.banner.text
    assert panel.farthest.text() == "no limit"
    panel.nearest.setValue(0.0)
    wait_for(qtbot, window, 2)


def test_a_recording_tells_what_is_ignored_and_holds_nobody_of_it(window, qtbot, tmp_path):
    panel = window.panels.camera_panel.zones
    window.control.set_ignored(Ignored((rectangle((0.0, 0.0), (0.5, 1.0)),)))
    wait_for(qtbot, window, 1)
    window.actions_by_name["record"].trigger()
    qtbot.waitUntil(lambda: window.recording._current is not None)
    recorder = window.recording._current.recorder
    qtbot.waitUntil(lambda: recorder.num_frames > 3)
    panel.farthest.setValue(9.0)
    qtbot.wait(700)  # until it stands still
    window.actions_by_name["record"].trigger()
    qtbot.waitUntil(lambda: list(tmp_path.glob("*/session.json")) != [])
    session = Session(next(tmp_path.glob("*/session.json")).parent)
    assert session.origin.ignored == "zone 0,0,0.5,0,0.5,1,0,1"
    assert json.loads((session.folder / "session.json").read_text())["ignored"]
    assert {len(poses.people) for poses in session} == {1}
    assert any("further than 9 m" in event.text for event in session.events())
