import pytest

from das_app.pipeline.pacing import Pacer


def test_pacer_keeps_to_the_timestamps_and_gives_up_catching_up_when_far_behind():
    pacer = Pacer()
    assert pacer.delay_s(7.0, now_s=100.0) == 0
    assert pacer.delay_s(7.5, now_s=100.1) == pytest.approx(0.4)
    assert pacer.delay_s(7.6, now_s=100.8) == 0  # late by 0.2 s: the next may catch up
    assert pacer.delay_s(8.0, now_s=100.8) == pytest.approx(0.2)
    assert pacer.delay_s(8.1, now_s=110.0) == 0  # far behind: a new beginning
    assert pacer.delay_s(8.2, now_s=110.0) == pytest.approx(0.1)
    pacer.restart()
    assert pacer.delay_s(0.0, now_s=111.0) == 0


def test_speed_stretches_the_waits_and_holds_from_the_next_frame_on():
    pacer = Pacer()
    pacer.set_speed(0.5)
    assert pacer.delay_s(7.0, now_s=100.0) == 0
    assert pacer.delay_s(7.5, now_s=100.1) == pytest.approx(0.9)
    pacer.set_speed(4.0)
    assert pacer.delay_s(7.5, now_s=100.2) == 0
    assert pacer.delay_s(8.3, now_s=100.2) == pytest.approx(0.2)
    for speed in (0.09, 4.1, float("nan")):
        with pytest.raises(ValueError, match=r"speed must be from 0.1 to 4"):
            pacer.set_speed(speed)
