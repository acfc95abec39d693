"""The fastest threads are taken; what was named stays."""

import itertools

import pytest

from das_app.commands import thread_choice
from das_app.commands.thread_choice import fastest, with_measured_threads
from das_app.files.bundled import bundled_file
from das_model.inference.estimate import Device, EstimatorOptions
from das_model.inference.runtime import open_estimator

MODEL = bundled_file("models", "das-lite-synthetic.onnx")
ON_CPU = EstimatorOptions(Device.CPU)


@pytest.fixture(autouse=True)
def nothing_measured():
    with_measured_threads.cache_clear()
    yield
    with_measured_threads.cache_clear()


class Clock:
    """Time passes in calls alone."""

    def __init__(self):
        self.now_s = 0.0

    def __call__(self):
        return self.now_s

    def lasting(self, *seconds):
        durations = itertools.cycle(seconds)
        return lambda: setattr(self, "now_s", self.now_s + next(durations))


def test_the_call_of_the_least_median_is_taken():
    clock = Clock()
    calls = {
        "steady": clock.lasting(0.2),
        "mostly quick": clock.lasting(0.1, 0.1, 5.0),
        "mostly slow": clock.lasting(0.01, 3.0, 3.0),
    }
    assert fastest(calls, 60.0, clock) == "mostly quick"


@pytest.mark.parametrize("choice", [(0, True), (1, False)])
def test_the_model_is_opened_with_the_fastest_threads(monkeypatch, choice):
    seen = []
    monkeypatch.setattr(thread_choice, "num_cores", lambda: 2)
    monkeypatch.setattr(thread_choice, "fastest", lambda calls, *_: seen.extend(calls) or choice)
    options = with_measured_threads(MODEL, ON_CPU)
    assert seen == [(0, False), (0, True), (1, False)]
    assert (options.num_threads, options.is_spinning) == choice
    assert open_estimator(MODEL, options).options.is_spinning == choice[1]


def test_every_choice_runs(monkeypatch):
    monkeypatch.setattr(thread_choice, "num_cores", lambda: 2)
    monkeypatch.setattr(thread_choice, "_MEASURED_S", 0.0)
    options = with_measured_threads(MODEL, ON_CPU)
    assert (options.num_threads, options.is_spinning) in thread_choice._CHOICES


@pytest.mark.parametrize("is_there", [True, False])
def test_openvino_is_measured_where_it_is_there(monkeypatch, is_there):
    opened, seen = [], []

    class Pretended:
        def __init__(self, file, num_threads):
            opened.append(num_threads)

    monkeypatch.setattr(thread_choice, "OpenVinoSession", Pretended)
    monkeypatch.setattr(thread_choice, "openvino_problem", lambda: None if is_there else "none")
    monkeypatch.setattr(thread_choice, "num_cores", lambda: 2)
    monkeypatch.setattr(
        thread_choice, "fastest", lambda calls, *_: seen.extend(calls) or (1, False)
    )
    options = with_measured_threads(MODEL, EstimatorOptions(Device.OPENVINO))
    assert (options.device, options.num_threads) == (Device.OPENVINO, 1)
    assert opened == ([0, 1] if is_there else [])
    assert ((0, True) in seen) == (not is_there)  # its threads never spin


@pytest.mark.parametrize(
    ("options", "cores"), [(EstimatorOptions(Device.CPU, num_threads=3), 2), (ON_CPU, 1)]
)
def test_what_is_named_and_a_single_core_stay(monkeypatch, options, cores):
    monkeypatch.setattr(thread_choice, "num_cores", lambda: cores)
    monkeypatch.setattr(thread_choice, "fastest", lambda *_: pytest.fail("measured"))
    assert with_measured_threads(MODEL, options) == options


def test_a_file_that_is_no_model_is_left_to_whoever_opens_it(tmp_path, monkeypatch):
    monkeypatch.setattr(thread_choice, "num_cores", lambda: 2)
    (tmp_path / "no.onnx").write_bytes(b"no model")
    assert with_measured_threads(tmp_path / "no.onnx", ON_CPU) == ON_CPU
    assert with_measured_threads(tmp_path / "missing.onnx", ON_CPU) == ON_CPU
