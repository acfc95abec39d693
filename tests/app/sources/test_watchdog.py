import itertools
import threading
import time

import numpy as np
import pytest

from das_app.lens.intrinsics import Intrinsics
from das_app.messaging.messages import PipelineState
from das_app.pipeline.live import LivePipeline
from das_app.sources.frame_source import SourceError, SourceLost
from das_app.sources.watchdog import Patience, Taken, WatchedSource
from das_model.camera import Camera
from das_model.inference.estimate import Estimate
from das_model.people import People
from das_model.skeleton import BODY_22

WAIT_S = 10
QUICK = Patience(
    stall_s=0.1,
    still_s=0.15,
    give_up_s=0.03,
    hang_s=0.2,
    retry_s=0.02,
    open_s=5.0,
    leave_s=0.2,
    poll_s=0.01,
)


class Desk:
    """A fake camera backend: what it does now is set by the test.

    `behaviour` is one of ok, still, false, raise, block (until it is something else), gone.
    """

    def __init__(self):
        self.behaviour, self.size = "ok", (32, 24)
        self.num_opened = self.num_closed = 0
        self.pictures = itertools.count(1)
        self._value = 0
        self.woken = threading.Event()  # ends blocked reads

    def open(self):
        if self.behaviour in ("gone", "block-open"):
            if self.behaviour == "block-open":
                self.woken.wait(WAIT_S)
            raise SourceError("it is not plugged in")
        self.num_opened += 1
        return self

    def read(self):
        time.sleep(0.002)
        behaviour = self.behaviour
        if behaviour in ("false", "gone"):
            return None
        if behaviour == "raise":
            raise OSError("select failed")
        if behaviour == "block":
            self.woken.wait(WAIT_S)
        if behaviour != "still":
            self._value = next(self.pictures)
        width, height = self.size
        image = np.full((height, width, 3), self._value % 256, np.uint8)
        return Taken(image, time.monotonic())

    def close(self):
        self.num_closed += 1


@pytest.fixture
def desk():
    desk = Desk()
    yield desk
    desk.woken.set()


@pytest.fixture
def watched(desk):
    made = []

    def make(patience=QUICK):
        made.append(WatchedSource("desk camera", desk.open, Intrinsics(), patience))
        return made[-1]

    yield make
    desk.woken.set()
    for source in made:
        source.close()


def next_frame(source):
    """The next frame, however long the camera is away."""
    while True:
        try:
            return source.read()
        except SourceLost:
            continue


def next_loss(source):
    """(message, seconds) until the source says that it is lost."""
    begin_s = time.monotonic()
    while True:
        try:
            source.read()
        except SourceLost as loss:
            return str(loss), time.monotonic() - begin_s


def test_pictures_come_with_running_index_and_rising_monotonic_times(desk, watched):
    source = watched()
    before_s = time.monotonic()
    frames = [source.read() for _ in range(5)]
    times_s = [f.time_s for f in frames]
    assert times_s == sorted(times_s)
    assert before_s - 1 < times_s[0]
    assert times_s[-1] <= time.monotonic()
    assert [f.index for f in frames] == sorted({f.index for f in frames})
    assert source.is_live
    assert source.num_frames is None
    assert source.duration_s is None
    assert source.nominal_fps == 0
    source.close()
    assert source.read() is None
    assert desk.num_closed == 1


@pytest.mark.parametrize("behaviour", ["false", "raise", "block", "gone"])
def test_camera_that_stops_is_told_and_read_again_when_it_is_back(desk, watched, behaviour):
    source = watched()
    first = source.read()
    desk.behaviour = behaviour
    message, _ = next_loss(source)
    assert message.startswith("desk camera is lost: ")
    assert "Waiting for it to come back" in message
    desk.behaviour = "ok"
    again = next_frame(source)
    assert again.index > first.index
    assert again.time_s > first.time_s
    assert desk.num_opened >= 2


def test_the_reason_of_a_camera_that_cannot_be_opened_again_is_told(desk, watched):
    source = watched()
    desk.behaviour = "gone"
    next_loss(source)
    while "not plugged in" not in (message := next_loss(source)[0]):
        assert "lost" in message


def test_usual_patience_notices_within_two_seconds():
    patience = Patience()
    assert patience.stall_s + 2 * patience.poll_s < 2
    assert patience.still_s + 2 * patience.poll_s < 2


