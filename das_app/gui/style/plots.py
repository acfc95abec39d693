"""Plots in the colours of the stage; pyqtgraph is imported when the first of them is seen."""

from abc import abstractmethod
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from das_app.gui.style import theme
from das_app.gui.style.language import local, tr

if TYPE_CHECKING:
    import pyqtgraph as pg

_LEGEND_ALPHA = 200  # of its ground, so that it can be read on a curve
_GRID_ALPHA = 0.12


class LatePlot(QWidget):
    """A plot in a panel, made when the panel is first shown.

    Args:
        axis_px: room for the figures at the left.
        num_columns: of the legend.

    Attributes:
        chart: the plot; None until it is first shown.
    """

    def __init__(self, axis_px: int, num_columns: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._axis_px, self._num_columns = axis_px, num_columns
        self.chart: pg.PlotWidget | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)

    def showEvent(self, event: QShowEvent) -> None:
        """Qt: now it is needed."""
        if self.chart is None:
            self.chart = self._chart()
            self._fill(self.chart)
            self.wear_look()
            self._column.addWidget(self.chart)
        super().showEvent(event)

    def wear_look(self) -> None:
        """Wear the colours of the stage."""
        if self.chart is None:
            return
        import pyqtgraph as pg

        stage = theme.stage()
        self.chart.setBackground(stage.ground)
        for side in ("left", "bottom"):
            axis = self.chart.getAxis(side)
            axis.setPen(pg.mkPen(stage.border))
            axis.setTextPen(pg.mkPen(stage.muted))
        ground = pg.mkColor(stage.ground)
        ground.setAlpha(_LEGEND_ALPHA)
        self.legend.setBrush(ground)
        self.legend.setLabelTextColor(stage.muted)
        for _, label in self.legend.items:  # those that are there already
            label.setText(label.text)
        self._dress()

    def _chart(self) -> "pg.PlotWidget":
        import pyqtgraph as pg

        chart = pg.PlotWidget()
        chart.setAccessibleName(tr("Curves over time"))
        for part in (chart, chart.viewport()):
            part.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        chart.setMenuEnabled(False)
        chart.setMouseEnabled(False, False)
        chart.hideButtons()
        chart.getViewBox().disableAutoRange()
        chart.showGrid(y=True, alpha=_GRID_ALPHA)
        axis = chart.getAxis("left")
        axis.setWidth(self._axis_px)
        plain = axis.tickStrings
        axis.tickStrings = lambda *ticks: [local(text) for text in plain(*ticks)]
        self.legend = chart.addLegend(offset=(8, 4), colCount=self._num_columns)
        return chart

    @abstractmethod
    def _fill(self, chart: "pg.PlotWidget") -> None:
        """Put curves and axes into the new plot."""

    @abstractmethod
    def _dress(self) -> None:
        """Give the curves the colours of the stage."""
