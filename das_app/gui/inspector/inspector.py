"""Inspector panel: table of people, and motion curves of the selected one."""

from collections.abc import Mapping

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from das_app.gui.inspector.motion_history import MotionHistory
from das_app.gui.inspector.motion_plot import MotionPlot, Quantity, parts_of
from das_app.gui.inspector.people_table import PeopleTable
from das_app.gui.style import theme
from das_app.gui.style.forms import row_of
from das_app.gui.style.language import tr
from das_app.gui.style.person_names import NO_NAMES, Names, joint_text
from das_app.gui.style.texts import Label, described
from das_app.words.said import marked
from das_model.people import People

_QUANTITIES = tuple(Quantity)
_AS_SEEN_M, _TALLEST_M = 0.3, 2.5
_HEIGHT_TIP = marked(
    "Say how tall the chosen person stands, without shoes: their size and distance follow, and "
    "the picture stays as it is"
)
_FORGET_S = 5.0  # a person gone for longer, or of a film that began again, is given up
_FIRST_PARTS = {Quantity.POSITION: "pelvis", Quantity.SPEED: "right_wrist"}


class Inspector(QWidget):
    """Table of people and curves of one of them.

    In: `add` every result, `refresh` a few times a second, `set_cursor` when the player stands
    elsewhere than at the newest result, `set_chosen` when a person is chosen elsewhere, `clear`
    when another source begins.

    Attributes:
        person_chosen: slot of the person chosen here.
        hidden_changed: slots not to be shown, as a frozenset of ints.
        focus_requested: slot of the person to look at in 3D.
        follow_changed: slot of the person to keep in the middle of the 3D view, -1 for nobody.
        time_chosen: frame time in seconds that was clicked on in the curves.
        height_said: slot of a person and how tall they are, metres; None for as they are seen.
    """

    person_chosen = Signal(int)
    hidden_changed = Signal(object)
    focus_requested = Signal(int)
    follow_changed = Signal(int)
    time_chosen = Signal(float)
    height_said = Signal(int, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self._history = MotionHistory()
        self._people, self._slots = People.empty(), np.zeros(0, np.int64)
        self._scales: Mapping[int, float] | None = None
        self._cursor_s: float | None = None
        self._is_live = False
        self._names: Names = NO_NAMES
        self._chosen, self._seen_s = -1, 0.0  # and when they were seen last
        self._build()
        self._wire()
        self._fill_parts()

    @property
    def chosen(self) -> int:
        """Slot of the person whose curves are shown, -1 for nobody."""
        return self._chosen

    def add(
        self,
        people: People,
        slots: np.ndarray,
        time_s: float,
        scales: Mapping[int, float] | None = None,
    ) -> None:
        """Note a result's P people, hidden ones too, with their slots (P,) and its `scales`.

        Without anybody chosen, and where the chosen one is long gone, the first is chosen.
        """
        if self._cursor_s is None:
            self.plot.set_origin(time_s if self._is_live else 0.0)
        self._history.add(people, slots, time_s)
        self._people, self._slots, self._cursor_s = people, np.asarray(slots), time_s
        self._scales = scales
        if self._chosen in self._slots:
            self._seen_s = time_s
        is_gone = self._chosen < 0 or not 0 <= time_s - self._seen_s <= _FORGET_S
        if is_gone and len(slots) and self._chosen not in self._slots:
            self.set_chosen(int(slots[0]))

    def set_cursor(self, time_s: float) -> None:
        """Put the cursor on a frame time."""
        self._cursor_s = time_s

    def set_names(self, names: Names) -> None:
        """Call people by these names."""
        self._names = names
        self.table.set_names(names)
        self._choose()
        self.refresh()

    def forget_motion(self) -> None:
        """Draw no curve of what was shown so far; who is chosen stays."""
        self._history.clear()

    def set_chosen(self, slot: int) -> None:
        """Show another person's curves, without telling of it; -1 for nobody."""
        if slot != self._chosen:
            height_mm = self.table.height_mm(slot)
            self.person_height.setValue(_AS_SEEN_M if np.isnan(height_mm) else height_mm / 1e3)
        self._chosen, self._seen_s = slot, self._cursor_s or 0.0
        self.table.set_chosen(slot)
        if self.follow.isChecked():
            self.follow_changed.emit(slot)
        self._choose()

    def refresh(self) -> None:
        """Bring table and curves up to date."""
        self.table.set_people(self._people, self._slots, self._scales)
        self.table.set_chosen(self._chosen)
        if self._cursor_s is not None:
            self.plot.refresh(self._history, self._cursor_s)
            self.values.setText(self.plot.values)
        self._enable()

    def clear(self, is_live: bool = False) -> None:
        """Forget everybody; the next source is a camera when `is_live`, whose times begin at 0."""
        self._is_live, self._cursor_s, self._chosen = is_live, None, -1
        self._people, self._slots = People.empty(), np.zeros(0, np.int64)
        self._history.clear()
        self.follow.setChecked(False)
        self.table.clear_people()
        self.plot.refresh(self._history, 0.0)
        self.values.setText("")
        self._choose()

    def _build(self) -> None:
        self.table, self.plot = PeopleTable(), MotionPlot()
        self.focus = described(QPushButton(tr("Look at")), tr("Look at the chosen person in 3D"))
        self.follow = described(
            QPushButton(tr("Follow")), tr("Keep the chosen person in the middle of 3D")
        )
        self.follow.setCheckable(True)
        self.show_all = described(QPushButton(tr("Show all")), tr("Hide nobody any more"))
        self.person_height = QDoubleSpinBox(decimals=2, suffix=" m")
        self.person_height.setSpecialValueText(tr("as seen"))
        self.person_height.setRange(_AS_SEEN_M, _TALLEST_M)
        self.person_height.setSingleStep(0.05)
        self.person_height.setAlignment(theme.ALIGN_RIGHT)
        self.person_height.setAccessibleName(tr("How tall the chosen person is"))
        self.set_height = described(QPushButton(tr("Set height")), tr(_HEIGHT_TIP))
        self.quantity, self.part = QComboBox(), QComboBox()
        for quantity in _QUANTITIES:
            self.quantity.addItem(tr(quantity.value))
        self.quantity.setCurrentIndex(_QUANTITIES.index(Quantity.ANGLE))
        self.quantity.setAccessibleName(tr("What to draw"))
        self.part.setAccessibleName(tr("Of which joint or limb"))
        self.title, self.values = Label(objectName="heading"), Label(objectName="muted")
        self.values.setFont(theme.tabular_font(self.values.font()))
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.setChildrenCollapsible(False)
        buttons = row_of(self.focus, self.follow, self.show_all)
        splitter.addWidget(
            _column(self.table, buttons, row_of(self.person_height, self.set_height))
        )
        choice = row_of(self.title, self.quantity, self.part)
        splitter.addWidget(_column(choice, self.values, self.plot))
        splitter.setStretchFactor(1, 1)
        _fill(self, splitter)

    def _wire(self) -> None:
        self.table.person_chosen.connect(self._on_chosen)
        self.table.hidden_changed.connect(self._on_hidden)
        self.table.focus_requested.connect(self.focus_requested)
        self.focus.clicked.connect(lambda: self.focus_requested.emit(self._chosen))
        self.follow.toggled.connect(
            lambda is_on: self.follow_changed.emit(self._chosen if is_on else -1)
        )
        self.show_all.clicked.connect(self.table.show_all)
        self.set_height.clicked.connect(self._say_height)
        self.quantity.currentIndexChanged.connect(self._fill_parts)
        self.part.currentIndexChanged.connect(self._choose)
        self.plot.time_chosen.connect(self.time_chosen)

    def _on_chosen(self, slot: int) -> None:
        self.set_chosen(slot)
        self.person_chosen.emit(slot)

    def _say_height(self) -> None:
        height_m = self.person_height.value()
        self.height_said.emit(self._chosen, height_m if height_m > _AS_SEEN_M else None)

    def _on_hidden(self, hidden: frozenset[int]) -> None:
        self._enable()
        self.hidden_changed.emit(hidden)

    def _fill_parts(self) -> None:
        quantity = _QUANTITIES[self.quantity.currentIndex()]
        parts = parts_of(quantity, self._history.skeleton)
        was_blocked = self.part.blockSignals(True)
        self.part.clear()
        for part in parts:
            self.part.addItem(joint_text(part), part)
        self.part.setCurrentIndex(parts.index(_FIRST_PARTS.get(quantity, parts[0])))
        self.part.blockSignals(was_blocked)
        self._choose()

    def _choose(self) -> None:
        quantity = _QUANTITIES[self.quantity.currentIndex()]
        self.plot.choose(self._chosen, quantity, self.part.currentData())
        person = self._names.get(self._chosen) or tr("Person #{number}", number=self._chosen)
        self.title.setText(person if self._chosen >= 0 else tr("Nobody"))
        self._enable()
        if self._cursor_s is not None:
            self.plot.refresh(self._history, self._cursor_s)
            self.values.setText(self.plot.values)

    def _enable(self) -> None:
        for button in (self.focus, self.follow, self.person_height, self.set_height):
            button.setEnabled(self._chosen >= 0)
        self.show_all.setEnabled(bool(self.table.hidden))


def _column(*widgets: QWidget) -> QWidget:
    column = QWidget()
    layout = QVBoxLayout(column)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(theme.SPACE_PX // 2)
    for widget in widgets:
        stretches = isinstance(widget, PeopleTable | MotionPlot)
        layout.addWidget(widget, 1 if stretches else 0)
    return column


def _fill(page: QWidget, content: QWidget) -> None:
    layout = QVBoxLayout(page)
    layout.setContentsMargins(*[theme.SPACE_PX] * 4)
    layout.addWidget(content)
