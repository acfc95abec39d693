"""Memory that was freed goes back to the system where C's allocator would keep it for later.

Pictures and maps come and go in several threads. glibc gives each thread a heap of its own, eight
for each core, and what is free between pieces that are still in use stays with the process: after
minutes of use hundreds of MiB.
"""

import ctypes
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_ARENA_MAX, _NUM_HEAPS = -8, 2  # of `mallopt`, in malloc.h


def keep_few_heaps() -> None:
    """Let all threads share two heaps; before any is started. Does nothing without glibc."""
    if sys.platform == "linux":
        with suppress(AttributeError, OSError):  # another C library
            ctypes.CDLL(None).mallopt(_ARENA_MAX, _NUM_HEAPS)


@contextmanager
def no_collection() -> Iterator[None]:
    """Have Python look for no garbage in a block that makes what stays, nor ever among that."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def give_back_memory() -> None:
    """Ask the allocator for what is free; does nothing without glibc."""
    if sys.platform == "linux":
        with suppress(AttributeError, OSError):  # another C library
            ctypes.CDLL(None).malloc_trim(0)
