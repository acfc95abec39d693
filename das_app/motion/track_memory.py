"""Memory of a filter for each track: arrays by track id, from frame to frame."""

import numpy as np

# Assumed.
FORGET_S = 1.0  # a person unseen for longer begins anew
MIN_STEP_S = 1e-3  # the same frame again changes next to nothing


class TrackMemory:
    """Arrays of people by their track ids. A step back in time forgets everybody."""

    def __init__(self) -> None:
        self._ids, self._seen_s = np.zeros(0, np.int64), np.zeros(0)
        self._values: tuple[np.ndarray, ...] = ()

    def recall(
        self, ids: np.ndarray, time_s: float, fresh: tuple[np.ndarray, ...]
    ) -> tuple[tuple[np.ndarray, ...], np.ndarray, np.ndarray]:
        """Stored rows of people.

        Args:
            ids: (N,) track ids, each once.
            time_s: now.
            fresh: arrays (N, ...) for those who are not known; not changed.

        Returns:
            Arrays as `fresh`; (N,) bool whether each is known; (N,) seconds since they were seen,
            of the known, positive.
        """
        is_recent = time_s - self._seen_s <= FORGET_S
        if np.any(self._seen_s > time_s):
            is_recent[:] = False
        where = {int(n): row for row, n in enumerate(self._ids) if is_recent[row]}
        rows = np.array([where.get(int(n), -1) for n in ids], dtype=np.int64)
        known = rows >= 0
        values = tuple(array.copy() for array in fresh)
        step_s = np.full(len(ids), MIN_STEP_S)
        if known.any():
            of = rows[known]
            for array, kept in zip(values, self._values, strict=True):
                array[known] = kept[of]
            step_s[known] = np.maximum(time_s - self._seen_s[of], MIN_STEP_S)
        self._forget(is_recent & ~np.isin(self._ids, ids))
        return values, known, step_s

    def keep(self, ids: np.ndarray, time_s: float, values: tuple[np.ndarray, ...]) -> None:
        """Keep arrays (N, ...) of the people who were recalled last."""
        if not len(self._ids):
            self._values = tuple(array[:0] for array in values)
        self._ids = np.concatenate([self._ids, ids])
        self._seen_s = np.concatenate([self._seen_s, np.full(len(ids), float(time_s))])
        both = zip(self._values, values, strict=True)
        self._values = tuple(np.concatenate(pair) for pair in both)

    def _forget(self, stays: np.ndarray) -> None:
        self._ids, self._seen_s = self._ids[stays], self._seen_s[stays]
        self._values = tuple(array[stays] for array in self._values)
