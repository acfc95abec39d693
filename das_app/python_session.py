"""`Session` for Python users: a recorded session that can also be refined.

from das_app import Session

report = Session("my-session").refine()
print(report.text())
"""

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from das_app.motion.errors import MotionError
from das_app.motion.floor_estimate import ToldFloor
from das_app.motion.refine.linking import BRIDGE_S
from das_app.motion.refine.report import RefineReport
from das_app.pipeline.refine import RefinePlan, refine_session
from das_app.session import session
from das_app.session.types import SessionError
from das_app.settings.app_settings import AppSettings
from das_app.settings.models import model_file
from das_model.inference.mode import Mode
from das_model.inference.runtime import open_estimator


class Session(session.Session):
    """As `das_app.session.session.Session`, which see."""

    def refine(
        self,
        mode: Mode | str | None = None,
        model: Path | str | None = None,
        bridge_s: float = BRIDGE_S,
        camera_height_m: float | None = None,
        camera_tilt_deg: float | None = None,
        on_progress: Callable[[float], None] = lambda share: None,
    ) -> RefineReport:
        """Write the refined layer, as `das-app refine` does; takes about as long as the session.

        Args:
            mode: run the model on all frames in this mode; else only frames that were skipped.
            model: run this one on all frames: an ONNX file, or the name of a bundled one.
            bridge_s: longest gap that somebody is followed over, seconds.
            camera_height_m: of the lens above the floor; standing feet are set on it.
            camera_tilt_deg: how far the camera looks down.
            on_progress: hears of the share done, from 0 to 1; what it raises ends the refining,
                and the session is as it was.

        Returns:
            Figures before and after; `text()` has them in words.

        Raises:
            SessionError: if the session cannot be read or written, holds nobody, or has joints
                that no body can be made of.
            FileNotFoundError: if the model is not there.
            ValueError: if a value is out of range.
        """
        if not 0 <= bridge_s <= 60:
            raise ValueError(f"bridge_s must be from 0 to 60 s, got {bridge_s}")
        settings = AppSettings()
        wanted = replace(
            settings.model,
            mode=settings.model.mode if mode is None else Mode(mode),
            file=None if model is None else model_file(str(model)),
        )
        settings = replace(settings, model=wanted)
        plan = RefinePlan(
            self.folder,
            lambda: open_estimator(wanted.path(), settings.estimator_options()),
            mode is not None or model is not None,
            settings.people.min_score,
            ToldFloor(None if camera_height_m is None else 1e3 * camera_height_m, camera_tilt_deg),
            bridge_s,
        )
        try:
            report = refine_session(plan, on_progress, threading.Event())
        except MotionError as error:
            raise SessionError(f"{self.folder}: {error}") from error
        self._refined = None  # it may have been read before
        return report
