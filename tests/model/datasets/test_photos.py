"""Photos with 2D labels: what becomes a target, what is ignored, what is derived."""

import json

import cv2
import numpy as np
import pytest

from das_model.datasets.photos import PhotoSet, photo_annotation
from das_model.inference.targets import Encoding, encode
from das_model.skeleton import BODY_22, COCO_17


def person(visible=COCO_17.joint_names, **fields):
    """A record with joint j at (10 j, 5 j)."""
    points = [
        [10.0 * j, 5.0 * j, 2] if name in visible else [0, 0, 0]
        for j, name in enumerate(COCO_17.joint_names)
    ]
    return {"image_id": 1, "bbox": [1, 2, 30, 40], "keypoints": np.ravel(points).tolist()} | fields


def test_coco_joints_land_on_their_names_and_the_trunk_is_derived():
    annotation = photo_annotation([person()], {}, (320, 240))
    points = dict(zip(BODY_22.joint_names, annotation.joints_px[0], strict=True))
    labelled = dict(zip(BODY_22.joint_names, annotation.valid_2d[0], strict=True))
    np.testing.assert_allclose(points["left_wrist"], [90, 45])
    np.testing.assert_allclose(points["pelvis"], [115, 57.5])  # hips at j = 11 and 12
    mid_shoulder = np.array([55, 27.5])
    rise = 0.185 * (mid_shoulder - points["pelvis"])
    np.testing.assert_allclose(points["neck"], mid_shoulder + rise, rtol=1e-5)
    np.testing.assert_allclose(points["spine"], (points["neck"] + points["pelvis"]) / 2)
    assert not labelled["head_top"]
    assert not labelled["head"]
    assert not annotation.valid_3d.any()


def test_labels_by_hand_come_before_derived_ones():
    record = person(extra={"neck": [7, 8, 2], "head_top": [9, 10, 2]})
    annotation = photo_annotation([record], {}, (320, 240))
    np.testing.assert_allclose(annotation.joints_px[0, BODY_22.index("neck")], [7, 8])
    assert annotation.valid_2d[0, BODY_22.index("head_top")]


@pytest.mark.parametrize(
    "record",
    [
        person(ignore=1),
        person(visible=("nose", "left_hip", "right_hip")),
        person(visible=("left_elbow", "left_wrist", "left_knee", "left_ankle", "right_knee")),
    ],
    ids=["marked", "few joints", "limbs only"],
)
def test_people_whose_root_nobody_can_guess_become_ignore_boxes(record):
    annotation = photo_annotation([record], {}, (320, 240))
    assert len(annotation) == 0
    np.testing.assert_allclose(annotation.ignore_px, [[1, 2, 31, 42]])


def upright(**px):
    """A record with the named joints at the given px, nothing else labelled."""
    points = [[*px.get(name, (0, 0)), 2 * (name in px)] for name in COCO_17.joint_names]
    return {"image_id": 1, "bbox": [0, 0, 1, 1], "keypoints": np.ravel(points).tolist()}


def test_root_of_a_close_up_is_guessed_below_the_shoulders():
    record = upright(
        nose=(100, 50),
        left_eye=(104, 46),
        right_eye=(96, 46),
        left_shoulder=(150, 100),
        right_shoulder=(50, 100),
    )
    annotation = photo_annotation([record], {}, (200, 150))
    names = BODY_22.joint_names
    assert len(annotation) == 1
    assert not annotation.valid_2d[0, BODY_22.root]
    # face centre at y = 142 / 3; the trunk is the longer of 1.4 * 100 and 2 * (100 - 142 / 3)
    np.testing.assert_allclose(annotation.root_guess_px, [[100, 240]], atol=1e-3)
    np.testing.assert_allclose(
        annotation.joints_px[0, names.index("neck")], [100, 100 - 0.185 * 140], atol=1e-3
    )
    assert not annotation.valid_2d[0, names.index("spine")]


def test_root_guess_takes_the_only_hip_or_hangs_below_a_lone_face():
    hip = upright(
        nose=(10, 10),
        left_eye=(12, 8),
        left_shoulder=(20, 30),
        left_hip=(22, 70),
        left_knee=(2, 9),
    )
    face = upright(
        nose=(50, 50), left_eye=(56, 44), right_eye=(44, 44), left_ear=(60, 46), right_ear=(40, 46)
    )
    annotation = photo_annotation([hip, face], {}, (200, 150))
    np.testing.assert_allclose(annotation.root_guess_px, [[22, 70], [50, 46 + 100]], atol=1e-3)


def hint(residual, seen):
    """Depths of 100 mm times the joint's number, for the joints that are seen."""
    joints = [[0, 0, 100 * j] for j in range(17)]
    visibility = [0.9 if name in seen else 0.3 for name in COCO_17.joint_names]
    return {"joints_mm": joints, "visibility": visibility, "residual": residual}


