"""The examples of the documentation run as they are."""

import os
import subprocess
import sys
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
        capture_output=True, text=True, timeout=120, env=os.environ | {"MPLBACKEND": "agg"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_load_session(session):
    lines = run("load_session.py", session).splitlines()
    assert lines[0] == "clip.mp4: 20 frames, 0.63 s"
    assert "person 0: 0.37 s to 0.63 s, 2.01 m away" in lines
    assert "person 4: 0.00 s to 0.63 s, 2.00 m away" in lines


def test_plot_knee_angle(session, tmp_path):
    run("plot_knee_angle.py", session, tmp_path / "knee.png")
    picture = cv2.imread(str(tmp_path / "knee.png"))
    assert picture.shape[0] > 200 and picture.std() > 5
