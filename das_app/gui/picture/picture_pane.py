"""Image pane: the image view, hints, or the start page."""

from PySide6.QtWidgets import QFrame, QStackedWidget, QWidget

from das_app.gui.picture.overlay_view import OverlayView
from das_app.gui.style import theme
from das_app.gui.style.language import tr
from das_app.gui.style.notices import EmptyState
from das_app.gui.style.pane_frame import PaneHeading, fill_pane
from das_app.gui.style.texts import Label, plain
from das_app.words.said import marked

_PICTURE_TIP = marked("hover a joint for its place · wheel to zoom · drag to move")


class PicturePane(QFrame):
    """Picture with overlay, or what there is to say while there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pane")
        self.overlay, self.empty = OverlayView(), EmptyState()
        self._stack = QStackedWidget()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.overlay)
        heading = PaneHeading(tr("Picture"), tr(_PICTURE_TIP))
        self._mark = Label()
        self._mark.hide()
        self._hint = heading.hint
        heading.row.insertWidget(heading.row.indexOf(self._hint), self._mark)
        self._heading = heading
        fill_pane(self, heading, self._stack)

    @property
    def hint(self) -> str:
        """Text in the line above the image."""
        return self._hint.text()

    def set_hints(self, hints: tuple[str, ...]) -> None:
        """Say what the user could do better, the first of `hints` in the line above the picture
        and all in its tooltip; without any, what the mouse does."""
        more = f"  (+{len(hints) - 1})" if len(hints) > 1 else ""
        self._hint.setText(hints[0] + more if hints else tr(_PICTURE_TIP))
        self._hint.setToolTip(plain("\n".join(hints) or tr(_PICTURE_TIP)))
        self._mark.setPixmap(theme.icon("warning").pixmap(18, 18))  # of the look worn now
        self._mark.setVisible(bool(hints))

    def add_to_heading(self, widget: QWidget) -> None:
        """Put a widget at the right end of the line above the picture."""
        self._heading.row.addWidget(widget)

    def set_bare(self, is_bare: bool) -> None:
        """Leave out the line above the picture."""
        self._heading.setVisible(not is_bare)

    def set_has_picture(self, has_picture: bool) -> None:
        """Show the picture or the words."""
        self._stack.setCurrentWidget(self.overlay if has_picture else self.empty)
