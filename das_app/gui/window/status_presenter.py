"""Presenter of the status: widgets follow pipeline events and settings changes."""

from dataclasses import fields
from typing import TypeVar

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMainWindow

from das_app.gui.actions.actions import Actions, set_playing
from das_app.gui.actions.menus import LookMenu
from das_app.gui.control.bridge import Model, OpenedSource
from das_app.gui.control.controller import Controller
from das_app.gui.control.shown_result import ShownResult
from das_app.gui.picture.overlay_layer import OverlayOptions
from das_app.gui.scene.scene_options import SceneOptions
from das_app.gui.style.language import tr
from das_app.gui.window.window_parts import WindowParts
from das_app.messaging.messages import PipelineState
from das_app.settings.app_settings import AppSettings, Panes, ViewSettings
from das_app.words.said import marked
from das_model.inference.mode import Mode

_Options = TypeVar("_Options", OverlayOptions, SceneOptions)
_MODES = {Mode.AUTO: marked("auto"), Mode.FAST: marked("fast"), Mode.PRECISE: marked("precise")}
_TROUBLED = (PipelineState.RECONNECTING, PipelineState.FAULTED)
_CLOSED = (PipelineState.STOPPED, PipelineState.FINISHED, PipelineState.FAULTED)


class StatusPresenter(QObject):
    """Keeps the widgets true to what runs and to what is chosen.

    Args:
        window: whose title names the source.
        control: of what runs.
        shown: what is on the screen.
        parts: the widgets.
        actions: the window's.
        look_menu: shows the chosen look.
    """

    def __init__(
        self,
        window: QMainWindow,
        control: Controller,
        shown: ShownResult,
        parts: WindowParts,
        actions: Actions,
        look_menu: LookMenu,
    ) -> None:
        super().__init__(window)
        self._window, self._control = window, control
        self._shown, self._parts = shown, parts
        self._actions, self._look_menu = actions, look_menu
        self._state = control.state
        self._panes: Panes | None = None
        control.settings_changed.connect(self._show_settings)
        control.begun.connect(self.show_opening)
        control.opened.connect(self._on_opened)
        control.state_changed.connect(self._on_state)
        control.model_changed.connect(self._on_model)
        control.refused.connect(parts.banner.show_fault)
        control.bridge.engine_built.connect(self._on_engine)
        actions.set_enabled(("stop", "record"), False)  # while nothing runs
        self._show_settings(control.settings)

    def show_opening(self, name: str) -> None:
        """Say that a source is being opened."""
        self._parts.picture.empty.show_opening(name)
        self._parts.status.set_source(tr("Opening {name} …", name=name))
        self._parts.player.set_length(None, None)
        self._parts.picture.set_hints(())
        self._parts.banner.hide()

    def _show_settings(self, settings: AppSettings) -> None:
        self._actions["loop"].setChecked(settings.source.is_looping)
        self._parts.player.set_looping(settings.source.is_looping)
        self._show_switches(settings.view)
        self._parts.controls.set_min_score(settings.people.min_score)
        self._look_menu.set_look(settings.view.look)
        if self._control.live is not None:
            self._parts.status.set_mode(tr(_MODES[settings.model.mode]))
        if settings.view.panes is not self._panes:
            self._panes = settings.view.panes
            self._parts.layouts.show(settings.view.panes)
        self._parts.welcome.setVisible(not settings.view.has_seen_welcome)

    def _show_switches(self, view: ViewSettings) -> None:
        self._parts.picture.overlay.set_options(_chosen(OverlayOptions, view))
        self._parts.scene.view.set_options(_chosen(SceneOptions, view))
        for setting, action in self._actions.switches():
            action.setChecked(getattr(view, setting))

    def _on_opened(self, opened: OpenedSource) -> None:
        self._parts.status.set_source(opened.source.name)
        self._parts.player.set_length(opened.source.duration_s, opened.source.num_frames)
        self._parts.player.set_speed(1.0)
        self._window.setWindowTitle(tr("{name} — DAS Capture", name=opened.source.name))

    def _on_model(self, model: Model) -> None:
        self._parts.status.set_engine(model.engine)
        self._parts.status.set_mode(tr(_MODES[self._control.settings.model.mode]))
        if model.note:
            self._parts.banner.show_fault(model.note)

    def _on_engine(self, size: tuple[int, int] | None) -> None:
        if size is None:
            self._parts.banner.hide()
            return
        words = tr(
            "TensorRT prepares the model for pictures of {width} × {height}. That takes some "
            "minutes, once.",
            width=size[0],
            height=size[1],
        )
        self._parts.banner.show_fault(words)

    def _on_state(self, state: PipelineState, message: str) -> None:
        set_playing(self._actions["play"], state is PipelineState.RUNNING)
        self._actions["stop"].setEnabled(state not in _CLOSED)
        if state in _TROUBLED:
            self._parts.banner.show_fault(message)
        elif self._state is PipelineState.RECONNECTING:
            self._parts.banner.hide()
        self._state = state
        is_closed = state in (PipelineState.STOPPED, PipelineState.FAULTED)
        if is_closed and self._shown.result is None:
            self._parts.picture.empty.show_idle()
            self._parts.player.set_length(None, None)
            self._parts.status.set_source(tr("Nothing open"))
            self._window.setWindowTitle("DAS Capture")
            self._parts.scene.view.start()


def _chosen(kind: type[_Options], view: ViewSettings) -> _Options:
    """Options of a view, out of the settings of the same names."""
    return kind(**{field.name: getattr(view, field.name) for field in fields(kind)})
