"""Crash log: the file of hard crashes, and whether it has a new one."""

from pathlib import Path

from das_app.files.whole_file import PRIVATE_FILE

CRASH_FILE, FORMER_FILE = "crash.log", "crash.former.log"


def take_former_crash(log_folder: Path) -> bool:
    """Whether the application crashed since this was last asked; what was written of it is put
    aside, so that it is told once.

    Args:
        log_folder: of the log files.
    """
    try:
        told = (log_folder / CRASH_FILE).read_bytes()
        if not told:
            return False
        former = log_folder / FORMER_FILE
        former.touch(mode=PRIVATE_FILE)
        former.write_bytes(told)
        with (log_folder / CRASH_FILE).open("r+b") as file:
            file.truncate()  # others may hold it open, to append to it
    except OSError:
        return False
    return True
