import logging
import threading

import numpy as np
import pytest
from pipeline_fakes import FakeEstimator, FakeSource
from session_fakes import result, tracked

from das_app.pipeline.live import LivePipeline
from das_app.streaming.streamer import Streamer, StreamError, StreamState, people_to_send
from das_app.streaming.streams import Streams
from das_app.streaming.targets import StreamKind, StreamTarget

TARGET = StreamTarget.from_text("osc:9000")


class GatedSender:
    """Takes a result whenever `gate` lets it; raises `error` when there is one."""

    num_clients, num_dropped = 2, 0

    def __init__(self, target):
        self.address = target.text
        self.gate, self.has_begun, self.has_closed = (threading.Event() for _ in range(3))
        self.gate.set()
        self.indices, self.error = [], None
        self.has_sent = threading.Semaphore(0)

    def send(self, result, people):
        self.has_begun.set()
        assert self.gate.wait(20)
        if self.error is not None:
            self.has_sent.release()
            raise self.error
        self.indices.append(result.frame.index)
        self.has_sent.release()

    def close(self):
        self.has_closed.set()


@pytest.fixture
def running():
    """A streamer with its sender, ended afterwards."""
    sender = GatedSender(TARGET)
    streamer = Streamer(TARGET, lambda target: sender)
    streamer.wait_begun(10)
    yield streamer, sender
    sender.gate.set()
    streamer.stop()
    assert streamer.join(10)


def test_results_are_sent_in_order(running):
    streamer, sender = running
    for index in range(5):
        streamer(result(index))
        assert sender.has_sent.acquire(timeout=10)
    assert sender.indices == [0, 1, 2, 3, 4]
    streamer.stop()
    assert streamer.join(10)
    figures = streamer.figures()
    assert (figures.num_sent, figures.num_dropped) == (5, 0)
    assert figures.state is StreamState.OFF
    assert sender.has_closed.is_set()


def test_a_sender_that_hangs_holds_up_nobody_and_then_sends_the_newest(running):
    streamer, sender = running
    sender.gate.clear()
    source, turn, seen, has_all = FakeSource(20), threading.Semaphore(1), [], threading.Event()
    read_one = source.read

    def read():  # the next frame when the one before is through the pipeline
        assert turn.acquire(timeout=20)
        return read_one()

    def see(one):
        seen.append(one.frame.index)
        turn.release()
        if len(seen) == 20:
            has_all.set()

    source.read = read
    pipeline = LivePipeline(source, FakeEstimator(), lambda *_: None, sink=streamer)
    pipeline.add_sink(see)
    pipeline.start()
    assert has_all.wait(20)
    assert sender.has_begun.wait(20)
    pipeline.stop()
    assert seen == list(range(20))
    assert sender.indices == []
    sender.gate.set()
    while sender.indices[-1:] != [19]:
        assert sender.has_sent.acquire(timeout=10)
    assert len(sender.indices) <= 2  # the one that hung, and the newest
    streamer.stop()
    assert streamer.join(10)
    assert streamer.figures().num_dropped == 20 - len(sender.indices)


def test_what_fails_once_is_said_and_the_next_goes(running, caplog):
    streamer, sender = running
    sender.error = OSError(101, "Network is unreachable")
    with caplog.at_level(logging.WARNING):
        for index in range(3):
            streamer(result(index))
            assert sender.has_sent.acquire(timeout=10)
        sender.error = None
        streamer(result(3))
        assert sender.has_sent.acquire(timeout=10)
    streamer.stop()
    assert streamer.join(10)
    figures = streamer.figures()
    assert figures.error == "osc:127.0.0.1:9000: Network is unreachable"
    assert (figures.num_sent, figures.num_dropped) == (1, 3)
    assert sender.indices == [3]
    assert caplog.text.count("unreachable") == 1  # not once a frame


@pytest.mark.parametrize("error", [OSError(98, "Address already in use"), RuntimeError("broken")])
def test_a_stream_that_cannot_begin_says_why(error, caplog):
    def refuse(target):
        raise error

    caplog.set_level(logging.INFO)
    streamer = Streamer(TARGET, refuse)
    with pytest.raises(StreamError, match=r"in use|broken"):
        streamer.wait_begun(10)
    streamer(result(0))
    assert streamer.join(10)
    figures = streamer.figures()
    assert figures.state is StreamState.FAILED
    assert figures.error in caplog.text
    assert figures.num_clients is None
    assert figures.address == ""


def test_who_is_sent():
    people = tracked(2000, track_ids=(3, -1, 5, 6))
    people.joints_cam[3, 2, 1] = np.nan
    assert people_to_send(people).track_ids.tolist() == [3, 5]
    assert len(people_to_send(tracked(2000, track_ids=()))) == 0


class FakeStreams(Streams):
    def __init__(self):
        super().__init__()
        self.senders = []

    def _open(self, target):
        assert all(s.has_closed.is_set() for s in self.senders if s.address == target.text)
        self.senders.append(GatedSender(target))
        return self.senders[-1]


def test_several_targets_of_a_protocol_run_beside_each_other():
    streams = FakeStreams()
    for text in ("osc:7001", "osc:7002", "osc:7001"):  # the last begins the first anew
        streams.start(StreamTarget.from_text(text)).wait_begun(10)
    streams(result(7))
    for sender in streams.senders[1:]:
        assert sender.has_sent.acquire(timeout=10)
        assert sender.indices == [7]
    figures = streams.figures()[StreamKind.OSC]
    assert figures.state is StreamState.ON
    assert figures.address.count("osc:127.0.0.1:700") == 2
    streams.replace(StreamTarget.from_text("osc:7003")).wait_begun(10)
    assert [s.has_closed.is_set() for s in streams.senders[:3]] == [True, True, True]
    assert streams.figures()[StreamKind.OSC].address == "osc:127.0.0.1:7003"
    assert streams.close(10)


class MarkingSender(GatedSender):
    def __init__(self, target):
        super().__init__(target)
        self.marks, self.has_mark = [], threading.Event()

    def mark(self, text, age_s):
        self.marks.append((text, age_s))
        self.has_mark.set()


def test_marks_go_out_without_a_frame():
    made = []
    streamer = Streamer(
        StreamTarget.from_text("osc"), lambda target: made.append(MarkingSender(target)) or made[0]
    )
    streamer.wait_begun(10)
    streamer.mark("start")
    assert made[0].has_mark.wait(10)
    assert made[0].marks[0][0] == "start"
    assert 0 <= made[0].marks[0][1] < 5
    streamer.stop()
    assert streamer.join(10)


def test_streams_begin_again_after_their_end():
    streams = FakeStreams()
    assert not streams.is_running()
    for text in ("osc", "vmc", "osc"):
        streams.start(StreamTarget.from_text(text)).wait_begun(10)
    assert streams.is_running()
    streams(result(7))
    for sender in streams.senders[1:]:
        assert sender.has_sent.acquire(timeout=10)
        assert sender.indices == [7]
    assert streams.senders[0].indices == []
    streams.stop(StreamKind.VMC)
    streams.stop(StreamKind.LSL)  # which never began
    assert streams.close(10)
    states = {kind: figures.state for kind, figures in streams.figures().items()}
    assert set(states.values()) == {StreamState.OFF}
    assert not streams.is_running()
    assert [s.has_closed.is_set() for s in streams.senders] == [True] * 3
