"""Headless capture: files through the ordered pool, cameras through LivePipeline."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from das_app.messaging.messages import Frame, PipelineState, PipelineStats, PoseResult
from das_app.motion.temporal_filter import DEFAULT_PEOPLE, PeopleOptions, TemporalFilter
from das_app.pipeline.live import LivePipeline
from das_app.pipeline.live_recording import SourceEvents
from das_app.session.recorder import Recorder
from das_app.session.types import EventKind
from das_app.sources.frame_source import FrameSource, SourceError
from das_app.sources.turned_source import camera_of
from das_model.inference.estimate import Estimate, Estimator
from das_model.inference.ordered_pool import calls_at_once, in_order

_POLL_S = 0.1
_log = logging.getLogger(__name__)

Progress = Callable[[PoseResult], None]


@dataclass(frozen=True, slots=True)
class CaptureSummary:
    """Figures of a finished capture.

    Args:
        num_frames: frames recorded.
        num_people: people in them, each counted in every frame.
        num_dropped: frames captured but never seen by the model.
        capture_fps: mean frames per second out of the source.
        inference_fps: mean frames per second the model managed while it was working.
        stats: last figures of a live capture; of a file the defaults.
        delivered: mode that a camera was asked for and the one it delivered, where they differ.
    """

    num_frames: int
    num_people: int
    num_dropped: int
    capture_fps: float
    inference_fps: float
    stats: PipelineStats = field(default_factory=PipelineStats)
    delivered: str = ""


class CaptureError(RuntimeError):
    """The source or the model failed during a capture; what came before is kept."""


class _Tally:
    """Sink that records, reports progress, adds up times and says when it is enough."""

    def __init__(
        self,
        recorder: Recorder,
        on_result: Progress,
        max_frames: int | None,
        calls_at_once: int = 1,
    ) -> None:
        self._recorder, self._on_result, self._max_frames = recorder, on_result, max_frames
        self._calls_at_once = calls_at_once
        self.inference_s = 0.0

    def __call__(self, result: PoseResult) -> None:
        if self.is_full:
            return
        self._recorder.write(result)
        self.inference_s += result.inference_s
        self._on_result(result)

    @property
    def is_full(self) -> bool:
        return self._max_frames is not None and self._recorder.num_frames >= self._max_frames

    def summary(self, num_dropped: int, capture_fps: float) -> CaptureSummary:
        num_frames = self._recorder.num_frames
        return CaptureSummary(
            num_frames=num_frames,
            num_people=self._recorder.num_people,
            num_dropped=num_dropped,
            capture_fps=capture_fps,
            inference_fps=self._calls_at_once * _rate(num_frames, self.inference_s),
        )


class _Read(NamedTuple):
    frame: Frame
    read_s: float  # monotonic, when it was there


class _Reading:
    """Frames of a file to its end or until `stopping` is set, with the time that reading takes."""

    def __init__(self, source: FrameSource, stopping: threading.Event) -> None:
        self._source, self._stopping = source, stopping
        self.reading_s, self.num_read = 0.0, 0

    def __iter__(self) -> Iterator[_Read]:
        while not self._stopping.is_set():
            begin_s = time.monotonic()
            frame = self._source.read()
            read_s = time.monotonic()
            self.reading_s += read_s - begin_s
            if frame is None:
                return
            self.num_read += 1
            yield _Read(frame, read_s)


def capture_file(
    source: FrameSource,
    estimator: Estimator,
    recorder: Recorder,
    stopping: threading.Event,
    on_result: Progress,
    max_frames: int | None = None,
    people_options: PeopleOptions = DEFAULT_PEOPLE,
) -> CaptureSummary:
    """Put every frame of a file through the model, and close the session.

    Args:
        source: file source; closed here.
        estimator: finds people; with one thread, several frames at once, one a core.
        recorder: session to fill; closed here.
        stopping: set it to end after the frames that were read.
        on_result: called after every frame.
        max_frames: end after so many frames.
        people_options: tracking and smoothing.

    Raises:
        SourceError: if the source fails; the session so far is closed and kept.
        CaptureError: if the model fails, likewise; or no frame came, and nothing is kept.
        SessionError: if the disk is full or refuses, or the folder is gone.
    """
    num_calls = calls_at_once(estimator.options)
    tally = _Tally(recorder, on_result, max_frames, num_calls)
    people_over_time = TemporalFilter(people_options)
    reading = _Reading(source, stopping)

    def find(read: _Read) -> tuple[Estimate, float]:
        begin_s = time.monotonic()
        estimate = estimator(read.frame.image, read.frame.camera)
        return estimate, time.monotonic() - begin_s

    try:
        with closing(in_order(find, reading, num_calls)) as found:
            while recorder.is_recording and not tally.is_full:
                if (one := next(found, None)) is None:
                    break
                (frame, read_s), (estimate, inference_s) = one
                raw, shown = people_over_time(estimate, frame.time_s, frame.image, frame.camera)
                latency_s = time.monotonic() - read_s
                tally(
                    PoseResult(
                        frame,
                        shown,
                        inference_s,
                        latency_s,
                        raw,
                        perhaps_same=people_over_time.doubts,
                        left_out=people_over_time.left_out,
                    )
                )
    except SourceError as error:
        recorder.note_event(EventKind.SOURCE_LOST, str(error))
        raise
    except Exception as error:  # of the model, or of who hears of the results
        _log.warning("capturing failed", exc_info=error)
        raise CaptureError(f"capturing {source.name} failed: {error}") from error
    finally:
        source.close()
        _close(recorder)
    _require_frames(recorder, source)
    return tally.summary(num_dropped=0, capture_fps=_rate(reading.num_read, reading.reading_s))


def capture_live(
    source: FrameSource,
    estimator: Estimator,
    recorder: Recorder,
    stopping: threading.Event,
    on_result: Progress,
    max_frames: int | None = None,
    people_options: PeopleOptions = DEFAULT_PEOPLE,
) -> CaptureSummary:
    """Record a camera until `stopping` is set or `max_frames` came; arguments as `capture_file`.

    Raises:
        CaptureError: if the camera or the model fails; the session so far is closed and kept.
            Or if no frame came, and nothing is kept.
        SessionError: if the disk is full or refuses.
    """
    tally = _Tally(recorder, on_result, max_frames)
    messages: list[str] = []

    events = SourceEvents(recorder)

    def on_state(state: PipelineState, message: str) -> None:
        if state is PipelineState.FAULTED:
            messages.append(message)
        events.note(state, message)

    pipeline = LivePipeline(source, estimator, on_state, sink=tally, people_options=people_options)
    pipeline.add_frame_sink(recorder.keep)
    begin_s = time.monotonic()
    pipeline.start()
    try:
        while recorder.is_recording and not (tally.is_full or stopping.is_set()):
            if pipeline.state not in (PipelineState.RUNNING, PipelineState.RECONNECTING):
                break
            stopping.wait(_POLL_S)
    finally:
        elapsed_s = time.monotonic() - begin_s
        try:
            pipeline.stop()
        finally:
            stats = pipeline.stats()
            _close(recorder, stats.num_dropped)
    if messages:
        raise CaptureError(messages[0])
    _require_frames(recorder, source)
    summary = tally.summary(stats.num_dropped, _rate(stats.num_frames, elapsed_s))
    return replace(summary, stats=stats, delivered=_delivered(source, summary.capture_fps))


def _delivered(source: FrameSource, fps: float) -> str:
    camera = camera_of(source)
    if camera is None or camera.asked is None or camera.size is None:
        return ""
    return camera.asked.delivered_text(camera.size, fps)


def _close(recorder: Recorder, num_dropped: int = 0) -> None:
    """Close the session; one without a frame leaves nothing. Raises SessionError as `close`."""
    try:
        recorder.close(num_dropped)
    finally:
        if not recorder.num_frames:
            recorder.discard()


def _require_frames(recorder: Recorder, source: FrameSource) -> None:
    if not recorder.num_frames:
        raise CaptureError(f"{source.name}: no frame was recorded, so nothing is kept")


def _rate(count: int, duration_s: float) -> float:
    return count / duration_s if duration_s > 0 else 0.0
