"""Edits of a session: names of people, who is who, how tall they are, and the trimmed range.

Kept in `edits.json` beside the recording, which is never touched: without the file everything is
as it was recorded.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from das_app.files.foreign_text import printable
from das_app.files.small_file import read_small_text
from das_app.files.whole_file import write_whole
from das_app.motion.kinematics import MAX_SCALE, MIN_SCALE, resized
from das_app.session.people.person_edit import EditKind, PersonEdit
from das_app.session.people.who_is_who import DROPPED, WhoIsWho
from das_app.session.types import SessionError
from das_app.words.said import said
from das_model.people import People, TrackId

EDITS_FILE = "edits.json"
MAX_NAME = 40  # characters
_VERSION, _VERSION_WITHOUT_PEOPLE = 2, 1
MAX_CHANGES = 10_000  # of who is who
_MAX_BYTES = 4 << 20  # of the file


@dataclass(frozen=True, slots=True)
class SessionEdits:
    """Names, people, their sizes, and trim of a session.

    Args:
        names: by track id; several may share a name.
        start_s: time of the first frame that counts.
        end_s: time of the last frame that counts; infinite for the session's last.
        people: changes of who is who, in order.
        scales: by track id, how many times larger, and further away, somebody is than the model
            took them for.

    Raises:
        ValueError: if a scale is not from 0.3 to 3, the trimmed range is empty, or a name is
            empty or over 40 characters.
    """

    names: Mapping[int, str] = field(default_factory=dict)
    start_s: float = 0.0
    end_s: float = math.inf
    people: tuple[PersonEdit, ...] = ()
    scales: Mapping[int, float] = field(default_factory=dict)
    _who: WhoIsWho = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_who", WhoIsWho(self.people))
        if not 0 <= self.start_s <= self.end_s:
            raise ValueError(f"trim must be 0 <= start <= end, got {self.start_s}, {self.end_s}")
        for track_id, scale in self.scales.items():
            if not MIN_SCALE <= scale <= MAX_SCALE:
                raise ValueError(
                    f"person {track_id} can be {MIN_SCALE:g} to {MAX_SCALE:g} times as large "
                    f"as they were taken for, got {scale:.2f}"
                )
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

    def scaled_by(self, track_id: int, scale: float | None) -> "SessionEdits":
        """With another size of a person, against what the model saw; None takes it away."""
        scales = {known: own for known, own in self.scales.items() if known != track_id}
        if scale is not None:
            scales[track_id] = scale
        return replace(self, scales=dict(sorted(scales.items())))

    def resized(self, people: People) -> People:
        """The people of a frame, each larger or smaller about the lens, so in the same pixels."""
        return resized(people, self.scales)

    def begun_at(self, time_s: float) -> "SessionEdits":
        """Beginning at a time; an end before it is taken away."""
        end_s = self.end_s if self.end_s >= time_s else math.inf
        return replace(self, start_s=max(0.0, time_s), end_s=end_s)

    def ended_at(self, time_s: float) -> "SessionEdits":
        """Ending at a time; a beginning after it is taken away."""
        return replace(self, start_s=self.start_s if self.start_s <= time_s else 0.0, end_s=time_s)

    def merged(self, track_id: int, other: int) -> "SessionEdits":
        """With all of another person as part of this one, who takes over a name that only the
        other one had."""
        edits = self._with(PersonEdit(EditKind.MERGE, track_id, other))
        name = self.names.get(other, "")
        return edits.named(track_id, name) if name and track_id not in self.names else edits

    def split(self, track_id: int, new_id: int, from_s: float) -> "SessionEdits":
        """With somebody new in place of this person from a time on."""
        return self._with(PersonEdit(EditKind.SPLIT, track_id, new_id, from_s))

    def swapped(self, track_id: int, other: int, from_s: float) -> "SessionEdits":
        """With two people exchanged from a time on."""
        return self._with(PersonEdit(EditKind.SWAP, track_id, other, from_s))

    def dropped(self, track_id: int) -> "SessionEdits":
        """Without this person."""
        return self._with(PersonEdit(EditKind.DROP, track_id))

    def undone(self) -> "SessionEdits":
        """Without the last change of who is who."""
        return replace(self, people=self.people[:-1])

    def track_ids(self, recorded: np.ndarray, time_s: float) -> np.ndarray:
        """(P,) ids of a frame's people, recorded (P,), after all changes; -2 for left out."""
        return self._who.track_ids(recorded, time_s)

    def edited(self, people: People, time_s: float) -> People:
        """The recorded people of a frame after all changes; where two have become one, the surer
        of them stays."""
        if not self.people:
            return people
        ids = self.track_ids(people.track_ids, time_s)
        surest = np.lexsort((np.arange(len(ids)), -people.scores))
        _, first = np.unique(ids[surest], return_index=True)
        is_first = np.zeros(len(ids), dtype=bool)
        is_first[surest[first]] = True
        stays = (ids != DROPPED) & (is_first | (ids == -1))
        return replace(people, track_ids=ids.astype(np.int64)).where(stays)

    def _with(self, edit: PersonEdit) -> "SessionEdits":
        return replace(self, people=(*self.people, edit))

    def untrimmed(self) -> "SessionEdits":
        """With everything counting."""
        return replace(self, start_s=0.0, end_s=math.inf)


