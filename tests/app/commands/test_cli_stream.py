import socket
import sys
import threading
import time
from contextlib import ExitStack, suppress
from types import ModuleType

import cv2
import numpy as np
import pytest
from pipeline_fakes import FakeSource
from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import build_msg
from pythonosc.osc_packet import OscPacket
from session_fakes import ORIGIN, result, write_session

from das_app.commands.remote_capture import RemoteCapture
from das_app.session.edits import SessionEdits, save_edits
from das_app.session.recorder import Recorder
from das_app.session.session import Session
from das_app.session.types import EventKind
from das_app.streaming.remote import RemoteError
from das_app.streaming.streams import StreamPlan, Streams
from das_app.streaming.targets import StreamTarget


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@pytest.fixture
def photos(tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(3):
        assert cv2.imwrite(str(folder / f"{number}.png"), np.zeros((24, 32, 3), np.uint8))
    return folder


def test_capture_streams_as_it_records(command, photos, tmp_path):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(10)
        target = f"osc:{receiver.getsockname()[1]}"
        done = command(
            "capture", photos, "-o", tmp_path / "s", "--stream", target, "--stream", "websocket:0"
        )
        assert done.exit_code == 0, done.output
        first = OscPacket(receiver.recv(65536)).messages[0].message
    assert first.address == "/das/frame"
    assert first.params[2] == 1
    assert f"streaming osc: osc:127.0.0.1:{target[4:]}" in done.stdout
    assert "streaming websocket: http://127.0.0.1:" in done.stdout
    assert "3 frames with 3 poses" in done.stdout


def test_capture_goes_on_without_a_stream_that_cannot_begin(command, photos, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        target = f"websocket:{taken.getsockname()[1]}"
        done = command(
            "capture", photos, "-o", tmp_path / "s", "--stream", target, "--stream", "websocket:0"
        )
        replayed = command("stream", tmp_path / "s", "--to", target)
    assert done.exit_code == 0, done.output
    assert done.stderr.count("in use; the recording goes on without it") == 1
    assert "attempting" not in done.stderr
    assert len(Session(tmp_path / "s")) == 3
    assert "streaming websocket: http" in done.stdout
    assert replayed.exit_code == 1  # there is nothing else to do
    assert replayed.stderr.count("in use") == 1


def test_a_capture_waits_for_the_remote_start(command, photos, tmp_path, monkeypatch):
    monkeypatch.setenv("DAS_REMOTE_TOKEN", "from-outside")
    port, answers = free_port(), []

    def orders():
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.settimeout(0.2)
            for token in ("guessed", "from-outside"):
                for _ in range(200):  # it listens only once it has come so far
                    sender.sendto(build_msg("/das/start", [token]).dgram, ("127.0.0.1", port))
                    with suppress(TimeoutError, ConnectionError):
                        answers.append(OscMessage(sender.recv(2048)).params[1:])
                        if "ready" not in answers[-1][1]:
                            break

    thread = threading.Thread(target=orders)
    thread.start()
    done = command("capture", photos, "-o", tmp_path / "s", "--remote", port)
    thread.join()
    assert done.exit_code == 0, done.output
    assert f"remote control: osc at 127.0.0.1:{port}\n" in done.stdout  # with no token of ours
    assert [0, "the token is wrong or missing"] in answers
    assert answers[-1] == [1, "recording"]
    assert len(Session(tmp_path / "s")) == 3
    several = command("capture", photos, photos, "-o", tmp_path / "m", "--remote", port)
    assert several.exit_code == 2
    assert "--remote is for one source" in several.stderr.replace("\n", " ")


def test_orders_to_a_capture(tmp_path):
    streams, stopping = Streams(), threading.Event()
    streams.remote.switch_on("a token to know")

    def ask(action, text=""):
        try:
            return streams.remote.ask(action, text, "a token to know")
        except RemoteError as error:
            return f"refused: {error}"

    source = FakeSource(3)
    with RemoteCapture(streams, stopping) as remote:
        assert "not ready yet" in ask("start")
        assert "nothing is being recorded" in ask("stop")
        waiting = threading.Thread(target=remote.wait_for_start, args=(source,))
        waiting.start()
        told = []
        asking = threading.Thread(target=lambda: told.append(ask("start")))
        asking.start()
        waiting.join()
        recorder = Recorder(tmp_path / "s", ORIGIN)
        recorder.write(result(0))
        remote.began(recorder)
        asking.join()
        assert told == ["recording"]
        assert "already" in ask("start")
        assert ask("marker") == "marker 1"
        assert ask("marker", "jump") == "jump"
        assert not stopping.is_set()
        assert ask("stop") == "recording ended"
        assert stopping.is_set()
        recorder.close()
        assert "nothing is being recorded" in ask("marker")
    marks = [e.text for e in Session(tmp_path / "s").events() if e.kind is EventKind.MARKER]
    assert marks == ["marker 1", "jump"]


def test_a_stream_that_is_none_is_named(command, photos, tmp_path):
    done = command("capture", photos, "-o", tmp_path / "s", "--stream", "midi:1")
    assert done.exit_code == 2
    assert "midi:1" in done.stderr.replace("\n", "")


def test_the_window_is_told_its_streams(command, monkeypatch):
    told = []
    window = ModuleType("das_app.gui.window.app")
    window.run_app = lambda chosen, streams, *_: told.append(streams) or 0
    monkeypatch.setitem(sys.modules, "das_app.gui.window.app", window)
    done = command(
        *("--stream", "vmc", "--stream", "osc:10.0.0.5:7000", "--allow-origin", "null"),
        *("--remote", "9100", "--remote-token", "12345678"),
    )
    assert done.exit_code == 0
    assert command().exit_code == 0
    texts = ("vmc:127.0.0.1:39539", "osc:10.0.0.5:7000")
    place = StreamTarget.from_text("osc:9100")
    targets = tuple(map(StreamTarget.from_text, texts))
    assert told == [StreamPlan(targets, ("null",), place, "12345678"), StreamPlan()]


def test_a_session_is_replayed_to_several_targets_of_a_protocol(command, tmp_path):
    folder = write_session(tmp_path / "s", 6)
    save_edits(folder, SessionEdits({0: "Ada"}))
    with ExitStack() as stack:
        receivers = []
        for _ in range(2):
            receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            receivers.append(stack.enter_context(receiver))
            receiver.bind(("127.0.0.1", 0))
            receiver.settimeout(10)
        targets = [f"osc:{receiver.getsockname()[1]}" for receiver in receivers]
        done = command("stream", folder, "--to", targets[0], "--to", targets[1])
        assert done.exit_code == 0, done.output
        for receiver in receivers:
            packet = [each.message for each in OscPacket(receiver.recv(65536)).messages]
            params = {message.address: message.params for message in packet}
            assert params["/das/person/0/name"] == ["Ada"]
            unix_s, time_s = params["/das/clock"]
            assert abs(unix_s - time.time()) < 60
            assert 0 <= time_s < 1
    assert command("stream", folder, "--to", "osc", "--to", "osc:9000").exit_code == 2
    assert command("stream", tmp_path, "--to", "osc").exit_code == 1
