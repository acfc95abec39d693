"""OSC: everybody's joints in camera space, over UDP.

Each result is one or more bundles: `/das/frame`, `/das/people`, then each person's joints.
docs/streaming.md has the addresses.
"""

from collections.abc import Iterator

from pythonosc.osc_message import OscMessage

from das_app.messaging.messages import PoseResult
from das_app.streaming.stream_clock import StreamClock
from das_app.streaming.targets import StreamTarget
from das_app.streaming.udp import UdpPort, osc_message, packed
from das_model.people import People


def people_messages(index: int, time_s: float, people: People) -> Iterator[OscMessage]:
    """The messages of a frame.

    Args:
        index: of the frame.
        time_s: of the frame since the stream began.
        people: to send; places in mm, x right, y down, z forward.
    """
    yield osc_message("/das/frame", index, time_s, len(people))
    yield osc_message("/das/people", *(int(n) for n in people.track_ids))
    for row, track_id in enumerate(people.track_ids):
        root = f"/das/person/{track_id}"
        yield osc_message(f"{root}/score", float(people.scores[row]))
        places = zip(
            people.skeleton.joint_names, people.joints_cam[row], people.joint_scores[row],
            strict=True,
        )  # fmt: skip
        for name, place, score in places:
            yield osc_message(f"{root}/{name}", *(float(value) for value in place), float(score))


class OscSender(UdpPort):
    """Sends people as OSC.

    Args:
        target: host and port.

    Raises:
        StreamError: if there is no such host.
    """

    def __init__(self, target: StreamTarget) -> None:
        super().__init__(target)
        self._clock = StreamClock()

    def send(self, result: PoseResult, people: People) -> None:
        """Send the people of a result. Raises OSError when it cannot be sent."""
        time_s = self._clock.since_start(result.frame.time_s)
        self.send_all(packed(people_messages(result.frame.index, time_s, people)))
