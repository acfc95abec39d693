import pytest
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from das_app.gui.style.docks import PanelArea


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
