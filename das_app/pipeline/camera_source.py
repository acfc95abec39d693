"""Webcams through OpenCV: reopened when they stop delivering, given up with a clear error."""

import logging
import os
import sys
import time

import cv2
import numpy as np

from das_app.calibration import Intrinsics
from das_app.pipeline.frame_source import SourceError
from das_app.pipeline.messages import Frame

CAMERA_BACKEND = {
    "linux": cv2.CAP_V4L2,
    "win32": cv2.CAP_MSMF,
    "darwin": cv2.CAP_AVFOUNDATION,
}.get(sys.platform, cv2.CAP_ANY)
_WANTED_SIZE = (1280, 720)
_WANTED_FPS = 30
_MAX_EMPTY_READS = 10
_MAX_REOPENINGS = 3
_RETRY_S = 0.1
_READ_TIMEOUT_S = 2  # below the pipeline's stop time-out, so a dead device cannot hold it up

_log = logging.getLogger(__name__)


class CameraSource:
    """Live pictures of one camera.

    Args:
        device_index: OpenCV's number of the camera.
        intrinsics: its lens.

    Raises:
        SourceError: if the camera cannot be opened.
    """

    is_live = True
    num_frames = None

    def __init__(self, device_index: int, intrinsics: Intrinsics) -> None:
        self.name = f"camera {device_index}"
        self.intrinsics = intrinsics
        self._device_index = device_index
        self._capture = _open(device_index)
        self.nominal_fps = float(self._capture.get(cv2.CAP_PROP_FPS)) or 0.0
        self._size: tuple[int, int] | None = None
        self._next_index = 0

    def read(self) -> Frame:
        """The next picture, waiting for it; `time_s` is monotonic.

        Raises:
            SourceError: if the camera delivers nothing, even after it was opened anew.
        """
        picture = self._read_or_reopen()
        time_s = time.monotonic()
        image = cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)
        image.flags.writeable = False
        size = (image.shape[1], image.shape[0])
        if size != self._size:
            _log.info("%s delivers %dx%d", self.name, *size)
            self._size = size
        frame = Frame(self._next_index, time_s, image, self.intrinsics.camera_for(size))
        self._next_index += 1
        return frame

    def rewind(self) -> None:
        """A camera has no beginning."""
        raise SourceError(f"{self.name} cannot be rewound")

    def close(self) -> None:
        """Release the device."""
        self._capture.release()

    def _read_or_reopen(self) -> np.ndarray:
        for attempt in range(_MAX_REOPENINGS + 1):
            picture = self._read_some()
            if picture is not None:
                return picture
            if attempt < _MAX_REOPENINGS:
                self._reopen()
        raise SourceError(
            f"{self.name} delivers no pictures; check its plug and whether another program uses it"
        )

    def _read_some(self) -> np.ndarray | None:
        deadline_s = time.monotonic() + _READ_TIMEOUT_S
        for _ in range(_MAX_EMPTY_READS):
            has_picture, picture = self._capture.read()
            if has_picture and picture is not None and picture.size:
                return picture
            if time.monotonic() >= deadline_s:
                break
            time.sleep(_RETRY_S / _MAX_EMPTY_READS)
        return None

    def _reopen(self) -> None:
        _log.warning("%s stopped delivering; opening it anew", self.name)
        self._capture.release()
        time.sleep(_RETRY_S)
        try:
            self._capture = _open(self._device_index)
        except SourceError:
            _log.warning("%s could not be opened anew", self.name)


def _open(device_index: int) -> cv2.VideoCapture:
    os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", str(_READ_TIMEOUT_S))
    capture = cv2.VideoCapture(device_index, CAMERA_BACKEND)
    if not capture.isOpened():
        capture.release()
        raise SourceError(
            f"camera {device_index} cannot be opened; `das-app devices` lists what is there, and "
            "another program may be using it"
        )
    capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))  # raw 720p is slow on USB 2
    capture.set(cv2.CAP_PROP_FRAME_WIDTH, _WANTED_SIZE[0])
    capture.set(cv2.CAP_PROP_FRAME_HEIGHT, _WANTED_SIZE[1])
    capture.set(cv2.CAP_PROP_FPS, _WANTED_FPS)
    capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
    return capture
