"""The main window: layout and wiring. Results are polled, news comes through the bridge."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QMainWindow, QSplitter, QVBoxLayout, QWidget

from das_app.gui import theme
from das_app.gui.bridge import Opened, OpenPipeline, PipelineBridge
from das_app.gui.controls import ControlBar
from das_app.gui.notices import FaultBanner
from das_app.gui.panes import PicturePane, ScenePane
from das_app.gui.person_slots import assign_slots, people_above
from das_app.gui.plots import TimingPlot
from das_app.gui.status_strip import StatusStrip
from das_app.pipeline.messages import PipelineState, PoseResult
from das_app.settings import DEMO_SOURCE, AppSettings

_POLL_MS, _FIGURES_MS = 16, 250
_CHART_HEIGHT_PX = 120


class MainWindow(QMainWindow):
    """Picture, 3D view, controls and figures of one pipeline at a time.

    Args:
        settings: what to open and how.
        open_pipeline: makes the pipeline of a source; called in the bridge's thread.

    Attributes:
        settings: as the user changed them so far.
        state: of the current pipeline, as told by the bridge.
    """

    def __init__(self, settings: AppSettings, open_pipeline: OpenPipeline) -> None:
        super().__init__()
        self.settings, self._is_looping = settings, True
        self.state = PipelineState.STOPPED
        self._result: PoseResult | None = None
        self._slots, self._roots_cam = np.zeros(0, np.int64), np.zeros((0, 3))
        self.bridge = PipelineBridge(open_pipeline, self)
        self.setWindowTitle("DAS Capture")
        self.setWindowIcon(theme.icon("app"))
        self.setAcceptDrops(True)
        self._build()
        self._wire()
        self._show_lens()
        self.poll = self._timer(_POLL_MS, self._take_result)
        self._figures = self._timer(_FIGURES_MS, self._show_figures)

    def open(self, source: str) -> None:
        """Open a source instead of the present one."""
        self.settings = replace(self.settings, source=source)
        self._forget_result()
        name = Path(source).name or source
        self.picture.empty.show_opening(f"camera {source}" if source.isdecimal() else name)
        self.status.set_source(f"Opening {name} …")
        self.banner.hide()
        self.bridge.open(self.settings, self._is_looping)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Qt: end all threads, then go."""
        self.poll.stop()
        self._figures.stop()
        self.bridge.shutdown()
        self.scene.view.close_canvas()
        super().closeEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Qt: a file may be dropped."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Qt: open the first dropped file or folder."""
        paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            self.open(paths[0])

    def _build(self) -> None:
        self.controls, self.banner, self.status = ControlBar(), FaultBanner(), StatusStrip()
        self.picture, self.scene, self.chart = PicturePane(), ScenePane(), TimingPlot()
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setHandleWidth(theme.SPACE_PX)
        self.splitter.setChildrenCollapsible(False)
        for pane in (self.picture, self.scene):
            self.splitter.addWidget(pane)
        self.splitter.setSizes([1160, 840])
        self.chart.setFixedHeight(_CHART_HEIGHT_PX)
        self.chart.hide()
        self.chart_button = self.status.add_button(
            "chart", "Show latency over the last seconds (T)", "T", is_checkable=True
        )
        self.full_screen_button = self.status.add_button(
            "fullscreen", "Full screen (F11); quit with Ctrl+Q", "F11"
        )
        central = QWidget(objectName="central")
        column = QVBoxLayout(central)
        column.setContentsMargins(*[theme.SPACE_PX] * 3, 0)
        column.setSpacing(theme.SPACE_PX)
        for widget in (self.controls, self.banner, self.splitter, self.chart, self.status):
            column.addWidget(widget, 1 if widget is self.splitter else 0)
        self.setCentralWidget(central)
        self.controls.set_looping(self._is_looping)
        self.controls.set_threshold(self.settings.score_threshold)

    def _wire(self) -> None:
        self.controls.source_chosen.connect(self.open)
        self.controls.play_toggled.connect(self._play_or_pause)
        self.controls.stop_requested.connect(self._stop)
        self.controls.loop_toggled.connect(self._set_looping)
        self.controls.fov_changed.connect(self._set_fov)
        self.controls.threshold_changed.connect(self._set_threshold)
        self.picture.empty.demo_requested.connect(lambda: self.open(DEMO_SOURCE))
        self.picture.empty.camera_requested.connect(self.controls.choose_camera)
        self.picture.empty.file_requested.connect(self.controls.choose_file)
        self.chart_button.toggled.connect(self.chart.setVisible)
        self.bridge.opened.connect(self._on_opened)
        self.bridge.state_changed.connect(self._on_state)
        self.full_screen_button.clicked.connect(self._toggle_full_screen)
        QShortcut(QKeySequence("Ctrl+Q"), self, self.close)

    def _timer(self, interval_ms: int, slot: Callable[[], None]) -> QTimer:
        timer = QTimer(self, interval=interval_ms)
        timer.timeout.connect(slot)
        timer.start()
        return timer

    def _take_result(self) -> None:
        current = self.bridge.current
        result = current.pipeline.results.take(0) if current is not None else None
        if result is None:
            return
        is_new_size = self._result is None or (
            self._result.frame.camera.size != result.frame.camera.size
        )
        self._result = result
        self._show_result()
        self.chart.add(time.monotonic(), result.latency_s, result.inference_s)
        if is_new_size:
            self._show_lens()

    def _show_result(self) -> None:
        """Draw the newest result, at the threshold of now."""
        if self._result is None:
            return
        frame = self._result.frame
        people = people_above(self._result.people, self.settings.score_threshold)
        self._slots = assign_slots(people, self._roots_cam, self._slots)
        self._roots_cam = people.root_cam
        self.picture.overlay.show_people(frame, people, self._slots)
        self.picture.set_has_picture(True)
        self.scene.view.show_people(people, self._slots, frame.camera)
        self.status.set_result(frame.camera.size, len(people))

    def _forget_result(self) -> None:
        self._result = None
        self._slots, self._roots_cam = np.zeros(0, np.int64), np.zeros((0, 3))
        self.picture.set_has_picture(False)
        self.picture.overlay.clear()
        self.scene.view.clear()
        self.chart.clear_points()
        self.status.clear()
        self._show_lens()

    def _show_figures(self) -> None:
        if self.bridge.current is not None and self.state is PipelineState.RUNNING:
            self.status.set_stats(self.bridge.current.pipeline.stats())
        if self.chart.isVisible():
            self.chart.refresh(time.monotonic())

    def _show_lens(self) -> None:
        calibrated = self.settings.intrinsics_file is not None
        camera = self._result.frame.camera if self._result is not None else None
        fov_deg = camera.fov_deg if camera and calibrated else self.settings.fov_deg
        if camera and not calibrated:
            camera = self.settings.intrinsics().camera_for(camera.size)
        focal_px = camera.focal_px if camera else None
        self.controls.set_lens(fov_deg, focal_px, is_assumed=not calibrated)

    def _on_opened(self, opened: Opened) -> None:
        opened.pipeline.set_looping(self._is_looping)
        opened.pipeline.set_intrinsics(self.settings.intrinsics())
        self.status.set_source(opened.source.name, opened.engine)
        self.setWindowTitle(f"{opened.source.name} — DAS Capture")

    def _on_state(self, state: PipelineState, message: str) -> None:
        self.state = state
        self.controls.set_state(state)
        if state is PipelineState.FAULTED:
            self.banner.show_fault(message)
        if state in (PipelineState.STOPPED, PipelineState.FAULTED) and self._result is None:
            self.picture.empty.show_idle()
            self.status.set_source("Nothing open")
            self.setWindowTitle("DAS Capture")

    def _play_or_pause(self) -> None:
        current = self.bridge.current
        if current is None or self.state not in (PipelineState.RUNNING, PipelineState.PAUSED):
            self.open(self.settings.source)
        else:
            current.pipeline.set_paused(self.state is PipelineState.RUNNING)

    def _stop(self) -> None:
        self._forget_result()
        self.bridge.stop()

    def _set_looping(self, is_looping: bool) -> None:
        self._is_looping = is_looping
        if self.bridge.current is not None:
            self.bridge.current.pipeline.set_looping(is_looping)

    def _set_fov(self, fov_deg: float) -> None:
        self.settings = replace(self.settings, fov_deg=fov_deg)
        if self.bridge.current is not None:
            self.bridge.current.pipeline.set_intrinsics(self.settings.intrinsics())
        self._show_lens()

    def _set_threshold(self, threshold: float) -> None:
        self.settings = replace(self.settings, score_threshold=threshold)
        self._show_result()

    def _toggle_full_screen(self) -> None:
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)
