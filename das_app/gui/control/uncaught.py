"""Uncaught errors of any thread as a Qt signal, for the banner; the log has them in full."""

import sys
import threading
from collections.abc import Callable
from types import TracebackType

from PySide6.QtCore import QObject, Signal

from das_app.gui.style.language import tr


class UncaughtErrors(QObject):
    """Signals uncaught errors, such as those of Qt slots, after the former hooks.

    Attributes:
        caught: what to show to the user; emitted in the thread of the error.
    """

    caught = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._former: tuple[Callable[..., object], Callable[..., object]] | None = None

    def install(self) -> None:
        """Listen from now on."""
        self._former = (sys.excepthook, threading.excepthook)
        sys.excepthook, threading.excepthook = self._on_error, self._on_thread_error

    def remove(self) -> None:
        """Put the former hooks back."""
        if self._former is not None:
            (sys.excepthook, threading.excepthook), self._former = self._former, None

    def _on_error(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if self._former is not None:
            self._former[0](kind, error, trace)
        self._tell(kind, error)

    def _on_thread_error(self, caught: threading.ExceptHookArgs) -> None:
        if self._former is not None:
            self._former[1](caught)
        self._tell(caught.exc_type, caught.exc_value)

    def _tell(self, kind: type[BaseException], error: BaseException | None) -> None:
        if issubclass(kind, Exception):
            text = " ".join(str(error).split()) or kind.__name__
            self.caught.emit(
                tr("Something went wrong: {text}. The log has the details.", text=text)
            )
