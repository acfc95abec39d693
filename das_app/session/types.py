"""Session types: origin, frames, events and summary."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from das_model.camera import Camera
from das_model.people import People, TrackId
from das_model.skeleton import Skeleton


class SessionError(RuntimeError):
    """A session cannot be written or read; the message is for the user."""


@dataclass(frozen=True, eq=False, slots=True)
class SessionOrigin:
    """Origin of the poses of a session; known before its first frame.

    Args:
        source: name of the source.
        nominal_fps: frames per second it announces, 0 when unknown.
        intrinsics: how the lens is known, for people to read.
        skeleton: joints of every person.
        model_name: name of the model.
        model_sha256: hex digest of the model file.
        app_version: version of the application.
        started_utc: ISO 8601 time of the start.
        mode: of the model, see `Mode`; empty in sessions of before there were modes.
        turn_deg: degrees by which the source's pictures were turned clockwise before all else.
        ignored: where people were left out, as `Ignored.text`; empty for nowhere.
    """

    source: str
    nominal_fps: float
    intrinsics: str
    skeleton: Skeleton
    model_name: str
    model_sha256: str
    app_version: str
    started_utc: str
    mode: str = ""
    turn_deg: int = 0
    ignored: str = ""

    @property
    def start_ns(self) -> int:
        """The start in nanoseconds since 1970."""
        return round(datetime.fromisoformat(self.started_utc).timestamp() * 1e9)


@dataclass(frozen=True, eq=False, slots=True)
class RecordedPoses:
    """The people of one recorded frame.

    Args:
        index: number of the frame in the session, from 0.
        time_s: capture time since the session's first frame; never goes back.
        source_index: `Frame.index`; gaps are frames the source lost or the model never saw.
        source_time_s: `Frame.time_s`.
        picture: number of its picture in the video from 0, or None where it has none.
        camera: intrinsics of its picture.
        people: everybody found, with track ids.
    """

    index: int
    time_s: float
    source_index: int
    source_time_s: float
    picture: int | None
    camera: Camera
    people: People


class Layer(StrEnum):
    """Layer of poses of a session."""

    RAW = "raw"  # as the model found them
    LIVE = "live"  # as they were shown
    REFINED = "refined"  # solved afterwards over the whole take


class EventKind(StrEnum):
    """Kind of an event of a recording."""

    START = "start"
    STOP = "stop"
    SOURCE_LOST = "source_lost"
    SOURCE_BACK = "source_back"
    SETTINGS_CHANGED = "settings_changed"
    PICTURES_DROPPED = "pictures_dropped"
    PICTURES_DAMAGED = "pictures_damaged"  # by the camera or its cable
    VIDEO_STOPPED = "video_stopped"
    SOUND_LOST = "sound_lost"
    SIZE_CHANGED = "size_changed"  # of the pictures
    LOW_DISK = "low_disk"
    FULL_DISK = "full_disk"
    MARKER = "marker"
    REPAIRED = "repaired"
    TIME_JUMPED = "time_jumped"
    FOLDER_LOST = "folder_lost"
    PERHAPS_SAME = "perhaps_same"  # the text is `perhaps_same_text`
    OTHER = "other"  # of a newer version of this application


def perhaps_same_text(track_id: int, perhaps: int) -> str:
    """That a person may be one who left before, as an event tells it."""
    return f"#{track_id} may be #{perhaps}"


def perhaps_same_ids(text: str) -> tuple[TrackId, TrackId] | None:
    """Inverse of `perhaps_same_text`; None for another text."""
    ids = re.fullmatch(r"#(\d{1,9}) may be #(\d{1,9})", text)
    return None if ids is None else (TrackId(int(ids[1])), TrackId(int(ids[2])))


@dataclass(frozen=True, slots=True)
class SessionEvent:
    """Something that happened after the newest frame at `time_s` of the session."""

    time_s: float
    kind: EventKind
    text: str


@dataclass(frozen=True, eq=False, slots=True)
class SessionCounts:
    """Figures of a closed session.

    Args:
        num_frames: frames recorded.
        num_people: people in them, each counted in every frame.
        num_dropped: frames the model never saw because it was busy.
        num_dropped_pictures: frames of the source whose picture the video lacks.
        is_repaired: whether it was put together after a crash.
        num_tracks: track ids in it; None in sessions of before this was counted.
    """

    num_frames: int = 0
    num_people: int = 0
    num_dropped: int = 0
    num_dropped_pictures: int = 0
    is_repaired: bool = False
    num_tracks: int | None = None
