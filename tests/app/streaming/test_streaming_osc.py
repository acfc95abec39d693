import socket
import time

import numpy as np
import pytest
from pythonosc.osc_packet import OscPacket
from session_fakes import result, tracked

from das_app.messaging.messages import PoseResult
from das_app.streaming.osc import OscSender
from das_app.streaming.streamer import StreamError
from das_app.streaming.targets import StreamKind, StreamTarget
from das_app.streaming.udp import MAX_PACKET_BYTES, osc_message, packed


@pytest.fixture
def receiver():
    """A UDP socket at a free port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        made.bind(("127.0.0.1", 0))
        made.settimeout(10)
        yield made


def target_of(receiver, kind=StreamKind.OSC):
    return StreamTarget(kind, *receiver.getsockname())


def received(receiver, num_messages):
    """(address, values) of messages, in order, and the packets' sizes."""
    messages, sizes = [], []
    while len(messages) < num_messages:
        packet = receiver.recv(65536)
        sizes.append(len(packet))
        messages += [(m.message.address, m.message.params) for m in OscPacket(packet).messages]
    return messages, sizes


def send(sender, one: PoseResult):
    sender.send(one, one.people)


def test_addresses_and_values(receiver):
    sender = OscSender(target_of(receiver))
    people = tracked(2500, track_ids=(3, 12))
    names = people.skeleton.joint_names
    send(sender, result(8, people, time_s=100.0))
    send(sender, result(9, tracked(2500, track_ids=()), time_s=100.25))
    messages, sizes = received(receiver, 3 + 2 * (1 + len(names)) + 3)
    assert messages[0] == ("/das/frame", [8, 0.0, 2])
    captured_unix_s, source_s = dict(messages[:3])["/das/clock"]
    assert source_s == 100.0
    assert abs(captured_unix_s + 0.02 - time.time()) < 10
    assert messages[2] == ("/das/people", [3, 12])
    assert messages[-3] == ("/das/frame", [9, 0.25, 0])
    assert messages[-1] == ("/das/people", [])
    values = dict(messages[3:-3])
    assert values["/das/person/3/score"] == [0.75]
    place = people.joints_cam[1, names.index("left_wrist")]
    score = people.joint_scores[1, names.index("left_wrist")]
    assert values["/das/person/12/left_wrist"] == pytest.approx([*place, score])
    assert set(values) == {
        f"/das/person/{n}/{name}" for n in (3, 12) for name in ("score", *names)
    }
    assert max(sizes) <= MAX_PACKET_BYTES
    sender.close()


def test_names_are_sent(receiver):
    sender = OscSender(target_of(receiver), lambda: {3: "Ada"})
    send(sender, result(8, tracked(2500, track_ids=(3, 12))))
    messages, _ = received(receiver, 3 + 1 + 2 * 23)
    assert [m for m in messages if m[0].endswith("/name")] == [("/das/person/3/name", ["Ada"])]
    sender.close()


def test_time_begins_anew_with_another_source(receiver):
    sender = OscSender(target_of(receiver))
    for time_s in (5.0, 6.5, 0.0, 0.5):
        send(sender, result(0, tracked(2000, track_ids=()), time_s=time_s))
    messages, _ = received(receiver, 12)
    assert [values[1] for address, values in messages if address == "/das/frame"] == [
        0.0,
        1.5,
        0.0,
        0.5,
    ]
    sender.close()


def test_nobody_listening_is_no_error():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as once:
        once.bind(("127.0.0.1", 0))
        target = StreamTarget(StreamKind.OSC, *once.getsockname())
    sender = OscSender(target)
    for index in range(3):
        send(sender, result(index))
    sender.close()


def test_a_host_that_is_none():
    with pytest.raises(StreamError, match=r"no host 'no.such.host.invalid'"):
        OscSender(StreamTarget.from_text("osc:no.such.host.invalid:9000"))


def test_packets_keep_every_message_in_order():
    messages = [osc_message(f"/a/{n}", "x" * 90, float(n)) for n in range(50)]
    packets = packed(messages)
    assert len(packets) > 3
    assert max(map(len, packets)) <= MAX_PACKET_BYTES
    back = [m.message.params[1] for p in packets for m in OscPacket(p).messages]
    np.testing.assert_array_equal(back, np.arange(50))
    assert packed([]) == []
    long = osc_message("/long", "x" * 3000)
    assert len(packed([messages[0], long, messages[1]])) == 3
