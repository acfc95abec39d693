"""Rerun of a session with another model, into a new session, in a thread."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from das_app.messaging.background import BackgroundJob
from das_app.messaging.messages import PoseResult
from das_app.motion.temporal_filter import PeopleOptions
from das_app.pipeline.headless import CaptureSummary, capture_file
from das_app.session.frames import open_session_video
from das_app.session.origin import session_origin
from das_app.session.recorder import Recorder
from das_app.session.session import Session
from das_app.sources.own_packets import own_packets
from das_model.inference.estimate import Estimator


@dataclass(frozen=True, slots=True)
class RerunPlan:
    """Input and options of a rerun.

    Args:
        session: folder of the session whose pictures are used.
        new_session: folder that is made.
        model_file: told by its hash in the new session.
        load: makes the estimator, which takes seconds.
        options: tracking and smoothing; people are ignored where the session ignores them.
        has_video: whether the new session holds the pictures, too.
    """

    session: Path
    new_session: Path
    model_file: Path
    load: Callable[[], Estimator]
    options: PeopleOptions
    has_video: bool = True


class Rerun(BackgroundJob[CaptureSummary]):
    """Runs a model over the pictures of a session, beginning at once.

    Nothing is left of a run that was cancelled; one that failed leaves what it had done.

    Args:
        plan: what is to be run.
    """

    def __init__(self, plan: RerunPlan) -> None:
        self._plan = plan
        self._done_s, self._duration_s = 0.0, 0.0
        super().__init__("das-rerun")

    @property
    def share_done(self) -> float:
        """From 0 to 1."""
        return min(1.0, self._done_s / self._duration_s) if self._duration_s else 0.0

    def _work(self) -> CaptureSummary:
        plan = self._plan
        session = Session(plan.session)
        duration_s, ignored = session.duration_s, session.ignored
        turn_deg = session.origin.turn_deg
        source = open_session_video(plan.session)
        try:
            estimator = plan.load()
            origin = session_origin(
                source,
                estimator.skeleton,
                estimator.model_name,
                plan.model_file,
                estimator.options.mode,
                ignored,
            )
            origin = replace(origin, turn_deg=turn_deg)  # its video is turned already
            packets = own_packets(source) if plan.has_video else None
            recorder = Recorder(
                plan.new_session, origin, has_video=plan.has_video, waits=True, packets=packets
            )
        except Exception:
            source.close()
            raise
        self._duration_s = duration_s
        summary = capture_file(
            source,
            estimator,
            recorder,
            self._cancelling,
            self._count,
            people_options=replace(plan.options, ignored=ignored),
        )
        self._done_s = duration_s  # the last frame need not be at the very end
        if self._cancelling.is_set():
            shutil.rmtree(plan.new_session)
        return summary

    def _count(self, result: PoseResult) -> None:
        self._done_s = result.frame.time_s


def free_folder(session: Path, model_name: str) -> Path:
    """A folder beside a session that is not there yet, named after it and a model."""
    number = 1
    while True:
        tail = f"_{number}" if number > 1 else ""
        folder = session.with_name(f"{session.name}_{model_name}{tail}")
        if not folder.exists():
            return folder
        number += 1
