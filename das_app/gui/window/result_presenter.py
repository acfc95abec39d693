"""Results on their way to the screen: polled, filtered, coloured and handed to every view."""

import time
from collections import deque

import numpy as np
from PySide6.QtCore import QObject, Signal

from das_app.gui.control.controller import LiveControl
from das_app.gui.style.person_slots import assign_slots, people_above
from das_app.gui.window.window_parts import WindowParts
from das_app.messaging.messages import PipelineState, PipelineStats, PoseResult
from das_app.pipeline.hints import Glance, Hint, find_hints, glance
from das_model.camera import Camera
from das_model.people import People

_MAX_GLANCES = 400


class ResultViews(QObject):
    """Shows the newest result of what runs, at the confidence of now.

    Args:
        control: whose pipeline is polled.
        parts: the widgets that show it.

    Attributes:
        taken: another result is on the screen.
        size_changed: pictures have another size, or there are none any more.
    """

    taken = Signal()
    size_changed = Signal()

    def __init__(self, control: LiveControl, parts: WindowParts) -> None:
        super().__init__(control)
        self._control, self._parts = control, parts
        self.result: PoseResult | None = None
        self._glances: deque[Glance] = deque(maxlen=_MAX_GLANCES)
        self._slots, self._roots_cam = np.zeros(0, np.int64), np.zeros((0, 3))
        self._people = People.empty()
        self._threshold = control.settings.score_threshold
        control.ended.connect(self.forget)
        control.settings_changed.connect(self._on_settings)

    @property
    def camera(self) -> Camera | None:
        """Of the picture shown; None for none."""
        return None if self.result is None else self.result.frame.camera

    @property
    def slots(self) -> np.ndarray:
        """(P,) slots of everybody shown."""
        return self._slots

    @property
    def people(self) -> People:
        """Everybody shown."""
        return self._people

    def take(self) -> None:
        """Show the newest result, if there is one."""
        pipeline = self._control.pipeline
        result = pipeline.results.take(0) if pipeline is not None else None
        if result is None:
            return
        former = self.camera
        self.result = result
        self._show()
        if self._control.live is not None:
            self._glances.append(glance(result, self._people))
            self._parts.chart.add(time.monotonic(), result.latency_s, result.inference_s)
        self.taken.emit()
        if former is None or former.size != result.frame.camera.size:
            self.size_changed.emit()

    def show_again(self) -> None:
        """Draw the present result anew."""
        self._show()

    def forget(self) -> None:
        """Show nothing."""
        self.result, self._people = None, People.empty()
        self._glances.clear()
        self._slots, self._roots_cam = np.zeros(0, np.int64), np.zeros((0, 3))
        self._parts.picture.set_has_picture(False)
        self._parts.picture.overlay.clear()
        self._parts.scene.view.clear()
        self._parts.chart.clear_points()
        self._parts.status.clear()
        self.size_changed.emit()

    def hints(self, stats: PipelineStats) -> tuple[Hint, ...]:
        """What the user could do better now."""
        return find_hints(self._glances, stats)

    def show_figures(self) -> None:
        """Bring the running figures up to date."""
        pipeline = self._control.pipeline
        if pipeline is not None and self._control.state is PipelineState.RUNNING:
            stats = pipeline.stats()
            self._parts.status.set_stats(stats)
            self._parts.stages.set_stats(stats)
        if self._parts.chart.isVisible():
            self._parts.chart.refresh(time.monotonic())

    def _show(self) -> None:
        if self.result is None:
            return
        frame = self.result.frame
        people = people_above(self.result.people, self._threshold)
        self._people = people
        self._slots = assign_slots(people, self._roots_cam, self._slots)
        self._roots_cam = people.root_cam
        self._parts.picture.overlay.show_people(
            frame, people, self._slots, self.result.centre_map
        )
        self._parts.player.set_position(frame.time_s, frame.index)
        self._parts.picture.set_has_picture(True)
        self._parts.scene.view.show_people(frame, people, self._slots)
        self._parts.status.set_result(frame.camera.size, len(people))

    def _on_settings(self) -> None:
        threshold = self._control.settings.score_threshold
        if threshold != self._threshold:
            self._threshold = threshold
            self._show()
