import sys

import numpy as np
import pytest

from das_app.gui.style import theme
from das_app.gui.window.timing_plot import SPAN_S, TimingPlot, nice_top
from das_app.settings.app_settings import Look


@pytest.fixture
def plot(qtbot, themed):
    plot = TimingPlot()
    qtbot.addWidget(plot)
    plot.resize(600, 120)
    plot.show()
    return plot


def points(plot):
    return [curve.getData() for curve in plot.chart.listDataItems()]


def test_both_times_in_milliseconds_against_seconds_ago(plot):
    plot.add(100.0, latency_s=0.050, inference_s=0.020)
    plot.add(101.0, latency_s=0.060, inference_s=0.030)
    plot.refresh(102.0)
    (ago, latency_ms), (_, inference_ms) = points(plot)
    assert ago.tolist() == [-2, -1]
    assert latency_ms.tolist() == pytest.approx([50, 60])
    assert inference_ms.tolist() == pytest.approx([20, 30])


def test_what_is_older_than_the_span_is_forgotten(plot):
    plot.add(100.0, 0.9, 0.9)
    plot.add(100.0 + SPAN_S, 0.05, 0.02)
    plot.refresh(101.0 + SPAN_S)
    (ago, latency_ms), _ = points(plot)
    assert ago.tolist() == [-1]
    assert latency_ms.tolist() == [50]
    assert plot.chart.viewRange()[1] == pytest.approx([0, 50])


def test_memory_is_bounded(plot):
    for i in range(5000):
        plot.add(100 + i * 1e-3, 0.05, 0.02)
    plot.refresh(105.0)
    assert len(points(plot)[0][0]) <= 2048


def test_cleared(plot):
    plot.add(100.0, 0.05, 0.02)
    plot.refresh(100.0)
    plot.clear_points()
    assert all(x is None or len(x) == 0 for x, _ in points(plot))


@pytest.mark.parametrize("look", [Look.LIGHT, Look.DARK])
def test_the_legend_wears_the_look(plot, qapp, look):
    try:
        theme.apply_theme(qapp, look)
        plot.wear_look()
        labels = [label.item.toHtml() for _, label in plot.legend.items]
        assert len(labels) == 2
        assert all(theme.stage().muted in html for html in labels)
    finally:
        theme.apply_theme(qapp, Look.DARK)


@pytest.mark.parametrize(
    ("value", "top"), [(10, 10), (11, 20), (21, 50), (0.7, 1), (51, 100), (100, 100), (0.15, 0.2)]
)
def test_nice_top(value, top):
    assert nice_top(value) == pytest.approx(top)


def test_repainting_loses_no_references(plot):
    """PySide6 6.12 lost one to True at every painted frame and died within a minute."""
    watched = (True, False, None)

    def paint(first, last):
        for i in range(first, last):
            plot.add(100 + i * 0.05, 0.05, 0.02 + 0.01 * (i % 7))
            plot.refresh(100 + i * 0.05)
            plot.grab()

    paint(0, 10)
    before = [sys.getrefcount(value) for value in watched]
    paint(10, 160)
    lost = np.subtract(before, [sys.getrefcount(value) for value in watched])
    assert lost.max() < 75
