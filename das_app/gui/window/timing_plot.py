"""Strip chart of latency and inference time over the last seconds.

GUI thread only.
"""

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtWidgets import QWidget

from das_app.gui.style import theme
from das_app.gui.style.language import tr
from das_app.gui.style.plots import LatePlot

if TYPE_CHECKING:
    import pyqtgraph as pg

SPAN_S = 20.0
_CAPACITY = 2048  # points kept: 20 s at 100 results per second


class TimingPlot(LatePlot):
    """Latency and inference time in ms against seconds before now."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(56, 2, parent)
        self._times_s = np.zeros(0)
        self._values_ms = np.zeros((2, 0))

    def add(self, time_s: float, latency_s: float, inference_s: float) -> None:
        """Note one result; drawn at the next `refresh`."""
        self._times_s = np.append(self._times_s, time_s)[-_CAPACITY:]
        values = [[1e3 * latency_s], [1e3 * inference_s]]
        self._values_ms = np.append(self._values_ms, values, axis=1)[:, -_CAPACITY:]

    def refresh(self, now_s: float) -> None:
        """Draw what lies in the span before `now_s`."""
        is_recent = self._times_s > now_s - SPAN_S
        self._times_s, self._values_ms = self._times_s[is_recent], self._values_ms[:, is_recent]
        if self.chart is None:
            return
        for curve, values in zip(self.chart.listDataItems(), self._values_ms, strict=True):
            curve.setData(self._times_s - now_s, values)
        top = float(self._values_ms.max(initial=10.0))
        self.chart.setYRange(0, nice_top(top), padding=0)

    def clear_points(self) -> None:
        """Forget all points."""
        self._times_s, self._values_ms = np.zeros(0), np.zeros((2, 0))
        for curve in self.chart.listDataItems() if self.chart is not None else ():
            curve.setData([], [])

    def _fill(self, chart: "pg.PlotWidget") -> None:
        chart.setXRange(-SPAN_S, 0, padding=0)
        chart.setLabel("left", "ms")
        ticks = [(ago, f"{ago} s") for ago in range(-round(SPAN_S), 0, 5)]
        chart.getAxis("bottom").setTicks([[*ticks, (-0.4, tr("now"))]])
        self.legend.setZValue(10)
        for name in (tr("end-to-end latency"), tr("inference")):
            chart.plot(name=name)

    def _dress(self) -> None:
        if self.chart is None:
            return
        colours = theme.stage().curves[1::-1]
        for curve, colour in zip(self.chart.listDataItems(), colours, strict=True):
            curve.setPen(colour, width=1.5)


def nice_top(value: float) -> float:
    """Smallest of 1, 2, 5 times a power of ten that is at least `value`, so axes rarely move."""
    power = 10.0 ** np.floor(np.log10(value))
    return float(next(step * power for step in (1, 2, 5, 10) if step * power >= value * 0.999))
