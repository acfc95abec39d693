"""Diagnosis of an installation: one line for each check, with advice.

Only the standard library is imported at the top: a check must be able to report that a package,
or a system library under it, is not there.
"""

import ctypes
import importlib.metadata
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from das_model.inference.estimate import Device
    from das_model.inference.runtime import PoseEstimator

_PROBE_TIMEOUT_S = 30
_SOFTWARE_RENDERERS = ("llvmpipe", "softpipe", "swrast", "SwiftShader")
_DEBIAN_PACKAGES = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
}


class Status(Enum):
    """Verdict of a check; only FAIL keeps the application from working."""

    OK = "OK"
    WARN = "WARN"
    FAIL = "FAIL"


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the report.

    Args:
        name: what was looked at.
        status: the verdict.
        detail: what was found.
        advice: what to do about it; empty when there is nothing to do.
    """

    name: str
    status: Status
    detail: str
    advice: str = ""

    @property
    def line(self) -> str:
        """As it is printed."""
        advice = f" -> {self.advice}" if self.advice else ""
        return f"{self.status.value:4} {self.name}: {self.detail}{advice}"


def run_checks() -> Iterator[Check]:
    """Every check in turn; one that fails unexpectedly is a FAIL and does not end the rest."""
    checks: tuple[tuple[str, Callable[[], list[Check]]], ...] = (
        ("Python", check_python),
        ("System libraries", check_libraries),
        ("Qt and OpenGL", check_qt),
        ("Model", check_model),
        ("OpenVINO", check_openvino),
        ("Demo clip", check_demo_clip),
        ("Virtual camera", check_virtual_camera),
        ("Sound", check_microphones),
    )
    for name, check in checks:
        try:
            yield from check()
        except Exception as error:
            yield Check(name, Status.FAIL, f"{type(error).__name__}: {error}")


def check_python() -> list[Check]:
    """The interpreter and the machine."""
    found = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    return [Check("Python", Status.OK, found)]


def check_libraries() -> list[Check]:
    """System libraries that Qt and OpenCV need on Linux and their wheels do not hold."""
    if sys.platform != "linux":
        return []
    missing = [name for name in _DEBIAN_PACKAGES if not _can_load(name)]
    if not missing:
        return [Check("System libraries", Status.OK, "all there")]
    packages = " ".join(_DEBIAN_PACKAGES[name] for name in missing)
    return [
        Check(
            "System libraries",
            Status.FAIL,
            f"missing {', '.join(missing)}",
            f"sudo apt-get install {packages}",
        )
    ]


def check_qt() -> list[Check]:
    """Qt's platform plugin and the OpenGL renderer, tried in a process of their own."""
    has_display = any(os.environ.get(v) for v in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))
    if sys.platform == "linux" and not has_display:
        return [
            Check(
                "Qt",
                Status.WARN,
                "no display here, so no window can open",
                "run in a desktop session or under `xvfb-run`; `das-app capture` needs none",
            )
        ]
    command = [sys.executable, "-m", "das_app.gui.window.qt_probe"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_PROBE_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        advice = "check the graphics driver and the display connection"
        return [Check("Qt", Status.FAIL, f"did not start in {_PROBE_TIMEOUT_S} s", advice)]
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        reason = next((line for line in lines if line.startswith("qt.qpa")), lines[-1])
        advice = "install the libraries named above; `QT_DEBUG_PLUGINS=1 das-app` says more"
        return [Check("Qt", Status.FAIL, f"does not start: {reason}", advice)]
    found = json.loads(done.stdout.strip().splitlines()[-1])
    version = importlib.metadata.version("PySide6-Essentials")
    return [
        Check("Qt", Status.OK, f"{version}, platform plugin {found['platform']}"),
        _gl_check(found["renderer"], found["version"]),
    ]


def check_model() -> list[Check]:
    """The model file, and what ONNX Runtime runs it on."""
    from das_app.files.bundled import file_sha256
    from das_app.settings.settings_file import load_settings, settings_path

    try:
        wanted = load_settings(settings_path()).model
        path = wanted.path()
    except FileNotFoundError as error:
        advice = "reinstall das-capture, or name a model with `--model FILE`"
        return [Check("Model", Status.FAIL, str(error), advice)]
    size_mb = path.stat().st_size / 1e6
    detail = f"{path}, {size_mb:.1f} MB, sha256 {file_sha256(path)[:16]}"
    return [Check("Model", Status.OK, detail), _runtime_check(path, wanted.device)]


def check_openvino() -> list[Check]:
    """Whether the model can run on OpenVINO; nothing needs it."""
    from das_app.files.bundled import bundled_file
    from das_app.settings.app_settings import DEFAULT_MODEL
    from das_model.inference.device.openvino_runtime import OPENVINO
    from das_model.inference.estimate import Device, EstimatorOptions
    from das_model.inference.runtime import open_estimator

    if not _is_installed("openvino"):
        how = 'to have it: pip install "das-capture[openvino]"'
        return [Check("OpenVINO", Status.OK, f"none; {how}")]
    version = importlib.metadata.version("openvino")
    estimator = open_estimator(
        bundled_file("models", DEFAULT_MODEL), EstimatorOptions(Device.OPENVINO)
    )
    if estimator.provider != OPENVINO:
        advice = "the log above tells why; models run on ONNX Runtime"
        return [Check("OpenVINO", Status.WARN, f"{version}, does not run the model", advice)]
    detail = (
        f"{version}, {_call_ms(estimator):.0f} ms a picture; `M` or `--device openvino` take it"
    )
    return [Check("OpenVINO", Status.OK, detail)]


def check_demo_clip() -> list[Check]:
    """The clip that plays when no source is named."""
    from das_app.files.bundled import bundled_file

    try:
        path = bundled_file("clips", "demo.mp4")
    except FileNotFoundError as error:
        return [Check("Demo clip", Status.FAIL, str(error), "reinstall das-capture")]
    return [Check("Demo clip", Status.OK, str(path))]


def check_virtual_camera() -> list[Check]:
    """Whether the clean output can be a camera of other programs; nothing else needs it."""
    if not _is_installed("pyvirtualcam"):
        how = "to have one: pip install pyvirtualcam (GPL, not part of this application)"
        return [Check("Virtual camera", Status.OK, f"none; {how}")]
    if sys.platform == "linux" and not Path("/sys/module/v4l2loopback").exists():
        return [
            Check(
                "Virtual camera",
                Status.WARN,
                "pyvirtualcam is there, but no device",
                "sudo modprobe v4l2loopback devices=1 exclusive_caps=1",
            )
        ]
    return [Check("Virtual camera", Status.OK, "pyvirtualcam is there")]


def check_microphones() -> list[Check]:
    """Whether recordings can have sound; nothing else needs it."""
    from das_app.pipeline.microphone import list_microphones
    from das_app.sources.frame_source import SourceError

    if not _is_installed("sounddevice"):
        how = 'to have it: pip install "das-capture[sound]"'
        return [Check("Sound", Status.OK, f"none; {how}")]
    try:
        names = list_microphones()
    except SourceError as error:
        advice = "sudo apt-get install libportaudio2" if sys.platform == "linux" else ""
        return [Check("Sound", Status.WARN, str(error), advice)]
    return [Check("Sound", Status.OK, ", ".join(names) or "no microphone")]


def _gl_check(renderer: str | None, version: str | None) -> Check:
    if renderer is None:
        advice = "install a graphics driver, or Mesa: sudo apt-get install libgl1-mesa-dri"
        return Check("OpenGL", Status.FAIL, "no usable context", advice)
    detail = f"{renderer}, {version}"
    if any(name.lower() in renderer.lower() for name in _SOFTWARE_RENDERERS):
        advice = "the 3D view is drawn by the CPU; a graphics driver would make it smoother"
        return Check("OpenGL", Status.WARN, detail, advice)
    return Check("OpenGL", Status.OK, detail)


def _runtime_check(model_file: Path, device: "Device") -> Check:
    """Loads the model and runs it once on a grey picture; `device` is that of the settings."""
    from das_model.inference.device.onnx_runtime import CUDA, ort
    from das_model.inference.devices import device_problem
    from das_model.inference.estimate import Device
    from das_model.inference.runtime import open_estimator

    builds = [name for name in ("onnxruntime", "onnxruntime-gpu") if _is_installed(name)]
    if len(builds) > 1:
        advice = (
            "pip uninstall onnxruntime onnxruntime-gpu, then pip install onnxruntime-gpu alone"
        )
        return Check("ONNX Runtime", Status.FAIL, f"both {' and '.join(builds)}", advice)
    estimator = open_estimator(model_file)
    detail = (
        f"{ort.__version__} ({''.join(builds)}), runs on {estimator.provider}, "
        f"{_call_ms(estimator):.0f} ms a picture"
    )
    if estimator.provider == CUDA:
        problem = device_problem(Device.TENSORRT)
        detail += f"; TensorRT: {problem or 'there, the window and captures use it'}"
    if estimator.provider == "CPUExecutionProvider" and shutil.which("nvidia-smi"):
        advice = 'there is an NVIDIA GPU; to use it: pip install "onnxruntime-gpu[cuda,cudnn]"'
        return Check("ONNX Runtime", Status.WARN, detail, advice)
    if problem := device_problem(device):
        advice = (
            f"the settings ask for {device.value}, but {problem}; `M` in the window changes it"
        )
        return Check("ONNX Runtime", Status.WARN, detail, advice)
    return Check("ONNX Runtime", Status.OK, detail)


def _call_ms(estimator: "PoseEstimator") -> float:
    """Time of a call on a grey picture, the second: the first sets up."""
    import numpy as np

    from das_model.camera import Camera

    size = estimator.input_size
    picture = np.full((size[1], size[0], 3), 127, dtype=np.uint8)
    for _ in range(2):
        begin_s = time.perf_counter()
        estimator(picture, Camera.from_fov(size))
    return 1e3 * (time.perf_counter() - begin_s)


def _is_installed(distribution: str) -> bool:
    try:
        importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def _can_load(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
