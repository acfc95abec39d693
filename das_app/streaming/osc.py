"""OSC: everybody's joints in camera space, over UDP.

Each result is one or more bundles: `/das/frame`, `/das/clock`, `/das/people`, then each person's
name, score and joints.
docs/streaming.md has the addresses.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

from das_app.messaging.messages import PoseResult
from das_app.streaming.stream_clock import StreamClock
from das_app.streaming.targets import StreamTarget
from das_app.streaming.udp import UdpPort, osc_message, packed
from das_model.people import People


def people_messages(
    index: int,
    time_s: float,
    people: People,
    clock_s: tuple[float, float] = (0.0, 0.0),
    names: Mapping[int, str] = MappingProxyType({}),
) -> Iterator[OscMessage]:
    """The messages of a frame.

    Args:
        index: of the frame.
        time_s: of the frame since the stream began.
        people: to send; places in mm, x right, y down, z forward.
        clock_s: seconds since 1970 at which it was captured, and its time in the source; sent as
            float64, which float32 cannot hold.
        names: of people, by track id.
    """
    yield osc_message("/das/frame", index, time_s, len(people))
    clock = OscMessageBuilder("/das/clock")
    for value in clock_s:
        clock.add_arg(value, OscMessageBuilder.ARG_TYPE_DOUBLE)
    yield clock.build()
    yield osc_message("/das/people", *(int(n) for n in people.track_ids))
    for row, track_id in enumerate(people.track_ids):
        root = f"/das/person/{track_id}"
        if names.get(int(track_id)):
            yield osc_message(f"{root}/name", names[int(track_id)])
        yield osc_message(f"{root}/score", float(people.scores[row]))
        places = zip(
            people.skeleton.joint_names,
            people.joints_cam[row],
            people.joint_scores[row],
            strict=True,
        )
        for name, place, score in places:
            yield osc_message(f"{root}/{name}", *(float(value) for value in place), float(score))


class OscSender(UdpPort):
    """Sends people as OSC.

    Args:
        target: host and port.
        names: of people, by track id; called at every frame.

    Raises:
        StreamError: if there is no such host.
    """

    def __init__(
        self, target: StreamTarget, names: Callable[[], Mapping[int, str]] = dict
    ) -> None:
        super().__init__(target)
        self._clock, self._names = StreamClock(), names

    def send(self, result: PoseResult, people: People) -> None:
        """Send the people of a result. Raises OSError when it cannot be sent."""
        time_s = self._clock.since_start(result.frame.time_s)
        clock_s = (time.time() - result.latency_s, result.frame.time_s)
        messages = people_messages(result.frame.index, time_s, people, clock_s, self._names())
        self.send_all(packed(messages))
