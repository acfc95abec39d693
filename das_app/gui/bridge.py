"""Where the window and the worker threads meet: orders go in, news comes out as Qt signals.

Opening a camera or a model and stopping a pipeline take up to seconds, so a thread of the bridge
does both; the newest order wins. News of a pipeline that was replaced meanwhile is dropped.
Frames and results never pass here: the window polls `pipeline.results`.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from das_app.pipeline.frame_source import FrameSource
from das_app.pipeline.live import LivePipeline, StateListener
from das_app.pipeline.mailbox import Mailbox
from das_app.pipeline.messages import PipelineState
from das_app.settings import AppSettings

SHUTDOWN_TIMEOUT_S = 3.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False, slots=True)
class Opened:
    """A pipeline ready to start, with what the window says about it.

    Args:
        pipeline: not started yet.
        source: what it reads from; the pipeline owns it.
        engine: model and device in use, for people to read.
    """

    pipeline: LivePipeline
    source: FrameSource
    engine: str


OpenPipeline = Callable[[AppSettings, StateListener], Opened]


@dataclass(frozen=True, slots=True)
class _Order:
    run: int
    settings: AppSettings | None  # None: only stop
    is_looping: bool = False


class PipelineBridge(QObject):
    """Opens, replaces and stops pipelines without holding up the window.

    Args:
        open_pipeline: (settings, on_state) -> Opened; called in the bridge's thread. An error it
            raises is shown to the user.

    Attributes:
        opened: the current run's `Opened`, just before it starts.
        state_changed: state of the current run and a message for people to read.
    """

    opened = Signal(object)
    state_changed = Signal(PipelineState, str)
    _opened_in_worker = Signal(int, object)
    _state_in_worker = Signal(int, PipelineState, str)

    def __init__(self, open_pipeline: OpenPipeline, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._open_pipeline = open_pipeline
        self._run = 0
        self._current: Opened | None = None
        self._orders: Mailbox[_Order] = Mailbox()
        self._opened_in_worker.connect(self._on_opened)
        self._state_in_worker.connect(self._on_state)
        self._thread = threading.Thread(target=self._work, name="das-bridge", daemon=True)
        self._thread.start()

    @property
    def current(self) -> Opened | None:
        """What runs or ran last; None while there is nothing or it is being opened."""
        return self._current

    def open(self, settings: AppSettings, is_looping: bool = False) -> None:
        """Replace whatever runs by the source of `settings`; returns at once."""
        self._order(settings, is_looping)

    def stop(self) -> None:
        """Stop whatever runs; returns at once."""
        self._order(None)

    def shutdown(self) -> None:
        """Stop everything and wait for it, at most 3 s. The bridge is of no use afterwards."""
        self._order(None)
        self._orders.close()
        self._thread.join(SHUTDOWN_TIMEOUT_S)
        if self._thread.is_alive():
            _log.error("a source or the model still blocks %g s after closing", SHUTDOWN_TIMEOUT_S)

    def _order(self, settings: AppSettings | None, is_looping: bool = False) -> None:
        self._run += 1
        self._current = None
        self._orders.put(_Order(self._run, settings, is_looping))

    def _on_opened(self, run: int, opened: Opened) -> None:
        if run == self._run:
            self._current = opened
            self.opened.emit(opened)

    def _on_state(self, run: int, state: PipelineState, message: str) -> None:
        if run == self._run:
            self.state_changed.emit(state, message)

    def _work(self) -> None:
        running: LivePipeline | None = None
        while (order := self._orders.take()) is not None:
            if running is not None:
                _stop(running)
                running = None
            if order.settings is None:
                self._state_in_worker.emit(order.run, PipelineState.STOPPED, "")
                continue
            running = self._start(order.run, order.settings, order.is_looping)
        if running is not None:
            _stop(running)

    def _start(self, run: int, settings: AppSettings, is_looping: bool) -> LivePipeline | None:
        def on_state(state: PipelineState, message: str) -> None:
            self._state_in_worker.emit(run, state, message)

        try:
            opened = self._open_pipeline(settings, on_state)
        except Exception as error:  # whatever a driver, a codec or a model raises is for the user
            _log.exception("%s could not be opened", settings.source)
            on_state(PipelineState.FAULTED, str(error) or type(error).__name__)
            return None
        opened.pipeline.set_looping(is_looping)  # before it starts: a source may be over at once
        self._opened_in_worker.emit(run, opened)
        opened.pipeline.start()
        return opened.pipeline


def _stop(pipeline: LivePipeline) -> None:
    try:
        pipeline.stop()
    except TimeoutError as error:
        _log.error("%s", error)
