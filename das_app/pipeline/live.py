"""The running pipeline: capture thread -> mailbox -> inference thread -> mailbox -> whoever looks.

A result carries its own frame, so what is drawn always belongs to the picture under it. The
window polls `results`; a sink, such as a recorder, sees every result from the inference thread.
"""

import logging
import threading
import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from das_app.calibration import Intrinsics
from das_app.pipeline.figures import Figures
from das_app.pipeline.frame_source import FrameSource
from das_app.pipeline.mailbox import Mailbox
from das_app.pipeline.messages import Frame, PipelineState, PipelineStats, PoseResult
from das_app.pipeline.pacing import Pacer
from das_app.pipeline.people_over_time import USUAL_PEOPLE, PeopleOptions, PeopleOverTime
from das_model.camera import Camera
from das_model.people import People

STOP_TIMEOUT_S = 3.0
_FINAL_STATES = (PipelineState.STOPPED, PipelineState.FINISHED, PipelineState.FAULTED)

Estimator = Callable[[np.ndarray, Camera], People]
StateListener = Callable[[PipelineState, str], None]
ResultSink = Callable[[PoseResult], None]

_log = logging.getLogger(__name__)


class _Captured(NamedTuple):
    frame: Frame
    at_s: float  # monotonic


class LivePipeline:
    """Owns the source and the two threads of one run; for another run make another pipeline.

    Args:
        source: where frames come from; closed by the pipeline.
        estimator: (image (H, W, 3) uint8 RGB, camera) -> people.
        on_state: hears of every change of state with a message for people. Called from the thread
            that made the change: it must return at once and must not call `stop`.
        loop: begin a file again at its end.
        pace: play a file by its timestamps; otherwise as fast as it can be read.
        sink: called with every result, in order, in the inference thread.
        people_options: tracking and smoothing.
    """

    def __init__(
        self,
        source: FrameSource,
        estimator: Estimator,
        on_state: StateListener,
        loop: bool = False,
        pace: bool = True,
        sink: ResultSink | None = None,
        people_options: PeopleOptions = USUAL_PEOPLE,
    ) -> None:
        self.results: Mailbox[PoseResult] = Mailbox()
        self._source, self._estimator, self._on_state = source, estimator, on_state
        self._loop, self._is_paced = loop, pace and not source.is_live
        self._sink, self._sink_lock = sink, threading.Lock()
        self._people_over_time = PeopleOverTime(people_options)
        self._frames: Mailbox[_Captured] = Mailbox()
        self._state, self._state_lock = PipelineState.STOPPED, threading.RLock()
        self._figures = Figures()
        self._stopping, self._resumed = threading.Event(), threading.Event()
        self._threads = [
            threading.Thread(target=self._run_capture, name="das-capture", daemon=True),
            threading.Thread(target=self._run_inference, name="das-inference", daemon=True),
        ]
        self._has_started = False

    @property
    def state(self) -> PipelineState:
        """Where in its life the pipeline is."""
        return self._state

    def start(self) -> None:
        """Start both threads. Raises RuntimeError when called twice."""
        if self._has_started or self._stopping.is_set():
            raise RuntimeError("LivePipeline runs once; make a new one for another run")
        self._has_started = True
        self._resumed.set()
        with self._state_lock:
            self._state = PipelineState.RUNNING
            self._on_state(self._state, self._source.name)
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End both threads and release the source; harmless when they have ended already.

        Raises:
            TimeoutError: if the source or the model still blocks after 3 s. The threads are
                daemons: they end with the call they are in, or with the process.
        """
        self._end()
        if not self._has_started:
            self._source.close()
            return
        deadline_s = time.monotonic() + STOP_TIMEOUT_S
        for thread in self._threads:
            thread.join(max(0.0, deadline_s - time.monotonic()))
        self._change_state(PipelineState.STOPPED, self._source.name)
        alive = [thread.name for thread in self._threads if thread.is_alive()]
        if alive:
            raise TimeoutError(f"{', '.join(alive)} still busy {STOP_TIMEOUT_S:g} s after stop")

    def set_paused(self, is_paused: bool) -> None:
        """Hold or go on: a file waits, a camera's pictures are let go by."""
        if is_paused and self._state is PipelineState.RUNNING:
            self._resumed.clear()
            self._change_state(PipelineState.PAUSED, self._source.name)
        elif not is_paused and self._state is PipelineState.PAUSED:
            self._change_state(PipelineState.RUNNING, self._source.name)
            self._resumed.set()

    def set_looping(self, is_looping: bool) -> None:
        """Whether a file begins again at its end; holds from its next end on."""
        self._loop = is_looping

    def set_intrinsics(self, intrinsics: Intrinsics) -> None:
        """Use another lens for the frames read from now on."""
        self._source.intrinsics = intrinsics

    def set_estimator(self, estimator: Estimator) -> None:
        """Use another model for the frames that come to it from now on."""
        self._estimator = estimator

    def set_people_options(self, options: PeopleOptions) -> None:
        """Track and smooth otherwise from the next frame on."""
        self._people_over_time.options = options

    def set_sink(self, sink: ResultSink | None) -> None:
        """Attach or detach the sink; the former one is not called any more on return."""
        with self._sink_lock:
            self._sink = sink

    def stats(self) -> PipelineStats:
        """Figures of about the last second, and counts since the start."""
        return self._figures.stats(self._frames.num_dropped)

    def _run_capture(self) -> None:
        try:
            self._capture()
        except Exception as error:
            self._fault("source", error)
        finally:
            self._frames.close()
            self._source.close()

    def _run_inference(self) -> None:
        try:
            self._infer()
            if not self._stopping.is_set():
                self._change_state(PipelineState.FINISHED, f"{self._source.name}: end")
        except Exception as error:
            self._fault("model", error)
        finally:
            self.results.close()

    def _capture(self) -> None:
        pacer = Pacer()
        has_frames = False
        while self._may_read(pacer):
            frame = self._source.read()
            if frame is None:
                if not (self._loop and has_frames):
                    return
                self._begin_again(pacer)
                continue
            has_frames = True
            if self._is_paced:
                self._stopping.wait(pacer.delay_s(frame.time_s, time.monotonic()))
            if self._source.is_live and not self._resumed.is_set():
                continue
            if self._may_read(pacer):
                now_s = time.monotonic()
                self._figures.note_capture(now_s)
                self._frames.put(_Captured(frame, now_s))

    def _begin_again(self, pacer: Pacer) -> None:
        if self._is_paced and self._source.nominal_fps > 0:
            self._stopping.wait(1 / self._source.nominal_fps)  # the last frame's own time
        self._source.rewind()
        pacer.restart()

    def _may_read(self, pacer: Pacer) -> bool:
        """Wait while a file is paused; False when the pipeline is stopping."""
        if not self._source.is_live and not self._resumed.is_set():
            self._resumed.wait()
            pacer.restart()
        return not self._stopping.is_set()

    def _infer(self) -> None:
        while (captured := self._frames.take()) is not None and not self._stopping.is_set():
            begin_s = time.monotonic()
            frame = captured.frame
            found = self._estimator(frame.image, frame.camera)
            inference_s = time.monotonic() - begin_s
            raw, shown = self._people_over_time(found, frame.time_s)
            end_s = time.monotonic()
            result = PoseResult(frame, shown, inference_s, end_s - captured.at_s, raw)
            with self._sink_lock:
                if self._sink is not None:
                    self._sink(result)
            self._figures.note_result(end_s, result)
            self.results.put(result)

    def _end(self) -> None:
        self._stopping.set()
        self._resumed.set()
        self._frames.close()
        self.results.close()

    def _fault(self, stage: str, error: Exception) -> None:
        _log.exception("%s of %s failed", stage, self._source.name)
        text = str(error) or type(error).__name__
        self._change_state(PipelineState.FAULTED, f"{self._source.name}: {stage} failed: {text}")
        self._end()

    def _change_state(self, state: PipelineState, message: str) -> None:
        with self._state_lock:
            if self._state in _FINAL_STATES:
                return
            self._state = state
            self._on_state(state, message)
