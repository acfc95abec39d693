"""OpenVINO beside ONNX Runtime: the same people, no word to its maker, and the CPU without it."""

import dataclasses
import importlib.util
import logging
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from das_app.files.bundled import bundled_file
from das_app.pipeline.open_source import open_source
from das_app.settings.app_settings import AppSettings
from das_model.inference.device import openvino_runtime
from das_model.inference.device.onnx_runtime import open_session
from das_model.inference.device.openvino_runtime import (
    OPENVINO,
    OpenVinoSession,
    openvino_problem,
)
from das_model.inference.devices import device_problem, require_device
from das_model.inference.estimate import Device, EstimatorOptions
from das_model.inference.mode import Mode
from das_model.inference.ordered_pool import calls_at_once
from das_model.inference.runtime import open_estimator

MODEL = bundled_file("models", "das-lite.onnx")
ON_CPU = EstimatorOptions(
    Device.CPU, num_threads=1, thunder_file=bundled_file("models", "movenet-thunder.onnx")
)
ON_OPENVINO = dataclasses.replace(ON_CPU, device=Device.OPENVINO)
needs_openvino = pytest.mark.skipif(
    importlib.util.find_spec("openvino") is None, reason="openvino is not installed"
)


@pytest.fixture(autouse=True)
def fresh():
    openvino_problem.cache_clear()
    yield
    openvino_problem.cache_clear()


@pytest.fixture
def absent(monkeypatch):
    monkeypatch.setitem(sys.modules, "openvino", None)
    real = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "openvino" else real(name)
    )
    openvino_runtime._core.cache_clear()
    yield
    openvino_runtime._core.cache_clear()


class PretendedNetwork:
    """Compiled for a size; ONNX Runtime does its work."""

    def __init__(self, world, shape):
        self._world, self._shape = world, shape

    def create_infer_request(self):
        self._world.num_requests += 1
        return self

    def infer(self, inputs):
        (image,) = inputs
        assert list(image.shape) == self._shape
        outputs = self._world.session.run(None, {"image": image})
        return SimpleNamespace(to_tuple=lambda: tuple(self._world.off + o for o in outputs))


class PretendedModel:
    shape = None

    def clone(self):
        return PretendedModel()

    def reshape(self, shape):
        self.shape = shape


class Pretended:
    """An OpenVINO of which everything is known.

    Attributes:
        compiled: shape, device and properties of each network.
        off: what its outputs are off by.
    """

    def __init__(self):
        self.compiled, self.num_requests, self.off = [], 0, 0.0
        self.session = open_session(MODEL, 1)
        self.module = ModuleType("openvino")
        self.module.Core = lambda: self

    def read_model(self, file):
        return PretendedModel()

    def compile_model(self, model, device, properties):
        self.compiled.append((model.shape, device, properties))
        return PretendedNetwork(self, model.shape)


@pytest.fixture
def pretended(monkeypatch):
    world = Pretended()
    monkeypatch.setitem(sys.modules, "openvino", world.module)
    monkeypatch.setitem(sys.modules, "openvino_telemetry", None)
    openvino_runtime._core.cache_clear()
    yield world
    openvino_runtime._core.cache_clear()


def demo_frames(number):
    source = open_source("demo", AppSettings().lens.intrinsics())
    try:
        return [source.read() for _ in range(number)]
    finally:
        source.close()


@needs_openvino
@pytest.mark.parametrize(("mode", "number"), [(Mode.FAST, 20), (Mode.PRECISE, 3)])
def test_the_same_people(mode, number):
    ours, theirs = (
        open_estimator(MODEL, dataclasses.replace(options, mode=mode))
        for options in (ON_CPU, ON_OPENVINO)
    )
    assert (ours.provider, theirs.provider) == ("CPUExecutionProvider", OPENVINO)
    num_people = 0
    for frame in demo_frames(number):
        here, there = (e(frame.image, frame.camera).people for e in (ours, theirs))
        num_people += len(here)
        np.testing.assert_allclose(there.scores, here.scores, atol=1e-3)
        np.testing.assert_allclose(there.joints_cam, here.joints_cam, atol=0.5)
        np.testing.assert_allclose(
            there.joints_px(frame.camera), here.joints_px(frame.camera), atol=0.05
        )
    assert num_people >= 2 * number


@needs_openvino
def test_calls_at_once_and_many_sizes_give_the_maps_of_each_picture():
    ours, theirs = open_session(MODEL, 1), OpenVinoSession(MODEL, 1)
    rng = np.random.default_rng(3)
    sizes = [(64 * h, 64 * w) for h, w in ((3, 5), (2, 2), (5, 3), (1, 2), (2, 1), (1, 1), (3, 3))]
    pictures = [rng.integers(0, 256, (1, *size, 3), np.uint8) for size in 2 * sizes]
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda p: theirs.run(None, {"image": p}), pictures))
    for picture, maps in zip(pictures, found, strict=True):
        for wanted, told in zip(ours.run(None, {"image": picture}), maps, strict=True):
            most = 1e-3 * max(1.0, float(np.abs(wanted).max()))
            np.testing.assert_allclose(told, wanted, atol=most)


