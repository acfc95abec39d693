"""Termination signals: Ctrl-C, SIGTERM, a closed terminal, a logout."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")  # the last two not on every system
ENDING_SIGNALS = tuple(getattr(signal, name) for name in _NAMES if hasattr(signal, name))


@contextmanager
def ended_at_once() -> Iterator[None]:
    """Ctrl-C ends the process at once for the time of a block, as SIGTERM does.

    While Qt is imported, the exception that Python makes of Ctrl-C would abort the process.
    """
    usual = signal.getsignal(signal.SIGINT)
    if usual is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)


@contextmanager
def ending_sets() -> Iterator[threading.Event]:
    """An event that a request to end sets.

    A second request of the same kind interrupts, also where it was ignored before. Signals that
    were ignored when the process began, as `nohup` does with SIGHUP, stay ignored.
    """
    stopping = threading.Event()

    def on_signal(number: int, _frame: FrameType | None) -> None:
        stopping.set()
        is_ctrl_c = number == signal.SIGINT
        signal.signal(number, signal.default_int_handler if is_ctrl_c else signal.SIG_DFL)

    hangup = getattr(signal, "SIGHUP", None)
    numbers = [
        n for n in ENDING_SIGNALS if n != hangup or signal.getsignal(n) is not signal.SIG_IGN
    ]
    usual = {number: signal.signal(number, on_signal) for number in numbers}
    try:
        yield stopping
    finally:
        for number, handler in usual.items():
            signal.signal(number, handler)
