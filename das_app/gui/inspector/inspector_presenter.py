"""Presenter of the inspector: selection, names and visibility of people."""

from PySide6.QtCore import QObject

from das_app.gui.control.controller import Controller
from das_app.gui.control.shown_result import ShownResult
from das_app.gui.inspector.inspector import Inspector
from das_app.gui.picture.overlay_view import OverlayView
from das_app.gui.scene.scene_view import SceneView


class InspectorPresenter(QObject):
    """Feeds the inspector and does what it asks.

    Args:
        control: of what runs.
        shown: what is on the screen.
        inspector: table and plot.
        overlay: where people are clicked and hidden.
        scene: that looks at people.
    """

    def __init__(
        self,
        control: Controller,
        shown: ShownResult,
        inspector: Inspector,
        overlay: OverlayView,
        scene: SceneView,
    ) -> None:
        super().__init__(control)
        self._shown, self._inspector = shown, inspector
        self._overlay, self._scene = overlay, scene
        shown.taken.connect(self._add)
        control.ended.connect(lambda: inspector.clear())
        control.opened.connect(lambda opened: inspector.clear(opened.source.is_live))
        overlay.person_chosen.connect(inspector.set_chosen)
        inspector.hidden_changed.connect(self._hide)
        inspector.focus_requested.connect(scene.focus_on)
        inspector.follow_changed.connect(self._follow)
        inspector.time_chosen.connect(control.seek)

    def refresh(self) -> None:
        """Bring it up to date where it is seen."""
        if self._inspector.isVisible():
            self._inspector.refresh()

    def _add(self) -> None:
        if self._shown.result is not None:
            time_s = self._shown.result.frame.time_s
            self._inspector.add(self._shown.people, self._shown.slots, time_s)

    def _hide(self, hidden: frozenset[int]) -> None:
        self._overlay.set_hidden(hidden)
        self._scene.set_hidden(hidden)
        self._shown.show_again()

    def _follow(self, slot: int) -> None:
        self._scene.set_following(None if slot < 0 else slot)
