"""How long the window's thread stays away from its event loop, and what it does meanwhile.

A timer ticks in the window's thread; a tick that comes late was held up. Wall time says what the
user feels; the thread's own computing time tells a busy window from a busy machine. A second
thread looks where the window's thread is while a tick is overdue.
"""

import sys
import threading
import time
import traceback
from dataclasses import dataclass
from types import FrameType

from PySide6.QtCore import QObject, Qt, QTimer

TICK_MS = 5
LIMIT_S = 0.050
_LOOK_S = 0.010
_STACK_DEPTH = 4


@dataclass(frozen=True, slots=True)
class Hold:
    """The event loop did not turn for a while.

    Args:
        wall_s: how long.
        busy_s: how long the thread computed in it; the rest it waited or was kept waiting.
        where: innermost lines of Python in the thread, outermost first; empty when not seen.
    """

    wall_s: float
    busy_s: float
    where: str


class Responsiveness(QObject):
    """Watches the thread it is made in, from `start` to `stop`.

    Attributes:
        longest: the longest hold of all.
        busiest: the one in which the thread computed longest.
        holds: those over `LIMIT_S`, in order.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.holds: list[Hold] = []
        self.longest = self.busiest = Hold(0.0, 0.0, "")
        self._thread_id = threading.get_ident()
        self._wall_s = self._busy_s = 0.0
        self._where = ""
        self._stopping = threading.Event()
        self._looker = threading.Thread(target=self._look, name="das-looker", daemon=True)
        self._timer = QTimer(self, interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        """Begin; once."""
        self._note_time()
        self._timer.start()
        self._looker.start()

    def stop(self) -> None:
        """End."""
        self._timer.stop()
        self._stopping.set()
        self._looker.join()

    def skip(self) -> None:
        """Leave out what was done since the last tick: it was not the window's own work."""
        self._note_time()

    def _tick(self) -> None:
        wall_s = time.monotonic() - self._wall_s - TICK_MS / 1000
        hold = Hold(wall_s, time.thread_time() - self._busy_s, self._where)
        if wall_s > self.longest.wall_s:
            self.longest = hold
        if hold.busy_s > self.busiest.busy_s:
            self.busiest = hold
        if wall_s > LIMIT_S:
            self.holds.append(hold)
        self._note_time()

    def _note_time(self) -> None:
        self._wall_s, self._busy_s = time.monotonic(), time.thread_time()
        self._where = ""

    def _look(self) -> None:
        while not self._stopping.wait(_LOOK_S):
            if time.monotonic() - self._wall_s > LIMIT_S - _LOOK_S:
                frame = sys._current_frames().get(self._thread_id)
                self._where = self._where or _lines(frame)


def _lines(frame: FrameType | None) -> str:
    try:
        stack = traceback.extract_stack(frame)[-_STACK_DEPTH:] if frame is not None else []
    except AttributeError:  # the thread has gone on meanwhile, and its frames are others
        return ""
    return " > ".join(
        f"{line.filename.rsplit('/', 1)[-1]}:{line.lineno} {line.name}" for line in stack
    )
