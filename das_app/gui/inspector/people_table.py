"""Table of tracked people: id, distance, height, confidence, visibility."""

from collections.abc import Mapping

import numpy as np
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from das_app.gui.style import theme
from das_app.gui.style.forms import filled_cell
from das_app.gui.style.language import local, tr
from das_app.gui.style.person_names import NO_NAMES, Names, person_text
from das_app.motion.kinematics import body_heights_mm
from das_app.words.said import marked
from das_model.people import People

COLUMNS = (
    marked("Shown"),
    marked("Person"),
    marked("Distance"),
    marked("Height"),
    marked("Score"),
)
_SHOWN, _PERSON, _DISTANCE, _HEIGHT, _SCORE = range(len(COLUMNS))
_FITTED = (_SHOWN, _DISTANCE, _HEIGHT, _SCORE)  # as wide as what they say
_HEIGHT_FOLLOW = 0.1  # share of the way to the height of now: heights of single frames jump
_AWAY, _SHOWN_WORD, _HIDDEN = "–", marked("yes"), marked("hidden")
_CHECKED, _UNCHECKED = Qt.CheckState.Checked, Qt.CheckState.Unchecked


class PeopleTable(QTableWidget):
    """One row a person that is seen now or hidden.

    Attributes:
        person_chosen: slot of the row chosen by the user.
        focus_requested: slot of the row double-clicked.
        hidden_changed: slots whose tick was taken away, as a frozenset of ints.
    """

    person_chosen = Signal(int)
    focus_requested = Signal(int)
    hidden_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, len(COLUMNS), parent)
        self.setHorizontalHeaderLabels([tr(column) for column in COLUMNS])
        self.verticalHeader().hide()
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        for column in _FITTED:  # the words of no language are cut
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        header.setMinimumSectionSize(min(map(header.sectionSizeHint, range(len(COLUMNS)))))
        header.setHighlightSections(False)
        self.setMinimumHeight(96)
        self.setAccessibleName(tr("People"))
        self.hidden: frozenset[int] = frozenset()
        self._slots: tuple[int, ...] = ()
        self._heights_mm: dict[int, float] = {}
        self._scales: dict[int, float] = {}
        self._names: Names = NO_NAMES
        self.itemChanged.connect(self._on_tick)
        self.itemSelectionChanged.connect(self._on_selection)
        self.itemDoubleClicked.connect(lambda item: self._on_double_click(item.row()))

    def minimumSizeHint(self) -> QSize:
        """Qt: room for every column, whatever the length of the language's words."""
        header = self.horizontalHeader()
        columns = (max(header.sectionSizeHint(c), self.sizeHintForColumn(c)) for c in _FITTED)
        width = sum(columns) + header.sectionSizeHint(_PERSON) + 2 * self.frameWidth()
        return QSize(width, super().minimumSizeHint().height())

    def set_people(
        self, people: People, slots: np.ndarray, scales: Mapping[int, float] | None = None
    ) -> None:
        """Show P people with their slots (P,), hidden ones among them, of `PoseResult.scales`."""
        seen = {int(slot): i for i, slot in enumerate(slots)}
        rows = tuple(sorted(seen.keys() | self.hidden))
        heights_mm = body_heights_mm(people)
        distances_m = np.linalg.norm(people.root_cam, axis=-1) / 1000
        self._heights_mm = {slot: h for slot, h in self._heights_mm.items() if slot in rows}
        for slot, row in seen.items():
            scale = (scales or {}).get(int(people.track_ids[row]), 1.0)
            if self._scales.get(slot, scale) != scale:
                self.forget_height(slot)
            self._scales[slot] = scale
        was_blocked = self.blockSignals(True)
        if rows != self._slots:
            self._set_rows(rows)
        for row, slot in enumerate(rows):
            i = seen.get(slot)
            number = slot if i is None else int(people.track_ids[i])  # a slot is not always one
            name = person_text(number, self._names) or _AWAY
            texts = (_AWAY,) * 3
            if i is not None:
                height_m = self._height_mm(slot, float(heights_mm[i])) / 1000
                height = local(f"{height_m:.2f} m") if np.isfinite(height_m) else _AWAY
                texts = (
                    local(f"{distances_m[i]:.1f} m"),
                    height,
                    f"{100 * people.scores[i]:.0f} %",
                )
            columns = (_PERSON, _DISTANCE, _HEIGHT, _SCORE)
            for column, text in zip(columns, (name, *texts), strict=True):
                cell = filled_cell(self, row, column)
                if cell.text() != text:
                    cell.setText(text)
        self.blockSignals(was_blocked)

    def height_mm(self, slot: int) -> float:
        """Height of a person as shown; NaN for nobody."""
        return self._heights_mm.get(slot, float("nan"))

    def scale(self, slot: int) -> float:
        """How many times as large as the model sees them somebody was for `height_mm`."""
        return self._scales.get(slot, 1.0)

    def forget_height(self, slot: int) -> None:
        """Somebody has another size: what was measured before does not count."""
        self._heights_mm.pop(slot, None)

    def set_names(self, names: Names) -> None:
        """Call people by these names, from the next `set_people` on."""
        self._names = names

    def set_chosen(self, slot: int) -> None:
        """Mark a person's row without telling of it; -1 marks nobody."""
        was_blocked = self.blockSignals(True)
        if slot in self._slots:
            self.selectRow(self._slots.index(slot))
        else:
            self.clearSelection()
        self.blockSignals(was_blocked)

    def show_all(self) -> None:
        """Hide nobody any more."""
        for row in range(self.rowCount()):
            filled_cell(self, row, _SHOWN).setCheckState(_CHECKED)

    def clear_people(self) -> None:
        """Nobody is there, and nobody hidden."""
        was_blocked = self.blockSignals(True)
        self._set_rows(())
        self.blockSignals(was_blocked)
        self._heights_mm.clear()
        if self.hidden:
            self.hidden = frozenset()
            self.hidden_changed.emit(self.hidden)

    def _set_rows(self, slots: tuple[int, ...]) -> None:
        chosen = self._slots[self.currentRow()] if self.selectedItems() else None
        self._slots = slots
        self.setRowCount(len(slots))
        for row, slot in enumerate(slots):
            tick = QTableWidgetItem()
            tick.setFlags(tick.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            is_hidden = slot in self.hidden
            tick.setCheckState(_UNCHECKED if is_hidden else _CHECKED)
            tick.setText(tr(_HIDDEN if is_hidden else _SHOWN_WORD))
            tick.setToolTip(tr("Show this person in the picture and in 3D"))
            self.setItem(row, _SHOWN, tick)
            self.setItem(row, _PERSON, QTableWidgetItem(theme.dot_icon(slot), ""))
            for column in (_DISTANCE, _HEIGHT, _SCORE):
                item = QTableWidgetItem()
                item.setTextAlignment(theme.ALIGN_RIGHT)
                self.setItem(row, column, item)
        self.clearSelection()
        if chosen in slots:
            self.selectRow(slots.index(chosen))

    def _height_mm(self, slot: int, now_mm: float) -> float:
        former = self._heights_mm.get(slot, now_mm)
        self._heights_mm[slot] = former + _HEIGHT_FOLLOW * (now_mm - former)
        return self._heights_mm[slot]

    def _on_tick(self, item: QTableWidgetItem) -> None:
        if item.column() != _SHOWN:
            return
        slot = self._slots[item.row()]
        is_shown = item.checkState() is _CHECKED
        hidden = self.hidden - {slot} if is_shown else self.hidden | {slot}
        if hidden != self.hidden:
            self.hidden = hidden
            item.setText(tr(_SHOWN_WORD if is_shown else _HIDDEN))
            self.hidden_changed.emit(hidden)

    def _on_selection(self) -> None:
        if self.selectedItems():
            self.person_chosen.emit(self._slots[self.currentRow()])

    def _on_double_click(self, row: int) -> None:
        self.focus_requested.emit(self._slots[row])
