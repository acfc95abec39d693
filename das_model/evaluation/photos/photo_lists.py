"""Validation photos read from the folders of the data sets.

`coco_real`: hand-labelled people of COCO, several in many photos; `sport`: the people of LSPET
labelled by hand, one a photo, many upside down; photos without anybody. All are named by
`datasets.validation_lists` or, in LSPET, by the split of its own file: none is trained on.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from das_model.datasets.validation_lists import (
    calibration_names,
    photos_with_somebody,
    validation_names,
)
from das_model.evaluation.photos.labelled_photo import MASK_SHARE, LabelledPhoto
from das_model.skeleton import COCO_17

COCO_FOLDER, NOBODY_FOLDER, PARTIAL_FOLDER = "coco_real", "coco_no_person", "real"


def several_people(root: Path, names: frozenset[str] | None = None) -> Iterator[LabelledPhoto]:
    """COCO photos in which everybody is labelled by hand or in an ignore box.

    Args:
        root: folder of the data sets.
        names: those to take; by default those of validation.

    Raises:
        FileNotFoundError: if a file is not there.
    """
    names = validation_names("coco_real") if names is None else names
    content = _content(root / COCO_FOLDER / "annotations.json")
    people = _by_image(content)
    for entry in sorted(content["images"], key=lambda e: e["file_name"]):
        if entry["file_name"] in names:
            yield _photo(root, COCO_FOLDER, entry, people.get(entry["id"], []))


def sport_people(root: Path) -> Iterator[LabelledPhoto]:
    """LSPET's validation photos; whom others labelled, and the background, are ignored."""
    content = _content(root / PARTIAL_FOLDER / "annotations.json")
    people = _by_image(content)
    for entry in content["images"]:
        if entry.get("split") == "val" and entry.get("source") == "lspet":
            records = [
                r if r.get("source") == "human" else r | {"ignore": 1}
                for r in people.get(entry["id"], [])
            ]
            yield _photo(root, PARTIAL_FOLDER, entry | {"exhaustive": False}, records)


def photos_of_nobody(root: Path) -> Iterator[LabelledPhoto]:
    """The photos without people."""
    for folder, names in (
        (NOBODY_FOLDER, validation_names("coco_no_person")),
        (PARTIAL_FOLDER, validation_names("backgrounds")),
    ):
        yield from _of_nobody(root, folder, names)


def calibration_photos(root: Path) -> Iterator[LabelledPhoto]:
    """The photos that scores are calibrated on, with and without people; none of them is among
    the others of this module."""
    yield from several_people(root, calibration_names("coco_real"))
    yield from _of_nobody(root, NOBODY_FOLDER, calibration_names("coco_no_person"))


def _of_nobody(root: Path, folder: str, names: frozenset[str]) -> Iterator[LabelledPhoto]:
    for name in sorted(names - photos_with_somebody()):
        yield LabelledPhoto.of_nobody(_read(root / folder / name), f"{folder}/{name}")


def _photo(root: Path, folder: str, entry: dict, records: list[dict]) -> LabelledPhoto:
    """One photo; people without a labelled joint become ignore boxes, like those marked so."""
    joints, valid, boxes, areas, ignore = [], [], [], [], []
    for record in records:
        points = np.reshape(record["keypoints"], (-1, 3)).astype(float)
        x, y, width, height = record["bbox"]
        box = [x, y, x + width, y + height]
        labelled = points[:, 2] > 0
        if record.get("ignore") or record.get("iscrowd") or not labelled.any():
            ignore.append(box)
            continue
        joints.append(points[:, :2])
        valid.append(labelled)
        boxes.append(box)
        exact = record.get("area_exact", False)
        areas.append(max(record["area"] if exact else MASK_SHARE * width * height, 1.0))
    num_joints = COCO_17.num_joints
    return LabelledPhoto(
        _read(root / folder / entry["file_name"]),
        np.array(joints, float).reshape(-1, num_joints, 2),
        np.array(valid, bool).reshape(-1, num_joints),
        np.array(boxes, float).reshape(-1, 4),
        np.array(areas, float),
        np.array(ignore, float).reshape(-1, 4),
        entry.get("exhaustive", True),
        f"{folder}/{entry['file_name']}",
    )


def _by_image(content: dict) -> dict[int, list[dict]]:
    people: dict[int, list[dict]] = {}
    for record in content["annotations"]:
        people.setdefault(record["image_id"], []).append(record)
    return people


def _content(file: Path) -> dict:
    if not file.is_file():
        raise FileNotFoundError(f"{file}: a COCO-style annotation file was expected there")
    return json.loads(file.read_text(encoding="utf-8"))


def _read(file: Path) -> np.ndarray:
    """(H, W, 3) uint8 RGB."""
    image = cv2.imread(str(file), cv2.IMREAD_COLOR_RGB)
    if image is None:
        raise OSError(f"{file}: not a readable image")
    return image
