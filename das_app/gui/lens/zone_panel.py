"""Ignored places in the camera panel: zones and distances; signals out, setters in."""

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from das_app.gui.style import theme
from das_app.gui.style.forms import centre_labels
from das_app.gui.style.language import tr
from das_app.gui.style.texts import Label, described
from das_app.words.said import marked

_FAR_M = 50.0
_HOW = marked("Drag a rectangle on the picture, or click corners. Drag a zone to move it.")
_WHY = marked(
    "Zones and distances in which nobody counts, such as an audience, a mirror or a television."
)


class ZonePanel(QWidget):
    """Zones of the picture and distances in which nobody is tracked, shown or recorded.

    Attributes:
        edit_toggled: begin or end drawing zones on the picture.
        delete_requested: delete the chosen zone.
        undo_requested: take the last change back.
        distances_entered: least and greatest distance in mm; None for no limit.
    """

    edit_toggled = Signal(bool)
    delete_requested = Signal()
    undo_requested = Signal()
    distances_entered = Signal(object, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE_PX)
        column.addWidget(Label(tr("Ignored"), objectName="section"))
        self.text = Label(objectName="muted", wordWrap=True)
        column.addWidget(self.text)
        self.edit = described(QPushButton(tr("Draw zones")), tr(_HOW))
        self.edit.setCheckable(True)
        self.edit.toggled.connect(self.edit_toggled)
        self.delete = described(
            QPushButton(tr("Delete")), tr("Delete the zone that was clicked (Del)")
        )
        self.delete.clicked.connect(self.delete_requested)
        self.undo = described(QPushButton(tr("Undo")), tr("Take the last change of zones back"))
        self.undo.clicked.connect(self.undo_requested)
        row = QHBoxLayout()
        row.setSpacing(theme.SPACE_PX)
        for button in (self.edit, self.delete, self.undo):
            row.addWidget(button)
        row.addStretch()
        column.addLayout(row)
        self.nearest = _distance(tr("Leave out who is nearer to the lens than this"))
        self.farthest = _distance(tr("Leave out who is further from the lens than this"))
        form = QFormLayout()
        form.setVerticalSpacing(theme.SPACE_PX)
        form.addRow(tr("Nearer than"), self.nearest)
        form.addRow(tr("Further than"), self.farthest)
        centre_labels(form)
        column.addLayout(form)
        for field in (self.nearest, self.farthest):
            field.valueChanged.connect(self._enter)

    def set_distances(self, nearest_mm: float | None, farthest_mm: float | None) -> None:
        """Show the distances; None for no limit."""
        for field, value in ((self.nearest, nearest_mm), (self.farthest, farthest_mm)):
            with QSignalBlocker(field):
                field.setValue((value or 0.0) / 1e3)

    def set_zones(self, num_zones: int, has_chosen: bool, can_undo: bool) -> None:
        """Show how many zones there are, and what can be done."""
        is_on = self.edit.isChecked()
        told = tr("%Ln zone(s) of the picture.", "", num_zones) if num_zones else ""
        self.text.setText(tr(_HOW) if is_on else told or tr(_WHY))
        self.delete.setEnabled(is_on and has_chosen)
        self.undo.setEnabled(can_undo)

    def _enter(self) -> None:
        near_m, far_m = self.nearest.value(), self.farthest.value()
        self.distances_entered.emit(
            1e3 * near_m if near_m > 0 else None, 1e3 * far_m if far_m > 0 else None
        )


def _distance(tip: str) -> QDoubleSpinBox:
    box = described(QDoubleSpinBox(decimals=1, suffix=" m"), tip)
    box.setSpecialValueText(tr("no limit"))
    box.setRange(0.0, _FAR_M)
    box.setSingleStep(0.5)
    box.setKeyboardTracking(False)
    box.setAlignment(Qt.AlignmentFlag.AlignRight)
    return box
