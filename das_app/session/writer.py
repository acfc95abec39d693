"""Writer of `session.mcap`, and of `session.json` when it is closed.

After every flush the file ends with a whole chunk. Each chunk begins with the camera, so it can
be read without the others: a crash costs the chunk in progress, damage costs the chunk it hits.
"""

import contextlib
import json
import os
import time
from pathlib import Path
from typing import IO, cast

from mcap.writer import Writer

from das_app.files.file_lock import try_lock
from das_app.files.whole_file import PRIVATE_FOLDER, open_private, write_whole
from das_app.lens.camera_json import camera_to_json
from das_app.session.format import (
    CAMERA_TOPIC,
    CHANNELS,
    EVENTS_TOPIC,
    LOG_FILE,
    METADATA_NAME,
    POSES_TOPIC,
    RAW_POSES_TOPIC,
    STATS_TOPIC,
    SUMMARY_FILE,
    dump,
    event_to_json,
    origin_to_metadata,
    poses_to_json,
    summary_to_json,
)
from das_app.session.types import (
    RecordedPoses,
    SessionCounts,
    SessionError,
    SessionEvent,
    SessionOrigin,
)
from das_app.words.said import said
from das_model.camera import Camera

_CHUNK_BYTES = 1 << 18  # of JSON: what a seek has to read at most
_CHUNKS_PER_METADATA = 10  # the origin stands in the file again after so many
_NEVER = 1 << 40  # chunks end by `flush` only
_SEQUENCE_WRAP = 1 << 32  # MCAP has so much room for numbers of messages


class LogWriter:
    """An MCAP file with our channels.

    Args:
        path: new file.
        origin: goes into its metadata.

    Raises:
        OSError: if it exists or cannot be written.
    """

    def __init__(self, path: Path, origin: SessionOrigin) -> None:
        self._file = _WholeFile(path)
        self._start_ns = origin.start_ns
        self._writer = Writer(cast(IO[bytes], self._file), chunk_size=_NEVER)
        self._writer.start(library="das-capture")
        self._metadata = origin_to_metadata(origin)
        self._num_chunks = 0
        self._writer.add_metadata(METADATA_NAME, self._metadata)
        self._channels = {}
        self._sequences = dict.fromkeys(CHANNELS, 0)
        schemas: dict[str, int] = {}
        for topic, (name, schema) in CHANNELS.items():
            if name not in schemas:
                schemas[name] = self._writer.register_schema(name, "jsonschema", dump(schema))
            self._channels[topic] = self._writer.register_channel(topic, "json", schemas[name])
        self._num_pending = 0
        self.flush()

    @property
    def num_bytes(self) -> int:
        """Size of the file."""
        return self._file.num_written

    @property
    def is_chunk_full(self) -> bool:
        """Whether it is time to flush for the size of the chunk."""
        return self._num_pending > _CHUNK_BYTES

    def add(
        self,
        topic: str,
        time_s: float,
        data: bytes,
        published_ns: int | None = None,
        sequence: int | None = None,
    ) -> None:
        """Append a message at a time of the session.

        Args:
            topic: of its channel.
            time_s: of the session.
            data: JSON.
            published_ns: when it came to be, in nanoseconds since 1970; None for now.
            sequence: number in its channel; None for the next.
        """
        time_ns = self._start_ns + round(time_s * 1e9)
        if published_ns is None:
            published_ns = time.time_ns()
        if sequence is None:
            sequence = self._sequences[topic]
        self._sequences[topic] = (sequence + 1) % _SEQUENCE_WRAP
        self._writer.add_message(self._channels[topic], time_ns, data, published_ns, sequence)
        self._num_pending += len(data)

    def flush(self) -> None:
        """Hand everything so far to the operating system; the file ends with a whole chunk."""
        self._writer.flush()
        self._num_pending = 0
        if self._num_chunks % _CHUNKS_PER_METADATA == 0:
            self._writer.add_metadata(METADATA_NAME, self._metadata)
            self._writer.flush()
        self._num_chunks += 1

    def sync(self) -> None:
        """Wait until the disk has what was flushed."""
        self._file.sync()

    def folder_now(self) -> Path | None:
        """The folder that the file lies in now, as far as can be found; None when it is gone."""
        return self._file.folder_now()

    def finish(self) -> None:
        """Write the index and close the file."""
        self._writer.finish()
        self._file.flush()
        self._file.sync()
        self._file.close()

    def abandon(self) -> None:
        """Close the file as it is after the last flush that succeeded."""
        self._file.close()


