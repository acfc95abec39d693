"""Rows of a camera's controls: a slider, its value, and whether the camera sets it by itself."""

from collections.abc import Mapping

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QDoubleSpinBox, QGridLayout, QSlider, QWidget

from das_app.gui.style import theme
from das_app.gui.style.language import tr
from das_app.gui.style.texts import Label, described
from das_app.sources.camera_controls import Control, ControlState
from das_app.words.said import marked

_NAMES = {
    Control.EXPOSURE: marked("Exposure"),
    Control.GAIN: marked("Gain"),
    Control.FOCUS: marked("Focus"),
    Control.WHITE_BALANCE: marked("White balance"),
}
_ANY = (-100_000.0, 100_000.0)  # where the driver does not tell its limits


class ControlRows(QWidget):
    """Signals out, setters in; a row for each control that there is.

    Attributes:
        ordered: a `Control` and its value, None where the camera is to set it by itself.
    """

    ordered = Signal(object, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(theme.SPACE_PX)
        self._grid.setColumnStretch(1, 1)
        self._rows = {control: self._add_row(control, name) for control, name in _NAMES.items()}
        self.show_states({})

    def row(self, control: Control) -> tuple[QSlider, QDoubleSpinBox, QCheckBox]:
        """Slider, value and switch of a control."""
        return self._rows[control][1:]

    def show_states(self, states: Mapping[Control, ControlState]) -> None:
        """Show how the controls stand; those that are not there are hidden."""
        for control, (name, slider, value, auto) in self._rows.items():
            state = states.get(control)
            for widget in (name, slider, value, auto):
                widget.setVisible(state is not None)
            if state is None:
                continue
            auto.setVisible(state.is_auto is not None)
            slider.setVisible(state.limits is not None)
            is_by_hand = not state.is_auto
            low, high = state.limits or _ANY
            for widget in (slider, value):
                widget.setEnabled(is_by_hand)
                if widget.hasFocus() or (widget is slider and slider.isSliderDown()):
                    continue  # the user is at it
                with QSignalBlocker(widget):
                    if isinstance(widget, QSlider):
                        widget.setRange(int(low), int(high))
                        widget.setValue(int(state.value))
                    else:
                        widget.setRange(low, high)
                        widget.setValue(state.value)
            with QSignalBlocker(auto):
                auto.setChecked(bool(state.is_auto))

    def _add_row(
        self, control: Control, marked_name: str
    ) -> tuple[Label, QSlider, QDoubleSpinBox, QCheckBox]:
        text = tr(marked_name)
        name, slider = Label(text), QSlider(Qt.Orientation.Horizontal)
        slider.setAccessibleName(text)
        value = described(QDoubleSpinBox(decimals=0), tr("In the driver's units"), spoken=text)
        value.setKeyboardTracking(False)
        value.setAlignment(Qt.AlignmentFlag.AlignRight)
        auto = described(
            QCheckBox(tr("Auto")),
            tr("The camera sets it by itself"),
            spoken=tr("{control} by itself", control=text),
        )

        def slide(number: int) -> None:
            with QSignalBlocker(value):
                value.setValue(number)
            self.ordered.emit(control, float(number))

        def enter(number: float) -> None:
            with QSignalBlocker(slider):
                slider.setValue(int(number))
            self.ordered.emit(control, number)

        slider.valueChanged.connect(slide)
        value.valueChanged.connect(enter)
        auto.clicked.connect(
            lambda is_on: self.ordered.emit(control, None if is_on else value.value())
        )
        row = self._grid.rowCount()
        for column, widget in enumerate((name, slider, value, auto)):
            self._grid.addWidget(widget, row, column)
        return name, slider, value, auto
