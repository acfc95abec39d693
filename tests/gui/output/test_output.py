"""The clean output: pictures of a fixed size, their window, and the virtual camera."""

import sys
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QObject, QPoint, Qt, Signal
from window_fakes import grey_frame, people_at

from das_app.gui.output.output_panel import OutputPanel
from das_app.gui.output.output_picture import OutputPicture
from das_app.gui.output.output_presenter import OutputPresenter
from das_app.gui.output.output_window import OutputWindow
from das_app.gui.output.virtual_camera import VirtualCamera, VirtualCameraError
from das_app.gui.picture.overlay_view import OverlayView
from das_app.settings.app_settings import AppSettings, OutputContent, OutputSettings

SMALL = OutputSettings(size="320x180")


@pytest.fixture
def overlay(themed, qtbot):
    view = OverlayView()
    qtbot.addWidget(view)
    return view


@pytest.fixture
def picture(overlay, shared_view):
    shared_view.clear()
    people = people_at((0, 0, 3000))
    shared_view.show_people(grey_frame(), people, np.arange(1))
    overlay.show_people(grey_frame(), people, np.arange(1))
    yield OutputPicture(overlay, shared_view)
    shared_view.content.framing.give_up()
    shared_view.content._step()


@pytest.mark.parametrize("size", ["320x180", "180x320", "640x640"])
def test_people_alone_on_a_ground_of_any_size(picture, shared_view, size):
    settings = OutputSettings(size=size, ground="#00b140")
    view_before = shared_view.content.camera.pose
    pixels = picture.make(settings)
    assert pixels.shape == (*settings.size_px()[::-1], 4)
    is_ground = np.all(np.abs(pixels.astype(int) - [0, 177, 64, 255]) <= 2, axis=-1)
    assert is_ground[[0, 0, -1, -1], [0, -1, 0, -1]].all()
    rows, columns = np.nonzero(~is_ground)
    extent = np.ptp(rows) / pixels.shape[0], np.ptp(columns) / pixels.shape[1]
    assert 0.4 < max(extent) < 0.98  # they fill it, and nobody is cut off
    tall, wide = np.ptp(rows), np.ptp(columns)
    assert 1.5 < tall / wide < 4  # a person, not squeezed
    after = shared_view.content.camera.pose  # the view on the screen stays
    assert after.centre == pytest.approx(view_before.centre)
    assert after.distance_m == pytest.approx(view_before.distance_m)
    assert shared_view.content.people.labels.visible


def test_a_clear_ground_is_clear_and_people_are_not(picture):
    pixels = picture.make(replace(SMALL, ground=""))
    assert pixels[0, 0].tolist() == [0, 0, 0, 0]
    assert (pixels[..., 3] == 255).any()
    assert np.all(pixels[..., :3].max(axis=-1) <= pixels[..., 3])  # premultiplied


def test_the_picture_with_its_overlay(picture):
    pixels = picture.make(replace(SMALL, content=OutputContent.PICTURE))
    assert pixels.shape == (180, 320, 4)
    assert np.all(pixels[..., 3] == 255)
    assert len(np.unique(pixels[..., :3].reshape(-1, 3), axis=0)) > 20


@pytest.mark.parametrize("is_clear", [False, True])
def test_the_window_shows_the_pixels_as_they_are(qtbot, is_clear):
    window = OutputWindow((128, 96), is_clear)
    qtbot.addWidget(window)
    pixels = np.zeros((96, 128, 4), np.uint8)
    pixels[:, 64:] = (200, 30, 10, 255)
    window.show_picture(pixels)
    window.show()
    image = window.grab().toImage()
    assert (image.width(), image.height()) == (128, 96)
    shown = np.array(image.pixelColor(100, 50).getRgb()[:3])
    assert shown == pytest.approx([200, 30, 10], abs=8)  # a screen of 16 bits


def test_the_window_fills_the_screen_and_back(qtbot):
    window = OutputWindow((128, 96), False)
    qtbot.addWidget(window)
    window.show()
    qtbot.mouseDClick(window, Qt.MouseButton.LeftButton, pos=QPoint(20, 20))
    assert window.isFullScreen()
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not window.isFullScreen()
    assert window.width() == 128
    with qtbot.waitSignal(window.closed):
        qtbot.keyClick(window, Qt.Key.Key_Escape)


