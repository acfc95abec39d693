"""Readers of small text files of foreign origin: regular, of limited size, UTF-8."""

import tomllib
from pathlib import Path
from typing import Any

MAX_BYTES = 1 << 20  # of settings, calibrations, edits and summaries, which have a few KiB
_MAX_KEY_PARTS = 100  # the reader of TOML needs minutes for a key of some ten thousand


def read_small_text(path: Path, max_bytes: int = MAX_BYTES) -> str:
    """The text of a file, without a byte order mark.

    Raises:
        OSError: if it cannot be read or is no regular file, such as a pipe that would block.
        ValueError: if it has more than `max_bytes` or is not in UTF-8.
    """
    if path.exists() and not path.is_file():
        raise OSError("it is no regular file")
    with path.open("rb") as file:
        data = file.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise ValueError(f"a file of at most {max_bytes} bytes was expected, it has more")
    return data.decode("utf-8-sig")


def read_small_toml(path: Path) -> dict[str, Any]:
    """The tables of a TOML file.

    Raises:
        OSError: as `read_small_text`.
        ValueError: as `read_small_text`, and if it is no TOML or has more than 100 dots in a line.
    """
    text = read_small_text(path)
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    if any(line.count(".") > _MAX_KEY_PARTS for line in lines):
        raise ValueError(f"a line of at most {_MAX_KEY_PARTS} dots was expected")
    return tomllib.loads(text)
