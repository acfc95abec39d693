import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMainWindow, QPushButton, QWidget

from das_app.gui.style.docks import PanelArea, frame_panes
from das_app.gui.style.pane_frame import HEADING_PX


@pytest.fixture
def area(qtbot, themed):
    panel = QWidget()
    panel.setMinimumHeight(400)
    row = QHBoxLayout(panel)
    for _ in range(3):
        row.addWidget(QPushButton("A button with words"))
    area = PanelArea(panel)
    qtbot.addWidget(area)
    area.panel = panel
    return area


def test_a_panel_is_never_cut_off_at_its_side(area, qtbot):
    area.resize(area.minimumSizeHint().width(), 200)  # too low: there is a bar at its side
    area.show()
    qtbot.waitUntil(area.verticalScrollBar().isVisible)
    assert area.panel.width() <= area.viewport().width()
    assert area.panel.width() >= area.panel.minimumSizeHint().width()


def test_a_locked_panel_says_why(area):
    area.lock("A session plays.")
    assert area.note == "A session plays."
    assert not area.panel.isEnabled()
    area.lock("")
    assert area.note == ""
    assert area.panel.isEnabled()


def test_a_notice_lies_below_the_headings_of_the_panes_and_moves_nothing(qtbot, themed):
    window, pane, notice = QMainWindow(), QLabel("under the mouse"), QLabel("A notice")
    qtbot.addWidget(window)
    notice.hide()
    frame_panes(window, QLabel("bar"), (notice,), (pane,), QLabel("status"))
    window.resize(600, 400)
    window.show()
    place = pane.geometry(), pane.mapTo(window, QPoint())
    heading, body = (
        pane.mapTo(window, QPoint(20, y_px)) for y_px in (HEADING_PX - 5, HEADING_PX + 5)
    )
    assert window.childAt(body) is pane
    notice.show()
    qtbot.waitUntil(lambda: window.childAt(body) is notice)
    assert window.childAt(heading) is pane  # what is recorded stands there, and buttons
    assert (pane.geometry(), pane.mapTo(window, QPoint())) == place
    assert notice.width() == pane.width()
    assert notice.height() < pane.height() / 2
