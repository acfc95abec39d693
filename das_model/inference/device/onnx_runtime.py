"""ONNX Runtime sessions; the only module that imports it, so that its telemetry is off.

Since 1.31 its official builds report to their maker. The environment variable counts at the
import; `onnxruntime.disable_telemetry_events()` comes too late.
"""

import ctypes
import importlib.util
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import cv2
import threadpoolctl

os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import onnxruntime as ort

CPU = ("CPUExecutionProvider",)
CUDA, TENSORRT = "CUDAExecutionProvider", "TensorrtExecutionProvider"
ProviderOptions = Mapping[str, Mapping[str, str]]  # by provider
_NOTHING: Mapping[str, Any] = MappingProxyType({})
# to try every algorithm takes seconds at each new size of the picture
_OPTIONS = {CUDA: {"cudnn_conv_algo_search": "HEURISTIC"}}
_CUDA_DRIVERS = {"win32": "nvcuda.dll", "linux": "libcuda.so.1"}
# of TensorRT 10, in the order in which they need each other
_TENSORRT_LIBRARIES = {
    "win32": ("nvinfer_10.dll", "nvinfer_plugin_10.dll", "nvonnxparser_10.dll"),
    "linux": ("libnvinfer.so.10", "libnvinfer_plugin.so.10", "libnvonnxparser.so.10"),
}
_KEPT = ("GridSample",)  # in float32, the only kind of it that ONNX Runtime has for cards
_TENSORRT_PACKAGE = "tensorrt_libs"  # of the Python packages tensorrt and tensorrt-cu13


def open_session(
    model: Path | bytes,
    num_threads: int = 0,
    providers: Sequence[str] = CPU,
    is_spinning: bool = False,
    provider_options: ProviderOptions = _NOTHING,
    sizes: Mapping[str, int] = _NOTHING,
) -> ort.InferenceSession:
    """A session that leaves the cores to others while it waits, unless it is to spin.

    Args:
        model: an ONNX file, or what stands in one.
        num_threads: of the CPU provider; by default one a core.
        providers: execution providers in order of preference.
        is_spinning: threads keep their cores busy between two steps of a run.
        provider_options: beside those that always hold.
        sizes: of axes of the inputs that the model leaves open, by their names; steps that work
            out shapes fall away.

    Raises:
        ValueError: if it is not a readable ONNX model.
    """
    limit_other_thread_pools()
    options = ort.SessionOptions()
    options.intra_op_num_threads = num_threads
    # spinning threads would take the cores from the window and the camera
    options.add_session_config_entry("session.intra_op.allow_spinning", str(int(is_spinning)))
    options.log_severity_level = 3
    for axis, size in sizes.items():
        options.add_free_dimension_override_by_name(axis, size)
    try:
        content = model if isinstance(model, bytes) else str(model)
        return ort.InferenceSession(
            content,
            options,
            list(providers),
            [{**_OPTIONS.get(name, {}), **provider_options.get(name, {})} for name in providers],
        )
    except Exception as error:  # the bindings raise many kinds, all for an unreadable model
        name = "" if isinstance(model, bytes) else f"{model}: "
        raise ValueError(f"{name}not a readable ONNX model: {error}") from error


def half_precision(model: bytes) -> bytes:
    """The same ONNX model with float16 inside: half the memory traffic, and a card's tensor cores.
    Inputs, outputs and metadata are as before.

    Raises:
        ValueError: if the package onnx, which changes the graph, is not installed.
    """
    if importlib.util.find_spec("onnx") is None:
        raise ValueError("float16 needs the package onnx: pip install onnx")
    import onnx
    from onnxruntime.transformers.float16 import DEFAULT_OP_BLOCK_LIST, convert_float_to_float16

    halved = convert_float_to_float16(
        onnx.load_from_string(model),
        keep_io_types=True,
        op_block_list=[*DEFAULT_OP_BLOCK_LIST, *_KEPT],
    )
    made: set[str] = set()
    for node in list(halved.graph.node):
        if node.output[0] in made:  # it casts a constant anew for each node that is kept
            halved.graph.node.remove(node)
        made.add(node.output[0])
    return halved.SerializeToString()


@lru_cache(maxsize=1)
def limit_other_thread_pools() -> None:
    """One thread each for OpenCV and numpy's BLAS, whose pools wake and spin for arrays of a few
    people while ONNX Runtime wants the cores."""
    cv2.setNumThreads(1)
    threadpoolctl.threadpool_limits(1, user_api="blas")


@lru_cache(maxsize=1)
def cuda_problem() -> str | None:
    """Why a model cannot run on CUDA here, or None when nothing speaks against it."""
    if CUDA not in ort.get_available_providers():
        return "this ONNX Runtime has no CUDA"
    driver = _CUDA_DRIVERS.get(sys.platform)
    try:
        ctypes.CDLL(driver or "libcuda")
    except OSError:
        return "no NVIDIA driver"
    return None


@lru_cache(maxsize=1)
def tensorrt_problem() -> str | None:
    """Why a model cannot run on TensorRT here, or None when nothing speaks against it."""
    if problem := cuda_problem():
        return problem
    if TENSORRT not in ort.get_available_providers():
        return "this ONNX Runtime has no TensorRT"
    _load_cuda()  # which TensorRT needs
    for name in _TENSORRT_LIBRARIES.get(sys.platform, ()):
        if not _can_load(name):
            return "TensorRT 10 is not installed"
    return None


def providers_of(has_cuda: bool, has_tensorrt: bool = False) -> tuple[str, ...]:
    """Execution providers in order of preference: those that are wanted and can be, and the CPU.

    A provider that does not start all the same makes ONNX Runtime go on with the next.
    """
    if not has_cuda or cuda_problem() is not None:
        return CPU
    ort.set_default_logger_severity(4)  # else a CUDA that does not start prints errors
    _load_cuda()
    if has_tensorrt and tensorrt_problem() is None:
        return (TENSORRT, CUDA, *CPU)
    return (CUDA, *CPU)


def _load_cuda() -> None:
    if importlib.util.find_spec("nvidia") is not None:
        ort.preload_dlls()  # CUDA and cuDNN from Python packages


def _can_load(library: str) -> bool:
    """Load a library of TensorRT, of the system or of a Python package; ONNX Runtime finds what is
    loaded already."""
    package = importlib.util.find_spec(_TENSORRT_PACKAGE)
    folders = list(package.submodule_search_locations or ()) if package else []
    for path in (library, *(str(Path(folder) / library) for folder in folders)):
        with suppress(OSError):
            ctypes.CDLL(path, mode=ctypes.RTLD_GLOBAL)
            return True
    return False
