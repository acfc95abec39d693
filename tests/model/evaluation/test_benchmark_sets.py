"""MuCo-3DHP, MuPoTS-3D and COCO as downloaded: cameras, validity, and files of the toolbox."""

import numpy as np
import pytest
from benchmark_fixtures import FACTOR_UNIV, standing, write_coco, write_muco, write_mupots

from das_model.datasets import coco, muco, mupots
from das_model.skeleton import BODY_22, MUCO_21, MUPOTS_17


def test_muco_cameras_and_joints(tmp_path):
    write_muco(tmp_path)
    pictures = muco.training_set(tmp_path)
    assert len(pictures) == 3
    assert pictures.file_name(1) == "augmented_set/0/000001.jpg"
    annotation = pictures.annotation(1)
    assert annotation.skeleton.joint_names == MUCO_21.joint_names
    np.testing.assert_allclose(
        annotation.camera.K[[0, 1, 0, 1], [0, 1, 2, 2]], [150.2, 149.8, 62.5, 47.0]
    )
    expected = standing(MUCO_21.joint_names, [-350.0, 100, 3500], 20)
    np.testing.assert_allclose(annotation.joints_cam[0], expected, atol=1e-3)
    np.testing.assert_allclose(
        annotation.camera.project(annotation.joints_cam), annotation.joints_px, atol=1e-3
    )
    assert annotation.valid_3d.all()
    assert not annotation.visible[:, 20].any()
    image, ideal = pictures[1]
    assert image.shape == (96, 128, 3)
    assert ideal.camera.K[0, 0] == ideal.camera.K[1, 1]
    np.testing.assert_allclose(ideal.camera.project(ideal.joints_cam), ideal.joints_px, atol=0.01)


def test_mupots_leaves_out_people_who_are_not_valid(tmp_path):
    write_mupots(tmp_path)
    pictures = mupots.test_set(tmp_path)
    assert pictures.file_name(4) == "TS2/img_000001.jpg"
    assert [len(pictures.annotation(i)) for i in range(6)] == [2, 3, 2] * 2
    assert pictures.table.num_rejected.tolist() == [1, 0, 1] * 2
    annotation = pictures.annotation(0)
    assert annotation.skeleton.joint_names == MUPOTS_17.joint_names
    assert not annotation.visible[1, 4]
    assert annotation.valid_2d[1, 4]
    assert pictures.camera(0).size == (2048, 2048)


def as_the_authors_have_it(root):
    """Moves the files of MuPoTS-3D or MuCo-3DHP to where the DAS authors' code has them."""
    (root / "annotations").mkdir()
    for file in root.glob("*.json"):
        file.rename(root / "annotations" / file.name)
    for folder in root.glob("MultiPersonTestSet/*"):
        folder.rename(root / folder.name)
    if (root / "MultiPersonTestSet").is_dir():
        (root / "MultiPersonTestSet").rmdir()


def test_the_authors_layouts_give_the_same_sets(tmp_path):
    write_mupots(tmp_path / "mupots", pictures=True, size=(64, 64))
    write_muco(tmp_path / "muco")
    before = mupots.test_set(tmp_path / "mupots"), muco.training_set(tmp_path / "muco")
    frames = mupots.read_sequence(tmp_path / "mupots", "TS2")
    for name in ("mupots", "muco"):
        as_the_authors_have_it(tmp_path / name)
    after = mupots.test_set(tmp_path / "mupots"), muco.training_set(tmp_path / "muco")
    for one, other in zip(before, after, strict=True):
        assert len(one) == len(other)
        assert one.file_name(2) == other.file_name(2)
        assert other[2][0].ndim == 3
        np.testing.assert_array_equal(one.annotation(2).joints_cam, other.annotation(2).joints_cam)
    again = mupots.read_sequence(tmp_path / "mupots", "TS2")
    assert [f.file_name for f in again] == [f.file_name for f in frames]
    muco_json = tmp_path / "muco" / "annotations" / "MuCo-3DHP.json"
    muco_json.rename(muco_json.with_name("train_all_interv1.json"))
    assert len(muco.training_set(tmp_path / "muco")) == len(before[1])


def test_mupots_toolbox_files_say_the_same_as_the_json(tmp_path):
    write_mupots(tmp_path)
    pictures = mupots.test_set(tmp_path)
    frames = mupots.read_sequence(tmp_path, "TS1") + mupots.read_sequence(tmp_path, "TS2")
    for i, frame in enumerate(frames):
        annotation = pictures.annotation(i)
        assert frame.file_name == pictures.file_name(i)
        np.testing.assert_allclose(frame.joints_cam, annotation.joints_cam, atol=1e-3)
        np.testing.assert_allclose(frame.joints_px, annotation.joints_px, atol=1e-3)
        root = frame.joints_cam[:, [14]]
        np.testing.assert_allclose(
            frame.univ_joints_cam - root, (frame.joints_cam - root) * FACTOR_UNIV, atol=1e-6
        )
        assert frame.is_occluded[1].nonzero()[0].tolist() == [4]
        assert not frame.is_occluded[0].any()


def test_mupots_can_do_without_occlusion_labels(tmp_path):
    write_mupots(tmp_path, ["TS3"], num_frames=1)
    (tmp_path / "MultiPersonTestSet/TS3/occlusion.mat").unlink()
    (frame,) = mupots.read_sequence(tmp_path, "TS3")
    assert frame.is_occluded.shape == (2, 17)
    assert not frame.is_occluded.any()


def test_coco_crowds_and_people_without_labels_become_ignore_boxes(tmp_path):
    write_coco(tmp_path, pictures=True)
    pictures = coco.picture_set(tmp_path, "val2017")
    assert len(pictures) == 1
    assert pictures.file_name(0) == "val2017/000000000007.jpg"
    image, annotation = pictures[0]
    assert image.shape == (64, 96, 3)
    assert len(annotation) == 1
    np.testing.assert_allclose(annotation.ignore_px, [[60, 5, 90, 25], [1, 2, 11, 22]], atol=1e-3)
    wrist = BODY_22.index("left_wrist")
    np.testing.assert_allclose(annotation.joints_px[0, wrist], [38, 28], atol=1e-3)
    assert annotation.valid_2d[0, BODY_22.root]
    assert not annotation.valid_3d.any()


def test_pictures_that_are_not_what_the_labels_say_are_refused(tmp_path):
    write_muco(tmp_path, num_pictures=2)
    pictures = muco.training_set(tmp_path)
    (tmp_path / pictures.file_name(0)).write_bytes(b"no picture")
    with pytest.raises(OSError, match=r"000000\.jpg: not a readable image"):
        pictures[0]
    (tmp_path / pictures.file_name(1)).unlink()
    write_muco(tmp_path / "other", num_pictures=2, size=(64, 48))
    (tmp_path / "other" / pictures.file_name(1)).rename(tmp_path / pictures.file_name(1))
    with pytest.raises(ValueError, match=r"must be \(128, 96\) px, got \(64, 48\)"):
        pictures[1]


def test_missing_labels_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"MuCo-3DHP\.json"):
        muco.training_set(tmp_path)
    with pytest.raises(FileNotFoundError, match=r"MuPoTS-3D\.json"):
        mupots.test_set(tmp_path)
    with pytest.raises(FileNotFoundError, match=r"TS1/annot\.mat"):
        mupots.read_sequence(tmp_path, "TS1")
    with pytest.raises(FileNotFoundError, match=r"person_keypoints_val2017\.json"):
        coco.picture_set(tmp_path, "val2017")
    with pytest.raises(ValueError, match="one of train2017, val2017, got 'test'"):
        coco.picture_set(tmp_path, "test")
