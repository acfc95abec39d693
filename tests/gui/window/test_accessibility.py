import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QComboBox,
    QLabel,
    QScrollBar,
    QWidget,
)
from window_fakes import Opener

from das_app.gui.actions.panel_list import PANELS
from das_app.gui.scene import scene_view
from das_app.gui.window.main_window import MainWindow
from das_app.settings.app_settings import AppSettings

ROLES = {
    QAccessible.Role.Button,
    QAccessible.Role.ButtonMenu,
    QAccessible.Role.CheckBox,
    QAccessible.Role.ComboBox,
    QAccessible.Role.Slider,
    QAccessible.Role.ScrollBar,
}


@pytest.fixture
def window(qtbot, themed, monkeypatch):
    """With every panel shown."""
    monkeypatch.setattr(scene_view, "opengl_problem", lambda: "not in this test")
    window = MainWindow(AppSettings(), Opener())
    qtbot.addWidget(window)
    window.resize(1366, 768)
    window.show()
    for panel in PANELS:
        window.actions_by_name[panel.command.name].setChecked(True)
    return window


def controls(window):
    """What can have the focus, but for the inner parts of Qt's own controls."""
    return [
        widget
        for widget in window.findChildren(QWidget)
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        and not widget.objectName().startswith("qt_")
        and not (
            widget.parentWidget() and widget.parentWidget().inherits("QComboBoxPrivateContainer")
        )
        and not isinstance(widget, QScrollBar | QLabel)
    ]


def accessible(widget):
    return QAccessible.queryAccessibleInterface(widget)


def said(widget):
    """What a screen reader says of it."""
    return accessible(widget).text(QAccessible.Text.Name) or accessible(widget).text(
        QAccessible.Text.Value
    )


def test_every_control_has_a_name(window):
    found = controls(window)
    assert len(found) > 60
    assert not [(type(w).__name__, w.toolTip()) for w in found if not said(w)]


def test_buttons_boxes_and_sliders_have_their_roles(window):
    found = [
        widget
        for widget in controls(window)
        if isinstance(widget, QAbstractButton | QAbstractSlider | QComboBox)
    ]
    assert len(found) > 40
    assert not [w for w in found if accessible(w).role() not in ROLES]


def test_every_button_can_be_reached_by_the_keyboard(window):
    buttons = [w for w in window.findChildren(QAbstractButton) if w.isVisibleTo(window)]
    inner = ("qt_", "ScrollLeftButton", "ScrollRightButton")
    reached = [b for b in buttons if b.focusPolicy() & Qt.FocusPolicy.TabFocus]
    lost = [
        b
        for b in buttons
        if b not in reached
        and not b.objectName().startswith(inner)
        and not b.inherits("QDockWidgetTitleButton")
    ]
    assert len(reached) > 30
    assert not [(type(b).__name__, b.objectName(), b.toolTip(), b.text()) for b in lost]


def test_the_whole_tree_can_be_walked(window):
    seen, waiting = 0, [accessible(window)]
    while waiting:
        node = waiting.pop()
        seen += 1
        waiting += [node.child(i) for i in range(node.childCount()) if node.child(i) is not None]
    assert seen > 150
