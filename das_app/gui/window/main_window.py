"""The main window: layout and wiring. Results are polled, news comes through the bridge."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QMainWindow

from das_app.gui.control.bridge import Opener
from das_app.gui.control.controller import LiveControl
from das_app.gui.recording.recording_presenter import RecordingWiring
from das_app.gui.scene.scene_films import SceneFilms
from das_app.gui.session.session_presenter import SessionWiring
from das_app.gui.streaming.streaming_presenter import StreamingWiring
from das_app.gui.style import theme
from das_app.gui.style.actions import Actions
from das_app.gui.style.help_sheet import HelpSheet
from das_app.gui.style.menus import LookMenu, RecentMenu, build_menu_bar
from das_app.gui.style.open_dialogs import OpenDialogs
from das_app.gui.window.result_presenter import ResultViews
from das_app.gui.window.status_presenter import News
from das_app.gui.window.window_parts import WindowParts
from das_app.gui.window.window_state import packed_layout, restore_layout
from das_app.settings.app_settings import AppSettings, Look
from das_app.sources.addresses import DEMO_SOURCE

_POLL_MS, _FIGURES_MS = 16, 250
_START_SIZE_PX = (1440, 860)


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
        self.dialogs = OpenDialogs(self, self.open)
        self.parts = WindowParts(self, self.actions_by_name)
        self.views = ResultViews(self.control, self.parts)
        self._build_menus()
        self.news = News(
            self, self.control, self.views, self.parts, self.actions_by_name, self.look_menu
        )
        self.recording = RecordingWiring(self, self.control, self.parts, self.actions_by_name)
        self.session = SessionWiring(
            self, self.control, self.views, self.parts, self.actions_by_name
        )
        self.session.refused.connect(self.parts.banner.show_fault)
        self.session.open_requested.connect(self.open)
        self.streaming = StreamingWiring(
            self.control, self.parts, self.actions_by_name["streaming"]
        )
        self.streaming.refused.connect(self.parts.banner.show_fault)
        self._wire_parts()
        self._wire_actions()
        self.films = SceneFilms(
            self.parts.scene.view, self.dialogs, self.actions_by_name["turntable"],
            self.parts.scene.set_note,
        )  # fmt: skip
        self.films.failed.connect(self.parts.banner.show_fault)
        self.resize(*_START_SIZE_PX)
        restore_layout(self, settings.layout)
        self.poll = self._timer(_POLL_MS, self.views.take)
        self._figures = self._timer(_FIGURES_MS, self.news.show_figures)
        self._figures.timeout.connect(self.streaming.refresh)

    @property
    def settings(self) -> AppSettings:
        """As the user changed them so far."""
        return self.control.settings

    def open(self, source: str) -> None:
        """Open a source instead of the present one."""
        self.control.open(source)

    def offer_repairs(self) -> None:
        """Look for recordings that were not closed, and offer to repair them."""
        self.parts.repair_offer.look(self.settings.sessions_path())

    def wear_look(self) -> None:
        """Look as the settings and the system want it."""
        theme.apply_theme(QApplication.instance(), self.settings.look)

    def event(self, event: QEvent) -> bool:
        """Qt: Space presses the button that was reached by Tab; else it plays and holds."""
        if event.type() == QEvent.Type.ShortcutOverride and event.key() == Qt.Key.Key_Space:
            reached = self.testAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange)
            if reached and isinstance(self.focusWidget(), QAbstractButton):
                event.accept()
                return True
        return super().event(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Qt: end all threads, then go."""
        self.films.cancel()
        self.parts.modes.leave()
        self.control.change(replace(self.settings, layout=packed_layout(self)))
        self.news.lens.end_calibration()
        self.poll.stop()
        self._figures.stop()
        self.control.bridge.shutdown()
        self.recording.close()
        self.session.close()
        self.streaming.close()
        self.parts.repair_offer.close_down()
        self.parts.scene.view.close_canvas()
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

    def _build_menus(self) -> None:
        self.look_menu = LookMenu(self._set_look, self)
        self.recent_menu = RecentMenu(lambda: self.settings.recent_sources, self.open, self)
        submenus = {"recent": self.recent_menu, "look": self.look_menu}
        build_menu_bar(self, self.actions_by_name, submenus)

    def _wire_parts(self) -> None:
        control, parts = self.control, self.parts
        parts.controls.threshold_changed.connect(control.set_threshold)
        parts.model_panel.model_chosen.connect(control.set_model)
        parts.model_panel.device_chosen.connect(control.set_device)
        parts.model_panel.input_scale_changed.connect(control.set_input_scale)
        parts.picture.empty.demo_requested.connect(self.actions_by_name["demo"].trigger)
        parts.picture.empty.camera_requested.connect(self.actions_by_name["camera"].trigger)
        parts.picture.empty.file_requested.connect(self.actions_by_name["file"].trigger)
        parts.welcome.dismissed.connect(
            lambda: self._change(replace(self.settings, has_seen_welcome=True))
        )
        parts.picker.mode_changed.connect(self._set_mode)
        parts.picker.source_chosen.connect(self.open)
        parts.picker.file_requested.connect(self.dialogs.ask_file)
        parts.picker.folder_requested.connect(self.dialogs.ask_folder)
        parts.picker.session_requested.connect(self.actions_by_name["open-session"].trigger)
        people = parts.people_panel
        people.smoothing_toggled.connect(
            lambda is_on: self._change(replace(self.settings, is_smoothing=is_on))
        )
        people.distance_changed.connect(
            lambda strength: self._change(replace(self.settings, distance_smoothing=strength))
        )
        people.limbs_changed.connect(
            lambda strength: self._change(replace(self.settings, limb_smoothing=strength))
        )
        people.bones_toggled.connect(
            lambda is_on: self._change(replace(self.settings, has_steady_bones=is_on))
        )
        parts.notice.play_requested.connect(lambda folder: self.open(str(folder)))
        self.recording.left_open.connect(self.offer_repairs)
        parts.player.seek_requested.connect(control.seek)
        parts.player.step_requested.connect(control.step)
        parts.player.speed_changed.connect(control.set_speed)
        parts.player.loop_toggled.connect(control.set_looping)

    def _wire_actions(self) -> None:
        actions = self.actions_by_name
        for name, slot in (
            ("camera", self._pick_source),
            ("file", self.dialogs.ask_file),
            ("folder", self.dialogs.ask_folder),
            ("open-session", lambda: self.dialogs.ask_session(self.settings.sessions_path())),
            ("demo", lambda: self.open(DEMO_SOURCE)),
            ("play", self.control.play_or_pause),
            ("stop", self.control.stop),
            ("step-back", lambda: self.control.step(-1)),
            ("step-forward", lambda: self.control.step(1)),
            ("loop", self.control.set_looping),
            ("labels", lambda is_on: self._change(replace(self.settings, has_labels=is_on))),
            ("trails", lambda is_on: self._change(replace(self.settings, has_trails=is_on))),
            ("offsets", lambda is_on: self._change(replace(self.settings, has_offsets=is_on))),
            ("heat-map", self.control.set_heat_map),
            ("shadows", lambda is_on: self._change(replace(self.settings, has_shadows=is_on))),
            ("frustum", lambda is_on: self._change(replace(self.settings, has_frustum=is_on))),
            ("whole-picture", self.parts.picture.overlay.reset_zoom),
            ("screenshot", lambda: self.dialogs.save_picture(self.grab().toImage())),
            ("scene-picture", lambda: self.dialogs.save_picture(self.parts.scene.view.picture())),
            ("help", lambda: HelpSheet(self.actions(), self).exec()),
            ("quit", self.close),
        ):
            actions[name].triggered.connect(slot)

    def _timer(self, interval_ms: int, slot: Callable[[], None]) -> QTimer:
        timer = QTimer(self, interval=interval_ms)
        timer.timeout.connect(slot)
        timer.start()
        return timer

    def _change(self, settings: AppSettings) -> None:
        self.control.change(settings)

    def _pick_source(self) -> None:
        picker, settings = self.parts.picker, self.settings
        picker.set_mode(settings.resolution, settings.camera_fps)
        picker.set_recent(settings.recent_sources)
        picker.open()

    def _set_mode(self, resolution: str, fps: float) -> None:
        self._change(replace(self.settings, resolution=resolution, camera_fps=fps))

    def _set_look(self, look: Look) -> None:
        self.control.set_look(look)
        self.wear_look()
