"""WebSocket: JSON of every result to any number of clients, and a page that draws them.

Each client has a thread and a one-slot mailbox of its own: one that reads slowly, or not at all,
misses frames, and nobody else does. What the system buffers for a client is kept small, so that
a slow one sees few frames and not old ones. One that takes nothing for 10 s is cut off.

The same port answers a browser with a page. Pages of other web sites may not connect while the
stream stays on this computer: a browser would let any site read it otherwise.
"""

import json
import logging
import re
import secrets
import select
import socket
import threading
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urlsplit
from weakref import WeakSet

from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection, serve
from websockets.typing import Origin

from das_app.files.bundled import bundled_file
from das_app.messaging.mailbox import Mailbox
from das_app.messaging.messages import PoseResult
from das_app.streaming.json_messages import frame_message, skeleton_message
from das_app.streaming.remote import RemoteControl, RemoteError
from das_app.streaming.targets import StreamTarget
from das_model.people import People
from das_model.skeleton import Skeleton

MAX_CLIENTS = 16
_BUFFER_BYTES = 64 * 1024  # that the system holds back for a client
_STUCK_S = 10.0
_TURN_S = 0.1  # how often a client's thread looks whether the client said something or left
_HANDSHAKE_S = 3.0
_MAX_UNDECIDED = 32  # connections that are no clients yet, or ask for the page
_GRACE_S = 1.0  # for clients to say goodbye
_LOCAL_PAGES = re.compile(r"https?://(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?")
_PAGE_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Connection": "close",
    "Content-Security-Policy": "default-src 'none'; script-src 'unsafe-inline'; "
    "style-src 'unsafe-inline'; img-src data:; connect-src ws: wss:",
}
_library_log = logging.getLogger(f"{__name__}.library")
_library_log.setLevel(logging.CRITICAL)  # a browser's idle connections are no errors of ours

_Texts = tuple[str, str]  # of the skeleton, of a frame


class _Client:
    """One client: what waits for it, and the loop of its thread."""

    def __init__(self, connection: ServerConnection, remote: RemoteControl) -> None:
        self.texts: Mailbox[_Texts] = Mailbox()
        self._connection, self._remote = connection, remote
        self._sending_since_s: float | None = None

    def run(self) -> None:
        """Send what comes until the mailbox is closed or the client gone."""
        known = ""
        try:
            while not self.texts.is_closed:
                texts = self.texts.take(_TURN_S)
                self._hear()
                if texts is None:
                    continue
                skeleton, frame = texts
                for text in (frame,) if skeleton == known else texts:
                    self._send(text)
                known = skeleton
        except ConnectionClosed:
            pass

    def is_stuck(self, now_s: float) -> bool:
        """Whether it has been taking nothing for too long."""
        since_s = self._sending_since_s
        return since_s is not None and now_s - since_s > _STUCK_S

    def cut(self) -> None:
        """End the connection at once, whatever its thread waits for."""
        _cut(self._connection.socket)

    def _send(self, text: str) -> None:
        self._sending_since_s = time.monotonic()
        self._connection.send(text)
        self._sending_since_s = None

    def _hear(self) -> None:
        """Answer orders, and let go of what else the client says. Raises ConnectionClosed when
        it has left."""
        try:
            while True:
                if answer := _answer_to(self._connection.recv(timeout=0), self._remote):
                    self._send(answer)
        except TimeoutError:
            pass


