"""Reader of small text files of foreign origin: regular, of limited size, UTF-8."""

from pathlib import Path

MAX_BYTES = 1 << 20  # of settings, calibrations, edits and summaries, which have a few KiB


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
