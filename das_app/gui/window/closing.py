"""Termination requests from outside as events of the Qt event loop.

A handler of Python runs inside whatever Python code the main thread is in, a paint event included,
where nothing may be shown, hidden or destroyed. So the system's signal only writes a byte to a
socket, and the event loop, which finds it there, closes the window in its own turn.
"""

import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QObject, QSocketNotifier, Signal
from PySide6.QtWidgets import QApplication

from das_app.messaging.ending import ENDING_SIGNALS

_MAX_DIALOGS = 20  # that stand over one another


class SignalListener(QObject):
    """Hears of signals from its making until `close`, and tells of them from `begin` on.

    Signals:
        asked: the process is asked to end; in a turn of the event loop.
    """

    asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._read_end, self._write_end = socket.socketpair()
        self._read_end.setblocking(False)
        self._write_end.setblocking(False)
        self._notifier = QSocketNotifier(self._read_end.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.setEnabled(False)
        self._notifier.activated.connect(self._hear)
        self._usual_descriptor = signal.set_wakeup_fd(
            self._write_end.fileno(), warn_on_full_buffer=False
        )
        hangup = getattr(signal, "SIGHUP", None)
        self._usual = {
            number: signal.signal(number, _do_nothing)
            for number in ENDING_SIGNALS
            if number != hangup or signal.getsignal(number) is not signal.SIG_IGN
        }

    def begin(self) -> None:
        """Tell, also of a signal that came before there was somebody to tell."""
        self._notifier.setEnabled(True)

    def close(self) -> None:
        """Leave the signals to who had them before."""
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._usual_descriptor)
        for number, handler in self._usual.items():
            signal.signal(number, handler)
        self._read_end.close()
        self._write_end.close()

    def _hear(self) -> None:
        numbers = self._read_end.recv(64)
        if not any(number in self._usual for number in numbers):
            return
        for number in self._usual:
            signal.signal(number, signal.SIG_DFL)  # a second one ends at once
        self.asked.emit()


@contextmanager
def listening() -> Iterator[SignalListener]:
    """A listener for the time of a block."""
    listener = SignalListener()
    try:
        yield listener
    finally:
        listener.close()


def close_dialogs() -> None:
    """Close the dialogs that hold up everything else, the topmost first."""
    for _ in range(_MAX_DIALOGS):
        dialog = QApplication.activeModalWidget()
        if dialog is None:
            return
        dialog.close()


def _do_nothing(*_: object) -> None:
    """Python needs a handler of its own for a signal that is heard otherwise."""
