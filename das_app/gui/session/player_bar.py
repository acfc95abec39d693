"""Player bar: seek bar, single frames, speed and loop; signals out, setters in.

For a session it also shows events and the trimmed range, and offers which poses are shown.
"""

import math

from PySide6.QtCore import QPoint, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QSlider,
    QStyle,
    QStyleOptionSlider,
    QToolButton,
    QWidget,
)

from das_app.gui.session.session_marks import NEAR_PX, Mark, paint_marks, paint_trim
from das_app.gui.style import theme
from das_app.gui.style.language import local, tr
from das_app.gui.style.texts import Label, described, named, plain
from das_app.session.types import Layer
from das_app.words.said import marked

SPEEDS = (0.1, 0.25, 0.5, 1.0, 1.5, 2.0, 4.0)
_ARROW_MS, _PAGE_MS = 1000, 10_000


_LAYERS = {
    Layer.REFINED: marked("Refined"),
    Layer.LIVE: marked("Smoothed"),
    Layer.RAW: marked("Raw"),
}


class PlayerBar(QWidget):
    """Playback position and controls of a file. Hidden until `set_length` has one to show.

    To wire it: the signals go to `LivePipeline.seek`, `.step`, `.set_speed`, `.set_looping`;
    `set_length` gets `source.duration_s` and `.num_frames` when a source was opened, and
    `set_position` the `time_s` and `index` of every frame shown. Nothing has a key of its own.

    Attributes:
        seek_requested: seconds from the beginning; many while the handle is dragged.
        step_requested: frames to go, negative for back.
        speed_changed: 0.1 to 4 times.
        loop_toggled: whether the file begins again at its end.
        layer_chosen: which poses of a session are shown, a `Layer`.
    """

    seek_requested = Signal(float)
    step_requested = Signal(int)
    speed_changed = Signal(float)
    loop_toggled = Signal(bool)
    layer_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._duration_s = 0.0
        self._num_frames: int | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE_PX // 2)
        self.back = self._button("step-back", tr("Step back one frame"))
        self.back.clicked.connect(lambda: self.step_requested.emit(-1))
        self.forward = self._button("step-forward", tr("Step forward one frame"))
        self.forward.clicked.connect(lambda: self.step_requested.emit(1))
        self.slider = SeekSlider()
        self.slider.valueChanged.connect(lambda ms: self.seek_requested.emit(ms / 1000))
        self.place = Label(objectName="figure")
        self.place.setFont(theme.tabular_font(self.font()))
        self.place.setAlignment(theme.ALIGN_RIGHT)
        self.speed = described(QComboBox(), tr("Speed"), spoken=tr("Speed"))
        for speed in SPEEDS:
            self.speed.addItem(local(f"{speed:g}×"), speed)
        self.speed.activated.connect(
            lambda index: self.speed_changed.emit(self.speed.itemData(index))
        )
        self.loop = self._button("loop", tr("Begin again at the end"))
        self.loop.setCheckable(True)
        self.loop.toggled.connect(self.loop_toggled)
        self.poses = described(QComboBox(), spoken=tr("Poses"))
        self.poses.setToolTip(
            tr("Poses as they were shown live, raw as the model found them, or refined afterwards")
        )
        self.poses.activated.connect(
            lambda index: self.layer_chosen.emit(Layer(self.poses.itemData(index)))
        )
        for widget in (
            self.back,
            self.forward,
            self.slider,
            self.place,
            self.poses,
            self.speed,
            self.loop,
        ):
            row.addWidget(widget, 1 if widget is self.slider else 0)
            if widget is self.place:
                row.addSpacing(theme.SPACE_PX // 2)
        self.set_speed(1.0)
        self.set_length(None, None)

    def set_length(self, duration_s: float | None, num_frames: int | None) -> None:
        """Show the bar of a file of this length, at its beginning; None hides it.

        Args:
            duration_s: length, None for a live source and where no place can be sought.
            num_frames: how many there are, None when unknown.
        """
        self.setVisible(bool(duration_s))
        self._duration_s, self._num_frames = duration_s or 0.0, num_frames
        with QSignalBlocker(self.slider):
            self.slider.setRange(0, round(1000 * self._duration_s))
        self.slider.set_marks(())
        self.slider.set_part(0.0, math.inf)
        self.poses.hide()
        widest = self._place_text(self._duration_s, max(1, num_frames or 1) - 1)
        width_px = self.place.fontMetrics().horizontalAdvance(widest)
        self.place.setFixedWidth(width_px + 2 * theme.SPACE_PX)
        self.set_position(0.0, 0)

    def set_position(self, time_s: float, index: int) -> None:
        """Show where the frame on the screen is; the handle stays put while it is dragged."""
        if not self.slider.isSliderDown():
            with QSignalBlocker(self.slider):
                self.slider.setValue(round(1000 * time_s))
        self.place.setText(self._place_text(time_s, index))

    def set_speed(self, speed: float) -> None:
        """Show the speed."""
        nearest = min(range(len(SPEEDS)), key=lambda n: abs(SPEEDS[n] - speed))
        self.speed.setCurrentIndex(nearest)

    def show_session(self, marks: tuple[Mark, ...], layers: tuple[Layer, ...]) -> None:
        """Show what only a session has, until the next `set_length`."""
        self.slider.set_marks(marks)
        self.poses.clear()
        for layer in reversed(layers):
            self.poses.addItem(tr(_LAYERS[layer]), layer)
        self.poses.show()

    def set_layer(self, layer: Layer) -> None:
        """Show which poses of a session are shown."""
        self.poses.setCurrentIndex(self.poses.findData(layer))

    def set_looping(self, is_looping: bool) -> None:
        """Show whether the file loops."""
        with QSignalBlocker(self.loop):
            self.loop.setChecked(is_looping)

    def _place_text(self, time_s: float, index: int) -> str:
        text = f"{clock_text(time_s)} / {clock_text(self._duration_s)}"
        return text if self._num_frames is None else f"{text}   {index + 1}/{self._num_frames}"

    def _button(self, icon: str, tip: str) -> QToolButton:
        button = named(described(QToolButton(), tip, spoken=tip), "flat")
        button.setIcon(theme.icon(icon))
        button.setIconSize(QSize(18, 18))
        button.setAutoRepeat(icon.startswith("step"))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button


class SeekSlider(QSlider):
    """A slider in milliseconds that jumps to where it is pressed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setSingleStep(_ARROW_MS)
        self.setPageStep(_PAGE_MS)
        self.setMinimumWidth(20 * theme.SPACE_PX)
        self.setAccessibleName(tr("Place in the file"))
        self.setMouseTracking(True)
        self.setMinimumHeight(4 * theme.SPACE_PX)
        self._marks: tuple[Mark, ...] = ()
        self._part_s = (0.0, math.inf)

    def set_marks(self, marks: tuple[Mark, ...]) -> None:
        """Show events, each told when the pointer rests near it."""
        self._marks = marks
        self.update()

    def set_part(self, start_s: float, end_s: float) -> None:
        """Show which part counts; all of it from 0 to infinity."""
        self._part_s = (start_s, end_s)
        self.update()

    def words_at(self, x: float) -> str:
        """The time at a place, in px, and the events near it."""
        near = [m for m in self._marks if abs(self._x_of(m.time_s) - x) <= NEAR_PX]
        lines = [f"{clock_text(mark.time_s)}  {mark.text}" for mark in near]
        return "\n".join(lines) or clock_text(self._value_at(QPoint(round(x), 0)) / 1000)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt: draw the slider, the trimmed range and the marks."""
        super().paintEvent(event)
        painter = QPainter(self)
        start_s, end_s = self._part_s
        if start_s > 0 or end_s < math.inf:
            part = (self._x_of(start_s), self._x_of(end_s))
            paint_trim(painter, (1.0, self.width() - 1.0), part, self.height() / 2)
        paint_marks(painter, [(self._x_of(mark.time_s), mark) for mark in self._marks])
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt: bring the handle to the pointer, where it is then dragged from."""
        if event.button() is Qt.MouseButton.LeftButton:
            self.setValue(self._value_at(event.position().toPoint()))
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Qt: have the time under the pointer told where it rests."""
        self.setToolTip(plain(self.words_at(event.position().x())))
        super().mouseMoveEvent(event)

    def _x_of(self, time_s: float) -> float:
        """Position of a time, px."""
        value = round(1000 * min(time_s, self.maximum() / 1000))
        handle = self._handle_px()
        return handle / 2 + QStyle.sliderPositionFromValue(
            self.minimum(), self.maximum(), value, max(1, self.width() - handle)
        )

    def _handle_px(self) -> int:
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        control, part = QStyle.ComplexControl.CC_Slider, QStyle.SubControl.SC_SliderHandle
        return self.style().subControlRect(control, option, part, self).width()

    def _value_at(self, place: QPoint) -> int:
        handle = self._handle_px()
        return QStyle.sliderValueFromPosition(
            self.minimum(), self.maximum(), place.x() - handle // 2, max(1, self.width() - handle)
        )


def clock_text(time_s: float) -> str:
    """Minutes, seconds and hundredths, with hours where there are some."""
    hundredths = max(0, round(100 * time_s))
    minutes, hundredths = divmod(hundredths, 6000)
    text = f"{minutes % 60:02d}:{local(f'{hundredths / 100:05.2f}')}"
    return f"{minutes // 60}:{text}" if minutes >= 60 else text
