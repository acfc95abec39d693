"""Autosave of the settings."""

import logging
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from das_app.settings.app_settings import AppSettings
from das_app.settings.settings_file import merge_into_file

_QUIET_MS = 1000
_log = logging.getLogger(__name__)


class SettingsKeeper(QObject):
    """Looks once a second whether the settings changed, and writes what did.

    What the settings were at the beginning, which the command line may have said, is written only
    where it is changed; what another window writes meanwhile stays.

    Args:
        settings: as they are now.
        path: of the file.
    """

    def __init__(self, settings: Callable[[], AppSettings], path: Path) -> None:
        super().__init__()
        self._settings, self._path = settings, path
        self._kept = settings()
        self._has_failed = False
        self._timer = QTimer(self, interval=_QUIET_MS)
        self._timer.timeout.connect(self.keep)
        self._timer.start()

    def keep(self) -> None:
        """Write what changed since the last time."""
        now = self._settings()
        if now == self._kept:
            return
        try:
            merge_into_file(self._kept, now, self._path)
            self._kept = now
        except OSError:
            if not self._has_failed:
                _log.warning("the settings could not be kept in %s", self._path, exc_info=True)
            self._has_failed = True

    def close(self) -> None:
        """Write what is still to be written, and look no more."""
        self._timer.stop()
        self.keep()
