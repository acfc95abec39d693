from types import SimpleNamespace

import numpy as np
import pytest

from das_app.sources import camera_devices
from das_app.sources.camera_devices import (
    CameraDevice,
    CameraMode,
    list_cameras,
    probe_size,
    why_closed,
)


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
