"""Remote control: other programs start and stop the recording and mark moments in it.

    thread of a receiver -ask-> RemoteControl <-pending- whoever records
                         <------- answer of the order ---------

It is off until a token is set, which every order has to bring. Receivers are the port of
`remote_osc` and the WebSocket stream.
"""

import queue
import secrets
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from enum import StrEnum

from das_app.files.foreign_text import printable

MIN_TOKEN, REMOTE_PORT = 8, 9001
_MAX_PENDING, _MAX_TEXT = 16, 80
_ANSWER_S = 5.0  # so long an order is waited for
_OFF = "remote control is off; switch it on in the window's panel Streaming, or by --remote"


class RemoteError(RuntimeError):
    """An order is refused; the message is for people to read."""


class RemoteAction(StrEnum):
    """Action of the remote control."""

    START = "start"
    STOP = "stop"
    MARKER = "marker"


@dataclass(frozen=True, eq=False, slots=True)
class RemoteOrder:
    """Request of another program.

    Args:
        action: what.
        text: of a marker; empty for its number.
        answer: takes what came of it, or a `RemoteError`.
    """

    action: RemoteAction
    text: str
    answer: "Future[str]"

    def refuse(self, why: str) -> None:
        """Answer that it is not done."""
        self.answer.set_exception(RemoteError(why))


class RemoteControl:
    """Takes orders from receivers for whoever records. Any thread may call any method."""

    def __init__(self) -> None:
        self._token = ""
        self._orders: queue.Queue[RemoteOrder] = queue.Queue(_MAX_PENDING)
        self._last = ""

    @property
    def is_on(self) -> bool:
        """Whether orders are taken."""
        return bool(self._token)

    @property
    def last(self) -> str:
        """Result of the last request, in words; empty before the first."""
        return self._last

    def switch_on(self, token: str) -> None:
        """Take orders that bring this token. Raises ValueError if it is too short."""
        check_token(token)
        self._token, self._last = token, ""

    def switch_off(self) -> None:
        """Refuse every order from now on."""
        self._token = ""
        for order in self.pending():
            order.refuse(_OFF)

    def ask(self, action: object, text: object = "", token: object = "") -> str:
        """Have an order carried out, and wait for it.

        Args:
            action: one of `RemoteAction`.
            text: of a marker, up to 80 characters.
            token: that was set.

        Returns:
            What came of it, for people to read.

        Raises:
            RemoteError: if it is refused.
        """
        try:
            answer = self._carried_out(action, text, token)
        except RemoteError as error:
            if self.is_on:
                self._last = f"refused: {error}"
            raise
        self._last = answer
        return answer

    def pending(self) -> Iterator[RemoteOrder]:
        """The orders that wait; each needs an answer."""
        while True:
            try:
                yield self._orders.get_nowait()
            except queue.Empty:
                return

    def _carried_out(self, action: object, text: object, token: object) -> str:
        known = self._token
        if not known:
            raise RemoteError(_OFF)
        if not secrets.compare_digest(str(token).encode(errors="replace"), known.encode()):
            raise RemoteError("the token is wrong or missing")
        if not isinstance(action, str) or action not in tuple(RemoteAction):
            raise RemoteError(f"an order is one of {', '.join(RemoteAction)}")
        words = printable(text)[:_MAX_TEXT].strip() if isinstance(text, str) else ""
        order = RemoteOrder(RemoteAction(action), words, Future())
        try:
            self._orders.put_nowait(order)
            return order.answer.result(_ANSWER_S)
        except queue.Full:
            raise RemoteError("too many orders wait already") from None
        except TimeoutError:
            raise RemoteError(f"there was no answer within {_ANSWER_S:g} s") from None


def new_token() -> str:
    """A token that nobody can guess."""
    return secrets.token_urlsafe(9)


def check_token(token: str) -> None:
    """Raises ValueError if a token is too short."""
    if len(token) < MIN_TOKEN:
        raise ValueError(f"a token has {MIN_TOKEN} characters at least, got {len(token)}")
