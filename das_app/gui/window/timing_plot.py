"""Strip chart of latency and inference time over the last seconds. GUI thread only."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtWidgets import QWidget

from das_app.gui.style import theme

SPAN_S = 20.0
_CAPACITY = 2048  # points kept: 20 s at 100 results per second
_LEGEND_ALPHA = 200  # of its ground, so that it can be read on a curve
_LATENCY_COLOUR, _INFERENCE_COLOUR = theme.WARNING, theme.ACCENT


class TimingPlot(pg.PlotWidget):
    """Latency and inference time in ms against seconds before now."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, background=theme.GROUND)
        self._times_s = np.zeros(0)
        self._values_ms = np.zeros((2, 0))
        self.setMenuEnabled(False)
        self.setMouseEnabled(False, False)
        self.hideButtons()
        self.setXRange(-SPAN_S, 0, padding=0)
        self.getViewBox().disableAutoRange()
        self.showGrid(y=True, alpha=0.12)
        self.setLabel("left", "ms")
        ticks = [(ago, f"{ago} s") for ago in range(-round(SPAN_S), 0, 5)]
        self.getAxis("bottom").setTicks([[*ticks, (-0.4, "now")]])
        for side in ("left", "bottom"):
            axis = self.getAxis(side)
            axis.setPen(pg.mkPen(theme.BORDER))
            axis.setTextPen(pg.mkPen(theme.MUTED))
        self.getAxis("left").setWidth(56)
        ground = pg.mkColor(theme.GROUND)
        ground.setAlpha(_LEGEND_ALPHA)
        legend = self.addLegend(
            offset=(8, 4), labelTextColor=theme.MUTED, colCount=2, brush=ground
        )
        legend.setZValue(10)
        self._curves = [
            self.plot(pen=pg.mkPen(colour, width=1.5), name=name)
            for colour, name in (
                (_LATENCY_COLOUR, "end-to-end latency"),
                (_INFERENCE_COLOUR, "inference"),
            )
        ]

    def add(self, time_s: float, latency_s: float, inference_s: float) -> None:
        """Note one result; drawn at the next `refresh`."""
        self._times_s = np.append(self._times_s, time_s)[-_CAPACITY:]
        values = [[1e3 * latency_s], [1e3 * inference_s]]
        self._values_ms = np.append(self._values_ms, values, axis=1)[:, -_CAPACITY:]

    def refresh(self, now_s: float) -> None:
        """Draw what lies in the span before `now_s`."""
        is_recent = self._times_s > now_s - SPAN_S
        self._times_s, self._values_ms = self._times_s[is_recent], self._values_ms[:, is_recent]
        for curve, values in zip(self._curves, self._values_ms, strict=True):
            curve.setData(self._times_s - now_s, values)
        top = float(self._values_ms.max(initial=10.0))
        self.setYRange(0, nice_top(top), padding=0)

    def clear_points(self) -> None:
        """Forget all points."""
        self._times_s, self._values_ms = np.zeros(0), np.zeros((2, 0))
        for curve in self._curves:
            curve.setData([], [])


def nice_top(value: float) -> float:
    """Smallest of 1, 2, 5 times a power of ten that is at least `value`, so axes rarely move."""
    power = 10.0 ** np.floor(np.log10(value))
    return float(next(step * power for step in (1, 2, 5, 10) if step * power >= value * 0.999))
