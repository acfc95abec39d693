"""Which devices a model can run on here, and how to have those that it cannot."""

from das_model.inference.device.onnx_runtime import cuda_problem, tensorrt_problem
from das_model.inference.device.openvino_runtime import openvino_problem
from das_model.inference.estimate import Device

_TAKES = {
    Device.CUDA: 'an NVIDIA card with its driver, and pip install "onnxruntime-gpu[cuda,cudnn]"',
    Device.TENSORRT: 'CUDA, and pip install "tensorrt-cu13<11"',
    Device.OPENVINO: 'pip install "das-capture[openvino]"',
}


def device_problem(device: Device) -> str | None:
    """Why a model cannot run on a device here, or None when nothing speaks against it."""
    problems = {
        Device.CUDA: cuda_problem,
        Device.TENSORRT: tensorrt_problem,
        Device.OPENVINO: openvino_problem,
    }
    return problems[device]() if device in problems else None


def require_device(device: Device) -> None:
    """Raises ValueError for a device that cannot be had here, with what it takes."""
    if problem := device_problem(device):
        raise ValueError(f"{device} cannot be had here: {problem}; it takes {_TAKES[device]}")
