"""Model panel: file, device, mode and input size; signals out, setters in."""

from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QComboBox, QFileDialog, QFormLayout, QSlider, QWidget

from das_app.gui.style import theme
from das_app.gui.style.forms import centre_labels
from das_app.gui.style.language import tr
from das_app.gui.style.texts import Label, described, plain
from das_app.settings.app_settings import (
    DEFAULT_MODEL,
    GREATEST_INPUT_SCALE,
    MIN_INPUT_SCALE,
    AppSettings,
    Device,
    Precision,
)
from das_app.settings.models import bundled_models
from das_app.words.said import marked
from das_model.inference.devices import device_problem
from das_model.inference.mode import Mode

_OTHER = marked("Other file …")
_MODES = (
    (Mode.AUTO, marked("Auto"), marked("a second look at as many people as there is time for")),
    (Mode.FAST, marked("Fast"), marked("one look at everybody")),
    (
        Mode.PRECISE,
        marked("Precise"),
        marked("a second look at each person, however long it takes"),
    ),
)


class ModelPanel(QWidget):
    """Choice of model, device and mode, and the input's size with its cost.

    Attributes:
        model_chosen: ONNX file.
        device_chosen: what to run on.
        precision_chosen: numbers to compute with on a graphics card.
        mode_chosen: whether people are looked at a second time.
        input_scale_changed: sides of the input as a share of the nominal ones.
    """

    model_chosen = Signal(object)
    device_chosen = Signal(Device)
    precision_chosen = Signal(Precision)
    mode_chosen = Signal(Mode)
    input_scale_changed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        form = QFormLayout(self)
        form.setContentsMargins(*[2 * theme.SPACE_PX] * 4)
        form.setVerticalSpacing(theme.SPACE_PX)
        self.model = described(
            QComboBox(), tr("What finds the people; the change needs no restart")
        )
        self.model.activated.connect(self._on_model)
        self.device = described(QComboBox(), tr("What the model runs on"))
        self.device.addItem(tr("Automatic"), Device.AUTO)
        self.device.addItem("CPU", Device.CPU)
        rows = self.device.model()
        assert isinstance(rows, QStandardItemModel)
        for device, text in (
            (Device.OPENVINO, "OpenVINO"),
            (Device.CUDA, "CUDA"),
            (Device.TENSORRT, "TensorRT"),
        ):
            problem = device_problem(device)
            self.device.addItem(text + (f" ({tr(problem)})" if problem else ""), device)
            rows.item(self.device.count() - 1).setEnabled(problem is None)
        self.device.activated.connect(
            lambda i: self.device_chosen.emit(Device(self.device.itemData(i)))  # Qt keeps a text
        )
        self.precision = described(
            QComboBox(), tr("Numbers that a graphics card computes with; float16 is faster")
        )
        for precision in Precision:
            self.precision.addItem(precision, precision)
        self.precision.activated.connect(
            lambda i: self.precision_chosen.emit(Precision(self.precision.itemData(i)))
        )
        self.mode = QComboBox()
        for mode, text, tip in _MODES:
            self.mode.addItem(tr(text), mode)
            self.mode.setItemData(self.mode.count() - 1, tr(tip), Qt.ItemDataRole.ToolTipRole)
        self.mode.setToolTip(plain("\n".join(f"{tr(text)}: {tr(tip)}" for _, text, tip in _MODES)))
        self.mode.activated.connect(lambda i: self.mode_chosen.emit(Mode(self.mode.itemData(i))))
        self.input_scale = QSlider(Qt.Orientation.Horizontal)
        self.input_scale.setRange(round(20 * MIN_INPUT_SCALE), round(20 * GREATEST_INPUT_SCALE))
        self.input_scale.setToolTip(tr("Larger finds people further away and takes longer"))
        self.input_scale.valueChanged.connect(lambda n: self.input_scale_changed.emit(n / 20))
        self.cost = Label(objectName="muted", wordWrap=True)
        self.engine = Label(objectName="muted", wordWrap=True)
        form.addRow(tr("Model"), self.model)
        form.addRow(tr("Runs on"), self.device)
        form.addRow("", self.engine)
        form.addRow(tr("Numbers"), self.precision)
        form.setRowVisible(self.precision, device_problem(Device.CUDA) is None)
        form.addRow(tr("Mode"), self.mode)
        form.addRow(tr("Detail"), self.input_scale)
        form.addRow("", self.cost)
        centre_labels(form)
        self._chosen = ""  # path of the model asked for

    def set_settings(self, settings: AppSettings) -> None:
        """Show what is chosen."""
        bundled = {str(file) for file in bundled_models() if file.name == DEFAULT_MODEL}
        self._chosen = str(settings.model.file) if settings.model.file else "".join(bundled)
        self._fill_models()
        with QSignalBlocker(self.device), QSignalBlocker(self.input_scale):
            self.mode.setCurrentIndex(self.mode.findData(settings.model.mode))
            self.device.setCurrentIndex(self.device.findData(settings.model.device))
            self.precision.setCurrentIndex(self.precision.findData(settings.model.precision))
            self.input_scale.setValue(round(20 * settings.model.input_scale))

    def set_engine(self, engine: str) -> None:
        """Show the model and device really in use."""
        self.engine.setText(tr("In use: {engine}", engine=engine) if engine else "")

    def set_cost(self, size: tuple[int, int] | None, inference_ms: float) -> None:
        """Show the input's size and what a picture costs, 0 ms for not measured yet."""
        parts = [f"{size[0]}×{size[1]} px"] if size else []
        parts += (
            [tr("{time_ms:.0f} ms a picture, measured", time_ms=inference_ms)]
            if inference_ms > 0
            else []
        )
        self.cost.setText(" · ".join(parts))

    def _fill_models(self) -> None:
        files = [str(file) for file in bundled_models()]
        if self._chosen and self._chosen not in files:
            files.append(self._chosen)
        self.model.clear()
        for file in files:
            self.model.addItem(Path(file).stem, file)
        self.model.addItem(tr(_OTHER), "")
        self.model.setCurrentIndex(max(self.model.findData(self._chosen), 0))

    def _on_model(self, index: int) -> None:
        file = self.model.itemData(index)
        if not file:
            file, _ = QFileDialog.getOpenFileName(
                self, tr("Open a model"), "", tr("Models (*.onnx)")
            )
        if not file or file == self._chosen:
            self._fill_models()
        else:
            self.model_chosen.emit(Path(file))
