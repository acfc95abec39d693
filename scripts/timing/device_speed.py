"""What `benchmark.py gpu` measures: calls with the maps on the device, and on the host."""

import platform
import statistics
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from das_app.files.bundled import bundled_file
from das_app.pipeline.open_source import open_source
from das_app.settings.app_settings import AppSettings
from das_model.inference.device.onnx_runtime import cuda_problem
from das_model.inference.estimate import EstimatorOptions, StageTimes
from das_model.inference.mode import Mode
from das_model.inference.runtime import PoseEstimator, open_estimator

_SCALES = {"320x192": 1.0, "640x384": 2.0}


def measure(model: Path, num_frames: int) -> dict[str, object]:
    """Medians of each way on frames of the demo clip, in turns.

    Args:
        model: ONNX file with its device graphs.
        num_frames: of each way, after two to warm up for each.

    Raises:
        ValueError: if the model brings no graphs for the device.
    """
    thunder = bundled_file("models", "movenet-thunder.onnx")
    options = EstimatorOptions(thunder_file=thunder)
    begin_s = time.perf_counter()
    ways = {
        "maps on the device": open_estimator(model, replace(options, keeps_maps=True)),
        "maps on the host": open_estimator(model, replace(options, keeps_maps=False)),
    }
    load_s = time.perf_counter() - begin_s
    there = ways["maps on the device"]
    if not there.keeps_maps:
        raise ValueError(f"{model} brings no graphs for the device; export it anew")
    calls = {
        f"{way}, {size}, {mode}": estimator.with_options(
            replace(estimator.options, input_scale=scale, mode=mode)
        )
        for size, scale in _SCALES.items()
        for mode in (Mode.FAST, Mode.PRECISE)
        for way, estimator in ways.items()
    }
    return {
        "model": model.name,
        "provider": there.provider,
        "gpu": cuda_problem() or "yes",
        "machine": platform.processor() or platform.machine(),
        "load_s": round(load_s, 2),
        "frames": num_frames,
        "ways": _timed(calls, num_frames),
    }


def _timed(calls: dict[str, PoseEstimator], num_frames: int) -> dict[str, dict[str, float]]:
    times: dict[str, list[tuple[float, StageTimes]]] = {name: [] for name in calls}
    num_people: dict[str, int] = dict.fromkeys(calls, 0)
    source = open_source("demo", AppSettings().lens.intrinsics())
    try:
        for number in range(num_frames + 2):
            frame = source.read()
            if frame is None:
                break
            for name, estimator in calls.items():
                begin_s = time.perf_counter()
                found = estimator(frame.image, frame.camera)
                if number >= 2:  # those before made the device ready for the size
                    times[name].append((time.perf_counter() - begin_s, found.stages))
                    num_people[name] += len(found.people)
    finally:
        source.close()
    return {
        name: {
            "whole_ms": _median_ms(whole for whole, _ in rows),
            "letterbox_ms": _median_ms(stages.letterbox_s for _, stages in rows),
            "network_ms": _median_ms(stages.network_s for _, stages in rows),
            "people_ms": _median_ms(stages.people_s for _, stages in rows),
            "people": num_people[name],
        }
        for name, rows in times.items()
    }


def _median_ms(seconds: Iterable[float]) -> float:
    return round(1e3 * statistics.median(seconds), 2)
