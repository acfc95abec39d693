"""Bridge between the window and the worker threads: requests in, events out as Qt signals.

Opening a camera or a model and stopping a pipeline take up to seconds, so a thread of the bridge
does all of it; the newest request wins. A request for another model leaves the source running.
Events of a pipeline that was replaced meanwhile are dropped.
Frames and results never pass here: the window polls `pipeline.results`.
"""

import logging
import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Signal, SignalInstance

from das_app.messaging.freed_memory import give_back_memory
from das_app.messaging.mailbox import Mailbox
from das_app.messaging.messages import PipelineState
from das_app.pipeline.live import LivePipeline
from das_app.pipeline.run import Run, StateListener
from das_app.settings.app_settings import AppSettings
from das_app.settings.source_setups import KeptSetup
from das_app.sources.addresses import shown_address
from das_app.sources.frame_source import FrameSource
from das_model.inference.estimate import Device, Estimator, EstimatorOptions, Precision

if TYPE_CHECKING:
    from das_model.inference.device.on_card import EngineListener

SHUTDOWN_TIMEOUT_S = 3.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False, slots=True)
class Model:
    """A loaded model, with what the window says about it.

    Args:
        estimator: finds people.
        engine: model and device really in use, for people to read.
        file: it was asked for; None is the bundled one.
        device: it was asked for.
        precision: it was asked for.
        note: what the user should know, such as that CUDA did not start; empty for nothing.
    """

    estimator: Estimator
    engine: str
    file: Path | None = None
    device: Device = Device.AUTO
    note: str = ""
    precision: Precision = Precision.FLOAT32


@dataclass(frozen=True, eq=False, slots=True)
class OpenedSource:
    """A run ready to start, with what the window says about it.

    Args:
        pipeline: not started yet; a live one, or the player of a session.
        source: what it reads from; the pipeline owns it.
        model: that finds people in it; None for a session, which holds its people.
        setup: of the source; None where nothing is kept of it.
    """

    pipeline: Run
    source: FrameSource
    model: Model | None
    setup: KeptSetup | None = None


class PipelineFactory(Protocol):
    """Makes what takes seconds; called in the bridge's thread. Errors are for the user.

    Attributes:
        on_engine: hears, in any thread, the size of pictures for which TensorRT builds an engine,
            and None when that is over.
    """

    on_engine: "EngineListener"

    def __call__(self, settings: AppSettings, on_state: StateListener) -> OpenedSource:
        """The source of the settings with its pipeline."""
        ...

    def load_model(self, settings: AppSettings) -> Model:
        """The model of the settings."""
        ...


@dataclass(frozen=True, slots=True)
class _Request:
    run: int
    settings: AppSettings | None  # None: only stop


