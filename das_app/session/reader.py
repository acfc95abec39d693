"""Reader of `session.mcap`: by its index when closed, from front to back when not.

Every chunk has a checksum, and so has the index: what is delivered is what was written. No byte of
the file is needed for more than the chunk it lies in: the origin stands in it several times, and
behind damage the next chunk is found by what every chunk looks like.
"""

import io
import mmap
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

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
_SIZE = struct.Struct("<Q")
_ADVICE = "“das-app repair” saves what can be read"
_MAX_BYTES = 256 << 20  # of a record; a session's chunk has a few 100 KiB
_MAX_METADATA_BYTES = 1 << 16
_OPCODES = frozenset(int(opcode) for opcode in Opcode)
_FRAME_HEADER_BYTES, _BLOCK_HEADER_BYTES = 18, 3  # of Zstandard; of the first at most
_COMPRESSION = struct.pack("<I", 4) + b"zstd"
_COMPRESSION_AT = _RECORD_HEAD.size + 28  # two times, a size and a checksum come before it
# what the library and its decompressor raise on damaged input
DAMAGE = (
    McapError,
    zstandard.ZstdError,
    struct.error,
    ValueError,
    KeyError,
    TypeError,
    IndexError,
    OverflowError,
    MemoryError,
)


class ChunkPlace(NamedTuple):
    """Position of a chunk in the file, and its content."""

    offset: int
    length: int
    start_ns: int
    end_ns: int
    topics: frozenset[str]


class LoggedMessage(NamedTuple):
    """A message as it was written; times count from 1970.

    Sessions of before version 0.3 have `published_ns` = `time_ns` and `sequence` 0.
    """

    topic: str
    time_ns: int
    data: bytes
    published_ns: int
    sequence: int


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
            file.seek(place.offset + _RECORD_HEAD.size)
            return _messages(file.read(place.length - _RECORD_HEAD.size))
    except (OSError, *DAMAGE) as error:
        raise SessionError(
            f"{path} is damaged at byte {place.offset}: {error or type(error).__name__}; {_ADVICE}"
        ) from error


