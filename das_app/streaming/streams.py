"""All streams of the application: at most one a protocol, together one sink of a pipeline."""

import threading
import time

from das_app.messaging.messages import PoseResult
from das_app.streaming.streamer import Sender, Streamer, StreamFigures, StreamState
from das_app.streaming.targets import StreamKind, StreamTarget, open_sender

_RUNNING = (StreamState.STARTING, StreamState.ON)


class Streams:
    """Starts and stops streams and hands them results. Any thread may call any method."""

    def __init__(self) -> None:
        self._streamers: dict[StreamKind, Streamer] = {}
        self._lock = threading.Lock()
        self._least_score = 0.0
        self._chosen_id: int | None = None

    def __call__(self, result: PoseResult) -> None:
        """Sink of a pipeline: leave a result for every stream; returns at once."""
        with self._lock:
            streamers = list(self._streamers.values())
        for streamer in streamers:
            streamer(result)

    def start(self, target: StreamTarget) -> Streamer:
        """Begin a stream in place of the former one of its protocol; returns at once."""
        with self._lock:
            former = self._streamers.get(target.kind)
            if former is not None:
                former.stop()
            streamer = Streamer(target, self._open, former)
            streamer.least_score = self._least_score
            self._streamers[target.kind] = streamer
        return streamer

    def stop(self, kind: StreamKind) -> None:
        """End the stream of a protocol, if there is one; returns at once."""
        with self._lock:
            if kind in self._streamers:
                self._streamers[kind].stop()

    def set_least_score(self, score: float) -> None:
        """Send nobody below this score."""
        with self._lock:
            self._least_score = score
            for streamer in self._streamers.values():
                streamer.least_score = score

    def choose_person(self, track_id: int | None) -> None:
        """Whom protocols send that have room for one; None for who was there first."""
        self._chosen_id = track_id

    def figures(self) -> dict[StreamKind, StreamFigures]:
        """What is to be known of every protocol now."""
        with self._lock:
            streamers = dict(self._streamers)
        return {
            kind: streamers[kind].figures() if kind in streamers else StreamFigures()
            for kind in StreamKind
        }

    def is_running(self) -> bool:
        """Whether any stream runs or begins."""
        return any(figures.state in _RUNNING for figures in self.figures().values())

    def close(self, timeout_s: float) -> bool:
        """End all streams and wait for it; whether all ended in time."""
        with self._lock:
            streamers = list(self._streamers.values())
        for streamer in streamers:
            streamer.stop()
        deadline_s = time.monotonic() + timeout_s
        return all([s.join(max(0.0, deadline_s - time.monotonic())) for s in streamers])

    def _open(self, target: StreamTarget) -> Sender:
        return open_sender(target, lambda: self._chosen_id)
