"""The synthetic protocol counts people as its docstring says, on pictures made by hand."""

import math

import numpy as np
import pytest

from das_model.annotation import Annotation
from das_model.camera import Camera
from das_model.evaluation.protocols.synthetic import SyntheticProtocol
from das_model.people import People
from das_model.skeleton import BODY_22, COCO_17
from das_model.synthetic.facts import PictureFacts

CAMERA = Camera.from_fov((640, 480), 60.0)
RNG = np.random.default_rng(5)
SHAPE_REL = RNG.uniform([-250, -800, -150], [250, 800, 150], (BODY_22.num_joints, 3))
SHAPE_REL[BODY_22.root] = 0


def standing(*roots_mm):
    return np.array([SHAPE_REL + root for root in roots_mm], np.float32).reshape(-1, 22, 3)


def annotate(joints_cam, visible=None, ignore_px=()):
    labelled = np.ones(joints_cam.shape[:2], bool)
    return Annotation(
        joints_cam=joints_cam,
        joints_px=np.nan_to_num(CAMERA.project(joints_cam)).astype(np.float32),
        valid_2d=joints_cam[..., 2] > 0,
        valid_3d=labelled,
        visible=labelled if visible is None else visible,
        ignore_px=np.array(ignore_px, np.float32).reshape(-1, 4),
        camera=CAMERA,
    )


def predict(joints_cam):
    n = len(joints_cam)
    joints_cam = np.asarray(joints_cam, np.float32)
    return People(
        joints_cam, np.ones((n, 22), np.float32), np.ones(n, np.float32), np.full(n, -1, np.int64)
    )


def table_of(*pictures):
    protocol = SyntheticProtocol(BODY_22)
    for people, annotation in pictures:
        protocol.add(people, annotation)
    return protocol.table()


def test_perfect_predictions_in_any_order():
    joints = standing([-900, 0, 3000], [0, 0, 5000], [900, 0, 3500])
    table = table_of((predict(joints[[2, 0, 1]]), annotate(joints)))
    assert table["recall"] == table["precision"] == table["pck_rel"] == table["pck_abs"] == 1
    assert table["mpjpe_mm"] == pytest.approx(0, abs=1e-3)
    assert table["num_people"] == 3
    assert table["false_per_image"] == 0


def test_person_at_a_wrong_distance_is_found_and_pays_in_pck_abs():
    joints = standing([0, 0, 3000])
    table = table_of((predict(joints * 1.1), annotate(joints)))
    assert table["recall"] == 1
    assert table["root_depth_error_ratio"] == pytest.approx(0.1, rel=1e-5)
    assert table["pck_abs"] == 0
    assert table["pck_rel"] > 0.9


def test_people_in_one_line_of_sight_are_told_apart_by_depth():
    joints = standing([0, 0, 3000], [0, 0, 5000])
    table = table_of((predict(joints[::-1]), annotate(joints)))
    assert table["root_error_mm"] == pytest.approx(0, abs=1e-3)


def test_prediction_elsewhere_is_false_and_the_person_missed():
    joints = standing([-1000, 0, 4000])
    table = table_of((predict(standing([1000, 0, 4000])), annotate(joints)))
    assert table["recall"] == table["precision"] == table["pck_rel"] == 0
    assert table["false_per_image"] == 1
    assert math.isnan(table["mpjpe_mm"])


def test_second_prediction_for_one_person_is_false():
    joints = standing([0, 0, 4000])
    table = table_of((predict(np.concatenate([joints, joints + 10])), annotate(joints)))
    assert table["recall"] == 1
    assert table["precision"] == 0.5
    assert table["root_error_mm"] == pytest.approx(0, abs=1e-3)  # the nearer of the two


def test_hidden_people_count_neither_way():
    joints = standing([-900, 0, 4000], [900, 0, 4000])
    visible = np.zeros((2, 22), bool)
    visible[0] = True
    visible[1, :3] = True
    both = table_of((predict(joints), annotate(joints, visible)))
    one = table_of((predict(joints[:1]), annotate(joints, visible)))
    for table in (both, one):
        assert table["num_people"] == table["recall"] == table["precision"] == 1
    visible[1, :4] = True
    assert table_of((predict(joints[:1]), annotate(joints, visible)))["recall"] == 0.5


def test_person_whose_root_is_behind_the_camera_need_not_be_found():
    joints = standing([0, 0, -100], [900, 0, 4000])
    table = table_of((predict(joints[1:]), annotate(joints)))
    assert table["num_people"] == table["recall"] == table["precision"] == 1


