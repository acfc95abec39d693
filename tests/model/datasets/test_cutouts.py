"""People cut out by masks and pasted: who is in front, and which joints it hides."""

import dataclasses
import json

import cv2
import numpy as np
import pytest
from people_scenes import annotate

from das_model.camera import Camera
from das_model.datasets.cutouts import CutoutSet, paste, paste_row
from das_model.skeleton import BODY_22, COCO_17

CAMERA = Camera.from_fov((128, 96))


def layer(value, columns):
    """A picture of one value whose mask covers some columns."""
    image = np.full((96, 128, 4), value, np.uint8)
    image[..., 3] = 0
    image[:, columns, 3] = 255
    return image


def test_who_is_pasted_later_hides_joints_of_those_before():
    image = np.zeros((96, 128, 3), np.uint8)
    behind = annotate([[0, 0, 4000]], CAMERA)
    middle = annotate([[100, 0, 3800]], CAMERA)
    front = annotate([[900, 0, 3000]], CAMERA)
    split = int(behind.joints_px[0, BODY_22.root, 0].round())
    labels = paste(image, behind, layer(100, slice(split, 90)), middle)
    labels = paste(image, labels, layer(200, slice(80, 128)), front)
    assert len(labels) == 3
    assert image[50, [split - 1, split, 79, 80, 127], 0].tolist() == [0, 100, 100, 200, 200]
    x = labels.joints_px[..., 0].round()
    before = np.stack([a.visible[0] for a in (behind, middle, front)])
    np.testing.assert_array_equal(labels.visible[0], before[0] & (x[0] < split))
    np.testing.assert_array_equal(labels.visible[1], before[1] & (x[1] < 80))
    np.testing.assert_array_equal(labels.visible[2], before[2])
    assert 3 < labels.visible[0].sum() < 19
    assert labels.valid_2d.all()


def write_people(root, num_people=1):
    """A photo of people with joints on a diagonal each, the first one cut out.

    In the mask, nose and the middle of the ankles are at (5, 5) and (36, 51.5) of 46 x 65 px.
    """
    root.mkdir()
    image, mask = np.full((80, 120, 3), 90, np.uint8), np.zeros((80, 120), np.uint8)
    mask[5:70, 5:51] = 255
    cv2.imwrite(str(root / "a.png"), image)
    cv2.imwrite(str(root / "a_mask.png"), mask)
    people = []
    for i in range(num_people):
        points = [[10.0 + 60 * i + 2 * j, 10.0 + 3 * j, 2] for j in range(COCO_17.num_joints)]
        keypoints = np.ravel(points).tolist()
        people.append({"image_id": 1, "bbox": [5 + 60 * i, 5, 50, 60], "keypoints": keypoints})
    images = [
        {"id": 1, "file_name": "a.png", "mask": "a_mask.png"},
        {"id": 2, "file_name": "b.png"},
    ]
    (root / "annotations.json").write_text(json.dumps({"images": images, "annotations": people}))
    return people


def test_the_one_in_the_mask_is_taken_in_the_px_of_the_mask(tmp_path):
    people = write_people(tmp_path / "set", num_people=2)
    cutouts = CutoutSet.open(tmp_path / "set")
    assert len(cutouts) == 1
    image, labels = cutouts[0]
    assert image.shape == (65, 46, 4)
    assert len(labels) == 1
    assert image[30, 30].tolist() == [90, 90, 90, 255]
    wrist = BODY_22.index("left_wrist")
    expected = np.array(people[0]["keypoints"][27:29]) - 5
    np.testing.assert_allclose(labels.joints_px[0, wrist], expected)


