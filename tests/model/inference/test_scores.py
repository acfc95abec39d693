"""Scores of people: their product, and the probability that a calibrated model tells."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from das_model.inference.scores import (
    LOOK_METADATA_KEY,
    METADATA_KEY,
    LookCalibration,
    ScoreCalibration,
    look_score,
    look_scores_of_model,
    mean_heat,
    score_product,
    scores_of_model,
)

FILE = Path("m.onnx")
JOINTS = np.array([[0.2, 0.4], [1.0, 0.0]])
HEAT = np.array([[0.9, 0.1], [0.3, 0.5]])


def test_the_product_is_of_the_location_and_the_mean_joint():
    np.testing.assert_allclose(score_product(np.array([0.5, 0.8]), JOINTS, HEAT), [0.15, 0.4])


def test_the_calibrated_score_is_a_logistic_of_all_three():
    calibration = ScoreCalibration(intercept=-1.0, logit_score=2.0, joint_score=3.0, heat=4.0)
    scores = calibration(np.array([0.5, 0.8]), JOINTS, HEAT)
    log_odds = [-1 + 2 * 0 + 3 * 0.3 + 4 * 0.9, -1 + 2 * np.log(4) + 3 * 0.5 + 4 * 0.5]
    np.testing.assert_allclose(scores, 1 / (1 + np.exp(-np.array(log_odds))))
    edges = calibration(np.array([0.0, 1.0]), JOINTS, HEAT)
    assert np.isfinite(edges).all()
    assert edges[0] < 1e-6
    assert edges[1] > 1 - 1e-6


def test_heat_is_that_of_the_better_half_of_the_joints():
    heat = np.array([[0.0, 0.8, 0.2, 0.6], [0.0, 0.0, 0.0, 1.0]])
    np.testing.assert_allclose(mean_heat(heat), [0.7, 0.5])
    assert mean_heat(np.zeros((0, 4))).shape == (0,)


def test_a_model_tells_its_calibration_or_gets_the_product():
    calibration = ScoreCalibration(0.5, 1.5, 2.5, 3.5)
    assert scores_of_model(calibration.metadata(), FILE) == calibration
    without_heat = {METADATA_KEY: '{"intercept": 0.5, "logit_score": 1.5, "joint_score": 2.5}'}
    assert scores_of_model(without_heat, FILE) == replace(calibration, heat=0.0)
    assert scores_of_model({}, FILE) is score_product


def test_after_a_second_look_the_score_is_a_logistic_of_the_first_and_of_its_sureness():
    first, sure = np.array([0.5, 0.8]), np.array([0.2, 0.6])
    np.testing.assert_allclose(look_score(first, sure), [np.sqrt(0.1), np.sqrt(0.48)])
    calibration = LookCalibration(intercept=-1.0, logit_score=0.5, sureness=3.0)
    log_odds = [-1 + 3 * 0.2, -1 + 0.5 * np.log(4) + 3 * 0.6]
    np.testing.assert_allclose(calibration(first, sure), 1 / (1 + np.exp(-np.array(log_odds))))
    assert look_scores_of_model(calibration.metadata(), FILE) == calibration
    assert look_scores_of_model({}, FILE) is look_score
    with pytest.raises(ValueError, match=r"m\.onnx: look_calibration in its metadata must be"):
        look_scores_of_model({LOOK_METADATA_KEY: '{"intercept": 1}'}, FILE)


@pytest.mark.parametrize(
    "text", ["nothing", "[1, 2, 3]", "{}", json.dumps({"intercept": "x"}), "3"]
)
def test_a_broken_calibration_is_refused_by_name(text):
    with pytest.raises(ValueError, match=r"m\.onnx: score_calibration in its metadata must be"):
        scores_of_model({METADATA_KEY: text}, FILE)
