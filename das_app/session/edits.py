"""Edits of a session: names of people and the trimmed range.

Kept in `edits.json` beside the recording, which is never touched: without the file everything is
as it was recorded.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from das_app.files.foreign_text import printable
from das_app.files.small_file import read_small_text
from das_app.files.whole_file import write_whole
from das_app.session.types import SessionError

EDITS_FILE = "edits.json"
MAX_NAME = 40  # characters
_VERSION = 1


@dataclass(frozen=True, slots=True)
class SessionEdits:
    """Names and trim of a session.

    Args:
        names: by track id; several may share a name.
        start_s: time of the first frame that counts.
        end_s: time of the last frame that counts; infinite for the session's last.

    Raises:
        ValueError: if the part that counts is empty, or a name is empty or over 40 characters.
    """

    names: Mapping[int, str] = field(default_factory=dict)
    start_s: float = 0.0
    end_s: float = math.inf

    def __post_init__(self) -> None:
        if not 0 <= self.start_s <= self.end_s:
            raise ValueError(f"trim must be 0 <= start <= end, got {self.start_s}, {self.end_s}")
        for track_id, name in self.names.items():
            if not 0 < len(name.strip()) <= MAX_NAME:
                raise ValueError(
                    f"the name of person {track_id} must have 1 to {MAX_NAME} characters, "
                    f"got {name!r}"
                )

    @property
    def is_trimmed(self) -> bool:
        """Whether only a part counts."""
        return self.start_s > 0 or self.end_s < math.inf

    @property
    def until_s(self) -> float:
        """Just after `end_s`, as `Session.between` takes it."""
        return math.nextafter(self.end_s, math.inf)

    def named(self, track_id: int, name: str) -> "SessionEdits":
        """With another name of a person, cut to 40 characters; empty takes it away."""
        names = {known: text for known, text in self.names.items() if known != track_id}
        name = printable(name)[:MAX_NAME].strip()
        if name:
            names[track_id] = name
        return replace(self, names=dict(sorted(names.items())))

    def begun_at(self, time_s: float) -> "SessionEdits":
        """Beginning at a time; an end before it is taken away."""
        end_s = self.end_s if self.end_s >= time_s else math.inf
        return replace(self, start_s=max(0.0, time_s), end_s=end_s)

    def ended_at(self, time_s: float) -> "SessionEdits":
        """Ending at a time; a beginning after it is taken away."""
        return replace(self, start_s=self.start_s if self.start_s <= time_s else 0.0, end_s=time_s)

    def untrimmed(self) -> "SessionEdits":
        """With everything counting."""
        return replace(self, start_s=0.0, end_s=math.inf)


def load_edits(folder: Path) -> SessionEdits:
    """The edits of a session; none when there is no file.

    Raises:
        SessionError: if the file cannot be used.
    """
    path = folder / EDITS_FILE
    try:
        values = json.loads(read_small_text(path))
        if values["version"] != _VERSION:
            raise ValueError(f"version {values['version']}; this version reads {_VERSION}")
        names = {int(track_id): printable(str(n)) for track_id, n in values["names"].items()}
        end_s = math.inf if values["end_s"] is None else float(values["end_s"])
        return SessionEdits(names, float(values["start_s"]), end_s)
    except FileNotFoundError:
        return SessionEdits()
    except Exception as error:  # whatever reading a foreign file raises
        raise SessionError(
            f"{path} cannot be used ({printable(repr(error))}); without it the session opens with "
            "no names and untrimmed"
        ) from error


def save_edits(folder: Path, edits: SessionEdits) -> None:
    """Write the edits whole or not at all; edits that say nothing take the file away.

    Raises:
        SessionError: if the folder cannot be written.
    """
    path = folder / EDITS_FILE
    try:
        if edits == SessionEdits():
            path.unlink(missing_ok=True)
            return
        values = {
            "version": _VERSION,
            "names": {str(track_id): name for track_id, name in edits.names.items()},
            "start_s": edits.start_s,
            "end_s": None if math.isinf(edits.end_s) else edits.end_s,
        }
        write_whole(path, json.dumps(values, indent=1, ensure_ascii=False) + "\n")
    except OSError as error:
        raise SessionError(f"{path} cannot be written: {error}") from error
