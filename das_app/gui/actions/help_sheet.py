"""Help sheet: keyboard shortcuts read from the actions, and mouse controls."""

from collections.abc import Iterable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from das_app.gui.actions.actions import SECTION
from das_app.gui.actions.view_commands import KEYS_ALONE
from das_app.gui.style import theme
from das_app.gui.style.language import tr
from das_app.gui.style.texts import Label, named
from das_app.words.said import marked

_MOUSE = (
    (marked("Picture: wheel"), marked("zoom")),
    (marked("Picture: drag"), marked("move; double click for all of it")),
    (marked("Picture: click a person"), marked("choose for the inspector")),
    (marked("Picture: hover a joint"), marked("name, score and place")),
    (marked("3D view: drag"), marked("orbit")),
    (marked("3D view: right drag"), marked("pan")),
    (marked("3D view: wheel"), marked("zoom")),
    (marked("Drop a file on the window"), marked("open it")),
)
_MOUSE_TITLE = marked("Mouse")
_COLUMNS = (
    (marked("Open"), marked("Play"), KEYS_ALONE),
    (marked("Picture"), marked("3D view"), _MOUSE_TITLE),
    (marked("Record"), marked("Session"), marked("Window")),
)
_BESIDE_PX = QSize(64, 160)  # of the screen: margins, frame and button
_KEY = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_BAR_PX = 12  # of a scroll bar, where the columns do not fit


class HelpSheet(QDialog):
    """All keys by section, and the mouse; it goes when it is closed.

    Args:
        actions: the window's.
    """

    def __init__(self, actions: Iterable[QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Keys and mouse"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._actions = tuple(actions)
        room = self.screen().availableSize() - _BESIDE_PX
        page = self._page(is_wrapped=False)
        wanted = page.sizeHint()
        if wanted.width() > room.width():
            page = self._page(is_wrapped=True)
            width_px = max(room.width() - _BAR_PX, page.minimumSizeHint().width())
            page.setFixedWidth(width_px)
            wanted = QSize(room.width(), page.heightForWidth(width_px))
        area = QScrollArea(widgetResizable=True)
        area.setWidget(page)
        fits = wanted == wanted.boundedTo(room)
        area.setMinimumSize(wanted if fits else (wanted + QSize(_BAR_PX, 0)).boundedTo(room))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(*[3 * theme.SPACE_PX] * 4)
        whole.addWidget(area)
        close = QPushButton(tr("Close"))
        close.clicked.connect(self.accept)
        whole.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)

    def _page(self, is_wrapped: bool) -> QWidget:
        """All columns; lines of words broken where these are too wide for the screen."""
        self.rows: list[tuple[str, str]] = []
        page = named(QWidget(), "page")
        columns = QHBoxLayout(page)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(4 * theme.SPACE_PX)
        for sections in _COLUMNS:
            column = QVBoxLayout()
            column.setSpacing(theme.SPACE_PX)
            for section in sections:
                rows = _mouse() if section == _MOUSE_TITLE else _rows(section, self._actions)
                self._add_section(column, section, rows, is_wrapped)
            column.addStretch()
            columns.addLayout(column)
        return page

    def _add_section(
        self,
        column: QVBoxLayout,
        title: str,
        rows: Iterable[tuple[str, str]],
        is_wrapped: bool,
    ) -> None:
        column.addWidget(Label(tr(title), objectName="heading"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(2 * theme.SPACE_PX)
        grid.setVerticalSpacing(6)
        for number, (keys, words) in enumerate(rows):
            grid.addWidget(Label(keys, objectName="key"), number, 0, _KEY)
            grid.addWidget(Label(words, wordWrap=is_wrapped), number, 1)
            self.rows.append((keys, words))
        grid.setColumnStretch(1, 1)
        column.addLayout(grid)
        column.addSpacing(2 * theme.SPACE_PX)


def _mouse() -> list[tuple[str, str]]:
    return [(tr(what), tr(does)) for what, does in _MOUSE]


def _rows(section: str, actions: Iterable[QAction]) -> list[tuple[str, str]]:
    return [
        (_keys(action), action.whatsThis())
        for action in actions
        if action.shortcuts() and action.property(SECTION) == section
    ]


def _keys(action: QAction) -> str:
    shortcuts = (
        keys.toString(QKeySequence.SequenceFormat.NativeText) for keys in action.shortcuts()
    )
    either = tr("or")
    return f"  {either}  ".join(shortcuts)
