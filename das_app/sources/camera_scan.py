"""Background listing of cameras; some systems take a second for it."""

import logging
import threading
from dataclasses import dataclass

from das_app.messaging.mailbox import Mailbox
from das_app.sources.camera_devices import CameraDevice, list_cameras, visible_problem

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FoundCamera:
    """A camera of the list.

    Args:
        device: what the system says.
        problem: why it cannot be opened, as far as that can be seen; empty for nothing.
    """

    device: CameraDevice
    problem: str


class CameraScan:
    """One look at which cameras there are; it begins when it is made.

    Attributes:
        found: gets one tuple of `FoundCamera`, empty when there is none.
    """

    def __init__(self) -> None:
        self.found: Mailbox[tuple[FoundCamera, ...]] = Mailbox()
        threading.Thread(target=self._run, name="das-cameras", daemon=True).start()

    def _run(self) -> None:
        try:
            devices = list_cameras()
        except Exception:  # whatever the system's interface raises
            _log.exception("cameras could not be listed")
            devices = ()
        self.found.put(tuple(FoundCamera(d, visible_problem(d.index, d.path)) for d in devices))
