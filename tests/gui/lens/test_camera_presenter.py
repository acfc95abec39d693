"""Turn and mirror of the source that is open, in a real window."""

import time

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from window_fakes import DEFAULT_LENS, SIZE, Opener, people_at

from das_app.gui.control.bridge import OpenedSource
from das_app.gui.scene import scene_view
from das_app.gui.window.main_window import MainWindow
from das_app.pipeline.live import LivePipeline
from das_app.settings.app_settings import AppSettings, SourceSettings
from das_app.settings.source_setups import KeptSetup, SourceSetups
from das_app.sources.camera_controls import CaptureControls, Control, ControlPort, ControlState
from das_app.sources.camera_devices import CameraMode
from das_app.sources.turned_source import Turn, TurnedSource
from das_app.sources.watchdog import Taken, WatchedSource


class KeepingOpener(Opener):
    """Opens sources with the setups that are kept of them."""

    def __init__(self, folder):
        super().__init__(people_at((-600, -100, 3500)))
        self.setups = SourceSetups(folder=folder)

    def __call__(self, settings, on_state):
        opened = super().__call__(settings, on_state)
        name = settings.source.name
        setup = self.setups.of(name, name)
        opened.source.intrinsics = setup.lens.intrinsics()
        turn = setup.camera.turn
        source = TurnedSource(opened.source, turn) if turn is not Turn.NONE else opened.source
        pipeline = LivePipeline(source, opened.model.estimator, on_state)
        return OpenedSource(pipeline, source, opened.model, KeptSetup(self.setups, name, setup))


@pytest.fixture
def opener(tmp_path):
    return KeepingOpener(tmp_path)


@pytest.fixture
def window(qtbot, themed, opener, monkeypatch):
    monkeypatch.setattr(scene_view, "opengl_problem", lambda: "not in this test")
    window = MainWindow(AppSettings(source=SourceSettings("grey")), opener)
    qtbot.addWidget(window)
    window.resize(1280, 720)
    window.show()
    return window


def open_source(window, qtbot, name):
    window.open(name)
    qtbot.waitUntil(lambda: window.windowTitle() == f"{name} — DAS Capture")
    qtbot.waitUntil(lambda: window.shown.camera is not None)


def test_a_turn_is_kept_with_its_source(window, qtbot):
    part, shown = window.panels.camera_panel.camera_part, window.shown
    open_source(window, qtbot, "grey")
    assert part.turn.isEnabled()
    part.turn.setCurrentIndex(part.turn.findData(Turn.RIGHT))
    part.turn.activated.emit(part.turn.currentIndex())
    qtbot.waitUntil(lambda: shown.camera is not None and shown.camera.size == SIZE[::-1])
    open_source(window, qtbot, "other")
    assert shown.camera.size == SIZE
    assert part.turn.currentData() == Turn.NONE
    open_source(window, qtbot, "grey")
    assert shown.camera.size == SIZE[::-1]
    assert part.turn.currentData() == Turn.RIGHT


def test_a_field_of_view_belongs_to_the_source_it_was_given_for(window, qtbot):
    panel = window.panels.camera_panel
    open_source(window, qtbot, "grey")
    panel.fov.setValue(90.0)
    open_source(window, qtbot, "other")
    assert panel.fov.value() == 60.0
    assert "assumed" in window.parts.controls.lens.text()
    open_source(window, qtbot, "grey")
    assert panel.fov.value() == 90.0


def test_a_webcam_is_mirrored_unless_told_otherwise_and_a_file_is_not(window, qtbot, opener):
    overlay, action = window.parts.picture.overlay, window.actions_by_name["mirror"]
    assert not action.isEnabled()
    open_source(window, qtbot, "film")
    assert not action.isChecked()
    opener.is_live = True
    open_source(window, qtbot, "Desk camera")
    assert action.isChecked()
    assert overlay.letterbox.is_mirrored
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, Qt.Key.Key_Q)
    assert not overlay.letterbox.is_mirrored
    assert not window.panels.camera_panel.camera_part.mirror.isChecked()
    open_source(window, qtbot, "Other camera")
    assert overlay.letterbox.is_mirrored
    open_source(window, qtbot, "Desk camera")
    assert not overlay.letterbox.is_mirrored  # as the user left it


class Driver:
    """A camera's capture as the controls see it."""

    def __init__(self):
        self.values = {cv2.CAP_PROP_GAIN: 10.0, cv2.CAP_PROP_WB_TEMPERATURE: 4500.0}
        self.values[cv2.CAP_PROP_AUTO_WB] = 1.0

    def get(self, prop):
        return self.values.get(prop, -1.0)

    def set(self, prop, value):
        is_taken = prop in self.values and value != 77
        if is_taken:
            self.values[prop] = value
        return is_taken


class Desk:
    """An opened camera that delivers less than it was asked for."""

    def __init__(self, port):
        self.port, self.driver, self.number = port, Driver(), 0
        self.controls = port.ask(lambda: CaptureControls(self.driver))

    def read(self):
        time.sleep(0.02)
        self.port.obey(self.controls)
        self.number += 1
        image = np.full((180, 320, 3), self.number % 200, np.uint8)
        return Taken(image, time.monotonic())

    def close(self):
        pass


def test_controls_of_a_camera_are_shown_set_kept_and_refused(window, qtbot, opener, monkeypatch):
    ports = []

    def open_desk(settings, on_state):
        setup = opener.setups.of("Desk", "Desk")
        port = ControlPort(setup.camera.wanted())
        ports.append(port)
        source = WatchedSource(
            "Desk",
            lambda: Desk(port),
            DEFAULT_LENS,
            controls=port,
            asked=CameraMode((640, 360), 30),
        )
        model = opener.load_model(settings)
        pipeline = LivePipeline(source, model.estimator, on_state)
        return OpenedSource(pipeline, source, model, KeptSetup(opener.setups, "Desk", setup))

    monkeypatch.setattr(KeepingOpener, "__call__", lambda _self, *args: open_desk(*args))
    part = window.panels.camera_panel.camera_part
    window.actions_by_name["lens"].trigger()
    open_source(window, qtbot, "Desk")
    qtbot.waitUntil(lambda: len(ports[0].states) == 2)
    qtbot.waitUntil(lambda: part.delivered.text().startswith("Asked 640x360 at 30, got 320x180"))
    slider, value, auto = part.controls.row(Control.WHITE_BALANCE)
    qtbot.waitUntil(lambda: auto.isVisible() and auto.isChecked())
    assert not value.isEnabled()
    assert not part.controls.row(Control.FOCUS)[1].isVisible()
    assert not slider.isVisible()  # the driver tells no limits
    qtbot.mouseClick(auto, Qt.MouseButton.LeftButton, pos=QPoint(8, auto.height() // 2))
    qtbot.waitUntil(lambda: ports[0].states[Control.WHITE_BALANCE].is_auto is False)
    value.setValue(3200)
    qtbot.waitUntil(lambda: ports[0].states[Control.WHITE_BALANCE].value == 3200)
    part.controls.row(Control.GAIN)[1].setValue(77)
    qtbot.waitUntil(lambda: "refuses the value 77 for gain" in window.parts.banner.text)
    open_source(window, qtbot, "Desk")  # again: what was set is set
    qtbot.waitUntil(
        lambda: (
            len(ports) == 2
            and ports[1].states.get(Control.WHITE_BALANCE) == ControlState(3200.0, is_auto=False)
        )
    )
