"""`das-app capture --cluster`: sessions as of one machine, and a broken file that ends nothing."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from das_app.cli import app
from das_app.files.bundled import bundled_file
from das_app.session.session import Session

pytest.importorskip("distributed")
TESTS = Path(__file__).resolve().parents[2]


@pytest.fixture
def videos(tmp_path):
    folder = tmp_path / "videos"
    folder.mkdir()
    for name in ("one", "two"):
        shutil.copy(bundled_file("clips", "demo.mp4"), folder / f"{name}.mp4")
    (folder / "broken.mp4").write_bytes(b"no video")
    return folder


def capture(videos, output, *options):
    command = [sys.executable, "-m", "das_app", "capture", videos, "-o", output, "--fov", "60"]
    command += ["--mode", "fast", "--max-frames", "4", *options]
    environment = os.environ | {"PYTHONPATH": str(TESTS.parent)}
    return subprocess.run(command, env=environment, capture_output=True, text=True)


def test_a_cluster_makes_the_sessions_that_one_machine_makes(videos, tmp_path):
    command = [sys.executable, TESTS / "dask_cluster.py"]
    environment = os.environ | {"PYTHONPATH": str(TESTS.parent)}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as cluster:
        address = json.loads(cluster.stdout.readline())["address"]
        apart = capture(videos, tmp_path / "apart", "--cluster", address)
        cluster.stdin.close()
    alone = capture(videos, tmp_path / "alone")
    for told in (apart, alone):
        assert told.returncode == 1
        assert "1 of 3 sessions failed" in told.stderr
        assert "broken.mp4" in told.stderr
        assert "Traceback" not in told.stderr
    assert "4 frames with" in apart.stdout
    assert sorted(p.name for p in (tmp_path / "apart").iterdir()) == ["one", "two"]
    for name in ("one", "two"):
        mine, theirs = (Session(tmp_path / place / name) for place in ("apart", "alone"))
        assert len(mine) == len(theirs) == 4
        for poses, same in zip(mine, theirs, strict=True):
            np.testing.assert_array_equal(poses.people.joints_cam, same.people.joints_cam)


def test_a_cluster_takes_files_alone(tmp_path):
    for arguments, told in (
        (["0"], "--cluster captures files"),
        (["demo", "--stream", "lsl"], "without --stream"),
    ):
        result = CliRunner().invoke(
            app, ["capture", *arguments, "-o", str(tmp_path / "x"), "--cluster", "tcp://x:1"]
        )
        assert result.exit_code == 2
        assert told in " ".join(result.output.replace("│", " ").split())
