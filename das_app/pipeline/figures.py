"""Pipeline statistics: rates and means over about the last second, and counts."""

import threading
import time
from collections import deque
from dataclasses import dataclass, field

import numpy as np

from das_app.messaging.messages import PipelineStats, PoseResult
from das_model.inference.estimate import StageTimes

# Assumed.
_MIN_EVENTS = 2  # an event rate below one per window still needs two events
_NUM_INTERVALS = 300
_DOUBLED = 1.5  # medians


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


class Intervals:
    """Times between frames that followed each other, over the last 300. Not locked."""

    def __init__(self) -> None:
        self._intervals_s: deque[float] = deque(maxlen=_NUM_INTERVALS)
        self._last_s: float | None = None

    def add(self, time_s: float) -> None:
        """Note a frame."""
        if self._last_s is not None:
            self._intervals_s.append(time_s - self._last_s)
        self._last_s = time_s

    def interrupt(self) -> None:
        """The next frame does not follow the last: a pause, a seek, a camera that was away."""
        self._last_s = None

    def figures_s(self) -> tuple[float, float, float]:
        """Median, 95th percentile (s), and the share of intervals above 1.5 medians."""
        if not self._intervals_s:
            return 0.0, 0.0, 0.0
        intervals_s = np.sort(self._intervals_s)
        places = np.arange(len(intervals_s))
        # `np.percentile` imports much of numpy that nothing else needs
        median_s, p95_s = np.interp(np.array([0.5, 0.95]) * places[-1], places, intervals_s)
        doubled = np.mean(intervals_s > _DOUBLED * median_s)
        return float(median_s), float(p95_s), float(doubled)


@dataclass
class _Stages:
    """Seconds a frame spent in each stage, each over about the last second."""

    decode: Rolling = field(default_factory=Rolling)
    wait: Rolling = field(default_factory=Rolling)
    inference: Rolling = field(default_factory=Rolling)
    letterbox: Rolling = field(default_factory=Rolling)
    network: Rolling = field(default_factory=Rolling)
    people: Rolling = field(default_factory=Rolling)
    latency: Rolling = field(default_factory=Rolling)


class Figures:
    """Locked counts and rolling rates behind `PipelineStats`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._captures, self._intervals, self._stages = Rolling(), Intervals(), _Stages()
        self._num_frames = self._num_results = self._num_lost = 0

    def note_capture(self, time_s: float, decode_s: float, num_lost: int = 0) -> None:
        """Count a frame handed to the model's mailbox.

        Args:
            time_s: when it was taken (live) or handed on, monotonic.
            decode_s: from there, or from the file, to an RGB picture.
            num_lost: frames of the source that went missing just before it.
        """
        with self._lock:
            self._num_frames += 1
            self._num_lost += num_lost
            self._captures.add(time_s)
            self._intervals.add(time_s)
            self._stages.decode.add(time_s, decode_s)

    def interrupt(self) -> None:
        """Begin a new stretch: the next event has no interval to the last one."""
        with self._lock:
            self._intervals.interrupt()

    def interval_s(self) -> float:
        """Median time between two frames lately, 0 while it is unknown."""
        with self._lock:
            return self._intervals.figures_s()[0]

    def note_result(
        self,
        time_s: float,
        result: PoseResult,
        wait_s: float,
        stages: StageTimes,
    ) -> None:
        """Count a result that was ready at `time_s` (monotonic).

        Args:
            time_s: monotonic.
            result: with the times of the whole way.
            wait_s: the frame waited so long for the model.
            stages: of the model.
        """
        with self._lock:
            self._num_results += 1
            rolling = self._stages
            rolling.wait.add(time_s, wait_s)
            rolling.inference.add(time_s, result.inference_s)
            rolling.latency.add(time_s, result.latency_s)
            rolling.letterbox.add(time_s, stages.letterbox_s)
            rolling.network.add(time_s, stages.network_s)
            rolling.people.add(time_s, stages.people_s)

    def is_drained(self, num_dropped: int) -> bool:
        """Whether every frame handed on was dropped or became a result."""
        with self._lock:
            return self._num_frames == self._num_results + num_dropped

    def stats(self, num_dropped: int) -> PipelineStats:
        """The figures now; `num_dropped` is what the mailbox counted."""
        now_s = time.monotonic()
        with self._lock:
            median_s, p95_s, share_doubled = self._intervals.figures_s()
            stages = self._stages
            return PipelineStats(
                capture_fps=self._captures.rate(now_s),
                inference_fps=stages.inference.rate(now_s),
                inference_ms=1e3 * stages.inference.mean(),
                latency_ms=1e3 * stages.latency.mean(),
                num_frames=self._num_frames,
                num_results=self._num_results,
                num_dropped=num_dropped,
                num_lost=self._num_lost,
                interval_median_ms=1e3 * median_s,
                interval_p95_ms=1e3 * p95_s,
                share_doubled=share_doubled,
                decode_ms=1e3 * stages.decode.mean(),
                wait_ms=1e3 * stages.wait.mean(),
                letterbox_ms=1e3 * stages.letterbox.mean(),
                network_ms=1e3 * stages.network.mean(),
                people_ms=1e3 * stages.people.mean(),
            )
