"""Logging: rotating file, warnings to stderr in a line each, hooks for uncaught errors."""

import copy
import faulthandler
import logging
import sys
import threading
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from das_app.files.crash_log import CRASH_FILE
from das_app.files.whole_file import PRIVATE_FILE, PRIVATE_FOLDER

_FORMAT = "%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s"
_TERMINAL_FORMAT = "%(levelname)s: %(message)s"
_MAX_BYTES = 2_000_000
_NUM_BACKUPS = 3
_log = logging.getLogger("das_app")


def start_logging(folder: Path) -> None:
    """Log to `folder` and stderr, uncaught errors of any thread and hard crashes included.

    Where an error that was caught comes from stands in the file alone, if there is one.
    """
    terminal = logging.StreamHandler()
    terminal.setLevel(logging.WARNING)
    terminal.setFormatter(logging.Formatter(_TERMINAL_FORMAT))
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    root.addHandler(terminal)
    sys.excepthook = _log_uncaught
    threading.excepthook = _log_uncaught_in_thread
    try:
        folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        file = _PrivateFileHandler(
            folder / "das-app.log", maxBytes=_MAX_BYTES, backupCount=_NUM_BACKUPS, encoding="utf-8"
        )
        (folder / CRASH_FILE).touch(mode=PRIVATE_FILE)
        crashes = (folder / CRASH_FILE).open("a", encoding="utf-8")
    except OSError as error:
        _log.warning("no log file: %s", error)
        faulthandler.enable()
        return
    file.setFormatter(logging.Formatter(_FORMAT))
    root.addHandler(file)
    terminal.setFormatter(_InLines(_TERMINAL_FORMAT))
    faulthandler.enable(file=crashes)  # keeps the file open until the process ends


class _InLines(logging.Formatter):
    """Caught errors by their messages; of uncaught ones the traceback, too."""

    def format(self, record: logging.LogRecord) -> str:
        """The text of a record."""
        error = record.exc_info[1] if record.exc_info else None
        if error is None or record.levelno >= logging.CRITICAL:
            return super().format(record)
        short = copy.copy(record)
        short.exc_info = short.exc_text = None
        return f"{super().format(short)}: {str(error) or type(error).__name__}"


class _PrivateFileHandler(RotatingFileHandler):
    """Its files can be read by their owner only; they name people's files and addresses."""

    def _open(self) -> TextIOWrapper:
        Path(self.baseFilename).touch(mode=PRIVATE_FILE)
        return super()._open()


def _log_uncaught(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    _log.critical("uncaught error", exc_info=(kind, error, trace))


def _log_uncaught_in_thread(caught: threading.ExceptHookArgs) -> None:
    error = caught.exc_value or caught.exc_type()
    name = caught.thread.name if caught.thread else "a thread"
    _log.critical(
        "uncaught error in %s", name, exc_info=(caught.exc_type, error, caught.exc_traceback)
    )
