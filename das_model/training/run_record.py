"""Record of a training run: kept in checkpoints and folder, compared at a resume.

Without torch: the command line reads it before the imports that take long.
"""

import dataclasses
import json
import platform
import struct
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Record = dict[str, object]  # as JSON has it
KEY = "run"  # in a checkpoint's metadata
_FIXED = ("recipe", "loss", "optimiser")  # what a run cannot change half-way
_FREE = ("started", "command", "revision", "versions", "start")  # what may differ without a word
_CODE = Path(__file__).resolve().parents[2]


def metadata_of(file: Path) -> dict[str, str]:
    """Metadata of a safetensors file, from its header alone.

    Raises:
        ValueError: if the file is another.
    """
    try:
        with file.open("rb") as content:
            (length,) = struct.unpack("<Q", content.read(8))
            header = json.loads(content.read(min(length, 100_000_000)))
        return dict(header.get("__metadata__", {}))
    except (struct.error, ValueError, AttributeError) as error:
        raise ValueError(f"{file}: expected a .safetensors file, got another") from error


def record_of(metadata: Mapping[str, str]) -> Record:
    """The record in a checkpoint's metadata; empty in files of older versions."""
    return json.loads(metadata.get(KEY, "{}"))


def plain(value: object) -> object:
    """A value as JSON has it: dataclasses as objects, paths as text, tuples as lists."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return plain_fields(value)
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    return value


def plain_fields(value: "DataclassInstance") -> Record:
    """The fields of a dataclass by name, as JSON has them."""
    return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}


def refused_changes(old: Record, new: Record) -> list[str]:
    """Changes that a run cannot take up: recipe, losses, optimiser."""
    return [line for name in _FIXED for line in _differences(name, old, new)]


def told_changes(old: Record, new: Record) -> list[str]:
    """Other changes, in words; none for a record of an older version."""
    names = [n for n in new if n not in _FIXED and n not in _FREE]
    return [line for name in names for line in _differences(name, old, new)]


def _differences(name: str, old: Record, new: Record) -> list[str]:
    if name not in old or name not in new or old[name] == new[name]:
        return []
    before, after = old[name], new[name]
    if isinstance(before, dict) and isinstance(after, dict):
        lines = []
        for key in before.keys() | after.keys():
            lines += [f"{name}.{line}" for line in _differences(key, before, after)]
        return sorted(lines)
    return [f"{name} {before} -> {after}"]


def revision() -> str:
    """Commit of the code, with "-dirty" if it has been changed since; "unknown" outside git."""
    command = ["git", "-C", str(_CODE), "describe", "--always", "--dirty", "--abbrev=12"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return "unknown"
    return done.stdout.strip() or "unknown"


def versions() -> dict[str, str]:
    """Of Python and the machine."""
    return {"python": platform.python_version(), "machine": platform.platform()}


def note_start(file: Path, record: Record) -> None:
    """Add a start to the list in a run's folder."""
    starts = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else []
    file.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps([*starts, record], indent=1)
    file.write_text(text + "\n", encoding="utf-8")
