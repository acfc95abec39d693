from types import SimpleNamespace

import pytest

from das_app import devices
from das_app.devices import CameraDevice, list_cameras, probe_size


def test_cameras_by_name(monkeypatch):
    found = [
        SimpleNamespace(index=0, name="HD Webcam", path="/dev/video0"),
        SimpleNamespace(index=2, name="OBS Virtual Camera", path=None),
    ]
    monkeypatch.setattr(devices, "enumerate_cameras", lambda _backend: found)
    assert list_cameras() == (
        CameraDevice(0, "HD Webcam", "/dev/video0"),
        CameraDevice(2, "OBS Virtual Camera", ""),
    )


@pytest.mark.parametrize("is_open", [True, False])
def test_size_of_a_camera_that_opens(monkeypatch, is_open):
    released = []
    sides = {devices.cv2.CAP_PROP_FRAME_WIDTH: 640.0, devices.cv2.CAP_PROP_FRAME_HEIGHT: 480.0}
    capture = SimpleNamespace(
        isOpened=lambda: is_open, get=sides.get, release=lambda: released.append(True)
    )
    monkeypatch.setattr(devices.cv2, "VideoCapture", lambda *_: capture)
    size = probe_size(CameraDevice(0, "cam", ""))
    assert size == ((640, 480) if is_open else None)
    assert released
