"""Webcams through OpenCV, reconnected by name after they were unplugged.

On Linux they give their JPEG files, which a recording can keep as they are; they are decoded here.
A file that is cut off or cannot be decoded is left out, counted and said.
"""

import os
import sys
import time

import cv2
import numpy as np

from das_app.lens.intrinsics import Intrinsics
from das_app.sources.camera_controls import (
    NOTHING_WANTED,
    CaptureControls,
    ControlPort,
    LimitsOf,
    Wanted,
)
from das_app.sources.camera_devices import (
    DEFAULT_MODE,
    CameraDevice,
    CameraMode,
    device_lock,
    list_cameras,
    open_capture,
    why_closed,
)
from das_app.sources.frame_source import SourceError
from das_app.sources.v4l2_limits import limits_by
from das_app.sources.watchdog import (
    DEFAULT_PATIENCE,
    Damage,
    Patience,
    Taken,
    WatchedSource,
)
from das_app.words.said import said

if sys.platform.startswith("linux"):
    import fcntl
else:
    fcntl = None

_SELECT_TIMEOUT_S = 2  # of OpenCV in one read; a dead device otherwise holds it for 10 s
_LOCK_PATIENCE_S = 3.0
_MAX_AGE_S = 1.0  # of a picture whose driver's stamp is believed
_JPEG_BEGIN, _JPEG_END = b"\xff\xd8", b"\xff\xd9"


def open_camera(
    index: int,
    intrinsics: Intrinsics,
    mode: CameraMode = DEFAULT_MODE,
    patience: Patience = DEFAULT_PATIENCE,
    controls: Wanted = NOTHING_WANTED,
) -> WatchedSource:
    """The camera `index` as a live source.

    Args:
        index: OpenCV's number of it.
        intrinsics: its lens.
        mode: asked for.
        patience: with a device that stops.
        controls: wanted of it from the beginning.

    Raises:
        SourceError: if it cannot be opened, with the reason.
    """
    os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", str(_SELECT_TIMEOUT_S))
    device = next((d for d in list_cameras() if d.index == index), None)
    name = f"camera {index}" if device is None else device.name
    wanted = device or CameraDevice(index, "", "")
    port, damage = ControlPort(controls), Damage()

    def open_it() -> _Camera:
        return _Camera(wanted, mode, port, damage, patience.give_up_s)

    return WatchedSource(name, open_it, intrinsics, patience, port, mode, damage)


class _Camera:
    """An opened camera; one that was plugged in again may have got another number.

    Args:
        wanted: which.
        mode: asked for.
        port: of its controls.
        damage: hears of pictures that are left out.
        damaged_s: of nothing but damaged pictures, before it counts as failed.
    """

    def __init__(
        self,
        wanted: CameraDevice,
        mode: CameraMode,
        port: ControlPort,
        damage: Damage,
        damaged_s: float,
    ) -> None:
        self._device, self._port = _present(wanted), port
        self._damage, self._damaged_s = damage, damaged_s
        self._whole_s = time.monotonic()  # of the newest whole picture
        self._lock = device_lock(self._device.index)
        self._has_lock = self._lock.acquire(timeout=_LOCK_PATIENCE_S)  # of a preview that ends
        capture = open_capture(self._device.index, mode, has_packets=True)
        if capture is None:
            self._unlock()
            raise SourceError(why_closed(self._device.index, self._device.path))
        self._capture = capture
        self._controls: CaptureControls | None = None
        self._has_asked = False

    def read(self) -> Taken | None:
        """The next picture; None for a failure.

        Raises:
            SourceError: if all pictures are damaged.
        """
        if self._controls is not None:
            self._port.obey(self._controls)
        has_picture, picture = self._capture.read()
        now_s = time.monotonic()
        if not has_picture or picture is None or not picture.size:
            return None
        if not self._has_asked:  # a driver that delivers knows its controls
            self._has_asked = True
            self._controls = self._port.ask(
                lambda: CaptureControls(self._capture, _limits_of(self._device))
            )
        packet = None
        if picture.ndim == 3 and picture.shape[2] == 3:
            image = cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)
        elif min(picture.shape) == 1:
            try:
                packet = whole_jpeg(picture)
                image = decoded_jpeg(packet)
            except ValueError as error:
                self._leave_out(str(error), now_s)
                return None
        else:  # a format that is no JPEG: the driver is to decode it
            self._capture.set(cv2.CAP_PROP_CONVERT_RGB, 1)
            return None
        self._whole_s = now_s
        image.flags.writeable = False
        return Taken(image, self._taken_s(now_s), packet)

    def close(self) -> None:
        """Release the device."""
        self._capture.release()
        self._unlock()

    def _leave_out(self, problem: str, now_s: float) -> None:
        self._damage.note(problem)
        if now_s - self._whole_s >= self._damaged_s:
            raise SourceError(said("its pictures are damaged: {problem}", problem=problem))

    def _unlock(self) -> None:
        if self._has_lock:
            self._lock.release()
            self._has_lock = False

    def _taken_s(self, now_s: float) -> float:
        """The driver's own stamp where it is of the monotonic clock, as Linux has it."""
        stamp_s = self._capture.get(cv2.CAP_PROP_POS_MSEC) / 1e3
        return stamp_s if 0 < now_s - stamp_s < _MAX_AGE_S else now_s


def whole_jpeg(data: np.ndarray) -> bytes:
    """The JPEG file in a camera's buffer, without what drivers put behind it.

    Args:
        data: (1, N) or (N, 1) uint8.

    Raises:
        ValueError: if it does not begin as a JPEG file or has no end.
    """
    file = data.tobytes()
    if not file.startswith(_JPEG_BEGIN):
        raise ValueError(
            f"a JPEG must begin with FF D8, got {file[:2].hex(' ').upper()} in {len(file)} bytes"
        )
    end = file.rfind(_JPEG_END)
    if end < 0:
        raise ValueError(f"a JPEG must end with FF D9, it breaks off after {len(file)} bytes")
    return file[: end + len(_JPEG_END)]


def decoded_jpeg(file: bytes) -> np.ndarray:
    """(H, W, 3) uint8 RGB of a JPEG file.

    Raises:
        ValueError: if it cannot be decoded.
    """
    try:
        image = cv2.imdecode(np.frombuffer(file, np.uint8), cv2.IMREAD_COLOR_RGB)
    except cv2.error as error:
        raise ValueError(f"a JPEG of {len(file)} bytes cannot be decoded: {error.err}") from error
    if image is None:
        raise ValueError(f"a JPEG of {len(file)} bytes cannot be decoded")
    return image


def _limits_of(device: CameraDevice) -> LimitsOf | None:
    """Limits of the camera's controls by the system; None where it tells none."""
    if fcntl is None:
        return None
    return limits_by(device.path or f"/dev/video{device.index}", fcntl.ioctl)


def _present(wanted: CameraDevice) -> CameraDevice:
    """The camera of that number, or of that name when the number is another's now."""
    devices = list_cameras()
    same_name = [d for d in devices if d.name == wanted.name]
    return next((d for d in same_name if d.index == wanted.index), (same_name or [wanted])[0])
