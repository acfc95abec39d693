import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMainWindow, QMenu

from das_app.gui.actions import Actions
from das_app.gui.controls import ControlBar


@pytest.fixture
def bar(qtbot, themed):
    window = QMainWindow()
    qtbot.addWidget(window)
    bar = ControlBar(Actions(window), QMenu(window))
    window.setCentralWidget(bar)
    window.show()
    yield bar  # the window lives as long


@pytest.mark.parametrize("name", ["file", "folder", "demo", "play", "stop", "loop"])
def test_buttons_do_what_the_actions_do(bar, qtbot, name):
    button = bar.buttons[name]
    with qtbot.waitSignal(button.defaultAction().triggered):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    button.defaultAction().setEnabled(False)
    assert not button.isEnabled()


def test_setters_do_not_echo(bar, qtbot):
    with qtbot.assertNotEmitted(bar.fov_changed), qtbot.assertNotEmitted(bar.threshold_changed):
        bar.set_lens(75.0, 833.0, is_assumed=True)
        bar.set_threshold(0.65)
    assert bar.fov.value() == 75.0 and bar.threshold.value() == 65


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
