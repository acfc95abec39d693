"""Plots in the colours of the stage."""

import pyqtgraph as pg

from das_app.gui.style import theme

_LEGEND_ALPHA = 200  # of its ground, so that it can be read on a curve


def dress_plot(plot: pg.PlotWidget, legend: pg.LegendItem) -> None:
    """Give a plot, its axes and its legend the colours of the stage."""
    stage = theme.stage()
    plot.setBackground(stage.ground)
    for side in ("left", "bottom"):
        axis = plot.getAxis(side)
        axis.setPen(pg.mkPen(stage.border))
        axis.setTextPen(pg.mkPen(stage.muted))
    ground = pg.mkColor(stage.ground)
    ground.setAlpha(_LEGEND_ALPHA)
    legend.setBrush(ground)
    legend.setLabelTextColor(stage.muted)
