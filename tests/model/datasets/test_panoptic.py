"""CMU Panoptic as downloaded: cameras, bodies, broken files, and which frames count."""

import dataclasses
import json

import cv2
import numpy as np
import pytest
from benchmark_fixtures import (
    JOINTS_15,
    JOINTS_19,
    LENS,
    panoptic_calibration,
    panoptic_world_cm,
    write_panoptic,
)

from das_model.datasets.panoptic import activity_set, sequence_table, training_set, wanted_rows
from das_model.datasets.panoptic_files import read_bodies
from das_model.datasets.panoptic_split import PanopticSplit
from das_model.skeleton import BODY_22

ROOTS = ((0, -92, 0), (70, -92, 40))
SPLIT = PanopticSplit(
    cameras=("00_16", "00_30"),
    annotations=("hdPose3d_stage1_coco19", "hdPose3d_stage1"),
    train=("a", "b"),
    train_interval=2,
    test={"one": ("a",), "two": ("a", "b")},
)


def joint(annotation, person, name, field="joints_cam"):
    return getattr(annotation, field)[person, BODY_22.index(name)]


def test_world_cm_become_camera_mm_and_opencvs_distorted_pixels(tmp_path):
    write_panoptic(tmp_path, ["a"], num_frames=2)
    pictures = activity_set(tmp_path, SPLIT, "one")
    assert [pictures.file_name(i) for i in range(4)] == [
        f"a/hdImgs/{c}/{c}_{f:08d}.jpg" for c in ("00_16", "00_30") for f in (100, 101)
    ]
    annotation = pictures.annotation(3)  # the second camera's second frame
    entry = panoptic_calibration()[2]
    world = panoptic_world_cm(JOINTS_19, 1, ROOTS)
    expected = (world @ np.array(entry["R"]).T + np.ravel(entry["t"])) * 10
    order = [BODY_22.index(name) for name in JOINTS_19]
    np.testing.assert_allclose(annotation.joints_cam[:, order], expected, atol=1e-2)
    rotation, _ = cv2.Rodrigues(np.array(entry["R"]))
    pixels, _ = cv2.projectPoints(
        world.reshape(-1, 3), rotation, np.array(entry["t"]), np.array(entry["K"]), np.array(LENS)
    )
    np.testing.assert_allclose(
        annotation.joints_px[:, order].reshape(-1, 2), pixels[:, 0], atol=0.01
    )
    assert annotation.camera.size == (1920, 1080)
    np.testing.assert_array_equal(annotation.camera.distortion, LENS)


def test_both_kinds_of_body_files_speak_for_their_own_joints(tmp_path):
    write_panoptic(tmp_path, ["a"], num_frames=1)
    write_panoptic(tmp_path, ["b"], num_frames=1, key="joints15")
    new, old = (activity_set(tmp_path, SPLIT, "two").annotation(i) for i in (0, 2))
    for annotation, names in ((new, JOINTS_19), (old, JOINTS_15)):
        known = [n for n, v in zip(BODY_22.joint_names, annotation.valid_3d[0], strict=True) if v]
        assert set(known) == set(names)
    world = panoptic_world_cm(["head_top"], 0, ROOTS)[0, 0]
    entry = panoptic_calibration()[1]
    expected = (np.array(entry["R"]) @ world + np.ravel(entry["t"])) * 10
    np.testing.assert_allclose(joint(old, 0, "head_top"), expected, atol=1e-2)


def test_the_old_files_are_read_where_there_are_no_new_ones_and_only_there(tmp_path):
    write_panoptic(tmp_path, ["a"], num_frames=1, key="joints15")
    assert joint(activity_set(tmp_path, SPLIT, "one").annotation(0), 0, "head_top", "valid_3d")
    write_panoptic(tmp_path, ["a"], num_frames=1)
    annotation = activity_set(tmp_path, SPLIT, "one").annotation(0)
    assert not joint(annotation, 0, "head_top", "valid_3d")
    assert joint(annotation, 0, "nose", "valid_3d")
    old_only = dataclasses.replace(SPLIT, annotations=("hdPose3d_stage1",))
    assert joint(activity_set(tmp_path, old_only, "one").annotation(0), 0, "head_top", "valid_3d")


def test_unsure_joints_are_not_labelled(tmp_path):
    write_panoptic(tmp_path, ["a"], num_frames=1, low_confidence=("left_wrist",))
    annotation = activity_set(tmp_path, SPLIT, "one").annotation(0)
    for field in ("valid_2d", "valid_3d", "visible"):
        assert not joint(annotation, 0, "left_wrist", field)
        assert joint(annotation, 0, "right_wrist", field)


