"""Orders by OSC: a UDP port for `/das/start`, `/das/stop` and `/das/marker`, each with the token.

Every order is answered to where it came from by `/das/remote`: the order, 1 for done or 0 for
refused, and words.
"""

import logging
import threading

from pythonosc.dispatcher import Dispatcher
from pythonosc.osc_server import BlockingOSCUDPServer

from das_app.streaming.remote import RemoteAction, RemoteControl, RemoteError
from das_app.streaming.targets import StreamTarget

_TURN_S = 0.1  # how soon it ends
_log = logging.getLogger(__name__)


class RemotePort:
    """Listens for orders, from the beginning to `close`.

    Args:
        place: host and port that are listened at; port 0 is any free one.
        remote: takes the orders.

    Attributes:
        port: that is listened at.

    Raises:
        OSError: if the port is in use or the host is not this computer.
    """

    def __init__(self, place: StreamTarget, remote: RemoteControl) -> None:
        self._remote = remote
        dispatcher = Dispatcher()
        for action in RemoteAction:
            dispatcher.map(f"/das/{action}", self._ask)
        self._server = _Server((place.host, place.port), dispatcher)
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(_TURN_S,), name="das-remote-osc", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Free the port."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _ask(self, address: str, *values: object) -> tuple[str, str, int, str]:
        """Carry out `/das/ACTION TOKEN [TEXT]`; the message that answers."""
        token, text, *_ = *values, "", ""
        action = address.rpartition("/")[2]
        try:
            return "/das/remote", action, 1, self._remote.ask(action, text, token)
        except RemoteError as error:
            return "/das/remote", action, 0, str(error)


class _Server(BlockingOSCUDPServer):
    """Goes on whatever a packet does to it."""

    def handle_error(self, request: object, client_address: object) -> None:
        _log.info("a packet could not be read or answered", exc_info=True)