class PersonSpan(NamedTuple):
    """When a person is in a session: first and last time, and frames between them."""

    first_s: float
    last_s: float
    num_frames: int


Sightings = Sequence[tuple[float, np.ndarray]]  # time and (P,) recorded track ids of every frame


def people_spans(sightings: Sightings, edits: SessionEdits) -> dict[TrackId, PersonSpan]:
    """When each person is there after the edits, by track id."""
    spans: dict[TrackId, PersonSpan] = {}
    for time_s, recorded in sightings:
        for number in np.unique(edits.track_ids(recorded, time_s)).tolist():
            if number >= 0:
                first_s, _, num = spans.get(TrackId(number), (time_s, time_s, 0))
                spans[TrackId(number)] = PersonSpan(first_s, time_s, num + 1)
    return dict(sorted(spans.items()))


def free_track_id(sightings: Sightings, edits: SessionEdits) -> TrackId:
    """One more than the greatest that was ever given."""
    recorded = [int(ids.max()) for _, ids in sightings if len(ids)]
    edited = [max(edit.track_id, edit.other) for edit in edits.people]
    return TrackId(max([0, *recorded, *edited]) + 1)


def load_edits(folder: Path) -> SessionEdits:
    """The edits of a session; none when there is no file.

    Raises:
        SessionError: if the file cannot be used.
    """
    path = folder / EDITS_FILE
    try:
        values = json.loads(read_small_text(path, _MAX_BYTES))
        if values["version"] not in (_VERSION_WITHOUT_PEOPLE, _VERSION):
            raise ValueError(f"version {values['version']}; this version reads 1 to {_VERSION}")
        names = {int(track_id): printable(str(n)) for track_id, n in values["names"].items()}
        end_s = math.inf if values["end_s"] is None else float(values["end_s"])
        _require_bounded(len(values.get("people", ())))
        people = tuple(_person_edit(edit) for edit in values.get("people", ()))
        scales = {int(n): float(scale) for n, scale in values.get("scales", {}).items()}
        return SessionEdits(names, float(values["start_s"]), end_s, people, scales)
    except FileNotFoundError:
        return SessionEdits()
    except Exception as error:  # whatever reading a foreign file raises
        raise SessionError(
            said(
                "{path} cannot be used ({error}); without it the session opens with no "
                "names and untrimmed",
                path=path,
                error=printable(repr(error)),
            )
        ) from error


def save_edits(folder: Path, edits: SessionEdits) -> None:
    """Write the edits whole or not at all; edits that say nothing take the file away.

    Raises:
        SessionError: if the folder cannot be written, or they are more than could be read again.
    """
    path = folder / EDITS_FILE
    try:
        if edits == SessionEdits():
            path.unlink(missing_ok=True)
            return
        values = {
            "version": _VERSION if edits.people else _VERSION_WITHOUT_PEOPLE,
            "names": {str(track_id): name for track_id, name in edits.names.items()},
            "start_s": edits.start_s,
            "end_s": None if math.isinf(edits.end_s) else edits.end_s,
        }
        if edits.people:
            values["people"] = [asdict(edit) for edit in edits.people]
        if edits.scales:
            values["scales"] = {str(track_id): scale for track_id, scale in edits.scales.items()}
        text = json.dumps(values, indent=1, ensure_ascii=False) + "\n"
        _require_bounded(len(edits.people), len(text.encode("utf-8")))
        write_whole(path, text)
    except (OSError, ValueError) as error:
        raise SessionError(
            said("{path} cannot be written: {error}", path=path, error=error)
        ) from error


def _require_bounded(num_changes: int, num_bytes: int = 0) -> None:
    """Raises ValueError for more than is read again."""
    if num_changes > MAX_CHANGES:
        raise ValueError(f"at most {MAX_CHANGES} changes of people are kept, got {num_changes}")
    if num_bytes > _MAX_BYTES:
        raise ValueError(f"at most {_MAX_BYTES} bytes are kept, got {num_bytes}")


def _person_edit(values: dict[str, Any]) -> PersonEdit:
    """Inverse of `asdict`. Raises ValueError, KeyError or TypeError for other content."""
    ids = values["track_id"], values["other"]
    if any(type(track_id) is not int or track_id >= 1 << 53 for track_id in ids):
        raise ValueError(f"track ids must be whole numbers, got {ids}")
    return PersonEdit(EditKind(values["kind"]), *ids, float(values["from_s"]))
