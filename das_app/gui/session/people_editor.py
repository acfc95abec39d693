"""Editor of the people of a session: names, merge, split, swap, omit; signals out, setters in."""

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QGridLayout,
    QHeaderView,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from das_app.gui.session.player_bar import clock_text
from das_app.gui.style import theme
from das_app.gui.style.forms import filled_cell
from das_app.gui.style.language import local, tr
from das_app.gui.style.person_names import Names
from das_app.gui.style.texts import Label, described, plain
from das_app.session.edits import MAX_NAME, PersonSpan, SessionEdits
from das_app.words.said import marked
from das_model.people import TrackId

_PERSON, _NAME, _HEIGHT, _SEEN = range(4)
_DOUBT_ROLE = Qt.ItemDataRole.UserRole
_TABLE_HEIGHT_PX, _LIST_HEIGHT_PX = 132, 72
_HINT = marked(
    "Type a name beside a number. Names go into exports. A height in metres sets how large a "
    "person is, and so how far away. To put numbers right, choose rows (Ctrl for several)."
)

Doubts = Mapping[tuple[int, int], float]  # (track id, perhaps the same) to the time, seconds


class PeopleEditor(QWidget):
    """Table of a session's people with what can be done to them; nothing is kept here.

    Attributes:
        name_entered: track id of a person, and their name; empty to take it away.
        height_entered: track id of a person, and their height as text; empty as the model says.
        merge_asked: track ids, which are to become one.
        split_asked: track id of who is to be somebody new from the frame shown on.
        swap_asked: two track ids, to be exchanged from the frame shown on.
        drop_asked: track ids of who is to be left out.
        undo_asked: the last of these changes is to be taken back.
        time_chosen: time of a doubt, seconds.
    """

    name_entered = Signal(int, str)
    height_entered = Signal(int, str)
    merge_asked = Signal(tuple)
    split_asked = Signal(int)
    swap_asked = Signal(tuple)
    drop_asked = Signal(tuple)
    undo_asked = Signal()
    time_chosen = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ids: tuple[int, ...] = ()
        self._doubts: Doubts = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE_PX)
        self.table = _table()
        self.table.itemChanged.connect(self._on_entered)
        self.table.itemSelectionChanged.connect(self._allow)
        self.merge = _button(tr("Merge"), tr("Make the chosen people one"))
        self.split = _button(tr("Split here"), tr("Somebody new from the frame shown on"))
        self.swap = _button(tr("Swap from here"), tr("Exchange both from the frame shown on"))
        self.drop = _button(tr("Leave out"), tr("Take the chosen people out of the session"))
        self.undo = _button(tr("Undo"), "")
        self.merge.clicked.connect(lambda: self.merge_asked.emit(self.chosen()))
        self.split.clicked.connect(lambda: self.split_asked.emit(self.chosen()[0]))
        self.swap.clicked.connect(lambda: self.swap_asked.emit(self.chosen()))
        self.drop.clicked.connect(lambda: self.drop_asked.emit(self.chosen()))
        self.undo.clicked.connect(self.undo_asked)
        buttons = QGridLayout()
        buttons.setSpacing(theme.SPACE_PX)
        for place, button in enumerate((self.merge, self.split, self.swap, self.drop, self.undo)):
            buttons.addWidget(button, place // 2, place % 2)
        self.doubts_title = Label(tr("Perhaps the same"), objectName="heading")
        self.doubts = described(QListWidget(), spoken=tr("Perhaps the same"))
        self.doubts.setFixedHeight(_LIST_HEIGHT_PX)
        self.doubts.itemClicked.connect(self._show_doubt)
        self.doubts.itemActivated.connect(self._show_doubt)
        column.addWidget(Label(tr(_HINT), objectName="muted", wordWrap=True))
        column.addWidget(self.table)
        column.addLayout(buttons)
        column.addWidget(self.doubts_title)
        column.addWidget(self.doubts)
        self.set_doubts({})
        self.set_edits(SessionEdits())

    def chosen(self) -> tuple[int, ...]:
        """Track ids of the rows that are chosen, ascending."""
        rows = {index.row() for index in self.table.selectedIndexes()}
        return tuple(self._ids[row] for row in sorted(rows))

    def set_people(
        self, track_ids: tuple[int, ...], names: Names, spans: Mapping[TrackId, PersonSpan]
    ) -> None:
        """List people, ascending, with their names, each to be written into, and when they are
        there."""
        was_blocked = self.table.blockSignals(True)
        if track_ids != self._ids:
            self._set_rows(track_ids)
        for row, track_id in enumerate(track_ids):
            filled_cell(self.table, row, _NAME).setText(names.get(track_id, ""))
            span, seen = spans.get(TrackId(track_id)), filled_cell(self.table, row, _SEEN)
            seen.setText("" if span is None else local(f"{span.last_s - span.first_s:.1f} s"))
            if span is not None:
                ends = tr(
                    "{start} to {end}, %Ln frame(s)",
                    "",
                    span.num_frames,
                    start=clock_text(span.first_s),
                    end=clock_text(span.last_s),
                )
                seen.setToolTip(plain(ends))
        self.table.blockSignals(was_blocked)
        self._show_doubts()
        self._allow()

    def set_heights(self, heights_m: Mapping[int, float]) -> None:
        """Show heights that were given, by track id."""
        was_blocked = self.table.blockSignals(True)
        for row, track_id in enumerate(self._ids):
            height_m = heights_m.get(track_id)
            text = "" if height_m is None else local(f"{height_m:.2f}")
            filled_cell(self.table, row, _HEIGHT).setText(text)
        self.table.blockSignals(was_blocked)

    def set_edits(self, edits: SessionEdits) -> None:
        """Show the edits that can be undone."""
        self.undo.setEnabled(bool(edits.people))
        text = (
            tr("Take back: {change}", change=edits.people[-1].text)
            if edits.people
            else tr("Nothing to take back")
        )
        self.undo.setToolTip(plain(text))

    def set_doubts(self, doubts: Doubts) -> None:
        """Show who may be the same as somebody, where both are listed."""
        self._doubts = doubts
        self._show_doubts()

    def _show_doubts(self) -> None:
        self.doubts.clear()
        for (track_id, perhaps), time_s in self._doubts.items():
            if {track_id, perhaps} <= set(self._ids):
                text = tr(
                    "{time}  #{number} may be #{perhaps}",
                    time=clock_text(time_s),
                    number=track_id,
                    perhaps=perhaps,
                )
                item = QListWidgetItem(text, self.doubts)
                item.setData(_DOUBT_ROLE, (track_id, perhaps, time_s))
                item.setToolTip(tr("Go there and choose both"))
        for widget in (self.doubts_title, self.doubts):
            widget.setVisible(self.doubts.count() > 0)

    def _show_doubt(self, item: QListWidgetItem) -> None:
        *both, time_s = item.data(_DOUBT_ROLE)
        self.time_chosen.emit(time_s)
        self.table.clearSelection()
        for track_id in both:
            row = self._ids.index(track_id)
            for place in (_PERSON, _NAME, _HEIGHT, _SEEN):
                filled_cell(self.table, row, place).setSelected(True)
        self.table.scrollToItem(filled_cell(self.table, row, _PERSON))

    def _set_rows(self, track_ids: tuple[int, ...]) -> None:
        self._ids = track_ids
        self.table.clearSelection()
        self.table.setRowCount(len(track_ids))
        for row, track_id in enumerate(track_ids):
            person, name, height, seen = (QTableWidgetItem() for _ in range(4))
            person.setIcon(theme.dot_icon(track_id))
            person.setText(f"#{track_id}")
            name.setToolTip(plain(tr("Click and type, at most {most} characters", most=MAX_NAME)))
            height.setToolTip(plain(tr("Click and type how tall, in metres")))
            for place, item in enumerate((person, name, height, seen)):
                if place in (_PERSON, _SEEN):
                    item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEditable)
                self.table.setItem(row, place, item)

    def _allow(self) -> None:
        num = len(self.chosen())
        self.merge.setEnabled(num >= 2)
        self.split.setEnabled(num == 1)
        self.swap.setEnabled(num == 2)
        self.drop.setEnabled(num >= 1)

    def _on_entered(self, item: QTableWidgetItem) -> None:
        if item.column() == _HEIGHT:
            self.height_entered.emit(self._ids[item.row()], item.text())
        if item.column() == _NAME:
            self.name_entered.emit(self._ids[item.row()], item.text())


def _table() -> QTableWidget:
    table = described(QTableWidget(0, 4), spoken=tr("Names and heights of people"))
    table.setHorizontalHeaderLabels((tr("Person"), tr("Name"), tr("Height, m"), tr("Seen")))
    table.verticalHeader().hide()
    table.setShowGrid(False)
    table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setEditTriggers(QAbstractItemView.EditTrigger.AllEditTriggers)
    header = table.horizontalHeader()
    header.setSectionResizeMode(_PERSON, QHeaderView.ResizeMode.ResizeToContents)
    header.setSectionResizeMode(_NAME, QHeaderView.ResizeMode.Stretch)
    header.setSectionResizeMode(_HEIGHT, QHeaderView.ResizeMode.ResizeToContents)
    header.setSectionResizeMode(_SEEN, QHeaderView.ResizeMode.ResizeToContents)
    header.setHighlightSections(False)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    table.setMinimumHeight(_TABLE_HEIGHT_PX)
    return table


def _button(text: str, tip: str) -> QPushButton:
    return described(QPushButton(text), tip)
