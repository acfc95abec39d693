"""Session panel: description, names of people, trimmed range and events."""

import math

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QTableWidget,
    QTableWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from das_app.gui.session.player_bar import clock_text
from das_app.gui.session.session_marks import Mark
from das_app.gui.style import theme
from das_app.gui.style.actions import Actions
from das_app.gui.style.person_dots import dot_icon
from das_app.gui.style.person_names import Names
from das_app.gui.style.texts import Label, plain
from das_app.session.edits import MAX_NAME, SessionEdits

_NO_SESSION = "Open a recorded session to name its people and to trim it."
_NAMING = "Type beside a number. Names are shown everywhere and go into exports."
_PERSON, _NAME = range(2)
_TIME_ROLE = Qt.ItemDataRole.UserRole
_LIST_HEIGHT_PX = 104


class SessionPanel(QWidget):
    """What belongs to a session, of which nothing is kept here.

    Args:
        actions: the window's.

    Attributes:
        name_entered: track id of a person, and their name; empty to take it away.
        time_chosen: time of an event, in seconds.
    """

    name_entered = Signal(int, str)
    time_chosen = Signal(float)

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ids: tuple[int, ...] = ()
        column = QVBoxLayout(self)
        column.setContentsMargins(*[2 * theme.SPACE_PX] * 4)
        column.setSpacing(theme.SPACE_PX)
        self.title, self.facts = _label("heading"), _label("muted")
        self.facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.part = _label("")
        self.people, self.events = _people_table(), QListWidget(accessibleName="Events")
        self.people.itemChanged.connect(self._on_name)
        self.events.setFixedHeight(_LIST_HEIGHT_PX)
        self.events.setWordWrap(True)
        self.events.itemClicked.connect(lambda item: self.time_chosen.emit(item.data(_TIME_ROLE)))
        self.events.itemActivated.connect(
            lambda item: self.time_chosen.emit(item.data(_TIME_ROLE))
        )
        for widget in (
            self.title,
            self.facts,
            _heading("Names"),
            _label("muted", _NAMING),
            self.people,
            _heading("Part that counts"),
            self.part,
            _buttons(actions, "trim-begin", "trim-end", "trim-whole"),
            _heading("Events"),
            self.events,
            _heading("Another model"),
            _buttons(actions, "rerun"),
        ):
            column.addWidget(widget)
        column.addStretch()
        self.clear()

    def show_session(self, title: str, facts: str, marks: tuple[Mark, ...]) -> None:
        """Show another session, with nobody seen yet."""
        self.title.setText(title)
        self.facts.setText(facts)
        self.events.clear()
        for mark in marks:
            icon = theme.icon("warning") if mark.is_trouble else theme.icon("")
            item = QListWidgetItem(icon, f"{clock_text(mark.time_s)}  {mark.text}", self.events)
            item.setData(_TIME_ROLE, mark.time_s)
            item.setToolTip("Go there")
        self.setEnabled(True)

    def clear(self) -> None:
        """No session plays."""
        self.show_session("No session", _NO_SESSION, ())
        self.set_people((), {})
        self.set_edits(SessionEdits(), 0.0)
        self.setEnabled(False)

    def set_people(self, track_ids: tuple[int, ...], names: Names) -> None:
        """List people with their names, each to be written into."""
        was_blocked = self.people.blockSignals(True)
        if track_ids != self._ids:
            self._set_rows(track_ids)
        for row, track_id in enumerate(track_ids):
            name = self.people.item(row, _NAME)
            if name.text() != names.get(track_id, ""):
                name.setText(names.get(track_id, ""))
        self.people.blockSignals(was_blocked)

    def set_edits(self, edits: SessionEdits, duration_s: float) -> None:
        """Say which part counts."""
        start_s = edits.start_s
        end_s = duration_s if math.isinf(edits.end_s) else edits.end_s
        whole = f"Whole session, {clock_text(duration_s)}"
        part = f"{clock_text(start_s)} to {clock_text(end_s)}, of {clock_text(duration_s)}"
        self.part.setText(part if edits.is_trimmed else whole)

    def _set_rows(self, track_ids: tuple[int, ...]) -> None:
        self._ids = track_ids
        self.people.setRowCount(len(track_ids))
        for row, track_id in enumerate(track_ids):
            person = QTableWidgetItem(dot_icon(track_id), f"#{track_id}")
            person.setFlags(person.flags() & ~Qt.ItemFlag.ItemIsEditable)
            self.people.setItem(row, _PERSON, person)
            name = QTableWidgetItem()
            name.setToolTip(plain(f"Click and type, at most {MAX_NAME} characters"))
            self.people.setItem(row, _NAME, name)

    def _on_name(self, item: QTableWidgetItem) -> None:
        if item.column() == _NAME:
            self.name_entered.emit(self._ids[item.row()], item.text())


def _people_table() -> QTableWidget:
    table = QTableWidget(0, 2, accessibleName="Names of people")
    table.setHorizontalHeaderLabels(("Person", "Name"))
    table.verticalHeader().hide()
    table.setShowGrid(False)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setEditTriggers(QAbstractItemView.EditTrigger.AllEditTriggers)
    header = table.horizontalHeader()
    header.setSectionResizeMode(_PERSON, QHeaderView.ResizeMode.ResizeToContents)
    header.setSectionResizeMode(_NAME, QHeaderView.ResizeMode.Stretch)
    header.setHighlightSections(False)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    table.setMinimumHeight(_LIST_HEIGHT_PX)
    return table


def _label(style: str, text: str = "") -> QLabel:
    return Label(text, objectName=style, wordWrap=True)


def _heading(text: str) -> QLabel:
    return Label(text, objectName="heading")


def _buttons(actions: Actions, *names: str) -> QWidget:
    row = QWidget()
    line = QHBoxLayout(row)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(theme.SPACE_PX)
    for name in names:
        button = QToolButton()
        button.setDefaultAction(actions[name])
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        line.addWidget(button)
    line.addStretch()
    return row