class PipelineBridge(QObject):
    """Opens, replaces and stops pipelines without holding up the window.

    Args:
        opener: makes pipelines and models; called in the bridge's thread.

    Attributes:
        opened: the current run's `OpenedSource`, just before it starts.
        state_changed: state of the current run and a message for people to read.
        model_changed: the current run has another `Model`.
        model_refused: why it keeps the one it had.
        engine_built: (width, height) px of pictures for which TensorRT builds an engine, None when
            that is over.
    """

    opened = Signal(object)
    state_changed = Signal(PipelineState, object)
    model_changed = Signal(object)
    model_refused = Signal(object)
    engine_built = Signal(object)
    _opened_in_worker = Signal(int, object)
    _state_in_worker = Signal(int, PipelineState, object)
    _model_in_worker = Signal(int, object)
    _refusal_in_worker = Signal(int, object)

    def __init__(self, opener: PipelineFactory, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._opener = opener
        opener.on_engine = lambda size: self._emit(self.engine_built, size)
        self._run, self._is_stopped, self._is_over = 0, True, False
        self._current: OpenedSource | None = None
        self._requests: Mailbox[_Request] = Mailbox()
        self._opened_in_worker.connect(self._on_opened)
        self._state_in_worker.connect(self._on_state)
        self._model_in_worker.connect(self._on_model)
        self._refusal_in_worker.connect(self._on_refusal)
        self._thread = threading.Thread(target=self._work, name="das-bridge", daemon=True)
        self._thread.start()

    @property
    def current(self) -> OpenedSource | None:
        """The running pipeline, or the last one; None before the first and while one is opened."""
        return self._current

    def open(self, settings: AppSettings) -> None:
        """Replace whatever runs by the source of `settings`; returns at once."""
        self._request(settings)

    def stop(self) -> None:
        """Stop whatever runs; returns at once."""
        self._request(None)

    def switch_model(self, settings: AppSettings) -> None:
        """Give what runs, or is being opened, the model of `settings`; returns at once."""
        if not self._is_stopped:
            self._requests.put(_Request(self._run, settings))

    def use_options(self, options: EstimatorOptions) -> Model | None:
        """Have the model of what runs work with other options, but on its device and in its
        precision, from the next frame on; the model with them, None where none runs."""
        current = self._current
        if current is None or current.model is None:
            return None
        estimator = current.model.estimator
        own = estimator.options
        kept = replace(options, device=own.device, precision=own.precision)
        estimator = estimator.with_options(kept)
        model = replace(current.model, estimator=estimator)
        self._current = replace(current, model=model)
        if isinstance(current.pipeline, LivePipeline):
            current.pipeline.set_estimator(estimator)
        return model

    def shutdown(self) -> None:
        """Stop everything and wait for it, at most 3 s. The bridge is of no use afterwards."""
        self._is_over = True
        self._request(None)
        self._requests.close()
        self._thread.join(SHUTDOWN_TIMEOUT_S)
        if self._thread.is_alive():
            _log.error("a source or the model still blocks %g s after closing", SHUTDOWN_TIMEOUT_S)

    def _emit(self, signal: SignalInstance, *values: object) -> None:
        """Emit to the window, which may be gone where a source took too long to open."""
        if not self._is_over:
            signal.emit(*values)

    def _request(self, settings: AppSettings | None) -> None:
        self._run += 1
        self._current, self._is_stopped = None, settings is None
        self._requests.put(_Request(self._run, settings))

    def _on_opened(self, run: int, opened: OpenedSource) -> None:
        if run == self._run:
            self._current = opened
            self.opened.emit(opened)

    def _on_state(self, run: int, state: PipelineState, message: str) -> None:
        if run == self._run:
            self.state_changed.emit(state, message)

    def _on_model(self, run: int, model: Model) -> None:
        if run == self._run and self._current is not None:
            self._current = replace(self._current, model=model)
            self.model_changed.emit(model)

    def _on_refusal(self, run: int, message: str) -> None:
        if run == self._run:
            self.model_refused.emit(message)

    def _work(self) -> None:
        running: Run | None = None
        running_run = 0
        while (request := self._requests.take()) is not None:
            if running is not None and request.run == running_run and request.settings is not None:
                if isinstance(running, LivePipeline):
                    self._switch_model(running, request.run, request.settings)
                continue
            if running is not None:
                _stop(running)
                running = None
                give_back_memory()
            if request.settings is None:
                self._emit(self._state_in_worker, request.run, PipelineState.STOPPED, "")
                continue
            running, running_run = self._start(request.run, request.settings), request.run
        if running is not None:
            _stop(running)

    def _switch_model(self, running: LivePipeline, run: int, settings: AppSettings) -> None:
        try:
            model = self._opener.load_model(settings)
        except Exception as error:  # whatever a model raises is for the user
            _log.exception("the model was not changed")
            self._emit(self._refusal_in_worker, run, str(error) or type(error).__name__)
            return
        running.set_estimator(model.estimator)
        self._emit(self._model_in_worker, run, model)

    def _start(self, run: int, settings: AppSettings) -> Run | None:
        def on_state(state: PipelineState, message: str) -> None:
            self._emit(self._state_in_worker, run, state, message)

        try:
            opened = self._opener(settings, on_state)
        except Exception as error:  # whatever a driver, a codec or a model raises is for the user
            _log.exception("%s could not be opened", shown_address(settings.source.name))
            on_state(PipelineState.FAULTED, str(error) or type(error).__name__)
            return None
        # before it starts: a source may be over at once
        opened.pipeline.set_looping(settings.source.is_looping)
        self._emit(self._opened_in_worker, run, opened)
        opened.pipeline.start()
        return opened.pipeline


def _stop(pipeline: Run) -> None:
    try:
        pipeline.stop()
    except TimeoutError as error:
        _log.error("%s", error)
    except Exception:  # whatever a driver raises must not keep the next source from opening
        _log.exception("what ran did not end well")
