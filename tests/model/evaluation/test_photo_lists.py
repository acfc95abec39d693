"""Hand labels are read as COCO's rules want them; who is not labelled by hand is ignored."""

import json

import numpy as np
import pytest
from benchmark_fixtures import write_picture

from das_model.evaluation.photos import photo_lists

JOINTS = np.insert(np.arange(34).reshape(17, 2), 2, 2, axis=1).ravel().tolist()
NO_JOINTS = [0] * 51


def write(folder, images, people):
    for image in images:
        write_picture(folder / image["file_name"], (48, 64))
    content = {"images": images, "annotations": people}
    (folder / "annotations.json").write_text(json.dumps(content))


def person(**fields):
    return {
        "image_id": 0,
        "bbox": [4, 5, 10, 20],
        "area": 77.0,
        "keypoints": JOINTS,
        "source": "human",
        **fields,
    }


def test_areas_are_those_of_the_mask_where_known_and_others_are_ignored(tmp_path, monkeypatch):
    monkeypatch.setattr(photo_lists, "validation_names", lambda kind: {"a.jpg"})
    people = [
        person(area_exact=True),
        person(area_exact=False),
        person(ignore=1),
        person(keypoints=NO_JOINTS),
        person(iscrowd=1),
    ]
    images = [
        {"id": 0, "file_name": "a.jpg", "exhaustive": False},
        {"id": 1, "file_name": "b.jpg"},
    ]
    write(tmp_path / "coco_real", images, people)
    (photo,) = photo_lists.several_people(tmp_path)
    assert photo.name == "coco_real/a.jpg"
    assert not photo.is_exhaustive
    assert photo.areas_px == pytest.approx([77, 0.53 * 200])
    assert photo.boxes_px.tolist() == [[4, 5, 14, 25]] * 2
    assert len(photo.ignore_px) == 3
    assert photo.joints_px[0, 1].tolist() == [2, 3]
    assert photo.valid.all()


def test_sport_counts_hand_labelled_people_alone(tmp_path):
    images = [
        {"id": i, "file_name": f"{i}.jpg", "source": s, "split": t}
        for i, (s, t) in enumerate((("lspet", "val"), ("lspet", "train"), ("s40", "val")))
    ]
    write(tmp_path / "real", images, [person(), person(source="teacher")])
    (photo,) = photo_lists.sport_people(tmp_path)
    assert photo.name == "real/0.jpg"
    assert not photo.is_exhaustive
    assert len(photo.joints_px) == len(photo.ignore_px) == 1


def test_photos_with_somebody_are_not_shown_as_photos_of_nobody(tmp_path, monkeypatch):
    monkeypatch.setattr(photo_lists, "validation_names", lambda kind: {f"{kind}.jpg", "seen.jpg"})
    monkeypatch.setattr(photo_lists, "photos_with_somebody", lambda: {"seen.jpg"})
    write_picture(tmp_path / "coco_no_person" / "coco_no_person.jpg", (48, 64))
    write_picture(tmp_path / "real" / "backgrounds.jpg", (48, 64))
    names = [photo.name for photo in photo_lists.photos_of_nobody(tmp_path)]
    assert names == ["coco_no_person/coco_no_person.jpg", "real/backgrounds.jpg"]


def test_missing_labels_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="a COCO-style annotation file was expected"):
        list(photo_lists.several_people(tmp_path))
