"""What this process has of memory, where the system tells it (Linux with glibc)."""

import ctypes
import gc
import os
import sys
from pathlib import Path
from typing import NamedTuple

_MIB = 2**20


class ProcessMemory(NamedTuple):
    """Memory of this process.

    Args:
        resident_mib: that the computer has given it, while C keeps what was freed ready.
        needed_mib: the same after C gave back what it can.
        allocated_mib: that C has handed out; the rest is code, stacks, what drivers map, what
            Python's own allocator has, and holes between what is in use.
        num_blocks: that Python's own allocator has handed out.
    """

    resident_mib: float
    needed_mib: float
    allocated_mib: float
    num_blocks: int

    def __str__(self) -> str:
        return (
            f"{self.resident_mib:.0f} MiB, needed {self.needed_mib:.0f}, "
            f"allocated {self.allocated_mib:.0f}, {self.num_blocks / 1000:.0f} thousand blocks"
        )


class _Mallinfo(ctypes.Structure):
    """What glibc tells of its heaps (`mallinfo2`)."""

    _fields_ = [
        (name, ctypes.c_size_t)
        for name in (
            *("arena", "ordblks", "smblks", "hblks", "hblkhd"),
            *("usmblks", "fsmblks", "uordblks", "fordblks", "keepcost"),
        )
    ]


def process_memory() -> ProcessMemory:
    """Memory of this process after garbage was collected."""
    gc.collect()
    resident_mib = _resident_mib()
    libc = ctypes.CDLL(None)
    libc.malloc_trim(0)
    libc.mallinfo2.restype = _Mallinfo
    told = libc.mallinfo2()
    allocated_mib = (told.uordblks + told.hblkhd) / _MIB
    return ProcessMemory(resident_mib, _resident_mib(), allocated_mib, sys.getallocatedblocks())


def _resident_mib() -> float:
    pages = int(Path("/proc/self/statm").read_text("utf-8").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / _MIB
