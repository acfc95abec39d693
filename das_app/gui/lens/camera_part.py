"""Part of the camera panel on the camera itself: turn and mirror, its mode, and its controls."""

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QVBoxLayout, QWidget

from das_app.gui.lens.control_rows import ControlRows
from das_app.gui.style import theme
from das_app.gui.style.forms import centre_labels
from das_app.gui.style.language import tr
from das_app.gui.style.texts import Label, described
from das_app.sources.turned_source import Turn
from das_app.words.said import marked

_TURNS = {
    Turn.NONE: marked("As it comes"),
    Turn.RIGHT: marked("90° clockwise"),
    Turn.OVER: "180°",
    Turn.LEFT: marked("90° anticlockwise"),
}


class CameraPart(QWidget):
    """Signals out, setters in.

    Attributes:
        turn_chosen: a `Turn`.
        mirror_toggled: show the picture as in a mirror.
    """

    turn_chosen = Signal(object)
    mirror_toggled = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE_PX)
        column.addWidget(Label(tr("Picture"), objectName="heading"))
        self.turn = described(
            QComboBox(),
            tr("For a camera on its side or upside down; kept for this source. Opens it anew"),
        )
        for turn, text in _TURNS.items():
            self.turn.addItem(tr(text), turn)
        self.turn.activated.connect(lambda: self.turn_chosen.emit(Turn(self.turn.currentData())))
        form = QFormLayout()
        form.setVerticalSpacing(theme.SPACE_PX)
        form.addRow(tr("Turn"), self.turn)
        centre_labels(form)
        self.mirror = described(
            QCheckBox(tr("Mirror on the screen")),
            tr("As a mirror shows it; the data, recordings and the 3D view stay as they are"),
        )
        self.mirror.clicked.connect(self.mirror_toggled)
        column.addLayout(form)
        column.addWidget(self.mirror)
        self.delivered = Label(objectName="muted", wordWrap=True)
        self.controls = ControlRows()
        column.addWidget(self.delivered)
        column.addWidget(self.controls)
        self.set_turn(None)
        self.set_mirrored(False, can_mirror=False)
        self.set_delivered("")

    def set_turn(self, turn: Turn | None) -> None:
        """Show how pictures are turned; None while there are none to turn."""
        self.turn.setEnabled(turn is not None)
        with QSignalBlocker(self.turn):
            self.turn.setCurrentIndex(list(_TURNS).index(turn or Turn.NONE))

    def set_mirrored(self, is_mirrored: bool, can_mirror: bool) -> None:
        """Show whether the picture is mirrored, and whether it can be."""
        self.mirror.setEnabled(can_mirror)
        self.mirror.setChecked(is_mirrored)

    def set_delivered(self, text: str) -> None:
        """Show the requested and the delivered mode; nothing for a source that is no camera."""
        self.delivered.setText(text)
        self.delivered.setVisible(bool(text))
