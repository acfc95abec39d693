import threading
import time
from types import SimpleNamespace

import numpy as np
import pytest

from das_app.sources import camera_devices, camera_preview
from das_app.sources.camera_devices import (
    CameraDevice,
    CameraMode,
    device_lock,
    list_cameras,
    probe_cameras,
    probe_size,
    why_closed,
)
from das_app.sources.camera_preview import CameraPreview


def test_cameras_by_name_in_order(monkeypatch):
    found = [
        SimpleNamespace(index=2, name="OBS Virtual Camera", path=None),
        SimpleNamespace(index=0, name="HD Webcam", path="/dev/video0"),
    ]
    monkeypatch.setattr(camera_devices, "enumerate_cameras", lambda _backend: found)
    assert list_cameras() == (
        CameraDevice(0, "HD Webcam", "/dev/video0"),
        CameraDevice(2, "OBS Virtual Camera", ""),
    )


@pytest.mark.parametrize("is_open", [True, False])
def test_size_of_a_camera_that_opens(monkeypatch, is_open):
    released = []
    capture = SimpleNamespace(
        isOpened=lambda: is_open,
        set=lambda *_: True,
        read=lambda: (True, np.zeros((480, 640, 3), np.uint8)),
        release=lambda: released.append(True),
    )
    monkeypatch.setattr(camera_devices.cv2, "VideoCapture", lambda *_: capture)
    size = probe_size(CameraDevice(0, "cam", ""))
    assert size == ((640, 480) if is_open else None)
    assert released


def test_a_camera_that_hangs_does_not_keep_others_from_being_tried(monkeypatch):
    answer = threading.Event()

    def probe(device):
        if device.index == 0:
            answer.wait()
        return (640, 480) if device.index == 1 else None

    monkeypatch.setattr(camera_devices, "probe_size", probe)
    monkeypatch.setattr(camera_devices, "why_closed", lambda index, path: "in use")
    devices = [CameraDevice(index, f"cam {index}", "") for index in range(3)]
    tried = [(d.index, size, words) for d, size, words in probe_cameras(devices, 0.5)]
    assert tried == [
        (0, None, "it does not answer for 0.5 s"),
        (1, (640, 480), ""),
        (2, None, "in use"),
    ]
    answer.set()


def test_asked_and_delivered_mode():
    mode = CameraMode((1920, 1080), 30.0)
    assert mode.delivered_text((1920, 1080), 29.4) == ""
    assert mode.delivered_text((1920, 1080), 0.0) == ""
    expected = "asked 1920x1080 at 30, got 1280x720 at 30"
    assert mode.delivered_text((1280, 720), 29.9) == expected
    assert mode.delivered_text((1920, 1080), 15.1).endswith("got 1920x1080 at 15")


def wait_for(preview, words):
    for _ in range(500):
        news = preview.news.take(0.02)
        if news is not None and words in news.text:
            return news
    raise AssertionError(f"never heard {words!r}")


def test_a_preview_shows_small_pictures_and_lets_go(monkeypatch):
    released = []
    picture = np.zeros((720, 1280, 3), np.uint8)
    picture[..., 0] = 200  # blue
    capture = SimpleNamespace(
        read=lambda: (time.sleep(0.01) is None, picture), release=lambda: released.append(True)
    )
    monkeypatch.setattr(camera_preview, "open_capture", lambda index, mode: capture)
    preview = CameraPreview(CameraDevice(5, "Desk", ""), CameraMode((1920, 1080), 30.0))
    news = wait_for(preview, "asked 1920x1080 at 30, got 1280x720")
    assert news.image.shape == (270, 480, 3)
    assert news.image[0, 0].tolist() == [0, 0, 200]
    assert device_lock(5).locked()
    preview.stop()
    assert preview.wait(5)
    assert released
    assert not device_lock(5).locked()


def test_a_preview_says_why_there_is_none(monkeypatch):
    monkeypatch.setattr(camera_preview, "open_capture", lambda index, mode: None)
    monkeypatch.setattr(camera_preview, "why_closed", lambda index, path: "another program")
    device, mode = CameraDevice(6, "Desk", ""), CameraMode()
    preview = CameraPreview(device, mode)
    wait_for(preview, "It cannot be opened: another program")
    assert preview.wait(5)
    with device_lock(6):
        preview = CameraPreview(device, mode)
        wait_for(preview, "It is open already")
        assert preview.wait(5)


def test_windows_lists_virtual_cameras_of_the_older_interface_too(monkeypatch):
    lists = {
        camera_devices.CAMERA_BACKEND: [SimpleNamespace(index=0, name="HD Webcam", path="")],
        camera_devices.cv2.CAP_DSHOW: [
            SimpleNamespace(index=0, name="HD Webcam", path=""),
            SimpleNamespace(index=1, name="OBS Virtual Camera", path=""),
        ],
    }
    monkeypatch.setattr(camera_devices, "enumerate_cameras", lambda backend: lists[backend])
    monkeypatch.setattr(camera_devices, "_IS_WINDOWS", True)
    assert [(d.index, d.name) for d in list_cameras()] == [
        (0, "HD Webcam"),
        (701, "OBS Virtual Camera"),
    ]
    backends = []
    closed = SimpleNamespace(isOpened=lambda: False, release=lambda: None)
    monkeypatch.setattr(
        camera_devices.cv2,
        "VideoCapture",
        lambda index, backend: backends.append(backend) or closed,
    )
    for index in (0, 701):
        assert camera_devices.open_capture(index, CameraMode()) is None
    assert backends == [camera_devices.CAMERA_BACKEND, camera_devices.cv2.CAP_ANY]


@pytest.mark.parametrize("text", ["1920x1080", "1920X1080", "1920 × 1080"])
def test_mode_from_text(text):
    assert CameraMode.from_text(text, 60.0) == CameraMode((1920, 1080), 60.0)


@pytest.mark.parametrize(
    ("text", "fps"), [("big", 30), ("1920", 30), ("0x720", 30), ("-1x3", 30), ("4x3", 0)]
)
def test_wrong_modes_are_refused(text, fps):
    with pytest.raises(ValueError, match=r"WIDTHxHEIGHT|at least 1x1"):
        CameraMode.from_text(text, fps)


def test_reasons_a_camera_cannot_be_opened(tmp_path, monkeypatch):
    monkeypatch.setattr(camera_devices, "_IS_LINUX", True)
    node = tmp_path / "video7"
    assert "there is no" in why_closed(7, str(node))
    node.touch()
    assert "another program" in why_closed(7, str(node))
    monkeypatch.setattr(camera_devices.os, "access", lambda *_: False)
    assert "group `video`" in why_closed(7, str(node))
