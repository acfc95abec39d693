"""Streams panel: a card for each protocol with its switch, address and figures."""

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from das_app.gui.streaming.remote_card import RemoteCard
from das_app.gui.style import theme
from das_app.gui.style.language import tr
from das_app.gui.style.texts import Label, described, plain
from das_app.streaming.streamer import StreamFigures, StreamState
from das_app.streaming.targets import FACTS, LOCAL_HOST, MAX_AVATARS, StreamKind, StreamTarget
from das_app.words.said import marked

_ABOUT = marked(
    "Switched off at every start. Nothing leaves this computer unless you say so below."
)
_LISTEN_TIP = marked("127.0.0.1: this computer only. 0.0.0.0: everybody in your network")
_SEND_TIP = marked("Who receives it: 127.0.0.1 for this computer, or another's address")
_PEOPLE_TIP = marked("How many people: the first at this port, the next at the one after it")
_EVERYWHERE = "0.0.0.0"
_PORT_WIDTH_PX = 84
_PEOPLE_WIDTH_PX = 104


class HostAddress(QWidget):
    """Host and port.

    Args:
        kind: protocol that is sent there, or listens there.

    Attributes:
        entered: the user entered something else.
    """

    entered = Signal()

    def __init__(self, kind: StreamKind, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = kind
        tip = tr(_LISTEN_TIP if FACTS[kind].is_listening else _SEND_TIP)
        self.host = described(QLineEdit(), tip, spoken=tr("Address"))
        self.host.editingFinished.connect(self.entered)
        self.port = described(QSpinBox(), tr("Port"), spoken=tr("Port"))
        self.port.setRange(1, 65535)
        self.port.setFixedWidth(_PORT_WIDTH_PX)
        self.port.setAlignment(theme.ALIGN_RIGHT)
        self.port.setKeyboardTracking(False)
        self.port.valueChanged.connect(self.entered)
        self.people = described(QSpinBox(self), tr(_PEOPLE_TIP), spoken=tr("People"))
        self.people.setRange(1, MAX_AVATARS)
        self.people.setFixedWidth(_PEOPLE_WIDTH_PX)
        self.people.setAlignment(theme.ALIGN_RIGHT)
        self.people.valueChanged.connect(self._name_people)
        self._name_people(self.people.value())
        self.people.valueChanged.connect(self.entered)
        row = _row(self)
        row.addWidget(self.host, 1)
        row.addWidget(self.port)
        row.addWidget(self.people)
        self.people.setVisible(kind is StreamKind.VMC)

    def target(self) -> StreamTarget:
        """The entered target. Raises ValueError if it is no address."""
        host, port = self.host.text().strip(), self.port.value()
        return StreamTarget(self._kind, host, port, self.people.value())

    def set_target(self, target: StreamTarget) -> None:
        """Show an address."""
        with QSignalBlocker(self.port), QSignalBlocker(self.people):
            self.people.setValue(target.people)
            self.host.setText(target.host)
            self.port.setValue(target.port)

    def _name_people(self, number: int) -> None:
        self.people.setSuffix(tr(" person") if number == 1 else tr(" people"))

    def set_locked(self, is_locked: bool) -> None:
        """Whether it can only be read and copied."""
        self.host.setReadOnly(is_locked)
        self.port.setReadOnly(is_locked)


class ReachAddress(QWidget):
    """This computer or the network, for a protocol that finds its own address.

    Args:
        kind: protocol.

    Attributes:
        entered: the user chose something else.
    """

    entered = Signal()

    def __init__(self, kind: StreamKind, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = kind
        self.reach = described(QComboBox(), tr("Who can find it"), spoken=tr("Who can find it"))
        self.reach.addItem(tr("Found on this computer"), LOCAL_HOST)
        self.reach.addItem(tr("Found in the network"), _EVERYWHERE)
        self.reach.activated.connect(self.entered)
        _row(self).addWidget(self.reach, 1)

    def target(self) -> StreamTarget:
        """The entered target. Raises ValueError if it is no address."""
        return StreamTarget(self._kind, self.reach.currentData(), 0)

    def set_target(self, target: StreamTarget) -> None:
        """Show a choice."""
        self.reach.setCurrentIndex(0 if target.is_local else 1)

    def set_locked(self, is_locked: bool) -> None:
        """Whether it can only be read."""
        self.reach.setEnabled(not is_locked)


class StreamCard(QFrame):
    """One protocol.

    Args:
        kind: which.

    Attributes:
        started: the user switched it on; the `StreamTarget`.
        stopped: the user switched it off.
        target_changed: the user entered another `StreamTarget`.
        page_requested: the user wants to see its page.
        page: the button for it; None for a protocol without a page.
    """

    started = Signal(object)
    stopped = Signal()
    target_changed = Signal(object)
    page_requested = Signal()

    def __init__(self, kind: StreamKind, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pane")
        self._kind = kind
        facts = FACTS[kind]
        self.switch = described(QCheckBox(tr("On")), spoken=tr(facts.title))
        self.switch.setToolTip(plain(tr("Stream by {protocol}", protocol=tr(facts.title))))
        self.switch.toggled.connect(self._on_switched)
        self.address = ReachAddress(kind) if kind is StreamKind.LSL else HostAddress(kind)
        self.address.entered.connect(self._on_entered)
        self.page: QPushButton | None = None
        self.figures, self.problem = _line("muted"), _line("problem")
        self.figures.setFont(theme.tabular_font(self.font()))
        column = QVBoxLayout(self)
        column.setContentsMargins(12, theme.SPACE_PX, 12, 12)
        column.setSpacing(6)
        column.addLayout(_side_by_side(Label(tr(facts.title), objectName="heading"), self.switch))
        column.addWidget(_line("muted", tr(facts.about)))
        if kind is StreamKind.WEBSOCKET:
            self.page = described(
                QPushButton(tr("Open page")), tr("See the people in your browser")
            )
            self.page.clicked.connect(self.page_requested)
            column.addLayout(_side_by_side(self.address, self.page))
        else:
            column.addWidget(self.address)
        column.addWidget(self.figures)
        column.addWidget(self.problem)
        self.set_target(StreamTarget.default(kind))
        self.set_figures(StreamFigures())

    def set_target(self, target: StreamTarget) -> None:
        """Show an address."""
        self.address.set_target(target)

    def set_figures(self, figures: StreamFigures) -> None:
        """Show how it goes."""
        is_running = figures.state in (StreamState.STARTING, StreamState.ON)
        with QSignalBlocker(self.switch):
            self.switch.setChecked(is_running)
        self.address.set_locked(is_running)
        if self.page is not None:
            self.page.setEnabled(figures.state is StreamState.ON)
        self.figures.setText(_figures_text(self._kind, figures))
        self._show_problem(tr(figures.error) or (self._reach_text() if is_running else ""))

    def _on_switched(self, is_on: bool) -> None:
        if not is_on:
            self.stopped.emit()
            return
        try:
            target = self.address.target()
        except ValueError as error:
            self.set_figures(StreamFigures(error=tr(str(error))))
        else:
            self.started.emit(target)

    def _on_entered(self) -> None:
        try:
            target = self.address.target()
        except ValueError as error:
            self._show_problem(tr(str(error)))
        else:
            self._show_problem("")
            self.target_changed.emit(target)

    def _reach_text(self) -> str:
        """A warning where it leaves this computer."""
        if self.address.target().is_local:
            return ""
        everybody = tr("Everybody in your network can receive this.")
        return everybody if FACTS[self._kind].is_listening else tr("This leaves your computer.")

    def _show_problem(self, text: str) -> None:
        self.problem.setText(text)
        self.problem.setVisible(bool(text))


class StreamPanel(QWidget):
    """A card for each protocol, and one for the remote control.

    Attributes:
        cards: by protocol.
        remote: orders of other programs.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cards = {kind: StreamCard(kind) for kind in StreamKind}
        column = QVBoxLayout(self)
        column.setContentsMargins(*[2 * theme.SPACE_PX] * 4)
        column.setSpacing(12)
        column.addWidget(_line("muted", tr(_ABOUT)))
        for card in self.cards.values():
            column.addWidget(card)
        self.remote = RemoteCard()
        column.addWidget(self.remote)
        column.addStretch()


def _line(name: str, text: str = "") -> QLabel:
    return Label(text, objectName=name, wordWrap=True)


def _row(widget: QWidget) -> QHBoxLayout:
    row = QHBoxLayout(widget)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(6)
    return row


def _side_by_side(wide: QWidget, narrow: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(6)
    row.addWidget(wide, 1)
    row.addWidget(narrow)
    return row


def _figures_text(kind: StreamKind, figures: StreamFigures) -> str:
    if figures.state is StreamState.STARTING:
        return tr("Starting …")
    if figures.state is not StreamState.ON:
        return tr("Off")
    parts = [
        tr("{fps:.1f} frames/s", fps=figures.fps),
        tr("{number} dropped", number=figures.num_dropped),
    ]
    if kind is StreamKind.LSL:
        parts.insert(0, tr("received") if figures.num_clients else tr("nobody receives"))
    elif figures.num_clients is not None:
        parts.insert(0, tr("%Ln client(s)", "", figures.num_clients))
    return " · ".join(parts)
