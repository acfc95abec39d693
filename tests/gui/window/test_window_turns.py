"""What takes long goes on beside the window's thread; how long turns take, the tour says."""

import threading

import pytest
from PySide6.QtCore import QTimer
from window_fakes import Opener, people_at

from das_app.gui.scene import scene_view
from das_app.gui.window.main_window import MainWindow
from das_app.settings.app_settings import AppSettings, SourceSettings, ViewSettings
from das_app.sources import camera_scan

TURNS = 30


@pytest.fixture
def opener():
    return Opener(people_at(*((600 * i - 1500, -100, 3500) for i in range(6)), score=0.8))


@pytest.fixture
def window(qtbot, themed, opener, monkeypatch):
    monkeypatch.setattr(scene_view, "opengl_problem", lambda: "not in this test")
    window = MainWindow(
        AppSettings(source=SourceSettings(name="grey"), view=ViewSettings(has_seen_welcome=True)),
        opener,
    )
    qtbot.addWidget(window, before_close_func=lambda _: opener.gate.set())
    window.resize(1280, 720)
    window.show()
    return window


@pytest.fixture
def turns(qapp):
    """How often the event loop came round so far, in a list of one."""
    count = [0]

    def turn():
        count[0] += 1

    timer = QTimer(interval=1)
    timer.timeout.connect(turn)
    timer.start()
    yield count
    timer.stop()


def hang_in_opening(window, opener, monkeypatch):
    opener.gate.clear()
    window.open("grey")
    return opener.has_begun.is_set, opener.gate.set


def hang_in_a_model(window, opener, monkeypatch):
    window.open("grey")
    hang = Hang()
    monkeypatch.setattr(opener, "load_model", hang)
    window.control.set_device(window.settings.model.device)
    return hang.has_begun.is_set, hang.release.set


def hang_in_the_list_of_cameras(window, opener, monkeypatch):
    hang = Hang()
    monkeypatch.setattr(camera_scan, "list_cameras", hang)
    window.actions_by_name["camera"].trigger()
    return hang.has_begun.is_set, hang.release.set


class Hang:
    """Called, it waits; then it fails."""

    def __init__(self):
        self.has_begun, self.release = threading.Event(), threading.Event()

    def __call__(self, *_):
        self.has_begun.set()
        self.release.wait()
        raise ValueError("it took long and failed")


@pytest.mark.parametrize("hang", [hang_in_opening, hang_in_a_model, hang_in_the_list_of_cameras])
def test_the_window_turns_while_something_hangs(
    window, opener, turns, qtbot, monkeypatch, caplog, hang
):
    has_begun, release = hang(window, opener, monkeypatch)
    try:
        qtbot.waitUntil(has_begun)
        before = turns[0]
        qtbot.waitUntil(lambda: turns[0] > before + TURNS)
    finally:
        release()
    window.parts.picker.close()


def test_a_source_that_hangs_can_be_stopped_while_the_window_turns(
    window, opener, turns, qtbot, monkeypatch, caplog
):
    window.open("grey")
    qtbot.waitUntil(lambda: window.shown.result is not None)
    hang = Hang()
    monkeypatch.setattr(opener.sources[0], "read", hang)
    qtbot.waitUntil(hang.has_begun.is_set)
    window.actions_by_name["stop"].trigger()
    before = turns[0]
    try:
        qtbot.waitUntil(lambda: turns[0] > before + TURNS)
    finally:
        hang.release.set()
