"""The examples of the documentation run as they are."""

import json
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import cv2
import pytest
from session_fakes import depth_of, tracked, write_session

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    def people_of(index):
        return tracked(depth_of(index), track_ids=(0, 4) if index > 10 else (4,))

    folder = tmp_path_factory.mktemp("examples") / "session"
    return write_session(folder, 20, people_of=people_of)


def run(name, *arguments):
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / name), *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
        env=os.environ | {"MPLBACKEND": "agg"},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_load_session(session):
    lines = run("load_session.py", session).splitlines()
    assert lines[0] == "clip.mp4: 20 frames, 0.63 s"
    assert "person 0: 0.37 s to 0.63 s, 2.01 m away" in lines
    assert "person 4: 0.00 s to 0.63 s, 2.00 m away" in lines


def test_joints_with_pandas(session):
    pytest.importorskip("pandas")
    lines = run("joints_with_pandas.py", session).splitlines()
    assert lines[0].startswith("person 0, left_wrist: 0.0")
    assert len(lines) == 6
    assert lines[-2] == "frame 0: 1 people, picture none"
    assert lines[-1] == "last frame at 0.63 s, 15 frames in 0.5 s"


def test_plot_knee_angle(session, tmp_path):
    run("plot_knee_angle.py", session, tmp_path / "knee.png")
    picture = cv2.imread(str(tmp_path / "knee.png"))
    assert picture.shape[0] > 200
    assert picture.std() > 5


def test_stream_to_socket(session):
    lines = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(60)

        def receive():
            connection, _ = server.accept()
            with connection, connection.makefile(encoding="utf-8") as stream:
                lines.extend(json.loads(line) for line in stream)

        receiver = threading.Thread(target=receive)
        receiver.start()
        host, port = server.getsockname()
        assert run("stream_to_socket.py", session, host, port) == "20 frames sent\n"
        receiver.join(60)
    assert [line["type"] for line in lines] == ["skeleton"] + 20 * ["frame"]
    assert [line["frame"] for line in lines[1:]] == list(range(20))
    assert [person["id"] for person in lines[15]["people"]] == [0, 4]
    root = lines[0]["joints"].index("pelvis")
    assert lines[15]["people"][0]["joints"][root][2] == pytest.approx(depth_of(14), abs=0.1)
