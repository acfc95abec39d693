"""Playback control of a file: pace, pause, speed, loop, seek and single frames.

Orders come from any thread and are obeyed by the one that reads, in `next_frame`. The newest
place asked for wins, so dragging a slider over a long film costs one seek at a time.
"""

import threading
import time
from collections.abc import Callable

from das_app.messaging.messages import Frame
from das_app.pipeline.pacing import Pacer
from das_app.sources.frame_source import FrameSource

_Target = Callable[[], int]  # number of a frame, worked out by the thread that reads


class Playback:
    """Frames of a file when they are due.

    Args:
        source: a file; only `next_frame` reads it.
        loop: begin again at the end.
        is_paced: by the file's timestamps; otherwise as fast as it can be read.
        clock: monotonic seconds.

    Attributes:
        decode_s: how long reading the last frame took.
    """

    def __init__(
        self,
        source: FrameSource,
        loop: bool = False,
        is_paced: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._source, self._clock = source, clock
        self._loop, self._is_paced = loop, is_paced
        self._pacer = Pacer()
        self.decode_s = 0.0
        self._changed = threading.Condition()
        self._is_paused = self._is_closed = self._is_at_end = False
        self._target: _Target | None = None  # what to show next, whether paused or not
        self._steps = 0  # frames from the target on
        self._is_stale = False  # frames of before have other numbers
        self._shown: Frame | None = None
        self._ready: Frame | None = None  # read, not yet due
        self._begin_s: float | None = None

    @property
    def is_paused(self) -> bool:
        """Whether it holds."""
        return self._is_paused

    @property
    def goes_on(self) -> bool:
        """Whether the next frame comes by itself when its time has come."""
        return self._is_paced and not self._is_paused

    def set_paused(self, is_paused: bool) -> None:
        """Hold, or go on; at the end of the file go on from its beginning."""
        with self._changed:
            self._is_paused = is_paused
            if not is_paused and self._is_at_end and self._target is None:
                self._target, self._steps = self._beginning, 0
            self._pacer.restart()
            self._changed.notify_all()

    def set_looping(self, is_looping: bool) -> None:
        """Whether the file begins again at its end; holds from its next end on."""
        self._loop = is_looping

    def set_beginning(self, time_s: float | None) -> None:
        """Where it begins again at its end; None is the beginning of the file."""
        self._begin_s = time_s

    def set_speed(self, speed: float) -> None:
        """Play so many times as fast. Raises ValueError outside 0.1 to 4."""
        with self._changed:
            self._pacer.set_speed(speed)
            self._changed.notify_all()

    def seek(self, time_s: float) -> None:
        """Show what is on the screen at `time_s` of the file, and go on from there; at the end
        of the file, stay there."""
        with self._changed:
            self._is_paused |= self._is_at_end
            self._target, self._steps = lambda: self._source.index_at(time_s), 0
            self._changed.notify_all()

    def read_again(self, time_s: float) -> None:
        """As `seek`, after the source's frames have become others."""
        with self._changed:
            self._is_stale = True
        self.seek(time_s)

    def step(self, num_frames: int) -> None:
        """Pause, `num_frames` after the frame shown last; before it when negative."""
        with self._changed:
            self._is_paused = True
            if self._target is None:
                self._target, self._steps = self._here, 0
            self._steps += num_frames
            self._changed.notify_all()

    def close(self) -> None:
        """Wake the reader and give it nothing more."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()

    def next_frame(self) -> Frame | None:
        """The next frame, once it is due or asked for.

        Returns:
            None at the end of the file and after `close`. When called again at the end, it waits
            for a place to go to.

        Raises:
            SourceError: if the file cannot be read on.
        """
        while self._wait_for_work():
            target = self._taken_target()
            if target is not None:
                self._go(max(0, target()))
            frame = self._ready or self._read()
            self._ready = frame
            if frame is None:
                if self._begins_again():
                    continue
                self._is_at_end = True
                return None
            if target is not None or self._wait_until_due(frame):
                self._ready, self._shown = None, frame
                return frame
        return None

    def _read(self) -> Frame | None:
        begin_s = time.monotonic()
        frame = self._source.read()
        self.decode_s = time.monotonic() - begin_s
        return frame

    def _here(self) -> int:
        return -1 if self._shown is None else self._shown.index

    def _beginning(self) -> int:
        return 0 if self._begin_s is None else self._source.index_at(self._begin_s)

    def _wait_for_work(self) -> bool:
        """Wait while paused or at the end, unless a place is asked for; False when closed."""
        with self._changed:
            self._changed.wait_for(
                lambda: (
                    self._is_closed
                    or self._target is not None
                    or not (self._is_paused or self._is_at_end)
                )
            )
            return not self._is_closed

    def _taken_target(self) -> _Target | None:
        with self._changed:
            target, self._target = self._target, None
            if target is None:
                return None
            self._is_at_end = False
            self._pacer.restart()
            steps = self._steps
            return lambda: target() + steps

    def _go(self, index: int) -> None:
        """Make `index` the next frame to be read, which the one after the shown is anyway."""
        ready, self._ready = self._ready, None
        is_stale, self._is_stale = self._is_stale, False
        if is_stale:
            self._source.seek(index)
        elif ready is not None and ready.index == index:
            self._ready = ready
        elif ready is not None or index != self._here() + 1:
            self._source.seek(index)

    def _begins_again(self) -> bool:
        if not self._loop or self._shown is None or self._source.num_frames == 1:
            return False  # a still picture stays as it is
        if self._is_paced and self._source.nominal_fps > 0:
            with self._changed:  # the last frame's own time
                self._changed.wait_for(self._has_orders, 1 / self._source.nominal_fps)
        if not self._has_orders():
            self._source.seek(self._beginning())
            self._pacer.restart()
        return True

    def _wait_until_due(self, frame: Frame) -> bool:
        """False when an order came before the frame was due."""
        with self._changed:
            while self._is_paced and not self._has_orders():
                delay_s = self._pacer.delay_s(frame.time_s, self._clock())
                if delay_s <= 0:
                    break
                self._changed.wait(delay_s)
            return not self._has_orders()

    def _has_orders(self) -> bool:
        return self._is_closed or self._is_paused or self._target is not None
