"""Labels that two looks agree on: what is kept, what is not, and what stays as it was."""

import numpy as np
import pytest

from das_model.inference.looks.thunder import Drawn
from das_model.skeleton import COCO_17
from das_model.training.thunder_labels import is_to_be_looked_at, look, relabelled

SIZE = (400, 400)
BOX = [100.0, 50.0, 100.0, 200.0]
RNG = np.random.default_rng(0)
JOINTS = np.array([100, 50]) + RNG.uniform(0.1, 0.9, (17, 2)) * (100, 200)


def person(number, keypoints=None, box=BOX, **others):
    """A record as machines wrote it; an ignore box without joints."""
    values = np.zeros((17, 3)) if keypoints is None else keypoints
    return {
        "id": number,
        "image_id": 1,
        "bbox": list(box),
        "area": box[2] * box[3],
        "keypoints": values.ravel().tolist(),
        "num_keypoints": int((values[:, 2] > 0).sum()),
        "source": "teacher",
        "ignore": int(keypoints is None),
        **others,
    }


def looks_at(joints=JOINTS, scores=0.8, moved=0.0):
    """Two looks, the second one shifted."""
    seen = np.column_stack([joints, np.full(17, scores)])
    return np.stack([seen, seen + np.array([moved, 0, 0])])


def labelled(record):
    return np.array(record["keypoints"]).reshape(-1, 3)


def test_joints_that_both_looks_find_are_labelled_between_them():
    looks = looks_at(moved=1.0)
    looks[1, 3, 0] += 60  # an ear, in doubt
    looks[:, 9, 2] = 0.2  # a wrist, not seen
    (record,) = relabelled([person(1)], {1: looks}, SIZE)
    found = labelled(record)
    kept = np.setdiff1d(np.arange(17), [3, 9])
    np.testing.assert_allclose(found[kept, :2], JOINTS[kept] + [0.5, 0], atol=0.051)
    assert (found[kept, 2] == 2).all()
    assert not found[[3, 9]].any()
    assert (record["ignore"], record["source"], record["num_keypoints"]) == (0, "thunder", 15)
    assert record["joint_scores"][9] == 0.2


def test_a_former_label_lets_a_less_sure_joint_in():
    looks = looks_at()
    looks[:, [9, 10], 2] = 0.35
    former = np.column_stack([JOINTS, np.full(17, 2)])
    former[10, :2] += 60
    (record,) = relabelled([person(1, former)], {1: looks}, SIZE)
    assert labelled(record)[9, 2] == 2
    assert labelled(record)[10, 2] == 0


@pytest.mark.parametrize(
    "looks",
    [looks_at(scores=0.29), looks_at()[:1], looks_at(JOINTS + [180, 0]), looks_at(JOINTS - 300)],
    ids=["unsure", "one look only", "somebody beside the box", "outside the photo"],
)
def test_who_is_not_found_becomes_an_ignore_box(looks):
    former = np.column_stack([JOINTS, np.full(17, 2)])
    (record,) = relabelled([person(1, former)], {1: looks}, (260, 400))
    assert record["ignore"] == 1
    assert not labelled(record).any()


def test_nobody_is_labelled_twice_and_labels_by_hand_win():
    hand = person(1, np.column_stack([JOINTS + 2, np.full(17, 2)]), source="human")
    crowd = person(4, iscrowd=1)
    assert not is_to_be_looked_at(hand)
    assert not is_to_be_looked_at(crowd)
    records = relabelled([person(2), hand, person(3), crowd], {2: looks_at(), 3: looks_at()}, SIZE)
    assert [r["id"] for r in records] == [2, 1, 3, 4]
    assert records[1] is hand
    assert records[3] is crowd
    assert [r["ignore"] for r in records] == [1, 0, 1, 1]
    records = relabelled([person(2), person(3)], {2: looks_at(scores=0.6), 3: looks_at()}, SIZE)
    assert sorted(r["ignore"] for r in records) == [0, 1]


def test_records_that_nobody_looked_at_stay():
    former = person(1, np.column_stack([JOINTS, np.full(17, 2)]))
    assert relabelled([former], {}, SIZE) == [former]


class Pointer:
    """In place of Thunder: every joint at the brightest spot, a left eye beside it."""

    def __init__(self, scores):
        self.scores, self.num_calls = scores, 0

    def __call__(self, crops):
        self.num_calls += 1
        rows, columns = np.unravel_index(crops[0, ..., 0].argmax(), crops.shape[1:3])
        joints = np.tile(np.array([columns, rows], float), (1, 17, 1))
        joints[0, COCO_17.index("left_eye"), 0] += 8
        return Drawn(joints, self.scores[None], ())


def test_looks_come_back_to_the_picture_and_mirrored_ones_swap_sides():
    image = np.zeros((300, 300, 3), np.uint8)
    image[118:123, 138:143] = 255
    seen = look(Pointer(np.full(17, 0.9)), image, BOX)
    assert seen.shape == (2, 17, 3)
    np.testing.assert_allclose(seen[:, 0, :2], [[140, 120], [140, 120]], atol=3)
    left, right = COCO_17.index("left_eye"), COCO_17.index("right_eye")
    assert seen[0, left, 0] > seen[0, right, 0] + 5  # to the right in the picture
    assert seen[1, right, 0] < seen[1, left, 0] - 5  # to the right in the mirror


def test_a_first_look_at_nobody_is_the_last():
    thunder = Pointer(np.full(17, 0.1))
    assert look(thunder, np.zeros((300, 300, 3), np.uint8), BOX).shape == (1, 17, 3)
    assert thunder.num_calls == 1
