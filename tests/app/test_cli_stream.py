import socket
import sys
import time
from contextlib import ExitStack
from types import ModuleType

import cv2
import numpy as np
import pytest
from pythonosc.osc_packet import OscPacket
from session_fakes import write_session

from das_app.session.edits import SessionEdits, save_edits
from das_app.streaming.targets import StreamTarget


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


def test_capture_does_not_begin_without_its_stream(command, photos, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        target = f"websocket:{taken.getsockname()[1]}"
        done = command("capture", photos, "-o", tmp_path / "s", "--stream", target)
    assert done.exit_code == 1
    assert "in use" in done.stderr
    assert not (tmp_path / "s").exists()


def test_a_stream_that_is_none_is_named(command, photos, tmp_path):
    done = command("capture", photos, "-o", tmp_path / "s", "--stream", "midi:1")
    assert done.exit_code == 2
    assert "midi:1" in done.stderr.replace("\n", "")


def test_the_window_is_told_its_streams(command, monkeypatch):
    told = []
    window = ModuleType("das_app.gui.window.app")
    window.run_app = lambda chosen, targets: told.append(targets) or 0
    monkeypatch.setitem(sys.modules, "das_app.gui.window.app", window)
    assert command("--stream", "vmc", "--stream", "osc:10.0.0.5:7000").exit_code == 0
    assert command().exit_code == 0
    texts = ("vmc:127.0.0.1:39539", "osc:10.0.0.5:7000")
    assert told == [tuple(map(StreamTarget.from_text, texts)), ()]


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
