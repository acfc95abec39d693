"""Frame of a pane: heading, hint, action buttons and the view."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from das_app.gui.style import theme
from das_app.gui.style.texts import Label, named

HEADING_PX = 5 * theme.SPACE_PX  # of a pane
_MIN_LETTERS = 12


def action_button(action: QAction) -> QToolButton:
    """A flat button with the action's icon."""
    button = named(QToolButton(), "flat")
    button.setDefaultAction(action)
    button.setAccessibleName(action.text())
    button.setIconSize(QSize(18, 18))
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


class HintLine(Label):
    """One line that ends in an ellipsis where there is no room, and is whole in its tooltip."""

    def __init__(self, text: str) -> None:
        super().__init__(text, objectName="hint", toolTip=text)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt: draw as much of the text as fits."""
        painter = QPainter(self)
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        fitting = self.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, self.width()
        )
        if fitting == self.text() or len(fitting) >= _MIN_LETTERS:  # fewer tell nothing
            painter.drawText(self.rect(), self.alignment(), fitting)
        painter.end()


class PaneHeading(QWidget):
    """Title and hint of a pane; more may be put into its row."""

    def __init__(self, title: str, hint: str) -> None:
        super().__init__()
        self.title, self.hint = Label(title, objectName="heading"), HintLine(hint)
        self.setFixedHeight(HEADING_PX)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(12, 0, 6, 0)
        self.row.setSpacing(1)
        self.row.addWidget(self.title)
        self.row.addSpacing(theme.SPACE_PX)
        self.row.addWidget(self.hint, 1)


def fill_pane(pane: QFrame, heading: QWidget, body: QWidget) -> None:
    column = QVBoxLayout(pane)
    column.setContentsMargins(1, 1, 1, 1)
    column.setSpacing(0)
    column.addWidget(heading)
    column.addWidget(body, 1)
