"""COCO person keypoints, as downloaded: 2D joints, crowds and unlabelled people to be ignored.

    annotations/person_keypoints_train2017.json
    train2017/000000000009.jpg

Pelvis, neck and spine are derived as for other photos; the focal length is assumed, which
2D labels never see.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from das_model.annotation import Annotation
from das_model.datasets.labels import LabelTable, labels_cache, load_table, required_labels
from das_model.datasets.photos import photo_annotation
from das_model.datasets.pictures import PictureSet
from das_model.skeleton import BODY_22

SPLITS = ("train2017", "val2017")


def picture_set(
    root: Path,
    split: str,
    checked: set[Path] | None = None,
    left_out: tuple[str, ...] = (),
) -> PictureSet:
    """The pictures of a split that show at least one person, in `BODY_22`.

    Args:
        root: folder of the download.
        split: train2017 or val2017.
        checked: see `labels.load_table`.
        left_out: joints that count as not labelled.

    Raises:
        ValueError: if the split is neither.
        FileNotFoundError: if its label file is not there.
    """
    file = label_file(root, split)
    table = load_table(labels_cache(file), [file], lambda: read_labels(file, split), checked)
    return PictureSet(root, table, np.arange(len(table)), left_out)


def label_file(root: Path, split: str) -> Path:
    """The file of a split's labels; FileNotFoundError if it is not there."""
    if split not in SPLITS:
        raise ValueError(f"split must be one of {', '.join(SPLITS)}, got {split!r}")
    return required_labels(label_path(root, split))


def label_path(root: Path, split: str) -> Path:
    """Path of the labels of a split."""
    return root / "annotations" / f"person_keypoints_{split}.json"


def read_labels(file: Path, split: str) -> LabelTable:
    """Labels of the split's pictures with people."""
    return LabelTable.build(_pictures(json.loads(file.read_text("utf-8")), split), BODY_22)


def _pictures(content: dict, split: str) -> Iterator[tuple[str, Annotation, int]]:
    people: dict[int, list[dict]] = {}
    for person in content["annotations"]:
        ignored = person.get("iscrowd", 0) or person.get("num_keypoints", 1) == 0
        record = person | {"ignore": 1} if ignored else person
        people.setdefault(person["image_id"], []).append(record)
    for entry in content["images"]:
        if records := people.get(entry["id"]):
            size = (entry["width"], entry["height"])
            yield f"{split}/{entry['file_name']}", photo_annotation(records, entry, size), 0
