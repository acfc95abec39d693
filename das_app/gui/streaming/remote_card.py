"""Card of the remote control: its switch, where it listens, and the token; signals out, setters
in."""

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from das_app.gui.style import theme
from das_app.gui.style.language import tr
from das_app.gui.style.texts import Label, described
from das_app.streaming.remote import MIN_TOKEN, REMOTE_PORT, new_token
from das_app.streaming.targets import LOCAL_HOST, StreamKind, StreamTarget
from das_app.words.said import marked

_ABOUT = marked(
    "Other programs start, stop and mark the recording: by OSC at this port, or as clients of "
    "WebSocket. Each order has to bring the token."
)
_EVERYWHERE = "0.0.0.0"
_PORT_WIDTH_PX = 84


class RemoteCard(QFrame):
    """The remote control.

    Attributes:
        started: the user switched it on; where it listens as a `StreamTarget` of OSC, the token.
        stopped: the user switched it off.
        place_changed: the user chose another place to listen at.
    """

    started = Signal(object, str)
    stopped = Signal()
    place_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pane")
        self.switch = described(QCheckBox(tr("On")), spoken=tr("Remote control"))
        self.switch.setToolTip(tr("Take orders of other programs"))
        self.switch.toggled.connect(self._on_switched)
        self.reach = described(QComboBox(), tr("Who can reach it"), spoken=tr("Who can reach it"))
        self.reach.addItem(tr("From this computer"), LOCAL_HOST)
        self.reach.addItem(tr("From the network"), _EVERYWHERE)
        self.reach.activated.connect(self._on_entered)
        self.port = described(QSpinBox(), tr("Port for OSC"), spoken=tr("Port"))
        self.port.setRange(1, 65535)
        self.port.setValue(REMOTE_PORT)
        self.port.setFixedWidth(_PORT_WIDTH_PX)
        self.port.setAlignment(theme.ALIGN_RIGHT)
        self.port.setKeyboardTracking(False)
        self.port.valueChanged.connect(self._on_entered)
        self.token = described(
            QLineEdit(placeholderText=tr("Token: made for you if left empty")),
            tr("{least} characters at least; it is not kept", least=MIN_TOKEN),
            spoken=tr("Token"),
        )
        self.copy = described(QPushButton(tr("Copy")), tr("Copy the token"))
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.token.text()))
        self.figures = Label(tr("Off"), objectName="muted", wordWrap=True)
        self.problem = Label(objectName="problem", wordWrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, theme.SPACE_PX, 12, 12)
        column.setSpacing(6)
        for wide, narrow in (
            (Label(tr("Remote control"), objectName="heading"), self.switch),
            (Label(tr(_ABOUT), objectName="muted", wordWrap=True), None),
            (self.reach, self.port),
            (self.token, self.copy),
            (self.figures, None),
            (self.problem, None),
        ):
            row = QHBoxLayout()
            row.setSpacing(6)
            row.addWidget(wide, 1)
            if narrow is not None:
                row.addWidget(narrow)
            column.addLayout(row)
        self.show_state(False)

    def place(self) -> StreamTarget:
        """Address that it listens at."""
        return StreamTarget(StreamKind.OSC, self.reach.currentData(), self.port.value())

    def set_place(self, place: StreamTarget) -> None:
        """Show where it listens."""
        with QSignalBlocker(self.port):
            self.port.setValue(place.port)
        self.reach.setCurrentIndex(0 if place.is_local else 1)

    def show_state(self, is_on: bool, last: str = "", problem: str = "") -> None:
        """Show whether it is on, what came of the last order, and what went wrong."""
        with QSignalBlocker(self.switch):
            self.switch.setChecked(is_on)
        self.reach.setEnabled(not is_on)
        for field in (self.port, self.token):
            field.setReadOnly(is_on)
        self.copy.setEnabled(is_on)
        self.figures.setText(
            (tr("Last order: {order}", order=last) if last else tr("Waiting"))
            if is_on
            else tr("Off")
        )
        if is_on and not problem and not self.place().is_local:
            problem = tr("Everybody in your network who has the token can give orders.")
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))

    def _on_switched(self, is_on: bool) -> None:
        if not is_on:
            self.stopped.emit()
            return
        token = self.token.text().strip() or new_token()
        self.token.setText(token)
        self.started.emit(self.place(), token)

    def _on_entered(self) -> None:
        self.place_changed.emit(self.place())
