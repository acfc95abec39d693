"""Who is who in a session: all changes of track ids at once, looked up by the time."""

from bisect import bisect_right
from collections.abc import Sequence

import numpy as np

from das_app.session.people.person_edit import EditKind, PersonEdit

DROPPED = -2  # in place of a track id
_INTERVALS = 256  # of a table


class WhoIsWho:
    """What recorded track ids have become after all changes.

    Between two times of changes an id becomes the same one in all frames. So a table is made, once
    for some hundred of such intervals, and a frame's ids are looked up in it, which takes as long
    for ten changes as for ten thousand.

    Args:
        edits: in order.
    """

    def __init__(self, edits: Sequence[PersonEdit]) -> None:
        self._edits = edits
        self._times_s = sorted({edit.from_s for edit in edits if edit.is_timed})
        ids = {track_id for edit in edits for track_id in (edit.track_id, edit.other)}
        self._ids = np.array(sorted(ids - {-1}), np.int64)
        self._table: tuple[int, np.ndarray] = (-1, np.zeros((0, 0), np.int64))  # number, content

    def track_ids(self, recorded: np.ndarray, time_s: float) -> np.ndarray:
        """(P,) ids of a frame's people, recorded (P,), after all changes; -2 for left out."""
        if not len(self._ids):
            return recorded
        number, interval = divmod(bisect_right(self._times_s, time_s), _INTERVALS)
        known, table = self._table  # read at once: two threads may ask
        if known != number:
            table = self._tabled(number)
            self._table = (number, table)
        rows = np.minimum(np.searchsorted(self._ids, recorded), len(self._ids) - 1)
        return np.where(self._ids[rows] == recorded, table[rows, interval], recorded)

    def _tabled(self, number: int) -> np.ndarray:
        """(ids, intervals) ids after all changes, of the intervals of one table.

        The last change comes first: what its people become is known then for each change before.
        """
        first = number * _INTERVALS
        width = min(_INTERVALS, len(self._times_s) + 1 - first)
        become = np.repeat(self._ids[:, None], width, axis=1)
        row_of = {track_id: row for row, track_id in enumerate(self._ids.tolist())}
        for edit in reversed(self._edits):
            one, other = row_of[edit.track_id], row_of.get(edit.other, -1)
            if edit.kind is EditKind.MERGE:
                become[other] = become[one]
            elif edit.kind is EditKind.DROP:
                become[one] = DROPPED
            else:
                start = max(0, bisect_right(self._times_s, edit.from_s) - first)
                later = become[other, start:].copy()
                if edit.kind is EditKind.SWAP:
                    become[other, start:] = become[one, start:]
                become[one, start:] = later
        return become
