import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMainWindow

from das_app.gui.actions.actions import Actions
from das_app.gui.actions.panel_list import ALL_COMMANDS
from das_app.gui.window.control_bar import ControlBar


@pytest.fixture
def bar(qtbot, themed):
    window = QMainWindow()
    qtbot.addWidget(window)
    bar = ControlBar(Actions(window, ALL_COMMANDS))
    window.setCentralWidget(bar)
    window.show()
    yield bar
    window.close()  # it lives as long


@pytest.mark.parametrize("name", ["camera", "file", "folder", "demo", "play", "stop"])
def test_buttons_do_what_the_actions_do(bar, qtbot, name):
    button = bar.buttons[name]
    with qtbot.waitSignal(button.defaultAction().triggered):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    button.defaultAction().setEnabled(False)
    assert not button.isEnabled()


def test_setters_do_not_echo(bar, qtbot):
    with qtbot.assertNotEmitted(bar.min_score_changed):
        bar.set_min_score(0.65)
    assert bar.threshold.value() == 65


def test_the_lens_is_always_in_words_and_its_button_shows_its_panel(bar, qtbot):
    bar.set_lens("f 1108 px · FOV 60° (assumed)")
    with qtbot.waitSignal(bar.lens.defaultAction().toggled):
        qtbot.mouseClick(bar.lens, Qt.MouseButton.LeftButton)
    assert bar.lens.text() == "f 1108 px · FOV 60° (assumed)"
    assert bar.lens.defaultAction().text() == "Lens"


def test_the_lens_button_has_no_words_without_a_lens(bar):
    icon_only = Qt.ToolButtonStyle.ToolButtonIconOnly
    bar.window().resize(1900, 100)
    assert bar.lens.toolButtonStyle() == icon_only
    bar.set_lens("f 1108 px · FOV 60° (assumed)")
    assert bar.lens.toolButtonStyle() != icon_only
    bar.set_lens("")
    assert bar.lens.toolButtonStyle() == icon_only


def test_the_confidence_speaks_per_cent_and_tells_who_is_hidden(bar, qtbot):
    bar.window().resize(1600, 100)
    bar.set_min_score(0.6)
    assert "60 %" in {label.text() for label in bar.findChildren(QLabel)}
    bar.layout().activate()
    place = bar.threshold.geometry()
    bar.set_num_hidden(3)
    bar.layout().activate()
    assert bar.hidden.text() == "3 people hidden"
    assert bar.threshold.geometry() == place
    bar.set_num_hidden(0)
    assert not bar.hidden.text()


def test_user_changes_are_told(bar, qtbot):
    with qtbot.waitSignal(bar.min_score_changed) as changed:
        bar.threshold.setValue(42)
    assert changed.args == [0.42]


def test_a_narrow_bar_has_icons_and_a_wide_one_words(bar):
    icon, text = Qt.ToolButtonStyle.ToolButtonIconOnly, Qt.ToolButtonStyle.ToolButtonTextBesideIcon
    bar.set_lens("f 665 px · FOV 60° (assumed)")
    bar.window().resize(1600, 100)
    assert bar.buttons["camera"].toolButtonStyle() is text
    bar.window().resize(940, 100)
    assert bar.width() == 940
    assert bar.buttons["camera"].toolButtonStyle() is icon
    assert bar.lens.toolButtonStyle() is text  # the assumed lens is said as long as it can be
    bar.window().resize(1600, 100)
    assert bar.buttons["record"].toolButtonStyle() is text
