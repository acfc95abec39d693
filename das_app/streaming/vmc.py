"""VMC: one person as an avatar's bones, over UDP, for VRM avatars in Unity, Unreal or Blender.

`humanoid` has the axes and the T-pose. `/VMC/Ext/Root/Pos` is the place on the floor below the
person when they were first sent; it stays there while it is the same person. Hips are relative to
it, all other bones to their parents. A receiver that uses the root shows people where they are
from the lens; one that does not shows them around its own origin, on its floor.
"""

import math
import time
from collections.abc import Callable, Iterator

import numpy as np
from pythonosc.osc_message import OscMessage

from das_app.messaging.messages import PoseResult
from das_app.motion.body.humanoid import BonePose, humanoid, to_unity
from das_app.motion.body.live import LiveBody
from das_app.motion.body.rig import BodyError, to_y_up
from das_app.motion.floor import ANKLE_HEIGHT_MM
from das_app.streaming.stream_clock import StreamClock
from das_app.streaming.streamer import StreamError
from das_app.streaming.targets import StreamTarget
from das_app.streaming.udp import UdpPort, osc_message, packed
from das_model.people import People

_PATIENCE_S = 1.0
_CALIBRATED, _USUAL_MODE = 3, 0
_NO_TURN = (0.0, 0.0, 0.0, 1.0)


class PersonChoice:
    """Whom to send: the one asked for, else whoever was first, for as long as they are there.

    Args:
        wanted: track id asked for, or None; called at every frame.
    """

    def __init__(self, wanted: Callable[[], int | None]) -> None:
        self._wanted = wanted
        self._current: int | None = None
        self._seen_s = -math.inf

    def __call__(self, people: People, now_s: float) -> int | None:
        """Row of the person to send, or None for nobody.

        Args:
            people: of the frame; track ids rise with the time when people were first seen.
            now_s: somebody who is away for less than 1 s is waited for.
        """
        ids, wanted = people.track_ids.tolist(), self._wanted()
        if wanted in ids:
            self._current = wanted
        elif ids and self._current not in ids and now_s - self._seen_s > _PATIENCE_S:
            self._current = min(ids)
        if self._current not in ids:
            return None
        self._seen_s = now_s
        return ids.index(self._current)


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
    yield osc_message("/VMC/Ext/OK", 1, _CALIBRATED, _USUAL_MODE, int(is_tracked))
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


def live_body(people: People) -> LiveBody:
    """A body for one of the people. Raises StreamError where the model lacks joints for it."""
    try:
        return LiveBody(people.skeleton)
    except BodyError as error:
        raise StreamError(str(error)) from error


class VmcSender(UdpPort):
    """Sends one person as VMC.

    Args:
        target: host and port.
        wanted: track id of the person to send, or None; called at every frame.

    Raises:
        StreamError: if there is no such host.
    """

    def __init__(self, target: StreamTarget, wanted: Callable[[], int | None]) -> None:
        super().__init__(target)
        self._clock, self._wanted = StreamClock(), wanted
        self._choose = PersonChoice(wanted)
        self._rooted: int | None = None  # whose root it is
        self._root = np.zeros(3)
        self._body: LiveBody | None = None

    def send(self, result: PoseResult, people: People) -> None:
        """Send a person of a result.

        Raises:
            OSError: if it cannot be sent.
            StreamError: if the model lacks joints that an avatar needs.
        """
        time_s = self._clock.since_start(result.frame.time_s)
        if time_s == 0:  # another source, or the same from its beginning: ids mean others now
            self._choose, self._body = PersonChoice(self._wanted), None
        row = self._choose(people, time.monotonic())
        messages = [*state_messages(time_s, row is not None)]
        if row is not None:
            joints_cam = people.joints_cam[row]
            if self._body is None or self._rooted != people.track_ids[row]:
                self._rooted = int(people.track_ids[row])
                self._root = floor_below(joints_cam, people)
                self._body = live_body(people)
            scores = people.joint_scores[row]
            pose = self._body(to_y_up(joints_cam.astype(np.float64)), scores, time_s)
            bones = humanoid(self._body.body, self._body.shape, pose)
            messages += bone_messages(bones, self._root)
        self.send_all(packed(messages))