def test_joints_outside_of_the_mask_are_no_labels(tmp_path):
    people = write_people(tmp_path / "set")
    ankle = BODY_22.index("right_ankle")
    assert CutoutSet.open(tmp_path / "set")[0][1].valid_2d[0, ankle]
    people[0]["keypoints"][48:50] = [100, 60]
    content = json.loads((tmp_path / "set" / "annotations.json").read_text())
    content["annotations"] = people
    (tmp_path / "new.json").write_text(json.dumps(content))
    _image, labels = CutoutSet.open(tmp_path / "set", tmp_path / "new.json")[0]
    assert not labels.valid_2d[0, ankle]
    assert not labels.visible[0, ankle]
    assert labels.valid_2d[0, BODY_22.index("left_ankle")]


def test_masks_of_somebody_else_are_left_out(tmp_path):
    write_people(tmp_path / "set")
    mask = np.zeros((80, 120), np.uint8)
    mask[5:70, 80:110] = 255
    cv2.imwrite(str(tmp_path / "set" / "a_mask.png"), mask)
    cutouts = CutoutSet.open(tmp_path / "set")
    assert cutouts[0] is None
    image, nobody = np.zeros((96, 128, 3), np.uint8), annotate(np.zeros((0, 3)), CAMERA)
    _, labels = paste_row(image, nobody, cutouts, np.random.default_rng(0))
    assert len(labels) == 0


def test_rows_keep_the_pictures_people_and_leave_the_picture_itself_alone(tmp_path):
    write_people(tmp_path / "set")
    cutouts = CutoutSet.open(tmp_path / "set")
    image = np.zeros((96, 128, 3), np.uint8)
    annotation = annotate([[0, 0, 4000]], CAMERA)
    annotation = dataclasses.replace(annotation, ignore_px=np.array([[1, 2, 3, 4]], np.float32))
    numbers, num_hidden = set(), 0
    for seed in range(30):
        pasted, labels = paste_row(image, annotation, cutouts, np.random.default_rng(seed))
        assert not image.any()
        assert len(labels.ignore_px) == 1
        numbers.add(len(labels) - 1)
        np.testing.assert_allclose(labels.joints_px[0], annotation.joints_px[0])
        assert labels.is_relative.tolist() == [False] + [True] * (len(labels) - 1)
        num_hidden += (annotation.visible[0] & ~labels.visible[0]).any()
        is_hidden = annotation.visible[0] & ~labels.visible[0]
        x, y = labels.joints_px[0, is_hidden].round().astype(int).T
        assert (pasted[y, x] > 0).all()
    assert numbers == {1, 2, 3, 4}
    assert num_hidden > 5


def test_who_stands_lower_is_drawn_in_front(tmp_path):
    write_people(tmp_path / "set")
    cutouts = CutoutSet.open(tmp_path / "set")
    image, nobody = np.zeros((96, 128, 3), np.uint8), annotate(np.zeros((0, 3)), CAMERA)
    nose = BODY_22.index("nose")
    ankles = [BODY_22.index("left_ankle"), BODY_22.index("right_ankle")]
    num_behind = 0
    for seed in range(20):
        _, labels = paste_row(image, nobody, cutouts, np.random.default_rng(seed))
        first, last = labels.joints_px[:, nose], labels.joints_px[:, ankles].mean(axis=1)
        scale = np.linalg.norm(last - first, axis=1) / np.hypot(31, 46.5)
        middle = first[:, 1] + (last - first)[:, 1] * 27 / 46.5  # of the mask
        assert (np.diff(middle + 32.5 * scale) > -1.0).all()
        num_behind += (np.diff(labels.joints_px[:, nose, 0]) < 0).any()
        # the last one pasted is covered by nobody: all of its joints in the picture are seen
        px = labels.joints_px[-1]
        is_inside = ((px > -0.5) & (px < [127.5, 95.5])).all(axis=1) & labels.valid_2d[-1]
        np.testing.assert_array_equal(labels.visible[-1], is_inside)
    assert num_behind > 3  # not only from left to right


def test_a_mask_that_cannot_be_read_is_named(tmp_path):
    write_people(tmp_path / "set")
    (tmp_path / "set" / "a_mask.png").unlink()
    with pytest.raises(OSError, match=r"a\.png: photo or mask is not readable"):
        CutoutSet.open(tmp_path / "set")[0]