@pytest.mark.parametrize("residual", [0.02, None])
def test_guessed_depths_count_from_the_root_on_where_the_teacher_saw_a_joint(residual):
    record = person(teacher3d=hint(residual, ("nose", "left_wrist")))
    annotation = photo_annotation([record, person()], {}, (320, 240))
    names = BODY_22.joint_names
    known = [names[j] for j in np.flatnonzero(annotation.valid_3d[0])]
    assert sorted(known) == ["left_wrist", "nose", "pelvis"]
    assert annotation.joints_cam[0, names.index("left_wrist"), 2] == 900
    assert not annotation.valid_3d[1].any()
    assert annotation.is_relative.all()
    targets = encode(annotation, Encoding())
    assert not any(t.root_valid[2].any() or t.root[2].any() for t in targets)
    wrist = names.index("left_wrist")
    depth = np.concatenate([t.joint_offset[wrist, 2][t.joint_valid[wrist, 2]] for t in targets])
    np.testing.assert_allclose(depth, 900 / Encoding().joint_depth_unit_mm)
    assert len(depth) > 0


def test_guessed_depths_that_do_not_fit_the_labels_are_left_out():
    record = person(teacher3d=hint(0.2, COCO_17.joint_names))
    assert not photo_annotation([record], {}, (320, 240)).valid_3d.any()


def test_crowds_without_labels_are_not_denied():
    far = person(bbox=[200, 100, 40, 60])
    annotation = photo_annotation([person(), far], {"exhaustive": False}, (320, 240))

    def is_ignored(x, y):
        left, top, right, bottom = annotation.ignore_px.T
        return ((left <= x) & (x <= right) & (top <= y) & (y <= bottom)).any()

    near = [(1, 2), (31, 42), (34, 47), (195, 92), (245, 168)]  # up to 0.15 of a box around it
    away = [(37, 20), (20, 49), (120, 80), (193, 130), (220, 90), (220, 170), (300, 230)]
    assert not any(is_ignored(*point) for point in near)
    assert all(is_ignored(*point) for point in away)
    assert photo_annotation([], {"exhaustive": False}, (9, 9)).ignore_px.tolist() == [[0, 0, 9, 9]]


def test_split_is_read_from_the_file(tmp_path):
    cv2.imwrite(str(tmp_path / "a.png"), np.full((24, 32, 3), (255, 0, 0), np.uint8))
    images = [
        {"id": 1, "file_name": "a.png", "split": "train"},
        {"id": 2, "file_name": "gone.png", "split": "val"},
    ]
    content = {"images": images, "annotations": [person()]}
    (tmp_path / "annotations.json").write_text(json.dumps(content))
    train, val = PhotoSet.open(tmp_path, "train"), PhotoSet.open(tmp_path, "val")
    assert len(train) == len(val) == 1
    image, annotation = train[0]
    assert image[0, 0].tolist() == [0, 0, 255]
    assert len(annotation) == 1
    with pytest.raises(OSError, match=r"gone\.png"):
        val[0]
    with pytest.raises(FileNotFoundError, match=r"annotations\.json"):
        PhotoSet.open(tmp_path / "nowhere", "train")


def test_hidden_joints_are_labelled_and_not_visible():
    record = person()
    record["keypoints"][3 * COCO_17.index("left_hip") + 2] = 1
    annotation = photo_annotation([record], {}, (320, 240))
    hidden = [BODY_22.joint_names[j] for j in np.flatnonzero(~annotation.visible[0])]
    assert sorted(hidden) == ["head", "head_top", "left_hip", "pelvis", "spine"]
    unlabelled = [BODY_22.joint_names[j] for j in np.flatnonzero(~annotation.valid_2d[0])]
    assert sorted(unlabelled) == ["head", "head_top"]


def test_labels_may_lie_elsewhere_and_photos_be_left_out(tmp_path):
    photos = tmp_path / "photos"
    photos.mkdir()
    images = [{"id": i, "file_name": f"{i}.png"} for i in (1, 2)]
    for entry in images:
        cv2.imwrite(str(photos / entry["file_name"]), np.zeros((24, 32, 3), np.uint8))
    for file, people in ((photos / "annotations.json", []), (tmp_path / "new.json", [person()])):
        file.write_text(json.dumps({"images": images, "annotations": people}))
    assert len(PhotoSet.open(photos, "train")[0][1]) == 0
    relabelled = PhotoSet.open(photos, "train", tmp_path / "new.json", excluded={"2.png"})
    assert len(relabelled) == 1
    assert len(relabelled[0][1]) == 1


def test_photos_of_several_people_are_drawn_more_often(tmp_path):
    images = [{"id": i, "file_name": f"{i}.png"} for i in range(4)]
    ignored = person(ignore=1)
    people = [person() | {"image_id": i} for i, n in enumerate((0, 1, 2, 7)) for _ in range(n)]
    content = {"images": images, "annotations": [*people, ignored]}
    (tmp_path / "annotations.json").write_text(json.dumps(content))
    repeated = PhotoSet.open(tmp_path, "train").crowds_more_often()
    assert [entry["id"] for entry in repeated.images] == [0, 1, 2, 2, 3, 3, 3, 3]


def test_sources_of_labels_stand_beside_their_people(tmp_path):
    cv2.imwrite(str(tmp_path / "a.png"), np.zeros((24, 32, 3), np.uint8))
    people = [person(source="human"), person(source="yolo", ignore=1), person(source="teacher")]
    content = {"images": [{"id": 1, "file_name": "a.png"}], "annotations": people}
    (tmp_path / "annotations.json").write_text(json.dumps(content))
    photos = PhotoSet.open(tmp_path, "val")
    assert photos.label_sources(0) == ["human", "teacher"]
    assert len(photos[0][1]) == 2
