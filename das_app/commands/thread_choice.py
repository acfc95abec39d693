"""Threads of a network chosen by a short measurement, for live work without a window.

A second thread brings little where steps are short or other programs want the cores, and threads
that spin between steps are faster only where nothing else does. Which holds is seen by trying.
Beside a window threads never spin: they would take the cores from it.
"""

import json
import logging
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import numpy as np

from das_model.inference.device.onnx_runtime import CPU, open_session, providers_of
from das_model.inference.device.openvino_runtime import OpenVinoSession, openvino_problem
from das_model.inference.estimate import Device, EstimatorOptions
from das_model.inference.ordered_pool import num_cores

T = TypeVar("T")
_CHOICES = ((0, False), (0, True), (1, False))  # number, 0 for one a core, and spinning
_OPENVINO_CHOICES = ((0, False), (1, False))  # its threads cannot be told to spin
_log = logging.getLogger(__name__)
_MEASURED_S, _MIN_RUNS = 1.0, 3


@lru_cache(maxsize=8)
def with_measured_threads(model_file: Path, options: EstimatorOptions) -> EstimatorOptions:
    """The options with the threads that are fastest here and now.

    It takes about a second, once for a model and options. Options stay as they are where they
    name a number of threads, where the network runs on a graphics card, on a single core, and for
    a file that cannot be run: opening it tells why.

    Args:
        model_file: an ONNX file of `network.export`.
        options: of an estimator.
    """
    on_openvino = options.device is Device.OPENVINO and openvino_problem() is None
    on_cpu = providers_of(options.device not in (Device.CPU, Device.OPENVINO)) == CPU
    if options.num_threads or num_cores() == 1 or not on_cpu:
        return options
    try:
        choices = _OPENVINO_CHOICES if on_openvino else _CHOICES
        calls = {choice: _call(model_file, *choice, on_openvino) for choice in choices}
        number, is_spinning = fastest(calls, _MEASURED_S, time.perf_counter)
    except Exception as error:  # the bindings raise many kinds
        _log.info("threads were not measured: %s", error)
        return options
    return replace(options, num_threads=number, is_spinning=is_spinning)


def fastest(
    calls: Mapping[T, Callable[[], object]], seconds: float, clock: Callable[[], float]
) -> T:
    """The call of the least median time, all in turns for so long but `_MIN_RUNS` each."""
    times: dict[T, list[float]] = {name: [] for name in calls}
    for call in calls.values():
        call()  # the first one takes memory
    begin_s = clock()
    while clock() - begin_s < seconds or len(times[next(iter(times))]) < _MIN_RUNS:
        for name, call in calls.items():
            start_s = clock()
            call()
            times[name].append(clock() - start_s)
    return min(times, key=lambda name: statistics.median(times[name]))


def _call(
    model_file: Path, number: int, is_spinning: bool, on_openvino: bool
) -> Callable[[], object]:
    """A run of the network on a grey picture of its nominal size."""
    session = open_session(model_file, number, is_spinning=is_spinning)
    width, height = json.loads(session.get_modelmeta().custom_metadata_map["input_size"])
    runner = OpenVinoSession(model_file, number) if on_openvino else session
    image = np.full((1, height, width, 3), 128, np.uint8)
    return lambda: runner.run(None, {"image": image})
