"""Session panel: description, names of people, trimmed range and events."""

import math

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from das_app.gui.actions.actions import Actions
from das_app.gui.session.people_editor import PeopleEditor
from das_app.gui.session.player_bar import clock_text
from das_app.gui.session.session_marks import Mark
from das_app.gui.style import theme
from das_app.gui.style.language import tr
from das_app.gui.style.texts import Label, described
from das_app.session.edits import SessionEdits
from das_app.words.said import marked

_NO_SESSION = marked("Open a recorded session to name its people and to trim it.")
_TIME_ROLE = Qt.ItemDataRole.UserRole
_LIST_HEIGHT_PX = 104


class SessionPanel(QWidget):
    """Properties of a session; keeps no state.

    Args:
        actions: the window's.

    Attributes:
        people: who is who.
        time_chosen: time of an event, in seconds.
    """

    time_chosen = Signal(float)

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[2 * theme.SPACE_PX] * 4)
        column.setSpacing(theme.SPACE_PX)
        self.title, self.facts = _label("heading"), _label("muted")
        self.facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.part = _label("")
        self.people, self.events = PeopleEditor(), described(QListWidget(), spoken=tr("Events"))
        self.people.time_chosen.connect(self.time_chosen)
        self.events.setFixedHeight(_LIST_HEIGHT_PX)
        self.events.setWordWrap(True)
        self.events.itemClicked.connect(lambda item: self.time_chosen.emit(item.data(_TIME_ROLE)))
        self.events.itemActivated.connect(
            lambda item: self.time_chosen.emit(item.data(_TIME_ROLE))
        )
        for widget in (
            self.title,
            self.facts,
            _heading(tr("People")),
            self.people,
            _heading(tr("Part that counts")),
            self.part,
            _buttons(actions, "trim-begin", "trim-end", "trim-whole"),
            _heading(tr("Events")),
            self.events,
            _heading(tr("Afterwards")),
            _buttons(actions, "refine", "rerun"),
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
            item.setToolTip(tr("Go there"))
        self.setEnabled(True)

    def clear(self) -> None:
        """No session plays."""
        self.show_session(tr("No session"), tr(_NO_SESSION), ())
        self.people.set_doubts({})
        self.people.set_people((), {}, {})
        self.set_edits(SessionEdits(), 0.0)
        self.setEnabled(False)

    def set_edits(self, edits: SessionEdits, duration_s: float) -> None:
        """Show the trimmed range and the edits that can be undone."""
        self.people.set_edits(edits)
        start_s = edits.start_s
        end_s = duration_s if math.isinf(edits.end_s) else edits.end_s
        whole = tr("Whole session, {length}", length=clock_text(duration_s))
        part = tr(
            "{start} to {end}, of {length}",
            start=clock_text(start_s),
            end=clock_text(end_s),
            length=clock_text(duration_s),
        )
        self.part.setText(part if edits.is_trimmed else whole)


def _label(style: str, text: str = "") -> QLabel:
    return Label(text, objectName=style, wordWrap=True)


def _heading(text: str) -> QLabel:
    return Label(text, objectName="section")


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