class Salvage:
    """Readable part of a log that was not closed or is damaged.

    Iterating yields the messages of each whole chunk in order.

    Args:
        path: the file.

    Attributes:
        origin: the first copy of it that is whole; None where there is none.
        num_damaged_chunks: parts that were passed over so far.

    Raises:
        OSError: if the file cannot be read; so does iterating.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.num_damaged_chunks = 0
        with _mapped(path) as data:
            self.origin = _find_origin(data)

    def __iter__(self) -> Iterator[list[LoggedMessage]]:
        try:
            places = read_index(self._path).chunks
        except SessionError:
            with _mapped(self._path) as data:
                yield from self._from_front_to_back(data)
            return
        for place in places:
            try:
                yield read_chunk(self._path, place)
            except SessionError:
                self.num_damaged_chunks += 1

    def _from_front_to_back(self, data: mmap.mmap) -> Iterator[list[LoggedMessage]]:
        place: int | None = len(_MAGIC)
        while place is not None and place < len(data):
            chunk = _chunk_at(data, place)
            if chunk is not None:
                yield chunk.messages
                place = chunk.end
                continue
            end = _end_of_record(data, place)
            if end is None or data[place] == Opcode.CHUNK:
                following = _next_chunk(data, place + 1, len(data))
                if end is not None or following is not None:
                    self.num_damaged_chunks += 1
                end = following
            place = end


def _mapped(path: Path) -> mmap.mmap:
    """The bytes of a file, to be closed. Raises OSError, also for an empty file."""
    with path.open("rb") as file:
        try:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except ValueError as error:
            raise OSError(f"nothing can be read of {path}: it is empty") from error


def _find_origin(data: mmap.mmap) -> SessionOrigin | None:
    """The first whole metadata record of ours; each has a checksum of its own."""
    name = struct.pack("<I", len(METADATA_NAME)) + METADATA_NAME.encode()
    place = data.find(name)
    while place >= 0:
        try:
            text = io.BytesIO(data[place : place + _MAX_METADATA_BYTES])
            return origin_from_metadata(Metadata.read(ReadDataStream(text)).metadata)
        except DAMAGE:
            place = data.find(name, place + 1)
    return None


def _end_of_record(data: mmap.mmap, place: int) -> int | None:
    """End of the record at a position; None where there is none.

    A record that is no chunk and seems to hold one has a wrong length.
    """
    if place + _RECORD_HEAD.size > len(data):
        return None
    opcode, length = _RECORD_HEAD.unpack(data[place : place + _RECORD_HEAD.size])
    end = place + _RECORD_HEAD.size + length
    if opcode not in _OPCODES or length > _MAX_BYTES or end > len(data):
        return None
    is_wrong = opcode != Opcode.CHUNK and _next_chunk(data, place, end) is not None
    return None if is_wrong else end


def _next_chunk(data: mmap.mmap, place: int, until: int) -> int | None:
    """Begin of the first whole chunk between two positions; None where there is none."""
    found = data.find(_COMPRESSION, place + _COMPRESSION_AT, until)
    while found >= 0:
        start = found - _COMPRESSION_AT
        if _chunk_at(data, start) is not None:
            return start
        found = data.find(_COMPRESSION, found + 1, until)
    return None


class _WholeChunk(NamedTuple):
    messages: list[LoggedMessage]
    end: int


def _chunk_at(data: mmap.mmap, start: int) -> _WholeChunk | None:
    """The chunk record at a place, known by its content; what its head says of lengths is not
    needed."""
    sized = start + _COMPRESSION_AT + len(_COMPRESSION)
    packed = sized + _SIZE.size
    if data[start + _COMPRESSION_AT : sized] != _COMPRESSION:
        return None
    try:
        end = _end_of_frame(data, packed)
        head = data[start + _RECORD_HEAD.size : sized] + _SIZE.pack(end - packed)
        return _WholeChunk(_messages(head + data[packed:end]), end)
    except DAMAGE:
        return None


def _end_of_frame(data: mmap.mmap, start: int) -> int:
    """Where the Zstandard frame at a place ends (RFC 8878, 3.1.1), found without unpacking it.

    Raises one of `DAMAGE` where that makes no sense.
    """
    header = data[start : start + _FRAME_HEADER_BYTES]
    place = start + zstandard.frame_header_size(header)
    for _ in range(_MAX_BYTES // zstandard.BLOCKSIZE_MAX):
        block = int.from_bytes(data[place : place + _BLOCK_HEADER_BYTES], "little")
        is_last, is_one_byte, size = block & 1, block >> 1 & 3 == 1, block >> 3
        place += _BLOCK_HEADER_BYTES + (1 if is_one_byte else size)
        if place > len(data):
            break
        if is_last:
            checksum_bytes = 4 * zstandard.get_frame_parameters(header).has_checksum
            return place + checksum_bytes
    raise ValueError("a chunk without an end")


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


def _parse_index(file: BinaryIO, records: list[Any]) -> LogIndex:
    topics = {r.id: r.topic for r in records if isinstance(r, Channel)}
    chunks = [
        ChunkPlace(
            r.chunk_start_offset,
            r.chunk_length,
            r.message_start_time,
            r.message_end_time,
            frozenset(topics[channel] for channel in r.message_index_offsets),
        )
        for r in records
        if isinstance(r, ChunkIndex)
    ]
    (statistics,) = (r for r in records if isinstance(r, Statistics))
    num_messages = {topics[c]: n for c, n in statistics.channel_message_counts.items()}
    problem: Exception = ValueError("none of its descriptions is whole")
    for record in records:
        if isinstance(record, MetadataIndex) and record.name == METADATA_NAME:
            try:
                file.seek(record.offset + _RECORD_HEAD.size)
                text = io.BytesIO(file.read(min(record.length, _MAX_METADATA_BYTES)))
                origin = origin_from_metadata(Metadata.read(ReadDataStream(text)).metadata)
                return LogIndex(origin, chunks, num_messages)
            except DAMAGE as error:
                problem = error
    raise problem


def _messages(data: bytes) -> list[LoggedMessage]:
    """Messages of a chunk record. Raises one of `DAMAGE` where it is not as written."""
    chunk = Chunk.read(ReadDataStream(io.BytesIO(data)))
    if chunk.compression != "zstd" or not chunk.uncompressed_crc:
        raise ValueError("no chunk of a session")
    if max(chunk.uncompressed_size, zstandard.frame_content_size(chunk.data)) > _MAX_BYTES:
        raise ValueError(f"a chunk of {chunk.uncompressed_size} bytes")
    topics = dict(enumerate(CHANNELS, start=1))  # the writer registers them in this order
    return [
        LoggedMessage(
            topics[record.channel_id],
            record.log_time,
            record.data,
            record.publish_time,
            record.sequence,
        )
        for record in breakup_chunk(chunk, validate_crc=True)
        if isinstance(record, Message)
    ]
