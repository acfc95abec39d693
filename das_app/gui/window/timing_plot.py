"""Strip chart of latency and inference time over the last seconds.

GUI thread only.
"""

import numpy as np
import pyqtgraph as pg
from PySide6.QtWidgets import QWidget

from das_app.gui.style import theme
from das_app.gui.style.plots import dress_plot

SPAN_S = 20.0
_CAPACITY = 2048  # points kept: 20 s at 100 results per second


class TimingPlot(pg.PlotWidget):
    """Latency and inference time in ms against seconds before now."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
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
        self.getAxis("left").setWidth(56)
        self._legend = self.addLegend(offset=(8, 4), colCount=2)
        self._legend.setZValue(10)
        self._curves = [self.plot(name=name) for name in ("end-to-end latency", "inference")]
        self.wear_look()

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

    def wear_look(self) -> None:
        """Wear the colours of the stage."""
        stage = theme.stage()
        dress_plot(self, self._legend)
        for curve, colour in zip(self._curves, stage.curves[1::-1], strict=True):
            curve.setPen(pg.mkPen(colour, width=1.5))


def nice_top(value: float) -> float:
    """Smallest of 1, 2, 5 times a power of ten that is at least `value`, so axes rarely move."""
    power = 10.0 ** np.floor(np.log10(value))
    return float(next(step * power for step in (1, 2, 5, 10) if step * power >= value * 0.999))
