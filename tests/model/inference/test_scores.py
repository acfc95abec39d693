"""Scores of people: their product, and the probability that a calibrated model tells."""

import json
from pathlib import Path

import numpy as np
import pytest

from das_model.inference.scores import (
    METADATA_KEY,
    ScoreCalibration,
    score_product,
    scores_of_model,
)

FILE = Path("m.onnx")
JOINTS = np.array([[0.2, 0.4], [1.0, 0.0]])


def test_the_product_is_of_the_location_and_the_mean_joint():
    np.testing.assert_allclose(score_product(np.array([0.5, 0.8]), JOINTS), [0.15, 0.4])


def test_the_calibrated_score_is_a_logistic_of_both():
    calibration = ScoreCalibration(intercept=-1.0, logit_score=2.0, joint_score=3.0)
    scores = calibration(np.array([0.5, 0.8]), JOINTS)
    log_odds = [-1 + 2 * 0 + 3 * 0.3, -1 + 2 * np.log(4) + 3 * 0.5]
    np.testing.assert_allclose(scores, 1 / (1 + np.exp(-np.array(log_odds))))
    edges = calibration(np.array([0.0, 1.0]), JOINTS)
    assert np.isfinite(edges).all()
    assert edges[0] < 1e-6
    assert edges[1] > 1 - 1e-6


def test_a_model_tells_its_calibration_or_gets_the_product():
    calibration = ScoreCalibration(0.5, 1.5, 2.5)
    assert scores_of_model(calibration.metadata(), FILE) == calibration
    assert scores_of_model({}, FILE) is score_product


@pytest.mark.parametrize(
    "text", ["nothing", "[1, 2, 3]", "{}", json.dumps({"intercept": "x"}), "3"]
)
def test_a_broken_calibration_is_refused_by_name(text):
    with pytest.raises(ValueError, match=r"m\.onnx: score_calibration in its metadata must be"):
        scores_of_model({METADATA_KEY: text}, FILE)
