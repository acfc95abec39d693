"""The two halves of the window: frames with a heading around the picture and the 3D view."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QPainter, QPaintEvent, QPalette
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

from das_app.gui.picture.overlay_view import OverlayView
from das_app.gui.scene.scene_view import SceneView
from das_app.gui.style import theme
from das_app.gui.style.actions import Actions
from das_app.gui.style.notices import EmptyState
from das_app.motion.floor import Floor

_PICTURE_TIP = "hover a joint for its place · wheel to zoom · drag to move"
_SCENE_TIP = "drag to orbit · right drag to pan · wheel to zoom"
_LEAST_LETTERS = 12
VIEWS = ("reset", "front", "top", "side", "camera")


class PicturePane(QFrame):
    """Picture with overlay, or what there is to say while there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pane")
        self.overlay, self.empty = OverlayView(), EmptyState()
        self._stack = QStackedWidget()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.overlay)
        heading = _heading("Picture", _PICTURE_TIP)
        self._mark = QLabel()
        self._mark.hide()
        self._hint = heading.findChild(_Hint)
        heading.layout().insertWidget(heading.layout().indexOf(self._hint), self._mark)
        self._heading = heading
        _fill(self, heading, self._stack)

    @property
    def hint(self) -> str:
        """What the line above the picture says."""
        return self._hint.text()

    def set_hints(self, hints: tuple[str, ...]) -> None:
        """Say what the user could do better, the first of `hints` in the line above the picture
        and all in its tooltip; without any, what the mouse does."""
        more = f"  (+{len(hints) - 1})" if len(hints) > 1 else ""
        self._hint.setText(hints[0] + more if hints else _PICTURE_TIP)
        self._hint.setToolTip("\n".join(hints) or _PICTURE_TIP)
        self._mark.setPixmap(theme.icon("warning").pixmap(18, 18))  # of the look worn now
        self._mark.setVisible(bool(hints))

    def add_to_heading(self, widget: QWidget) -> None:
        """Put a widget at the right end of the line above the picture."""
        self._heading.layout().addWidget(widget)

    def set_has_picture(self, has_picture: bool) -> None:
        """Show the picture or the words."""
        self._stack.setCurrentWidget(self.overlay if has_picture else self.empty)


class ScenePane(QFrame):
    """3D view with the buttons that turn it.

    Args:
        actions: the window's; those of the views are forbidden while there is no 3D view.
    """

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pane")
        self.view = SceneView()
        heading = _heading("Camera space", _SCENE_TIP)
        self._hint = heading.findChild(_Hint)
        self._title = heading.findChild(QLabel, "heading")
        for name in VIEWS:
            action = actions[f"view-{name}"]
            action.triggered.connect(lambda _=False, name=name: self.view.look_from(name))
            heading.layout().addWidget(action_button(action))
        _fill(self, heading, self.view)
        self._actions = actions
        self._allow_views()
        self.view.failed.connect(self._allow_views)

    def set_note(self, words: str) -> None:
        """Say something in the line above the view; nothing shows what the mouse does."""
        self._hint.setText(words or _SCENE_TIP)
        self._hint.setToolTip(words or _SCENE_TIP)

    def set_level(self, floor: Floor | None) -> None:
        """Turn the room so that this floor lies level; None shows camera space."""
        self.view.set_level(floor)
        self._title.setText("Camera space" if floor is None else "Levelled to the floor")

    def _allow_views(self) -> None:
        names = tuple(f"view-{name}" for name in VIEWS)
        names = (*names, "shadows", "frustum", "scene-picture", "turntable")
        self._actions.set_enabled(names, not self.view.notice)


def action_button(action: QAction) -> QToolButton:
    """A flat button with the action's icon."""
    button = QToolButton(objectName="flat")
    button.setDefaultAction(action)
    button.setAccessibleName(action.text())
    button.setIconSize(QSize(18, 18))
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
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
        if len(fitting) >= _LEAST_LETTERS:  # fewer tell nothing
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
