import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from das_app.gui.session.player_bar import SPEEDS, PlayerBar, clock_text


@pytest.fixture
def bar(qtbot, themed):
    bar = PlayerBar()
    qtbot.addWidget(bar)
    bar.resize(700, 40)
    bar.set_length(20.0, 500)
    return bar


def heard(signal):
    values = []
    signal.connect(values.append)
    return values


def test_position_is_shown_without_asking_for_it(bar):
    sought = heard(bar.seek_requested)
    bar.set_position(12.34, 308)
    assert bar.slider.value() == 12340
    assert bar.place.text() == "00:12.34 / 00:20.00   309/500"
    assert not sought


def test_the_figures_take_as_much_room_for_every_file(bar):
    """Also for the hundredth."""
    bar.show()
    widths = {bar.place.width()}
    for _ in range(5):
        bar.set_length(3.0, 60)
        bar.set_length(20.0, 500)
        widths.add(bar.place.width())
    (width,) = widths
    bar.set_position(20.0, 499)
    assert bar.place.fontMetrics().horizontalAdvance(bar.place.text()) <= width
    bar.set_length(None, None)


def test_pressing_jumps_there_and_dragging_goes_on(bar, qtbot):
    sought = heard(bar.seek_requested)
    middle = bar.slider.rect().center()
    qtbot.mousePress(bar.slider, Qt.MouseButton.LeftButton, pos=middle)
    assert sought == [pytest.approx(10, abs=0.2)]
    bar.set_position(3.0, 75)  # a frame from before
    assert bar.slider.value() == pytest.approx(10_000, abs=200)
    qtbot.mouseMove(bar.slider, middle + QPoint(100, 0))
    qtbot.mouseRelease(bar.slider, Qt.MouseButton.LeftButton, pos=middle + QPoint(100, 0))
    assert sought[-1] > 12
    bar.set_position(3.0, 75)
    assert bar.slider.value() == 3000


def test_keys_on_the_slider_seek(bar, qtbot):
    sought = heard(bar.seek_requested)
    bar.set_position(5.0, 125)
    qtbot.keyClick(bar.slider, Qt.Key.Key_Right)
    qtbot.keyClick(bar.slider, Qt.Key.Key_End)
    assert sought == [6.0, 20.0]


def test_single_frames(bar, qtbot):
    steps = heard(bar.step_requested)
    for button in (bar.forward, bar.back):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert steps == [1, -1]


def test_speed_both_ways(bar, qtbot):
    speeds = heard(bar.speed_changed)
    bar.set_speed(0.5)
    assert bar.speed.currentText() == "0.5×"
    assert not speeds
    bar.speed.activated.emit(SPEEDS.index(4.0))
    assert speeds == [4.0]
    assert (SPEEDS[0], SPEEDS[-1]) == (0.1, 4.0)


def test_loop_both_ways(bar, qtbot):
    loops = heard(bar.loop_toggled)
    bar.set_looping(True)
    assert bar.loop.isChecked()
    assert not loops
    qtbot.mouseClick(bar.loop, Qt.MouseButton.LeftButton)
    assert loops == [False]


def test_hidden_where_no_place_can_be_sought(bar):
    sought = heard(bar.seek_requested)
    bar.set_position(12.0, 300)
    bar.set_length(None, None)
    assert bar.isHidden()
    bar.set_length(2.0, None)
    assert not bar.isHidden()
    assert bar.slider.value() == 0
    assert bar.place.text() == "00:00.00 / 00:02.00"
    assert not sought


def test_the_time_under_the_pointer_is_told(bar, qtbot):
    told = []
    none = Qt.MouseButton.NoButton
    for place in (bar.slider.rect().center(), QPoint(0, 5)):
        moved = QMouseEvent(
            QEvent.Type.MouseMove,
            place,
            bar.slider.mapToGlobal(place),
            none,
            none,
            Qt.KeyboardModifier.NoModifier,
        )
        QApplication.sendEvent(bar.slider, moved)
        told.append(bar.slider.toolTip())
    assert told[0].startswith("00:1") or told[0].startswith("00:09.9")
    assert told[1] == "00:00.00"


def test_place_keeps_its_width(bar):
    bar.set_position(0.0, 0)
    width = bar.place.width()
    bar.set_position(20.0, 499)
    assert bar.place.width() == width >= bar.place.sizeHint().width()


@pytest.mark.parametrize(
    ("time_s", "text"), [(0, "00:00.00"), (59.999, "01:00.00"), (3725.5, "1:02:05.50")]
)
def test_clock(time_s, text):
    assert clock_text(time_s) == text
