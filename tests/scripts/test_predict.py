import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
import typer
from pipeline_fakes import FakeEstimator
from typer.testing import CliRunner

from das_app.pipeline import image_batch
from das_model.inference import devices
from das_model.inference.estimate import Device
from das_model.skeleton import BODY_22

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "scripts" / "predict.py"


@pytest.fixture
def predict(monkeypatch, tmp_path):
    """Runs the script with a fake model; returns typer's result and the predictions."""
    monkeypatch.setattr(image_batch, "_estimator", FakeEstimator)
    spec = importlib.util.spec_from_file_location("predict_script", SCRIPT)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    command = typer.Typer()
    command.command()(script.main)

    def run(*arguments):
        output = tmp_path / "predictions.json"
        output.unlink(missing_ok=True)
        everything = [*arguments, "-o", output, "--model", "model.onnx"]
        done = CliRunner().invoke(command, [str(a) for a in everything])
        return done, json.loads(output.read_text()) if output.exists() else None

    return run


@pytest.fixture
def photos(tmp_path):
    folder = tmp_path / "photos"
    for name, value in (("a.png", 10), ("sub/b.jpg", 200)):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        assert cv2.imwrite(str(folder / name), np.full((24, 32, 3), value, np.uint8))
    return folder


def test_a_device_that_is_not_here_is_refused(predict, photos, monkeypatch):
    monkeypatch.setattr(devices, "openvino_problem", lambda: "OpenVINO is not installed")
    done, predictions = predict(photos, "--device", "openvino")
    assert (done.exit_code, predictions) == (2, None)
    words = " ".join(done.output.replace("│", " ").split())  # in a box
    assert "OpenVINO is not installed; it takes pip install" in words
    done, predictions = predict(photos, "--device", "cpu")
    assert done.exit_code == 0, done.output
    assert FakeEstimator.newest.options.device is Device.CPU


def test_format(predict, photos):
    done, predictions = predict(photos, "--fov", 60)
    assert done.exit_code == 0, done.output
    assert list(predictions) == ["a.png", "sub/b.jpg"]
    (person,) = predictions["a.png"]["people"]
    assert set(person) == {"joints_cam_mm", "joints_px", "joint_names", "score"}
    assert person["joint_names"] == list(BODY_22.joint_names)
    assert np.shape(person["joints_cam_mm"]) == (22, 3)
    assert np.shape(person["joints_px"]) == (22, 2)
    assert person["score"] == pytest.approx(0.75)
    f = 16 / np.tan(np.radians(30))
    (x, y, z), (u, v) = person["joints_cam_mm"][5], person["joints_px"][5]
    assert z == 2010
    assert (u, v) == pytest.approx((f * x / z + 15.5, f * y / z + 11.5))


def test_intrinsics_by_name_hold_for_their_image(predict, photos, tmp_path):
    (tmp_path / "K.json").write_text('{"a.png": [100, 50, 10, 5], "sub/b.jpg": [40, 40, 16, 12]}')
    done, predictions = predict(photos, "--intrinsics", tmp_path / "K.json")
    assert done.exit_code == 0, done.output
    (person,) = predictions["a.png"]["people"]
    (x, y, z), (u, v) = person["joints_cam_mm"][0], person["joints_px"][0]
    assert (u, v) == pytest.approx((100 * x / z + 10, 50 * y / z + 5))


def test_unreadable_images_are_listed_and_the_others_kept(predict, photos):
    (photos / "broken.jpg").write_bytes(b"no image")
    done, predictions = predict(photos)
    assert done.exit_code == 1
    assert "broken.jpg" in done.output
    assert "1 images left out" in done.output
    assert list(predictions) == ["a.png", "sub/b.jpg"]


def test_image_without_intrinsics_is_listed_and_not_guessed(predict, photos, tmp_path):
    (tmp_path / "K.json").write_text('{"a.png": [100, 50, 10, 5]}')
    done, predictions = predict(photos, "--intrinsics", tmp_path / "K.json")
    assert done.exit_code == 1
    assert "sub/b.jpg" in done.output
    assert list(predictions) == ["a.png"]
    (tmp_path / "K.json").write_text("{}")
    done, predictions = predict(photos, "--intrinsics", tmp_path / "K.json")
    assert done.exit_code == 1
    assert predictions == {}


def test_images_named_one_by_one(predict, photos):
    done, predictions = predict(photos / "sub" / "b.jpg", photos / "a.png")
    assert done.exit_code == 0, done.output
    assert set(predictions) == {"b.jpg", "a.png"}


def test_two_images_of_one_name_are_refused(predict, photos, tmp_path):
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "a.png").write_bytes((photos / "a.png").read_bytes())
    done, predictions = predict(photos, tmp_path / "other")
    assert done.exit_code == 2
    assert "a.png" in done.output
    assert predictions is None


def test_folder_without_images_is_refused(predict, tmp_path):
    (tmp_path / "empty").mkdir()
    done, _ = predict(tmp_path / "empty")
    assert done.exit_code == 2
    assert "no image" in done.output


def test_a_cluster_predicts_what_one_machine_does(photos, tmp_path):
    pytest.importorskip("distributed")
    (photos / "broken.png").write_bytes(b"no image")
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    pipes = {"env": environment, "stdout": subprocess.PIPE, "text": True}

    def run(name, *options):
        command = [
            sys.executable,
            SCRIPT,
            photos,
            "-o",
            tmp_path / name,
            "--mode",
            "fast",
            *options,
        ]
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        assert "1 images left out" in done.stderr, done.stderr
        return json.loads((tmp_path / name).read_text())

    command = [sys.executable, ROOT / "tests" / "dask_cluster.py"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, **pipes) as cluster:
        address = json.loads(cluster.stdout.readline())["address"]
        apart = run("apart.json", "--cluster", address)
        cluster.stdin.close()
    assert list(apart) == ["a.png", "sub/b.jpg"]
    assert apart == run("alone.json")
