"""What `benchmark.py runtimes` measures: OpenVINO beside ONNX Runtime on this processor."""

import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np

from das_app.messaging.messages import Frame
from das_model.inference.device.openvino_runtime import OPENVINO
from das_model.inference.devices import require_device
from das_model.inference.estimate import Device, EstimatorOptions
from das_model.inference.ordered_pool import in_order, num_cores
from das_model.inference.runtime import PoseEstimator, open_estimator
from timing.demo_frames import demo_frames

_WAYS = {"ONNX Runtime": Device.CPU, OPENVINO: Device.OPENVINO}
Call = Callable[[list[Frame]], object]


def report(model: Path, num_runs: int) -> str:
    """Table of medians, both ways in turns, with ratios to ONNX Runtime.

    Args:
        model: ONNX file.
        num_runs: how often each is timed.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if OpenVINO is not here, or does not run the model.
    """
    require_device(Device.OPENVINO)
    one, many = _opened(model, 1), _opened(model, num_cores())
    frames = demo_frames(num_runs)
    rows = [
        _row("network, 1 thread", one, _network, frames, 1),
        _row(f"network, {num_cores()} threads", many, _network, frames, 1),
        _row("picture to people, 1 thread", one, _whole, frames, 1),
        _row(f"picture to people, {num_cores()} threads", many, _whole, frames, 1),
        _row("the same, a call of 1 thread a core", one, _pool, frames, 2 * num_cores()),
    ]
    title = f"{one['ONNX Runtime'].model_name}, medians of {num_runs}, ms a picture"
    return "\n".join([f"{title} (of computing)", *rows, _apart(one, frames)])


def _opened(model: Path, threads: int) -> dict[str, PoseEstimator]:
    options = {way: EstimatorOptions(device, threads) for way, device in _WAYS.items()}
    opened = {way: open_estimator(model, options[way]) for way in _WAYS}
    if opened[OPENVINO].provider != OPENVINO:
        raise ValueError(f"{model} does not run on OpenVINO; the log tells why")
    return opened


def _network(estimator: PoseEstimator) -> Call:
    width, height = estimator.input_size
    picture = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
    return lambda frames: estimator.network.maps(picture)


def _whole(estimator: PoseEstimator) -> Call:
    return lambda frames: [estimator(frame.image, frame.camera) for frame in frames]


def _pool(estimator: PoseEstimator) -> Call:
    def find(frame: Frame) -> object:
        return estimator(frame.image, frame.camera)

    return lambda frames: list(in_order(find, frames, num_cores()))


def _row(
    name: str,
    estimators: Mapping[str, PoseEstimator],
    call_of: Callable[[PoseEstimator], Call],
    frames: list[Frame],
    at_once: int,
) -> str:
    """A line of the table, of calls with so many frames each."""
    calls = {way: call_of(estimator) for way, estimator in estimators.items()}
    times: dict[str, list[tuple[float, float]]] = {way: [] for way in calls}
    for some in [frames[:at_once], *_parts(frames, at_once)]:
        for way, call in calls.items():
            begin_s, computed_s = time.perf_counter(), time.process_time()
            call(some)
            spent_s = time.perf_counter() - begin_s, time.process_time() - computed_s
            times[way].append((spent_s[0] / len(some), spent_s[1] / len(some)))
    # the first call of each sets up
    medians = {
        way: [1e3 * statistics.median(column) for column in zip(*rows[1:], strict=True)]
        for way, rows in times.items()
    }
    told = "".join(f"  {way} {ms:6.1f} ({cpu_ms:6.1f})" for way, (ms, cpu_ms) in medians.items())
    ratios = [theirs / ours for ours, theirs in zip(*medians.values(), strict=True)]
    return f"{name:38s}{told}  ratio {ratios[0]:.2f} ({ratios[1]:.2f})"


def _parts(frames: list[Frame], size: int) -> Iterator[list[Frame]]:
    """Parts of so many frames; all of them where they are fewer."""
    size = min(size, len(frames))
    return (frames[i : i + size] for i in range(0, len(frames) - size + 1, size))


def _apart(estimators: Mapping[str, PoseEstimator], frames: list[Frame]) -> str:
    """How far the people of both are apart at most."""
    px, mm = [0.0], [0.0]
    for frame in frames:
        ours, theirs = (e(frame.image, frame.camera).people for e in estimators.values())
        if len(ours) != len(theirs):
            return f"picture {frame.index}: {len(ours)} and {len(theirs)} people"
        ours_px, theirs_px = (people.joints_px(frame.camera) for people in (ours, theirs))
        px.append(float(np.abs(ours_px - theirs_px).max(initial=0.0)))
        mm.append(float(np.abs(ours.joints_cam - theirs.joints_cam).max(initial=0.0)))
    apart = f"joints at most {max(px):.4f} px and {max(mm):.4f} mm apart"
    return f"the same people in {len(frames)} pictures, {apart}"
