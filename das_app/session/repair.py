"""Repair of sessions that a crash or a full disk left open.

Every file is written anew beside the damaged one, read back, and only then put in its place.
"""

import json
import logging
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import av

from das_app.files.whole_file import PRIVATE_FILE
from das_app.lens.camera_json import camera_from_json
from das_app.session.folder import QUIET_S, is_busy, is_unclosed
from das_app.session.format import (
    CAMERA_TOPIC,
    EVENTS_TOPIC,
    LOG_FILE,
    POSES_TOPIC,
    RAW_POSES_TOPIC,
    VIDEO_FILE,
    Json,
    dump,
    event_from_json,
    event_to_json,
    poses_from_json,
    summary_to_json,
)
from das_app.session.pose_log import MIN_STEP_S
from das_app.session.reader import LoggedMessage, Salvage, read_chunk, read_index
from das_app.session.session import Session
from das_app.session.types import (
    EventKind,
    RecordedPoses,
    SessionCounts,
    SessionError,
    SessionEvent,
)
from das_app.session.writer import LogWriter, write_summary
from das_app.words.said import said
from das_model.camera import Camera

_NEW = ".repaired"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RepairReport:
    """Report of a repair.

    Args:
        num_frames: frames that the session holds now.
        duration_s: time of the last of them.
        num_damaged_chunks: parts of the log, up to a second each, that were unreadable.
        has_video: whether there is a video that opens.
    """

    num_frames: int
    duration_s: float
    num_damaged_chunks: int
    has_video: bool


def repair_session(folder: Path, quiet_s: float = QUIET_S) -> RepairReport:
    """Close a session that was left open, or is damaged, with everything that can be read.

    Args:
        folder: the session's folder.
        quiet_s: refuse a session that was written within so many seconds, where the file system
            knows no locks.

    Raises:
        SessionError: if nothing can be read, the session is in order, it is still being
            recorded, or the disk refuses; the files are as they were then.
    """
    if not (folder / LOG_FILE).is_file():
        raise SessionError(
            said(
                "{folder} holds no session: there is no {file}",
                folder=folder,
                file=LOG_FILE,
            )
        )
    if is_busy(folder, quiet_s):
        raise SessionError(
            said(
                "{folder} is still being recorded; end the recording, or try again in a while",
                folder=folder,
            )
        )
    if not is_unclosed(folder) and _is_sound(folder):
        raise SessionError(said("{folder} needs no repair", folder=folder))
    try:
        return _repair(folder)
    except OSError as error:
        raise SessionError(
            said("{folder} cannot be repaired: {error}", folder=folder, error=error)
        ) from error


class _LogCopy:
    """Copy of the readable part of a log, with the figures of the summary."""

    def __init__(self, path: Path, new: Path) -> None:
        self.first_camera: Camera | None = None
        self.num_frames = self.num_people = self.num_without_picture = 0
        self.time_s, self.num_damaged_chunks = 0.0, 0
        self._camera: Camera | None = None
        self._last: dict[str, RecordedPoses | None] = {POSES_TOPIC: None, RAW_POSES_TOPIC: None}
        salvage = Salvage(path)
        if salvage.origin is None:
            raise SessionError(
                said("nothing can be read of {path}: what it says of itself is damaged", path=path)
            )
        self.origin = salvage.origin
        self._writer = LogWriter(new, self.origin)
        try:
            for messages in salvage:
                self._camera = None
                self._add_all(messages)
                if self._writer.is_chunk_full:
                    self._writer.flush()
            event = SessionEvent(self.time_s, EventKind.REPAIRED, "put together after a crash")
            self._writer.add(EVENTS_TOPIC, self.time_s, dump(event_to_json(event)))
            self._writer.finish()
        finally:
            self._writer.abandon()
        self.num_damaged_chunks += salvage.num_damaged_chunks

    def _add_all(self, messages: list[LoggedMessage]) -> None:
        """Copy a chunk's messages; those that would keep the session from opening are left out."""
        is_whole = True
        for message in messages:
            try:
                self._add(message)
            except Exception:  # whatever parsing a foreign file raises
                is_whole = False
        self.num_damaged_chunks += not is_whole

    def _add(self, message: LoggedMessage) -> None:
        values = json.loads(message.data)
        time_s = (message.time_ns - self.origin.start_ns) / 1e9
        if message.topic == CAMERA_TOPIC:
            self._camera = camera_from_json(values)
            self.first_camera = self.first_camera or self._camera
        elif message.topic == EVENTS_TOPIC:
            event_from_json(values)
        elif message.topic in self._last and not self._note_poses(message.topic, values, time_s):
            return
        self._writer.add(
            message.topic, time_s, message.data, message.published_ns, message.sequence
        )

    def _note_poses(self, topic: str, values: Json, time_s: float) -> bool:
        """Count a frame; False for one that stands there already. Raises for one of no use."""
        if self._camera is None:
            raise ValueError("poses without a camera")
        last = self._last[topic]
        poses = poses_from_json(values, self.origin.skeleton, self._camera)
        if abs(poses.time_s - time_s) > MIN_STEP_S:
            raise ValueError(f"a frame at {poses.time_s} s stands at {time_s} s")
        if last is not None and poses.index <= last.index:
            return False
        if last is not None and poses.time_s <= last.time_s:
            raise ValueError("times do not rise")
        self._last[topic] = poses
        if topic == POSES_TOPIC:
            self.time_s = poses.time_s
            self.num_frames += 1
            self.num_people += len(poses.people)
            self.num_without_picture += poses.picture is None
        return True


