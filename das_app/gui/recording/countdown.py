"""Countdown before a recording."""

import math
import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

_POLL_MS = 50


class Countdown(QObject):
    """Counts down once at a time.

    Attributes:
        changed: whole seconds that are left, 0 when it is over or given up.
    """

    changed = Signal(int)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._end_s, self._left_s = 0.0, 0
        self._when_over: Callable[[], None] = lambda: None
        self._timer = QTimer(self, interval=_POLL_MS)
        self._timer.timeout.connect(self._look)

    @property
    def is_on(self) -> bool:
        """Whether it counts."""
        return self._timer.isActive()

    def begin(self, duration_s: float, when_over: Callable[[], None]) -> None:
        """Count down, and then do something; at once for no time at all."""
        self.give_up()
        if duration_s <= 0:
            when_over()
            return
        self._end_s, self._when_over = time.monotonic() + duration_s, when_over
        self._timer.start()
        self._look()

    def give_up(self) -> None:
        """Count no more, and do nothing."""
        self._timer.stop()
        self._tell(0)

    def _look(self) -> None:
        left_s = math.ceil(self._end_s - time.monotonic())
        if left_s > 0:
            self._tell(left_s)
            return
        self.give_up()
        self._when_over()

    def _tell(self, left_s: int) -> None:
        if left_s != self._left_s:
            self._left_s = left_s
            self.changed.emit(left_s)
