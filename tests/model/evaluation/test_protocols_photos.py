"""The photo protocol counts people and joints as its docstring says, on labels made by hand."""

import math

import numpy as np
import pytest

from das_model.annotation import Annotation
from das_model.camera import Camera
from das_model.evaluation.photos import PhotoProtocol
from das_model.evaluation.predictions import Prediction
from das_model.people import People
from das_model.skeleton import BODY_22, COCO_17, PANOPTIC_15

CAMERA = Camera.from_fov((640, 480), 60.0)
COCO_IN_BODY = COCO_17.indices_in(BODY_22)
# nose, eyes, ears, then left and right shoulder, elbow, wrist, hip, knee, ankle: a front view
STANDING_PX = np.array(
    [[0, 0], [4, -4], [-4, -4], [8, -2], [-8, -2], [20, 30], [-20, 30], [25, 60], [-25, 60],
     [25, 90], [-25, 90], [15, 100], [-15, 100], [15, 150], [-15, 150], [15, 198], [-15, 198]],
    float,
)  # fmt: skip
SIZE_PX = 202.0  # eyes to ankles
TORSO_PX = math.hypot(35, 70)


def people_px(*lefts_tops):
    """(P, 22, 2) people whose COCO joints are `STANDING_PX`, the others at the nose."""
    joints = np.zeros((len(lefts_tops), 22, 2)) + np.reshape(lefts_tops, (-1, 1, 2))
    joints[:, COCO_IN_BODY] += STANDING_PX
    return joints


def annotate(joints_px, labelled=None, ignore_px=()):
    valid = np.zeros(joints_px.shape[:2], bool)
    valid[:, COCO_IN_BODY] = True if labelled is None else labelled
    return Annotation(
        joints_cam=np.full((*joints_px.shape[:2], 3), np.nan, np.float32),
        joints_px=np.where(valid[..., None], joints_px, np.nan).astype(np.float32),
        valid_2d=valid,
        valid_3d=np.zeros_like(valid),
        visible=valid,
        ignore_px=np.array(ignore_px, np.float32).reshape(-1, 4),
        camera=CAMERA,
    )


def predict(joints_px, scores=None):
    n = len(joints_px)
    scores = np.full(n, 0.9) if scores is None else np.array(scores)
    cam = CAMERA.back_project(joints_px, np.full(joints_px.shape[:2], 3000.0))
    people = People(cam.astype(np.float32), np.ones((n, 22), np.float32),
                    scores.astype(np.float32), np.full(n, -1, np.int64))  # fmt: skip
    return Prediction.projected(people, CAMERA)


def table_of(prediction, annotation, is_exhaustive=True, label_sources=()):
    protocol = PhotoProtocol()
    protocol.add(prediction, annotation, "hand", is_exhaustive, label_sources)
    return protocol.table()


def test_perfect_predictions_in_any_order():
    joints = people_px((100, 50), (300, 60), (500, 70))
    table = table_of(predict(joints[[1, 2, 0]]), annotate(joints))
    for name in ("recall", "recall_tall", "precision", "pck02_torso", "pck01_size", "oks_ap"):
        assert table[name] == pytest.approx(1), name
    assert table["num_people"] == 3 and table["false_per_image"] == 0


def test_person_counts_as_found_up_to_a_fifth_of_the_size():
    joints = people_px((200, 100))
    for share, recall in ((0.19, 1), (0.21, 0)):
        table = table_of(predict(joints + [share * SIZE_PX, 0]), annotate(joints))
        assert table["recall"] == recall
        assert table["false_per_image"] == 1 - recall


def test_pck_is_over_limb_joints_within_a_fifth_of_the_torso():
    joints = people_px((200, 100))
    predicted = joints.copy()
    left_wrist, nose = BODY_22.index("left_wrist"), BODY_22.index("nose")
    predicted[0, left_wrist] += [0.21 * TORSO_PX, 0]
    predicted[0, BODY_22.index("left_knee")] += [0.19 * TORSO_PX, 0]
    predicted[0, nose] += [40, 0]  # no limb
    table = table_of(predict(predicted), annotate(joints))
    assert table["pck02_torso"] == pytest.approx(11 / 12)
    assert table["pck01_size"] == 1  # 0.21 torsos are 16 px, a tenth of the size is 20
    predicted[0, left_wrist] += [10, 0]
    assert table_of(predict(predicted), annotate(joints))["pck01_size"] == pytest.approx(11 / 12)


def test_people_not_found_count_in_pck():
    joints = people_px((100, 100), (400, 100))
    table = table_of(predict(joints[:1]), annotate(joints))
    assert table["recall"] == table["pck02_torso"] == table["pck01_size"] == 0.5
    assert table["pck02_torso_matched"] == table["pck01_size_matched"] == 1
    assert table["precision"] == 1


def test_unlabelled_joints_are_not_compared():
    joints = people_px((200, 100))
    labelled = np.ones((1, 17), bool)
    labelled[0, 11:] = False  # upper body only: no hips, so no torso
    predicted = joints.copy()
    predicted[0, COCO_IN_BODY[11:]] += 300
    table = table_of(predict(predicted), annotate(joints, labelled))
    assert table["recall"] == table["pck01_size"] == 1
    assert math.isnan(table["pck02_torso"])
    nobody = table_of(predict(joints), annotate(joints, np.zeros((1, 17), bool)))
    assert nobody["num_people"] == 0 and nobody["false_per_image"] == 1


