"""All streams of the application, together one sink of a pipeline."""

import re
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from das_app.messaging.messages import PoseResult
from das_app.streaming.remote import REMOTE_PORT, RemoteControl, check_token, new_token
from das_app.streaming.senders import open_sender
from das_app.streaming.streamer import Sender, Streamer, StreamFigures, StreamState
from das_app.streaming.targets import StreamKind, StreamTarget
from das_model.people import TrackId

_REMOTE = re.compile(r"(.+:)?\d+")
_RUNNING = (StreamState.STARTING, StreamState.ON)


@dataclass(frozen=True, slots=True)
class StreamPlan:
    """Streams to start with.

    Args:
        targets: of the streams.
        allowed_origins: as `Streams` takes them.
        remote: where orders are listened for by OSC; None for a remote control that is off.
        token: that orders have to bring.
        is_token_made: it was made for this run, so somebody has to be told.
    """

    targets: tuple[StreamTarget, ...] = ()
    allowed_origins: tuple[str, ...] = ()
    remote: StreamTarget | None = None
    token: str = ""
    is_token_made: bool = False

    @staticmethod
    def from_texts(
        targets: Sequence[str],
        allowed_origins: Sequence[str] = (),
        remote: str | None = None,
        token: str | None = None,
    ) -> "StreamPlan":
        """Read what stands on a command line; a token that is not given is made.

        Args:
            targets: each as `StreamTarget.from_text` reads it.
            allowed_origins: as they are.
            remote: `[HOST:]PORT`.
            token: of the remote control.

        Raises:
            ValueError: if one is not of its form, or a target is given twice.
        """
        read = tuple(map(StreamTarget.from_text, targets))
        told = [target.text for target in read]
        if twice := sorted({text for text in told if told.count(text) > 1}):
            raise ValueError(f"{twice[0]} is given twice; each stream needs its own place")
        if remote is None:
            return StreamPlan(read, tuple(allowed_origins))
        if not _REMOTE.fullmatch(remote):
            raise ValueError(f"--remote is [HOST:]PORT, such as {REMOTE_PORT}; got {remote!r}")
        if token is not None:
            check_token(token)
        place = StreamTarget.from_text(f"{StreamKind.OSC}:{remote}")
        return StreamPlan(read, tuple(allowed_origins), place, token or new_token(), token is None)


class Streams:
    """Starts and stops streams and hands them results. Any thread may call any method.

    Args:
        allowed_origins: web pages that may read WebSocket beside those of this computer; `null`
            stands for pages opened from disk. May be changed for streams that begin afterwards.

    Attributes:
        remote: takes orders of other programs; off at first.
        names: what people are called, by track id.
    """

    def __init__(self, allowed_origins: tuple[str, ...] = ()) -> None:
        self.allowed_origins = allowed_origins
        self.remote = RemoteControl()
        self._streamers: dict[str, Streamer] = {}  # by the text of their target
        self.names: Mapping[int, str] = {}
        self._lock = threading.Lock()
        self._chosen_id: TrackId | None = None

    def __call__(self, result: PoseResult) -> None:
        """Sink of a pipeline: leave a result for every stream; returns at once."""
        with self._lock:
            streamers = list(self._streamers.values())
        for streamer in streamers:
            streamer(result)

    def start(self, target: StreamTarget) -> Streamer:
        """Begin a stream beside the others, in place of one to the same target; returns at once.

        Several may be of one protocol.
        """
        with self._lock:
            former = self._streamers.get(target.text)
            if former is not None:
                former.stop()
            streamer = Streamer(target, self._open, former)
            self._streamers[target.text] = streamer
        return streamer

    def replace(self, target: StreamTarget) -> Streamer:
        """Begin a stream in place of all of its protocol; returns at once."""
        with self._lock:
            of_kind = self._of_kind(target.kind)
            for former in of_kind:
                former.stop()
                del self._streamers[former.target.text]
            streamer = Streamer(target, self._open, of_kind[-1] if of_kind else None)
            self._streamers[target.text] = streamer
        return streamer

    def stop(self, kind: StreamKind) -> None:
        """End the streams of a protocol; returns at once."""
        with self._lock:
            for streamer in self._of_kind(kind):
                streamer.stop()

    def set_names(self, names: Mapping[int, str]) -> None:
        """Set people's names by track id; protocols that know names send them."""
        self.names = dict(names)

    def mark(self, text: str) -> None:
        """Send a mark, such as the start of a recording, by the protocols that know marks."""
        with self._lock:
            streamers = list(self._streamers.values())
        for streamer in streamers:
            streamer.mark(text)

    @contextmanager
    def marked_run(self) -> Iterator[None]:
        """Mark the start and the stop of what is done meanwhile."""
        self.mark("start")
        try:
            yield
        finally:
            self.mark("stop")

    def choose_person(self, track_id: TrackId | None) -> None:
        """Choose the person for protocols with room for one; None for who was there first."""
        self._chosen_id = track_id

    def figures(self) -> dict[StreamKind, StreamFigures]:
        """Figures of every protocol now."""
        with self._lock:
            return {
                kind: together([s.figures() for s in self._of_kind(kind)]) for kind in StreamKind
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
        return all(s.join(max(0.0, deadline_s - time.monotonic())) for s in streamers)

    def _of_kind(self, kind: StreamKind) -> list[Streamer]:
        return [s for s in self._streamers.values() if s.target.kind is kind]

    def _open(self, target: StreamTarget) -> Sender:
        return open_sender(
            target,
            lambda: self._chosen_id,
            lambda: self.names,
            self.allowed_origins,
            self.remote,
        )


def together(figures: list[StreamFigures]) -> StreamFigures:
    """Figures of several streams of a protocol as those of one."""
    if len(figures) < 2:
        return figures[0] if figures else StreamFigures()
    order = (StreamState.FAILED, StreamState.STARTING, StreamState.ON, StreamState.OFF)
    clients = [one.num_clients for one in figures if one.num_clients is not None]
    return StreamFigures(
        state=min((one.state for one in figures), key=order.index),
        num_clients=sum(clients) if clients else None,
        fps=max(one.fps for one in figures),
        num_sent=sum(one.num_sent for one in figures),
        num_dropped=sum(one.num_dropped for one in figures),
        error="; ".join(filter(None, (one.error for one in figures))),
        address=", ".join(filter(None, (one.address for one in figures))),
    )
