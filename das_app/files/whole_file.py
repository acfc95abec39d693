"""Atomic writing of files: whole or not at all."""

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700  # for their owner only
_MAX_STEM_BYTES = 60  # of a temporary name; file systems take 255 with all that comes on top


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A temporary path beside `path` that takes its place at the end, if all went well.

    The folder is made if missing, and the disk has the content before the name points to it.

    Raises:
        OSError: if the file cannot be written; what was there before still is.
    """
    stem = path.stem.encode("utf-8", "ignore")[:_MAX_STEM_BYTES].decode("utf-8", "ignore")
    temporary = path.with_name(f".{stem}.writing{path.suffix}")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        yield temporary
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def write_whole(path: Path, text: str) -> None:
    """Write a text in UTF-8, as `whole_file` does; only its owner may read it."""
    with whole_file(path) as new:
        new.touch(mode=PRIVATE_FILE)
        new.write_text(text, encoding="utf-8", newline="\n")


def open_private(path: Path) -> io.FileIO:
    """A new file that only its owner may read. Raises OSError if it exists."""

    def opener(name: str, flags: int) -> int:
        return os.open(name, flags, PRIVATE_FILE)

    return open(path, "xb", buffering=0, opener=opener)
