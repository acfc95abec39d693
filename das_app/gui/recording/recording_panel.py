"""Recording panel: name, countdown, when it ends, sound, and what was recorded."""

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from das_app.gui.recording.sessions_list import SessionsList
from das_app.gui.style import theme
from das_app.gui.style.forms import centre_labels
from das_app.gui.style.language import local, tr
from das_app.gui.style.texts import Label, described
from das_app.settings.app_settings import RecordingSettings
from das_app.words.said import marked

_COUNTDOWNS_S = (0.0, 3.0, 5.0, 10.0)
_NO_SOUND = marked("No sound")
_SOUND_TIP = marked("Goes into the video of a camera, in step with the pictures")


class RecordingPanel(QWidget):
    """Signals out, setters in.

    Attributes:
        sessions: what was recorded.
        name_changed: name of the next session.
        countdown_chosen: seconds before a recording begins.
        lengths_changed: seconds after which it ends, and after which it ends when nobody is there;
            0 for never.
        microphone_chosen: name; empty for no sound.
        shown: the panel came into view.
    """

    name_changed = Signal(str)
    countdown_chosen = Signal(float)
    lengths_changed = Signal(float, float)
    microphone_chosen = Signal(str)
    shown = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[2 * theme.SPACE_PX] * 4)
        column.setSpacing(theme.SPACE_PX)
        self.name = QLineEdit(placeholderText=tr("its time alone"), maxLength=60)
        self.name.setToolTip(tr("Behind the time, in the name of the next session's folder"))
        self.name.textChanged.connect(self.name_changed)
        self.countdown = described(
            QComboBox(), tr("Big in the picture, before a recording begins")
        )
        for duration_s in _COUNTDOWNS_S:
            self.countdown.addItem(
                local(f"{duration_s:g} s") if duration_s else tr("None"),
                duration_s,
            )
        self.countdown.activated.connect(
            lambda: self.countdown_chosen.emit(self.countdown.currentData())
        )
        self.after = _seconds(86_400, tr("A recording ends by itself after so long"))
        self.empty = _seconds(
            3600, tr("A recording ends by itself when nobody was there for so long")
        )
        for box in (self.after, self.empty):
            box.valueChanged.connect(self._tell_lengths)
        self.sound = described(QComboBox(), tr(_SOUND_TIP))
        self.sound.activated.connect(lambda: self.microphone_chosen.emit(self.sound.currentData()))
        form = QFormLayout()
        form.setVerticalSpacing(theme.SPACE_PX)
        form.addRow(tr("Name"), self.name)
        form.addRow(tr("Countdown"), self.countdown)
        form.addRow(tr("Ends after"), self.after)
        form.addRow(tr("Ends when empty"), self.empty)
        form.addRow(tr("Sound"), self.sound)
        centre_labels(form)
        self.sound_note = Label(objectName="muted", wordWrap=True)
        self.sessions = SessionsList()
        column.addWidget(Label(tr("Next recording"), objectName="heading"))
        column.addLayout(form)
        column.addWidget(self.sound_note)
        column.addWidget(Label(tr("Recorded"), objectName="section"))
        column.addWidget(self.sessions, 1)
        self.set_microphones((), "", "")

    def set_settings(self, settings: RecordingSettings) -> None:
        """Show what is chosen."""
        for box, value in (
            (self.after, settings.stop_after_s),
            (self.empty, settings.stop_empty_s),
        ):
            with QSignalBlocker(box):
                box.setValue(value)
        if self.countdown.findData(settings.countdown_s) < 0:
            self.countdown.addItem(local(f"{settings.countdown_s:g} s"), settings.countdown_s)
        self.countdown.setCurrentIndex(self.countdown.findData(settings.countdown_s))

    def set_microphones(self, names: tuple[str, ...], chosen: str, problem: str) -> None:
        """Offer microphones; the one chosen is offered while it is away, too.

        Args:
            names: there are.
            chosen: empty for none.
            problem: why there are none; empty for nothing.
        """
        self.sound.clear()
        self.sound.addItem(tr(_NO_SOUND), "")
        for name in dict.fromkeys((*names, *([chosen] if chosen else []))):
            self.sound.addItem(
                name if name in names else tr("{name} (not there)", name=name), name
            )
        self.sound.setCurrentIndex(self.sound.findData(chosen))
        self.sound_note.setText(problem)
        self.sound_note.setVisible(bool(problem))

    def showEvent(self, event: QShowEvent) -> None:
        """Qt: the panel comes into view."""
        super().showEvent(event)
        self.shown.emit()

    def _tell_lengths(self) -> None:
        self.lengths_changed.emit(self.after.value(), self.empty.value())


def _seconds(most: float, tip: str) -> QDoubleSpinBox:
    box = described(QDoubleSpinBox(decimals=0, suffix=" s"), tip)
    box.setKeyboardTracking(False)
    box.setRange(0, most)
    box.setSingleStep(5)
    box.setSpecialValueText(tr("never"))
    box.setAlignment(Qt.AlignmentFlag.AlignRight)
    return box
