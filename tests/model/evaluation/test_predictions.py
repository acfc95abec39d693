"""The predictions file: what is written is read again, joints go by name, faults are named."""

import json

import numpy as np
import pytest

from das_model.camera import Camera
from das_model.evaluation.predictions import (
    FilePredictor,
    Prediction,
    people_in,
    require_joints,
    write_predictions,
)
from das_model.people import People
from das_model.skeleton import BODY_22, COCO_17, PANOPTIC_15

CAMERA = Camera.from_fov((640, 480), 60.0)
RNG = np.random.default_rng(3)


def people(number, skeleton=BODY_22):
    cam = RNG.uniform([-900, -900, 2000], [900, 900, 5000], (number, skeleton.num_joints, 3))
    return People(
        cam.astype(np.float32),
        np.ones(cam.shape[:2], np.float32),
        np.linspace(0.9, 0.3, number).astype(np.float32),
        np.full(number, -1, np.int64),
        skeleton,
    )


def never():
    raise AssertionError("a file of predictions asks for no picture")


def write(tmp_path, content):
    file = tmp_path / "predictions.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    return file


def test_what_is_written_is_read(tmp_path):
    file, found = tmp_path / "p.json", people(2, PANOPTIC_15)
    found.joints_cam[1, 3, 2] = -50  # behind the lens: no pixel
    written = Prediction.projected(found, CAMERA)
    nobody = Prediction.projected(People.empty(PANOPTIC_15), CAMERA)
    write_predictions(file, {"a/b.jpg": written, "none.jpg": nobody})
    predictor = FilePredictor(file)
    assert predictor.skeleton.joint_names == PANOPTIC_15.joint_names
    read = predictor(("a/b.jpg",), never, CAMERA)
    np.testing.assert_array_equal(read.people.joints_cam, found.joints_cam)
    np.testing.assert_array_equal(read.people.scores, found.scores)
    np.testing.assert_array_equal(read.joints_px, written.joints_px)
    assert np.isnan(read.joints_px[1, 3]).all()
    assert len(predictor(("none.jpg",), never, CAMERA).people) == 0
    assert predictor.num_missing == 0


def test_picture_without_an_entry_has_nobody_and_is_counted(tmp_path):
    predictor = FilePredictor(write(tmp_path, {}))
    assert len(predictor(("a.jpg",), never, CAMERA).people) == 0
    assert predictor.num_missing == 1
    assert predictor.skeleton.joint_names == BODY_22.joint_names


def test_a_picture_may_go_by_its_name_in_the_annotations(tmp_path):
    file = tmp_path / "p.json"
    write_predictions(file, {"000.jpg": Prediction.projected(people(1), CAMERA)})
    predictor = FilePredictor(file)
    assert len(predictor(("val2017/000.jpg", "000.jpg"), never, CAMERA).people) == 1
    assert predictor.num_missing == 0


def test_threshold_leaves_out_unsure_people(tmp_path):
    file = tmp_path / "p.json"
    write_predictions(file, {"a.jpg": Prediction.projected(people(3), CAMERA)})
    for threshold, number in ((0.0, 3), (0.5, 2), (0.95, 0)):
        assert len(FilePredictor(file, threshold)(("a.jpg",), never, CAMERA).people) == number


def test_pixels_alone_or_camera_space_alone_will_do(tmp_path):
    names = ["nose", "left_wrist"]
    flat = {"joint_names": names, "joints_px": [[10, 20], [None, None]], "score": 0.5}
    deep = {"joint_names": names, "joints_cam_mm": [[0, 0, 2000], [100, 0, 2000]]}
    predictor = FilePredictor(write(tmp_path, {"a.jpg": {"people": [flat, deep]}}))
    read = predictor(("a.jpg",), never, CAMERA)
    assert np.isnan(read.people.joints_cam[0]).all()
    assert read.joints_px[0, 0].tolist() == [10, 20]
    assert np.isnan(read.joints_px[0, 1]).all()
    np.testing.assert_allclose(read.joints_px[1, 0], CAMERA.K[:2, 2])
    assert read.people.scores.tolist() == [0.5, 1.0]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "not a readable JSON"),
        ("[]", "expected {file_name"),
        ({"a.jpg": []}, r"a\.jpg must hold a list 'people'"),
        ({"a.jpg": {"people": [{}]}}, "no 'joint_names'"),
        (
            {"a.jpg": {"people": [{"joint_names": ["nose"]}, {"joint_names": ["neck"]}]}},
            "different joints",
        ),
        ({"a.jpg": {"people": [{"joint_names": ["nose"]}]}}, "needs 'joints_cam_mm' or"),
        (
            {"a.jpg": {"people": [{"joint_names": ["nose"], "joints_px": [[1, 2], [3, 4]]}]}},
            r"must be \(1, 2\), got \(2, 2\)",
        ),
        ({"a.jpg": {"people": [{"joint_names": ["elbow"]}]}}, "unknown joints"),
    ],
)
def test_faults_are_named(tmp_path, content, message):
    with pytest.raises(ValueError, match=message):
        FilePredictor(write(tmp_path, content))(("a.jpg",), never, CAMERA)


def test_other_joint_sets_go_by_name():
    given = people(2, PANOPTIC_15)
    found = people_in(given, COCO_17)
    at = COCO_17.index("left_knee"), PANOPTIC_15.index("left_knee")
    np.testing.assert_array_equal(found.joints_cam[:, at[0]], given.joints_cam[:, at[1]])
    assert np.isnan(found.joints_cam[:, COCO_17.index("left_eye")]).all()
    assert found.joint_scores[0, COCO_17.index("left_eye")] == 0


def test_missing_joints_are_named():
    require_joints(COCO_17, ("nose",), "a protocol")
    with pytest.raises(ValueError, match=r"a protocol needs .*\['pelvis'\]"):
        require_joints(COCO_17, ("nose", "pelvis"), "a protocol")


def test_pixels_must_fit_the_people():
    with pytest.raises(ValueError, match=r"must be \(1, 22, 2\), got \(2, 22, 2\)"):
        Prediction(people(1), np.zeros((2, 22, 2)))
