import pytest

from das_app.pipeline.figures import Figures, Intervals, Rolling


def test_rate_and_mean_of_the_last_second_only():
    rolling = Rolling()
    for step in range(11):
        rolling.add(step * 0.5, value=100.0)
    for step in range(1, 41):
        rolling.add(5 + step / 20, value=7.0)
    assert rolling.rate(7.0) == pytest.approx(20)
    assert rolling.mean() == pytest.approx(7)


def test_rate_below_one_per_second_is_known_and_falls_when_nothing_comes():
    rolling = Rolling()
    for time_s in (0.0, 4.0, 8.0):
        rolling.add(time_s)
    assert rolling.rate(9.0) == pytest.approx(0.25)
    assert rolling.rate(104.0) == pytest.approx(0.01)


def test_nothing_yet():
    assert Rolling().rate(1.0) == 0
    assert Rolling().mean() == 0


def test_intervals_tell_a_steady_camera_from_one_that_doubles():
    steady, doubling = Intervals(), Intervals()
    for number in range(101):
        steady.add(number / 30)
        doubling.add((number + number // 5) / 30)  # one in five takes twice as long
    assert steady.figures_s() == pytest.approx((1 / 30, 1 / 30, 0))
    assert doubling.figures_s() == pytest.approx((1 / 30, 2 / 30, 0.2))


def test_a_pause_is_no_interval():
    intervals = Intervals()
    for time_s in (0.0, 0.1, 0.2):
        intervals.add(time_s)
    intervals.interrupt()
    for time_s in (60.0, 60.1):
        intervals.add(time_s)
    assert intervals.figures_s() == pytest.approx((0.1, 0.1, 0))


def test_no_intervals_yet():
    assert Intervals().figures_s() == (0, 0, 0)
    assert Figures().stats(num_dropped=0).interval_median_ms == 0


def test_frames_are_drained_when_each_was_dropped_or_became_a_result():
    figures = Figures()
    for number in range(3):
        figures.note_capture(number / 30, decode_s=0.01, num_lost=number)
    assert not figures.is_drained(num_dropped=2)
    assert figures.is_drained(num_dropped=3)
    stats = figures.stats(num_dropped=3)
    assert (stats.num_frames, stats.num_lost) == (3, 3)
    assert stats.decode_ms == pytest.approx(10)
