"""The Panoptic protocols on people made by hand: what is scored, who takes whom, what it costs."""

import math

import numpy as np
import pytest
from people_scenes import STANDING

from das_model.annotation import Annotation
from das_model.camera import Camera
from das_model.evaluation.protocols.panoptic import SCORED_JOINTS, PanopticProtocol
from das_model.people import People
from das_model.skeleton import BODY_22, COCO_17, PANOPTIC_15

CAMERA = Camera.from_fov((1920, 1080), 60.0)
# what the 19-joint files label: 14 joints to score, and the nose, which never counts
LABELLED = np.isin(BODY_22.joint_names, [*PANOPTIC_15.joint_names, "left_eye", "right_ear"])
NUM_SCORED = 14
WRIST, NOSE = BODY_22.index("left_wrist"), BODY_22.index("nose")


def poses(*roots_mm):
    return STANDING + np.reshape(roots_mm, (-1, 1, 3)).astype(float)


def annotate(joints_cam, labelled=LABELLED):
    px = CAMERA.project(joints_cam)
    inside = ((px >= 0) & (px <= np.array(CAMERA.size) - 1)).all(-1)
    valid = np.broadcast_to(labelled, inside.shape)
    return Annotation(
        joints_cam.astype(np.float32),
        px.astype(np.float32),
        valid,
        valid,
        valid & inside,
        np.zeros((0, 4), np.float32),
        CAMERA,
    )


def predict(joints_cam, skeleton=BODY_22):
    order = skeleton.indices_in(BODY_22)
    n = len(joints_cam)
    return People(
        joints_cam[:, order].astype(np.float32),
        np.ones((n, len(order)), np.float32),
        np.full(n, 0.9, np.float32),
        np.full(n, -1, np.int64),
        skeleton,
    )


def table_of(*pictures):
    protocol = PanopticProtocol()
    for predicted, annotated, *activity in pictures:
        protocol.add(predict(predicted), annotate(annotated), *(activity or ["pizza"]))
    return protocol.table()


HERE, THERE = (-800, 0, 4000), (700, 100, 4500)
NOBODY = np.zeros((0, 22, 3))


def test_perfect_predictions_in_any_order():
    table = table_of((poses(THERE, HERE), poses(HERE, THERE)))
    assert table["pizza/mpjpe_mm"] == pytest.approx(0, abs=1e-3)
    assert table["pizza/strict_recall"] == table["pizza/strict_precision"] == 1
    assert table["pizza/strict_root_error_mm"] == pytest.approx(0, abs=1e-3)
    assert table["pizza/num_people"] == 2
    assert table["pizza/num_stand_ins"] == 0


def test_one_joint_off_is_shared_among_the_scored_ones():
    predicted = poses(HERE)
    predicted[0, WRIST] += [0, 28, 0]
    predicted[0, NOSE] += 500  # never scored
    predicted[0, BODY_22.index("head_top")] += 500  # not labelled in these files
    table = table_of((predicted, poses(HERE)))
    assert table["pizza/mpjpe_mm"] == pytest.approx(28 / NUM_SCORED, abs=1e-3)
    assert table["pizza/strict_mpjpe_mm"] == pytest.approx(28 / NUM_SCORED, abs=1e-3)


def test_head_top_counts_where_the_old_files_label_it():
    labelled = np.isin(BODY_22.joint_names, SCORED_JOINTS.joint_names)
    predicted = poses(HERE)
    predicted[0, BODY_22.index("head_top")] += [30, 0, 0]
    protocol = PanopticProtocol()
    protocol.add(predict(predicted), annotate(poses(HERE), labelled), "mafia")
    assert protocol.table()["mafia/mpjpe_mm"] == pytest.approx(30 / 15, abs=1e-3)
    with pytest.raises(ValueError, match="head_top"):
        protocol.add(predict(predicted, PANOPTIC_15), annotate(poses(HERE), labelled), "mafia")


def test_distance_costs_nothing_after_alignment_but_the_strict_root_tells():
    table = table_of((poses(np.array(HERE) * 1.1), poses(HERE)))
    assert table["pizza/mpjpe_mm"] == pytest.approx(0, abs=1e-3)
    assert table["pizza/strict_root_error_mm"] == pytest.approx(0.1 * np.linalg.norm(HERE))
    assert table["pizza/strict_recall"] == 1
    assert table["pizza/strict_pck_abs"] == 0


def test_one_prediction_serves_two_people_but_strictly_one():
    table = table_of((poses(HERE), poses(HERE, THERE)))
    assert table["pizza/mpjpe_mm"] == pytest.approx(0, abs=1e-3)
    assert table["pizza/strict_recall"] == 0.5
    assert table["pizza/strict_precision"] == 1


