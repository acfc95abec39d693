"""Writing files whole or not at all: settings, kept calibrations, summaries, exports."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

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
    """Write a text in UTF-8, as `whole_file` does."""
    with whole_file(path) as new:
        new.write_text(text, encoding="utf-8", newline="\n")
