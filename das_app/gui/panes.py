"""The two halves of the window: frames with a heading around the picture and the 3D view."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from das_app.gui import theme
from das_app.gui.notices import EmptyState
from das_app.gui.overlay_view import OverlayView
from das_app.gui.scene_view import SceneView

_VIEWS = (
    ("reset", "Look at everybody from the side above (1)", "1"),
    ("front", "Look along the camera (2)", "2"),
    ("top", "Look from above (3)", "3"),
    ("side", "Look from the right (4)", "4"),
)


class PicturePane(QFrame):
    """Picture with overlay, or what there is to say while there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pane")
        self.overlay, self.empty = OverlayView(), EmptyState()
        self._stack = QStackedWidget()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.overlay)
        _fill(self, _heading("Picture", "hover a joint for its place"), self._stack)

    def set_has_picture(self, has_picture: bool) -> None:
        """Show the picture or the words."""
        self._stack.setCurrentWidget(self.overlay if has_picture else self.empty)


class ScenePane(QFrame):
    """3D view with the buttons that turn it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pane")
        self.view = SceneView()
        heading = _heading("Camera space", "drag to orbit · right drag to pan · wheel to zoom")
        for name, tip, shortcut in _VIEWS:
            heading.layout().addWidget(self._view_button(name, tip, shortcut))
        _fill(self, heading, self.view)

    def _view_button(self, name: str, tip: str, shortcut: str) -> QToolButton:
        button = QToolButton(objectName="flat", icon=theme.icon(f"view-{name}"), toolTip=tip)
        button.setAccessibleName(name)
        button.setIconSize(QSize(18, 18))
        button.setShortcut(QKeySequence(shortcut))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: self.view.look_from(name))
        return button


class _Hint(QLabel):
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
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, fitting)
        painter.end()


def _heading(title: str, hint: str) -> QWidget:
    heading = QWidget()
    heading.setFixedHeight(5 * theme.SPACE_PX)
    row = QHBoxLayout(heading)
    row.setContentsMargins(12, 0, 6, 0)
    row.setSpacing(4)
    row.addWidget(QLabel(title, objectName="heading"))
    row.addSpacing(theme.SPACE_PX)
    row.addWidget(_Hint(hint), 1)
    return heading


def _fill(pane: QFrame, heading: QWidget, body: QWidget) -> None:
    column = QVBoxLayout(pane)
    column.setContentsMargins(1, 1, 1, 1)
    column.setSpacing(0)
    column.addWidget(heading)
    column.addWidget(body, 1)