def test_each_person_takes_the_nearest_pose_even_from_elsewhere():
    bent = poses(THERE)
    bent[0, WRIST] += [0, 140, 0]
    swapped = np.concatenate([bent + (np.array(HERE) - THERE), poses(THERE)])
    table = table_of((swapped, np.concatenate([poses(HERE), bent])))
    assert table["pizza/mpjpe_mm"] == pytest.approx(0, abs=1e-3)
    assert table["pizza/strict_mpjpe_mm"] == pytest.approx(140 / NUM_SCORED, abs=1e-3)


def test_doubles_and_false_people_cost_only_strictly():
    elsewhere = poses((0, 0, 9000))
    elsewhere[0, WRIST] += 100
    predicted = np.concatenate([poses(HERE, np.array(HERE) + 5), elsewhere])
    table = table_of((predicted, poses(HERE)))
    assert table["pizza/mpjpe_mm"] == pytest.approx(0, abs=1e-3)
    assert table["pizza/strict_precision"] == pytest.approx(1 / 3)
    assert table["pizza/strict_false_per_image"] == 2


def test_mean_pose_of_everybody_stands_in_where_nobody_is_predicted():
    bent = poses(HERE)
    bent[0, WRIST] += [0, 140, 0]
    table = table_of((poses(HERE), poses(HERE)), (NOBODY, bent))
    # the mean pose is half bent: 70 mm at one joint of the second picture
    assert table["pizza/mpjpe_mm"] == pytest.approx(70 / NUM_SCORED / 2, abs=1e-3)
    assert table["pizza/num_stand_ins"] == 1
    assert table["pizza/strict_recall"] == 0.5


def test_pictures_weigh_as_much_as_they_have_people():
    off = poses(HERE)
    off[0, WRIST] += [0, 56, 0]
    three = poses(HERE, THERE, (0, 0, 5000))
    table = table_of((off, poses(HERE)), (three, three))
    assert table["pizza/mpjpe_mm"] == pytest.approx(56 / NUM_SCORED / 4, abs=1e-3)


def test_person_whose_root_is_outside_is_not_scored_nor_held_against_anybody():
    outside = (-3000, 0, 4000)  # 1663 px left of the centre
    table = table_of((poses(HERE, outside), poses(HERE, outside)))
    assert table["pizza/num_people"] == 1
    assert table["pizza/strict_recall"] == table["pizza/strict_precision"] == 1
    alone = table_of((NOBODY, poses(outside)))
    assert math.isnan(alone["pizza/mpjpe_mm"])
    assert math.isnan(alone["pizza/strict_recall"])


def test_joints_outside_the_picture_are_not_scored():
    low = (0, 500, 2600)  # the ankles are below the picture
    predicted = poses(low)
    predicted[0, BODY_22.index("left_ankle")] += 400
    annotation = annotate(poses(low))
    assert not annotation.visible[0, BODY_22.index("left_ankle")]
    table = table_of((predicted, poses(low)))
    assert table["pizza/mpjpe_mm"] == pytest.approx(0, abs=1e-3)
    assert table["pizza/strict_mpjpe_mm"] > 10


def test_prediction_with_nan_is_none_where_it_would_be_scored():
    broken = poses(HERE)
    broken[0, WRIST] = np.nan
    assert table_of((broken, poses(HERE)))["pizza/num_stand_ins"] == 1
    table = table_of((np.concatenate([broken, poses(THERE)]), poses(HERE)))
    assert table["pizza/num_stand_ins"] == 0
    assert table["pizza/strict_recall"] == 0
    unscored = poses(HERE)
    unscored[0, NOSE] = np.nan
    assert table_of((unscored, poses(HERE)))["pizza/strict_recall"] == 1
    rootless = poses(HERE)
    rootless[0, BODY_22.root] = np.nan
    assert table_of((rootless, poses(HERE)))["pizza/num_stand_ins"] == 1


def test_mean_is_that_of_the_activities():
    off = poses(HERE)
    off[0, WRIST] += [0, 140, 0]
    table = table_of((off, poses(HERE), "mafia"), *[(poses(HERE), poses(HERE), "pizza")] * 3)
    assert table["mafia/mpjpe_mm"] == pytest.approx(10, abs=1e-3)
    assert table["mean/mpjpe_mm"] == pytest.approx(5, abs=1e-3)
    assert table["mean/num_images"] == 4


def test_models_of_other_joint_sets_are_taken_by_name():
    protocol = PanopticProtocol()
    protocol.add(predict(poses(HERE), PANOPTIC_15), annotate(poses(HERE)), "pizza")
    table = protocol.table()
    assert table["pizza/mpjpe_mm"] == pytest.approx(0, abs=1e-3)
    assert table["pizza/strict_recall"] == 1
    with pytest.raises(ValueError, match=r"pelvis.*neck"):
        protocol.add(predict(poses(HERE), COCO_17), annotate(poses(HERE)), "pizza")


def test_nothing_measured():
    assert PanopticProtocol().table() == {}
    table = table_of((poses(HERE), NOBODY))
    assert math.isnan(table["pizza/mpjpe_mm"])
    assert table["pizza/strict_precision"] == 0