def _repair(folder: Path) -> RepairReport:
    path, new = folder / LOG_FILE, folder / (LOG_FILE + _NEW)
    new.unlink(missing_ok=True)
    try:
        copy = _LogCopy(path, new)
        if _num_poses(new) != copy.num_frames:
            raise SessionError(said("{new} could not be read back", new=new))
        os.replace(new, path)
    finally:
        new.unlink(missing_ok=True)
    has_video = _repair_video(folder / VIDEO_FILE)
    num_dropped_pictures = copy.num_without_picture if has_video else 0
    counts = SessionCounts(copy.num_frames, copy.num_people, 0, num_dropped_pictures, True)
    summary = summary_to_json(copy.origin, copy.first_camera, copy.time_s, counts)
    write_summary(folder, summary)
    if not _is_sound(folder):
        raise SessionError(
            said("{folder} was put together, but cannot be read back", folder=folder)
        )
    return RepairReport(copy.num_frames, copy.time_s, copy.num_damaged_chunks, has_video)


def _is_sound(folder: Path) -> bool:
    try:
        session = Session(folder)
        session.events()
        return sum(1 for _ in session) == len(session)
    except SessionError:
        return False


def _num_poses(log: Path) -> int:
    """Frames of a closed log, all of it read. Raises SessionError where that fails."""
    return sum(
        message.topic == POSES_TOPIC
        for chunk in read_index(log).chunks
        for message in read_chunk(log, chunk)
    )


def _repair_video(path: Path) -> bool:
    """Give a video that was cut off its index; False where there is none that opens."""
    if not path.is_file():
        return False
    new = path.with_name(path.name + _NEW)
    try:
        num_copied = _remux(path, new)
        with av.open(str(new)) as container:
            num_read = sum(packet.size > 0 for packet in container.demux(video=0))
        if num_read != num_copied or not num_copied:
            raise ValueError(f"{num_read} of {num_copied} pictures could be read back")
        os.replace(new, path)
        return True
    except (av.error.FFmpegError, OSError, ValueError, IndexError) as error:
        _log.warning("the video %s cannot be repaired: %s", path, error)
        return False
    finally:
        new.unlink(missing_ok=True)


def _remux(path: Path, new: Path) -> int:
    """Copy a video, with its sound, up to where it breaks off; the number of pictures."""
    num_copied = 0
    new.touch(mode=PRIVATE_FILE)
    with av.open(str(path)) as old, av.open(str(new), "w", format="matroska") as container:
        picture = old.streams.video[0]
        streams = {s: container.add_stream_from_template(s) for s in (picture, *old.streams.audio)}
        with suppress(av.error.FFmpegError):  # the broken end
            for packet in (p for p in old.demux(*streams) if p.size > 0 and not p.is_corrupt):
                is_picture = packet.stream is picture
                packet.stream = streams[packet.stream]
                container.mux(packet)
                num_copied += is_picture
    return num_copied
