"""What a row of an ablation changes, with its standard error: the same people, several seeds.

Two things make a difference of means uncertain: which people were measured, told by a bootstrap
over them, and which seed the training had, told by the spread over seeds. Both count.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from das_model.reproduction.paper_tables import markdown

_NUM_RESAMPLED, _CLEAR = 1000, 2.0  # standard errors


@dataclass(frozen=True, slots=True)
class Change:
    """A row beside the baseline, in the unit of what was measured.

    Args:
        mean: over people and seeds.
        change: of it, over the same people and seeds.
        error: standard error of the change; NaN with one seed.
    """

    mean: float
    change: float
    error: float

    def verdict(self, expected: float) -> str:
        """Whether the change is there, and whether it points as the expected one does."""
        if math.isnan(self.error):
            return "one seed: not known"
        if abs(self.change) <= _CLEAR * self.error:
            return "no difference"
        if math.isnan(expected):
            return "better" if self.change < 0 else "worse"
        return "as in the paper" if self.change * expected > 0 else "the other way"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table.

    Args:
        title: what it has.
        paper_mm: MPJPE in the paper, NaN for a row that it does not have.
    """

    title: str
    paper_mm: float


def changes(errors: Mapping[str, np.ndarray], baseline: str) -> dict[str, Change]:
    """Each row beside the baseline.

    Args:
        errors: by row (S, P) of P people, the same in every row, after training with S seeds;
            the less the better.
        baseline: name of a row.

    Raises:
        ValueError: if rows do not agree in shape.
    """
    base = errors[baseline]
    told = {}
    for name, row in errors.items():
        if row.shape != base.shape:
            raise ValueError(f"{name} must be {base.shape} like {baseline}, got {row.shape}")
        difference = row - base
        among_people = bootstrap_error(difference.mean(axis=0))
        num_seeds = len(row)
        spread = np.std(difference.mean(axis=1), ddof=1) if num_seeds > 1 else math.nan
        told[name] = Change(
            float(row.mean()),
            float(difference.mean()),
            math.hypot(among_people, float(spread) / math.sqrt(num_seeds)),
        )
    return told


def bootstrap_error(values: np.ndarray) -> float:
    """Standard error of the mean of (P,) values, from means of P drawn with replacement."""
    rng = np.random.default_rng(0)
    drawn = (rng.integers(0, len(values), len(values)) for _ in range(_NUM_RESAMPLED))
    return float(np.std([values[chosen].mean() for chosen in drawn], ddof=1))


def table(rows: Mapping[str, Row], errors: Mapping[str, np.ndarray], baseline: str) -> str:
    """Markdown: a line for each row, dashes for those that are not measured yet."""
    told = changes(errors, baseline) if baseline in errors else {}
    lines = []
    for name, row in rows.items():
        expected = row.paper_mm - rows[baseline].paper_mm
        paper = ("-", "-") if math.isnan(expected) else (f"{row.paper_mm:.1f}", f"{expected:+.1f}")
        ours = ("-", "-", "-")
        if (change := told.get(name)) and name != baseline:
            between = f"{change.change:+.1f} ± {_figure(change.error)}"
            ours = (f"{change.mean:.1f}", between, change.verdict(expected))
        elif change:
            ours = (f"{change.mean:.1f}", "-", "-")
        lines.append([row.title, *paper, *ours])
    head = ["row", "paper, mm", "change", "ours, mm", "change ± standard error", "direction"]
    return markdown(head, lines)


def _figure(value: float) -> str:
    return "?" if math.isnan(value) else f"{value:.1f}"
