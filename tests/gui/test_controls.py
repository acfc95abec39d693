import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QFileDialog, QInputDialog

from das_app.devices import CameraDevice
from das_app.gui import controls as module
from das_app.gui.controls import ControlBar
from das_app.pipeline.messages import PipelineState


@pytest.fixture
def bar(qtbot, themed):
    bar = ControlBar()
    qtbot.addWidget(bar)
    bar.show()
    return bar


def actions(menu):
    return {action.text(): action for action in menu.actions() if action.text()}


def test_cameras_are_listed_by_name_each_time(bar, qtbot, monkeypatch):
    found = [CameraDevice(0, "Desk", "/dev/video0"), CameraDevice(2, "Phone", "")]
    monkeypatch.setattr(module, "list_cameras", lambda: tuple(found))
    bar.camera.menu().aboutToShow.emit()
    with qtbot.waitSignal(bar.source_chosen) as chosen:
        actions(bar.camera.menu())["Phone  (2)"].trigger()
    assert chosen.args == ["2"]
    found.pop()
    bar.camera.menu().aboutToShow.emit()
    assert list(actions(bar.camera.menu())) == ["Desk  (0)", "Camera by number …"]


def test_no_camera_is_said_and_a_number_can_be_typed(bar, qtbot, monkeypatch):
    monkeypatch.setattr(module, "list_cameras", lambda: ())
    bar.camera.menu().aboutToShow.emit()
    entries = actions(bar.camera.menu())
    assert not entries["No camera is listed by the system"].isEnabled()
    monkeypatch.setattr(QInputDialog, "getInt", lambda *args: (7, True))
    with qtbot.waitSignal(bar.source_chosen) as chosen:
        entries["Camera by number …"].trigger()
    assert chosen.args == ["7"]
    monkeypatch.setattr(QInputDialog, "getInt", lambda *args: (7, False))
    with qtbot.assertNotEmitted(bar.source_chosen):
        entries["Camera by number …"].trigger()


def test_files_folders_and_the_demo(bar, qtbot, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *args: ("/clips/a.mp4", ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *args: "/photos")
    for button, expected in (
        (bar.file, "/clips/a.mp4"),
        (bar.folder, "/photos"),
        (bar.demo, "demo"),
    ):
        with qtbot.waitSignal(bar.source_chosen) as chosen:
            qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert chosen.args == [expected]


def test_a_cancelled_dialog_opens_nothing(bar, qtbot, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *args: ("", ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *args: "")
    with qtbot.assertNotEmitted(bar.source_chosen):
        bar.choose_file()
        bar.choose_folder()


@pytest.mark.parametrize(
    ("state", "tip", "can_stop"),
    [
        (PipelineState.RUNNING, "Pause (Space)", True),
        (PipelineState.PAUSED, "Play (Space)", True),
        (PipelineState.STOPPED, "Play (Space)", False),
        (PipelineState.FINISHED, "Play (Space)", False),
        (PipelineState.FAULTED, "Play (Space)", False),
    ],
)
def test_play_and_stop_follow_the_state(bar, state, tip, can_stop):
    bar.set_state(state)
    assert bar.play.toolTip() == tip
    assert bar.stop.isEnabled() is can_stop


def test_setters_do_not_echo(bar, qtbot):
    signals = (bar.fov_changed, bar.threshold_changed, bar.loop_toggled)
    with qtbot.assertNotEmitted(signals[0]), qtbot.assertNotEmitted(signals[1]):
        with qtbot.assertNotEmitted(signals[2]):
            bar.set_lens(75.0, 833.0, is_assumed=True)
            bar.set_threshold(0.65)
            bar.set_looping(True)
    assert bar.fov.value() == 75.0 and bar.threshold.value() == 65 and bar.loop.isChecked()


def test_the_lens_says_what_is_assumed(bar):
    bar.set_lens(60.0, 1108.5, is_assumed=True)
    assert bar.focal.text() == "f 1108 px, assumed" and bar.fov.isEnabled()
    bar.set_lens(60.0, None, is_assumed=True)
    assert bar.focal.text() == "assumed"
    bar.set_lens(71.2, 900.0, is_assumed=False)
    assert bar.focal.text() == "f 900 px, calibrated" and not bar.fov.isEnabled()


def test_user_changes_are_told(bar, qtbot):
    with qtbot.waitSignal(bar.fov_changed) as changed:
        bar.fov.setValue(80.0)
    assert changed.args == [80.0]
    with qtbot.waitSignal(bar.threshold_changed) as changed:
        bar.threshold.setValue(42)
    assert changed.args == [0.42]
    with qtbot.waitSignal(bar.loop_toggled) as toggled:
        bar.loop.click()
    assert toggled.args == [True]


def test_every_shortcut_stands_in_its_tooltip(bar):
    buttons = [b for b in bar.findChildren(QAbstractButton) if not b.shortcut().isEmpty()]
    assert len(buttons) == 7
    for button in buttons:
        assert f"({button.shortcut().toString()})" in button.toolTip()
