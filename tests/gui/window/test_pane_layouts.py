"""Arrangements of picture and 3D view."""

import pytest
from PySide6.QtWidgets import QWidget

from das_app.gui.actions.actions import Actions
from das_app.gui.picture.picture_pane import PicturePane
from das_app.gui.scene.scene_pane import ScenePane
from das_app.gui.window.pane_layouts import PICTURE_WINDOW, PaneLayouts, PaneStage
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
    found = PaneLayouts(window, stage, actions)
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


@pytest.mark.parametrize("panes", list(Panes))
def test_the_picture_in_its_own_window_and_back(layouts, panes):
    window, _, picture, scene, actions = layouts.parts
    layouts.show(panes)
    actions[PICTURE_WINDOW].trigger()
    assert picture.window() is not window
    assert picture.isVisible()
    assert scene.isVisible()
    layouts.show(Panes.BESIDE)  # another arrangement meanwhile does not take it back
    layouts.show(panes)
    assert picture.window() is not window
    picture.window().close()
    assert not actions[PICTURE_WINDOW].isChecked()
    assert picture.window() is window
    assert picture.isVisible() is (panes is not Panes.SCENE)
