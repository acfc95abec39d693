"""Results on their way to the screen: polled, filtered, coloured and handed to every view."""

import time

import numpy as np
from PySide6.QtCore import QObject, Signal

from das_app.gui.live_control import LiveControl
from das_app.gui.panes import PicturePane, ScenePane
from das_app.gui.person_slots import assign_slots, people_above
from das_app.gui.plots import TimingPlot
from das_app.gui.status_strip import StatusStrip
from das_app.pipeline.messages import PipelineState, PoseResult
from das_model.camera import Camera


class ResultViews(QObject):
    """Shows the newest result of what runs, at the confidence of now.

    Args:
        control: whose pipeline is polled.
        picture: pane of the picture.
        scene: pane of the 3D view.
        chart: of the times.
        status: for the figures.

    Attributes:
        size_changed: pictures have another size, or there are none any more.
    """

    size_changed = Signal()

    def __init__(
        self,
        control: LiveControl,
        picture: PicturePane,
        scene: ScenePane,
        chart: TimingPlot,
        status: StatusStrip,
    ) -> None:
        super().__init__(control)
        self._control, self._picture, self._scene = control, picture, scene
        self._chart, self._status = chart, status
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
        self._chart.add(time.monotonic(), result.latency_s, result.inference_s)
        if former is None or former.size != result.frame.camera.size:
            self.size_changed.emit()

    def forget(self) -> None:
        """Show nothing."""
        self.result = None
        self._slots, self._roots_cam = np.zeros(0, np.int64), np.zeros((0, 3))
        self._picture.set_has_picture(False)
        self._picture.overlay.clear()
        self._scene.view.clear()
        self._chart.clear_points()
        self._status.clear()
        self.size_changed.emit()

    def show_figures(self) -> None:
        """Bring the running figures up to date."""
        pipeline = self._control.pipeline
        if pipeline is not None and self._control.state is PipelineState.RUNNING:
            self._status.set_stats(pipeline.stats())
        if self._chart.isVisible():
            self._chart.refresh(time.monotonic())

    def _show(self) -> None:
        if self.result is None:
            return
        frame = self.result.frame
        people = people_above(self.result.people, self._threshold)
        self._slots = assign_slots(people, self._roots_cam, self._slots)
        self._roots_cam = people.root_cam
        self._picture.overlay.show_people(frame, people, self._slots)
        self._picture.set_has_picture(True)
        self._scene.view.show_people(people, self._slots, frame.camera)
        self._status.set_result(frame.camera.size, len(people))

    def _on_settings(self) -> None:
        threshold = self._control.settings.score_threshold
        if threshold != self._threshold:
            self._threshold = threshold
            self._show()