class WebSocketSender:
    """Serves clients and the page.

    Args:
        target: where it listens.
        names: of people, by track id; called at every frame.
        allowed_origins: pages that may connect beside those of this computer.
        remote: takes orders of clients; none is carried out without one.

    Attributes:
        address: of the page.

    Raises:
        OSError: if the port is in use or the host is not this computer.
        FileNotFoundError: if the page is not part of the installation.
    """

    def __init__(
        self,
        target: StreamTarget,
        names: Callable[[], Mapping[int, str]] = dict,
        allowed_origins: tuple[str, ...] = (),
        remote: RemoteControl | None = None,
    ) -> None:
        self._names, self._remote = names, remote or RemoteControl()
        self._page = bundled_file("web", "skeletons.html").read_bytes()
        self._clients: set[_Client] = set()
        self._lock = threading.Lock()
        self._is_closing, self._num_missed = False, 0
        self._skeleton: Skeleton | None = None
        self._skeleton_text = ""
        self._last: _Texts | None = None
        self._sockets: WeakSet[socket.socket] = WeakSet()
        listener = _listen(target)
        # A page of somebody else's must not read along where every origin would be let in.
        self._allowed_origins = allowed_origins
        self._token = "" if target.is_local else secrets.token_urlsafe(9)
        place = f"[{target.host}]" if ":" in target.host else target.host
        self.address = f"http://{place}:{listener.getsockname()[1]}/"
        if self._token:
            self.address += f"?token={self._token}"
        origins = [None, _LOCAL_PAGES, *map(Origin, allowed_origins)]
        self._server = serve(
            self._serve_client,
            sock=listener,
            compression=None,
            max_size=4096,
            origins=origins if target.is_local else None,
            process_request=self._answer,
            create_connection=self._connect,  # type: ignore[arg-type] # it need not be a class
            open_timeout=_HANDSHAKE_S,
            close_timeout=_GRACE_S,
            logger=_library_log,
        )
        self._thread = threading.Thread(
            target=self._server.serve_forever, name="das-stream-websocket-door", daemon=True
        )
        self._thread.start()

    @property
    def num_clients(self) -> int:
        """Clients connected now."""
        with self._lock:
            return len(self._clients)

    @property
    def num_dropped(self) -> int:
        """Frames that clients missed, all clients added up."""
        with self._lock:
            return self._num_missed + sum(c.texts.num_dropped for c in self._clients)

    def send(self, result: PoseResult, people: People) -> None:
        """Leave the people of a result for every client."""
        if people.skeleton is not self._skeleton:
            self._skeleton = people.skeleton
            self._skeleton_text = skeleton_message(people.skeleton)
        frame = result.frame
        texts = (
            self._skeleton_text,
            frame_message(
                frame.index,
                frame.time_s,
                frame.camera,
                people,
                time.time() - result.latency_s,
                self._names(),
            ),
        )
        now_s = time.monotonic()
        with self._lock:
            self._last = texts
            for client in self._clients:
                client.texts.put(texts)
                if client.is_stuck(now_s):
                    client.cut()

    def close(self) -> None:
        """Say goodbye to every client, cut off who does not answer, and free the port."""
        with self._lock:
            self._is_closing = True
            for client in self._clients:
                client.texts.close()
        deadline_s = time.monotonic() + _GRACE_S
        while self.num_clients and time.monotonic() < deadline_s:
            time.sleep(0.01)
        for each in list(self._sockets):
            _cut(each)
        self._server.shutdown()
        self._thread.join()

    def _connect(self, sock: socket.socket, *args: object, **options: object) -> ServerConnection:
        self._sockets.add(sock)
        others: tuple[Any, ...] = args
        named: dict[str, Any] = options
        return ServerConnection(sock, *others, **named)

    def _answer(self, connection: ServerConnection, request: Request) -> Response | None:
        """The page for a browser; None to go on with a client."""
        if request.headers.get("Upgrade", "").lower() == "websocket":
            if self._token and not self._may_read(request):
                text = "a page needs the token that is in the address the application shows\n"
                return connection.respond(HTTPStatus.FORBIDDEN, text)
            is_full = self.num_clients >= MAX_CLIENTS
            text = f"there are {MAX_CLIENTS} clients already\n"
            return connection.respond(HTTPStatus.SERVICE_UNAVAILABLE, text) if is_full else None
        if request.path.partition("?")[0] not in ("/", "/index.html"):
            return connection.respond(HTTPStatus.NOT_FOUND, "there is nothing here\n")
        headers = Headers(_PAGE_HEADERS | {"Content-Length": str(len(self._page))})
        return Response(HTTPStatus.OK, "OK", headers, self._page)

    def _may_read(self, request: Request) -> bool:
        """Whether it is a program, a page that is allowed, or one that knows the token."""
        origin = request.headers.get("Origin")
        told = parse_qs(urlsplit(request.path).query).get("token", [""])[0]
        knows_token = secrets.compare_digest(told.encode(), self._token.encode())
        return origin is None or origin in self._allowed_origins or knows_token

    def _serve_client(self, connection: ServerConnection) -> None:
        client = _Client(connection, self._remote)
        with self._lock:
            if self._is_closing:
                return
            if self._last is not None:  # what is on the screen now
                client.texts.put(self._last)
            self._clients.add(client)
        try:
            client.run()
        finally:
            with self._lock:
                self._clients.discard(client)
                self._num_missed += client.texts.num_dropped


def _answer_to(heard: str | bytes, remote: RemoteControl) -> str:
    """The answer to an order; empty for whatever else a client says."""
    try:
        values = json.loads(heard)
    except (ValueError, RecursionError):
        return ""
    if not isinstance(values, dict) or values.get("type") != "remote":
        return ""
    order = values.get("order")
    answer = {"type": "remote", "order": order if isinstance(order, str) else "", "ok": False}
    try:
        text = remote.ask(order, values.get("text", ""), values.get("token", ""))
    except RemoteError as error:
        return json.dumps(answer | {"text": str(error)})
    return json.dumps(answer | {"ok": True, "text": text})


class _Door(socket.socket):
    """A listening socket that turns away whom it has no room for.

    Every connection has a thread, also while nothing was said yet; so their number is bounded.
    """

    def admit(self, max_connections: int) -> None:
        """Let at most so many be connected at a time."""
        self._max_connections = max_connections
        self._admitted: WeakSet[socket.socket] = WeakSet()

    def accept(self) -> tuple[socket.socket, object]:
        """The next connection; one that has ended already in place of one turned away."""
        while True:
            connection, address = super().accept()
            num_open = sum(each.fileno() >= 0 for each in self._admitted)
            if num_open < self._max_connections:
                self._admitted.add(connection)
                return connection, address
            connection.close()
            if not select.select([self], [], [], 0)[0]:
                break
        ended, other_end = socket.socketpair()
        other_end.close()
        return ended, address


def _listen(target: StreamTarget) -> _Door:
    found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    family, _, _, _, address = found[0]
    plain = socket.create_server(address[:2], family=family)
    listener = _Door(plain.family, plain.type, plain.proto, fileno=plain.detach())
    listener.admit(MAX_CLIENTS + _MAX_UNDECIDED)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER_BYTES)
    return listener


def _cut(sock: socket.socket) -> None:
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # it is closed already
