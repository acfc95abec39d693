import json
import socket
import threading
from contextlib import contextmanager

import pytest
from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import build_msg
from websockets.sync.client import connect

from das_app.streaming.remote import RemoteAction, RemoteControl, RemoteError
from das_app.streaming.remote_osc import RemotePort
from das_app.streaming.streams import StreamPlan
from das_app.streaming.targets import StreamTarget
from das_app.streaming.websocket import WebSocketSender

TOKEN = "open sesame ü"
ANYWHERE = StreamTarget.from_text("websocket:0")


@contextmanager
def obeyed(remote, refuses=""):
    """Orders are carried out, or refused, until the end; yields what was ordered."""
    orders, is_over = [], threading.Event()

    def run():
        while not is_over.wait(0.005):
            for order in remote.pending():
                orders.append((order.action, order.text))
                if refuses:
                    order.refuse(refuses)
                else:
                    order.answer.set_result(f"{order.action} done")

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield orders
    finally:
        is_over.set()
        thread.join()


@pytest.fixture
def remote():
    made = RemoteControl()
    made.switch_on(TOKEN)
    return made


def test_it_is_off_until_it_has_a_token():
    remote = RemoteControl()
    with obeyed(remote) as orders:
        with pytest.raises(RemoteError, match="remote control is off; switch it on"):
            remote.ask("start", token="")
        with pytest.raises(ValueError, match="8 characters at least, got 3"):
            remote.switch_on("abc")
        assert not remote.is_on
        remote.switch_on(TOKEN)
        assert remote.ask("start", token=TOKEN) == "start done"
        assert remote.last == "start done"
        remote.switch_off()
        with pytest.raises(RemoteError, match="is off"):
            remote.ask("stop", token=TOKEN)
    assert orders == [(RemoteAction.START, "")]


@pytest.mark.parametrize(
    ("action", "token", "why"),
    [
        ("start", "", "token is wrong or missing"),
        ("start", TOKEN[:-1], "token is wrong or missing"),
        ("start", None, "token is wrong or missing"),
        ("start", "\ud800", "token is wrong or missing"),
        ("erase", TOKEN, "one of start, stop, marker"),
        ([], TOKEN, "one of start, stop, marker"),
    ],
)
def test_what_is_refused_is_never_handed_on(remote, action, token, why):
    with obeyed(remote) as orders, pytest.raises(RemoteError, match=why):
        remote.ask(action, token=token)
    assert orders == []
    assert why in remote.last


def test_the_text_of_a_marker_is_made_fit_to_show(remote):
    with obeyed(remote) as orders:
        remote.ask("marker", "jump\x00 \u202e" + 100 * "é", TOKEN)
        remote.ask("marker", 12, TOKEN)
    (_, text), (_, none) = orders
    assert text.startswith("jump")
    assert len(text) <= 80
    assert not set(text) & {"\x00", "\u202e"}
    assert none == ""


def test_switching_off_refuses_what_waits(remote):
    answers = []

    def ask():
        try:
            remote.ask("stop", token=TOKEN)
        except RemoteError as error:
            answers.append(str(error))

    thread = threading.Thread(target=ask)
    thread.start()
    while remote._orders.empty():
        pass
    remote.switch_off()
    thread.join()
    assert "is off" in answers[0]


class Osc:
    """Another program that sends OSC and hears the answers."""

    def __init__(self, port):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.settimeout(20)
        self.socket.connect(("127.0.0.1", port))

    def __call__(self, address, *values):
        self.socket.send(build_msg(address, list(values)).dgram)
        answer = OscMessage(self.socket.recv(2048))
        assert answer.address == "/das/remote"
        return answer.params


def test_osc_gives_orders_and_is_answered(remote):
    port = RemotePort(ANYWHERE, remote)
    osc = Osc(port.port)
    try:
        with obeyed(remote) as orders:
            assert osc("/das/start", TOKEN) == ["start", 1, "start done"]
            assert osc("/das/marker", TOKEN, "jump") == ["marker", 1, "marker done"]
            assert osc("/das/stop") == ["stop", 0, "the token is wrong or missing"]
            osc.socket.send(b"no OSC at all")
            osc.socket.send(b"/das/stop\0\0\0,s\0\0")  # its value is missing
            osc.socket.send(b"#bundle\0" + bytes(3))
            assert osc("/das/stop", TOKEN) == ["stop", 1, "stop done"]
        with obeyed(remote, refuses="nothing is being recorded"):
            assert osc("/das/stop", TOKEN) == ["stop", 0, "nothing is being recorded"]
    finally:
        osc.socket.close()
        port.close()
    assert [text for _, text in orders] == ["", "jump", ""]


def test_websocket_gives_orders_and_is_answered(remote):
    sender = WebSocketSender(ANYWHERE, remote=remote)
    order = {"type": "remote", "order": "marker", "text": "jump", "token": TOKEN}
    try:
        with (
            connect(sender.address.replace("http", "ws"), proxy=None) as client,
            obeyed(remote) as orders,
        ):

            def ask(values):
                client.send(values if isinstance(values, str) else json.dumps(values))
                return json.loads(client.recv(timeout=20))

            done = {"type": "remote", "order": "marker", "ok": True, "text": "marker done"}
            assert ask(order) == done
            for nonsense in ("[", "7", "[" * 2000, '{"type": "frame"}', b"\xff"):
                client.send(nonsense)  # let go of
            assert ask(order | {"token": "guessed"})["ok"] is False
            assert ask(order | {"order": {}}) == {
                "type": "remote",
                "order": "",
                "ok": False,
                "text": "an order is one of start, stop, marker",
            }
            remote.switch_off()
            assert "remote control is off" in ask(order)["text"]
    finally:
        sender.close()
    assert orders == [(RemoteAction.MARKER, "jump")]


def test_a_plan_is_read_from_words():
    plan = StreamPlan.from_texts(["osc", "lsl"], ["null"], "0.0.0.0:9100", "secret-token")
    assert [target.text for target in plan.targets] == ["osc:127.0.0.1:9000", "lsl:127.0.0.1"]
    assert (plan.allowed_origins, plan.remote.host, plan.remote.port) == (
        ("null",),
        "0.0.0.0",
        9100,
    )
    assert (plan.token, plan.is_token_made) == ("secret-token", False)
    made = StreamPlan.from_texts([], [], "9100")
    assert made.is_token_made
    assert len(made.token) >= 8
    assert made.remote.is_local
    assert StreamPlan.from_texts([], [], None, "short").remote is None
    for remote, token, why in (
        ("", None, "HOST"),
        ("here", None, "HOST"),
        ("9000+2", None, "HOST"),
        ("9000", "short", "8 characters"),
        ("99999", None, "65535"),
    ):
        with pytest.raises(ValueError, match=why):
            StreamPlan.from_texts([], [], remote, token)
