"""Status bar: figures in cells of fixed width."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QWidget

from das_app.gui.style import theme
from das_app.gui.style.language import local, tr
from das_app.gui.style.pane_frame import HintLine
from das_app.gui.style.texts import Label, named, plain
from das_app.messaging.messages import PipelineStats
from das_app.words.said import marked

_NONE = "–"
_MIN_WIDTH_PX = 640
_CAPTURE_TIP = marked("Frames per second from the source")
_DROPPED_TIP = marked("Pictures that the model was too slow for, of all since the start")
_SKIPPED_TIP = marked(
    "Pictures passed over to keep the film's pace; `das-app capture` looks at every one"
)
_MANY_DROPPED = 0.2  # of a camera's pictures


class StatusStrip(QWidget):
    """Source, size, engine and running figures."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(theme.SPACE_PX, 2, theme.SPACE_PX, 2)
        self._row.setSpacing(6)
        self.source = self._elastic_cell(tr("Nothing open"), 3)
        self.picture_size = self._cell("", "0000×0000", tr("Size of the picture"))
        self.engine = self._cell("", "", tr("Model, device and mode in use"))
        self.capture = self._cell(tr("capture"), "000.0 fps", tr(_CAPTURE_TIP))
        self.inference = self._cell(tr("inference"), "0000 ms", tr("Time of the model per frame"))
        self.latency = self._cell(
            tr("latency"), "0000 ms", tr("From the frame's arrival to its result")
        )
        self.people = self._cell(tr("people"), "000", tr("People shown"))
        self.dropped = self._cell(tr("dropped"), "100 %", tr(_DROPPED_TIP))
        cell = self.dropped.parentWidget()
        caption = None if cell is None else cell.findChild(QLabel, "muted")
        assert isinstance(caption, QLabel)
        self._dropped_caption = caption
        widest = max(map(caption.fontMetrics().horizontalAdvance, _captions()))
        caption.setFixedWidth(widest + 2)
        self._engine = self._mode = ""
        self._expendable = (self.picture_size, self.latency, self.inference, self.engine)
        self._figures = (
            self.picture_size,
            self.capture,
            self.inference,
            self.latency,
            self.people,
            self.dropped,
        )
        self.clear()

    def set_source(self, text: str) -> None:
        """Name what is open."""
        self.source.setText(text)
        self.source.setToolTip(plain(text))

    def set_engine(self, engine: str) -> None:
        """Name the model and what it runs on."""
        self._engine = engine
        self._show_engine()

    def set_mode(self, mode: str) -> None:
        """Name the model's mode; empty where none works."""
        self._mode = mode
        self._show_engine()

    def set_stats(self, stats: PipelineStats, is_live: bool = True) -> None:
        """Show the figures of a running pipeline; of a camera when it `is_live`, else a file."""
        self.capture.setText(local(f"{stats.capture_fps:.1f} fps"))
        self.inference.setText(_duration(stats.inference_ms))
        self.latency.setText(_duration(stats.latency_ms))
        self._show_dropped(stats, is_live)
        doubled = tr("{share:.0f} % doubled", share=100 * stats.share_doubled)
        self.capture.setToolTip(
            plain(
                tr(
                    "{what}, measured\nBetween frames: median {median_ms:.1f} ms, "
                    "95 % within {most_ms:.1f} ms, {doubled}",
                    what=tr(_CAPTURE_TIP),
                    median_ms=stats.interval_median_ms,
                    most_ms=stats.interval_p95_ms,
                    doubled=doubled,
                )
            )
        )

    def set_result(self, size: tuple[int, int], num_people: int) -> None:
        """Show what belongs to the frame on the screen."""
        self.picture_size.setText(f"{size[0]}×{size[1]}")
        self.people.setText(str(num_people))

    def clear(self) -> None:
        """Show no figures."""
        for cell in self._figures:
            cell.setText(_NONE)

    def _show_engine(self) -> None:
        text = " · ".join(part for part in (self._engine, self._mode) if part)
        self.engine.setText(text)
        self.engine.setFixedWidth(self.engine.fontMetrics().horizontalAdvance(text) + 4)
        self._leave_out()

    def _show_dropped(self, stats: PipelineStats, is_live: bool) -> None:
        share = stats.num_dropped / max(stats.num_frames, 1)
        is_alarming = is_live and share >= _MANY_DROPPED
        counts = tr(
            "{number} of {total}",
            number=stats.num_dropped,
            total=stats.num_frames,
        )
        if is_live:
            tip = tr(
                "{what}: {counts}\n{lost} more lost by the source",
                what=tr(_DROPPED_TIP),
                counts=counts,
                lost=stats.num_lost,
            )
        else:
            tip = f"{tr(_SKIPPED_TIP)}: {counts}"
        caption = tr("dropped") if is_live else tr("skipped")
        self._dropped_caption.setText(_alarming(caption) if is_alarming else caption)
        self.dropped.setText(f"{100 * share:.0f} %")
        for label in (self._dropped_caption, self.dropped):
            label.setToolTip(plain(tip))
        name = "problem" if is_alarming else "figure"
        if self.dropped.objectName() != name:
            self.dropped.setObjectName(name)
            self.dropped.style().polish(self.dropped)

    def minimumSizeHint(self) -> QSize:
        """Qt: what there is no room for is left out."""
        return QSize(_MIN_WIDTH_PX, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: leave out what panels tell too where it is narrow."""
        super().resizeEvent(event)
        self._leave_out()

    def _leave_out(self) -> None:
        cells = [cell for value in self._expendable if (cell := value.parentWidget())]
        for cell in cells:
            cell.show()
        engine = self.engine.parentWidget()
        if engine is not None and (layout := engine.layout()) is not None:
            layout.activate()  # else the row hears of its new width only later
        for cell in cells:
            if self._row.minimumSize().width() <= self.width():
                return
            cell.hide()

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
        rule = named(QFrame(), "rule")
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


def _captions() -> tuple[str, ...]:
    """What can stand before the share of pictures that were left out."""
    return (tr("dropped"), tr("skipped"), _alarming(tr("dropped")))


def _alarming(caption: str) -> str:
    return f"{caption} !"


def _duration(time_ms: float) -> str:
    if time_ms <= 0:
        return _NONE  # nothing is computed while a session plays
    return f"{time_ms:.0f} ms" if time_ms < 9999.5 else f"{time_ms / 1000:.0f} s"
