"""What the window says: news of the pipeline and of the settings, put on its widgets."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMainWindow

from das_app.gui.actions import Actions, set_playing
from das_app.gui.bridge import Model, Opened
from das_app.gui.live_control import LiveControl
from das_app.gui.menus import LookMenu
from das_app.gui.result_views import ResultViews
from das_app.gui.window_parts import WindowParts
from das_app.pipeline.messages import PipelineState
from das_app.settings import AppSettings

_CLOSED = (PipelineState.STOPPED, PipelineState.FINISHED, PipelineState.FAULTED)


class News(QObject):
    """Keeps the widgets true to what runs and to what is chosen.

    Args:
        window: whose title names the source.
        control: where news comes from.
        views: what is on the screen.
        parts: the widgets.
        actions: the window's.
        look_menu: shows the chosen look.
    """

    def __init__(
        self,
        window: QMainWindow,
        control: LiveControl,
        views: ResultViews,
        parts: WindowParts,
        actions: Actions,
        look_menu: LookMenu,
    ) -> None:
        super().__init__(window)
        self._window, self._control, self._views = window, control, views
        self._parts, self._actions, self._look_menu = parts, actions, look_menu
        control.settings_changed.connect(self._show_settings)
        control.begun.connect(self._on_begun)
        control.opened.connect(self._on_opened)
        control.state_changed.connect(self._on_state)
        control.model_changed.connect(self._on_model)
        control.refused.connect(parts.banner.show_fault)
        views.size_changed.connect(self._show_lens)
        self._show_settings(control.settings)

    def show_figures(self) -> None:
        """Bring what is measured up to date."""
        self._views.show_figures()
        current, camera = self._control.bridge.current, self._views.camera
        if current is not None and camera is not None:
            input_size = current.model.estimator.fitted_size(camera.size)
            stats = current.pipeline.stats()
            self._parts.model_panel.set_cost(input_size, stats.inference_ms)

    def _show_settings(self, settings: AppSettings) -> None:
        self._actions["loop"].setChecked(settings.is_looping)
        self._parts.controls.set_threshold(settings.score_threshold)
        self._parts.model_panel.set_settings(settings)
        self._look_menu.set_look(settings.look)
        self._parts.welcome.setVisible(not settings.has_seen_welcome)
        self._show_lens()

    def _show_lens(self) -> None:
        settings, camera = self._control.settings, self._views.camera
        is_assumed = settings.intrinsics_file is None
        if camera is not None and is_assumed:  # the settings are ahead of the picture
            camera = settings.intrinsics().camera_for(camera.size)
        fov_deg = settings.fov_deg if camera is None else camera.fov_deg
        focal_px = None if camera is None else camera.focal_px
        self._parts.controls.set_lens(fov_deg, focal_px, is_assumed)

    def _on_begun(self, name: str) -> None:
        self._parts.picture.empty.show_opening(name)
        self._parts.status.set_source(f"Opening {name} …")
        self._parts.banner.hide()

    def _on_opened(self, opened: Opened) -> None:
        self._parts.status.set_source(opened.source.name)
        self._window.setWindowTitle(f"{opened.source.name} — DAS Capture")

    def _on_model(self, model: Model) -> None:
        self._parts.status.set_engine(model.engine)
        self._parts.model_panel.set_engine(model.engine)
        if model.note:
            self._parts.banner.show_fault(model.note)

    def _on_state(self, state: PipelineState, message: str) -> None:
        set_playing(self._actions["play"], state is PipelineState.RUNNING)
        self._actions["stop"].setEnabled(state not in _CLOSED)
        if state is PipelineState.FAULTED:
            self._parts.banner.show_fault(message)
        is_closed = state in (PipelineState.STOPPED, PipelineState.FAULTED)
        if is_closed and self._views.result is None:
            self._parts.picture.empty.show_idle()
            self._parts.status.set_source("Nothing open")
            self._window.setWindowTitle("DAS Capture")
