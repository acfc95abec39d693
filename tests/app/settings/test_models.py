import ctypes
from pathlib import Path

import pytest

from das_app.settings import models
from das_app.settings.app_settings import DEFAULT_MODEL
from das_app.settings.models import bundled_models, device_note, model_file
from das_model.inference.device import onnx_runtime
from das_model.inference.device.onnx_runtime import (
    cuda_problem,
    ort,
    providers_of,
    tensorrt_problem,
)
from das_model.inference.estimate import Device


def no_driver(name):
    raise OSError(name)


@pytest.fixture(autouse=True)
def fresh():
    for problem in (cuda_problem, tensorrt_problem):
        problem.cache_clear()
    yield
    for problem in (cuda_problem, tensorrt_problem):
        problem.cache_clear()


@pytest.mark.parametrize(
    ("providers", "load", "problem"),
    [
        (["CPUExecutionProvider"], str, "this ONNX Runtime has no CUDA"),
        (["CUDAExecutionProvider", "CPUExecutionProvider"], no_driver, "no NVIDIA driver"),
        (["CUDAExecutionProvider", "CPUExecutionProvider"], str, None),
    ],
)
def test_cuda_is_offered_where_it_may_work(monkeypatch, providers, load, problem):
    monkeypatch.setattr(ort, "get_available_providers", lambda: providers)
    monkeypatch.setattr(ctypes, "CDLL", load)
    assert cuda_problem() == problem


ALL = ["TensorrtExecutionProvider", "CUDAExecutionProvider", "CPUExecutionProvider"]


def no_tensorrt(name, mode=None):
    if "nvinfer" in name or "nvonnxparser" in name:
        raise OSError(name)


def all_there(name, mode=None):
    """What loads a library, as `ctypes.CDLL`."""


@pytest.mark.parametrize(
    ("providers", "load", "problem"),
    [
        (ALL[2:], all_there, "this ONNX Runtime has no CUDA"),
        (ALL[1:], all_there, "this ONNX Runtime has no TensorRT"),
        (ALL, no_tensorrt, "TensorRT 10 is not installed"),
        (ALL, all_there, None),
    ],
)
def test_tensorrt_is_used_where_it_is_installed(monkeypatch, providers, load, problem):
    monkeypatch.setattr(ort, "get_available_providers", lambda: providers)
    monkeypatch.setattr(ctypes, "CDLL", load)
    monkeypatch.setattr(ort, "set_default_logger_severity", lambda level: None)
    assert tensorrt_problem() == problem
    wanted = providers_of(has_cuda=True, has_tensorrt=True)
    assert (wanted == tuple(ALL)) == (problem is None)
    assert providers_of(has_cuda=True) == tuple(p for p in providers if p != ALL[0])
    assert providers_of(has_cuda=False) == ("CPUExecutionProvider",)


def test_libraries_of_a_python_package_are_found(monkeypatch, tmp_path):
    package = tmp_path / "tensorrt_libs"
    package.mkdir()
    (package / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    loaded = []

    def load(name, mode=None):
        if "nv" in name and not name.startswith(str(package)):
            raise OSError(name)
        loaded.append(Path(name).name)

    monkeypatch.setattr(ort, "get_available_providers", lambda: ALL)
    monkeypatch.setattr(ctypes, "CDLL", load)
    monkeypatch.setattr(onnx_runtime.sys, "platform", "linux")
    assert tensorrt_problem() is None
    assert loaded[-1] == "libnvonnxparser.so.10"


@pytest.mark.parametrize("name", ["lite", "das-lite"])
def test_bundled_models_have_names(name):
    assert model_file(name) in bundled_models()
    assert model_file(name).name == "das-lite.onnx"


def test_a_file_comes_before_a_name_and_the_unknown_stays_as_it_is(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lite").write_bytes(b"")
    assert model_file("lite") == Path("lite")
    assert model_file("gone.onnx") == Path("gone.onnx")


def test_who_asks_for_cuda_and_gets_the_cpu_is_told(monkeypatch):
    monkeypatch.setattr(ctypes, "CDLL", all_there)
    assert "runs on the CPU" in device_note(Device.CUDA, "CPUExecutionProvider")
    assert not device_note(Device.CUDA, "CUDAExecutionProvider")
    assert not device_note(Device.AUTO, "CPUExecutionProvider")
    assert "without TensorRT" in device_note(Device.TENSORRT, "CUDAExecutionProvider")
    assert "runs on the CPU" in device_note(Device.TENSORRT, "CPUExecutionProvider")
    assert not device_note(Device.TENSORRT, "TensorrtExecutionProvider")


@pytest.mark.parametrize(
    ("problem", "reason"),
    [("OpenVINO is not installed", "OpenVINO is not installed"), (None, "OpenVINO did not start")],
)
def test_who_asks_for_openvino_and_gets_another_is_told(monkeypatch, problem, reason):
    monkeypatch.setattr(models, "device_problem", lambda device: problem)
    note = device_note(Device.OPENVINO, "CPUExecutionProvider")
    assert note.startswith(f"The model runs on the CPU: {reason}.")
    assert not device_note(Device.OPENVINO, "OpenVINO")


def test_bundled_models_have_the_default_among_them():
    assert DEFAULT_MODEL in [file.name for file in bundled_models()]
