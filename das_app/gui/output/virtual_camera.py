"""Virtual camera: the clean output as a camera for other programs.

`pyvirtualcam` is GPL software: it is never shipped with this application, whose users may install
it themselves. It needs a device of the system: v4l2loopback on Linux, OBS on Windows and macOS.
"""

from typing import Protocol

import numpy as np

from das_app.gui.style.language import tr
from das_app.words.said import marked

_FPS = 30.0
ADVICE = marked(
    "pip install pyvirtualcam (GPL, not part of this application); and on Linux v4l2loopback, "
    "elsewhere OBS"
)


class VirtualCameraError(Exception):
    """There is no virtual camera; the message is for the user."""


class _Device(Protocol):
    device: str

    def send(self, frame: np.ndarray) -> None: ...

    def close(self) -> None: ...


class VirtualCamera:
    """One camera of a fixed size.

    Args:
        size: (width, height) in pixels.

    Raises:
        VirtualCameraError: if the package or the device is missing.
    """

    def __init__(self, size: tuple[int, int]) -> None:
        try:
            import pyvirtualcam
        except ImportError as error:
            raise VirtualCameraError(
                tr("the virtual camera needs a package of its own: {advice}", advice=tr(ADVICE))
            ) from error
        try:
            self._camera: _Device = pyvirtualcam.Camera(*size, _FPS)
        except (RuntimeError, OSError, ValueError) as error:
            raise VirtualCameraError(
                tr("no virtual camera could be opened: {error}", error=error)
            ) from error

    @property
    def name(self) -> str:
        """Name for other programs."""
        return self._camera.device

    def send(self, pixels: np.ndarray) -> None:
        """Show (H, W, 4) uint8 RGBA there; what is clear becomes black.

        Raises:
            VirtualCameraError: if the device is gone.
        """
        try:
            self._camera.send(np.ascontiguousarray(pixels[..., :3]))
        except (RuntimeError, OSError, ValueError) as error:
            raise VirtualCameraError(
                tr("the virtual camera is gone: {error}", error=error)
            ) from error

    def close(self) -> None:
        """Give it back."""
        self._camera.close()
