"""What the window says: news of the pipeline and of the settings, put on its widgets."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMainWindow

from das_app.gui.control.bridge import Model, Opened
from das_app.gui.control.controller import LiveControl
from das_app.gui.inspector.inspector_presenter import InspectorWiring
from das_app.gui.lens.floor_presenter import FloorWiring
from das_app.gui.lens.lens_presenter import LensWiring
from das_app.gui.picture.overlay_layer import OverlayOptions
from das_app.gui.scene.scene_content import SceneOptions
from das_app.gui.style.actions import Actions, set_playing
from das_app.gui.style.menus import LookMenu
from das_app.gui.window.result_presenter import ResultViews
from das_app.gui.window.window_parts import WindowParts
from das_app.messaging.messages import PipelineState
from das_app.settings.app_settings import AppSettings

_TROUBLED = (PipelineState.RECONNECTING, PipelineState.FAULTED)
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
        self._state = control.state
        control.settings_changed.connect(self._show_settings)
        control.begun.connect(self._on_begun)
        control.opened.connect(self._on_opened)
        control.state_changed.connect(self._on_state)
        control.model_changed.connect(self._on_model)
        control.refused.connect(parts.banner.show_fault)
        self.lens = LensWiring(control, views, parts.camera_panel)
        self.lens.refused.connect(parts.banner.show_fault)
        self.lens.shown.connect(parts.controls.set_lens)
        self.lens.show()
        self._inspector = InspectorWiring(control, views, parts)
        self._floor = FloorWiring(control, views, parts.camera_panel, parts.picture, parts.scene)
        self._floor.refused.connect(parts.banner.show_fault)
        actions["stop"].setEnabled(False)
        self._show_settings(control.settings)

    def show_figures(self) -> None:
        """Bring what is measured up to date."""
        self._views.show_figures()
        self._inspector.refresh()
        live, model, camera = self._control.live, self._control.model, self._views.camera
        if live is not None and model is not None and camera is not None:
            input_size = model.estimator.fitted_size(camera.size)
            stats = live.stats()
            self._parts.model_panel.set_cost(input_size, stats.inference_ms)
            hints = self._views.hints(stats) if self._state is PipelineState.RUNNING else ()
            self._parts.picture.set_hints(tuple(hint.message for hint in hints))
            self.lens.show_people()

    def _show_settings(self, settings: AppSettings) -> None:
        self._actions["loop"].setChecked(settings.is_looping)
        self._parts.player.set_looping(settings.is_looping)
        self._show_overlay(settings)
        self._parts.controls.set_threshold(settings.score_threshold)
        self._parts.model_panel.set_settings(settings)
        self._parts.people_panel.set_options(
            settings.is_smoothing, settings.distance_smoothing, settings.limb_smoothing,
            settings.has_steady_bones,
        )  # fmt: skip
        self._look_menu.set_look(settings.look)
        self._parts.welcome.setVisible(not settings.has_seen_welcome)

    def _show_overlay(self, settings: AppSettings) -> None:
        options = OverlayOptions(
            settings.has_labels, settings.has_trails, settings.has_offsets, settings.has_heat_map
        )
        self._parts.picture.overlay.set_options(options)
        self._parts.scene.view.set_options(
            SceneOptions(
                settings.has_labels, settings.has_trails, settings.has_shadows,
                settings.has_frustum,
            )
        )  # fmt: skip
        for name, is_on in (
            ("labels", options.has_labels), ("trails", options.has_trails),
            ("offsets", options.has_offsets), ("heat-map", options.has_heat_map),
            ("shadows", settings.has_shadows), ("frustum", settings.has_frustum),
        ):  # fmt: skip
            self._actions[name].setChecked(is_on)

    def _on_begun(self, name: str) -> None:
        self._parts.picture.empty.show_opening(name)
        self._parts.status.set_source(f"Opening {name} …")
        self._parts.player.set_length(None, None)
        self._parts.picture.set_hints(())
        self._parts.banner.hide()

    def _on_opened(self, opened: Opened) -> None:
        self._parts.status.set_source(opened.source.name)
        self._parts.player.set_length(opened.source.duration_s, opened.source.num_frames)
        self._parts.player.set_speed(1.0)
        self._window.setWindowTitle(f"{opened.source.name} — DAS Capture")

    def _on_model(self, model: Model) -> None:
        self._parts.status.set_engine(model.engine)
        self._parts.model_panel.set_engine(model.engine)
        if model.note:
            self._parts.banner.show_fault(model.note)

    def _on_state(self, state: PipelineState, message: str) -> None:
        set_playing(self._actions["play"], state is PipelineState.RUNNING)
        self._actions["stop"].setEnabled(state not in _CLOSED)
        if state in _TROUBLED:
            self._parts.banner.show_fault(message)
        elif self._state is PipelineState.RECONNECTING:
            self._parts.banner.hide()
        self._state = state
        is_closed = state in (PipelineState.STOPPED, PipelineState.FAULTED)
        if is_closed and self._views.result is None:
            self._parts.picture.empty.show_idle()
            self._parts.player.set_length(None, None)
            self._parts.status.set_source("Nothing open")
            self._window.setWindowTitle("DAS Capture")