def test_small_people_are_not_tall():
    small = people_px((0, 0)) * 0.35 + 100  # 71 px
    joints = np.concatenate([small, people_px((400, 100))])
    table = table_of(predict(joints[1:]), annotate(joints))
    assert table["recall"] == 0.5 and table["recall_tall"] == 1


def test_ignore_boxes_forgive_false_predictions_and_no_other_place_does():
    joints = people_px((200, 100))
    nobody = people_px()
    covering, beside = [150, 50, 250, 220], [300, 50, 400, 320]
    for box, num_false in ((covering, 0), (beside, 1)):
        table = table_of(predict(joints), annotate(nobody, ignore_px=[box]))
        assert table["false_per_image"] == num_false
    assert table_of(predict(joints), annotate(nobody), False)["num_people"] == 0


def test_labelled_person_in_an_ignore_box_is_still_found():
    joints = people_px((200, 100))
    table = table_of(predict(joints), annotate(joints, ignore_px=[[0, 0, 640, 480]]))
    assert table["recall"] == table["precision"] == table["oks_ap"] == 1


def test_photos_that_are_not_exhaustive_have_no_false_predictions():
    joints = people_px((100, 100), (400, 100))
    table = table_of(predict(joints), annotate(joints[:1]), is_exhaustive=False)
    assert table["recall"] == table["oks_ap"] == 1
    assert math.isnan(table["precision"]) and math.isnan(table["false_per_image"])


def test_average_precision_ranks_by_score():
    joints = people_px((100, 100), (400, 100))
    annotation = annotate(joints[:1])
    sure_and_wrong = table_of(predict(joints, [0.4, 0.8]), annotation)
    sure_and_right = table_of(predict(joints, [0.8, 0.4]), annotation)
    assert sure_and_right["oks_ap"] == pytest.approx(1)
    assert sure_and_wrong["oks_ap"] == pytest.approx(0.5)


def test_doubles_are_false():
    joints = people_px((200, 100), (202, 100))
    table = table_of(predict(joints), annotate(joints[:1]))
    assert table["recall"] == 1 and table["precision"] == 0.5


def test_similarity_thresholds_fall_one_by_one():
    joints = people_px((200, 100))
    strict = [table_of(predict(joints + [shift, 0]), annotate(joints))["oks_ap"]
              for shift in (0, 4, 8, 16)]  # fmt: skip
    assert strict[0] == pytest.approx(1) and strict == sorted(strict, reverse=True)
    assert strict[-1] < 0.5


def test_groups_stand_beside_the_whole():
    joints = people_px((200, 100))
    protocol = PhotoProtocol()
    protocol.add(predict(joints), annotate(joints), "hand")
    protocol.add(predict(people_px()), annotate(joints), "machine")
    table = protocol.table()
    assert (table["recall"], table["hand/recall"], table["machine/recall"]) == (0.5, 1, 0)


def test_nothing_measured_is_nan_not_zero():
    table = PhotoProtocol().table()
    assert table["num_images"] == 0 and math.isnan(table["recall"]) and math.isnan(table["oks_ap"])
    empty = table_of(predict(people_px()), annotate(people_px()))
    assert empty["false_per_image"] == 0 and math.isnan(empty["precision"])


def test_skeleton_without_coco_joints_is_refused():
    nobody = Prediction.projected(People.empty(PANOPTIC_15), CAMERA)
    with pytest.raises(ValueError, match="People.skeleton must hold COCO's 17 joints"):
        PhotoProtocol().add(nobody, annotate(people_px()), "hand")


def test_rows_by_source_of_labels_hold_their_people_and_forgive_the_others():
    joints = people_px((100, 100), (300, 100), (500, 100))
    table = table_of(predict(joints[1:]), annotate(joints), True, ["human", "yolo", "yolo"])
    assert table["recall"] == pytest.approx(2 / 3)
    assert table["labels human/num_people"] == 1 and table["labels human/recall"] == 0
    assert table["labels human/oks_ap"] == 0 and table["labels yolo/oks_ap"] == 1
    assert table["labels yolo/num_people"] == 2 and table["labels yolo/recall"] == 1
    assert table["labels yolo/precision"] == 1
    groups = list(dict.fromkeys(key.rpartition("/")[0] for key in table))
    assert groups == ["", "labels human", "labels yolo", "hand"]
    both = table_of(predict(joints[:2]), annotate(joints[:2]), True, ["human", "yolo"])
    assert both["labels human/oks_ap"] == 1  # the other prediction is no false one


def test_badness_ranks_pictures():
    joints = people_px((200, 100))
    half = joints.copy()
    half[0, COCO_IN_BODY[:8]] += [0.2 * SIZE_PX, 0]
    protocol = PhotoProtocol()
    for predicted, labelled in ((joints, joints), (half, joints), (people_px(), joints),
                                (joints, people_px()), (people_px(), people_px()),
                                (people_px((200, 100), (500, 100)), joints)):  # fmt: skip
        protocol.add(predict(predicted), annotate(labelled), "hand")
    assert protocol.badness() == pytest.approx([0, 8 / 17, 1, 1, 0, 0.5])
    two_missed = people_px((200, 100), (400, 100))
    protocol.add(predict(people_px()), annotate(two_missed), "hand")
    assert protocol.worst_first().tolist() == [6, 2, 3, 5, 1, 0, 4]