@needs_openvino
def test_its_maker_hears_nothing(tmp_path):
    """In a process that may not touch a socket, with an empty home and a spy in the place of the
    package that reports."""
    (tmp_path / "openvino_telemetry.py").write_text("raise SystemExit('it would report')")
    home = tmp_path / "home"
    home.mkdir()
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "def watch(event, args):\n"
        "    if event.startswith('socket.') or event == 'urllib.Request':\n"
        "        raise SystemExit(f'it used the network: {event}')\n"
        "sys.addaudithook(watch)\n"
        "from das_model.inference.estimate import Device, EstimatorOptions\n"
        "from das_model.inference.runtime import open_estimator\n"
        "options = EstimatorOptions(Device.OPENVINO, num_threads=1)\n"
        "print(open_estimator(Path(sys.argv[1]), options).provider)\n"
    )
    path = os.pathsep.join([str(tmp_path), *sys.path])
    environment = {**os.environ, "HOME": str(home), "USERPROFILE": str(home), "PYTHONPATH": path}
    command = [sys.executable, "-c", code, str(MODEL)]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.returncode, done.stdout) == (0, f"{OPENVINO}\n"), done.stderr
    assert not list(home.iterdir())


def test_float32_is_asked_for_and_each_size_compiled_once(pretended):
    estimator = open_estimator(MODEL, ON_OPENVINO)
    assert estimator.provider == OPENVINO
    frame = demo_frames(1)[0]
    square = np.ascontiguousarray(frame.image[:400, :400])
    for image in (frame.image, square, square, frame.image):
        estimator(image, frame.camera)
    shapes, devices, properties = zip(*pretended.compiled, strict=True)
    assert [tuple(shape) for shape in shapes] == [(1, 192, 320, 3), (1, 256, 256, 3)]
    assert set(devices) == {"CPU"}
    for told in properties:
        assert told["INFERENCE_PRECISION_HINT"] == "f32"
        assert told["NUM_STREAMS"] == told["INFERENCE_NUM_THREADS"] == calls_at_once(ON_OPENVINO)
    assert pretended.num_requests == 2


def test_sizes_that_were_not_seen_for_long_are_compiled_anew(pretended):
    session = OpenVinoSession(MODEL)
    pictures = [np.zeros((1, 64, 64 * n, 3), np.uint8) for n in range(1, 8)]
    for picture in [*pictures, *pictures[1:], pictures[0]]:
        session.run(None, {"image": picture})
    widths = [shape[2] // 64 for shape, _, _ in pretended.compiled]
    assert widths == [1, 2, 3, 4, 5, 6, 7, 1]
    assert "INFERENCE_NUM_THREADS" not in pretended.compiled[0][2]


def test_what_computes_nonsense_is_not_used(pretended, caplog):
    pretended.off = 3.0
    with caplog.at_level(logging.WARNING):
        estimator = open_estimator(MODEL, ON_OPENVINO)
    assert estimator.provider == "CPUExecutionProvider"
    assert "must be the processor's" in caplog.text


def test_what_does_not_start_leaves_the_model_where_it_was(pretended, caplog):
    def broken():
        raise RuntimeError("no plugin CPU")

    pretended.module.Core = broken
    with caplog.at_level(logging.WARNING):
        estimator = open_estimator(MODEL, ON_OPENVINO)
    assert estimator.provider == "CPUExecutionProvider"
    assert "not on OpenVINO: no plugin CPU" in caplog.text


def test_nobody_gets_it_without_asking(pretended):
    assert open_estimator(MODEL, EstimatorOptions()).provider != OPENVINO
    assert not pretended.compiled


def test_its_maps_are_on_the_host(pretended):
    with pytest.raises(ValueError, match="maps of OpenVINO are on the host"):
        open_estimator(MODEL, dataclasses.replace(ON_OPENVINO, keeps_maps=True))


def test_where_it_is_not_installed(absent):
    assert device_problem(Device.OPENVINO) == "OpenVINO is not installed"
    with pytest.raises(
        ValueError, match=r'^openvino cannot .*not installed; .*pip install "das-capture\[openvin'
    ):
        require_device(Device.OPENVINO)
    assert open_estimator(MODEL, ON_OPENVINO).provider == "CPUExecutionProvider"


@pytest.mark.parametrize("device", [Device.AUTO, Device.CPU])
def test_devices_that_are_everywhere(device):
    assert device_problem(device) is None
    require_device(device)
