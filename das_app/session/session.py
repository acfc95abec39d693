"""A recorded session on disk, for reading: iterate it, seek in it, or take it as arrays.

    from das_app import Session

    session = Session("2026-11-22_16-30-05")
    for poses in session:
        print(poses.time_s, poses.people.joints_cam.shape)
    session[5]              # frame number 5
    session[2.0:4.5]        # frames from 2 s up to 4.5 s
    session.to_pandas()     # a row for each joint of each person in each frame

Positions are camera space in mm, x right, y down, z forward, origin at the lens.
"""

import itertools
import json
import math
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, overload

import numpy as np

from das_app.files.foreign_text import printable
from das_app.files.small_file import read_small_text
from das_app.lens.camera_json import camera_from_json
from das_app.session.folder import is_unclosed
from das_app.session.format import (
    CAMERA_TOPIC,
    EVENTS_TOPIC,
    LOG_FILE,
    POSES_TOPIC,
    RAW_POSES_TOPIC,
    SUMMARY_FILE,
    VIDEO_FILE,
    counts_from_json,
    event_from_json,
    poses_from_json,
)
from das_app.session.reader import LoggedMessage, read_chunk, read_index
from das_app.session.types import RecordedPoses, SessionError, SessionEvent
from das_model.camera import Camera

LEAST_STEP_S = 1e-6  # times of frames and their messages agree to this
if TYPE_CHECKING:
    from pandas import DataFrame

_ROUNDING_S = 1e-9  # times of messages are whole nanoseconds
_MAX_GUESSES = 4  # from even numbering; then halves, whatever the numbers are
_MAX_CACHED = 6  # chunks kept parsed: two neighbours, smoothed and raw, and some


@dataclass(frozen=True, eq=False, slots=True)
class PoseArrays:
    """F frames of T tracks; NaN and -1 where a track is not seen.

    Args:
        times_s: (F,) float64 time of the session.
        track_ids: (T,) int64, ascending; people without a track are left out.
        joints_cam: (F, T, J, 3) float32 mm.
        joint_scores: (F, T, J) float32.
        scores: (F, T) float32.
    """

    times_s: np.ndarray
    track_ids: np.ndarray
    joints_cam: np.ndarray
    joint_scores: np.ndarray
    scores: np.ndarray


