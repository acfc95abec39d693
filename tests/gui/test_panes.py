import pytest
from PySide6.QtWidgets import QLabel, QToolButton

from das_app.gui import scene_view
from das_app.gui.panes import PicturePane, ScenePane


@pytest.fixture
def scene_pane(qtbot, themed, monkeypatch):
    monkeypatch.setattr(scene_view, "opengl_problem", lambda: "not in this test")
    pane = ScenePane()
    qtbot.addWidget(pane)
    pane.show()
    return pane


def test_either_the_picture_or_words(qtbot, themed):
    pane = PicturePane()
    qtbot.addWidget(pane)
    pane.show()
    assert pane.empty.isVisible() and not pane.overlay.isVisible()
    pane.set_has_picture(True)
    assert pane.overlay.isVisible() and not pane.empty.isVisible()
    pane.set_has_picture(False)
    assert pane.empty.isVisible()


def test_the_view_buttons_turn_the_view(scene_pane, monkeypatch):
    asked = []
    monkeypatch.setattr(scene_pane.view, "look_from", asked.append)
    buttons = scene_pane.findChildren(QToolButton)
    for button in buttons:
        button.click()
    assert asked == ["reset", "front", "top", "side"]
    assert [b.shortcut().toString() for b in buttons] == ["1", "2", "3", "4"]
    assert all(f"({b.shortcut().toString()})" in b.toolTip() for b in buttons)


def test_a_hint_gives_way_in_a_narrow_pane(scene_pane):
    hint = scene_pane.findChild(QLabel, "hint")
    scene_pane.resize(700, 300)
    wide = hint.grab().toImage()
    scene_pane.resize(320, 300)
    assert scene_pane.width() == 320 and hint.width() < wide.width() / wide.devicePixelRatio()
    assert hint.toolTip() == hint.text()
