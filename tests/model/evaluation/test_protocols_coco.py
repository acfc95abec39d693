"""COCO's figures on people made by hand, against the official meaning of AP and AR."""

import math

import numpy as np
import pytest
from labelled_people import STANDING_PX

from das_model.camera import Camera
from das_model.evaluation.metrics import COCO_SIGMAS
from das_model.evaluation.predictions import Prediction
from das_model.evaluation.protocols.coco import CocoProtocol
from das_model.people import People
from das_model.skeleton import BODY_22, COCO_17, PANOPTIC_15, Skeleton

CAMERA = Camera.from_fov((640, 480))


def truth(*people, images=(1, 2)):
    """COCO content of (image id, left, top[, flags]) people."""
    annotations = []
    for image_id, left, top, *flags in people:
        points = STANDING_PX + [left, top]
        seen = flags[0] if flags else np.full(17, 2)
        annotations.append(
            {
                "id": len(annotations) + 1,
                "image_id": image_id,
                "category_id": 1,
                "iscrowd": 0,
                "keypoints": np.column_stack([points, seen]).ravel().tolist(),
                "num_keypoints": int((np.array(seen) > 0).sum()),
                "area": 10000.0,
                "bbox": [left - 25.0, top - 4.0, 50.0, 202.0],
            }
        )
    size = {"width": 640, "height": 480}
    entries = [{"id": i, "file_name": f"{i:012d}.jpg"} | size for i in images]
    return {"images": entries, "annotations": annotations, "categories": [{"id": 1}]}


def predict(*people, skeleton=BODY_22, points=STANDING_PX):
    """People at (left, top, score)."""
    px = np.zeros((len(people), 22, 2))
    placed = [points + person[:2] for person in people]
    px[:, COCO_17.indices_in(BODY_22)] = placed or STANDING_PX[None]
    order = skeleton.indices_in(BODY_22)
    n = len(people)
    scores = np.array([person[2] for person in people], np.float32)
    found = People(
        np.full((n, len(order), 3), np.nan, np.float32),
        np.ones((n, len(order)), np.float32),
        scores,
        np.full(n, -1, np.int64),
        skeleton,
    )
    return Prediction(found, px[:, order])


def table_of(content, by_image):
    protocol = CocoProtocol(content)
    for image_id, prediction in by_image.items():
        protocol.add(prediction, image_id)
    return protocol.table()


def test_perfect_predictions():
    content = truth((1, 100, 50), (1, 300, 60), (2, 200, 100))
    table = table_of(
        content, {1: predict((300, 60, 0.6), (100, 50, 0.9)), 2: predict((200, 100, 0.8))}
    )
    assert [table[name] for name in ("AP", "AR", "AP50")] == pytest.approx([1, 1, 1])
    assert table["num_joints"] == 17
    assert table["num_images"] == 2
    assert table["APl"] == pytest.approx(1)
    assert math.isnan(table["APm"])


def test_missed_and_false_people():
    content = truth((1, 100, 50), (2, 200, 100))
    missed = table_of(content, {1: predict((100, 50, 0.9)), 2: predict()})
    assert missed["AR"] == pytest.approx(0.5)
    assert missed["AP"] == pytest.approx(51 / 101)  # recall points 0 to 0.5 of 101
    surer = table_of(content, {1: predict((100, 50, 0.6), (400, 50, 0.9)), 2: predict()})
    assert surer["AP"] == pytest.approx(51 / 101 / 2)
    double = table_of(content, {1: predict((100, 50, 0.9), (101, 50, 0.8)), 2: predict()})
    assert double["AP"] == pytest.approx(missed["AP"])  # the second comes after all recall


def test_similarity_by_hand_decides_which_thresholds_are_passed():
    # every joint off by d px: similarity is the mean of exp(-d^2 / (2 area (2 sigma)^2))
    shift = 8.0
    similarity = np.exp(-(shift**2) / (2 * 10000 * (2 * COCO_SIGMAS) ** 2)).mean()
    passed = (similarity >= np.linspace(0.5, 0.95, 10)).sum()
    assert 0 < passed < 10
    table = table_of(truth((1, 100, 50)), {1: predict((100 + shift, 50, 0.9))})
    assert table["AP"] == pytest.approx(passed / 10)


def test_models_with_fewer_joints_are_compared_on_the_common_ones():
    moved = STANDING_PX.copy()
    moved[1:5] += 200  # eyes and ears, which the smaller set has not
    content = truth((1, 100, 50))
    assert table_of(content, {1: predict((100, 50, 0.9), points=moved)})["AP"] < 1
    table = table_of(content, {1: predict((100, 50, 0.9), skeleton=PANOPTIC_15, points=moved)})
    assert table["AP"] == pytest.approx(1)
    assert table["num_joints"] == 13
    only_eyes = np.where(np.arange(17) == 1, 2, 0)
    nobody = truth((1, 100, 50, only_eyes))
    table = table_of(nobody, {1: predict(skeleton=PANOPTIC_15)})
    assert math.isnan(table["AP"])  # no common joint is labelled
    with pytest.raises(ValueError, match="at least one of the joints"):
        table_of(content, {1: predict((1, 1, 0.5), skeleton=Skeleton(("pelvis", "neck")))})


def test_joints_that_are_not_finite_are_wrong():
    broken = STANDING_PX.copy()
    broken[9:] = np.nan
    table = table_of(truth((1, 100, 50)), {1: predict((100, 50, 0.9), points=broken)})
    assert table["AP50"] == pytest.approx(1)
    assert table["AP75"] == 0
    nowhere = predict((100, 50, 0.9), points=np.full((17, 2), np.nan))
    assert table_of(truth((1, 100, 50)), {1: nowhere})["AP"] == 0


def test_only_pictures_taken_in_are_asked_for():
    content = truth((1, 100, 50), (2, 200, 100))
    assert table_of(content, {1: predict((100, 50, 0.9))})["AR"] == pytest.approx(1)


def test_nobody():
    assert table_of(truth((1, 100, 50)), {1: predict()})["AP"] == 0
    assert math.isnan(table_of(truth(), {1: predict((100, 50, 0.9))})["AP"])
