"""The main window: layout and wiring. Results are polled, news comes through the bridge."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QSplitter

from das_app.gui import theme
from das_app.gui.actions import Actions, set_playing
from das_app.gui.bridge import Model, Opened, Opener
from das_app.gui.controls import ControlBar
from das_app.gui.docks import BELOW, RIGHT, add_dock, frame_panes
from das_app.gui.help_sheet import HelpSheet
from das_app.gui.live_control import LiveControl
from das_app.gui.menus import LookMenu, RecentMenu, build_menu_bar
from das_app.gui.model_panel import ModelPanel
from das_app.gui.notices import FaultBanner, WelcomeBar
from das_app.gui.open_dialogs import OpenDialogs
from das_app.gui.panes import PicturePane, ScenePane, action_button
from das_app.gui.plots import TimingPlot
from das_app.gui.result_views import ResultViews
from das_app.gui.status_strip import StatusStrip
from das_app.gui.window_state import ScreenModes, packed_layout, restore_layout
from das_app.pipeline.messages import PipelineState
from das_app.settings import DEMO_SOURCE, AppSettings, Look

_POLL_MS, _FIGURES_MS = 16, 250
_START_SIZE_PX = (1440, 860)
_CLOSED = (PipelineState.STOPPED, PipelineState.FINISHED, PipelineState.FAULTED)


class MainWindow(QMainWindow):
    """Picture, 3D view, controls and figures of one pipeline at a time.

    Args:
        settings: what to open and how.
        opener: makes pipelines and models; called in the bridge's thread.

    Attributes:
        control: what runs, and the settings as the user changed them so far.
    """

    def __init__(self, settings: AppSettings, opener: Opener) -> None:
        super().__init__()
        self.setWindowTitle("DAS Capture")
        self.setWindowIcon(theme.icon("app"))
        self.setAcceptDrops(True)
        self.control = LiveControl(settings, opener, self)
        self.actions_by_name = Actions(self)
        self._build()
        self.views = ResultViews(self.control, self.picture, self.scene, self.chart, self.status)
        self._build_menus()
        self._wire_control()
        self._wire_actions()
        self._show_settings(settings)
        self.resize(*_START_SIZE_PX)
        restore_layout(self, settings.layout)
        self.poll = self._timer(_POLL_MS, self.views.take)
        self._figures = self._timer(_FIGURES_MS, self._show_figures)

    @property
    def settings(self) -> AppSettings:
        """As the user changed them so far."""
        return self.control.settings

    def open(self, source: str) -> None:
        """Open a source instead of the present one."""
        self.control.open(source)

    def wear_look(self) -> None:
        """Look as the settings and the system want it."""
        theme.apply_theme(QApplication.instance(), self.settings.look)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Qt: end all threads, then go."""
        self.modes.leave()
        self.control.change(replace(self.settings, layout=packed_layout(self)))
        self.poll.stop()
        self._figures.stop()
        self.control.bridge.shutdown()
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
        actions = self.actions_by_name
        self.dialogs = OpenDialogs(self, self.open)
        self.controls = ControlBar(actions, self.dialogs.camera_menu)
        self.banner, self.welcome, self.status = FaultBanner(), WelcomeBar(), StatusStrip()
        self.picture, self.scene = PicturePane(), ScenePane(actions)
        self.model_panel, self.chart = ModelPanel(), TimingPlot()
        self.splitter = QSplitter(Qt.Orientation.Horizontal, handleWidth=theme.SPACE_PX)
        self.splitter.setChildrenCollapsible(False)
        for pane in (self.picture, self.scene):
            self.splitter.addWidget(pane)
        self.splitter.setSizes([1160, 840])
        for name in ("model", "timing", "help", "presentation", "full-screen"):
            self.status.add_button(action_button(actions[name]))
        frame_panes(self, (self.controls, self.banner, self.welcome), self.splitter, self.status)
        add_dock(self, actions["model"], self.model_panel, RIGHT)
        add_dock(self, actions["timing"], self.chart, BELOW)
        bars = (self.menuBar(), self.controls, self.welcome, self.statusBar())
        self.modes = ScreenModes(self, actions, bars)

    def _build_menus(self) -> None:
        self.look_menu = LookMenu(self._set_look, self)
        self.recent_menu = RecentMenu(lambda: self.settings.recent_sources, self.open, self)
        submenus = {
            "recent": self.recent_menu,
            "cameras": self.dialogs.camera_menu,
            "look": self.look_menu,
        }
        build_menu_bar(self, self.actions_by_name, submenus)

    def _wire_control(self) -> None:
        control = self.control
        control.settings_changed.connect(self._show_settings)
        control.begun.connect(self._on_begun)
        control.opened.connect(self._on_opened)
        control.state_changed.connect(self._on_state)
        control.model_changed.connect(self._on_model)
        control.refused.connect(self.banner.show_fault)
        self.views.size_changed.connect(self._show_lens)
        self.controls.fov_changed.connect(control.set_fov)
        self.controls.threshold_changed.connect(control.set_threshold)
        self.model_panel.model_chosen.connect(control.set_model)
        self.model_panel.device_chosen.connect(control.set_device)
        self.model_panel.input_scale_changed.connect(control.set_input_scale)
        self.picture.empty.demo_requested.connect(self.actions_by_name["demo"].trigger)
        self.picture.empty.camera_requested.connect(self.actions_by_name["camera"].trigger)
        self.picture.empty.file_requested.connect(self.actions_by_name["file"].trigger)
        self.welcome.dismissed.connect(
            lambda: control.change(replace(self.settings, has_seen_welcome=True))
        )

    def _wire_actions(self) -> None:
        actions = self.actions_by_name
        for name, slot in (
            ("camera", self.controls.buttons["camera"].showMenu),
            ("file", self.dialogs.ask_file),
            ("folder", self.dialogs.ask_folder),
            ("demo", lambda: self.open(DEMO_SOURCE)),
            ("play", self.control.play_or_pause),
            ("stop", self.control.stop),
            ("loop", self.control.set_looping),
            ("screenshot", lambda: self.dialogs.save_picture(self)),
            ("help", lambda: HelpSheet(self.actions(), self).exec()),
            ("quit", self.close),
        ):
            actions[name].triggered.connect(slot)

    def _timer(self, interval_ms: int, slot: Callable[[], None]) -> QTimer:
        timer = QTimer(self, interval=interval_ms)
        timer.timeout.connect(slot)
        timer.start()
        return timer

    def _show_settings(self, settings: AppSettings) -> None:
        self.actions_by_name["loop"].setChecked(settings.is_looping)
        self.controls.set_threshold(settings.score_threshold)
        self.model_panel.set_settings(settings)
        self.look_menu.set_look(settings.look)
        self.welcome.setVisible(not settings.has_seen_welcome)
        self._show_lens()

    def _show_lens(self) -> None:
        settings, camera = self.settings, self.views.camera
        is_assumed = settings.intrinsics_file is None
        if camera is not None and is_assumed:  # the settings are ahead of the picture
            camera = settings.intrinsics().camera_for(camera.size)
        fov_deg = settings.fov_deg if camera is None else camera.fov_deg
        focal_px = None if camera is None else camera.focal_px
        self.controls.set_lens(fov_deg, focal_px, is_assumed)

    def _show_figures(self) -> None:
        self.views.show_figures()
        self._show_cost()

    def _show_cost(self) -> None:
        current, camera = self.control.bridge.current, self.views.camera
        if current is not None and camera is not None:
            input_size = current.model.estimator.fitted_size(camera.size)
            self.model_panel.set_cost(input_size, current.pipeline.stats().inference_ms)

    def _on_begun(self, name: str) -> None:
        self.picture.empty.show_opening(name)
        self.status.set_source(f"Opening {name} …")
        self.banner.hide()

    def _on_opened(self, opened: Opened) -> None:
        self.status.set_source(opened.source.name)
        self.setWindowTitle(f"{opened.source.name} — DAS Capture")

    def _on_model(self, model: Model) -> None:
        self.status.set_engine(model.engine)
        self.model_panel.set_engine(model.engine)
        if model.note:
            self.banner.show_fault(model.note)

    def _on_state(self, state: PipelineState, message: str) -> None:
        set_playing(self.actions_by_name["play"], state is PipelineState.RUNNING)
        self.actions_by_name["stop"].setEnabled(state not in _CLOSED)
        if state is PipelineState.FAULTED:
            self.banner.show_fault(message)
        is_closed = state in (PipelineState.STOPPED, PipelineState.FAULTED)
        if is_closed and self.views.result is None:
            self.picture.empty.show_idle()
            self.status.set_source("Nothing open")
            self.setWindowTitle("DAS Capture")

    def _set_look(self, look: Look) -> None:
        self.control.set_look(look)
        self.wear_look()
