"""Camera devices by name, capture modes, and reasons why one cannot be opened."""

import os
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import cv2
from cv2_enumerate_cameras import enumerate_cameras

from das_app.messaging.mailbox import Mailbox
from das_app.words.said import marked, said

_SLOW_SHARE = 0.9  # of the rate asked for; less is worth saying
_PROBE_S = 6.0  # for a camera to open and to show a picture
_IS_LINUX, _IS_WINDOWS = sys.platform.startswith("linux"), sys.platform == "win32"
CAMERA_BACKEND = {
    "linux": cv2.CAP_V4L2,
    "win32": cv2.CAP_MSMF,
    "darwin": cv2.CAP_AVFOUNDATION,
}.get(sys.platform, cv2.CAP_ANY)
_locks: dict[int, threading.Lock] = {}
_lock_of_locks = threading.Lock()
_MAYBE = {
    "win32": marked(
        "another program may be using it; else check Settings > Privacy & security > Camera"
    ),
    "darwin": marked(
        "another program may be using it; else check System Settings > Privacy & Security > Camera"
    ),
}.get(sys.platform, marked("another program may be using it; else check that it is plugged in"))


class CameraVideo(StrEnum):
    """How the pictures of a camera that gives JPEG are recorded."""

    AUTO = "auto"  # as they come on few cores, which encoding would take from the model
    OWN = "own"  # as they come
    ENCODED = "encoded"  # in a tenth of the room


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


@dataclass(frozen=True, slots=True)
class CameraMode:
    """Requested capture mode; drivers may choose the nearest one they support.

    Args:
        size: (width, height) px.
        fps: frames per second.

    Raises:
        ValueError: if the size or the rate is not positive.
    """

    size: tuple[int, int] = (1280, 720)
    fps: float = 30.0

    def __post_init__(self) -> None:
        if min(self.size) < 1 or not 0 < self.fps <= 1000:
            raise ValueError(
                f"a camera needs a size of at least 1x1 and 0 to 1000 fps, got {self}"
            )

    @staticmethod
    def from_text(resolution: str, fps: float) -> "CameraMode":
        """The mode that `resolution`, such as 1280x720, and a rate stand for.

        Raises:
            ValueError: if the resolution is not written like that.
        """
        sides = resolution.lower().replace("×", "x").split("x")
        if len(sides) != 2 or not all(side.strip().isdecimal() for side in sides):
            raise ValueError(f"resolution must be WIDTHxHEIGHT as 1280x720, got {resolution!r}")
        return CameraMode((int(sides[0]), int(sides[1])), fps)

    @property
    def text(self) -> str:
        """For people to read."""
        size = f"{self.size[0]}x{self.size[1]}"
        return said("{size} at {rate:g}", size=size, rate=self.fps)

    def delivered_text(self, size: tuple[int, int], fps: float) -> str:
        """Requested and delivered mode where they differ; else empty.

        Args:
            size: (width, height) px of what came.
            fps: measured; 0 where it is not known yet.
        """
        is_slow = 0 < fps < _SLOW_SHARE * self.fps
        if size == self.size and not is_slow:
            return ""
        got = f"{size[0]}x{size[1]}"
        if not fps:
            return said("asked {asked}, got {got}", asked=self.text, got=got)
        return said("asked {asked}, got {got} at {rate:.0f}", asked=self.text, got=got, rate=fps)


DEFAULT_MODE = CameraMode()


def list_cameras() -> tuple[CameraDevice, ...]:
    """Every camera the system lists, virtual ones included; none is opened.

    Windows' older interface knows virtual cameras that the newer one does not: they follow, with
    the index that OpenCV has for them.
    """
    found = list(enumerate_cameras(CAMERA_BACKEND))
    if _IS_WINDOWS:
        names = {camera.name for camera in found}
        others = [c for c in enumerate_cameras(cv2.CAP_DSHOW) if c.name not in names]
        for camera in others:
            camera.index += cv2.CAP_DSHOW
        found += others
    devices = [CameraDevice(c.index, c.name or f"camera {c.index}", c.path or "") for c in found]
    return tuple(sorted(devices, key=lambda device: device.index))


