"""Session folders: names of new ones, and those that a crash left open."""

import re
import time
from datetime import datetime
from pathlib import Path

from das_app.files.file_lock import try_lock
from das_app.files.whole_file import PRIVATE_FOLDER
from das_app.session.format import LOG_FILE, SUMMARY_FILE
from das_app.session.types import SessionError
from das_app.words.said import said

QUIET_S = 3.0  # a recording writes more often; counts where the file system knows no locks
_MAX_NAME_BYTES = 120  # of 255 that common file systems take; the time and a number come on top
_UNFIT = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]+')


def new_session_folder(parent: Path, started: datetime, name: str = "") -> Path:
    """Make a folder `YYYY-MM-DD_HH-MM-SS[_name]`, with a number behind where it exists.

    Args:
        parent: made if missing.
        started: local time of the start.
        name: free text; what file systems refuse is replaced, what is too long is cut.

    Raises:
        SessionError: if the folder cannot be made.
    """
    base = started.strftime("%Y-%m-%d_%H-%M-%S")
    if fit := fit_name(name):
        base = f"{base}_{fit}"
    number = 1
    while True:
        folder = parent / (base if number == 1 else f"{base}_{number}")
        try:
            folder.mkdir(mode=PRIVATE_FOLDER, parents=True)
            return folder
        except FileExistsError:
            number += 1
            if not parent.is_dir():
                raise SessionError(said("{parent} is no folder", parent=parent)) from None
        except OSError as error:
            raise SessionError(
                said("{folder} cannot be made: {error}", folder=folder, error=error)
            ) from error


def find_unclosed(parent: Path, quiet_s: float = QUIET_S) -> list[Path]:
    """Sessions in `parent` that a crash left open and a repair can help, oldest first.

    Those that still are recorded are left out, and those of which nothing can be read.
    """
    if not parent.is_dir():
        return []
    return [
        folder
        for folder in sorted(parent.iterdir())
        if is_unclosed(folder) and not is_busy(folder, quiet_s) and _has_beginning(folder)
    ]


def is_unclosed(folder: Path) -> bool:
    """Whether the folder holds a session without its summary, which is written last."""
    return (folder / LOG_FILE).is_file() and not (folder / SUMMARY_FILE).exists()


def is_busy(folder: Path, quiet_s: float = QUIET_S) -> bool:
    """Whether the session is still being recorded: its recorder holds a lock on the log.

    Where the file system knows no locks, whether it was written within the last `quiet_s` seconds.
    """
    log = folder / LOG_FILE
    try:
        with log.open("rb") as file:
            return not try_lock(file)
    except FileNotFoundError:
        return False
    except OSError:
        return log.is_file() and 0 <= time.time() - log.stat().st_mtime < quiet_s


def _has_beginning(folder: Path) -> bool:
    from das_app.session.reader import Salvage  # brings what reads sessions

    try:
        return Salvage(folder / LOG_FILE).origin is not None
    except OSError:
        return False


def fit_name(name: str) -> str:
    """The name as every common file system takes it, at most 120 bytes of UTF-8."""
    fit = _UNFIT.sub("_", name.strip())
    fit = fit.encode("utf-8", "ignore")[:_MAX_NAME_BYTES].decode("utf-8", "ignore")
    return fit.strip(" .")
