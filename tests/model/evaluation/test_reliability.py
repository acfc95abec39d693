"""The reliability curve of scores, by hand."""

import math

import numpy as np
import pytest

from das_model.evaluation.reliability import reliability


def test_bins_and_calibration_error_by_hand():
    scores = np.array([0.82, 0.84, 0.86, 0.88, 0.12, 0.18])
    is_right = np.array([True, True, True, False, False, False])
    table = reliability(scores, is_right)
    assert table["score 0.8-0.9/mean_score"] == pytest.approx(0.85)
    assert table["score 0.8-0.9/right"] == 0.75
    assert table["score 0.8-0.9/num_people"] == 4
    assert table["score 0.1-0.2/right"] == 0
    # 4 people 0.10 off, 2 people 0.15 off
    assert table["score/ece"] == pytest.approx((4 * 0.10 + 2 * 0.15) / 6)
    assert "score 0.5-0.6/right" not in table
    # of those from 0.15 on: 4 people 0.10 off, one 0.18
    assert reliability(scores, is_right, 0.15)["score/ece"] == pytest.approx((0.4 + 0.18) / 5)


def test_a_score_of_one_is_in_the_last_bin_and_nobody_is_nan():
    assert reliability(np.ones(1), np.ones(1, bool))["score/ece"] == 0
    assert math.isnan(reliability(np.zeros(0), np.zeros(0, bool))["score/ece"])
