"""MuCo-3DHP: composited people with 3D labels, from `MuCo-3DHP.json` beside its pictures.

    MuCo-3DHP.json                     COCO style; cameras in the fields f and c
    augmented_set/, unaugmented_set/   pictures

The DAS authors have the JSON in `annotations/`, and beside it `train_all_interv1.json`, the same
with categories. Any of these will do.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from das_model.annotation import Annotation
from das_model.camera import Camera
from das_model.datasets.labels import LabelTable, first_labels, labels_cache, load_table
from das_model.datasets.pictures import PictureSet
from das_model.skeleton import MUCO_21, Skeleton

_LABELS = ("MuCo-3DHP.json", "annotations/MuCo-3DHP.json", "annotations/train_all_interv1.json")


def training_set(root: Path, checked: set[Path] | None = None) -> PictureSet:
    """All pictures; `checked` as in `labels.load_table`.

    Raises:
        FileNotFoundError: if the labels are not there.
    """
    file = label_file(root)
    table = load_table(labels_cache(file), [file], lambda: read_labels(file), checked)
    return PictureSet.whole(root, table)


def label_file(root: Path) -> Path:
    """The file of the labels; FileNotFoundError if there is none."""
    return first_labels(root, _LABELS)


def read_labels(file: Path) -> LabelTable:
    """Labels of all pictures, in `MUCO_21`."""
    return LabelTable.build(_pictures(json.loads(file.read_text("utf-8"))), MUCO_21)


def people_annotation(people: list[dict], camera: Camera, skeleton: Skeleton) -> Annotation:
    """COCO-style records with 2D and 3D keypoints of one picture to an `Annotation`.

    Args:
        people: with `keypoints_img` (J, 2) px, `keypoints_cam` (J, 3) mm and, maybe,
            `keypoints_vis` (J,) or (J, 1).
        camera: of the picture.
        skeleton: names of the J joints.
    """
    num_joints = skeleton.num_joints
    joints_px = np.array([p["keypoints_img"] for p in people], np.float64)
    joints_px = joints_px.reshape(-1, num_joints, 2)
    joints_cam = np.array([p["keypoints_cam"] for p in people], np.float64)
    joints_cam = joints_cam.reshape(-1, num_joints, 3)
    seen = np.array([p.get("keypoints_vis", [1] * num_joints) for p in people])
    seen = seen.reshape(-1, num_joints) > 0
    known_2d = np.asarray(np.isfinite(joints_px).all(axis=-1))
    known_3d = known_2d & np.isfinite(joints_cam).all(axis=-1) & (joints_cam[..., 2] > 0)
    inside = ((joints_px > -0.5) & (joints_px < np.array(camera.size) - 0.5)).all(axis=-1)
    return Annotation(
        np.nan_to_num(joints_cam).astype(np.float32),
        np.nan_to_num(joints_px).astype(np.float32),
        known_2d,
        known_3d,
        known_2d & seen & inside,
        np.zeros((0, 4), np.float32),
        camera,
        skeleton,
    )


def _pictures(content: dict) -> Iterator[tuple[str, Annotation, int]]:
    people: dict[int, list[dict]] = {}
    for person in content["annotations"]:
        people.setdefault(person["image_id"], []).append(person)
    for entry in content["images"]:
        size = (entry["width"], entry["height"])
        (fx, fy), (cx, cy) = entry["f"], entry["c"]
        camera = Camera.from_intrinsics(fx, fy, cx, cy, size)
        annotation = people_annotation(people.get(entry["id"], []), camera, MUCO_21)
        yield entry["file_name"], annotation, 0
