import numpy as np
import pytest
from PySide6.QtWidgets import QWidget

from das_app.gui.actions.actions import Actions
from das_app.gui.scene.framing import ViewPose
from das_app.gui.scene.view_keys import ViewKeys, pose_of, pose_text

POSE = ViewPose(-35.0, 18.0, np.array([0.5, 3.25, -0.125]), 4.5)


class View:
    def __init__(self):
        self.pose, self.asked = POSE, []

    def turn_by(self, *turn):
        self.asked.append(turn)

    def go_to(self, pose):
        self.asked.append(pose)


@pytest.fixture
def window(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    return window


@pytest.fixture
def actions(window):
    return Actions(window)


def test_a_view_is_text_and_back():
    again = pose_of(pose_text(POSE))
    assert pose_text(again) == pose_text(POSE)
    assert again.centre == pytest.approx(POSE.centre)


@pytest.mark.parametrize("text", ["", "1 2 3", "a b c d e f", "1 2 3 4 5 nan", "1 2 3 4 5 -1"])
def test_what_is_no_view_is_none(text):
    assert pose_of(text) is None


def test_views_are_kept_and_shown(actions):
    view, kept = View(), [()]
    ViewKeys(view, actions, lambda: kept[-1], kept.append)
    actions["view-7"].trigger()
    assert not view.asked  # none is kept there
    actions["keep-view-7"].trigger()
    assert len(kept[-1]) == 4
    actions["view-7"].trigger()
    assert pose_text(view.asked[-1]) == pose_text(POSE)
    actions["view-6"].trigger()
    assert len(view.asked) == 1


def test_arrows_orbit(actions):
    view = View()
    ViewKeys(view, actions, tuple, print)
    for name in ("orbit-left", "orbit-right", "orbit-up", "orbit-down", "closer", "farther"):
        actions[name].trigger()
    turns = np.array(view.asked)
    assert turns[:4, :2].sum() == 0  # each undoes another
    assert turns[4, 2] * turns[5, 2] == pytest.approx(1)
