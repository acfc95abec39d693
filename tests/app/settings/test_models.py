import ctypes
from pathlib import Path

import pytest

from das_app.settings.app_settings import DEFAULT_MODEL
from das_app.settings.models import bundled_models, device_note, model_file
from das_model.inference.device.onnx_runtime import cuda_problem, ort
from das_model.inference.estimate import Device


def no_driver(name):
    raise OSError(name)


@pytest.fixture(autouse=True)
def fresh():
    cuda_problem.cache_clear()
    yield
    cuda_problem.cache_clear()


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
    monkeypatch.setattr(ctypes, "CDLL", str)
    assert "runs on the CPU" in device_note(Device.CUDA, "CPUExecutionProvider")
    assert not device_note(Device.CUDA, "CUDAExecutionProvider")
    assert not device_note(Device.AUTO, "CPUExecutionProvider")


def test_bundled_models_have_the_default_among_them():
    assert DEFAULT_MODEL in [file.name for file in bundled_models()]
