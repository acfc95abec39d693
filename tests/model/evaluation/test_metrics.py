"""Metrics against numbers worked out by hand, with nobody, with everybody, and with NaN."""

import math
from itertools import permutations

import numpy as np
import pytest
from pycocotools.cocoeval import Params

from das_model.evaluation.metrics import (
    COCO_SIGMAS,
    PeopleErrors,
    match_one_to_one,
    mean_distances_px,
    measure_people,
    num_correct_2d,
    person_boxes_px,
    person_sizes_px,
    ratio,
    summarise,
)

ROOT = 0


def measure(predicted, annotated, valid=None, matches=None):
    predicted, annotated = np.asarray(predicted, float), np.asarray(annotated, float)
    valid = np.ones(annotated.shape[:2], bool) if valid is None else np.asarray(valid)
    matches = (np.arange(len(predicted)),) * 2 if matches is None else matches
    return measure_people(predicted, annotated, valid, matches, ROOT)


class TestMatching:
    def test_least_total_cost_beats_the_greedy_choice(self):
        cost = np.array([[1.0, 2.0], [1.5, 9.0]])  # greedy takes 1 + 9
        predicted, annotated = match_one_to_one(cost, np.ones((2, 2), bool))
        assert list(zip(predicted, annotated, strict=True)) == [(0, 1), (1, 0)]

    def test_two_pairs_are_better_than_one_cheap_pair(self):
        cost = np.array([[0.0, 5.0], [5.0, 0.0]])
        allowed = np.array([[True, True], [True, False]])
        predicted, annotated = match_one_to_one(cost, allowed)
        assert list(zip(predicted, annotated, strict=True)) == [(0, 1), (1, 0)]

    def test_gate_and_nan_keep_apart(self):
        cost = np.array([[0.1, np.nan], [np.nan, 0.2]])
        allowed = np.array([[False, True], [True, True]])
        predicted, annotated = match_one_to_one(cost, allowed)
        assert (predicted.tolist(), annotated.tolist()) == ([1], [1])

    @pytest.mark.parametrize("shape", [(0, 3), (3, 0), (0, 0)])
    def test_nobody(self, shape):
        predicted, annotated = match_one_to_one(np.zeros(shape), np.ones(shape, bool))
        assert len(predicted) == len(annotated) == 0

    def test_agrees_with_trying_every_assignment(self):
        rng = np.random.default_rng(0)
        for _ in range(30):
            cost, allowed = rng.random((4, 4)), rng.random((4, 4)) < 0.6
            predicted, annotated = match_one_to_one(cost, allowed)
            assert allowed[predicted, annotated].all()
            best = min(
                (
                    -sum(allowed[i, j] for i, j in enumerate(order)),
                    sum(cost[i, j] for i, j in enumerate(order) if allowed[i, j]),
                )
                for order in permutations(range(4))
            )
            assert len(predicted) == -best[0]
            assert cost[predicted, annotated].sum() == pytest.approx(best[1])


