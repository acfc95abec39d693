"""Live preview of a camera before it is opened: small, in a thread of its own, never in the way.

Whatever its driver does, the window goes on: a thread that hangs is left behind, and whoever opens
the camera afterwards waits until the preview has let go of it.
"""

import logging
import threading
import time
from dataclasses import dataclass

import cv2
import numpy as np

from das_app.messaging.mailbox import Mailbox
from das_app.sources.camera_devices import (
    CameraDevice,
    CameraMode,
    device_lock,
    open_capture,
    why_closed,
)
from das_app.words.said import marked, said

_PAUSE_S = 0.25  # before it opens: who goes through a list with the arrows opens nothing
_WIDTH_PX = 480
_RATE_WINDOW_S = 1.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False, slots=True)
class PreviewNews:
    """State of a camera preview.

    Args:
        image: (H, W, 3) uint8 RGB, small; None where there is none.
        text: what it delivers, or why there is no picture.
    """

    image: np.ndarray | None
    text: str


class CameraPreview:
    """Shows a camera until it is stopped; it begins when it is made.

    Args:
        device: to be shown.
        mode: asked of it.

    Attributes:
        news: the newest `PreviewNews`.
    """

    def __init__(self, device: CameraDevice, mode: CameraMode) -> None:
        self.news: Mailbox[PreviewNews] = Mailbox()
        self._device, self._mode = device, mode
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="das-preview", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Let go of the camera soon; returns at once."""
        self._stopping.set()
        self.news.close()

    def wait(self, timeout_s: float) -> bool:
        """Wait until it let go of the camera; whether it did."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        if self._stopping.wait(_PAUSE_S):
            return
        lock = device_lock(self._device.index)
        if not lock.acquire(blocking=False):
            self.news.put(PreviewNews(None, marked("It is open already.")))
            return
        try:
            self._show()
        except Exception as error:  # whatever a driver raises is for the user
            _log.warning("no preview of %s", self._device.name, exc_info=True)
            self.news.put(PreviewNews(None, str(error) or type(error).__name__))
        finally:
            lock.release()

    def _show(self) -> None:
        capture = open_capture(self._device.index, self._mode)
        if capture is None:
            reason = why_closed(self._device.index, self._device.path)
            self.news.put(PreviewNews(None, said("It cannot be opened: {reason}.", reason=reason)))
            return
        try:
            times_s: list[float] = []
            while not self._stopping.is_set():
                has_picture, picture = capture.read()
                if not has_picture or picture is None or not picture.size:
                    self.news.put(PreviewNews(None, marked("It delivers no pictures.")))
                    if self._stopping.wait(_PAUSE_S):
                        return
                    continue
                now_s = time.monotonic()
                times_s = [t for t in times_s if now_s - t < _RATE_WINDOW_S] + [now_s]
                self.news.put(PreviewNews(_small(picture), self._text(picture, times_s)))
        finally:
            capture.release()

    def _text(self, picture: np.ndarray, times_s: list[float]) -> str:
        height, width = picture.shape[:2]
        span_s = times_s[-1] - times_s[0]
        fps = (len(times_s) - 1) / span_s if span_s > _RATE_WINDOW_S / 2 else 0.0
        rate = f" at {fps:.0f} fps" if fps else ""
        got = f"{width} × {height}{rate}"
        return self._mode.delivered_text((width, height), fps) or got


def _small(picture: np.ndarray) -> np.ndarray:
    """(h, w, 3) RGB of a picture in BGR, no wider than a preview."""
    height, width = picture.shape[:2]
    if width > _WIDTH_PX:
        size = (_WIDTH_PX, max(1, round(height * _WIDTH_PX / width)))
        picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    return cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)
