"""The poses of one log: read in order, by time or by number, a chunk at a time."""

import itertools
import json
import math
import re
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from das_app.files.foreign_text import printable
from das_app.lens.camera_json import camera_from_json
from das_app.session.format import CAMERA_TOPIC, POSES_TOPIC, poses_from_json
from das_app.session.reader import LoggedMessage, read_chunk, read_index
from das_app.session.types import RecordedPoses, SessionError
from das_model.camera import Camera

MIN_STEP_S = 1e-6  # times of frames and their messages agree to this
_ROUNDING_S = 1e-9  # times of messages are whole nanoseconds
_TRACK_ID = re.compile(rb'"track_id":\s?(-?\d{1,15})')
_MAX_GUESSES = 4  # from even numbering; then halves, whatever the numbers are
_MAX_CACHED = 6  # chunks kept parsed: two neighbours, smoothed and raw, and some


class PoseLog:
    """A closed log; its pose topics hold the same frames.

    Attributes:
        origin: where its poses come from.

    Args:
        path: the file.

    Raises:
        SessionError: if it cannot be read, was not closed or is damaged; so do the methods.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.origin, self.chunks, self._num_messages = read_index(path)
        self._pose_chunks = [chunk for chunk in self.chunks if POSES_TOPIC in chunk.topics]
        start_ns = self.origin.start_ns
        self._starts_s = [(chunk.start_ns - start_ns) / 1e9 for chunk in self._pose_chunks]
        if self._starts_s != sorted(self._starts_s):
            raise SessionError(f"{path}: the times of its frames do not rise")
        self._cached: OrderedDict[tuple[int, str], list[RecordedPoses]] = OrderedDict()

    def __len__(self) -> int:
        return self._num_messages.get(POSES_TOPIC, 0)

    def between(
        self, start_s: float = 0.0, end_s: float = math.inf, topic: str = POSES_TOPIC
    ) -> Iterator[RecordedPoses]:
        """Frames with start_s <= time_s < end_s, in order; of a topic."""
        last_s = -math.inf
        for number in range(max(0, self._chunk_at(start_s) - 1), len(self._pose_chunks)):
            if self._starts_s[number] > end_s + _ROUNDING_S:
                return
            frames = self._frames(number, topic)
            if frames and frames[0].time_s <= last_s:
                raise SessionError(f"{self._path}: the times of its frames do not rise")
            last_s = frames[-1].time_s if frames else last_s
            yield from (poses for poses in frames if start_s <= poses.time_s < end_s)

    def at(self, time_s: float, topic: str = POSES_TOPIC) -> RecordedPoses | None:
        """The newest frame at or before a time, or else the first; None when there is none."""
        number = self._chunk_at(time_s)
        while number >= 0:
            frames = self._frames(number, topic)
            place = bisect_right(frames, time_s, key=lambda poses: poses.time_s)
            if place > 0:
                return frames[place - 1]
            number -= 1
        return next(self.between(topic=topic), None)

    def after(self, time_s: float, topic: str = POSES_TOPIC) -> RecordedPoses | None:
        """The first frame later than a time; None when there is none."""
        return next(self.between(math.nextafter(time_s, math.inf), topic=topic), None)

    def numbered(self, index: int, topic: str = POSES_TOPIC) -> RecordedPoses | None:
        """The newest frame of at most this number, or else the first; None when there is none.

        Numbers rise, but some may be missing where a damaged file was repaired.
        """
        low, high = 0, len(self._pose_chunks) - 1
        number = next(reversed(self._cached), (0, topic))[0]  # most often it is near
        for num_tries in itertools.count(1):
            if low > high:
                break
            number = min(max(number, low), high)
            frames = self._frames(number, topic)
            if frames and frames[0].index <= index <= frames[-1].index:
                high = number
                break
            is_later = bool(frames) and index > frames[-1].index
            low, high = (number + 1, high) if is_later else (low, number - 1)
            away = (index - frames[0].index) // len(frames) if frames else -1
            number = number + away if num_tries < _MAX_GUESSES else (low + high) // 2
        if high < 0:
            return next(self.between(topic=topic), None)
        frames = self._frames(high, topic)
        return frames[bisect_right(frames, index, key=lambda poses: poses.index) - 1]

    def sightings(self, topic: str = POSES_TOPIC) -> Iterator[tuple[float, np.ndarray]]:
        """Time and (P,) track ids of every frame, read in a fraction of the time of its poses;
        those of damaged chunks are left out."""
        for chunk in self._pose_chunks:
            try:
                messages = read_chunk(self._path, chunk)
            except SessionError:
                continue
            for message in messages:
                if message.topic == topic:
                    ids = [int(text) for text in _TRACK_ID.findall(message.data)]
                    time_s = (message.time_ns - self.origin.start_ns) / 1e9
                    yield time_s, np.array(ids, dtype=np.int64)

    def _chunk_at(self, time_s: float) -> int:
        """Number of the last pose chunk that begins at or before a time, -1 if there is none."""
        return bisect_right(self._starts_s, time_s + _ROUNDING_S) - 1

    def _frames(self, number: int, topic: str) -> list[RecordedPoses]:
        """Frames of a pose chunk."""
        if (number, topic) in self._cached:
            self._cached.move_to_end((number, topic))
            return self._cached[number, topic]
        place = self._pose_chunks[number]
        messages = read_chunk(self._path, place)
        try:
            frames = list(self._parse(messages, topic))
        except Exception as error:  # whatever reading a foreign file raises
            raise SessionError(
                f"{self._path} holds no poses of ours at byte {place.offset}: "
                f"{printable(repr(error))}"
            ) from error
        self._cached[number, topic] = frames
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
            if abs(poses.time_s - told_s) > MIN_STEP_S:
                raise ValueError(f"a frame at {poses.time_s} s stands at {told_s} s")
            if last and not (poses.index > last.index and poses.time_s > last.time_s):
                raise ValueError(f"number and time of frame {poses.index} do not rise")
            yield poses
            last = poses
