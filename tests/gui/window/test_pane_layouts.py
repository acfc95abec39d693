"""Arrangements of picture and 3D view."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QLabel, QWidget
from window_fakes import grey_frame, people_at

from das_app.gui.actions.actions import Actions
from das_app.gui.picture.picture_pane import PicturePane
from das_app.gui.scene.scene_pane import ScenePane
from das_app.gui.window.pane_layouts import WINDOWS, PaneLayouts, PaneStage
from das_app.settings.app_settings import Panes


@pytest.fixture
def layouts(themed, qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    actions = Actions(window)
    picture, scene = PicturePane(), ScenePane(actions)
    stage = PaneStage(picture, scene)
    stage.setParent(window)
    window.resize(1000, 600)
    stage.setGeometry(window.rect())
    window.show()
    found = PaneLayouts(window, stage, {"picture": picture, "scene": scene}, actions)
    found.parts = (window, stage, picture, scene, actions)
    yield found
    found.bring_back()
    scene.view.close_canvas()


@pytest.mark.parametrize(
    ("panes", "has_picture", "has_scene"),
    [
        (Panes.BESIDE, True, True),
        (Panes.SCENE, False, True),
        (Panes.PICTURE, True, False),
        (Panes.INSET, True, True),
    ],
)
def test_every_arrangement_from_every_other(layouts, panes, has_picture, has_scene):
    _, _, picture, scene, actions = layouts.parts
    for former in Panes:
        layouts.show(former)
        layouts.show(panes)
        assert picture.isVisible() is has_picture
        assert scene.isVisible() is has_scene
        assert actions[f"panes-{panes.value}"].isChecked()


def test_the_inset_lies_in_a_corner_and_keeps_it(layouts):
    _, stage, picture, scene, _ = layouts.parts
    layouts.show(Panes.INSET)
    for size in ((1000, 600), (1400, 900)):
        stage.resize(*size)
        assert scene.width() == size[0]
        assert stage.rect().contains(picture.geometry())
        assert picture.width() < 0.4 * size[0]
        assert picture.geometry().bottom() > 0.9 * size[1]
    layouts.show(Panes.BESIDE)
    assert not picture.geometry().intersects(scene.geometry())


def test_an_action_asks_for_its_arrangement(layouts, qtbot):
    actions = layouts.parts[-1]
    with qtbot.waitSignal(layouts.chosen) as chosen:
        actions["panes-inset"].trigger()
    assert chosen.args == [Panes.INSET]


@pytest.mark.parametrize("name", WINDOWS)
@pytest.mark.parametrize("panes", list(Panes))
def test_a_pane_in_its_own_window_and_back(layouts, panes, name):
    window, _, picture, scene, actions = layouts.parts
    pane, other = (picture, scene) if name == "picture" else (scene, picture)
    layouts.show(panes)
    was_visible = pane.isVisible()
    actions[WINDOWS[name]].trigger()
    assert pane.window() is not window
    assert pane.isVisible()
    assert other.isVisible()
    layouts.show(Panes.BESIDE)  # another arrangement meanwhile does not take it back
    layouts.show(panes)
    assert pane.window() is not window
    pane.window().close()
    assert not actions[WINDOWS[name]].isChecked()
    assert pane.window() is window
    assert pane.isVisible() is was_visible


def press(qtbot, window, key):
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, key)


def test_both_in_windows_of_their_own(layouts, qtbot):
    window, stage, picture, scene, actions = layouts.parts
    for action in WINDOWS.values():
        actions[action].trigger()
    assert len({window, picture.window(), scene.window()}) == 3
    assert [label.text() for label in stage.findChildren(QLabel) if label.isVisible()] == [
        "Picture and 3D view are in windows of their own."
    ]
    press(qtbot, picture.window(), Qt.Key.Key_Escape)
    assert picture.window() is window
    assert scene.window() is not window  # Esc there closes that one alone
    assert picture.isVisible()


def test_f11_fills_the_screen_with_the_pane_alone(layouts, qtbot):
    window, _, _, scene, actions = layouts.parts
    actions[WINDOWS["scene"]].trigger()
    own = scene.window()
    press(qtbot, own, Qt.Key.Key_F11)
    assert own.isFullScreen()
    assert not window.isFullScreen()
    qtbot.waitUntil(lambda: scene.view.geometry().top() <= 2)  # no line above it
    press(qtbot, own, Qt.Key.Key_F11)
    assert not own.isFullScreen()
    qtbot.waitUntil(lambda: scene.view.geometry().top() > 2)
    press(qtbot, own, Qt.Key.Key_Escape)
    assert scene.window() is window


def test_windows_come_back_where_they_were(layouts):
    _, _, picture, scene, actions = layouts.parts
    actions[WINDOWS["scene"]].trigger()
    scene.window().setGeometry(120, 90, 500, 400)
    packed = layouts.packed()
    layouts.bring_back()
    assert layouts.packed() == ()
    layouts.restore((*packed, "sound AAAA", "picture no-geometry", ""))
    assert scene.window().geometry().getRect() == (120, 90, 500, 400)
    assert picture.window() is layouts.windows["picture"]


def shown_colours(scene):
    """How many pixels of the pane are of people."""
    QCoreApplication.processEvents()
    image = scene.window().grab().toImage()
    columns, rows = range(0, image.width(), 5), range(0, image.height(), 5)
    return sum(image.pixelColor(x, y).hsvSaturation() > 150 for x in columns for y in rows)


def test_the_3d_view_draws_on_wherever_it_is(layouts, needs_opengl):
    """A move to another window keeps its OpenGL, and all that is on the card."""
    window, _, _, scene, actions = layouts.parts
    people = people_at((0, 0, 3000))
    canvas = scene.view.content.canvas.native  # made now
    scene.view.show_people(grey_frame(), people, np.array([1]))
    assert shown_colours(scene) > 50
    context = canvas.context()
    for _ in range(2):
        actions[WINDOWS["scene"]].trigger()
        for root in ((0, 0, 3000), (500, 0, 3500)):
            scene.view.show_people(grey_frame(), people_at(root), np.array([1]))
            assert shown_colours(scene) > 50
        actions[WINDOWS["scene"]].trigger()
        assert scene.window() is window
        assert shown_colours(scene) > 50
    assert scene.view.content.canvas.native.context() is context
    assert not scene.view.notice


TWO_SCREENS = """
import json, sys
from PySide6.QtWidgets import QApplication, QWidget
from das_app.gui.actions.actions import Actions
from das_app.gui.picture.picture_pane import PicturePane
from das_app.gui.scene.scene_pane import ScenePane
from das_app.gui.style import theme
from das_app.gui.window.pane_layouts import WINDOWS, PaneLayouts, PaneStage

app = QApplication(sys.argv[:1])
window = QWidget()
actions = Actions(window)
panes = {"picture": PicturePane(), "scene": ScenePane(actions)}
layouts = PaneLayouts(window, PaneStage(*panes.values()), panes, actions)
window.setGeometry(10, 10, 600, 400)
window.show()
seen = []
for action in WINDOWS.values():
    actions[action].trigger()
    own = list(layouts.windows.values())[-1]
    seen.append([own.screen().name(), own.isFullScreen()])
layouts.bring_back()
print(json.dumps(seen))
"""


def test_a_second_screen_is_filled_by_the_first_window(tmp_path):
    screens = [
        {"name": name, "x": x, "y": 0, "width": 800, "height": 600}
        for name, x in (("one", 0), ("two", 800))
    ]
    (tmp_path / "screens.json").write_text(json.dumps({"screens": screens}), "utf-8")
    platform = f"offscreen:configfile={tmp_path / 'screens.json'}"
    result = subprocess.run(
        [sys.executable, "-c", TWO_SCREENS],
        env=os.environ | {"QT_QPA_PLATFORM": platform},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout) == [["two", True], ["one", False]]
