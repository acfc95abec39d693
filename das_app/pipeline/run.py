"""`Run`: interface of LivePipeline and SessionPlayer, and their shared helpers."""

import threading
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from das_app.messaging.mailbox import Mailbox
from das_app.messaging.messages import Frame, PipelineState, PipelineStats, PoseResult

_FINAL_STATES = (PipelineState.STOPPED, PipelineState.FAULTED)

StateListener = Callable[[PipelineState, str], None]
ResultSink = Callable[[PoseResult], None]
FrameSink = Callable[[Frame], None]
T = TypeVar("T")


class Run(Protocol):
    """A source on its way to results; runs once. Any thread may call any method.

    Attributes:
        results: the newest result.
    """

    results: Mailbox[PoseResult]

    @property
    def state(self) -> PipelineState:
        """State of the run."""
        ...

    def start(self) -> None:
        """Start its threads. Raises RuntimeError when called twice."""
        ...

    def stop(self) -> None:
        """End its threads and release the source. Raises TimeoutError after 3 s."""
        ...

    def set_paused(self, is_paused: bool) -> None:
        """Hold or go on; what is at its end plays again from its beginning."""
        ...

    def seek(self, time_s: float) -> None:
        """Go to what is on the screen at `time_s`, and play or hold there."""
        ...

    def step(self, num_frames: int) -> None:
        """Hold so many frames after the one shown, or before it when negative."""
        ...

    def set_speed(self, speed: float) -> None:
        """Play so many times as fast. Raises ValueError outside 0.1 to 4."""
        ...

    def set_looping(self, is_looping: bool) -> None:
        """Whether it begins again at its end."""
        ...

    def add_sink(self, sink: ResultSink) -> None:
        """Call another sink with every result from now on."""
        ...

    def remove_sink(self, sink: ResultSink) -> None:
        """Call a sink no more. Raises ValueError if it was not called before."""
        ...

    def stats(self) -> PipelineStats:
        """Figures of about the last second, and counts since the start."""
        ...


class RunState:
    """The state of a run, told to a listener at every change.

    Args:
        on_state: hears of the state with a message for people, in the thread that changed it.
    """

    def __init__(self, on_state: StateListener) -> None:
        self._on_state = on_state
        self._now, self._lock = PipelineState.STOPPED, threading.RLock()

    @property
    def now(self) -> PipelineState:
        """The state."""
        return self._now

    @property
    def is_over(self) -> bool:
        """Whether it never changes again; true before the start, too."""
        return self._now in _FINAL_STATES

    def begin(self, message: str) -> None:
        """From stopped to running."""
        with self._lock:
            self._now = PipelineState.RUNNING
            self._on_state(self._now, message)

    def change(self, state: PipelineState, message: str) -> None:
        """Change to `state`, unless the run is over."""
        with self._lock:
            if not self.is_over:
                self._now = state
                self._on_state(state, message)

    def follow(self, former: PipelineState, state: PipelineState, message: str) -> None:
        """Change to `state` where the run is in the `former`."""
        with self._lock:
            if self._now is former:
                self.change(state, message)


class Sinks(Generic[T]):
    """Receivers of every result, or frame, in the thread that makes it.

    Args:
        first: called from the beginning; None for nobody.
    """

    def __init__(self, first: Callable[[T], None] | None = None) -> None:
        self._sinks, self._lock = [] if first is None else [first], threading.Lock()

    def __call__(self, item: T) -> None:
        """Hand one to all, in order."""
        with self._lock:
            for sink in self._sinks:
                sink(item)

    def add(self, sink: Callable[[T], None]) -> None:
        """Call another sink, after those that are there."""
        with self._lock:
            self._sinks.append(sink)

    def remove(self, sink: Callable[[T], None]) -> None:
        """Call a sink no more; it is not being called any more on return.

        Raises:
            ValueError: if it was not called before.
        """
        with self._lock:
            self._sinks.remove(sink)