class Control(QObject):
    settings_changed = Signal(object)

    def __init__(self):
        super().__init__()
        self.settings = AppSettings(output=SMALL)

    def change(self, output):
        self.settings = replace(self.settings, output=output)
        self.settings_changed.emit(self.settings)


class Shown(QObject):
    drawn, forgotten = Signal(), Signal()


class Maker:
    def __init__(self):
        self.made = []

    def make(self, settings):
        self.made.append(settings)
        return np.full((*settings.size_px()[::-1], 4), 255, np.uint8)


class Camera:
    device, is_closed = "/dev/video9", False

    def __init__(self, width, height, fps):
        self.size, self.sent = (width, height), []
        Camera.last = self

    def send(self, frame):
        self.sent.append(frame.shape)

    def close(self):
        self.is_closed = True


@pytest.fixture
def output(themed, qtbot):
    control, shown, panel, maker = Control(), Shown(), OutputPanel(), Maker()
    qtbot.addWidget(panel)
    presenter = OutputPresenter(control, shown, panel, maker)
    yield SimpleNamespace(
        control=control, shown=shown, panel=panel, maker=maker, presenter=presenter
    )
    presenter.close()


def test_nothing_is_made_for_nobody(output):
    output.shown.drawn.emit()
    assert not output.maker.made
    output.panel.window_button.click()
    output.shown.drawn.emit()
    assert len(output.maker.made) == 2
    output.presenter.window.close()
    assert output.presenter.window is None
    assert not output.panel.window_button.isChecked()


def test_another_size_is_another_window(output):
    output.panel.window_button.click()
    assert output.presenter.window.width() == 320
    output.panel.size_px.setCurrentIndex(output.panel.size_px.findData("1280x720"))
    output.panel.size_px.activated.emit(0)
    assert output.control.settings.output.size == "1280x720"
    assert output.presenter.window.width() == 1280
    panel = output.panel
    panel.content.setCurrentIndex(panel.content.findData(OutputContent.PICTURE))
    panel.content.activated.emit(panel.content.currentIndex())
    assert output.control.settings.output.content is OutputContent.PICTURE
    assert not output.panel.ground.isEnabled()


def test_the_virtual_camera_gets_what_the_window_shows(output, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyvirtualcam", SimpleNamespace(Camera=Camera))
    output.panel.camera_button.click()
    output.shown.drawn.emit()
    assert Camera.last.size == (320, 180)
    assert Camera.last.sent[-1] == (180, 320, 3)
    assert "/dev/video9" in output.panel.note.text()
    output.panel.camera_button.click()
    assert Camera.last.is_closed
    assert output.panel.note.text() == ""


def test_without_the_package_or_a_device_there_are_words(output, qtbot, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyvirtualcam", None)  # as if it were not there
    with qtbot.waitSignal(output.presenter.refused) as refused:
        output.panel.camera_button.click()
    assert "pip install pyvirtualcam" in refused.args[0]
    assert not output.panel.camera_button.isChecked()

    def no_device(*args):
        raise RuntimeError("no backend")

    monkeypatch.setitem(sys.modules, "pyvirtualcam", SimpleNamespace(Camera=no_device))
    with pytest.raises(VirtualCameraError, match="no backend"):
        VirtualCamera((320, 180))


def test_a_camera_that_goes_away_ends_the_sending_alone(output, qtbot, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyvirtualcam", SimpleNamespace(Camera=Camera))
    output.panel.window_button.click()
    output.panel.camera_button.click()

    def gone(frame):
        raise RuntimeError("unplugged")

    Camera.last.send = gone
    with qtbot.waitSignal(output.presenter.refused) as refused:
        output.shown.drawn.emit()
    assert "unplugged" in refused.args[0]
    assert output.presenter.window is not None


@pytest.mark.parametrize(
    "wrong", [{"size": "wide"}, {"size": "321x180"}, {"size": "32x18"}, {"ground": "green"}]
)
def test_settings_that_make_no_picture_are_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        OutputSettings(**wrong)
