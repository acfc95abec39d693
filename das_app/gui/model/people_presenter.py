"""Presenter of the people panel."""

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject

from das_app.gui.control.controller import Controller
from das_app.gui.model.people_panel import PeoplePanel
from das_app.settings.app_settings import AppSettings


class PeoplePresenter(QObject):
    """Shows how people are smoothed, and changes it as the panel asks.

    Args:
        control: owns the settings.
        panel: of people over time.
    """

    def __init__(self, control: Controller, panel: PeoplePanel) -> None:
        super().__init__(control)
        self._control, self._panel = control, panel
        for signal, name in (
            (panel.smoothing_toggled, "is_smoothing"),
            (panel.distance_changed, "distance_smoothing"),
            (panel.limbs_changed, "limb_smoothing"),
            (panel.bones_toggled, "has_steady_bones"),
        ):
            signal.connect(lambda value, name=name: self._change(name, value))
        control.settings_changed.connect(self._show)
        self._show(control.settings)

    def _change(self, name: str, value: bool | float) -> None:
        values: dict[str, Any] = {name: value}
        self._control.change(people=replace(self._control.settings.people, **values))

    def _show(self, settings: AppSettings) -> None:
        self._panel.set_options(
            settings.people.is_smoothing,
            settings.people.distance_smoothing,
            settings.people.limb_smoothing,
            settings.people.has_steady_bones,
        )