class TestErrors3d:
    annotated = [[[0, 0, 2000], [0, -500, 2000], [300, 0, 2000]]]

    def test_shift_along_the_ray_hurts_only_the_absolute_errors(self):
        table = summarise(
            measure([[[0, 0, 2200], [0, -500, 2200], [300, 0, 2200]]], self.annotated)
        )
        assert table["mpjpe_mm"] == pytest.approx(0)
        assert table["pck_rel"] == 1
        assert table["pck_abs"] == 0
        assert table["root_error_mm"] == pytest.approx(200)
        assert table["root_error_ratio"] == pytest.approx(0.1)
        assert table["root_depth_error_ratio"] == pytest.approx(0.1)

    def test_sideways_root_error_is_no_depth_error(self):
        table = summarise(
            measure([[[30, 40, 2000], [0, -500, 2000], [300, 0, 2000]]], self.annotated)
        )
        assert table["root_error_mm"] == pytest.approx(50)
        assert table["root_depth_error_ratio"] == 0
        assert table["mpjpe_mm"] == pytest.approx((0 + 50 + 50) / 3)

    def test_mpjpe_is_the_mean_over_joints_with_root(self):
        table = summarise(
            measure([[[0, 0, 2000], [0, -530, 2040], [300, 0, 2160]]], self.annotated)
        )
        assert table["mpjpe_mm"] == pytest.approx((0 + 50 + 160) / 3)
        assert table["pck_rel"] == table["pck_abs"] == pytest.approx(2 / 3)

    def test_threshold_is_strict(self):
        at = measure([[[0, 0, 2000], [0, -650, 2000], [300, 0, 2149.9]]], self.annotated)
        assert summarise(at)["pck_rel"] == pytest.approx(2 / 3)

    def test_unlabelled_joints_count_nowhere(self):
        annotated = np.array(self.annotated, float)
        annotated[0, 2] = np.nan
        errors = measure(
            [[[0, 0, 2000], [0, -530, 2040], [9e9, 0, 0]]], annotated, valid=[[True, True, False]]
        )
        table = summarise(errors)
        assert table["mpjpe_mm"] == pytest.approx(25)
        assert table["pck_rel"] == table["pck_abs"] == 1

    def test_people_not_found_lower_pck_but_not_mpjpe(self):
        both = np.concatenate([self.annotated, np.add(self.annotated, [2000, 0, 0])])
        matches = (np.array([0]), np.array([1]))
        table = summarise(measure(both[1:] + [0, 0, 10], both, matches=matches))
        assert table["recall"] == 0.5
        assert table["num_people"] == 2
        assert table["mpjpe_mm"] == pytest.approx(0)
        assert table["pck_rel"] == table["pck_abs"] == 0.5
        assert table["pck_rel_matched"] == table["pck_abs_matched"] == 1

    def test_nobody_predicted(self):
        table = summarise(measure(np.zeros((0, 3, 3)), self.annotated))
        assert table["recall"] == table["pck_rel"] == table["pck_abs"] == 0
        for name in ("mpjpe_mm", "root_error_mm", "root_error_ratio", "pck_rel_matched"):
            assert math.isnan(table[name]), name

    def test_nobody_annotated(self):
        table = summarise(measure(np.zeros((0, 3, 3)), np.zeros((0, 3, 3))))
        assert table.pop("num_people") == 0
        assert all(math.isnan(value) for value in table.values())

    def test_root_without_label_is_an_error(self):
        with pytest.raises(ValueError, match="root joint 0 of every person"):
            measure(self.annotated, self.annotated, valid=[[False, True, True]])

    def test_select_and_concatenate(self):
        one = measure(self.annotated, self.annotated)
        other = measure(np.zeros((0, 3, 3)), self.annotated)
        joined = PeopleErrors.concatenate([one, other], 3)
        assert joined.is_matched.tolist() == [True, False]
        assert summarise(joined.select(joined.is_matched))["recall"] == 1
        assert summarise(joined)["recall"] == 0.5
        assert len(PeopleErrors.concatenate([], 3)) == 0


class TestErrors2d:
    joints = np.array([[[10, 10], [30, 10], [20, 90]], [[0, 0], [100, 40], [5, 5]]], float)
    valid = np.array([[True, True, True], [True, True, False]])

    def test_size_is_the_longer_side_of_the_labelled_box(self):
        boxes = person_boxes_px(self.joints, self.valid)
        assert boxes.tolist() == [[10, 10, 30, 90], [0, 0, 100, 40]]
        assert person_sizes_px(self.joints, self.valid).tolist() == [80, 100]

    def test_boxes_skip_unlabelled_and_nan_joints(self):
        joints = self.joints.copy()
        joints[1, 1] = np.nan
        assert np.isnan(person_sizes_px(joints, np.zeros((2, 3), bool))).all()
        assert person_sizes_px(joints, self.valid).tolist() == [80, 0]
        assert person_boxes_px(joints[:0], self.valid[:0]).shape == (0, 4)

    def test_mean_distance_is_over_the_annotated_persons_joints(self):
        predicted = self.joints[:1] + [[[3, 4], [0, 0], [0, 0]]]
        distance = mean_distances_px(predicted, self.joints, self.valid)
        assert distance.shape == (1, 2)
        assert distance[0, 0] == pytest.approx(5 / 3)
        expected = (math.hypot(13, 14) + math.hypot(70, 30)) / 2
        assert distance[0, 1] == pytest.approx(expected)

    def test_mean_distance_by_one_labelled_joint_is_its_distance(self):
        predicted = self.joints + [[[3, 4], [50, 0], [0, 50]]]
        distance = mean_distances_px(predicted, self.joints, np.eye(2, 3, dtype=bool))
        assert np.diag(distance) == pytest.approx([5, 50])

    def test_mean_distance_without_labels_is_nan(self):
        nothing = np.zeros((2, 3), bool)
        assert np.isnan(mean_distances_px(self.joints, self.joints, nothing)).all()
        assert mean_distances_px(self.joints[:0], self.joints, self.valid).shape == (0, 2)

    def test_pck_2d(self):
        distances = np.array([[8.0, 8.1, np.nan], [10.0, 20.0, 0.0]])
        sizes = np.array([80.0, 100.0])
        assert num_correct_2d(distances, self.valid, sizes, 0.1) == 2
        assert num_correct_2d(distances, self.valid, sizes, 0.2) == 4


def test_sigmas_are_those_of_coco():
    np.testing.assert_allclose(COCO_SIGMAS, Params(iouType="keypoints").kpt_oks_sigmas)


def test_ratio_of_nothing_is_nan():
    assert ratio(1, 4) == 0.25
    assert math.isnan(ratio(0, 0))