class SessionWriter:
    """The files of a new session but the video. Not locked: one thread at a time writes.

    Args:
        folder: made if missing; must not hold a session.
        origin: what is known before the first frame.

    Raises:
        SessionError: if the folder holds a session or cannot be written.
    """

    def __init__(self, folder: Path, origin: SessionOrigin) -> None:
        self._folder, self._origin = folder, origin
        self._first_camera: Camera | None = None
        self._camera = b""
        self._last_time_s = 0.0
        self.num_frames = self.num_people = 0
        self._track_ids: set[int] = set()
        for name in (SUMMARY_FILE, LOG_FILE):
            if (folder / name).exists():
                raise SessionError(
                    said("{folder} holds a session already; name another folder", folder=folder)
                )
        try:
            folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
            self._log = LogWriter(folder / LOG_FILE, origin)
        except OSError as error:
            raise SessionError(
                said("{folder} cannot be written: {error}", folder=folder, error=error)
            ) from error

    @property
    def num_bytes(self) -> int:
        """Bytes of `session.mcap`."""
        return self._log.num_bytes

    def write(
        self, smoothed: RecordedPoses, raw: RecordedPoses, published_ns: int | None = None
    ) -> None:
        """Append one frame, which the pipeline gave at a time since 1970; None for now.

        Raises OSError when the disk refuses.
        """
        published_ns = published_ns or time.time_ns()
        camera = dump(camera_to_json(smoothed.camera))
        if camera != self._camera:
            self._log.add(CAMERA_TOPIC, smoothed.time_s, camera, published_ns)
            self._camera = camera
        for topic, poses in ((POSES_TOPIC, smoothed), (RAW_POSES_TOPIC, raw)):
            self._log.add(topic, poses.time_s, dump(poses_to_json(poses)), published_ns)
        self._first_camera = self._first_camera or smoothed.camera
        self._last_time_s = smoothed.time_s
        self.num_frames += 1
        self.num_people += len(smoothed.people)
        self._track_ids.update(smoothed.people.track_ids.tolist())
        if self._log.is_chunk_full:
            self.flush()

    def write_event(self, event: SessionEvent, published_ns: int | None = None) -> None:
        """Append an event of a time since 1970; None for now."""
        self._log.add(EVENTS_TOPIC, event.time_s, dump(event_to_json(event)), published_ns)

    def write_stats(self, values: dict[str, float]) -> None:
        """Append figures, by the names of the schema."""
        self._log.add(STATS_TOPIC, values["time_s"], dump(values))

    def flush(self) -> None:
        """Hand everything so far to the operating system. Raises OSError."""
        self._log.flush()
        self._camera = b""  # so that the next chunk begins with it

    def sync(self) -> None:
        """Wait until the disk has what was flushed. Raises OSError."""
        self._log.sync()

    def close(self, num_dropped: int, num_dropped_pictures: int) -> SessionCounts:
        """Write the index, then `session.json`. Raises OSError when the disk refuses, or is not
        there any more, maybe with another in its place."""
        counts = SessionCounts(
            self.num_frames,
            self.num_people,
            num_dropped,
            num_dropped_pictures,
            num_tracks=len(self._track_ids - {-1}),
        )
        folder = self._log.folder_now()
        self._log.finish()
        if folder is None:
            raise FileNotFoundError(f"{SUMMARY_FILE} could not be written there")
        summary = summary_to_json(self._origin, self._first_camera, self._last_time_s, counts)
        write_summary(folder, summary)
        return counts

    def folder_now(self) -> Path | None:
        """The folder that holds the files now; None when it is gone, or after the end."""
        return self._log.folder_now()

    def folder_problem(self) -> str:
        """Problem with the folder during the recording; empty without one."""
        folder = self._log.folder_now()
        if folder is None:
            return f"the folder {self._folder} was deleted, or its disk is not there any more"
        if folder != self._folder:
            return f"the folder {self._folder} was moved; what was recorded lies in {folder}"
        return ""

    def abandon(self) -> None:
        """Leave the session open as it is after the last flush that succeeded."""
        self._log.abandon()


def write_summary(folder: Path, summary: dict[str, object]) -> None:
    """Write `session.json` whole or not at all; the folder must be there. Raises OSError."""
    if not folder.is_dir():
        raise FileNotFoundError(f"the folder {folder} is gone")
    write_whole(folder / SUMMARY_FILE, json.dumps(summary, indent=2, allow_nan=False) + "\n")


class _WholeFile:
    """A new file that takes what was written at `flush`, all of it or nothing."""

    def __init__(self, path: Path) -> None:
        self._path, self._file = path, open_private(path)
        with contextlib.suppress(OSError):  # a file system without locks
            try_lock(self._file)  # tells a repair that it is still being written
        self._pending = bytearray()
        self.num_written = 0

    def write(self, data: bytes) -> int:
        self._pending += data
        return len(data)

    def tell(self) -> int:
        return self.num_written + len(self._pending)

    def flush(self) -> None:
        rest = memoryview(bytes(self._pending))
        self._pending.clear()
        size = len(rest)
        try:
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError:
            with contextlib.suppress(OSError):
                self._file.truncate(self.num_written)
            raise
        self.num_written += size

    def sync(self) -> None:
        os.fsync(self._file.fileno())

    def folder_now(self) -> Path | None:
        here = os.fstat(self._file.fileno())
        for path in (self._path, _path_of(self._file.fileno())):
            with contextlib.suppress(OSError):
                if path is not None and os.path.samestat(path.stat(), here):
                    return path.parent
        return None

    def close(self) -> None:
        self._file.close()


def _path_of(descriptor: int) -> Path | None:
    """Path of an open file after it was moved, on systems that tell it."""
    try:
        return Path(os.readlink(f"/proc/self/fd/{descriptor}"))
    except OSError:
        return None
