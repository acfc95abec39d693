"""People panel: smoothing and constant bone lengths; signals out, setters in."""

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFormLayout, QHBoxLayout, QSlider, QWidget

from das_app.gui.style import theme
from das_app.gui.style.forms import centre_labels
from das_app.gui.style.language import tr
from das_app.gui.style.texts import Label, described

_STEPS = 20  # of a slider, over strengths from 0 to 1


class PeoplePanel(QWidget):
    """Choice of what is done to poses between the model and the views.

    Attributes:
        smoothing_toggled: show people smoothed.
        distance_changed: strength for the distance along the ray, 0 (off) to 1.
        limbs_changed: strength for all else, 0 (off) to 1.
        bones_toggled: give bones steady lengths.
    """

    smoothing_toggled = Signal(bool)
    distance_changed = Signal(float)
    limbs_changed = Signal(float)
    bones_toggled = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        form = QFormLayout(self)
        form.setContentsMargins(*[2 * theme.SPACE_PX] * 4)
        form.setVerticalSpacing(theme.SPACE_PX)
        self.smoothing = described(
            QCheckBox(tr("Smooth over time")),
            tr("Calm motion, and feet that stand stay put; recordings keep the raw pose, too"),
        )
        self.smoothing.toggled.connect(self.smoothing_toggled)
        self.smoothing.toggled.connect(self._enable)
        self.distance, distance_row = _strength(
            tr("How far away people are: one camera sees it badly, so it flickers most")
        )
        self.limbs, limbs_row = _strength(
            tr("Joints: more is calmer; those seen badly move least anyway")
        )
        self.distance.setAccessibleName(tr("Smoothing of the distance"))
        self.limbs.setAccessibleName(tr("Smoothing of the limbs"))
        self.distance.valueChanged.connect(lambda n: self.distance_changed.emit(n / _STEPS))
        self.limbs.valueChanged.connect(lambda n: self.limbs_changed.emit(n / _STEPS))
        self.bones = described(
            QCheckBox(tr("Steady bones")),
            tr("Bones keep their length; joints may leave their pixels by a little"),
        )
        self.bones.toggled.connect(self.bones_toggled)
        form.addRow(self.smoothing)
        form.addRow(tr("Distance"), distance_row)
        form.addRow(tr("Limbs"), limbs_row)
        form.addRow(self.bones)
        centre_labels(form)
        self._enable(False)

    def set_options(
        self, is_smoothing: bool, distance: float, limbs: float, has_steady_bones: bool
    ) -> None:
        """Show what is chosen; strengths from 0 to 1."""
        with QSignalBlocker(self.smoothing), QSignalBlocker(self.bones):
            self.smoothing.setChecked(is_smoothing)
            self.bones.setChecked(has_steady_bones)
        for slider, strength in ((self.distance, distance), (self.limbs, limbs)):
            with QSignalBlocker(slider):
                slider.setValue(round(strength * _STEPS))
        self._enable(is_smoothing)

    def _enable(self, is_smoothing: bool) -> None:
        self.distance.setEnabled(is_smoothing)
        self.limbs.setEnabled(is_smoothing)


def _strength(tip: str) -> tuple[QSlider, QWidget]:
    """A slider, and the row it stands in between "off" and "strong"."""
    slider = described(QSlider(Qt.Orientation.Horizontal), tip)
    slider.setRange(0, _STEPS)
    row = QWidget()
    line = QHBoxLayout(row)
    line.setContentsMargins(0, 0, 0, 0)
    line.addWidget(Label(tr("off"), objectName="muted"))
    line.addWidget(slider, 1)
    line.addWidget(Label(tr("strong"), objectName="muted"))
    return slider, row
