import pytest
from PySide6.QtWidgets import QLabel, QMainWindow, QToolButton

from das_app.gui.actions.actions import Actions
from das_app.gui.picture.picture_pane import PicturePane
from das_app.gui.scene.scene_pane import ScenePane


@pytest.fixture
def scene_pane(qtbot, themed, needs_opengl):
    window = QMainWindow()
    qtbot.addWidget(window)
    pane = ScenePane(Actions(window))
    window.setCentralWidget(pane)
    window.show()
    yield pane
    pane.view.close_canvas()


def test_either_the_picture_or_words(qtbot, themed):
    pane = PicturePane()
    qtbot.addWidget(pane)
    pane.show()
    assert pane.empty.isVisible()
    assert not pane.overlay.isVisible()
    pane.set_has_picture(True)
    assert pane.overlay.isVisible()
    assert not pane.empty.isVisible()
    pane.set_has_picture(False)
    assert pane.empty.isVisible()


def test_the_view_buttons_turn_the_view(scene_pane, monkeypatch):
    asked = []
    monkeypatch.setattr(scene_pane.view, "look_from", lambda *args: asked.append(args))
    monkeypatch.setattr(scene_pane.view, "frame_people", lambda: asked.append("frame"))
    for button in scene_pane.findChildren(QToolButton):
        button.click()
    turned = [(name, True) for name in ("reset", "front", "top", "side", "camera")]
    assert asked == [*turned, "frame"]


def test_without_a_3d_view_its_buttons_are_off(scene_pane):
    buttons = scene_pane.findChildren(QToolButton)
    assert buttons
    assert all(button.isEnabled() for button in buttons)
    scene_pane.view._on_draw_error(OSError("driver"))
    assert not any(button.isEnabled() for button in buttons)


def test_a_hint_gives_way_in_a_narrow_pane(scene_pane):
    hint = scene_pane.findChild(QLabel, "hint")
    window = scene_pane.window()
    window.resize(700, 300)
    wide = hint.width()
    window.resize(430, 300)
    assert scene_pane.width() == 430
    assert hint.width() < wide
    assert hint.toolTip() == hint.text()
