"""Capture thread: reads the source and feeds the mailbox of the model.

A file is played as its viewer wants. A camera is read as fast as it delivers; when it stops, the
feed says so and waits until its source has it back.
"""

import threading
import time
from collections.abc import Callable
from typing import NamedTuple

from das_app.messaging.mailbox import Mailbox
from das_app.messaging.messages import Frame, PipelineState
from das_app.pipeline.figures import Figures
from das_app.pipeline.playback import Playback
from das_app.sources.frame_source import FrameSource, SourceLost

_DRAIN_POLL_S = 0.005


class Captured(NamedTuple):
    """A frame on its way to the model; times are monotonic."""

    frame: Frame
    taken_s: float  # by the shutter (live), or when it left the file
    ready_s: float  # when it was put into the mailbox


class FrameFeed:
    """Hands frames to the model.

    Args:
        source: read by `run` only.
        playback: of the source; used for a file.
        figures: where frames are counted.
        change_state: (state, message); hears what becomes of the source, in the capture thread.

        on_frame: hears of every frame before the model may have it.

    Attributes:
        frames: the mailbox the model takes from.
    """

    def __init__(
        self,
        source: FrameSource,
        playback: Playback,
        figures: Figures,
        change_state: Callable[[PipelineState, str], None],
        on_frame: Callable[[Frame], None] = lambda _frame: None,
    ) -> None:
        self.frames: Mailbox[Captured] = Mailbox()
        self._source, self._playback, self._figures = source, playback, figures
        self._change_state, self._on_frame = change_state, on_frame
        self._stopping = threading.Event()
        self._is_paused = False
        self._state, self._news = PipelineState.RUNNING, ""  # told last by the feed itself
        self._last: Frame | None = None

    def set_paused(self, is_paused: bool) -> None:
        """Hold or go on: a file waits, a camera's pictures are let go by."""
        self._is_paused = is_paused
        self._playback.set_paused(is_paused)

    def close(self) -> None:
        """Let `run` return and the model's thread end."""
        self._stopping.set()
        self._playback.close()
        self.frames.close()

    def run(self) -> None:
        """Read until the feed is closed or a camera is; raises what the source raises."""
        step = self._feed_live if self._source.is_live else self._feed_file
        while not self._stopping.is_set() and step():
            pass

    def _feed_file(self) -> bool:
        frame = self._playback.next_frame()
        if self._stopping.is_set():
            return False
        if frame is None:
            self._finish()
            return True
        if self._state is PipelineState.FINISHED:  # a place was sought, or it is played again
            self._tell(self._usual_state, self._source.name)
        if self._last is None or frame.index != self._last.index + 1 or self._is_paused:
            self._figures.interrupt()
        now_s = time.monotonic()
        self._hand_on(Captured(frame, now_s - self._playback.decode_s, now_s), now_s, num_lost=0)
        return True

    def _feed_live(self) -> bool:
        try:
            frame = self._source.read()
        except SourceLost as loss:
            self._figures.interrupt()
            self._tell(PipelineState.RECONNECTING, str(loss))
            return True
        if frame is None:
            if not self._stopping.is_set():
                self._finish()
            return False
        self._say_what_changed(frame)
        if self._is_paused:
            self._last = frame
            self._figures.interrupt()
            return True
        num_lost = 0 if self._last is None else max(0, frame.index - self._last.index - 1)
        self._hand_on(Captured(frame, frame.time_s, time.monotonic()), frame.time_s, num_lost)
        return True

    def _hand_on(self, captured: Captured, time_s: float, num_lost: int) -> None:
        self._last = captured.frame
        self._figures.note_capture(time_s, captured.ready_s - captured.taken_s, num_lost)
        self._on_frame(captured.frame)
        self.frames.put(captured)

    def _say_what_changed(self, frame: Frame) -> None:
        if self._state is PipelineState.RECONNECTING:
            self._tell(self._usual_state, f"{self._source.name} is back")
        elif self._last is not None and frame.camera.size != self._last.camera.size:
            width, height = frame.camera.size
            self._tell(self._usual_state, f"{self._source.name} now delivers {width}×{height}")

    def _finish(self) -> None:
        """Report the end of the source after the inference queue has drained."""
        while not self._figures.is_drained(self.frames.num_dropped):
            if self._stopping.wait(_DRAIN_POLL_S):
                return
        self._figures.interrupt()
        self._tell(PipelineState.FINISHED, f"{self._source.name}: end")

    @property
    def _usual_state(self) -> PipelineState:
        is_paused = self._is_paused if self._source.is_live else self._playback.is_paused
        return PipelineState.PAUSED if is_paused else PipelineState.RUNNING

    def _tell(self, state: PipelineState, news: str) -> None:
        if (state, news) != (self._state, self._news):
            self._state, self._news = state, news
            self._change_state(state, news)
