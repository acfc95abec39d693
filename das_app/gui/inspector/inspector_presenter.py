"""The inspector between the results, both views and the player."""

from PySide6.QtCore import QObject

from das_app.gui.control.controller import LiveControl
from das_app.gui.window.result_presenter import ResultViews
from das_app.gui.window.window_parts import WindowParts


class InspectorWiring(QObject):
    """Feeds the inspector and does what it asks.

    Args:
        control: of what runs.
        views: what is on the screen.
        parts: the widgets.
    """

    def __init__(self, control: LiveControl, views: ResultViews, parts: WindowParts) -> None:
        super().__init__(control)
        self._control, self._views, self._parts = control, views, parts
        inspector = parts.inspector
        views.taken.connect(self._add)
        control.ended.connect(lambda: inspector.clear())
        control.opened.connect(lambda opened: inspector.clear(opened.source.is_live))
        parts.picture.overlay.person_chosen.connect(inspector.set_chosen)
        inspector.hidden_changed.connect(self._hide)
        inspector.focus_requested.connect(parts.scene.view.focus_on)
        inspector.follow_changed.connect(self._follow)
        inspector.time_chosen.connect(control.seek)

    def refresh(self) -> None:
        """Bring it up to date where it is seen."""
        if self._parts.inspector.isVisible():
            self._parts.inspector.refresh()

    def _add(self) -> None:
        if self._views.result is not None:
            time_s = self._views.result.frame.time_s
            self._parts.inspector.add(self._views.people, self._views.slots, time_s)

    def _hide(self, hidden: frozenset[int]) -> None:
        self._parts.picture.overlay.set_hidden(hidden)
        self._parts.scene.view.set_hidden(hidden)
        self._views.show_again()

    def _follow(self, slot: int) -> None:
        self._parts.scene.view.set_following(None if slot < 0 else slot)
