from collections import Counter
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QLabel, QMainWindow

from das_app.gui.actions.actions import Actions, set_playing
from das_app.gui.actions.help_sheet import HelpSheet
from das_app.gui.actions.panel_list import ALL_COMMANDS


@pytest.fixture
def window(qtbot, themed):
    window = QMainWindow()
    qtbot.addWidget(window)
    window.named = Actions(window, ALL_COMMANDS)
    return window


def test_no_key_does_two_things(window):
    keys = Counter(k.toString() for action in window.actions() for k in action.shortcuts())
    assert len(keys) > 15
    assert set(keys.values()) == {1}


def test_every_key_stands_in_its_tooltip_and_on_the_sheet(window, qtbot):
    sheet = HelpSheet(window.actions(), window)
    rows = dict(sheet.rows)
    labels = {label.text() for label in sheet.findChildren(QLabel)}
    for action in window.actions():
        if action.shortcuts():
            keys = action.shortcut().toString()
            assert f"({keys})" in action.toolTip()
            assert any(
                keys in shown.split("  or  ") and words == action.whatsThis()
                for shown, words in rows.items()
            )
    assert {command.section for command in ALL_COMMANDS} <= labels
    sheet.close()


def test_the_sheet_fits_a_small_screen_and_goes_when_it_is_closed(window, qtbot, monkeypatch):
    whole = HelpSheet(window.actions(), window)
    assert whole.sizeHint().width() < 1366  # a small laptop
    whole.close()
    monkeypatch.setattr(
        HelpSheet, "screen", lambda _: SimpleNamespace(availableSize=lambda: QSize(800, 500))
    )
    small = HelpSheet(window.actions(), window)
    assert small.sizeHint().width() < 800
    assert small.sizeHint().height() < 540
    with qtbot.waitSignal(small.destroyed):
        small.close()


def test_the_play_action_says_what_it_would_do(window):
    play = window.named["play"]
    set_playing(play, True)
    assert play.text() == "Pause"
    assert play.toolTip() == "Pause (Space)"
    paused_icon = play.icon().cacheKey()
    set_playing(play, False)
    assert play.text() == "Play"
    assert play.icon().cacheKey() != paused_icon
