import sys
from types import ModuleType, SimpleNamespace

import pytest
from pipeline_fakes import FakeEstimator
from typer.testing import CliRunner

from das_app.cli import app
from das_app.commands import doctor
from das_app.commands.doctor import Check, Status
from das_app.files import bundled
from das_app.settings import app_settings, settings_file
from das_app.settings.app_settings import AppSettings, ModelSettings
from das_app.settings.settings_file import save_settings
from das_model.inference import devices
from das_model.inference.estimate import Device


@pytest.fixture
def machine(monkeypatch, tmp_path):
    """A machine on which everything is right, for the tests to break."""
    model = tmp_path / "das-lite.onnx"
    model.write_bytes(b"weights")
    runtime = ModuleType("das_model.inference.runtime")
    runtime.open_estimator = FakeEstimator
    found = '{"platform": "xcb", "renderer": "NVIDIA", "version": "4.6"}'
    done = SimpleNamespace(returncode=0, stdout=f"{found}\n", stderr="")
    monkeypatch.setitem(sys.modules, "das_model.inference.runtime", runtime)
    monkeypatch.setattr(app_settings, "bundled_file", lambda *parts: model)
    monkeypatch.setattr(settings_file, "settings_path", lambda: tmp_path / "settings.toml")
    monkeypatch.setattr(doctor, "_can_load", lambda _library: True)
    monkeypatch.setattr(doctor, "_is_installed", lambda name: name == "onnxruntime-gpu")
    monkeypatch.setattr(doctor.shutil, "which", lambda _name: None)
    monkeypatch.setattr(doctor.subprocess, "run", lambda *_, **__: done)
    monkeypatch.setenv("DISPLAY", ":0")
    return SimpleNamespace(probe=done, model=model)


def status_by_name():
    return {check.name: check for check in doctor.run_checks()}


def test_healthy_machine_is_all_right(machine):
    checks = status_by_name()
    assert {check.status for check in checks.values()} == {Status.OK}
    assert {"Python", "Qt", "OpenGL", "Model", "ONNX Runtime", "Demo clip"} <= checks.keys()
    assert "CPUExecutionProvider" in checks["ONNX Runtime"].detail
    assert str(machine.model) in checks["Model"].detail
    done = CliRunner().invoke(app, ["doctor"])
    assert done.exit_code == 0
    assert all(line.startswith("OK ") for line in done.stdout.splitlines())


@pytest.mark.skipif(sys.platform != "linux", reason="Debian's packages")
def test_missing_libraries_become_an_apt_line(machine, monkeypatch):
    monkeypatch.setattr(doctor, "_can_load", lambda name: "cursor" not in name)
    check = status_by_name()["System libraries"]
    assert check.status is Status.FAIL
    assert check.advice == "sudo apt-get install libxcb-cursor0"
    done = CliRunner().invoke(app, ["doctor"])
    assert done.exit_code == 1
    assert "libxcb-cursor0" in done.stdout


def test_qt_that_dies_is_a_failure_with_its_own_words(machine):
    machine.probe.returncode = -6
    machine.probe.stderr = "noise\nqt.qpa.plugin: Could not load xcb\nAborted"
    check = status_by_name()["Qt"]
    assert check.status is Status.FAIL
    assert "Could not load xcb" in check.detail


@pytest.mark.parametrize(
    ("renderer", "status"), [("null", Status.FAIL), ('"llvmpipe (LLVM 15)"', Status.WARN)]
)
def test_gl_that_is_missing_or_slow(machine, renderer, status):
    machine.probe.stdout = f'{{"platform": "xcb", "renderer": {renderer}, "version": null}}'
    check = status_by_name()["OpenGL"]
    assert check.status is status
    assert check.advice


@pytest.mark.skipif(sys.platform != "linux", reason="displays of Linux")
def test_no_display_is_a_warning(machine, monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    checks = status_by_name()
    assert checks["Qt"].status is Status.WARN
    assert "OpenGL" not in checks


def test_missing_model_and_clip(machine, monkeypatch):
    def missing(*parts):
        raise FileNotFoundError("/".join(parts))

    for module in (bundled, app_settings):
        monkeypatch.setattr(module, "bundled_file", missing)
    checks = status_by_name()
    assert checks["Model"].status is Status.FAIL
    assert "--model" in checks["Model"].advice
    assert checks["Demo clip"].status is Status.FAIL


def test_both_builds_of_onnx_runtime(machine, monkeypatch):
    monkeypatch.setattr(doctor, "_is_installed", lambda _name: True)
    check = status_by_name()["ONNX Runtime"]
    assert check.status is Status.FAIL
    assert "uninstall" in check.advice


def test_gpu_that_is_not_used(machine, monkeypatch):
    monkeypatch.setattr(doctor.shutil, "which", lambda _name: "/usr/bin/nvidia-smi")
    assert status_by_name()["ONNX Runtime"].status is Status.WARN


@pytest.mark.parametrize("device", [Device.CUDA, Device.TENSORRT, Device.OPENVINO])
def test_a_device_of_the_settings_that_is_not_here(machine, monkeypatch, device):
    for name in ("cuda_problem", "tensorrt_problem", "openvino_problem"):
        monkeypatch.setattr(devices, name, lambda: "no NVIDIA driver")
    save_settings(AppSettings(model=ModelSettings(device=device)), settings_file.settings_path())
    check = status_by_name()["ONNX Runtime"]
    assert check.status is Status.WARN
    assert f"the settings ask for {device.value}, but no NVIDIA driver" in check.advice
    save_settings(AppSettings(), settings_file.settings_path())
    assert status_by_name()["ONNX Runtime"].status is Status.OK


@pytest.mark.parametrize(
    ("provider", "status", "said"),
    [
        ("OpenVINO", Status.OK, "2026.4.1, "),
        ("CPUExecutionProvider", Status.WARN, "2026.4.1, does not run the model"),
    ],
)
def test_openvino_is_tried_where_it_is_installed(machine, monkeypatch, provider, status, said):
    def is_installed(name):
        return name in ("onnxruntime-gpu", "openvino")

    class OnWhatIsAsked(FakeEstimator):
        @property
        def provider(self):
            is_asked = self.options.device is Device.OPENVINO
            return provider if is_asked else "CPUExecutionProvider"

    monkeypatch.setattr(doctor, "_is_installed", is_installed)
    monkeypatch.setattr(doctor.importlib.metadata, "version", lambda name: "2026.4.1")
    sys.modules["das_model.inference.runtime"].open_estimator = OnWhatIsAsked
    checks = status_by_name()
    assert checks["OpenVINO"].status is status
    assert checks["OpenVINO"].detail.startswith(said)
    assert checks["ONNX Runtime"].status is Status.OK


def test_openvino_that_is_not_installed_is_no_problem(machine):
    check = status_by_name()["OpenVINO"]
    assert check.status is Status.OK
    assert 'pip install "das-capture[openvino]"' in check.detail


def test_check_that_breaks_does_not_end_the_others(machine, monkeypatch):
    def broken():
        raise ImportError("libGL.so.1 is not there")

    monkeypatch.setattr(doctor, "check_model", broken)
    checks = status_by_name()
    expected = Check("Model", Status.FAIL, "ImportError: libGL.so.1 is not there")
    assert checks["Model"] == expected
    assert checks["Demo clip"].status is Status.OK
