"""Scores of people from location, joint scores and heat, calibrated or not.

How much heat lies at a person's joints ranks people on photos better than what the network says
of the location and of joints (+2.5 points of OKS AP on validation photos, docs/experiments.md). A
model that was calibrated (`scripts/calibrate_scores.py`) tells how likely it is that the person
is there: a logistic function of all three, fitted on photos that no run is trained on and no
figure is told of; after a second look another one, of that score and of how sure the look is.
Others tell the location score times the mean joint score, and after a second look the geometric
mean of score and sureness.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TypeVar

import numpy as np

METADATA_KEY = "score_calibration"
LOOK_METADATA_KEY = "look_calibration"
_EDGE = 1e-6  # keeps logits finite

# location scores (K,), joint scores (K, J) of people and the heat at their joints (K, J), to (K,)
# in [0, 1]
ScorePeople = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]
# scores of people before a second look (K,) and its sureness (K,), to (K,) in [0, 1]
ScoreLooks = Callable[[np.ndarray, np.ndarray], np.ndarray]


def location_score(scores: np.ndarray, joint_scores: np.ndarray, heat: np.ndarray) -> np.ndarray:
    """The location score alone, as the paper has it."""
    return scores


def score_product(scores: np.ndarray, joint_scores: np.ndarray, heat: np.ndarray) -> np.ndarray:
    """Location score times mean joint score."""
    return scores * joint_scores.mean(axis=1)


@dataclass(frozen=True, slots=True)
class ScoreCalibration:
    """Probability that a person is there.

    Args:
        intercept: log odds at a location score of one half and joint scores of 0.
        logit_score: log odds more for each of the location score's.
        joint_score: log odds more for a mean joint score of 1.
        heat: log odds more for a `mean_heat` of 1; 0 for models without a heat map.
    """

    intercept: float
    logit_score: float
    joint_score: float
    heat: float = 0.0

    def __call__(
        self, scores: np.ndarray, joint_scores: np.ndarray, heat: np.ndarray
    ) -> np.ndarray:
        """(K,) of location scores (K,), joint scores (K, J) and heat (K, J)."""
        log_odds = features(scores, joint_scores.mean(axis=1), mean_heat(heat)) @ np.array(
            [self.intercept, self.logit_score, self.joint_score, self.heat]
        )
        return 1 / (1 + np.exp(-log_odds))

    def metadata(self) -> dict[str, str]:
        """As an entry of a model's metadata, in JSON."""
        return {METADATA_KEY: json.dumps(asdict(self))}


@dataclass(frozen=True, slots=True)
class LookCalibration:
    """Probability that a person who was looked at again is there.

    Args:
        intercept: log odds at a first score of one half and a sureness of 0.
        logit_score: log odds more for each of the first score's.
        sureness: log odds more for a sureness of 1.
    """

    intercept: float
    logit_score: float
    sureness: float

    def __call__(self, first_scores: np.ndarray, sureness: np.ndarray) -> np.ndarray:
        """(K,) of scores before the look (K,) and `mean_heat` of its joint scores (K,)."""
        log_odds = look_features(first_scores, sureness) @ np.array(
            [self.intercept, self.logit_score, self.sureness]
        )
        return 1 / (1 + np.exp(-log_odds))

    def metadata(self) -> dict[str, str]:
        """As an entry of a model's metadata, in JSON."""
        return {LOOK_METADATA_KEY: json.dumps(asdict(self))}


_Calibration = TypeVar("_Calibration", ScoreCalibration, LookCalibration)


def mean_heat(heat: np.ndarray) -> np.ndarray:
    """(K,) mean heat of the better half of each person's joints (K, J): who is cut off or half
    hidden is no less a person."""
    return np.sort(heat, axis=1)[:, heat.shape[1] // 2 :].mean(axis=1)


def features(
    scores: np.ndarray, mean_joint_scores: np.ndarray, mean_heats: np.ndarray
) -> np.ndarray:
    """(K, 4) what the log odds of `ScoreCalibration` are linear in, in the order of its fields."""
    odds = _log_odds(scores)
    return np.stack([np.ones(len(odds)), odds, mean_joint_scores, mean_heats], axis=1)


def look_features(first_scores: np.ndarray, sureness: np.ndarray) -> np.ndarray:
    """(K, 3) what the log odds of `LookCalibration` are linear in, in the order of its fields."""
    odds = _log_odds(first_scores)
    return np.stack([np.ones(len(odds)), odds, sureness], axis=1)


def look_score(first_scores: np.ndarray, sureness: np.ndarray) -> np.ndarray:
    """Geometric mean of both."""
    return np.sqrt(np.maximum(0.0, first_scores * sureness))


def scores_of_model(metadata: Mapping[str, str], file: Path) -> ScorePeople:
    """The calibration in a model's metadata; the plain product for a model without.

    Raises:
        ValueError: if there is one that is broken.
    """
    if METADATA_KEY not in metadata:
        return score_product
    return _read(ScoreCalibration, {"heat": 0.0}, metadata, METADATA_KEY, file)


def look_scores_of_model(metadata: Mapping[str, str], file: Path) -> ScoreLooks:
    """The calibration after a second look in a model's metadata; `look_score` for a model without.

    Raises:
        ValueError: if there is one that is broken.
    """
    if LOOK_METADATA_KEY not in metadata:
        return look_score
    return _read(LookCalibration, {}, metadata, LOOK_METADATA_KEY, file)


def _read(
    kind: type[_Calibration],
    defaults: dict[str, float],
    metadata: Mapping[str, str],
    key: str,
    file: Path,
) -> _Calibration:
    names = [field.name for field in fields(kind)]
    try:
        values = defaults | json.loads(metadata[key])
        return kind(**{name: float(values[name]) for name in names})
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(
            f"{file}: {key} in its metadata must be JSON with the numbers "
            f"{', '.join(names)}, got {metadata[key]!r}"
        ) from error


def _log_odds(scores: np.ndarray) -> np.ndarray:
    inside = np.clip(np.asarray(scores, float), _EDGE, 1 - _EDGE)
    return np.log(inside / (1 - inside))
