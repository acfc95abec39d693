"""Main window: layout and signal connections; connections of actions, panels and presenters.

Results are polled, news comes through the bridge.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QAbstractButton, QMainWindow, QWidget

from das_app.gui.actions.actions import Actions
from das_app.gui.actions.menus import (
    ActionsMenu,
    FacesMenu,
    LanguageMenu,
    LookMenu,
    RecentMenu,
    build_menu_bar,
)
from das_app.gui.actions.panel_list import ALL_COMMANDS, LIVE_PANELS, PANELS
from das_app.gui.actions.view_commands import KEPT_VIEWS
from das_app.gui.control.bridge import PipelineFactory
from das_app.gui.control.controller import Controller
from das_app.gui.control.shown_result import ShownResult
from das_app.gui.style import theme
from das_app.gui.style.docks import add_dock
from das_app.gui.style.language import tr
from das_app.gui.style.open_dialogs import OpenDialogs
from das_app.gui.window.pane_layouts import ACTION_OF, WINDOWS
from das_app.gui.window.status_presenter import StatusPresenter
from das_app.gui.window.window_parts import WindowParts
from das_app.gui.window.window_state import (
    packed_layout,
    restore_layout,
    show_painted,
    start_on_screen,
)
from das_app.motion.faces import FaceHiding
from das_app.settings.app_settings import AppSettings, Language, Look, SettingsGroup
from das_app.sources.addresses import DEMO_SOURCE

_POLL_MS, _FIGURES_MS = 16, 250
_START_SIZE_PX = (1440, 860)
_WINDOW_SHORTCUT = Qt.ShortcutContext.WindowShortcut


class MainWindow(QMainWindow):
    """Picture, 3D view, controls and figures of one pipeline at a time.

    Args:
        settings: what to open and how.
        opener: makes pipelines and models; called in the bridge's thread.
        is_seen_at_once: show the window once it can be painted, before the rest of it is made.

    Attributes:
        control: what runs, and the settings as the user changed them so far.
    """

    def __init__(
        self, settings: AppSettings, opener: PipelineFactory, is_seen_at_once: bool = False
    ) -> None:
        super().__init__()
        self.setWindowTitle("DAS Capture")
        self.setWindowIcon(theme.icon("app"))
        self._is_whole = self._is_to_close = False
        self.control = Controller(settings, opener, self)
        self.actions_by_name = Actions(self, ALL_COMMANDS)
        self.dialogs = OpenDialogs(self, self.open)
        self.parts = WindowParts(self, self.actions_by_name, LIVE_PANELS)
        self._docks = {
            name: add_dock(self, self.actions_by_name[name], panel.dock_area)
            for panel in PANELS
            if (name := panel.command.name)
        }
        self.shown = ShownResult(self.control)
        self._build_menus()
        self._status = StatusPresenter(
            self, self.control, self.shown, self.parts, self.actions_by_name, self.look_menu
        )
        start_on_screen(self, _START_SIZE_PX)
        restore_layout(self, settings.view.layout)
        if is_seen_at_once:
            self._status.show_opening(settings.source.name)
            show_painted(self)
        self._make_the_rest()

    def _make_the_rest(self) -> None:
        """Import and make what one does not see of the window when it is first painted.

        The canvas of the 3D view comes later still, see `SceneView`.
        """
        from das_app.gui.help.window_help import WindowHelp
        from das_app.gui.recording.panel_presenter import RecordingPanelPresenter
        from das_app.gui.recording.recording_presenter import RecordingPresenter
        from das_app.gui.scene.scene_films import SceneFilms
        from das_app.gui.scene.view_keys import ViewKeys
        from das_app.gui.window.panels import Panels
        from das_app.gui.window.result_presenter import ResultPresenter

        self.panels = Panels(self._docks, self.actions_by_name)
        self.results = ResultPresenter(self.control, self.shown, self.parts, self.panels)
        self.recording = RecordingPresenter(
            self, self.control, self.parts.recording, self.parts.notice, self.actions_by_name
        )
        self.recording.refused.connect(self.parts.banner.show_fault)
        self.panels.present(self, self.control, self.shown, self.parts)
        self.recording.countdown.changed.connect(self.parts.picture.overlay.set_countdown)
        self.recording.countdown.changed.connect(self._say_countdown)
        self.sessions = RecordingPanelPresenter(
            self, self.control, self.panels.recording_panel, self.recording
        )
        self.sessions.refused.connect(self.parts.banner.show_fault)
        self.sessions.open_requested.connect(self.open)
        self.recording.marked.connect(self.panels.streaming.mark)
        self.panels.streaming.remote.ordered.connect(self.recording.follow)
        self._wire_parts()
        self._wire_actions()
        self.view_keys = ViewKeys(
            self.parts.scene.view,
            self.actions_by_name,
            lambda: self.settings.view.kept_views,
            lambda kept: self._change_view(kept_views=kept),
        )
        theme.application().focusChanged.connect(self._lend_space)
        self.help = WindowHelp(self, self.actions_by_name, self.parts.crash_offer)
        self.films = SceneFilms(
            self.parts.scene.view,
            self.dialogs,
            self.actions_by_name["turntable"],
            self.parts.scene.set_note,
        )
        self.films.failed.connect(self.parts.banner.show_fault)
        self.poll = self._timer(_POLL_MS, self.shown.take)
        self._figures = self._timer(_FIGURES_MS, self.results.show_figures)
        self._figures.timeout.connect(self.panels.refresh)
        self.setAcceptDrops(True)
        self._is_whole = True
        if self._is_to_close:
            QTimer.singleShot(0, self.close)

    @property
    def settings(self) -> AppSettings:
        """As the user changed them so far."""
        return self.control.settings

    def open(self, source: str) -> None:
        """Open a source instead of the present one."""
        self.control.open(source)

    def restore_windows(self) -> None:
        """Open the windows of panes that were open when the application was left."""
        self.parts.layouts.restore(self.settings.view.windows)

    def offer_repairs(self) -> None:
        """Look for recordings that were not closed, and offer to repair them."""
        self.parts.repair_offer.look(self.settings.recording.sessions_path())

    def show_fault(self, message: str) -> None:
        """Show an error in the banner."""
        self.parts.banner.show_fault(message)

    def wear_look(self) -> None:
        """Look as the settings and the system want it."""
        theme.apply_theme(theme.application(), self.settings.view.look)
        self.parts.scene.view.wear_look()
        self.panels.wear_look()

    def changeEvent(self, event: QEvent) -> None:
        """Qt: the window's system may change full screen, too."""
        if event.type() is QEvent.Type.WindowStateChange:
            self.parts.modes.follow_window()
        super().changeEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Qt: end all threads, then go; a window that is being made goes once it is there."""
        if not self._is_whole:
            self._is_to_close = True
            event.ignore()
            return
        self.films.cancel()
        self.parts.modes.leave()
        windows = self.parts.layouts.packed()
        self.parts.layouts.bring_back()
        layout = packed_layout(self)
        self.control.change(view=replace(self.settings.view, layout=layout, windows=windows))
        self.poll.stop()
        self._figures.stop()
        self.control.bridge.shutdown()
        self.recording.close()
        self.sessions.close()
        self.panels.close()
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
        self.language_menu = LanguageMenu(self._set_language, self)
        self.recent_menu = RecentMenu(lambda: self.settings.source.recent, self.open, self)
        self.faces_menu = FacesMenu(self._set_faces, self)
        self.control.settings_changed.connect(
            lambda settings: self.faces_menu.set_faces(settings.view.faces)
        )
        self.faces_menu.set_faces(self.settings.view.faces)
        self.language_menu.set_language(self.settings.view.language)
        actions = self.actions_by_name
        kept = [name for digit in KEPT_VIEWS for name in (f"view-{digit}", f"keep-view-{digit}")]
        panes = (*ACTION_OF.values(), *WINDOWS.values())
        submenus = {
            "recent": self.recent_menu,
            "look": self.look_menu,
            "language": self.language_menu,
            "kept-views": ActionsMenu(tr("&Kept views"), actions, kept, self),
            "panes": ActionsMenu(tr("&Panes"), actions, panes, self),
            "faces": self.faces_menu,
        }
        build_menu_bar(self, self.actions_by_name, submenus, LIVE_PANELS)

    def _wire_parts(self) -> None:
        control, parts = self.control, self.parts
        parts.controls.min_score_changed.connect(control.set_min_score)
        parts.picture.empty.demo_requested.connect(self.actions_by_name["demo"].trigger)
        parts.picture.empty.camera_requested.connect(self.actions_by_name["camera"].trigger)
        parts.picture.empty.file_requested.connect(self.actions_by_name["file"].trigger)
        parts.welcome.dismissed.connect(
            lambda: self._change(view=replace(self.settings.view, has_seen_welcome=True))
        )
        parts.picker.mode_changed.connect(self._set_mode)
        parts.picker.source_chosen.connect(self.open)
        parts.picker.file_requested.connect(self.dialogs.ask_file)
        parts.picker.folder_requested.connect(self.dialogs.ask_folder)
        parts.picker.session_requested.connect(self.actions_by_name["open-session"].trigger)
        parts.layouts.chosen.connect(lambda panes: self._change_view(panes=panes))
        parts.notice.play_requested.connect(lambda folder: self.open(str(folder)))
        parts.notice.refine_requested.connect(self.panels.session.refine)
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
            (
                "open-session",
                lambda: self.dialogs.ask_session(self.settings.recording.sessions_path()),
            ),
            ("demo", lambda: self.open(DEMO_SOURCE)),
            ("play", self.control.play_or_pause),
            ("stop", self.control.stop),
            ("step-back", lambda: self.control.step(-1)),
            ("step-forward", lambda: self.control.step(1)),
            ("loop", self.control.set_looping),
            ("whole-picture", self.parts.picture.overlay.reset_zoom),
            ("screenshot", lambda: self.dialogs.save_picture(self.grab().toImage())),
            ("scene-picture", lambda: self.dialogs.save_picture(self.parts.scene.view.picture())),
            ("help", self._show_help),
            ("quit", self.close),
        ):
            actions[name].triggered.connect(slot)
        for setting, action in actions.switches():
            action.triggered.connect(
                lambda is_on, setting=setting: self.control.switch(setting, is_on)
            )

    def _timer(self, interval_ms: int, slot: Callable[[], None]) -> QTimer:
        timer = QTimer(self, interval=interval_ms)
        timer.timeout.connect(slot)
        timer.start()
        return timer

    def _change(self, **groups: SettingsGroup) -> None:
        self.control.change(**groups)

    def _change_view(self, **fields: object) -> None:
        values: dict[str, Any] = fields
        self.control.change(view=replace(self.settings.view, **values))

    def _lend_space(self, _former: QWidget | None, now: QWidget | None) -> None:
        """Space presses the button that was reached by Tab; else it plays and holds."""
        reached = self.testAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange)
        is_lent = reached and isinstance(now, QAbstractButton)
        context = Qt.ShortcutContext.WidgetShortcut if is_lent else _WINDOW_SHORTCUT
        self.actions_by_name["play"].setShortcutContext(context)

    def _show_help(self) -> None:
        from das_app.gui.actions.help_sheet import HelpSheet

        HelpSheet(self.actions(), self).exec()

    def _pick_source(self) -> None:
        picker, settings = self.parts.picker, self.settings
        picker.set_mode(settings.source.resolution, settings.source.camera_fps)
        picker.set_recent(settings.source.recent)
        picker.open()

    def _set_mode(self, resolution: str, fps: float) -> None:
        self._change(source=replace(self.settings.source, resolution=resolution, camera_fps=fps))

    def _say_countdown(self, left_s: int) -> None:
        """In the 3D view, too, which may be alone."""
        words = tr("Recording begins in {time} s · Ctrl+R gives up", time=left_s) if left_s else ""
        self.parts.scene.set_note(words)

    def _set_faces(self, faces: FaceHiding) -> None:
        self._change(view=replace(self.settings.view, faces=faces))

    def _set_language(self, language: Language) -> None:
        self._change_view(language=language)

    def _set_look(self, look: Look) -> None:
        self.control.set_look(look)
        self.wear_look()
