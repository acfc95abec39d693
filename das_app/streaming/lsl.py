"""LSL: an outlet of the Lab Streaming Layer for people, and one for markers.

The layer is found by receivers through the network, so it has no port to choose. On this computer
only, or in the network, is decided once a process, before its first outlet. Needs the extra `lsl`.
"""

import socket
import time
import uuid
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from das_app.messaging.messages import PoseResult
from das_app.streaming.avatars import Slots
from das_app.streaming.streamer import StreamError
from das_app.streaming.targets import StreamTarget
from das_model.people import People
from das_model.skeleton import Skeleton

if TYPE_CHECKING:
    from pylsl import StreamInfo
    from pylsl.info import XMLElement

NUM_SLOTS = 4
HEAD_CHANNELS = ("frame", "time_s")
FRAME_WRAP = 1 << 24  # up to where float32 tells whole numbers apart
VALUES_PER_JOINT = ("x", "y", "z", "confidence")
_BUFFERED_S = 5  # that the layer holds back for a slow receiver
STREAM_NAME, STREAM_TYPE, MARKS_NAME = "DAS Capture", "MoCap", "DAS Capture Markers"
_ADVICE = "LSL needs pylsl: pip install 'das-capture[lsl]'"
_LOCAL_CONFIG = "[multicast]\nResolveScope = machine\nListenAddress = 127.0.0.1\n"

_chosen_host: str | None = None  # what the layer of this process was told; it cannot be changed


def slot_width(skeleton: Skeleton) -> int:
    """Channels of one person: the track id, then four values a joint."""
    return 1 + len(VALUES_PER_JOINT) * skeleton.num_joints


def sample_of(slots: Slots, people: People) -> np.ndarray:
    """(NUM_SLOTS * slot_width,) float32; NaN in slots of nobody, whose id is -1.

    Args:
        slots: who is where.
        people: all with track ids; those for whom no slot is free are left out.
    """
    values = np.full((NUM_SLOTS, slot_width(people.skeleton)), np.nan, np.float32)
    values[:, 0] = -1
    for row, slot in enumerate(slots.assign(people.track_ids.tolist())):
        if slot is not None:
            joints = np.column_stack([people.joints_cam[row], people.joint_scores[row]])
            values[slot, 0] = people.track_ids[row]
            values[slot, 1:] = joints.ravel()
    return values.ravel()


class LslSender:
    """Offers people as an LSL outlet, from the first result on.

    Args:
        target: whose host says whether the network hears of it.

    Raises:
        StreamError: if pylsl is missing, or the layer was told otherwise before.
    """

    num_dropped = 0

    def __init__(self, target: StreamTarget) -> None:
        self._lsl = _layer(target)
        self._slots = Slots(NUM_SLOTS)
        self._skeleton: Skeleton | None = None
        self._outlet: Any = None  # pylsl.StreamOutlet
        self._marks = self._lsl.StreamOutlet(_marks_info(self._lsl))
        self.address = f"“{STREAM_NAME}” " + (
            "found on this computer" if target.is_local else "found in the network"
        )

    @property
    def num_clients(self) -> int | None:
        """1 when anybody receives, since LSL does not count them; None before the first result."""
        return None if self._outlet is None else int(self._outlet.have_consumers())

    def send(self, result: PoseResult, people: People) -> None:
        """Offer the people of a result, stamped with the moment of capture."""
        if people.skeleton is not self._skeleton:
            self._skeleton, self._slots = people.skeleton, Slots(NUM_SLOTS)
            info = _info(self._lsl, people.skeleton)
            self._outlet = self._lsl.StreamOutlet(info, max_buffered=_BUFFERED_S)
        captured_s = self._lsl.local_clock() - result.latency_s
        head = (result.frame.index % FRAME_WRAP, result.frame.time_s)
        sample = np.concatenate([np.array(head, np.float32), sample_of(self._slots, people)])
        self._outlet.push_sample(sample, captured_s)

    def mark(self, text: str, age_s: float) -> None:
        """Send a mark, stamped with its moment."""
        self._marks.push_sample([text], self._lsl.local_clock() - age_s)

    def close(self) -> None:
        """End the outlets."""
        self._outlet = self._marks = None


def _layer(target: StreamTarget) -> ModuleType:
    """The library, told where to be heard."""
    global _chosen_host
    try:
        import pylsl
    except (ImportError, RuntimeError) as error:  # RuntimeError: it does not find its own library
        raise StreamError(f"{_ADVICE} ({error})") from error
    wanted = "this computer" if target.is_local else "the network"
    if _chosen_host is None:
        if target.is_local:
            pylsl.set_config_content(_LOCAL_CONFIG)
        _chosen_host = wanted
    elif _chosen_host != wanted:
        raise StreamError(
            f"LSL is set up for {_chosen_host} until the program ends; start again for {wanted}"
        )
    return pylsl


def _info(lsl: ModuleType, skeleton: Skeleton) -> "StreamInfo":
    """Name, channels and units of the outlet."""
    info = lsl.StreamInfo(
        STREAM_NAME,
        STREAM_TYPE,
        len(HEAD_CHANNELS) + NUM_SLOTS * slot_width(skeleton),
        lsl.IRREGULAR_RATE,
        lsl.cf_float32,
        _source_id("poses"),
    )
    about = info.desc()
    about.append_child_value("axes", "x right, y down, z forward; origin at the lens")
    about.append_child_value("unix_minus_lsl_s", f"{time.time() - lsl.local_clock():.6f}")
    acquisition = about.append_child("acquisition")
    acquisition.append_child_value("manufacturer", "DAS Capture")
    channels = about.append_child("channels")
    _describe(channels, "frame", "FrameNumber", "")
    _describe(channels, "time_s", "MediaTime", "s")
    for slot in range(NUM_SLOTS):
        _describe(channels, f"slot{slot}_id", "id", "")
        for joint in skeleton.joint_names:
            for value in VALUES_PER_JOINT:
                is_place = value != "confidence"
                kind = f"Position{value.upper()}" if is_place else "Confidence"
                _describe(channels, f"slot{slot}_{joint}_{value}", kind, "mm" if is_place else "")
    return info


def _marks_info(lsl: ModuleType) -> "StreamInfo":
    """Name of the outlet of marks."""
    return lsl.StreamInfo(
        MARKS_NAME, "Markers", 1, lsl.IRREGULAR_RATE, lsl.cf_string, _source_id("marks")
    )


def _source_id(kind: str) -> str:
    """The same at every start on this computer, so that receivers find it again."""
    return f"das-capture-{kind}-{uuid.uuid5(uuid.NAMESPACE_DNS, socket.gethostname())}"


def _describe(channels: "XMLElement", label: str, kind: str, unit: str) -> None:
    channel = channels.append_child("channel")
    channel.append_child_value("label", label)
    channel.append_child_value("type", kind)
    if unit:
        channel.append_child_value("unit", unit)
