"""Statistics and limits of a recording."""

from dataclasses import dataclass
from enum import Enum
from pathlib import Path


@dataclass(frozen=True, slots=True)
class DiskLimits:
    """Free bytes below which a recording warns, and below which it ends while it still can."""

    low_bytes: int = 1 << 30
    full_bytes: int = 64 << 20


DEFAULT_LIMITS = DiskLimits()


class RecorderState(Enum):
    """Life of a `Recorder`."""

    RECORDING = "recording"
    CLOSING = "closing"  # asked to stop; what waits is still being written
    CLOSED = "closed"
    FAILED = "failed"  # the session is left open, for repair


@dataclass(frozen=True, slots=True)
class RecorderStats:
    """Statistics of a recording.

    Args:
        state: where in its life it is.
        folder: where it is written.
        time_s: time from its first frame to its last.
        num_frames: frames recorded.
        num_bytes: bytes of its files.
        free_disk_bytes: what the disk has left.
        num_dropped_pictures: frames whose picture the video lacks.
        is_disk_low: whether the disk has less than the lower limit.
        message: why it ended by itself, or what is wrong; empty when all is well.
    """

    state: RecorderState
    folder: Path
    time_s: float
    num_frames: int
    num_bytes: int
    free_disk_bytes: int
    num_dropped_pictures: int
    is_disk_low: bool
    message: str
