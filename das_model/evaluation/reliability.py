"""Reliability diagram and calibration error of scores."""

import numpy as np

from das_model.evaluation.metrics import ratio

NUM_BINS = 10


def reliability(
    scores: np.ndarray, is_right: np.ndarray, min_score: float = 0.0
) -> dict[str, float]:
    """Rows "score LOW-HIGH/" of ten equal bins, and the expected calibration error.

    Args:
        scores: (N,) in [0, 1].
        is_right: (N,) bool.
        min_score: of the people over whom the calibration error is taken.

    Returns:
        "score 0.3-0.4/mean_score", "score 0.3-0.4/right" (the share) and
        "score 0.3-0.4/num_people" of the bins that hold somebody, and "score/ece": the mean over
        people from `min_score` on of how far the share is from the mean score in their bin
        (Guo et al. 2017).
    """
    bins = np.clip((scores * NUM_BINS).astype(int), 0, NUM_BINS - 1)
    shown = scores >= min_score
    table: dict[str, float] = {}
    error = 0.0
    for b in range(NUM_BINS):
        inside = bins == b
        if not inside.any():
            continue
        mean, right = float(scores[inside].mean()), float(is_right[inside].mean())
        error += _gap(scores[inside & shown], is_right[inside & shown])
        row = {"mean_score": mean, "right": right, "num_people": float(inside.sum())}
        title = f"score {b / NUM_BINS:g}-{(b + 1) / NUM_BINS:g}"
        table |= {f"{title}/{name}": value for name, value in row.items()}
    return {"score/ece": ratio(error, shown.sum())} | table


def _gap(scores: np.ndarray, is_right: np.ndarray) -> float:
    """Difference between the number of true people and the sum of their scores."""
    return abs(float(scores.sum()) - float(is_right.sum()))
