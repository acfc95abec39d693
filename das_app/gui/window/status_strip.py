"""Status bar: figures in cells of fixed width."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QWidget

from das_app.gui.style import theme
from das_app.gui.style.pane_frame import HintLine
from das_app.gui.style.texts import Label, plain
from das_app.messaging.messages import PipelineStats

_NONE = "–"
_LEAST_WIDTH_PX = 640
_CAPTURE_TIP = "Frames per second from the source"
_DROPPED_TIP = "Frames the model was too slow for"


class StatusStrip(QWidget):
    """Source, size, engine and running figures."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(theme.SPACE_PX, 2, theme.SPACE_PX, 2)
        self._row.setSpacing(6)
        self.source = self._elastic_cell("Nothing open", 3)
        self.size = self._cell("", "0000×0000", "Size of the picture")
        self.engine = self._cell("", "das-resnet50 · CUDA", "Model and device in use")
        self.capture = self._cell("capture", "000.0 fps", _CAPTURE_TIP)
        self.inference = self._cell("inference", "0000 ms", "Time of the model per frame")
        self.latency = self._cell("latency", "0000 ms", "From the frame's arrival to its result")
        self.people = self._cell("people", "000", "People shown")
        self.dropped = self._cell("dropped", "0000000", _DROPPED_TIP)
        self._expendable = (self.size, self.engine, self.latency, self.inference)
        self.clear()

    def set_source(self, text: str) -> None:
        """Name what is open."""
        self.source.setText(text)
        self.source.setToolTip(plain(text))

    def set_engine(self, engine: str) -> None:
        """Name the model and what it runs on."""
        self.engine.setText(engine)

    def set_stats(self, stats: PipelineStats) -> None:
        """Show the figures of a running pipeline."""
        self.capture.setText(f"{stats.capture_fps:.1f} fps")
        self.inference.setText(_duration(stats.inference_ms))
        self.latency.setText(_duration(stats.latency_ms))
        self.dropped.setText(str(stats.num_dropped))
        doubled = f"{100 * stats.share_doubled:.0f} % doubled"
        self.capture.setToolTip(
            plain(
                f"{_CAPTURE_TIP}, measured\nBetween frames: median "
                f"{stats.interval_median_ms:.1f} ms, "
                f"95 % within {stats.interval_p95_ms:.1f} ms, {doubled}"
            )
        )
        self.dropped.setToolTip(plain(f"{_DROPPED_TIP}\n{stats.num_lost} more lost by the source"))

    def set_result(self, size: tuple[int, int], num_people: int) -> None:
        """Show what belongs to the frame on the screen."""
        self.size.setText(f"{size[0]}×{size[1]}")
        self.people.setText(str(num_people))

    def clear(self) -> None:
        """Show no figures."""
        for cell in (self.size, self.capture, self.inference, self.latency, self.people):
            cell.setText(_NONE)
        self.dropped.setText(_NONE)

    def minimumSizeHint(self) -> QSize:
        """Qt: what there is no room for is left out."""
        return QSize(_LEAST_WIDTH_PX, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: leave out what panels tell too where it is narrow."""
        super().resizeEvent(event)
        for value in self._expendable:
            value.parentWidget().show()
        for value in self._expendable:
            if self._row.minimumSize().width() <= self.width():
                return
            value.parentWidget().hide()

    def add_button(self, button: QToolButton) -> None:
        """Put a button at the right end."""
        self._row.addWidget(button)

    def _elastic_cell(self, text: str, stretch: int) -> QLabel:
        label = HintLine(text)
        label.setObjectName("")
        label.setMinimumWidth(60)
        self._row.addWidget(label, stretch)
        return label

    def _cell(self, caption: str, widest: str, tip: str) -> QLabel:
        cell = QWidget()
        row = QHBoxLayout(cell)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        rule = QFrame(objectName="rule")
        rule.setFixedSize(1, 16)
        row.addWidget(rule)
        if caption:
            row.addWidget(Label(caption, objectName="muted", toolTip=tip))
        value = Label(objectName="figure", toolTip=tip)
        value.setFont(theme.tabular_font(self.font()))
        value.setFixedWidth(value.fontMetrics().horizontalAdvance(widest) + 4)
        value.setAlignment(theme.ALIGN_RIGHT if caption else Qt.AlignmentFlag.AlignCenter)
        row.addWidget(value)
        self._row.addWidget(cell)
        return value


def _duration(time_ms: float) -> str:
    if time_ms <= 0:
        return _NONE  # nothing is computed while a session plays
    return f"{time_ms:.0f} ms" if time_ms < 9999.5 else f"{time_ms / 1000:.0f} s"
