"""Remote control of a capture without a window: start, stop and marker."""

import threading
from types import TracebackType

from das_app.session.recorder import Recorder
from das_app.session.types import EventKind
from das_app.sources.frame_source import FrameSource
from das_app.streaming.remote import RemoteAction, RemoteOrder
from das_app.streaming.streams import Streams

_TURN_S = 0.02  # what a mark may be late
_NOTHING = "nothing is being recorded"


class RemoteCapture:
    """Follows orders in a thread of its own, from `with` to its end.

    Args:
        streams: whose remote control takes the orders, and who hear of marks.
        stopping: set when the capture is to end; set here at the order to stop.
    """

    def __init__(self, streams: Streams, stopping: threading.Event) -> None:
        self._streams, self._stopping = streams, stopping
        self._is_ready, self._num_marks = False, 0
        self._start: RemoteOrder | None = None
        self._recorder: Recorder | None = None
        self._has_begun, self._is_over = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="das-remote", daemon=True)

    def __enter__(self) -> "RemoteCapture":
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._is_over.set()
        self._thread.join()
        if self._start is not None and not self._start.answer.done():
            self._start.refuse(str(error) or "the capture ended")

    def wait_for_start(self, source: FrameSource) -> None:
        """Wait until it is told to start or to end; what a camera shows meanwhile is let go."""
        self._is_ready = True
        while not (self._has_begun.is_set() or self._stopping.is_set()):
            if not source.is_live:
                self._has_begun.wait(_TURN_S)
            elif source.read() is None:
                break

    def began(self, recorder: Recorder) -> None:
        """The recording is on."""
        self._recorder = recorder
        if self._start is not None:
            self._start.answer.set_result("recording")

    def _run(self) -> None:
        while not self._is_over.wait(_TURN_S):
            for order in self._streams.remote.pending():
                self._follow(order)

    def _follow(self, order: RemoteOrder) -> None:
        recorder = self._recorder
        if order.action is RemoteAction.START:
            self._begin(order)
        elif recorder is None or not recorder.is_recording:
            order.refuse(_NOTHING)
        elif order.action is RemoteAction.STOP:
            self._stopping.set()
            order.answer.set_result("recording ended")
        else:
            self._num_marks += 1
            text = order.text or f"marker {self._num_marks}"
            recorder.note_event(EventKind.MARKER, text)
            self._streams.mark(text)
            order.answer.set_result(text)

    def _begin(self, order: RemoteOrder) -> None:
        if not self._is_ready:
            order.refuse("it is not ready yet; the model is being loaded")
        elif self._has_begun.is_set():
            order.refuse("a recording is on already, or was")
        else:
            self._start = order
            self._has_begun.set()
