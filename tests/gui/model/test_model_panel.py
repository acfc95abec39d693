from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog

from das_app.gui.model import model_panel as module
from das_app.gui.model.model_panel import ModelPanel
from das_app.settings.app_settings import AppSettings, Device, ModelSettings, Precision
from das_model.inference.mode import Mode


@pytest.fixture
def make_panel(qtbot, themed, monkeypatch):
    def make(problem=None, no_tensorrt=None, no_openvino=None):
        problems = {
            Device.CUDA: problem,
            Device.TENSORRT: problem or no_tensorrt,
            Device.OPENVINO: no_openvino,
        }
        monkeypatch.setattr(module, "device_problem", problems.get)
        panel = ModelPanel()
        qtbot.addWidget(panel)
        panel.set_settings(AppSettings())
        return panel

    return make


def test_setters_show_and_do_not_echo(make_panel, qtbot):
    panel = make_panel()
    signals = [panel.model_chosen, panel.device_chosen, panel.input_scale_changed]
    with qtbot.assertNotEmitted(signals[0]), qtbot.assertNotEmitted(signals[1]):
        with qtbot.assertNotEmitted(signals[2]):
            panel.set_settings(
                AppSettings(
                    model=ModelSettings(
                        file=Path("/m/own.onnx"),
                        device=Device.CPU,
                        input_scale=1.25,
                        mode=Mode.FAST,
                        precision=Precision.FLOAT16,
                    )
                )
            )
    assert panel.model.currentText() == "own"
    assert panel.device.currentText() == "CPU"
    assert panel.precision.currentText() == "float16"
    assert panel.input_scale.value() == 25
    assert panel.mode.currentText() == "Fast"
    panel.set_cost((320, 192), 58.2)
    assert panel.cost.text() == "320×192 px · 58 ms a picture, measured"


def test_choices_are_told(make_panel, qtbot, monkeypatch):
    panel = make_panel()
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *args: ("/m/own.onnx", ""))
    with qtbot.waitSignal(panel.model_chosen) as chosen:
        panel.model.activated.emit(panel.model.count() - 1)
    assert chosen.args == [Path("/m/own.onnx")]
    with qtbot.waitSignal(panel.device_chosen) as chosen:
        panel.device.activated.emit(panel.device.findData(Device.CUDA))
    assert chosen.args[0] is Device.CUDA  # a plain text is equal, but no setting
    with qtbot.waitSignal(panel.precision_chosen) as chosen:
        panel.precision.activated.emit(panel.precision.findData(Precision.FLOAT16))
    assert chosen.args[0] is Precision.FLOAT16
    with qtbot.waitSignal(panel.mode_chosen) as chosen:
        panel.mode.activated.emit(panel.mode.findData(Mode.PRECISE))
    assert chosen.args[0] is Mode.PRECISE
    with qtbot.waitSignal(panel.input_scale_changed) as changed:
        panel.input_scale.setValue(12)
    assert changed.args == [0.6]


def test_a_cancelled_file_leaves_the_choice(make_panel, qtbot, monkeypatch):
    panel = make_panel()
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *args: ("", ""))
    panel.model.setCurrentIndex(panel.model.count() - 1)
    with qtbot.assertNotEmitted(panel.model_chosen):
        panel.model.activated.emit(panel.model.count() - 1)
    assert panel.model.currentText() == "das-lite"


def test_cuda_that_cannot_work_is_said_and_off(make_panel):
    panel = make_panel("no NVIDIA driver")
    row = panel.device.findData(Device.CUDA)
    assert panel.device.itemText(row) == "CUDA (no NVIDIA driver)"
    assert not panel.device.model().item(row).isEnabled()
    assert panel.layout().isRowVisible(panel.precision) is False


def test_openvino_is_offered_where_it_is_installed(make_panel, qtbot):
    panel = make_panel("no NVIDIA driver")
    row = panel.device.findData(Device.OPENVINO)
    assert panel.device.itemText(row) == "OpenVINO"
    assert panel.device.model().item(row).isEnabled()
    with qtbot.waitSignal(panel.device_chosen) as chosen:
        panel.device.activated.emit(row)
    assert chosen.args[0] is Device.OPENVINO
    panel = make_panel(no_openvino="OpenVINO is not installed")
    assert panel.device.itemText(row) == "OpenVINO (OpenVINO is not installed)"
    assert not panel.device.model().item(row).isEnabled()


def test_a_card_offers_its_numbers_and_says_why_there_is_no_tensorrt(make_panel):
    panel = make_panel(no_tensorrt="TensorRT 10 is not installed")
    assert panel.layout().isRowVisible(panel.precision)
    row = panel.device.findData(Device.TENSORRT)
    assert panel.device.itemText(row) == "TensorRT (TensorRT 10 is not installed)"
    assert not panel.device.model().item(row).isEnabled()
    assert panel.device.model().item(panel.device.findData(Device.CUDA)).isEnabled()
