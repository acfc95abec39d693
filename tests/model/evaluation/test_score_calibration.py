"""Calibration of scores: who is a true person, and that the fit finds the truth again."""

import importlib.util
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from das_model.camera import Camera
from das_model.datasets.validation_lists import calibration_names, held_out_names, validation_names
from das_model.evaluation.photos.labelled_photo import LabelledPhoto
from das_model.evaluation.protocols.score_calibration import (
    Sightings,
    collect,
    fit,
    fit_looks,
    true_people,
)
from das_model.inference.estimate import Estimate, SecondScores
from das_model.inference.scores import METADATA_KEY, LookCalibration, ScoreCalibration
from das_model.people import People
from das_model.skeleton import COCO_17

SCRIPT = Path(__file__).parents[3] / "scripts" / "calibrate_scores.py"
POSE = np.stack([np.tile([0.0, 20.0, 40.0], 6)[:17], np.linspace(0, 100, 17)], axis=-1)


def photo(places, ignored=()):
    """A photo with the pose at places (G, 2) px, and ignore boxes around it at others."""
    joints = POSE + np.reshape(places, (-1, 1, 2))
    boxes = np.concatenate([joints.min(axis=1), joints.max(axis=1)], axis=1)
    hidden = POSE + np.reshape(ignored, (-1, 1, 2))
    return LabelledPhoto(
        np.zeros((240, 320, 3), np.uint8),
        joints,
        np.ones(joints.shape[:2], bool),
        boxes,
        np.full(len(joints), 2000.0),
        np.concatenate([hidden.min(axis=1) - 5, hidden.max(axis=1) + 5], axis=1),
    )


def at(*places):
    return POSE + np.reshape(places, (-1, 1, 2))


def test_the_best_on_a_labelled_person_is_true_and_only_that():
    labelled = photo([[20, 20], [200, 40]])
    found = at([22, 21], [21, 20], [120, 100], [200, 41])
    assert true_people(found, labelled).tolist() == [True, False, False, True]
    assert true_people(found, photo(np.zeros((0, 2)))).tolist() == [False] * 4


def test_a_box_that_overlaps_by_half_is_enough():
    labelled = photo([[20, 20]])
    mirrored = (POSE * [-1, 1] + [40, 0])[None] + [20, 20]
    shuffled = mirrored[:, ::-1]  # all joints wrong, the same box
    assert true_people(shuffled, labelled).tolist() == [True]
    assert true_people(shuffled + [30, 0], labelled).tolist() == [False]  # a seventh of both


class Finder:
    """Finds given people, all joints at 1 m."""

    skeleton = COCO_17
    looks = None

    def __init__(self, joints_px, scores):
        self.joints_px, self.scores = joints_px, np.array(scores, np.float32)

    def __call__(self, image, camera: Camera):
        depth = np.full(self.joints_px.shape[:2], 1000.0)
        joints = camera.back_project(self.joints_px, depth).astype(np.float32)
        shape = self.joints_px.shape[:2]
        ids = np.full(len(joints), -1, np.int64)
        people = People(joints, np.full(shape, 0.5, np.float32), self.scores, ids, COCO_17)
        heat = np.broadcast_to(self.scores[:, None], shape)
        return Estimate(people, joint_heat=heat, looks=self.looks)


def test_people_in_ignore_boxes_are_left_out():
    finder = Finder(at([20, 20], [200, 40], [110, 100]), [0.9, 0.5, 0.3])
    seen = collect([photo([[20, 20]], ignored=[[200, 40]])], finder)
    np.testing.assert_allclose(seen.scores, [0.9, 0.3], atol=1e-6)
    assert seen.is_true.tolist() == [True, False]
    assert (seen.joint_scores == 0.5).all()
    np.testing.assert_allclose(seen.heat[:, 0], [0.9, 0.3], atol=1e-6)


def test_scores_before_a_second_look_are_collected():
    finder = Finder(at([20, 20], [110, 100]), [0.9, 0.3])
    finder.looks = SecondScores(np.array([0.4, 0.2]), np.array([0.6, np.nan]))
    seen = collect([photo([[20, 20]])], finder)
    np.testing.assert_array_equal(seen.scores, [0.4, 0.2])
    np.testing.assert_array_equal(seen.sureness, [0.6, np.nan])


def test_the_fit_finds_the_truth_again():
    rng, truth = np.random.default_rng(0), ScoreCalibration(-1.0, 1.5, 2.0, -1.0)
    scores = rng.uniform(0.05, 0.95, 20000)
    joints, heat = rng.uniform(0, 1, (2, 20000, 1))
    is_true = rng.uniform(size=20000) < truth(scores, joints, heat)
    unknown = np.full(20000, np.nan)
    fitted = fit(Sightings(scores, joints, heat, unknown, is_true))
    for name in ("intercept", "logit_score", "joint_score", "heat"):
        assert getattr(fitted, name) == pytest.approx(getattr(truth, name), abs=0.15)
    with pytest.raises(ValueError, match="needs true and false people, got 20000 true ones"):
        fit(Sightings(scores, joints, heat, unknown, np.ones(20000, bool)))


def test_the_fit_of_looks_finds_the_truth_again_in_those_who_were_looked_at():
    rng, truth = np.random.default_rng(0), LookCalibration(-3.0, 0.5, 8.0)
    scores, sureness = rng.uniform(0.05, 0.95, (2, 20000))
    is_true = rng.uniform(size=20000) < truth(scores, sureness)
    sureness[::2], is_true[::2] = np.nan, False
    joints = np.zeros((20000, 1))
    fitted = fit_looks(Sightings(scores, joints, joints, sureness, is_true))
    for name in ("intercept", "logit_score", "sureness"):
        assert getattr(fitted, name) == pytest.approx(getattr(truth, name), rel=0.1)


def test_no_photo_is_both_calibrated_on_and_reported():
    for kind, count in (("coco_real", 37), ("coco_no_person", 40)):
        assert len(calibration_names(kind)) == count
        assert calibration_names(kind).isdisjoint(validation_names(kind))
        assert held_out_names(kind) == calibration_names(kind) | validation_names(kind)
    assert not calibration_names("backgrounds")


def test_the_script_writes_a_calibration_in_place_of_the_former(tmp_path):
    spec = importlib.util.spec_from_file_location("calibrate_script", SCRIPT)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    x, y = (helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in "xy")
    graph = helper.make_graph([helper.make_node("Identity", ["x"], ["y"])], "g", [x], [y])
    model, file = helper.make_model(graph), tmp_path / "m.onnx"
    helper.set_model_props(model, {"name": "mine"})
    onnx.save(model, str(file))
    for calibration in (ScoreCalibration(1, 2, 3), ScoreCalibration(4, 5, 6)):
        script.write(file, calibration)
        entries = {p.key: p.value for p in onnx.load(str(file)).metadata_props}
        assert entries == {"name": "mine"} | calibration.metadata()
    assert METADATA_KEY in entries
    assert list(tmp_path.iterdir()) == [file]
