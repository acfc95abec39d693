"""VRChat: one person as its OSC trackers, over UDP, without a headset's own tracking.

Metres and degrees in Unity's axes, as VRChat has them: x right, y up, z forward, rotations as
Euler angles applied about z, x, y. The origin is the floor below the person when they were first
sent. https://docs.vrchat.com/docs/osc-trackers
"""

from collections.abc import Callable, Iterator

import numpy as np
from pythonosc.osc_message import OscMessage
from scipy.spatial.transform import Rotation

from das_app.messaging.messages import PoseResult
from das_app.motion.body.rig import Body, BodyPose, world
from das_app.streaming.avatars import Avatars
from das_app.streaming.targets import StreamTarget
from das_app.streaming.udp import UdpPort, osc_message, packed
from das_app.streaming.vmc import floor_below
from das_model.people import People

_M = 1e-3
_MIRROR = np.array([-1.0, 1.0, 1.0])  # y-up axes (right-handed) to Unity's
TRACKERS = {
    "1": "pelvis",
    "2": "chest",
    "3": "left_ankle",
    "4": "right_ankle",
    "5": "left_knee",
    "6": "right_knee",
    "7": "left_elbow",
    "8": "right_elbow",
    "head": "head",
}


def tracker_messages(
    body: Body, shape: np.ndarray, pose: BodyPose, floor: np.ndarray
) -> Iterator[OscMessage]:
    """Place and rotation of every tracker.

    Args:
        body: whose bones are tracked.
        shape: (S,) mm.
        pose: of one frame.
        floor: (3,) m in Unity's axes, the origin.
    """
    turned, places = world(body, body.bone_offsets @ shape, pose)
    for tracker, bone in TRACKERS.items():
        number = body.index(bone)
        place = _M * _MIRROR * places[0, number] - floor
        quaternion = Rotation.from_matrix(turned[0, number]).as_quat() * [1, -1, -1, 1]
        y, x, z = Rotation.from_quat(quaternion).as_euler("YXZ", degrees=True)
        yield osc_message(f"/tracking/trackers/{tracker}/position", *map(float, place))
        yield osc_message(f"/tracking/trackers/{tracker}/rotation", float(x), float(y), float(z))


class VrchatSender(UdpPort):
    """Sends one person as VRChat's trackers.

    Args:
        target: host and port.
        wanted: track id of the person to send, or None; called at every frame.

    Raises:
        StreamError: if there is no such host.
    """

    def __init__(self, target: StreamTarget, wanted: Callable[[], int | None]) -> None:
        super().__init__(target)
        self._avatars = Avatars(1, target.person, wanted)
        self._rooted: int | None = None
        self._floor = np.zeros(3)

    def send(self, result: PoseResult, people: People) -> None:
        """Send a person of a result; nothing where nobody is there.

        Raises:
            OSError: if it cannot be sent.
            StreamError: if the model lacks joints that a body needs.
        """
        time_s, (row,) = self._avatars.rows(result, people)
        if row is None:
            return
        if time_s == 0 or self._rooted != people.track_ids[row]:
            self._rooted = int(people.track_ids[row])
            self._floor = floor_below(people.joints_cam[row], people)
        body, pose = self._avatars.pose(people, row, time_s)
        self.send_all(packed(tracker_messages(body.body, body.shape, pose, self._floor)))
