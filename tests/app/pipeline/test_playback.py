import threading

import pytest
from pipeline_fakes import FakeSource

from das_app.pipeline.playback import Playback


class Clock:
    """Time that passes only while the playback waits for a frame to be due."""

    def __init__(self, playback, monkeypatch):
        self.now_s, self.waits = 100.0, []
        playback._clock = lambda: self.now_s
        monkeypatch.setattr(playback._changed, "wait", self.wait, raising=False)

    def wait(self, timeout=None):
        self.waits.append(timeout)
        self.now_s += timeout
        return True


def film(num_frames=5, **options):
    source = FakeSource(num_frames=num_frames, fps=10.0)
    return source, Playback(source, **options)


def indices(playback, count):
    return [playback.next_frame().index for _ in range(count)]


@pytest.mark.parametrize(("speed", "step_s"), [(1.0, 0.1), (4.0, 0.025), (0.1, 1.0)])
def test_frames_come_when_they_are_due_at_the_chosen_speed(monkeypatch, speed, step_s):
    _, playback = film()
    clock = Clock(playback, monkeypatch)
    playback.set_speed(speed)
    assert indices(playback, 4) == [0, 1, 2, 3]
    assert clock.waits == pytest.approx([step_s] * 3)


def test_unpaced_frames_are_not_waited_for(monkeypatch):
    _, playback = film(is_paced=False)
    clock = Clock(playback, monkeypatch)
    assert indices(playback, 5) == [0, 1, 2, 3, 4]
    assert playback.next_frame() is None
    assert not clock.waits


def test_speed_out_of_range_is_refused():
    _, playback = film()
    with pytest.raises(ValueError, match=r"from 0.1 to 4, got 5"):
        playback.set_speed(5)


def test_seeking_shows_the_frame_on_screen_at_that_time_and_goes_on():
    _, playback = film(is_paced=False)
    assert indices(playback, 2) == [0, 1]
    playback.seek(0.35)
    assert indices(playback, 2) == [3, 4]
    playback.seek(0.0)
    assert indices(playback, 2) == [0, 1]


def test_the_newest_place_asked_for_wins():
    source, playback = film(is_paced=False)
    for time_s in (0.1, 0.4, 0.2):
        playback.seek(time_s)
    assert indices(playback, 2) == [2, 3]
    assert source.sought == [2]


def test_single_frames_forth_and_back_while_paused():
    source, playback = film(is_paced=False)
    indices(playback, 2)
    shown = []
    for num_frames in (1, 1, -1, -1, -1, -1, 1):
        playback.step(num_frames)
        shown += indices(playback, 1)
    assert shown == [2, 3, 2, 1, 0, 0, 1]
    assert source.sought == [2, 1, 0, 0]  # the next one needs no seeking


def test_steps_that_come_faster_than_frames_add_up():
    _, playback = film(is_paced=False)
    indices(playback, 1)
    playback.step(1)
    playback.step(2)
    assert indices(playback, 1) == [3]
    playback.seek(0.2)
    playback.step(-1)
    assert indices(playback, 1) == [1]


def test_a_thousand_steps_while_the_reader_is_busy_are_one_place():
    _, playback = film(num_frames=2000, is_paced=False)
    assert indices(playback, 1) == [0]
    for _ in range(1500):
        playback.step(1)
    playback.step(-3)
    assert indices(playback, 1) == [1497]
    playback.seek(100.0)
    playback.step(2)
    assert indices(playback, 1) == [1002]


def test_paused_playback_waits_and_stepping_onto_a_frame_read_ahead_skips_none(monkeypatch):
    source, playback = film()
    playback.set_speed(0.1)
    assert indices(playback, 1) == [0]
    has_read, usual = threading.Event(), source.read
    monkeypatch.setattr(source, "read", lambda: (usual(), has_read.set())[0])
    shown = []
    reader = threading.Thread(target=lambda: shown.append(playback.next_frame().index))
    reader.start()
    assert has_read.wait(10)  # frame 1, which is due in a second
    playback.set_paused(True)
    playback.step(1)
    reader.join(10)
    assert shown == [1]
    assert source.sought == []


def test_at_the_end_it_waits_for_a_place_to_go_to():
    _source, playback = film(num_frames=3, is_paced=False)
    indices(playback, 3)
    assert playback.next_frame() is None
    playback.step(-1)
    assert indices(playback, 1) == [1]
    playback.set_paused(False)
    assert indices(playback, 1) == [2]
    assert playback.next_frame() is None
    playback.set_paused(False)  # play again
    assert indices(playback, 3) == [0, 1, 2]


def test_stepping_beyond_the_end_stays_there():
    _, playback = film(num_frames=2, is_paced=False)
    indices(playback, 2)
    playback.step(1)
    assert playback.next_frame() is None


def test_loop_begins_again_after_the_last_frames_own_time(monkeypatch):
    _source, playback = film(num_frames=2, loop=True)
    clock = Clock(playback, monkeypatch)
    waits = []
    monkeypatch.setattr(
        playback._changed, "wait_for", lambda predicate, timeout=None: waits.append(timeout)
    )
    assert indices(playback, 5) == [0, 1, 0, 1, 0]
    assert clock.waits == pytest.approx([0.1] * 2)
    assert [w for w in waits if w is not None] == pytest.approx([0.1] * 2)
    playback.set_looping(False)
    assert indices(playback, 1) == [1]
    assert playback.next_frame() is None


def test_closing_wakes_the_reader():
    _, playback = film()
    playback.set_paused(True)
    given = []
    reader = threading.Thread(target=lambda: given.append(playback.next_frame()))
    reader.start()
    playback.close()
    reader.join(10)
    assert given == [None]
