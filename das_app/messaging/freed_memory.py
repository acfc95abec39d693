"""Memory that was freed goes back to the system where C's allocator would keep it for later.

Pictures and maps come and go in several threads. What is free between pieces that are still in use
stays with the process (in glibc hundreds of MiB after some minutes), until it is asked back.
"""

import ctypes
import sys
from contextlib import suppress


def give_back_memory() -> None:
    """Ask the allocator for what is free; does nothing where it is not glibc's."""
    if sys.platform == "linux":
        with suppress(AttributeError, OSError):  # another C library
            ctypes.CDLL(None).malloc_trim(0)
