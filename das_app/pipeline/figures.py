"""Figures of a running pipeline: rates and means over about the last second, and counts."""

import threading
import time
from collections import deque

from das_app.pipeline.messages import PipelineStats, PoseResult

_MIN_EVENTS = 2  # an event rate below one per window still needs two events


class Rolling:
    """Events of the last `window_s` seconds. Not locked: its owner guards it."""

    def __init__(self, window_s: float = 1.0) -> None:
        self._window_s = window_s
        self._events: deque[tuple[float, float]] = deque()  # (time_s, value)

    def add(self, time_s: float, value: float = 0.0) -> None:
        """Note an event with its value."""
        self._events.append((time_s, value))
        while len(self._events) > _MIN_EVENTS and time_s - self._events[0][0] > self._window_s:
            self._events.popleft()

    def rate(self, now_s: float) -> float:
        """Events per second; falls towards 0 when nothing happens any more."""
        if len(self._events) < _MIN_EVENTS:
            return 0.0
        num_steps, first_s, last_s = len(self._events) - 1, self._events[0][0], self._events[-1][0]
        overdue_s = max(self._window_s, 2 * (last_s - first_s) / num_steps)
        end_s = last_s if now_s - last_s <= overdue_s else now_s
        return num_steps / max(end_s - first_s, 1e-9)

    def mean(self) -> float:
        """Mean value of the events kept, 0 before the first."""
        return sum(value for _, value in self._events) / max(len(self._events), 1)


class Figures:
    """Locked counts and rolling rates behind `PipelineStats`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._captures, self._inferences, self._latencies = Rolling(), Rolling(), Rolling()
        self._num_frames = self._num_results = 0

    def note_capture(self, time_s: float) -> None:
        """Count a frame handed to the model's mailbox at `time_s` (monotonic)."""
        with self._lock:
            self._num_frames += 1
            self._captures.add(time_s)

    def note_result(self, time_s: float, result: PoseResult) -> None:
        """Count a result that was ready at `time_s` (monotonic)."""
        with self._lock:
            self._num_results += 1
            self._inferences.add(time_s, result.inference_s)
            self._latencies.add(time_s, result.latency_s)

    def stats(self, num_dropped: int) -> PipelineStats:
        """The figures now; `num_dropped` is what the mailbox counted."""
        now_s = time.monotonic()
        with self._lock:
            return PipelineStats(
                capture_fps=self._captures.rate(now_s),
                inference_fps=self._inferences.rate(now_s),
                inference_ms=1e3 * self._inferences.mean(),
                latency_ms=1e3 * self._latencies.mean(),
                num_frames=self._num_frames,
                num_results=self._num_results,
                num_dropped=num_dropped,
            )
