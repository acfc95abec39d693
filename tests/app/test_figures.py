import pytest

from das_app.pipeline.figures import Rolling


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