def test_ignore_box_forgives_false_predictions():
    false = standing([1000, 0, 4000])
    root_px = CAMERA.project(false[0, BODY_22.root])
    nobody = standing()
    box = [[*(root_px - 5), *(root_px + 5)]]
    assert table_of((predict(false), annotate(nobody)))["false_per_image"] == 1
    assert table_of((predict(false), annotate(nobody, ignore_px=box)))["false_per_image"] == 0


def test_prediction_with_nan_finds_nobody():
    joints = standing([0, 0, 4000])
    broken = joints.copy()
    broken[0, 5] = np.nan
    table = table_of((predict(broken), annotate(joints)))
    assert table["recall"] == table["precision"] == 0


def test_bands_hold_their_people():
    near, far = standing([0, 0, 1500]), standing([-900, 0, 5000], [900, 0, 5000])
    half = np.ones((2, 22), bool)
    half[0, :15] = False
    table = table_of((predict(near), annotate(near)), (predict(far[:1]), annotate(far, half)))
    assert table["num_people"] == 3
    assert table["recall"] == pytest.approx(2 / 3)
    assert table["distance <2 m/recall"] == 1
    assert "distance 2-4 m/recall" not in table
    assert table["distance >=4 m/num_people"] == 2
    assert table["distance >=4 m/recall"] == 0.5
    assert table["people <2/num_people"] == 1
    assert table["people 2-4/num_people"] == 2
    assert table["visible <0.5/recall"] == 1
    assert table["visible >=0.9/num_people"] == 2
    assert table["visible >=0.9/recall"] == 0.5


def test_false_predictions_are_in_the_band_of_their_own_distance():
    near, far = standing([-300, 0, 1500]), standing([1500, 0, 6000])
    table = table_of(
        (predict(np.concatenate([near, far])), annotate(near)),
        (predict(near), annotate(np.concatenate([near, standing([900, 0, 5000])]))),
    )
    assert table["precision"] == pytest.approx(2 / 3)
    assert table["distance <2 m/precision"] == 1
    assert table["distance >=4 m/precision"] == 0
    assert table["distance >=4 m/recall"] == 0
    assert table["people <2/precision"] == 0.5
    assert table["people 2-4/precision"] == 1
    assert math.isnan(table["visible >=0.9/precision"])  # nobody knows


def test_nothing_measured_is_nan_not_zero():
    assert math.isnan(table_of()["recall"])
    table = table_of((predict(standing()), annotate(standing())))
    assert table["false_per_image"] == 0
    assert table["num_people"] == 0
    assert math.isnan(table["recall"])
    assert math.isnan(table["precision"])


def test_other_skeleton_is_refused():
    with pytest.raises(ValueError, match="people must have the joints"):
        SyntheticProtocol(BODY_22).add(People.empty(COCO_17), annotate(standing()))


def facts(height_m, poses, surface, years, arrangement="row"):
    return PictureFacts(
        height_m,
        0.0,
        0.0,
        np.array(poses),
        np.array([arrangement] * len(poses)),
        np.array(years, np.float32),
        np.array(surface, np.float32),
    )


def test_rows_by_facts_of_the_picture_and_of_its_people():
    joints = standing([-900, 0, 3000], [900, 0, 3000])
    protocol = SyntheticProtocol(BODY_22)
    low = facts(0.5, ["sitting", "dance"], [0.3, 0.95], [5, 30])
    high = facts(3.0, ["dance", "dance"], [0.95, 0.6], [12, 13], "pair")
    protocol.add(predict(joints[1:]), annotate(joints), low)
    false = standing([0, 0, 9000])
    protocol.add(predict(np.concatenate([joints, false])), annotate(joints), high)
    table = protocol.table()
    recalls = {
        name.removesuffix("/recall"): value
        for name, value in table.items()
        if name.endswith("/recall")
    }
    assert recalls["camera <1 m"] == 0.5
    assert recalls["camera >=2.2 m"] == 1
    assert recalls["surface <0.5"] == 0
    assert recalls["surface >=0.9"] == 1
    assert recalls["age <7 years"] == 0
    assert recalls["age 7-13 years"] == 1
    assert recalls["pose sitting"] == 0
    assert recalls["pose dance"] == 1
    assert recalls["arrangement row"] == 0.5
    assert recalls["arrangement pair"] == 1
    assert "camera 1-2.2 m" not in recalls
    assert table["camera <1 m/precision"] == 1
    assert table["camera >=2.2 m/precision"] == pytest.approx(2 / 3)
    assert math.isnan(table["pose dance/precision"])


def test_unknown_facts_give_no_rows():
    joints = standing([0, 0, 3000])
    titles = {
        name.split("/")[0].split(" ")[0]
        for name in table_of((predict(joints), annotate(joints)))
        if "/" in name
    }
    assert titles == {"distance", "visible", "people"}