def test_joints_without_a_position_stay_finite_and_unlabelled(tmp_path):
    joints = np.column_stack([panoptic_world_cm(JOINTS_19, 0, ROOTS)[0], np.full(19, 0.6)])
    joints[5] = [np.nan, np.nan, np.nan, -1]
    text = json.dumps({"bodies": [{"id": 0, "joints19": joints.ravel().tolist()}]})
    write_panoptic(tmp_path, ["a"], num_frames=1, content={100: text})
    annotation = activity_set(tmp_path, SPLIT, "one").annotation(0)
    assert not joint(annotation, 0, JOINTS_19[5], "valid_3d")
    assert np.isfinite(annotation.joints_cam).all()
    assert np.isfinite(annotation.joints_px).all()
    assert annotation.valid_3d.sum() == 18


def test_joints_outside_the_picture_are_labelled_but_not_visible(tmp_path):
    write_panoptic(tmp_path, ["a"], num_frames=1, roots_cm=((0, -92, 0), (270, -92, 0)))
    annotation = activity_set(tmp_path, SPLIT, "one").annotation(0)
    outside = annotation.joints_px[1, :, 0] > 1919
    known = annotation.valid_2d[1]
    assert (outside & known).any()
    assert (~outside & known).any()
    assert not annotation.visible[1, outside].any()
    np.testing.assert_array_equal(annotation.visible[1, ~outside], known[~outside])


BROKEN = {
    101: '{"bodies": [',
    102: "",
    103: '{"version": 0.7, "bodies": []}',
    104: "[1]",
    105: '{"bodies": [{"id": 0, "joints19": [1, 2, 3]}]}',
    106: "{}",
}


def test_broken_and_empty_files_count_as_frames_without_people(tmp_path, caplog):
    write_panoptic(tmp_path, ["a"], num_frames=8, content=BROKEN)
    table = sequence_table(tmp_path, "a", SPLIT)
    assert table.num_people[:8].tolist() == [2, 0, 0, 0, 0, 0, 0, 2]
    warned = {record.args[0].name[-8:-5] for record in caplog.records}
    assert warned == {"101", "102", "104", "105", "106"}
    names = [n.rsplit("_", 1)[1] for n in table.file_names[:8].tolist()]
    pictures = activity_set(tmp_path, SPLIT, "one")
    chosen = [pictures.file_name(i).rsplit("_", 1)[1] for i in range(len(pictures))]
    assert chosen == [names[0], names[7]] * 2


def test_frames_are_drawn_evenly_from_those_that_are_left(tmp_path):
    write_panoptic(tmp_path, ["a"], num_frames=9, content={100: "broken"})
    pictures = activity_set(tmp_path, SPLIT, "one", num_frames=6)  # three of each camera
    chosen = [int(pictures.file_name(i)[-12:-4]) for i in range(len(pictures))]
    assert chosen == [101, 104, 108] * 2  # linspace(0, 7, 3) of the eight frames from 101 on


def test_frames_without_a_picture_do_not_count_where_there_are_pictures(tmp_path):
    write_panoptic(tmp_path, ["a"], num_frames=4, size=(48, 27), pictures=True)
    (tmp_path / "a/hdImgs/00_16/00_16_00000101.jpg").unlink()
    pictures = activity_set(tmp_path, SPLIT, "one")
    assert [int(pictures.file_name(i)[-12:-4]) for i in range(len(pictures))] == [
        100,
        102,
        103,
        100,
        101,
        102,
        103,
    ]
    assert len(wanted_rows(sequence_table(tmp_path, "a", SPLIT), SPLIT, "a")) == 8
    skipping = dataclasses.replace(SPLIT, skip=(pictures.file_name(0),))
    assert activity_set(tmp_path, skipping, "one").file_name(0) == pictures.file_name(1)


def test_training_takes_every_second_frame_without_unusable_people(tmp_path):
    write_panoptic(tmp_path, ["a"], num_frames=6)
    bad = json.dumps({"bodies": [{"id": 0, "joints15": [0.0, -90.0, 0.0, 0.0] * 15}]})
    write_panoptic(tmp_path, ["b"], num_frames=5, key="joints15", content={102: bad})
    pictures = training_set(tmp_path, SPLIT)
    names = [pictures.file_name(i) for i in range(len(pictures))]
    assert [(n[0], int(n[-12:-4])) for n in names] == [
        ("a", 100),
        ("a", 102),
        ("a", 104),
        ("a", 100),
        ("a", 102),
        ("a", 104),
        ("b", 100),
        ("b", 104),
        ("b", 100),
        ("b", 104),
    ]
    assert len(pictures.annotation(9)) == 2


def test_people_out_of_view_or_behind_the_camera_are_rejected(tmp_path):
    roots = ((0, -92, 0), (900, -92, 0), (0, -92, -700))
    write_panoptic(tmp_path, ["a"], num_frames=1, roots_cm=roots)
    table = sequence_table(tmp_path, "a", SPLIT)
    assert table.num_people[0] == 1
    assert table.num_rejected[0] == 2
    assert len(training_set(tmp_path, dataclasses.replace(SPLIT, train=("a",)))) == 0