class Session:
    """A closed session folder; iterating reads its smoothed poses in order.

    Attributes:
        folder: where it lies.
        origin: where its poses come from.
        counts: how much it holds.

    Args:
        folder: the session's folder.

    Raises:
        SessionError: if the folder holds no closed session that this version can read; reading
            damaged frames later raises the same.
    """

    def __init__(self, folder: Path | str) -> None:
        self.folder = folder = Path(folder)
        self._log = folder / LOG_FILE
        if is_unclosed(folder):
            raise SessionError(
                f"{folder} was not closed properly; `das-app repair {folder}` puts it together"
            )
        if not self._log.is_file():
            raise SessionError(f"{folder} holds no session: there is no {LOG_FILE}")
        summary_path = folder / SUMMARY_FILE
        try:
            summary = json.loads(read_small_text(summary_path))
            self.counts = counts_from_json(summary)
        except Exception as error:  # whatever reading a foreign file raises
            raise SessionError(
                f"{summary_path} is unreadable: {printable(repr(error))}"
            ) from error
        self.origin, self._chunks, self._num_messages = read_index(self._log)
        self._pose_chunks = [chunk for chunk in self._chunks if POSES_TOPIC in chunk.topics]
        start_ns = self.origin.start_ns
        self._starts_s = [(chunk.start_ns - start_ns) / 1e9 for chunk in self._pose_chunks]
        if self._starts_s != sorted(self._starts_s):
            raise SessionError(f"{self._log}: the times of its frames do not rise")
        self._cached: OrderedDict[tuple[int, bool], list[RecordedPoses]] = OrderedDict()

    def __len__(self) -> int:
        return self._num_messages.get(POSES_TOPIC, 0)

    def __iter__(self) -> Iterator[RecordedPoses]:
        return self.between()

    @overload
    def __getitem__(self, place: int) -> RecordedPoses: ...

    @overload
    def __getitem__(self, place: slice) -> list[RecordedPoses]: ...

    def __getitem__(self, place: int | slice) -> RecordedPoses | list[RecordedPoses]:
        """A frame by its number, or those in a slice of seconds, `session[2.0:4.5]`.

        Numbers below 0 count from the end.

        Raises:
            IndexError: if there is no frame of this number.
            TypeError: if a slice has a step.
        """
        if isinstance(place, slice):
            if place.step is not None:
                raise TypeError("frames are sliced by seconds, session[start:end], without a step")
            start_s = 0.0 if place.start is None else float(place.start)
            return list(self.between(start_s, math.inf if place.stop is None else place.stop))
        last = self.at(math.inf)
        number = place if place >= 0 or last is None else place + last.index + 1
        poses = self.numbered(number) if number >= 0 else None
        if poses is None or poses.index != number:
            raise IndexError(f"the session has no frame number {place}; it holds {len(self)}")
        return poses

    def with_pictures(
        self, start_s: float = 0.0, end_s: float = math.inf, is_raw: bool = False
    ) -> Iterator[tuple[RecordedPoses, np.ndarray | None]]:
        """Frames as of `between`, each with its picture (H, W, 3) uint8 RGB, read-only.

        The picture is the newest that the video has until then; None where it has none yet, or
        the session has no video.
        """
        from das_app.session.pictures import SessionPictures

        pictures = None if self.video_path is None else SessionPictures(self.video_path)
        try:
            for poses in self.between(start_s, end_s, is_raw):
                yield poses, None if pictures is None else pictures.at(poses.time_s)
        finally:
            if pictures is not None:
                pictures.close()

    @property
    def duration_s(self) -> float:
        """Time of the last frame; 0 when there is none."""
        last = self.at(math.inf)
        return 0.0 if last is None else last.time_s

    @property
    def camera(self) -> Camera | None:
        """Camera of the first frame, None when there is no frame."""
        first = self.at(0.0)
        return None if first is None else first.camera

    @property
    def video_path(self) -> Path | None:
        """The video, None when the session has none."""
        path = self.folder / VIDEO_FILE
        return path if path.is_file() else None

    def between(
        self, start_s: float = 0.0, end_s: float = math.inf, is_raw: bool = False
    ) -> Iterator[RecordedPoses]:
        """Frames with start_s <= time_s < end_s, in order; smoothed unless `is_raw`."""
        last_s = -math.inf
        for number in range(max(0, self._chunk_at(start_s) - 1), len(self._pose_chunks)):
            if self._starts_s[number] > end_s + _ROUNDING_S:
                return
            frames = self._frames(number, is_raw)
            if frames and frames[0].time_s <= last_s:
                raise SessionError(f"{self._log}: the times of its frames do not rise")
            last_s = frames[-1].time_s if frames else last_s
            yield from (poses for poses in frames if start_s <= poses.time_s < end_s)

    def at(self, time_s: float, is_raw: bool = False) -> RecordedPoses | None:
        """The newest frame at or before a time, or else the first; None when there is none."""
        number = self._chunk_at(time_s)
        while number >= 0:
            frames = self._frames(number, is_raw)
            place = bisect_right(frames, time_s, key=lambda poses: poses.time_s)
            if place > 0:
                return frames[place - 1]
            number -= 1
        return next(self.between(is_raw=is_raw), None)

    def after(self, time_s: float, is_raw: bool = False) -> RecordedPoses | None:
        """The first frame later than a time; None when there is none."""
        return next(self.between(math.nextafter(time_s, math.inf), is_raw=is_raw), None)

    def numbered(self, index: int, is_raw: bool = False) -> RecordedPoses | None:
        """The newest frame of at most this number, or else the first; None when there is none.

        Numbers rise, but some may be missing where a damaged file was repaired.
        """
        low, high = 0, len(self._pose_chunks) - 1
        number = next(reversed(self._cached), (0, is_raw))[0]  # most often it is near
        for num_tries in itertools.count(1):
            if low > high:
                break
            number = min(max(number, low), high)
            frames = self._frames(number, is_raw)
            if frames and frames[0].index <= index <= frames[-1].index:
                high = number
                break
            is_later = bool(frames) and index > frames[-1].index
            low, high = (number + 1, high) if is_later else (low, number - 1)
            away = (index - frames[0].index) // len(frames) if frames else -1
            number = number + away if num_tries < _MAX_GUESSES else (low + high) // 2
        if high < 0:
            return next(self.between(is_raw=is_raw), None)
        frames = self._frames(high, is_raw)
        return frames[bisect_right(frames, index, key=lambda poses: poses.index) - 1]

    def events(self) -> list[SessionEvent]:
        """What happened while it was recorded, in order."""
        messages = [
            message
            for chunk in self._chunks
            if EVENTS_TOPIC in chunk.topics
            for message in read_chunk(self._log, chunk)
            if message.topic == EVENTS_TOPIC
        ]
        try:
            return [event_from_json(json.loads(message.data)) for message in messages]
        except Exception as error:  # whatever reading a foreign file raises
            raise SessionError(
                f"{self._log} holds no events of ours: {printable(repr(error))}"
            ) from error

    def to_numpy(
        self, start_s: float = 0.0, end_s: float = math.inf, is_raw: bool = False
    ) -> PoseArrays:
        """Frames with start_s <= time_s < end_s as arrays; memory grows with frames x tracks."""
        frames = list(self.between(start_s, end_s, is_raw))
        ids = [np.zeros(0, np.int64)] + [poses.people.track_ids for poses in frames]
        track_ids = np.unique(np.concatenate(ids))
        track_ids = track_ids[track_ids >= 0]
        shape = (len(frames), len(track_ids), self.origin.skeleton.num_joints)
        arrays = PoseArrays(
            np.array([poses.time_s for poses in frames], np.float64),
            track_ids,
            np.full((*shape, 3), np.nan, np.float32),
            np.full(shape, np.nan, np.float32),
            np.full(shape[:2], np.nan, np.float32),
        )
        for f, poses in enumerate(frames):
            people = poses.people
            is_tracked = people.track_ids >= 0
            t = np.searchsorted(track_ids, people.track_ids[is_tracked])
            arrays.joints_cam[f, t] = people.joints_cam[is_tracked]
            arrays.joint_scores[f, t] = people.joint_scores[is_tracked]
            arrays.scores[f, t] = people.scores[is_tracked]
        return arrays

    def to_pandas(
        self, start_s: float = 0.0, end_s: float = math.inf, is_raw: bool = False
    ) -> "DataFrame":
        """A tidy table: a row for each joint of each tracked person in each frame.

        Columns: frame, time_s, person, name, joint, x_mm, y_mm, z_mm, joint_score, person_score.

        Raises:
            ImportError: if pandas is not installed.
        """
        import pandas

        from das_app.session.edits import load_edits

        names, joints = load_edits(self.folder).names, self.origin.skeleton.joint_names
        columns = (
            "frame",
            "time_s",
            "person",
            "name",
            "joint",
            "x_mm",
            "y_mm",
            "z_mm",
            "joint_score",
            "person_score",
        )
        rows = [
            (
                poses.index,
                poses.time_s,
                int(track_id),
                names.get(int(track_id), ""),
                joint,
                *places.tolist(),
                float(joint_score),
                float(people.scores[person]),
            )
            for poses in self.between(start_s, end_s, is_raw)
            for people in (poses.people,)
            for person, track_id in enumerate(people.track_ids)
            if track_id >= 0
            for joint, places, joint_score in zip(
                joints, people.joints_cam[person], people.joint_scores[person], strict=True
            )
            if np.isfinite(places).all()
        ]
        return pandas.DataFrame(rows, columns=columns)

    def _chunk_at(self, time_s: float) -> int:
        """Number of the last pose chunk that begins at or before a time, -1 if there is none."""
        return bisect_right(self._starts_s, time_s + _ROUNDING_S) - 1

    def _frames(self, number: int, is_raw: bool) -> list[RecordedPoses]:
        """Frames of a pose chunk."""
        if (number, is_raw) in self._cached:
            self._cached.move_to_end((number, is_raw))
            return self._cached[number, is_raw]
        place = self._pose_chunks[number]
        messages = read_chunk(self._log, place)
        try:
            frames = list(self._parse(messages, RAW_POSES_TOPIC if is_raw else POSES_TOPIC))
        except Exception as error:  # whatever reading a foreign file raises
            raise SessionError(
                f"{self._log} holds no poses of ours at byte {place.offset}: "
                f"{printable(repr(error))}"
            ) from error
        self._cached[number, is_raw] = frames
        if len(self._cached) > _MAX_CACHED:
            self._cached.popitem(last=False)
        return frames

    def _parse(self, messages: list[LoggedMessage], topic: str) -> Iterator[RecordedPoses]:
        """Poses of a topic, each with the camera that came before it."""
        camera: Camera | None = None
        last: RecordedPoses | None = None
        for message in messages:
            if message.topic == CAMERA_TOPIC:
                camera = camera_from_json(json.loads(message.data))
                continue
            if message.topic != topic:
                continue
            if camera is None:
                raise ValueError("poses without a camera")
            poses = poses_from_json(json.loads(message.data), self.origin.skeleton, camera)
            told_s = (message.time_ns - self.origin.start_ns) / 1e9
            if abs(poses.time_s - told_s) > LEAST_STEP_S:
                raise ValueError(f"a frame at {poses.time_s} s stands at {told_s} s")
            if last and not (poses.index > last.index and poses.time_s > last.time_s):
                raise ValueError(f"number and time of frame {poses.index} do not rise")
            yield poses
            last = poses
