"""The bar above the panes: buttons of the actions, confidence and lens. No state."""

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSlider,
    QToolButton,
    QWidget,
)

from das_app.gui import theme
from das_app.gui.actions import Actions

LEAST_SCORE = 0.05  # below it the model finds people everywhere


class ControlBar(QWidget):
    """Opening, playing, confidence and lens.

    Attributes:
        fov_changed: field of view of the longer side, degrees.
        threshold_changed: least score of people shown, 0 to 1.
    """

    fov_changed = Signal(float)
    threshold_changed = Signal(float)

    def __init__(
        self, actions: Actions, camera_menu: QMenu, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(theme.SPACE_PX)
        self.buttons = {
            name: self._add_button(actions, name) for name in ("camera", "file", "folder", "demo")
        }
        self.buttons["camera"].setObjectName("menu")
        self.buttons["camera"].setMenu(camera_menu)
        self.buttons["camera"].setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._add_rule()
        for name in ("play", "stop", "loop"):
            self.buttons[name] = self._add_button(actions, name, has_text=False)
        self._row.addStretch()
        self._add_threshold()
        self._add_rule()
        self._add_lens()

    def set_threshold(self, threshold: float) -> None:
        """Show the least score."""
        with QSignalBlocker(self.threshold):
            self.threshold.setValue(round(threshold * 100))
        self._threshold_text.setText(f"{threshold:.2f}")

    def set_lens(self, fov_deg: float, focal_px: float | None, is_assumed: bool) -> None:
        """Show the lens in use.

        Args:
            fov_deg: field of view of the longer side.
            focal_px: the focal length it gives in the picture's pixels, None without a picture.
            is_assumed: False for a calibrated lens, which cannot be changed here.
        """
        with QSignalBlocker(self.fov):
            self.fov.setValue(fov_deg)
        self.fov.setEnabled(is_assumed)
        origin = "assumed" if is_assumed else "calibrated"
        self.focal.setText(origin if focal_px is None else f"f {focal_px:.0f} px, {origin}")

    def _add_threshold(self) -> None:
        tip = "People the model is less sure of than this are not shown"
        self._row.addWidget(QLabel("Confidence", objectName="muted", toolTip=tip))
        self.threshold = QSlider(Qt.Orientation.Horizontal, toolTip=tip)
        self.threshold.setAccessibleName("Confidence")
        self.threshold.setRange(round(100 * LEAST_SCORE), 95)
        self.threshold.setFixedWidth(12 * theme.SPACE_PX)
        self.threshold.valueChanged.connect(self._on_threshold)
        self._threshold_text = QLabel()
        self._threshold_text.setFixedWidth(self.fontMetrics().horizontalAdvance("0.000"))
        self._row.addWidget(self.threshold)
        self._row.addWidget(self._threshold_text)

    def _add_lens(self) -> None:
        tip = (
            "Field of view of the picture's longer side. The distance of people follows from it:\n"
            "with too large a value they come out too near."
        )
        self._row.addWidget(QLabel("FOV", objectName="muted", toolTip=tip))
        self.fov = QDoubleSpinBox(toolTip=tip, decimals=1, suffix="°")
        self.fov.setAccessibleName("Field of view")
        self.fov.setRange(10.0, 150.0)
        self.fov.setKeyboardTracking(False)
        self.fov.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.fov.setFixedWidth(10 * theme.SPACE_PX)
        self.fov.valueChanged.connect(self.fov_changed)
        self.fov.lineEdit().returnPressed.connect(self.fov.clearFocus)  # keys steer again
        self.focal = QLabel(objectName="muted", toolTip=tip)
        widest = self.fontMetrics().horizontalAdvance("f 0000 px, calibrated")
        self.focal.setFixedWidth(widest)
        self._row.addWidget(self.fov)
        self._row.addWidget(self.focal)

    def _add_rule(self) -> None:
        rule = QFrame(objectName="rule")
        rule.setFixedSize(1, 3 * theme.SPACE_PX)
        self._row.addWidget(rule)

    def _add_button(self, actions: Actions, name: str, has_text: bool = True) -> QToolButton:
        button = QToolButton()
        button.setDefaultAction(actions[name])
        if has_text:
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setIconSize(QSize(18, 18))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._row.addWidget(button)
        return button

    def _on_threshold(self, percent: int) -> None:
        self._threshold_text.setText(f"{percent / 100:.2f}")
        self.threshold_changed.emit(percent / 100)
