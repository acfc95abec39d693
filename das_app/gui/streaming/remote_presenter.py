"""The remote control between its receivers, the settings and its card."""

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from das_app.gui.control.controller import Controller
from das_app.gui.streaming.remote_card import RemoteCard
from das_app.streaming.remote import RemoteControl
from das_app.streaming.targets import StreamTarget

if TYPE_CHECKING:
    from das_app.streaming.remote_osc import RemotePort

_POLL_MS = 20  # what a mark may be late
_log = logging.getLogger(__name__)


class RemotePresenter(QObject):
    """Switches the remote control as its card asks, and hands on what is ordered.

    Where it listens is kept in the settings; that it was on, and its token, are not.

    Args:
        control: has the settings.
        remote: takes the orders; WebSocket's clients reach it, too.
        card: of the remote control.

    Attributes:
        ordered: a `RemoteOrder` that waits for an answer.
        remote: as given.
    """

    ordered = Signal(object)

    def __init__(self, control: Controller, remote: RemoteControl, card: RemoteCard) -> None:
        super().__init__(control)
        self._control, self._card, self.remote = control, card, remote
        self._port: RemotePort | None = None
        self._problem = ""
        self._timer = QTimer(self, interval=_POLL_MS)
        self._timer.timeout.connect(self._hand_on)
        card.started.connect(self.start)
        card.stopped.connect(self.stop)
        card.place_changed.connect(self._keep)
        if kept := control.settings.streaming.remote:
            try:
                card.set_place(StreamTarget.from_text(kept))
            except ValueError as error:  # somebody edited the file
                _log.warning("settings: %s", str(error))

    def start(self, place: StreamTarget, token: str) -> None:
        """Take orders that bring the token, by OSC at a place and by WebSocket."""
        from das_app.streaming.remote_osc import RemotePort

        self.stop()
        self._card.set_place(place)
        self._card.token.setText(token)
        self._keep(place)
        try:
            self.remote.switch_on(token)
            self._port = RemotePort(place, self.remote)
        except (OSError, ValueError) as error:
            self.remote.switch_off()
            self._problem = getattr(error, "strerror", None) or str(error)
        else:
            self._timer.start()
        self.refresh()

    def stop(self) -> None:
        """Refuse orders."""
        self._timer.stop()
        self.remote.switch_off()
        if self._port is not None:
            self._port.close()
        self._port, self._problem = None, ""
        self.refresh()

    def refresh(self) -> None:
        """Bring the card up to date."""
        self._card.show_state(self.remote.is_on, self.remote.last, self._problem)

    def _hand_on(self) -> None:
        for order in self.remote.pending():
            self.ordered.emit(order)

    def _keep(self, place: StreamTarget) -> None:
        streaming = self._control.settings.streaming
        if streaming.remote != place.text:
            self._control.change(streaming=replace(streaming, remote=place.text))
