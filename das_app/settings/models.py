"""The models and devices there are, and loading what the settings name."""

import ctypes
import sys
from functools import lru_cache
from pathlib import Path

import onnxruntime as ort

from das_app.files.bundled import bundled_file
from das_app.settings.app_settings import AppSettings, Device
from das_model.inference.runtime import PoseEstimator

THUNDER = "movenet-thunder.onnx"
_CUDA_DRIVERS = {"win32": "nvcuda.dll", "linux": "libcuda.so.1"}


def bundled_models() -> tuple[Path, ...]:
    """Models that ship with the application by name; empty where none is installed."""
    try:
        folder = bundled_file("models")
    except FileNotFoundError:
        return ()
    return tuple(sorted(folder.glob("das-*.onnx")))


def model_file(name: str) -> Path:
    """The bundled model of a name, such as `lite-synthetic` or `das-lite-synthetic`, else the
    file of that name."""
    if not Path(name).is_file():
        for file in bundled_models():
            if file.stem in (name, f"das-{name}"):
                return file
    return Path(name)


@lru_cache(maxsize=1)
def cuda_problem() -> str | None:
    """Why the model cannot run on CUDA here, or None when nothing speaks against it."""
    if "CUDAExecutionProvider" not in ort.get_available_providers():
        return "this ONNX Runtime has no CUDA"
    driver = _CUDA_DRIVERS.get(sys.platform)
    try:
        ctypes.CDLL(driver or "libcuda")
    except OSError:
        return "no NVIDIA driver"
    return None


def load_estimator(settings: AppSettings) -> PoseEstimator:
    """The model of the settings on their device, at their input scale, in their mode.

    Raises:
        FileNotFoundError: if the model is not there.
        ValueError: if it is not a model of this project.
    """
    only_cpu = settings.device is Device.CPU or cuda_problem() is not None
    estimator = PoseEstimator(
        settings.model_path(),
        ["CPUExecutionProvider"] if only_cpu else None,
        thunder_file=bundled_file("models", THUNDER),
    )
    estimator.set_input_scale(settings.input_scale)
    estimator.mode = settings.mode
    return estimator


def device_note(device: Device, provider: str) -> str:
    """What to tell somebody who asked for `device` and got `provider`; empty when it fits."""
    if device is not Device.CUDA or provider == "CUDAExecutionProvider":
        return ""
    reason = cuda_problem() or "CUDA did not start"
    return f"The model runs on the CPU: {reason}. “das-app doctor” tells what is missing."