def open_capture(
    index: int, mode: CameraMode, has_packets: bool = False
) -> cv2.VideoCapture | None:
    """The camera in a mode near `mode`, or None when it cannot be opened.

    Args:
        index: OpenCV's number of it.
        mode: asked for.
        has_packets: whether it is to give JPEG files instead of pictures, (1, N) uint8, where the
            system can: Linux, with a camera that knows JPEG.
    """
    backend = cv2.CAP_ANY if index >= cv2.CAP_DSHOW and _IS_WINDOWS else CAMERA_BACKEND
    capture = cv2.VideoCapture(index, backend)
    if not capture.isOpened():
        capture.release()
        return None
    jpeg = cv2.VideoWriter.fourcc(*"MJPG")
    capture.set(cv2.CAP_PROP_FOURCC, jpeg)  # raw 720p is slow on USB 2
    capture.set(cv2.CAP_PROP_FRAME_WIDTH, mode.size[0])
    capture.set(cv2.CAP_PROP_FRAME_HEIGHT, mode.size[1])
    capture.set(cv2.CAP_PROP_FPS, mode.fps)
    capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
    # Windows' interfaces take the order and go on decoding
    if has_packets and _IS_LINUX and capture.get(cv2.CAP_PROP_FOURCC) == jpeg:
        capture.set(cv2.CAP_PROP_CONVERT_RGB, 0)
    return capture


def visible_problem(index: int, path: str = "") -> str:
    """Why the camera cannot be opened, as far as one can see without trying; else empty."""
    if not _IS_LINUX:
        return ""
    node = Path(path or f"/dev/video{index}")
    if not node.exists():
        return said("there is no {node}; `das-app devices` lists what there is", node=node)
    if not os.access(node, os.R_OK | os.W_OK):
        return said(
            "your user may not read {node}; add it to the group `video` and log in again",
            node=node,
        )
    return ""


def why_closed(index: int, path: str = "") -> str:
    """Why the camera could not be opened, to the best of what one can see."""
    return visible_problem(index, path) or said(_MAYBE)


def device_lock(index: int) -> threading.Lock:
    """Held by whoever of this process has the camera open."""
    with _lock_of_locks:
        return _locks.setdefault(index, threading.Lock())


def probe_cameras(
    devices: Sequence[CameraDevice], patience_s: float = _PROBE_S
) -> Iterator[tuple[CameraDevice, tuple[int, int] | None, str]]:
    """Try cameras one after the other, each in a thread that is left behind where it hangs.

    Args:
        devices: to be tried.
        patience_s: with each.

    Yields:
        The device, (width, height) px of a picture or None, and why there is none.
    """
    for device in devices:
        found: Mailbox[tuple[int, int] | None] = Mailbox()

        def probe(device: CameraDevice = device, found: Mailbox = found) -> None:
            size = None
            try:
                size = probe_size(device)
            finally:
                found.put(size)
                found.close()

        thread = threading.Thread(target=probe, name="das-probe", daemon=True)
        thread.start()
        thread.join(patience_s)
        size = found.take(0)
        if thread.is_alive():
            yield device, None, f"it does not answer for {patience_s:g} s"
        else:
            yield device, size, "" if size else why_closed(device.index, device.path)


def probe_size(device: CameraDevice) -> tuple[int, int] | None:
    """(width, height) px of a picture of the camera, or None when it delivers none."""
    capture = open_capture(device.index, DEFAULT_MODE)
    if capture is None:
        return None
    try:
        has_picture, picture = capture.read()
        return (picture.shape[1], picture.shape[0]) if has_picture else None
    finally:
        capture.release()
