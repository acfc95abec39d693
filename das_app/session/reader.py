"""Reads `session.mcap` chunk by chunk: by its index when closed, from front to back when not.

Every chunk has a checksum, and so has the index: what is delivered is what was written.
"""

import io
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

import zstandard
from mcap.data_stream import ReadDataStream
from mcap.exceptions import McapError
from mcap.opcode import Opcode
from mcap.records import Channel, Chunk, ChunkIndex, Message, Metadata, MetadataIndex, Statistics
from mcap.stream_reader import StreamReader, breakup_chunk

from das_app.session.format import CHANNELS, METADATA_NAME, origin_from_metadata
from das_app.session.types import SessionError, SessionOrigin

_MAGIC = b"\x89MCAP0\r\n"
_RECORD_HEAD, _FOOTER = struct.Struct("<BQ"), struct.Struct("<BQQQI")
_ADVICE = "“das-app repair” saves what can be read"
_MAX_BYTES = 256 << 20  # of a record; a session's chunk has a few 100 KiB
# what the library and its decompressor raise on damaged input
DAMAGE = (
    McapError, zstandard.ZstdError, struct.error, ValueError, KeyError, TypeError, IndexError,
    OverflowError, MemoryError,
)  # fmt: skip


class ChunkPlace(NamedTuple):
    """Where a chunk lies in the file, and what it holds."""

    offset: int
    length: int
    start_ns: int
    end_ns: int
    topics: frozenset[str]


class LoggedMessage(NamedTuple):
    """A message as it was written; `time_ns` counts from 1970."""

    topic: str
    time_ns: int
    data: bytes


class LogIndex(NamedTuple):
    """The index of a closed log: its origin, chunks in order of time, messages by topic."""

    origin: SessionOrigin
    chunks: list[ChunkPlace]
    num_messages: dict[str, int]


def read_index(path: Path) -> LogIndex:
    """The index of a closed log.

    Raises:
        SessionError: if the file cannot be read, was not closed or is damaged.
    """
    try:
        with path.open("rb") as file:
            return _read_index(file)
    except (OSError, *DAMAGE) as error:
        raise SessionError(
            f"{path} is damaged: {error or type(error).__name__}; {_ADVICE}"
        ) from error


def read_chunk(path: Path, place: ChunkPlace) -> list[LoggedMessage]:
    """The messages of one chunk in the order they were written.

    Raises:
        SessionError: if the chunk is damaged.
    """
    try:
        with path.open("rb") as file:
            file.seek(place.offset)
            opcode, length = _RECORD_HEAD.unpack(file.read(_RECORD_HEAD.size))
            if opcode != Opcode.CHUNK or length + _RECORD_HEAD.size != place.length:
                raise ValueError("no chunk where the index says")
            return _messages(file.read(length))
    except (OSError, *DAMAGE) as error:
        raise SessionError(
            f"{path} is damaged at byte {place.offset}: {error or type(error).__name__}; {_ADVICE}"
        ) from error


class Salvage:
    """What can be read of a log that was not closed or is damaged.

    Iterating yields the messages of each whole chunk in order; `origin` is known by then.

    Args:
        path: the file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.origin: SessionOrigin | None = None
        self.num_damaged_chunks = 0

    def __iter__(self) -> Iterator[list[LoggedMessage]]:
        with self._path.open("rb") as file:
            size = file.seek(0, io.SEEK_END)
            file.seek(len(_MAGIC))
            while len(head := file.read(_RECORD_HEAD.size)) == _RECORD_HEAD.size:
                opcode, length = _RECORD_HEAD.unpack(head)
                if opcode == Opcode.DATA_END or length > min(size - file.tell(), _MAX_BYTES):
                    return
                yield from self._record(opcode, file.read(length))

    def _record(self, opcode: int, data: bytes) -> Iterator[list[LoggedMessage]]:
        try:
            if opcode == Opcode.METADATA:
                metadata = Metadata.read(ReadDataStream(io.BytesIO(data)))
                self.origin = origin_from_metadata(metadata.metadata)
            elif opcode == Opcode.CHUNK:
                yield _messages(data)
        except DAMAGE:
            self.num_damaged_chunks += 1


def _read_index(file: BinaryIO) -> LogIndex:
    size = file.seek(0, io.SEEK_END)
    tail_size = _FOOTER.size + len(_MAGIC)
    file.seek(max(0, size - tail_size))
    tail = file.read()
    if len(tail) < tail_size or tail[-len(_MAGIC) :] != _MAGIC:
        raise ValueError("it was not closed")
    opcode, _, start, _, checksum = _FOOTER.unpack(tail[: _FOOTER.size])
    if opcode != Opcode.FOOTER or not 0 < size - start <= _MAX_BYTES:
        raise ValueError("its end makes no sense")
    file.seek(start)
    summary = file.read()
    if zlib.crc32(summary[: -len(_MAGIC) - 4]) != checksum:
        raise ValueError("its index does not match its checksum")
    return _parse_index(file, list(StreamReader(io.BytesIO(summary), skip_magic=True).records))


def _parse_index(file: BinaryIO, records: list) -> LogIndex:
    topics = {r.id: r.topic for r in records if isinstance(r, Channel)}
    chunks = [
        ChunkPlace(
            r.chunk_start_offset, r.chunk_length, r.message_start_time, r.message_end_time,
            frozenset(topics[channel] for channel in r.message_index_offsets),
        )
        for r in records if isinstance(r, ChunkIndex)
    ]  # fmt: skip
    (statistics,) = (r for r in records if isinstance(r, Statistics))
    num_messages = {topics[c]: n for c, n in statistics.channel_message_counts.items()}
    (place,) = (
        r for r in records if isinstance(r, MetadataIndex) and r.name == METADATA_NAME
    )  # fmt: skip
    file.seek(place.offset + _RECORD_HEAD.size)
    metadata = Metadata.read(ReadDataStream(io.BytesIO(file.read(place.length))))
    return LogIndex(origin_from_metadata(metadata.metadata), chunks, num_messages)


def _messages(data: bytes) -> list[LoggedMessage]:
    """Messages of a chunk record. Raises one of `DAMAGE` where it is not as written."""
    chunk = Chunk.read(ReadDataStream(io.BytesIO(data)))
    if chunk.compression != "zstd" or not chunk.uncompressed_crc:
        raise ValueError("no chunk of a session")
    if max(chunk.uncompressed_size, zstandard.frame_content_size(chunk.data)) > _MAX_BYTES:
        raise ValueError(f"a chunk of {chunk.uncompressed_size} bytes")
    topics = dict(enumerate(CHANNELS, start=1))  # the writer registers them in this order
    return [
        LoggedMessage(topics[record.channel_id], record.log_time, record.data)
        for record in breakup_chunk(chunk, validate_crc=True)
        if isinstance(record, Message)
    ]
