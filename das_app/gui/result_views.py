"""Results on their way to the screen: polled, filtered, coloured and handed to every view."""

import time

import numpy as np
from PySide6.QtCore import QObject, Signal

from das_app.gui.live_control import LiveControl
from das_app.gui.person_slots import assign_slots, people_above
from das_app.gui.window_parts import WindowParts
from das_app.pipeline.messages import PipelineState, PoseResult
from das_model.camera import Camera


class ResultViews(QObject):
    """Shows the newest result of what runs, at the confidence of now.

    Args:
        control: whose pipeline is polled.
        parts: the widgets that show it.

    Attributes:
        size_changed: pictures have another size, or there are none any more.
    """

    size_changed = Signal()

    def __init__(self, control: LiveControl, parts: WindowParts) -> None:
        super().__init__(control)
        self._control, self._parts = control, parts
        self.result: PoseResult | None = None
        self._slots, self._roots_cam = np.zeros(0, np.int64), np.zeros((0, 3))
        self._threshold = control.settings.score_threshold
        control.ended.connect(self.forget)
        control.settings_changed.connect(self._on_settings)

    @property
    def camera(self) -> Camera | None:
        """Of the picture shown; None for none."""
        return None if self.result is None else self.result.frame.camera

    def take(self) -> None:
        """Show the newest result, if there is one."""
        pipeline = self._control.pipeline
        result = pipeline.results.take(0) if pipeline is not None else None
        if result is None:
            return
        former = self.camera
        self.result = result
        self._show()
        self._parts.chart.add(time.monotonic(), result.latency_s, result.inference_s)
        if former is None or former.size != result.frame.camera.size:
            self.size_changed.emit()

    def forget(self) -> None:
        """Show nothing."""
        self.result = None
        self._slots, self._roots_cam = np.zeros(0, np.int64), np.zeros((0, 3))
        self._parts.picture.set_has_picture(False)
        self._parts.picture.overlay.clear()
        self._parts.scene.view.clear()
        self._parts.chart.clear_points()
        self._parts.status.clear()
        self.size_changed.emit()

    def show_figures(self) -> None:
        """Bring the running figures up to date."""
        pipeline = self._control.pipeline
        if pipeline is not None and self._control.state is PipelineState.RUNNING:
            self._parts.status.set_stats(pipeline.stats())
        if self._parts.chart.isVisible():
            self._parts.chart.refresh(time.monotonic())

    def _show(self) -> None:
        if self.result is None:
            return
        frame = self.result.frame
        people = people_above(self.result.people, self._threshold)
        self._slots = assign_slots(people, self._roots_cam, self._slots)
        self._roots_cam = people.root_cam
        self._parts.picture.overlay.show_people(
            frame, people, self._slots, self.result.centre_map
        )
        self._parts.picture.set_has_picture(True)
        self._parts.scene.view.show_people(frame, people, self._slots)
        self._parts.status.set_result(frame.camera.size, len(people))

    def _on_settings(self) -> None:
        threshold = self._control.settings.score_threshold
        if threshold != self._threshold:
            self._threshold = threshold
            self._show()
