"""Photos without anybody: what validation keeps is never trained on."""

import json

import cv2
import numpy as np
import pytest

from das_model.datasets.data_config import DataConfig, Shares
from das_model.datasets.negatives import NegativeSet
from das_model.datasets.validation_lists import validation_names


def write(file, size=(40, 30)):
    file.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(file), np.full((size[1], size[0], 3), (255, 0, 0), np.uint8))


@pytest.mark.parametrize("folder", [".", "images"])
def test_photos_of_validation_are_refused_whichever_folder_is_named(tmp_path, folder):
    kept_out = sorted(validation_names("coco_no_person"))[:3]
    for name in (*kept_out, "images/free.jpg"):
        write(tmp_path / "coco_no_person" / name)
    negatives = NegativeSet.open([tmp_path / "coco_no_person" / folder])
    assert [file.name for file in negatives.files] == ["free.jpg"]


def test_backgrounds_of_validation_are_refused_in_folders_of_folders(tmp_path):
    kept_out = sorted(validation_names("backgrounds"))
    for name in (kept_out[0], kept_out[-1], "backgrounds/hdri/free.png"):
        write(tmp_path / name)
    (tmp_path / "backgrounds" / "notes.txt").write_text("no picture")
    negatives = NegativeSet.open([tmp_path / "backgrounds"])
    assert [file.name for file in negatives.files] == ["free.png"]
    image, annotation = negatives[0]
    assert image[0, 0].tolist() == [0, 0, 255]
    assert len(annotation) == 0
    assert annotation.camera.size == (40, 30)
    assert len(annotation.ignore_px) == 0
    for size in ((64, 20), (20, 200)):
        backdrop = negatives.backdrop(size, np.random.default_rng(0))
        assert backdrop.shape == (size[1], size[0], 3)
    with pytest.raises(FileNotFoundError, match="photos without people were expected"):
        NegativeSet.open([tmp_path / "nowhere"])


def test_hand_labelled_photos_of_validation_are_refused_in_training(tmp_path):
    kept_out = sorted(validation_names("coco_real"))[0]
    images = [{"id": i, "file_name": n} for i, n in enumerate((kept_out, "images/free.jpg"))]
    (tmp_path / "annotations.json").write_text(json.dumps({"images": images, "annotations": []}))
    write(tmp_path / "negatives" / "free.jpg")
    data = DataConfig(
        coco_real=tmp_path,
        negatives=(tmp_path / "negatives",),
        shares=Shares(coco_real=0.3, negatives=0.1),
    )
    (photos, negatives), shares = data.training_sets()
    assert [entry["file_name"] for entry in photos.images] == ["images/free.jpg"]
    assert len(negatives) == 1
    assert shares == pytest.approx([0.75, 0.25])
    with pytest.raises(ValueError, match="no share of the samples"):
        DataConfig(coco_real=tmp_path, shares=Shares()).training_sets()
    with pytest.raises(ValueError, match="add up to 1 or less"):
        Shares(photos=0.6, coco_real=0.3, negatives=0.2)
