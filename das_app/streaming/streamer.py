"""One stream: a sink for results, and a thread that sends the newest of them.

    inference -call-> Mailbox[PoseResult] -> thread of the stream -> Sender -> network

The call leaves the result in the mailbox and returns at once, so whatever the network does costs
results of the stream and never holds up the pipeline. A `Sender` is one protocol; it is made,
used and closed in the stream's thread only.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Protocol, runtime_checkable

import numpy as np

from das_app.messaging.mailbox import Mailbox
from das_app.messaging.messages import PoseResult
from das_app.pipeline.figures import Rolling
from das_app.streaming.targets import StreamTarget
from das_model.people import People

_JOIN_FORMER_S = 5.0
_TURN_S, _MAX_MARKS = 0.1, 100  # how often marks are looked for, and how many may wait
_log = logging.getLogger(__name__)


class StreamError(RuntimeError):
    """A stream cannot begin, or a result cannot be sent; the message is for people to read."""


class StreamState(Enum):
    """Life of a `Streamer`."""

    STARTING = "starting"
    ON = "on"
    OFF = "off"
    FAILED = "failed"  # it could not begin


@dataclass(frozen=True, slots=True)
class StreamFigures:
    """Figures of a stream now.

    Args:
        state: whether it runs.
        num_clients: who listens; None where the protocol cannot know.
        fps: results sent a second, over the last second.
        num_sent: results sent since the start.
        num_dropped: results not sent since the start, counted for each client that missed one.
        error: the last thing that went wrong; empty for nothing.
        address: where clients find it or where it is sent, once it runs.
    """

    state: StreamState = StreamState.OFF
    num_clients: int | None = None
    fps: float = 0.0
    num_sent: int = 0
    num_dropped: int = 0
    error: str = ""
    address: str = ""


class Sender(Protocol):
    """A protocol at work.

    Attributes:
        address: where clients find it, or where it is sent.
        num_clients: who listens; None where the protocol cannot know.
        num_dropped: results that single clients missed.
    """

    address: str

    @property
    def num_clients(self) -> int | None: ...

    @property
    def num_dropped(self) -> int: ...

    def send(self, result: PoseResult, people: People) -> None:
        """Send the people of a result. Raises StreamError or OSError when it cannot be sent."""
        ...

    def close(self) -> None:
        """Let everything go, within about a second."""
        ...


@runtime_checkable
class MarkSender(Protocol):
    """A protocol that knows marks."""

    def mark(self, text: str, age_s: float) -> None:
        """Send a mark that was made some seconds ago."""
        ...


SenderOpener = Callable[[StreamTarget], Sender]


class Streamer:
    """A running stream; for another run make another one.

    Args:
        target: where it goes.
        open_sender: makes the protocol's sender; called in the stream's thread. Raises
            StreamError or OSError.
        former: a stream of the same port that is ending; waited for, so that its port is free.
    """

    def __init__(
        self,
        target: StreamTarget,
        open_sender: SenderOpener,
        former: "Streamer | None" = None,
    ) -> None:
        self.target = target
        self._open_sender, self._former = open_sender, former
        self._results: Mailbox[PoseResult] = Mailbox()
        self._lock = threading.Lock()
        self._state, self._error = StreamState.STARTING, ""
        self._sender: Sender | None = None
        self._sent, self._num_sent, self._num_failed = Rolling(), 0, 0
        self._has_begun = threading.Event()
        self._marks: deque[tuple[str, float]] = deque(maxlen=_MAX_MARKS)
        self._thread = threading.Thread(
            target=self._run, name=f"das-stream-{target.kind}", daemon=True
        )
        self._thread.start()

    def __call__(self, result: PoseResult) -> None:
        """Sink of a pipeline: leave a result to be sent; returns at once."""
        self._results.put(result)

    def mark(self, text: str) -> None:
        """Leave a mark to be sent, with the moment of now, where the protocol knows marks."""
        self._marks.append((text, time.monotonic()))

    def wait_begun(self, timeout_s: float) -> None:
        """Wait until it runs.

        Raises:
            StreamError: if it could not begin, or not in time.
        """
        if not self._has_begun.wait(timeout_s):
            raise StreamError(f"{self.target.text} did not begin within {timeout_s:g} s")
        if self._state is StreamState.FAILED:
            raise StreamError(self._error)

    def stop(self) -> None:
        """End it; returns at once."""
        self._results.close()

    def join(self, timeout_s: float) -> bool:
        """Wait for the end after `stop`; whether it came in time."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def figures(self) -> StreamFigures:
        """Figures of the stream now."""
        with self._lock:
            state = self._state
            if state is not StreamState.FAILED and self._results.is_closed:
                state = StreamState.OFF  # it is on its way there
            sender, is_on = self._sender, state is StreamState.ON
            num_missed = sender.num_dropped if sender is not None else 0
            return StreamFigures(
                state=state,
                num_clients=sender.num_clients if sender is not None and is_on else None,
                fps=self._sent.rate(time.monotonic()) if is_on else 0.0,
                num_sent=self._num_sent,
                num_dropped=self._results.num_dropped + self._num_failed + num_missed,
                error=self._error,
                address=sender.address if sender is not None and is_on else "",
            )

    def _run(self) -> None:
        sender = self._begin()
        self._has_begun.set()
        if sender is None:
            return
        place = sender.address.partition("?")[0]  # a token stands behind it
        _log.info("streaming to %s", place)
        try:
            while True:
                result = self._results.take(_TURN_S)
                self._send_marks(sender)
                if result is not None:
                    self._send(sender, result)
                elif self._results.is_closed:
                    break
        finally:
            sender.close()
            with self._lock:
                self._state = StreamState.OFF
            _log.info("no longer streaming to %s", place)

    def _begin(self) -> Sender | None:
        former, self._former = self._former, None
        try:
            if former is not None:
                former.join(_JOIN_FORMER_S)
            sender = self._open_sender(self.target)
        except Exception as error:  # whatever a library or the system raises is for the user
            self._fail(error)
            return None
        with self._lock:
            self._sender, self._state = sender, StreamState.ON
        return sender

    def _send(self, sender: Sender, result: PoseResult) -> None:
        try:
            sender.send(result, people_to_send(result.people))
        except Exception as error:  # the next one may go
            self._note_failure(error)
            return
        with self._lock:
            self._num_sent += 1
            self._sent.add(time.monotonic())

    def _send_marks(self, sender: Sender) -> None:
        while self._marks and isinstance(sender, MarkSender):
            text, marked_s = self._marks.popleft()
            sender.mark(text, time.monotonic() - marked_s)

    def _note_failure(self, error: Exception) -> None:
        text = _words(self.target, error)
        with self._lock:
            self._num_failed += 1
            is_news, self._error = text != self._error, text
        if is_news:
            is_expected = isinstance(error, OSError | StreamError)
            _log.warning("%s", text, exc_info=not is_expected)

    def _fail(self, error: Exception) -> None:
        text = _words(self.target, error)
        with self._lock:
            self._state, self._error = StreamState.FAILED, text
        self._results.close()
        is_expected = isinstance(error, OSError | StreamError)
        # whoever started it says what was to be expected
        level = logging.INFO if is_expected else logging.ERROR
        _log.log(level, "%s", text, exc_info=not is_expected)


def people_to_send(people: People) -> People:
    """The people with a track id and all joints known."""
    keep = (people.track_ids >= 0) & np.isfinite(people.joints_cam).all(axis=(1, 2))
    return people.where(keep)


def _words(target: StreamTarget, error: Exception) -> str:
    """Description of an error, for users."""
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    text = text.partition(" (while attempting")[0]  # words of a library
    return text if isinstance(error, StreamError) else f"{target.text}: {text}"
