"""Optimal pairing of a few rows and columns, as of people and tracks in a frame.

SciPy has the same for any size; its import alone takes longer than all else at the start of the
window, and a frame has tens of people.
"""

import numpy as np


def assignment(cost: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The pairs with the least sum of costs, by shortest augmenting paths.

    Args:
        cost: (N, M) finite.

    Returns:
        rows, columns: min(N, M) pairs, rows rising.

    Raises:
        ValueError: if a cost is not finite.
    """
    if not np.isfinite(cost).all():
        raise ValueError("costs of an assignment must be finite")
    if cost.shape[0] > cost.shape[1]:
        columns, rows = assignment(cost.T)
        order = np.argsort(rows)
        return rows[order], columns[order]
    num_rows, num_columns = cost.shape
    if not num_rows:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    nearest = cost.argmin(axis=1)
    if len(set(nearest.tolist())) == num_rows:
        return np.arange(num_rows), nearest
    row_of = np.full(num_columns, -1)
    of_rows, of_columns = np.zeros(num_rows), np.zeros(num_columns)  # the dual solution
    for row in range(num_rows):
        _pair_one_more(row, cost, row_of, of_rows, of_columns)
    columns = np.flatnonzero(row_of >= 0)
    order = np.argsort(row_of[columns])
    return np.arange(num_rows), columns[order]


def _pair_one_more(
    row: int,
    cost: np.ndarray,
    row_of: np.ndarray,
    of_rows: np.ndarray,
    of_columns: np.ndarray,
) -> None:
    """Pair `row`, too: along the shortest path over reduced costs to a free column."""
    shortest = np.full(len(row_of), np.inf)
    before = np.full(len(row_of), -1)  # the column before each on its path
    is_done = np.zeros(len(row_of), dtype=bool)
    here, column, length = row, -1, 0.0
    while here >= 0:
        through = length + cost[here] - of_rows[here] - of_columns
        is_better = ~is_done & (through < shortest)
        shortest[is_better], before[is_better] = through[is_better], column
        column = int(np.where(is_done, np.inf, shortest).argmin())
        length, is_done[column] = shortest[column], True
        here = row_of[column]
    passed = np.flatnonzero(is_done & (row_of >= 0))
    of_rows[row_of[passed]] += length - shortest[passed]
    of_rows[row] += length
    of_columns[is_done] -= length - shortest[is_done]
    while before[column] >= 0:
        row_of[column] = row_of[before[column]]
        column = before[column]
    row_of[column] = row