def test_camera_that_repeats_its_picture_is_told_and_opened_anew(desk, watched):
    source = watched()
    source.read()
    desk.behaviour = "still"
    message, _ = next_loss(source)
    assert message == "desk camera repeats one picture. Opening it anew"
    desk.behaviour = "ok"
    assert next_frame(source) is not None
    assert desk.num_opened == 2
    assert desk.num_closed == 1


def test_picture_that_stands_still_after_opening_anew_is_let_through(desk, watched, caplog):
    source = watched()
    source.read()
    desk.behaviour = "still"
    next_loss(source)
    assert next_frame(source) is not None
    while "stands still" not in caplog.text:
        assert source.read() is not None  # never lost again
    assert all(source.read() is not None for _ in range(20))
    assert desk.num_opened == 2


def test_threads_that_hang_in_a_driver_are_few(desk, watched):
    source = watched(Patience(0.05, 0.15, 0.03, 0.03, 0.01, 5.0, 0.1, 0.01))
    source.read()
    desk.behaviour = "block"

    def num_hanging():
        return sum(t.name == "das-grabber" for t in threading.enumerate())

    while num_hanging() < 2:
        next_loss(source)
    for _ in range(20):
        next_loss(source)
    assert num_hanging() <= 4
    desk.behaviour = "ok"
    desk.woken.set()
    assert next_frame(source) is not None


def test_camera_that_changes_its_size_gets_a_camera_of_that_size(desk, watched):
    source = watched()
    assert source.read().camera.size == (32, 24)
    desk.size = (64, 48)
    while (frame := source.read()).camera.size == (32, 24):
        pass
    assert frame.camera.size == (64, 48) == frame.image.shape[1::-1]


def test_camera_that_cannot_be_opened_is_refused_with_the_reason(desk, watched):
    desk.behaviour = "gone"
    expected = "desk camera cannot be opened: it is not plugged in"
    with pytest.raises(SourceError, match=expected):
        watched()


def test_camera_that_hangs_while_it_is_opened_is_refused(desk, watched):
    desk.behaviour = "block-open"
    with pytest.raises(SourceError, match=r"does not answer for 0.1 s"):
        watched(Patience(open_s=0.1, leave_s=0.01))
    desk.woken.set()


def test_nothing_can_be_sought(watched):
    source = watched()
    assert source.index_at(3.0) == 0
    with pytest.raises(SourceError, match="live"):
        source.seek(0)


def test_closing_wakes_the_reader_of_a_camera_that_blocks(desk, watched):
    source = watched(Patience(stall_s=60, hang_s=60, leave_s=0.01, poll_s=60))
    source.read()
    desk.behaviour = "block"
    ends = []

    def read_to_the_end():
        while source.read() is not None:
            pass
        ends.append(True)

    reader = threading.Thread(target=read_to_the_end)
    reader.start()
    time.sleep(0.05)
    source.close()
    reader.join(WAIT_S)
    assert ends == [True]


def test_pipeline_and_model_live_through_a_camera_that_is_away(desk, watched):
    heard, changed = [], threading.Condition()

    def on_state(state, message):
        with changed:
            heard.append((state, message))
            changed.notify_all()

    def wait_for(state, message):
        with changed:
            assert changed.wait_for(
                lambda: any(s is state and message in m for s, m in heard), WAIT_S
            )

    def find_nobody(_image: np.ndarray, _camera: Camera, _interval_s: float | None) -> Estimate:
        return Estimate(People.empty(BODY_22))

    pipeline = LivePipeline(watched(), find_nobody, on_state)
    pipeline.start()
    try:
        assert pipeline.results.take(WAIT_S) is not None
        desk.behaviour = "block"
        wait_for(PipelineState.RECONNECTING, "desk camera is lost")
        while pipeline.results.take(0.05) is not None:
            pass
        desk.behaviour = "ok"
        desk.woken.set()
        assert pipeline.results.take(WAIT_S) is not None
        wait_for(PipelineState.RUNNING, "desk camera is back")
        desk.size = (64, 48)
        wait_for(PipelineState.RUNNING, "desk camera now delivers 64×48")
    finally:
        pipeline.stop()
    assert heard[-1][0] is PipelineState.STOPPED
