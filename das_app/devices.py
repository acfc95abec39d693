"""The cameras of this machine by name."""

from dataclasses import dataclass

import cv2
from cv2_enumerate_cameras import enumerate_cameras

from das_app.pipeline.camera_source import CAMERA_BACKEND


@dataclass(frozen=True, slots=True)
class CameraDevice:
    """A camera that the system lists.

    Args:
        index: what `--source` takes.
        name: the system's name of it.
        path: where the system keeps it; empty when unknown.
    """

    index: int
    name: str
    path: str


def list_cameras() -> tuple[CameraDevice, ...]:
    """Every camera the system lists, virtual ones included; none is opened."""
    found = enumerate_cameras(CAMERA_BACKEND)
    return tuple(CameraDevice(c.index, c.name, c.path or "") for c in found)


def probe_size(device: CameraDevice) -> tuple[int, int] | None:
    """(width, height) px the camera delivers by itself, or None when it cannot be opened."""
    capture = cv2.VideoCapture(device.index, CAMERA_BACKEND)
    try:
        if not capture.isOpened():
            return None
        sides = (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT)
        width, height = (int(capture.get(side)) for side in sides)
        return (width, height)
    finally:
        capture.release()
