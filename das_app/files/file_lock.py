"""Advisory lock of an open file, released by the system when its process ends."""

import sys
from typing import BinaryIO

if sys.platform == "win32":
    import msvcrt

    _FAR = 1 << 40  # beyond what is written: Windows keeps others from reading what is locked

    def try_lock(file: BinaryIO) -> bool:
        """Lock a file until it is closed; False where somebody else has it locked.

        Raises:
            OSError: where the file system knows no locks.
        """
        place = file.tell()
        try:
            file.seek(_FAR)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            return True
        except PermissionError:
            return False
        finally:
            file.seek(place)

else:
    import fcntl

    def try_lock(file: BinaryIO) -> bool:
        """Lock a file until it is closed; False where somebody else has it locked.

        Raises:
            OSError: where the file system knows no locks.
        """
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            return False
