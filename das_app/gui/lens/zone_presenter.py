"""Presenter of the ignored places: lens panel, image, settings of the source."""

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from das_app.gui.control.controller import Controller
from das_app.gui.lens.zone_panel import ZonePanel
from das_app.gui.picture.zone_editor import ZoneEditor
from das_app.gui.style.language import tr
from das_app.gui.style.texts import sentence
from das_app.motion.ignored import NOTHING_IGNORED, Ignored


class ZonePresenter(QObject):
    """Keeps zones and distances of each source, and shows those of the one that is open.

    Args:
        control: owns the settings.
        panel: of zones and distances.
        editor: of zones on the picture.

    Attributes:
        refused: why a distance cannot be.
    """

    refused = Signal(str)

    def __init__(self, control: Controller, panel: ZonePanel, editor: ZoneEditor) -> None:
        super().__init__(control)
        self._control, self._panel, self._editor = control, panel, editor
        panel.edit_toggled.connect(editor.set_on)
        panel.delete_requested.connect(editor.delete)
        panel.undo_requested.connect(editor.undo)
        panel.distances_entered.connect(self._on_distances)
        editor.changed.connect(lambda: self._use(replace(self._ignored, zones=editor.zones)))
        editor.drawn.connect(self._show)
        control.opened.connect(self._take_up)
        control.ended.connect(lambda: panel.edit.setChecked(False))
        self._take_up()

    @property
    def _ignored(self) -> Ignored:
        return self._control.settings.ignored.places()

    def _on_distances(self, nearest_mm: float | None, farthest_mm: float | None) -> None:
        try:
            self._use(Ignored(self._ignored.zones, nearest_mm, farthest_mm))
        except ValueError as error:
            self.refused.emit(sentence(tr("{error}.", error=error)))
            self._show()

    def _use(self, ignored: Ignored) -> None:
        self._control.set_ignored(ignored)
        self._show()

    def _take_up(self) -> None:
        """Show what is ignored of the source that is open; a session shows whom it holds."""
        is_session = self._control.pipeline is not None and self._control.live is None
        self._editor.begin((NOTHING_IGNORED if is_session else self._ignored).zones)
        self._show()

    def _show(self) -> None:
        ignored, editor = self._ignored, self._editor
        self._panel.set_distances(ignored.nearest_mm, ignored.farthest_mm)
        self._panel.set_zones(len(editor.zones), editor.chosen is not None, editor.can_undo)
