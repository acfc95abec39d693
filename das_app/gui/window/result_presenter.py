"""Presenter of results: image, 3D view, player, status and timing."""

import time
from collections import deque

from PySide6.QtCore import QObject

from das_app.gui.control.controller import Controller
from das_app.gui.control.shown_result import ShownResult
from das_app.gui.style.language import tr
from das_app.gui.window.panels import Panels
from das_app.gui.window.window_parts import WindowParts
from das_app.messaging.messages import PipelineState, PipelineStats
from das_app.pipeline.hints import FrameSummary, Hint, find_hints, summarise

_MAX_SUMMARIES = 400


class ResultPresenter(QObject):
    """Draws the result on the screen, and the running figures.

    Args:
        control: of what runs.
        shown: what is on the screen.
        parts: the widgets that show it.
        panels: with the plots of times.
    """

    def __init__(
        self, control: Controller, shown: ShownResult, parts: WindowParts, panels: Panels
    ) -> None:
        super().__init__(control)
        self._panels, self._chart, self._stages = panels, panels.chart, panels.stages
        self._control, self._shown, self._parts = control, shown, parts
        self._summaries: deque[FrameSummary] = deque(maxlen=_MAX_SUMMARIES)
        shown.drawn.connect(self._draw)
        shown.taken.connect(self._note)
        shown.forgotten.connect(self._clear)

    def hints(self, stats: PipelineStats) -> tuple[Hint, ...]:
        """Current hints for the user."""
        return find_hints(self._summaries, stats, self._is_live)

    def show_figures(self) -> None:
        """Bring the running figures and the hints for the user up to date."""
        control = self._control
        is_running = control.state is PipelineState.RUNNING
        if control.pipeline is not None and is_running:
            stats = control.pipeline.stats()
            self._parts.status.set_stats(stats, self._is_live)
            self._stages.set_stats(stats)
        if self._chart.isVisible():
            self._chart.refresh(time.monotonic())
        if control.live is not None and control.model is not None and self._shown.camera:
            hints = self.hints(control.live.stats()) if is_running else ()
            self._parts.picture.set_hints(tuple(tr(hint.message) for hint in hints))

    @property
    def _is_live(self) -> bool:
        current = self._control.bridge.current
        return current is not None and current.source.is_live

    def _draw(self) -> None:
        result, frame = self._shown.result, self._shown.frame
        people, slots = self._shown.people, self._shown.slots
        if result is None or frame is None:
            return
        self._parts.picture.overlay.show_people(frame, people, slots, result.centre_map)
        self._parts.player.set_position(frame.time_s, frame.index)
        self._parts.picture.set_has_picture(True)
        self._parts.scene.view.show_people(frame, people, slots)
        self._parts.status.set_result(frame.camera.size, len(people))
        self._parts.controls.set_num_hidden(self._shown.num_hidden)

    def _note(self) -> None:
        result = self._shown.result
        if self._control.live is not None and result is not None:
            floor = self._panels.floor.floor
            self._summaries.append(summarise(result, self._shown.people, floor))
            self._chart.add(time.monotonic(), result.latency_s, result.inference_s)

    def _clear(self) -> None:
        self._summaries.clear()
        self._parts.picture.set_has_picture(False)
        self._parts.picture.overlay.clear()
        self._parts.scene.view.clear()
        self._parts.controls.set_num_hidden(0)
        self._chart.clear_points()
        self._parts.status.clear()
