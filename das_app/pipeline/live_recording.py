"""Recording of a running pipeline: sink for the recorder, and events."""

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from das_app.messaging.messages import Frame, PipelineState, PoseResult
from das_app.motion.faces import FaceHiding
from das_app.motion.ignored import NOTHING_IGNORED, Ignored
from das_app.pipeline.live import LivePipeline
from das_app.pipeline.microphone import SOUND_RATE, Microphone
from das_app.session.folder import new_session_folder
from das_app.session.origin import session_origin
from das_app.session.recorder import Recorder
from das_app.session.types import EventKind
from das_app.sources.camera_devices import CameraVideo
from das_app.sources.frame_source import FrameSource, SourceError
from das_model.inference.mode import Mode
from das_model.skeleton import Skeleton

_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False, slots=True)
class RecordingPlan:
    """Options and folder of a recording.

    Args:
        sessions_folder: the session becomes a folder in it.
        has_video: whether the pictures are recorded, too.
        source: of the pipeline.
        skeleton: joints of its people.
        model_name: of its model.
        model_file: tells the file of its model.
        mode: of its model.
        faces: what takes the place of faces in the pictures.
        ignored: where people are left out.
        name: of the session, behind its time; empty for none.
        microphone: whose sound goes into the video of a camera; empty for none.
        camera_video: what becomes of a camera's JPEG files.
    """

    sessions_folder: Path
    has_video: bool
    source: FrameSource
    skeleton: Skeleton
    model_name: str
    model_file: Callable[[], Path]
    mode: Mode
    faces: FaceHiding = FaceHiding.NONE
    ignored: Ignored = NOTHING_IGNORED
    name: str = ""
    microphone: str = ""
    camera_video: CameraVideo = CameraVideo.AUTO

    @property
    def has_sound(self) -> bool:
        """Whether sound is wanted, and has a clock in common with the pictures."""
        return bool(self.microphone) and self.has_video and self.source.is_live


class Started(NamedTuple):
    """A recorder, and the microphone that it is to hear; None for none."""

    recorder: Recorder
    microphone: Microphone | None = None


def start_recorder(plan: RecordingPlan) -> Started:
    """A recorder with a new session folder. Without its microphone it begins all the same, and
    says so.

    Raises:
        SessionError: if the folder cannot be written or the disk is full; none is left then.
        OSError: if the model cannot be read; likewise.
    """
    folder = new_session_folder(plan.sessions_folder, datetime.now(), plan.name)
    microphone, problem = None, ""
    try:
        if plan.has_sound:
            try:
                microphone = Microphone(plan.microphone)
            except SourceError as error:
                problem = str(error)
        origin = session_origin(
            plan.source,
            plan.skeleton,
            plan.model_name,
            plan.model_file(),
            plan.mode,
            plan.ignored,
        )
        rate = SOUND_RATE if microphone is not None else 0
        recorder = Recorder(
            folder,
            origin,
            plan.has_video,
            faces=plan.faces,
            sound_rate=rate,
            camera_video=plan.camera_video,
        )
        if problem:
            recorder.warn_of_sound(f"there is no sound: {problem}")
        return Started(recorder, microphone)
    except Exception:
        if microphone is not None:
            microphone.close()
        with suppress(OSError):
            folder.rmdir()
        raise


class SourceEvents:
    """Notes in a recording that its source is lost or back, from states of the pipeline."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder, self._is_lost = recorder, False

    def note(self, state: PipelineState, message: str) -> None:
        """Take in the next state."""
        was_lost, self._is_lost = self._is_lost, state is PipelineState.RECONNECTING
        if (self._is_lost and not was_lost) or state is PipelineState.FAULTED:
            self._recorder.note_event(EventKind.SOURCE_LOST, message)
        elif was_lost and not self._is_lost:
            self._recorder.note_event(EventKind.SOURCE_BACK, message)


class LiveRecording:
    """Hands frames and results of a pipeline to a recorder, from now until `stop`.

    Attributes:
        recorder: what writes.
        events: told of the pipeline's states.
        track_ids: of everybody recorded.
        num_marks: set by the user so far.
        problem: why a frame could not be handed over, which ends it; empty while all is well.
        seen_s: monotonic time at which somebody was there last; of the beginning before that.

    Args:
        pipeline: started, or about to be.
        recorder: of a session without frames.
        microphone: whose sound it takes; closed with it.
    """

    def __init__(
        self, pipeline: LivePipeline, recorder: Recorder, microphone: Microphone | None = None
    ) -> None:
        self._pipeline, self.recorder, self._microphone = pipeline, recorder, microphone
        self.events = SourceEvents(recorder)
        self.track_ids: set[int] = set()
        self.num_marks, self.problem, self.seen_s = 0, "", time.monotonic()
        self._num_dropped_before = pipeline.stats().num_dropped
        self._has_stopped = False
        pipeline.add_frame_sink(self._keep)
        pipeline.add_sink(self._take)
        if microphone is not None:
            microphone.on_end = lambda: recorder.warn_of_sound("the microphone fell silent")
            microphone.on_sound = recorder.hear

    def stop(self, reason: str = "") -> None:
        """End it; returns at once, while the recorder writes what waits."""
        if self._has_stopped:
            return
        self._has_stopped = True
        if self._microphone is not None:
            self._microphone.close()
        self._pipeline.remove_frame_sink(self._keep)
        self._pipeline.remove_sink(self._take)
        num_dropped = self._pipeline.stats().num_dropped - self._num_dropped_before
        self.recorder.stop(num_dropped, reason)

    def _keep(self, frame: Frame) -> None:
        try:
            self.recorder.keep(frame)
        except Exception as error:
            self._end_for(error)

    def _take(self, result: PoseResult) -> None:
        try:
            self._write(result)
        except Exception as error:
            self._end_for(error)

    def _end_for(self, error: Exception) -> None:
        """An error of the recording must not end the pipeline."""
        _log.error("a frame could not be recorded", exc_info=error)
        self.problem = str(error) or type(error).__name__
        self.recorder.stop(reason=self.problem)

    def _write(self, result: PoseResult) -> None:
        if len(result.people):
            self.seen_s = time.monotonic()
        self.track_ids.update(int(n) for n in result.people.track_ids if n >= 0)
        self.recorder.write(result)
