"""What `benchmark.py gpu` measures: every way in which a model can run on this machine's card.

Ways that the machine has not are named with the reason. Everything together takes less than eight
minutes: TensorRT builds its engines once, and what there is no time for is named, too; a second
run finds the engines.
"""

import platform
import statistics
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from das_app.files.bundled import bundled_file
from das_app.files.user_folders import cache_folder
from das_app.messaging.messages import Frame
from das_model.inference.devices import device_problem
from das_model.inference.estimate import Device, EstimatorOptions, Precision, StageTimes
from das_model.inference.mode import Mode
from das_model.inference.runtime import PoseEstimator, open_estimator
from timing.demo_frames import demo_frames

_SCALES = {"320x192": 1.0, "640x384": 2.0}
_PREPARED_S, _MEASURED_S = 240.0, 400.0  # since the beginning
_GRAPH = EstimatorOptions(device=Device.CUDA, keeps_maps=True)
_PLAIN = replace(_GRAPH, has_cuda_graph=False)
_TENSORRT = replace(_GRAPH, device=Device.TENSORRT)
_WAYS = {
    "CUDA graph, float32": _GRAPH,
    "CUDA graph, float16": replace(_GRAPH, precision=Precision.FLOAT16),
    "CUDA, float32": _PLAIN,
    "CUDA, float16": replace(_PLAIN, precision=Precision.FLOAT16),
    "maps on the host, float32": replace(_PLAIN, keeps_maps=False),
    "TensorRT, float16": replace(_TENSORRT, precision=Precision.FLOAT16),
    "TensorRT, float32": _TENSORRT,
}
_ON_CPU = {
    "maps on the device, float32": replace(_PLAIN, device=Device.CPU),
    "maps on the device, float16": replace(_PLAIN, device=Device.CPU, precision=Precision.FLOAT16),
    "maps on the host, float32": replace(_PLAIN, device=Device.CPU, keeps_maps=False),
}
Call = Callable[[Frame], tuple[int, StageTimes]]


def measure(
    model: Path, num_frames: int, say: Callable[[str], None] = lambda news: None
) -> dict[str, object]:
    """Medians of each way on frames of the demo clip, in turns.

    Args:
        model: ONNX file with its device graphs.
        num_frames: of each way at most.
        say: hears what is being done.

    Raises:
        ValueError: if the model brings no graphs for the device.
    """
    begin_s = time.perf_counter()
    absent = _absent()
    ways = {name: way for name, way in _WAYS.items() if name not in absent} or _ON_CPU
    frames = demo_frames(num_frames)
    rows: dict[str, dict[str, object]] = {}
    calls: dict[str, Call] = {}
    for name, options in ways.items():
        if time.perf_counter() - begin_s > _PREPARED_S:
            absent[name] = "no time left; run it again, the engines are kept"
            continue
        say(f"opening: {name}")
        try:
            estimator = _opened(model, options)
        except ValueError as error:
            if "no graphs" in str(error):
                raise
            absent[name] = str(error)
            continue
        if options.has_cuda_graph and _is_on_cuda(options) and not estimator.has_cuda_graph:
            absent[name] = "the graph was not recorded, or gave other maps; the log tells why"
            continue
        for cell, call in _cells(name, estimator).items():
            if time.perf_counter() - begin_s > _PREPARED_S:
                absent[cell] = "no time left; run it again, the engines are kept"
                continue
            say(f"warming up: {cell}")
            start_s = time.perf_counter()
            for frame in frames[:2]:
                call(frame)
            rows[cell] = {
                "runs_on": estimator.provider,
                "first_two_s": round(time.perf_counter() - start_s, 2),
            }
            calls[cell] = call
    say("measuring")
    for name, timed in _timed(calls, frames, begin_s + _MEASURED_S).items():
        rows[name] |= timed
    return {
        "model": model.name,
        "gpu": device_problem(Device.CUDA) or "yes",
        "machine": platform.processor() or platform.machine(),
        "frames": num_frames,
        "ways": rows,
        "not here": absent,
        "seconds": round(time.perf_counter() - begin_s, 1),
    }


def _absent() -> dict[str, str]:
    """Ways that this machine has not, with the reasons."""
    return {
        name: problem
        for name, way in _WAYS.items()
        if (problem := device_problem(way.device)) is not None
    }


def _opened(model: Path, options: EstimatorOptions) -> PoseEstimator:
    options = replace(
        options,
        thunder_file=bundled_file("models", "movenet-thunder.onnx"),
        engine_folder=cache_folder() / "engines",
    )
    estimator = open_estimator(model, options)
    if options.keeps_maps and not estimator.keeps_maps:
        raise ValueError(f"{model} brings no graphs for the device; export it anew")
    return estimator


def _is_on_cuda(options: EstimatorOptions) -> bool:
    return options.device is Device.CUDA


def _cells(way: str, estimator: PoseEstimator) -> dict[str, Call]:
    """Calls by way, size and mode."""

    def call_of(scale: float, mode: Mode) -> Call:
        own = estimator.with_options(replace(estimator.options, input_scale=scale, mode=mode))

        def call(frame: Frame) -> tuple[int, StageTimes]:
            found = own(frame.image, frame.camera)
            return len(found.people), found.stages

        return call

    return {
        f"{way}, {size}, {mode}": call_of(scale, mode)
        for mode in (Mode.FAST, Mode.PRECISE)
        for size, scale in _SCALES.items()
    }


def _timed(
    calls: Mapping[str, Call], frames: Iterable[Frame], end_s: float
) -> dict[str, dict[str, object]]:
    """Medians of what fits until a time of the clock; each way sees the same frames."""
    times: dict[str, list[tuple[float, StageTimes]]] = {name: [] for name in calls}
    num_people: dict[str, int] = dict.fromkeys(calls, 0)
    for frame in frames:
        if time.perf_counter() > end_s:
            break
        for name, call in calls.items():
            begin_s = time.perf_counter()
            people, stages = call(frame)
            times[name].append((time.perf_counter() - begin_s, stages))
            num_people[name] += people
    return {
        name: {
            "frames": len(rows),
            "whole_ms": _median_ms(whole for whole, _ in rows),
            "letterbox_ms": _median_ms(stages.letterbox_s for _, stages in rows),
            "network_ms": _median_ms(stages.network_s for _, stages in rows),
            "people_ms": _median_ms(stages.people_s for _, stages in rows),
            "people": num_people[name],
        }
        for name, rows in times.items()
    }


def _median_ms(seconds: Iterable[float]) -> float | None:
    values = list(seconds)
    return round(1e3 * statistics.median(values), 2) if values else None