def test_what_the_lens_cannot_see_does_not_fold_back_into_the_picture(tmp_path):
    write_panoptic(tmp_path, ["a"], num_frames=1, roots_cm=((0, -92, 0), (700, -92, 0)))
    camera = sequence_table(tmp_path, "a", SPLIT).camera(0)
    aside = np.array([7000.0, 0, 3800])  # 61 degrees off the axis
    folded = camera.project(aside)
    assert (folded > 0).all()
    assert (folded < camera.size).all()
    assert len(activity_set(tmp_path, SPLIT, "one").annotation(0)) == 1


def test_items_show_the_scene_through_an_ideal_lens(tmp_path):
    size = (192, 108)
    write_panoptic(tmp_path, ["a"], num_frames=1, size=size, pictures=True)
    pictures = activity_set(tmp_path, SPLIT, "one")
    raw = pictures.annotation(0)
    spot = tuple(np.round(joint(raw, 0, "left_ankle", "joints_px")).astype(int).tolist())
    canvas = np.zeros((*size[::-1], 3), np.uint8)
    cv2.circle(canvas, spot, 3, (255, 255, 255), -1)
    cv2.imwrite(str(tmp_path / pictures.file_name(0)), canvas)
    image, annotation = pictures[0]
    camera = annotation.camera
    assert camera.distortion is None
    assert camera.K[0, 0] == camera.K[1, 1]
    known = annotation.valid_3d
    np.testing.assert_allclose(
        camera.project(annotation.joints_cam)[known], annotation.joints_px[known], atol=0.01
    )
    ys, xs = np.nonzero(image[..., 0] > 128)
    moved = joint(annotation, 0, "left_ankle", "joints_px")
    np.testing.assert_allclose(moved, [xs.mean(), ys.mean()], atol=1)
    assert np.abs(moved - joint(raw, 0, "left_ankle", "joints_px")).max() > 0.3


def test_saved_labels_are_used_until_a_source_changes(tmp_path):
    write_panoptic(tmp_path, ["a"], num_frames=2)
    table = sequence_table(tmp_path, "a", SPLIT)
    sources = [tmp_path / "a/calibration_a.json", *SPLIT.body_files(tmp_path, "a")]
    marked = dataclasses.replace(table, num_rejected=table.num_rejected + 7)
    marked.save(tmp_path / "a/labels.npz", sources)
    again = sequence_table(tmp_path, "a", SPLIT)
    assert again.num_rejected.tolist() == [7] * 4
    np.testing.assert_array_equal(again.annotation(1).joints_cam, table.annotation(1).joints_cam)
    sources[1].write_text(json.dumps({"bodies": []}))
    assert sequence_table(tmp_path, "a", SPLIT).num_people.tolist() == [0, 2, 0, 2]


def test_bundled_lists_differ_where_the_published_ones_do():
    das, smap = PanopticSplit.read(), PanopticSplit.read("smap")
    assert das.test["mafia"] == ("160226_mafia1", "160422_mafia2")
    assert smap.test["mafia"] == ("160226_mafia1",)
    assert len(das.test["ultimatum"]) == 1
    assert len(smap.test["ultimatum"]) == 2
    for split in (das, smap):
        assert len(split.train) == 6
        assert not set(split.train) & set(split.test_sequences)
        assert list(split.test) == ["haggling", "mafia", "ultimatum", "pizza"]


def test_errors_name_what_is_missing(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"calibration_a\.json"):
        activity_set(tmp_path, SPLIT, "one")
    with pytest.raises(ValueError, match="one of one, two, got 'three'"):
        activity_set(tmp_path, SPLIT, "three")
    write_panoptic(tmp_path, ["a"], num_frames=0)
    with pytest.raises(FileNotFoundError, match="hdPose3d_stage1_coco19 or hdPose3d_stage1"):
        activity_set(tmp_path, SPLIT, "one")
    write_panoptic(tmp_path, ["a"], num_frames=1)
    other = dataclasses.replace(SPLIT, cameras=("00_16", "00_05"))
    with pytest.raises(ValueError, match=r"misses \['00_05'\]"):
        activity_set(tmp_path, other, "one")
    with pytest.raises(ValueError, match="das, smap or a file, got 'nobody'"):
        PanopticSplit.read("nobody")
    (tmp_path / "mine.toml").write_text("cameras = []")
    with pytest.raises(ValueError, match="must hold the field 'annotations'"):
        PanopticSplit.read(str(tmp_path / "mine.toml"))


def test_bodies_with_the_key_of_the_old_format_are_told_apart(tmp_path):
    write_panoptic(tmp_path, ["b"], num_frames=1, key="joints15")
    joints, key = read_bodies(next((tmp_path / "b/hdPose3d_stage1").iterdir()))
    assert key == "joints15"
    assert joints.shape == (2, 22, 4)
