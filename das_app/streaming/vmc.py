"""VMC: people as avatars' bones, a port each, for VRM avatars in Unity, Unreal or Blender.

`humanoid` has the axes and the T-pose. `/VMC/Ext/Root/Pos` is the place on the floor below the
person when they were first sent; it stays there while it is the same person. Hips are relative to
it, all other bones to their parents. A receiver that uses the root shows people where they are
from the lens; one that does not shows them around its own origin, on its floor.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
from pythonosc.osc_message import OscMessage

from das_app.messaging.messages import PoseResult
from das_app.motion.body.humanoid import BonePose, humanoid, to_unity
from das_app.motion.kinematics import ANKLE_HEIGHT_MM
from das_app.streaming.avatars import Avatars
from das_app.streaming.targets import StreamTarget
from das_app.streaming.udp import UdpPort, osc_message, packed
from das_model.people import People

_CALIBRATED, _DEFAULT_MODE = 3, 0
_NO_TURN = (0.0, 0.0, 0.0, 1.0)


def floor_below(joints_cam: np.ndarray, people: People) -> np.ndarray:
    """(3,) m in Unity's axes: the floor below a person's hips, taken from the lower ankle.

    Args:
        joints_cam: (J, 3) mm in camera space.
        people: whose skeleton the joints have.
    """
    skeleton = people.skeleton
    lowest_mm = max(joints_cam[skeleton.index(f"{side}_ankle"), 1] for side in ("left", "right"))
    x, _, z = joints_cam[skeleton.root]
    return to_unity(np.array([x, lowest_mm + ANKLE_HEIGHT_MM, z], np.float64))


def state_messages(time_s: float, is_tracked: bool) -> Iterator[OscMessage]:
    """That the stream lives, and whether somebody is in it."""
    yield osc_message("/VMC/Ext/OK", 1, _CALIBRATED, _DEFAULT_MODE, int(is_tracked))
    yield osc_message("/VMC/Ext/T", time_s)


def bone_messages(bones: tuple[BonePose, ...], root: np.ndarray) -> Iterator[OscMessage]:
    """Root and bones.

    Args:
        bones: Hips first, relative to the lens.
        root: (3,) m in Unity's axes.
    """
    yield osc_message("/VMC/Ext/Root/Pos", "root", *map(float, root), *_NO_TURN)
    for number, bone in enumerate(bones):
        place = bone.position if number else bone.position - root
        values = (*map(float, place), *map(float, bone.rotation))
        yield osc_message("/VMC/Ext/Bone/Pos", bone.name, *values)


class VmcSender:
    """Sends people as VMC, each to a port of their own.

    Args:
        target: host and port; of several people the second goes to the port after it.
        wanted: track id of the person to send, or None; called at every frame.

    Raises:
        StreamError: if there is no such host.
    """

    num_clients = None  # UDP does not tell who listens
    num_dropped = 0

    def __init__(self, target: StreamTarget, wanted: Callable[[], int | None]) -> None:
        ports = [replace(target, port=target.port + n, people=1) for n in range(target.people)]
        self._ports = [UdpPort(port) for port in ports]
        self._avatars = Avatars(target.people, target.person, wanted)
        self._roots: dict[int, np.ndarray] = {}  # slot -> (3,) m
        self._rooted: dict[int, int] = {}  # slot -> whose root it is
        self.address = target.text

    def send(self, result: PoseResult, people: People) -> None:
        """Send the people of a result.

        Raises:
            OSError: if it cannot be sent.
            StreamError: if the model lacks joints that an avatar needs.
        """
        time_s, rows = self._avatars.rows(result, people)
        if time_s == 0:
            self._rooted.clear()
        for slot, (port, row) in enumerate(zip(self._ports, rows, strict=True)):
            messages = [*state_messages(time_s, row is not None)]
            if row is not None:
                self._take_root(slot, row, people)
                body, pose = self._avatars.pose(people, row, time_s)
                bones = humanoid(body.body, body.shape, pose)
                messages += bone_messages(bones, self._roots[slot])
            port.send_all(packed(messages))

    def close(self) -> None:
        """Close the sockets."""
        for port in self._ports:
            port.close()

    def _take_root(self, slot: int, row: int, people: People) -> None:
        """Let a slot's root be below somebody new in it."""
        if self._rooted.get(slot) != people.track_ids[row]:
            self._rooted[slot] = int(people.track_ids[row])
            self._roots[slot] = floor_below(people.joints_cam[row], people)
