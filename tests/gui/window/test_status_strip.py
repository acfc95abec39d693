import pytest
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QLabel, QMainWindow

from das_app.gui.lens.camera_panel import CameraPanel
from das_app.gui.recording.recording_indicator import RecordingIndicator
from das_app.gui.window.status_strip import StatusStrip
from das_app.messaging.messages import PipelineStats


@pytest.fixture
def strip(qtbot, themed):
    strip = StatusStrip()
    qtbot.addWidget(strip)
    strip.resize(1200, 32)
    strip.show()
    return strip


def cells(strip):
    return (
        strip.picture_size,
        strip.engine,
        strip.capture,
        strip.inference,
        strip.latency,
        strip.people,
        strip.dropped,
    )


def test_figures(strip):
    strip.set_source("demo")
    strip.set_engine("das-lite · CPU")
    strip.set_stats(PipelineStats(29.97, 11.0, 81.4, 104.6, 100, 90, 7))
    strip.set_result((1280, 720), 3)
    texts = [cell.text() for cell in cells(strip)]
    assert texts == ["1280×720", "das-lite · CPU", "30.0 fps", "81 ms", "105 ms", "3", "7 %"]
    strip.clear()
    assert {cell.text() for cell in cells(strip)} == {"–", "das-lite · CPU"}


def test_how_evenly_frames_come_is_told_on_the_rate(strip):
    strip.set_stats(
        PipelineStats(
            25.0, interval_median_ms=33.3, interval_p95_ms=66.6, share_doubled=0.25, num_lost=4
        )
    )
    expected = "Between frames: median 33.3 ms, 95 % within 66.6 ms, 25 % doubled"
    assert expected in strip.capture.toolTip()
    assert "measured" in strip.capture.toolTip()
    assert "4 more lost by the source" in strip.dropped.toolTip()


def test_nothing_moves_when_figures_change(strip):
    def places():
        return [cell.geometry() for cell in cells(strip)]

    strip.set_engine("das-resnet50 · CUDA")
    strip.set_stats(PipelineStats())
    strip.set_result((8, 8), 0)
    before = places()
    strip.set_source("a file with a rather long name that goes on.mp4")
    strip.set_stats(PipelineStats(999.9, 999.9, 99999, 99999, 10**6, 10**6, 9999999))
    strip.set_result((7680, 4320), 128)
    strip.layout().activate()
    assert places() == before


def test_the_widest_figures_fit(strip):
    strip.set_stats(PipelineStats(240.5, 200.0, 9999.4, 123456.0, 10**6, 10**6, 1234567))
    strip.set_result((3840, 2160), 128)
    assert (strip.inference.text(), strip.latency.text()) == ("9999 ms", "123 s")
    for cell in (
        strip.picture_size,
        strip.capture,
        strip.inference,
        strip.latency,
        strip.people,
        strip.dropped,
    ):
        assert cell.fontMetrics().horizontalAdvance(cell.text()) <= cell.width(), cell.text()


def test_a_camera_alarms_where_it_drops_and_a_file_does_not(strip):
    caption = strip.dropped.parentWidget().findChildren(QLabel)[0]
    stats = PipelineStats(30.0, num_frames=100, num_dropped=60)
    strip.set_stats(stats, is_live=True)
    assert (caption.text(), strip.dropped.text()) == ("dropped !", "60 %")
    alarmed = strip.dropped.palette().color(QPalette.ColorRole.WindowText)
    strip.set_stats(stats, is_live=False)
    assert (caption.text(), strip.dropped.text()) == ("skipped", "60 %")
    assert strip.dropped.palette().color(QPalette.ColorRole.WindowText) != alarmed
    assert "60 of 100" in strip.dropped.toolTip()
    strip.set_stats(PipelineStats(30.0, num_frames=100, num_dropped=5), is_live=True)
    assert caption.text() == "dropped"


def test_model_and_mode_are_whole_on_a_small_laptop(strip):
    strip.resize(1366, strip.height())
    strip.set_engine("das-lite-synthetic · CPU")
    strip.set_mode("precise")
    strip.layout().activate()
    assert strip.engine.text() == "das-lite-synthetic · CPU · precise"
    assert strip.engine.isVisible()
    assert (
        strip.engine.fontMetrics().horizontalAdvance(strip.engine.text()) <= strip.engine.width()
    )
    strip.set_mode("")
    assert strip.engine.text() == "das-lite-synthetic · CPU"


@pytest.mark.parametrize("width_px", range(860, 1360, 20))
def test_no_word_is_cut_that_came_after_the_first_drawing(qtbot, themed, width_px):
    window = QMainWindow()
    qtbot.addWidget(window)
    strip = StatusStrip()
    window.statusBar().addWidget(strip, 1)
    window.resize(width_px, 100)
    window.show()
    qtbot.waitExposed(window)
    strip.set_engine("das-lite-synthetic · CPU")
    strip.set_stats(PipelineStats(30.0, num_frames=100), is_live=True)
    qtbot.wait(20)
    strip.set_mode("precise")
    strip.set_stats(PipelineStats(30.0, num_frames=100, num_dropped=60), is_live=True)
    qtbot.wait(20)
    for label in strip.findChildren(QLabel):
        if label.isVisible() and label is not strip.source:
            assert label.width() >= label.fontMetrics().horizontalAdvance(label.text())
            assert label.geometry().right() < label.parentWidget().width()
    assert strip.engine.isVisible()


def test_a_narrow_strip_leaves_figures_out_and_lays_none_on_another(qtbot, themed):
    window = QMainWindow()
    qtbot.addWidget(window)
    strip = StatusStrip()
    window.statusBar().addWidget(strip, 1)
    strip.set_engine("das-lite · CPU")
    window.resize(1300, 100)
    window.show()
    assert all(cell.isVisible() for cell in cells(strip))
    window.resize(720, 100)
    qtbot.waitUntil(lambda: strip.width() <= 720)
    shown = [cell for cell in cells(strip) if cell.isVisible()]
    assert strip.capture in shown
    assert strip.people in shown
    assert strip.picture_size not in shown
    places = [cell.parentWidget().geometry() for cell in shown]
    assert not any(a.intersects(b) for i, a in enumerate(places) for b in places[:i])
    window.resize(1300, 100)
    qtbot.waitUntil(lambda: all(cell.isVisible() for cell in cells(strip)))


@pytest.mark.parametrize("kind", [StatusStrip, RecordingIndicator, CameraPanel])
def test_parts_leave_the_methods_of_qt_alone(qtbot, kind):
    widget = kind()
    qtbot.addWidget(widget)
    assert widget.size().height() == widget.height()
