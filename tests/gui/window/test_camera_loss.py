"""A camera that goes away and comes back, as its user sees it: the window on a fake driver."""

import itertools
import threading
import time

import numpy as np
import pytest
from window_fakes import Opener, people_at

from das_app.gui.control.bridge import OpenedSource
from das_app.gui.scene import scene_view
from das_app.gui.window.main_window import MainWindow
from das_app.messaging.messages import PipelineState
from das_app.pipeline.live import LivePipeline
from das_app.settings.app_settings import AppSettings, SourceSettings
from das_app.sources.watchdog import Patience, Taken, WatchedSource

QUICK = Patience(
    stall_s=0.2, still_s=1.0, give_up_s=0.05, hang_s=0.3, retry_s=0.05, leave_s=0.2, poll_s=0.02
)


class Driver:
    """Pictures that differ from each other; blocks, fails or repeats one when the test says so."""

    def __init__(self):
        self.behaviour, self.values = "ok", itertools.count()
        self.value, self.size = 0, (64, 36)
        self.woken, self.is_blocked = threading.Event(), False

    def read(self):
        time.sleep(0.005)
        if self.behaviour == "false":
            return None
        if self.behaviour == "block":
            self.is_blocked = True
            self.woken.wait(120)
            self.is_blocked = False
        if self.behaviour != "still":
            self.value = next(self.values) % 200
        width, height = self.size
        return Taken(np.full((height, width, 3), self.value, np.uint8), time.monotonic())

    def close(self):
        pass


class CameraOpener(Opener):
    def __init__(self, driver):
        super().__init__(people_at((0, 0, 3500)))
        self.driver = driver

    def __call__(self, settings, on_state):
        source = WatchedSource("Desk", lambda: self.driver, settings.lens.intrinsics(), QUICK)
        model = self.load_model(settings)
        return OpenedSource(LivePipeline(source, model.estimator, on_state), source, model)


@pytest.fixture
def driver():
    driver = Driver()
    yield driver
    driver.woken.set()


@pytest.fixture
def window(qtbot, themed, driver, monkeypatch):
    monkeypatch.setattr(scene_view, "opengl_problem", lambda: "not in this test")
    window = MainWindow(AppSettings(source=SourceSettings("0")), CameraOpener(driver))
    qtbot.addWidget(window, before_close_func=lambda _: driver.woken.set())
    window.show()
    window.open("0")
    qtbot.waitUntil(lambda: window.parts.status.people.text() == "1")
    return window


@pytest.mark.parametrize(
    ("behaviour", "words"),
    [("false", "Desk is lost"), ("block", "Desk is lost"), ("still", "Desk repeats one picture")],
)
def test_loss_and_return_are_said_and_the_window_stays_alive(
    window, driver, qtbot, behaviour, words
):
    banner = window.parts.banner
    driver.behaviour = behaviour
    qtbot.waitUntil(lambda: banner.isVisible() and words in banner.text)
    assert window.control.state is PipelineState.RECONNECTING
    driver.behaviour = "ok"
    driver.woken.set()
    qtbot.waitUntil(lambda: not banner.isVisible())
    assert window.control.state is PipelineState.RUNNING
    shown = window.shown.result.frame.index
    qtbot.waitUntil(lambda: window.shown.result.frame.index > shown)


def test_a_live_source_has_no_player_and_another_size_is_shown(window, driver, qtbot):
    assert window.parts.player.isHidden()
    driver.size = (96, 54)
    qtbot.waitUntil(lambda: window.parts.status.picture_size.text() == "96×54")


def test_the_window_closes_while_the_camera_blocks(window, driver, qtbot):
    driver.behaviour = "block"
    qtbot.waitUntil(window.parts.banner.isVisible)
    window.close()
    assert driver.is_blocked
    assert not any(t.name == "das-bridge" for t in threading.enumerate())
