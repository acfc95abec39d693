"""Changes of who is who in a session, one by one."""

import math
from dataclasses import dataclass
from enum import StrEnum

from das_app.words.said import marked, said


class EditKind(StrEnum):
    """Kind of an edit of a track."""

    MERGE = "merge"  # all of the other one becomes this one
    SPLIT = "split"  # from a time on it is the other one, which is new
    SWAP = "swap"  # from a time on both are each other
    DROP = "drop"  # it is left out


@dataclass(frozen=True, slots=True)
class PersonEdit:
    """One change of who is who, of the ids as the changes before it left them.

    Args:
        kind: of the change.
        track_id: that it is about.
        other: the other track id; -1 where one is dropped.
        from_s: time of the first frame that a split or a swap changes.

    Raises:
        ValueError: if an id is missing, or both are the same, or the time is no time.
    """

    kind: EditKind
    track_id: int
    other: int = -1
    from_s: float = 0.0

    def __post_init__(self) -> None:
        is_lone = self.kind is EditKind.DROP
        if self.track_id < 0 or (self.other < 0) is not is_lone or self.other == self.track_id:
            raise ValueError(
                f"{self.kind} takes {'one person' if is_lone else 'two different people'}, "
                f"got {self.track_id} and {self.other}"
            )
        if not 0 <= self.from_s < math.inf:
            raise ValueError(f"{self.kind} takes a time from 0 on, got {self.from_s}")

    @property
    def is_timed(self) -> bool:
        """Whether it changes frames from a time on; else it changes all."""
        return self.kind in (EditKind.SPLIT, EditKind.SWAP)

    @property
    def text(self) -> str:
        """The edit, in words."""
        template = {
            EditKind.MERGE: marked("#{other} merged into #{one}"),
            EditKind.SPLIT: marked("#{one} split: #{other} from {from_s:.2f} s"),
            EditKind.SWAP: marked("#{one} and #{other} swapped from {from_s:.2f} s"),
            EditKind.DROP: marked("#{one} left out"),
        }[self.kind]
        return said(template, one=self.track_id, other=self.other, from_s=self.from_s)
