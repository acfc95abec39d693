"""The sheet of keys and of what the mouse does; the keys are read from the actions."""

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from das_app.gui import theme
from das_app.gui.actions import COMMANDS

_MOUSE = (
    ("Picture: wheel", "zoom"),
    ("Picture: drag", "move; double click for all of it"),
    ("Picture: click a person", "choose for the inspector"),
    ("Picture: hover a joint", "name, score and place"),
    ("3D view: drag", "orbit"),
    ("3D view: right drag", "pan"),
    ("3D view: wheel", "zoom"),
    ("Drop a file on the window", "open it"),
)


class HelpSheet(QDialog):
    """All keys by section, and the mouse.

    Args:
        actions: the window's, whose object names are those of their commands.
    """

    def __init__(self, actions: Iterable[QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys and mouse")
        by_name = {action.objectName(): action for action in actions}
        self.rows: list[tuple[str, str]] = []
        columns = QHBoxLayout()
        columns.setSpacing(5 * theme.SPACE_PX)
        sections = list(dict.fromkeys(command.section for command in COMMANDS))
        for begin in range(0, len(sections), 2):
            column = QVBoxLayout(spacing=theme.SPACE_PX)
            for section in sections[begin : begin + 2]:
                keys = [
                    (_keys(by_name[command.name]), by_name[command.name].statusTip())
                    for command in COMMANDS
                    if command.section == section and by_name[command.name].shortcuts()
                ]
                self._add_section(column, section, keys)
            if begin == 0:  # the shortest
                self._add_section(column, "Mouse", _MOUSE)
            column.addStretch()
            columns.addLayout(column)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(*[3 * theme.SPACE_PX] * 4)
        whole.setSizeConstraint(QVBoxLayout.SizeConstraint.SetFixedSize)
        whole.addLayout(columns)
        close = QPushButton("Close")
        close.clicked.connect(self.accept)
        whole.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)

    def _add_section(
        self, column: QVBoxLayout, title: str, rows: Iterable[tuple[str, str]]
    ) -> None:
        column.addWidget(QLabel(title, objectName="heading"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(2 * theme.SPACE_PX)
        grid.setVerticalSpacing(6)
        for number, (keys, words) in enumerate(rows):
            grid.addWidget(QLabel(keys, objectName="key"), number, 0, Qt.AlignmentFlag.AlignLeft)
            grid.addWidget(QLabel(words), number, 1)
            self.rows.append((keys, words))
        grid.setColumnStretch(1, 1)
        column.addLayout(grid)
        column.addSpacing(2 * theme.SPACE_PX)


def _keys(action: QAction) -> str:
    shortcuts = (keys.toString(QKeySequence.SequenceFormat.NativeText)
                 for keys in action.shortcuts())  # fmt: skip
    return "  or  ".join(shortcuts)
