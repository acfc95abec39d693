"""Presenter of the model panel."""

from PySide6.QtCore import QObject

from das_app.gui.control.bridge import Model
from das_app.gui.control.controller import Controller
from das_app.gui.control.shown_result import ShownResult
from das_app.gui.model.model_panel import ModelPanel


class ModelPresenter(QObject):
    """Shows the model in use and what it costs, and has another one loaded as the panel asks.

    Args:
        control: of what runs.
        shown: what is on the screen.
        panel: of the model.
    """

    def __init__(self, control: Controller, shown: ShownResult, panel: ModelPanel) -> None:
        super().__init__(control)
        self._control, self._shown, self._panel = control, shown, panel
        panel.model_chosen.connect(control.set_model)
        panel.device_chosen.connect(control.set_device)
        panel.precision_chosen.connect(control.set_precision)
        panel.mode_chosen.connect(control.set_mode)
        panel.input_scale_changed.connect(control.set_input_scale)
        control.settings_changed.connect(panel.set_settings)
        control.model_changed.connect(self._show_model)
        panel.set_settings(control.settings)

    def refresh(self) -> None:
        """Show the cost of the input's size now."""
        live, model, camera = self._control.live, self._control.model, self._shown.camera
        if live is not None and model is not None and camera is not None:
            size = model.estimator.fitted_size(camera.size)
            self._panel.set_cost(size, live.stats().inference_ms)

    def _show_model(self, model: Model) -> None:
        self._panel.set_engine(model.engine)
