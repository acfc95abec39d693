import ctypes

import pytest

from das_app import models
from das_app.models import bundled_models, cuda_problem, device_note
from das_app.settings import DEFAULT_MODEL, Device


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
    monkeypatch.setattr(models.ort, "get_available_providers", lambda: providers)
    monkeypatch.setattr(ctypes, "CDLL", load)
    assert cuda_problem() == problem


def test_who_asks_for_cuda_and_gets_the_cpu_is_told(monkeypatch):
    monkeypatch.setattr(ctypes, "CDLL", str)
    assert "runs on the CPU" in device_note(Device.CUDA, "CPUExecutionProvider")
    assert not device_note(Device.CUDA, "CUDAExecutionProvider")
    assert not device_note(Device.AUTO, "CPUExecutionProvider")


def test_bundled_models_have_the_default_among_them():
    assert DEFAULT_MODEL in [file.name for file in bundled_models()]
