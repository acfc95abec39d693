import http.client
import json
import re
import socket
import threading
import time
from contextlib import ExitStack

import cv2
import numpy as np
import pytest
from headless_browser import CHROMIUM, Browser
from session_fakes import WIDE, result, tracked
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from das_app.streaming import websocket
from das_app.streaming.streamer import Streamer, StreamError, StreamState
from das_app.streaming.streams import Streams
from das_app.streaming.targets import StreamTarget
from das_app.streaming.websocket import WebSocketSender

TARGET = StreamTarget.from_text("websocket:0")  # any free port
CROWD = tracked(3000, track_ids=range(60))


class Server:
    """A sender with the clients of a test, all closed afterwards."""

    def __init__(self):
        self.sender = WebSocketSender(TARGET)
        self.place = self.sender.address.removeprefix("http://").rstrip("/")
        host, port = self.place.split(":")
        self.address = (host, int(port))
        self.clients = ExitStack()

    def client(self, **options):
        return self.clients.enter_context(
            connect(f"ws://{self.place}/", proxy=None, max_size=None, **options)
        )

    def silent_client(self):
        """A client that asks for the stream and then reads nothing any more."""
        made = self.clients.enter_context(socket.socket())
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        made.connect(self.address)
        made.sendall(
            b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        assert made.recv(12) == b"HTTP/1.1 101"
        return made

    def send(self, index, people=None):
        one = result(index, people)
        self.sender.send(one, one.people)

    def send_to(self, client, indices):
        """Frames of 0.1 MB, which soon are more than the system holds back for a client; the
        next when `client` has the one before."""
        for index in indices:
            self.send(index, CROWD)
            message = heard(client)
            if message["type"] == "skeleton":
                message = heard(client)
            assert message["frame"] == index

    def wait_for_clients(self, num_clients):
        wait_until(lambda: self.sender.num_clients == num_clients)


def wait_until(is_so):
    end_s = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < end_s, "it did not come so far"
        time.sleep(0.005)


def heard(client):
    return json.loads(client.recv(timeout=20))


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setattr(websocket, "_TURN_S", 0.02)
    made = Server()
    yield made
    made.sender.close()
    made.clients.close()


def test_what_a_client_is_told(server):
    client = server.client()
    server.wait_for_clients(1)
    people = tracked(2500, track_ids=(3, 12))
    server.send(8, people)
    about, frame = heard(client), heard(client)
    assert about["type"] == "skeleton"
    assert about["version"] == 1
    assert about["units"] == "mm"
    assert about["joints"] == list(people.skeleton.joint_names)
    parents = dict(map(reversed, about["bones"]))
    knee, hip = (about["joints"].index(f"left_{name}") for name in ("knee", "hip"))
    assert parents[knee] == hip
    assert len(parents) == len(about["joints"]) - 1
    assert (frame["type"], frame["frame"]) == ("frame", 8)
    assert frame["time_s"] == pytest.approx(8 / 30, abs=1e-6)
    assert frame["camera"] == {
        "width": WIDE.size[0],
        "height": WIDE.size[1],
        "fx": 16.0,
        "fy": 16.0,
        "cx": pytest.approx(WIDE.K[0, 2]),
        "cy": pytest.approx(WIDE.K[1, 2]),
    }
    assert [person["id"] for person in frame["people"]] == [3, 12]
    person = frame["people"][1]
    assert person["score"] == 0.75
    np.testing.assert_allclose(person["joints"], people.joints_cam[1], atol=0.051)
    np.testing.assert_allclose(person["confidence"], people.joint_scores[1], atol=0.00051)
    server.send(9, tracked(0, track_ids=()))
    empty = heard(client)
    assert abs(empty.pop("captured_unix_s") + 0.02 - time.time()) < 10
    assert empty | {"camera": 0} == {  # the skeleton is not said again
        "type": "frame",
        "frame": 9,
        "time_s": 0.3,
        "camera": 0,
        "people": [],
    }


def test_who_comes_late_sees_what_is_on_the_screen(server):
    server.send(5)
    client = server.client()
    assert heard(client)["type"] == "skeleton"
    assert heard(client)["frame"] == 5


def test_a_client_that_stops_reading_costs_nobody_else_a_frame(server):
    reading = [server.client(), server.client()]
    server.silent_client()
    server.wait_for_clients(3)
    for index in range(12):
        server.send_to(reading[0], [index])
        if index == 0:
            assert heard(reading[1])["type"] == "skeleton"
        assert heard(reading[1])["frame"] == index
    assert server.sender.num_dropped > 4
    assert server.sender.num_clients == 3


def test_a_client_that_takes_nothing_for_long_is_cut_off(server, monkeypatch):
    reading = server.client()
    server.silent_client()
    server.wait_for_clients(2)
    server.send_to(reading, range(12))
    monkeypatch.setattr(websocket, "_STUCK_S", 0.0)
    monkeypatch.setattr(websocket._Client, "is_stuck", only_silent(websocket._Client.is_stuck))
    num_missed = server.sender.num_dropped
    server.send_to(reading, [12])
    server.wait_for_clients(1)
    assert server.sender.num_dropped > num_missed > 0  # those of who left are still counted


def only_silent(is_stuck):
    """A client that reads may be in the middle of a frame just now."""
    return lambda client, now_s: client.texts.num_dropped > 4 and is_stuck(client, now_s)


def test_a_client_that_leaves_is_noticed_without_frames(server):
    client = server.client()
    server.wait_for_clients(1)
    client.send("whatever a client says is let go of")
    client.close()
    server.wait_for_clients(0)


def test_room_for_so_many(server, monkeypatch):
    monkeypatch.setattr(websocket, "MAX_CLIENTS", 1)
    server.client()
    server.wait_for_clients(1)
    with pytest.raises(InvalidStatus, match="503"):
        server.client()


def test_other_web_sites_may_not_listen(server):
    with pytest.raises(InvalidStatus, match="403"):
        server.client(origin="https://example.org")
    with pytest.raises(InvalidStatus, match="403"):
        server.client(origin="http://localhost.example.org")
    server.client(origin="http://localhost:5173")
    server.client(origin=f"http://{server.place}")
    server.wait_for_clients(2)


def get(server, path):
    connection = http.client.HTTPConnection(*server.address, timeout=20)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read().decode()
    finally:
        connection.close()


def test_the_page_comes_from_the_same_port_and_loads_nothing(server):
    status, headers, page = get(server, "/?x=1")
    assert status == 200
    assert headers["Content-Type"].startswith("text/html")
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    addresses = re.findall(r"https?://[^'\"\s)]+", page)
    assert set(addresses) <= {"http://www.w3.org/2000/svg"}  # the name of a format
    assert not re.search(r"<(script|link|img)[^>]+(src|href)=[\"'](?!data:)", page)
    assert get(server, "/secret")[0] == 404


def test_the_end_says_goodbye_and_waits_for_nobody():
    server = Server()
    client = server.client()
    server.wait_for_clients(1)
    server.clients.enter_context(socket.create_connection(server.address))  # browsers hold some
    server.silent_client()
    server.wait_for_clients(2)
    server.send_to(client, range(12))
    server.sender.close()
    with pytest.raises(ConnectionClosed):
        client.recv(timeout=20)
    assert client.close_code in (1000, 1001)
    assert server.sender.num_clients == 0
    server.clients.close()


def test_a_port_in_use_is_said_and_free_again_after_the_end():
    streams = Streams()
    first = streams.start(TARGET)
    first.wait_begun(20)
    port = int(first.figures().address.rstrip("/").rpartition(":")[2])
    taken = StreamTarget.from_text(f"websocket:{port}")
    second = Streamer(taken, streams._open)
    with pytest.raises(StreamError, match=f"websocket:127.0.0.1:{port}: Address already in use$"):
        second.wait_begun(20)
    assert second.figures().state is StreamState.FAILED
    assert second.join(20)
    with connect(f"ws://127.0.0.1:{port}/", proxy=None) as client:
        again = streams.replace(taken)  # in place of the first, with a client at it
        again.wait_begun(20)
        with pytest.raises(ConnectionClosed):
            client.recv(timeout=20)
    streams(result(3))
    wait_until(lambda: again.figures().num_sent == 1)
    assert again.figures().num_clients == 0
    assert streams.close(20)


def test_a_host_of_somebody_else_cannot_be_listened_at():
    streamer = Streamer(StreamTarget.from_text("websocket:192.0.2.1:8765"), Streams()._open)
    with pytest.raises(StreamError, match=r"192.0.2.1"):
        streamer.wait_begun(20)
    assert streamer.join(20)


def test_idle_connections_cost_a_bounded_number_of_threads(server):
    before = threading.active_count()
    with ExitStack() as idle:
        for _ in range(300):
            idle.enter_context(socket.create_connection(server.address))
        wait_until(lambda: threading.active_count() > before)
        time.sleep(0.5)
        most = 2 * (websocket.MAX_CLIENTS + 32) + 8  # two of a connection, some that end
        assert threading.active_count() - before <= most
    wait_until(lambda: threading.active_count() <= before)
    server.client()
    server.wait_for_clients(1)


def test_the_token_of_the_page_is_not_logged(caplog):
    caplog.set_level("INFO")
    streamer = Streamer(StreamTarget.from_text("websocket:0.0.0.0:0"), WebSocketSender)
    streamer.wait_begun(20)
    token = streamer.figures().address.partition("token=")[2]
    streamer.stop()
    assert streamer.join(20)
    assert len(token) >= 12
    assert "streaming to http://" in caplog.text
    assert token not in caplog.text


def test_pages_need_the_token_where_others_can_reach_it():
    sender = WebSocketSender(StreamTarget.from_text("websocket:0.0.0.0:0"))
    try:
        place, _, query = sender.address.removeprefix("http://").partition("/")
        place = place.replace("0.0.0.0", "127.0.0.1")
        page = "https://example.org"
        for wrong in ("", "?token=", "?token=" + "x" * 12):
            with pytest.raises(InvalidStatus) as refused:
                connect(f"ws://{place}/{wrong}", proxy=None, origin=page)
            assert refused.value.response.status_code == 403
        with connect(f"ws://{place}/{query}", proxy=None, origin=f"http://{place}"):
            wait_until(lambda: sender.num_clients == 1)
        with connect(f"ws://{place}/", proxy=None):  # a program, which has no origin
            pass
    finally:
        sender.close()


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium here to look at the page with")
def test_a_browser_draws_the_people(server, tmp_path):
    browser = Browser(tmp_path)
    try:
        browser.go(server.sender.address)
        server.wait_for_clients(1)
        server.send(0, tracked(3000, track_ids=(0, 1)))
        browser.wait_for("document.body.dataset.people === '2'")
        assert browser.value("document.body.dataset.state") == "live"
        assert browser.value("document.querySelectorAll('#people button').length") == 2
        picture = painted(browser)
        assert min(num_pixels(picture, c) for c in ("#56b4e9", "#f5a623")) > 200
        browser.drag((400, 300), (700, 350))
        browser.wait_for("Math.abs(wish.yaw - eye.yaw) < 0.01 && wish.yaw < -1")
        assert np.abs(painted(browser).astype(int) - picture).mean() > 0.5  # seen from elsewhere
        server.sender.close()
        browser.wait_for("document.body.dataset.state === 'connecting'")
        assert browser.value("document.body.dataset.people") == "0"
        assert not [m for m in browser.messages if "exceptionDetails" in m]
    finally:
        browser.close()


def painted(browser):
    """(h, w, 3) BGR of the page after its next picture."""
    browser.ask(
        "Runtime.evaluate", awaitPromise=True, expression="new Promise(requestAnimationFrame)"
    )
    return cv2.imdecode(np.frombuffer(browser.screenshot(), np.uint8), cv2.IMREAD_COLOR)


def num_pixels(picture, colour):
    """Pixels of about the hue of a person's colour."""
    bgr = np.uint8([[[int(colour[at : at + 2], 16) for at in (5, 3, 1)]]])
    hue = cv2.cvtColor(bgr, cv2.COLOR_BGR2HSV)[0, 0, 0]
    hsv = cv2.cvtColor(picture, cv2.COLOR_BGR2HSV).astype(int)
    return int(((abs(hsv[..., 0] - hue) < 5) & (hsv[..., 1] > 90) & (hsv[..., 2] > 90)).sum())
