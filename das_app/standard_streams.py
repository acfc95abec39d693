"""Standard output and error that may go away: a pipe whose reader ends, a terminal that closes.

A command does its work to the end nevertheless; what nobody can read is left out. Output that was
meant to be kept and could not, as on a full disk, is a failure of the command, told at its end.
"""

import errno
import io
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_NOBODY_READS = (errno.EPIPE, errno.EIO)  # a pipe without a reader, a terminal that is gone


class StandardStreams:
    """Puts lasting streams in the place of the interpreter's own, and of those that are closed."""

    def __init__(self) -> None:
        for descriptor in range(3):
            try:
                os.fstat(descriptor)
            except OSError:  # else the next file opened would get its number, and be written to
                os.open(os.devnull, os.O_RDWR)
        self._files: list[_LastingFile] = []
        sys.stdout = self._lasting(sys.stdout, sys.__stdout__, 1)
        sys.stderr = self._lasting(sys.stderr, sys.__stderr__, 2)

    def _lasting(self, stream: TextIO | None, own: TextIO | None, descriptor: int) -> TextIO:
        is_ours = stream is own and not (sys.platform == "win32" and stream and stream.isatty())
        if stream is not None and not is_ours:
            return stream
        file = _LastingFile(descriptor, "w", closefd=False)
        self._files.append(file)
        encoding, errors = ("utf-8", "backslashreplace")
        if stream is not None:
            encoding, errors = stream.encoding, stream.errors or errors
        buffered = io.BufferedWriter(file)
        return io.TextIOWrapper(buffered, encoding, errors, line_buffering=True)

    def problem(self) -> str:
        """Why something could not be written that was meant to be kept; mostly empty."""
        with suppress(OSError, ValueError):
            sys.stdout.flush()
        return next((file.problem for file in self._files if file.problem), "")


class _LastingFile(io.FileIO):
    """A file that takes everything, also what it cannot write."""

    problem = ""

    def write(self, data: "ReadableBuffer", /) -> int:
        try:
            return super().write(data)
        except OSError as error:
            if error.errno not in _NOBODY_READS:
                self.problem = error.strerror or str(error)
            return memoryview(data).nbytes
