"""Bundled models by name, and notes about the device."""

from pathlib import Path

from das_app.files.bundled import bundled_file
from das_app.words.said import marked, said
from das_model.inference.device.onnx_runtime import (
    CUDA,
    TENSORRT,
    cuda_problem,
    tensorrt_problem,
)
from das_model.inference.estimate import Device

_NO_START = marked("CUDA did not start")
CUDA_PROBLEMS = (  # of `cuda_problem` and `tensorrt_problem`
    marked("this ONNX Runtime has no CUDA"),
    marked("no NVIDIA driver"),
    marked("this ONNX Runtime has no TensorRT"),
    marked("TensorRT 10 is not installed"),
)
_TENSORRT_FAILED = marked("TensorRT did not start")
_PROVIDERS = {Device.CUDA: CUDA, Device.TENSORRT: TENSORRT}


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


def device_note(device: Device, provider: str) -> str:
    """Note for a user who chose `device` and got `provider`; empty when it fits."""
    if _PROVIDERS.get(device, provider) == provider:
        return ""
    if provider == CUDA:
        return said(
            "The model runs on CUDA without TensorRT: {reason}.",
            reason=said(tensorrt_problem() or _TENSORRT_FAILED),
        )
    return said(
        "The model runs on the CPU: {reason}. “das-app doctor” tells what is missing.",
        reason=said(cuda_problem() or _NO_START),
    )
