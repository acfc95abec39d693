"""Presenter of the inspector: selection, names and visibility of people."""

import math

from PySide6.QtCore import QObject, Signal

from das_app.gui.control.controller import Controller
from das_app.gui.control.shown_result import ShownResult
from das_app.gui.inspector.inspector import Inspector
from das_app.gui.picture.overlay_view import OverlayView
from das_app.gui.scene.scene_view import SceneView
from das_app.gui.style.language import tr
from das_app.gui.style.person_slots import ColourSlot, track_in_slot
from das_app.motion.kinematics import scale_for_height


class InspectorPresenter(QObject):
    """Feeds the inspector and does what it asks.

    Args:
        control: of what runs.
        shown: what is on the screen.
        inspector: table and plot.
        overlay: where people are clicked and hidden.
        scene: that looks at people.

    Attributes:
        refused: why a height was not taken.
        height_told: track id of a person of the session that plays, and their height in metres
            as text; empty for as the model says.
    """

    refused = Signal(str)
    height_told = Signal(int, str)

    def __init__(
        self,
        control: Controller,
        shown: ShownResult,
        inspector: Inspector,
        overlay: OverlayView,
        scene: SceneView,
    ) -> None:
        super().__init__(control)
        self._control, self._shown, self._inspector = control, shown, inspector
        self._overlay, self._scene = overlay, scene
        shown.taken.connect(self._add)
        control.ended.connect(lambda: inspector.clear())
        control.opened.connect(lambda opened: inspector.clear(opened.source.is_live))
        overlay.person_chosen.connect(inspector.set_chosen)
        inspector.hidden_changed.connect(self._hide)
        inspector.focus_requested.connect(scene.focus_on)
        inspector.follow_changed.connect(self._follow)
        inspector.time_chosen.connect(control.seek)
        inspector.height_said.connect(self._say_height)

    def refresh(self) -> None:
        """Bring it up to date where it is seen."""
        if self._inspector.isVisible():
            self._inspector.refresh()

    def _add(self) -> None:
        if (result := self._shown.result) is not None:
            people, slots = self._shown.people, self._shown.slots
            self._inspector.add(people, slots, result.frame.time_s, result.scales)

    def _say_height(self, slot: int, height_m: float | None) -> None:
        track_id = track_in_slot(self._shown.people, self._shown.slots, ColourSlot(slot))
        now_mm = self._inspector.table.height_mm(slot)
        if track_id is None or math.isnan(now_mm):
            self.refused.emit(tr("Nobody of that number is seen now, so they have no size."))
        elif self._control.live is None:
            self.height_told.emit(track_id, "" if height_m is None else f"{height_m:.2f}")
            self._inspector.table.forget_height(slot)
        else:
            scale = 1.0
            if height_m is not None:
                now = self._inspector.table.scale(slot)
                scale = now * scale_for_height(1e3 * height_m, now_mm)
            try:
                self._control.scale_person(track_id, scale)
            except ValueError as error:
                self.refused.emit(tr("Not taken: {error}.", error=error))

    def _hide(self, hidden: frozenset[int]) -> None:
        self._overlay.set_hidden(hidden)
        self._scene.set_hidden(hidden)
        self._shown.show_again()

    def _follow(self, slot: int) -> None:
        self._scene.set_following(None if slot < 0 else slot)
