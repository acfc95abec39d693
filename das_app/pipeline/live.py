"""`LivePipeline`: capture thread -> mailbox -> inference thread -> mailbox -> consumer.

A result carries its own frame, so what is drawn always belongs to the picture under it. The
window polls `results`; sinks, such as a recorder, see every result from the inference thread.
"""

import logging
import threading
import time

import numpy as np

from das_app.lens.intrinsics import Intrinsics
from das_app.messaging.mailbox import Mailbox
from das_app.messaging.messages import Frame, PipelineState, PipelineStats, PoseResult
from das_app.motion.temporal_filter import DEFAULT_PEOPLE, PeopleOptions, TemporalFilter
from das_app.pipeline.figures import Figures
from das_app.pipeline.frame_feed import FrameFeed
from das_app.pipeline.playback import Playback
from das_app.pipeline.run import FrameSink, ResultSink, RunState, Sinks, StateListener
from das_app.sources.frame_source import FrameSource
from das_model.inference.estimate import MIN_CANDIDATE_SCORE, Estimate, Estimator

STOP_TIMEOUT_S = 3.0
_MIN_FPS = 1.0  # of a source that does not tell

_log = logging.getLogger(__name__)


class LivePipeline:
    """Owns the source and the two threads of one run; for another run make another pipeline.

    Args:
        source: where frames come from; closed by the pipeline.
        estimator: finds people.
        on_state: hears of every change of state with a message for people. Called from the thread
            that made the change: it must return at once and must not call `stop`.
        loop: begin a file again at its end.
        pace: play a file by its timestamps; otherwise as fast as it can be read.
        sink: called with every result, in order, in the inference thread; `add_sink` for more.
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
        people_options: PeopleOptions = DEFAULT_PEOPLE,
    ) -> None:
        self.results: Mailbox[PoseResult] = Mailbox()
        self._source, self._estimator = source, estimator
        self._sinks, self._state = Sinks(sink), RunState(on_state)
        self._people_over_time = TemporalFilter(people_options)
        self._figures = Figures()
        self._playback = Playback(source, loop, pace)
        self._frame_sinks: Sinks[Frame] = Sinks()
        self._feed = FrameFeed(
            source, self._playback, self._figures, self._state.change, self._frame_sinks
        )
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._run_capture, name="das-capture", daemon=True),
            threading.Thread(target=self._run_inference, name="das-inference", daemon=True),
        ]
        self._has_started = False

    @property
    def state(self) -> PipelineState:
        """State of the pipeline."""
        return self._state.now

    def start(self) -> None:
        """Start both threads. Raises RuntimeError when called twice."""
        if self._has_started or self._stopping.is_set():
            raise RuntimeError("LivePipeline runs once; make a new one for another run")
        self._has_started = True
        self._state.begin(self._source.name)
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
        self._state.change(PipelineState.STOPPED, self._source.name)
        alive = [thread.name for thread in self._threads if thread.is_alive()]
        if alive:
            raise TimeoutError(f"{', '.join(alive)} still busy {STOP_TIMEOUT_S:g} s after stop")

    def set_paused(self, is_paused: bool) -> None:
        """Hold or go on: a file waits, a camera's pictures are let go by. A file that is at its
        end plays again from its beginning."""
        if self._state.is_over:
            return
        if is_paused:
            self._feed.set_paused(True)
            self._state.follow(PipelineState.RUNNING, PipelineState.PAUSED, self._source.name)
        else:
            self._state.follow(PipelineState.PAUSED, PipelineState.RUNNING, self._source.name)
            self._feed.set_paused(False)

    def seek(self, time_s: float) -> None:
        """Go to the frame that is on the screen at `time_s` of a file, and play or hold there."""
        self._playback.seek(time_s)

    def step(self, num_frames: int) -> None:
        """Hold a file so many frames after the one shown, or before it when negative."""
        self._playback.step(num_frames)
        self._state.follow(PipelineState.RUNNING, PipelineState.PAUSED, self._source.name)

    def set_speed(self, speed: float) -> None:
        """Play a file so many times as fast. Raises ValueError outside 0.1 to 4."""
        self._playback.set_speed(speed)

    def set_looping(self, is_looping: bool) -> None:
        """Whether a file begins again at its end; holds from its next end on."""
        self._playback.set_looping(is_looping)

    def set_intrinsics(self, intrinsics: Intrinsics) -> None:
        """Use another lens for the frames read from now on."""
        self._source.intrinsics = intrinsics

    def set_estimator(self, estimator: Estimator) -> None:
        """Use another model, or the same with other options, from the next frame on."""
        self._estimator = estimator

    def set_people_options(self, options: PeopleOptions) -> None:
        """Track and smooth otherwise from the next frame on."""
        self._people_over_time.options = options

    def add_sink(self, sink: ResultSink) -> None:
        """Call another sink, after those that are there, with every result from now on."""
        self._sinks.add(sink)

    def remove_sink(self, sink: ResultSink) -> None:
        """Call a sink no more; it is not being called any more on return.

        Raises:
            ValueError: if it was not called before.
        """
        self._sinks.remove(sink)

    def add_frame_sink(self, sink: FrameSink) -> None:
        """Call a sink with every frame from now on, in the capture thread, before the model has
        it; also with those that the model will have no time for."""
        self._frame_sinks.add(sink)

    def remove_frame_sink(self, sink: FrameSink) -> None:
        """Call it no more; as `remove_sink`."""
        self._frame_sinks.remove(sink)

    def stats(self) -> PipelineStats:
        """Figures of about the last second, and counts since the start."""
        return self._figures.stats(self._feed.frames.num_dropped)

    def _run_capture(self) -> None:
        try:
            self._feed.run()
        except Exception as error:
            self._fault("source", error)
        finally:
            self._feed.close()
            self._source.close()

    def _run_inference(self) -> None:
        try:
            self._infer()
        except Exception as error:
            self._fault("model", error)
        finally:
            self.results.close()

    def _infer(self) -> None:
        while (captured := self._feed.frames.take()) is not None and not self._stopping.is_set():
            begin_s = time.monotonic()
            frame, estimator = captured.frame, self._estimator
            estimate = estimator(frame.image, frame.camera, self._frame_interval_s())
            inference_s = time.monotonic() - begin_s
            raw, shown = self._people_over_time(estimate, frame.time_s, frame.image, frame.camera)
            end_s = time.monotonic()
            latency_s = end_s - captured.taken_s
            result = PoseResult(
                frame,
                shown,
                inference_s,
                latency_s,
                raw,
                estimate.centre_map,
                self._people_over_time.doubts,
                self._people_over_time.left_out,
                self._people_over_time.scales,
                self._num_unsure(estimate),
            )
            self._sinks(result)
            self._figures.note_result(end_s, result, begin_s - captured.ready_s, estimate.stages)
            self.results.put(result)

    def _num_unsure(self, estimate: Estimate) -> int:
        """People whom a lower minimum score would show."""
        scores, least = estimate.people.scores, self._people_over_time.options.min_score
        return int(np.sum((scores >= MIN_CANDIDATE_SCORE) & (scores < least)))

    def _frame_interval_s(self) -> float | None:
        """Between two frames of a source that goes on; None of a file that holds or waits, and
        of a still picture."""
        is_still = self._source.num_frames == 1
        if not self._source.is_live and (is_still or not self._playback.goes_on):
            return None
        return self._figures.interval_s() or 1 / max(self._source.nominal_fps, _MIN_FPS)

    def _end(self) -> None:
        self._stopping.set()
        self._feed.close()
        self.results.close()
        if self._source.is_live:
            self._source.close()  # which wakes the capture thread

    def _fault(self, stage: str, error: Exception) -> None:
        _log.exception("%s of %s failed", stage, self._source.name)
        text = str(error) or type(error).__name__
        self._state.change(PipelineState.FAULTED, f"{self._source.name}: {stage} failed: {text}")
        self._end()
