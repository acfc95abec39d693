"""ONNX Runtime sessions; the only module that imports it, so that its telemetry is off.

Since 1.31 its official builds report to their maker. The environment variable counts at the
import; `onnxruntime.disable_telemetry_events()` comes too late.
"""

import ctypes
import importlib.util
import os
import sys
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import cv2
import threadpoolctl

os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import onnxruntime as ort

CPU = ("CPUExecutionProvider",)
# to try every algorithm takes seconds at each new size of the picture
_OPTIONS = {"CUDAExecutionProvider": {"cudnn_conv_algo_search": "HEURISTIC"}}
_CUDA_DRIVERS = {"win32": "nvcuda.dll", "linux": "libcuda.so.1"}


def open_session(
    model: Path | bytes,
    num_threads: int = 0,
    providers: Sequence[str] = CPU,
    is_spinning: bool = False,
) -> ort.InferenceSession:
    """A session that leaves the cores to others while it waits, unless it is to spin.

    Args:
        model: an ONNX file, or what stands in one.
        num_threads: of the CPU provider; by default one a core.
        providers: execution providers in order of preference.
        is_spinning: threads keep their cores busy between two steps of a run.

    Raises:
        ValueError: if it is not a readable ONNX model.
    """
    limit_other_thread_pools()
    options = ort.SessionOptions()
    options.intra_op_num_threads = num_threads
    # spinning threads would take the cores from the window and the camera
    options.add_session_config_entry("session.intra_op.allow_spinning", str(int(is_spinning)))
    options.log_severity_level = 3
    try:
        content = model if isinstance(model, bytes) else str(model)
        return ort.InferenceSession(
            content, options, list(providers), [_OPTIONS.get(name, {}) for name in providers]
        )
    except Exception as error:  # the bindings raise many kinds, all for an unreadable model
        name = "" if isinstance(model, bytes) else f"{model}: "
        raise ValueError(f"{name}not a readable ONNX model: {error}") from error


@lru_cache(maxsize=1)
def limit_other_thread_pools() -> None:
    """One thread each for OpenCV and numpy's BLAS, whose pools wake and spin for arrays of a few
    people while ONNX Runtime wants the cores."""
    cv2.setNumThreads(1)
    threadpoolctl.threadpool_limits(1, user_api="blas")


@lru_cache(maxsize=1)
def cuda_problem() -> str | None:
    """Why a model cannot run on CUDA here, or None when nothing speaks against it."""
    if "CUDAExecutionProvider" not in ort.get_available_providers():
        return "this ONNX Runtime has no CUDA"
    driver = _CUDA_DRIVERS.get(sys.platform)
    try:
        ctypes.CDLL(driver or "libcuda")
    except OSError:
        return "no NVIDIA driver"
    return None


def providers_of(only_cpu: bool) -> tuple[str, ...]:
    """Execution providers in order of preference: CUDA first where it can be, unless `only_cpu`.

    A CUDA that does not start all the same makes ONNX Runtime go on with the CPU.
    """
    if only_cpu or cuda_problem() is not None:
        return CPU
    ort.set_default_logger_severity(4)  # else a CUDA that does not start prints errors
    if importlib.util.find_spec("nvidia") is not None:
        ort.preload_dlls()  # CUDA and cuDNN from Python packages
    return ("CUDAExecutionProvider", *CPU)
