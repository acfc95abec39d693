import re
import threading

import numpy as np
import pytest
from PySide6.QtCore import Qt

from das_app.gui.window import source_picker
from das_app.gui.window.source_picker import SourcePicker
from das_app.messaging.mailbox import Mailbox
from das_app.sources import camera_scan
from das_app.sources.camera_devices import CameraDevice
from das_app.sources.camera_preview import PreviewNews
from das_app.sources.camera_scan import FoundCamera

DESK = FoundCamera(CameraDevice(0, "Desk", "/dev/video0"), "")
PHONE = FoundCamera(CameraDevice(3, "Phone", ""), "your user may not read /dev/video3")


class FakePreview:
    """Shows nothing until the test says what."""

    def __init__(self, device, mode):
        self.device, self.mode, self.is_stopped = device, mode, False
        self.news = Mailbox()
        FakePreview.made.append(self)

    def stop(self):
        self.is_stopped = True


@pytest.fixture
def listed(monkeypatch):
    """What the system lists, changed by the test."""
    devices = []
    monkeypatch.setattr(camera_scan, "list_cameras", lambda: tuple(devices))
    monkeypatch.setattr(camera_scan, "visible_problem", lambda index, path: "")
    monkeypatch.setattr(source_picker, "CameraPreview", FakePreview)
    FakePreview.made = []
    return devices


@pytest.fixture
def picker(qtbot, themed, listed):
    picker = SourcePicker()
    qtbot.addWidget(picker)
    return picker


def texts(items):
    return [items.item(row).text() for row in range(items.count())]


def heard(signal):
    values = []
    signal.connect(lambda *args: values.append(args))
    return values


def click(qtbot, button):
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_cameras_are_listed_when_it_opens_and_scanned_again(picker, qtbot, listed):
    listed.append(CameraDevice(0, "Desk", "/dev/video0"))
    picker.open()
    qtbot.waitUntil(lambda: texts(picker.cameras) == ["Desk\ncamera 0"])
    listed.append(CameraDevice(701, "OBS Virtual Camera", ""))
    click(qtbot, picker.scan_again)
    expected = ["Desk\ncamera 0", "OBS Virtual Camera\ncamera 701"]
    qtbot.waitUntil(lambda: texts(picker.cameras) == expected)
    assert picker.scan_again.isEnabled()


def test_a_slow_system_does_not_hold_up_the_window(picker, qtbot, monkeypatch):
    answer = threading.Event()

    def slow():
        answer.wait(10)
        return (CameraDevice(0, "Desk", ""),)

    monkeypatch.setattr(camera_scan, "list_cameras", slow)
    picker.open()
    assert texts(picker.cameras) == ["Looking for cameras …"]
    assert not picker.open_camera.isEnabled()
    assert not picker.scan_again.isEnabled()
    answer.set()
    qtbot.waitUntil(picker.open_camera.isEnabled)


def test_a_system_that_fails_is_an_empty_list(picker, qtbot, monkeypatch, caplog):
    def broken():
        raise OSError("no such interface")

    monkeypatch.setattr(camera_scan, "list_cameras", broken)
    picker.open()
    qtbot.waitUntil(lambda: "No camera is listed" in texts(picker.cameras)[0])
    assert not picker.open_camera.isEnabled()
    assert "no such interface" in caplog.text


def test_a_camera_with_a_problem_is_listed_with_it_and_can_be_tried(picker, qtbot):
    picker.set_cameras((DESK, PHONE))
    assert texts(picker.cameras)[1] == "Phone\nyour user may not read /dev/video3"
    chosen = heard(picker.source_chosen)
    picker.cameras.setCurrentRow(1)
    click(qtbot, picker.open_camera)
    assert chosen == [("3",)]
    assert picker.result() == SourcePicker.DialogCode.Accepted


def test_mode_both_ways(picker):
    modes = heard(picker.mode_changed)
    picker.set_mode("1024x576", 12.0)  # not among the usual ones
    assert (picker.resolution.currentText(), picker.fps.currentText()) == ("1024 × 576", "12 fps")
    assert not modes
    picker.resolution.setCurrentIndex(picker.resolution.findData("1920x1080"))
    picker.resolution.activated.emit(picker.resolution.currentIndex())
    picker.fps.setCurrentIndex(picker.fps.findData(60.0))
    picker.fps.activated.emit(picker.fps.currentIndex())
    assert modes == [("1920x1080", 12.0), ("1920x1080", 60.0)]


def test_addresses(picker, qtbot):
    chosen = heard(picker.source_chosen)
    for text in ("", "cam.local", "rtsp://", "ftp://host/x"):
        picker.address.setText(text)
        assert not picker.open_address.isEnabled()
    qtbot.keyClick(picker.address, Qt.Key.Key_Return)
    assert not chosen
    picker.address.setText("  rtsp://user:secret@cam.local/live ")
    click(qtbot, picker.open_address)
    assert chosen == [("rtsp://user:secret@cam.local/live",)]


def test_recent_sources_without_their_passwords(picker):
    chosen = heard(picker.source_chosen)
    sources = ("/clips/walk.mp4", "rtsp://user:secret@cam.local/live")
    picker.set_recent(sources)
    film, camera = texts(picker.recent)
    assert film == "walk.mp4"
    assert re.fullmatch(r"rtsp://cam\.local/… #[0-9a-f]{4}", camera)
    assert "secret" not in picker.recent.item(1).toolTip()
    for row in range(2):
        picker.recent.itemActivated.emit(picker.recent.item(row))
    assert chosen == [(source,) for source in sources]
    picker.set_recent(())
    picker.recent.itemActivated.emit(picker.recent.item(0))  # the remark
    assert len(chosen) == 2


def test_files_are_asked_for_elsewhere_and_the_clip_is_one_click(picker, qtbot):
    files, folders, chosen = map(
        heard, (picker.file_requested, picker.folder_requested, picker.source_chosen)
    )
    for button in (picker.file, picker.folder, picker.demo):
        click(qtbot, button)
    assert (files, folders, chosen) == ([()], [()], [("demo",)])


def test_the_chosen_camera_is_previewed_in_the_chosen_mode(picker, qtbot, listed):
    listed += [CameraDevice(0, "Desk", ""), CameraDevice(2, "Other", "")]
    picker.open()
    qtbot.waitUntil(lambda: len(FakePreview.made) == 1)
    first = FakePreview.made[0]
    assert (first.device.name, first.mode.size) == ("Desk", (1280, 720))
    image = np.zeros((90, 160, 3), np.uint8)
    image[:, :80] = (0, 0, 200)
    first.news.put(PreviewNews(image, "1280 × 720 at 30 fps"))
    qtbot.waitUntil(lambda: picker.preview.news.image is not None)
    seen = picker.preview.grab().toImage()
    middle, height = seen.width() // 2, seen.height() // 3
    assert seen.pixelColor(middle + 40, height).blue() > 150  # as in a mirror
    assert seen.pixelColor(middle - 40, height).blue() < 50
    picker.cameras.setCurrentRow(1)
    assert first.is_stopped
    assert FakePreview.made[1].device.name == "Other"
    picker.resolution.setCurrentIndex(0)
    picker.resolution.activated.emit(0)
    assert FakePreview.made[2].mode.size == (640, 480)
    picker.close()
    assert all(preview.is_stopped for preview in FakePreview.made)
