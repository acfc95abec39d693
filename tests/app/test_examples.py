"""The examples of the documentation run as they are."""

import itertools
import json
import os
import re
import socket
import subprocess
import sys
import threading
from importlib.util import find_spec
from pathlib import Path

import cv2
import pytest
from session_fakes import depth_of, record, result, tracked, write_session

from das_app.exports.export import export_session
from das_app.exports.formats import ExportFormat
from das_app.exports.takes.take import ExportOptions
from das_app.session.session import Session
from das_app.streaming.json_messages import frame_message, skeleton_message
from das_app.streaming.targets import StreamTarget
from das_app.streaming.websocket import WebSocketSender

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    def people_of(index):
        return tracked(depth_of(index), track_ids=(0, 4) if index > 10 else (4,))

    folder = tmp_path_factory.mktemp("examples") / "session"
    return write_session(folder, 20, people_of=people_of)


@pytest.fixture(scope="module")
def filmed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("examples") / "filmed"
    record(folder, [result(index) for index in range(4)], has_video=True, waits=True)
    return folder


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


def test_the_notebook_runs_from_its_first_cell_to_its_last(session, filmed, tmp_path):
    pytest.importorskip("pandas")
    notebook = json.loads((EXAMPLES / "session_notebook.ipynb").read_text())
    assert notebook["nbformat"] == 4
    cells = ["".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code"]
    script = tmp_path / "cells.py"
    script.write_text("\n".join(cells))
    for folder in (session, filmed):
        done = subprocess.run(
            [sys.executable, str(script)],
            capture_output=True,
            text=True,
            timeout=120,
            env=os.environ | {"MPLBACKEND": "agg", "DAS_SESSION": str(folder)},
        )
        assert done.returncode == 0, done.stderr
        assert "frames in half a second" in done.stdout


def test_rerun_shows_people_live(tmp_path):
    pytest.importorskip("rerun", reason="needs rerun-sdk, of the extra `rerun`")
    sender = WebSocketSender(StreamTarget.from_text("websocket:0"), lambda: {3: "Ada"})
    path, frames = tmp_path / "live.rrd", itertools.count()
    is_over = threading.Event()

    def send():
        while not is_over.wait(0.02):
            one = result(next(frames), tracked(2500, track_ids=(3, 5)))
            sender.send(one, one.people)

    sending = threading.Thread(target=send)
    sending.start()
    try:
        address = sender.address.replace("http", "ws")
        run("rerun_live.py", "--address", address, "--save", path, "--frames", 4)
    finally:
        is_over.set()
        sending.join()
        sender.close()
    command = [sys.executable, "-m", "rerun", "rrd", "print", "-vv", str(path)]
    shown = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout
    for entity in ("/people/3/joints", "/people/3/bones", "/people/3/name", "/people/5/joints"):
        assert entity in shown


def test_blender_has_an_empty_for_each_joint(session, tmp_path):
    if find_spec("bpy") is None:
        pytest.skip("needs bpy, Blender as a Python module")
    exported = tmp_path / "s.json"
    export_session(Session(session), ExportFormat.JSON, exported, ExportOptions())
    run("joints_in_blender.py", exported, tmp_path / "s.blend")
    look = tmp_path / "look.py"
    look.write_text(
        "import bpy, json, sys\n"
        "bpy.ops.wm.open_mainfile(filepath=sys.argv[1])\n"
        "bpy.context.scene.frame_set(15)\n"
        "print('JSON', json.dumps({o.name: list(o.matrix_world.translation)"
        " for o in bpy.data.objects}))\n"
    )
    command = [sys.executable, str(look), str(tmp_path / "s.blend")]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    (line,) = (each for each in done.stdout.splitlines() if each.startswith("JSON"))
    places = json.loads(line[5:])
    poses = Session(session)[14]
    for row, track_id in enumerate(poses.people.track_ids):
        for joint, place in enumerate(poses.people.joints_cam[row] / 1000):
            name = f"person_{track_id}.{poses.people.skeleton.joint_names[joint]}"
            assert places[name] == pytest.approx([place[0], place[2], -place[1]], abs=1e-4)


def test_the_script_for_unity_reads_what_is_sent():
    """Every field it asks for is in the messages: Unity itself is not at hand."""
    script = (EXAMPLES / "DasPeople.cs").read_text()
    one = result(0, tracked(2500))
    frame = json.loads(frame_message(0, 0.0, one.frame.camera, one.people))
    skeleton = json.loads(skeleton_message(one.people.skeleton))
    fields = re.findall(r'(message|frame|person)\["(\w+)"\]', script)
    known = {
        "message": skeleton.keys() | frame.keys(),
        "frame": frame.keys(),
        "person": frame["people"][0].keys(),
    }
    assert len(fields) >= 6
    assert [(where, name) for where, name in fields if name not in known[where]] == []
    assert script.count("{") == script.count("}")
