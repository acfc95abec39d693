"""Bundled models by name, and notes about the device."""

from pathlib import Path

from das_app.files.bundled import bundled_file
from das_app.words.said import marked, said
from das_model.inference.device.onnx_runtime import CUDA, TENSORRT
from das_model.inference.device.openvino_runtime import OPENVINO
from das_model.inference.devices import device_problem
from das_model.inference.estimate import Device

DEVICE_PROBLEMS = (  # of `device_problem`
    marked("this ONNX Runtime has no CUDA"),
    marked("no NVIDIA driver"),
    marked("this ONNX Runtime has no TensorRT"),
    marked("TensorRT 10 is not installed"),
    marked("OpenVINO is not installed"),
)
_FAILED = {
    Device.CUDA: marked("CUDA did not start"),
    Device.TENSORRT: marked("TensorRT did not start"),
    Device.OPENVINO: marked("OpenVINO did not start"),
}
_PROVIDERS = {Device.CUDA: CUDA, Device.TENSORRT: TENSORRT, Device.OPENVINO: OPENVINO}


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
        text = marked("The model runs on CUDA without TensorRT: {reason}.")
    else:
        text = marked(
            "The model runs on the CPU: {reason}. “das-app doctor” tells what is missing."
        )
        device = Device.CUDA if device is Device.TENSORRT else device  # which comes next
    return said(text, reason=said(device_problem(device) or _FAILED[device]))
