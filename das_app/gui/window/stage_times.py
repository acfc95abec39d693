"""Latency breakdown: a bar with milliseconds for each pipeline stage."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from das_app.gui.style import theme
from das_app.gui.style.language import local, tr
from das_app.gui.window.timing_plot import nice_top
from das_app.messaging.messages import PipelineStats

_NAME_WIDTH_PX, _FIGURE_WIDTH_PX, _ROW_PX, _MARGIN_PX = 92, 64, 22, 10


def stages_of(stats: PipelineStats) -> tuple[tuple[str, float], ...]:
    """Stage and milliseconds in the order a frame goes through them; the last is what of the
    latency is in none of them."""
    named = (
        (tr("decode"), stats.decode_ms),
        (tr("wait"), stats.wait_ms),
        (tr("resize"), stats.letterbox_ms),
        (tr("network"), stats.network_ms),
        (tr("people"), stats.people_ms),
    )
    known_ms = sum(ms for _, ms in named)
    return (*named, (tr("other"), max(0.0, stats.latency_ms - known_ms)))


class StageBars(QWidget):
    """Latency by stage, as measured over about the last second."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stats = PipelineStats()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setMinimumWidth(_NAME_WIDTH_PX + _FIGURE_WIDTH_PX + 80)

    def sizeHint(self) -> QSize:
        """Qt: room for a row each stage and the sum."""
        rows = len(stages_of(self._stats)) + 1
        return QSize(280, rows * _ROW_PX + 2 * _MARGIN_PX)

    def set_stats(self, stats: PipelineStats) -> None:
        """Show other figures."""
        self._stats = stats
        words = ", ".join(f"{name} {ms:.0f} ms" for name, ms in stages_of(stats))
        self.setAccessibleDescription(
            tr("{words}; together {latency_ms:.0f} ms", words=words, latency_ms=stats.latency_ms)
        )
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt: a row each stage, and the sum."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(theme.stage().ground))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.tabular_font(self.font()))
        stages = stages_of(self._stats)
        full_ms = nice_top(max(10.0, *(ms for _, ms in stages)))
        step = min(_ROW_PX, (self.height() - 2 * _MARGIN_PX) / (len(stages) + 1))
        for row, (name, ms) in enumerate(stages):
            self._paint_row(painter, _MARGIN_PX + row * step, step, name, ms, ms / full_ms)
        top = _MARGIN_PX + len(stages) * step
        self._paint_row(painter, top, step, tr("all of it"), self._stats.latency_ms, None)
        painter.end()

    def _paint_row(
        self,
        painter: QPainter,
        top: float,
        height: float,
        name: str,
        ms: float,
        share: float | None,
    ) -> None:
        is_sum, colours = share is None, theme.stage()
        painter.setPen(QColor(colours.text if is_sum else colours.muted))
        place = QRectF(_MARGIN_PX, top, _NAME_WIDTH_PX - _MARGIN_PX, height)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, name)
        painter.setPen(QColor(colours.text))
        right = self.width() - _MARGIN_PX
        figure = QRectF(right - _FIGURE_WIDTH_PX, top, _FIGURE_WIDTH_PX, height)
        painter.drawText(
            figure,
            theme.ALIGN_RIGHT,
            f"{ms:.0f} ms" if ms >= 10 else local(f"{ms:.1f} ms"),
        )
        if share is None:
            return
        room = right - _FIGURE_WIDTH_PX - _NAME_WIDTH_PX - 8
        bar = QRectF(_NAME_WIDTH_PX, top + 0.3 * height, max(room, 0), 0.4 * height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.raised))
        painter.drawRoundedRect(bar, 2, 2)
        bar.setWidth(max(bar.width() * min(share, 1.0), 1.0 if ms > 0 else 0.0))
        painter.setBrush(QColor(colours.curves[0]))
        painter.drawRoundedRect(bar, 2, 2)
