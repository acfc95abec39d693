"""Photos with 2D labels in COCO layout: 17 keypoints, ignore boxes, no depth, unknown cameras.

Reads `annotations.json` with the fields of COCO person keypoints and, where they are present,
`split`, `exhaustive` (false: the background may hold people without labels), `ignore` and
`extra` (neck and head_top by hand). The focal length is assumed (field of view 60 degrees), which
2D-only labels never see.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from das_model.camera import Camera
from das_model.skeleton import BODY_22, COCO_17
from das_model.targets import Annotation

_NECK_RISE = 0.185  # of the trunk above the mid-shoulder point, as SMAP derives necks from COCO
_MIN_JOINTS = 5  # labelled joints that a person needs to be a target


@dataclass(frozen=True, eq=False, slots=True)
class PhotoSet:
    """The photos of one split, read one by one."""

    root: Path
    images: tuple[dict, ...]
    people: dict[int, list[dict]]  # annotations by image id

    @staticmethod
    def open(root: Path, split: str) -> "PhotoSet":
        """Index `root/annotations.json`.

        Raises:
            FileNotFoundError: if the file is not there.
        """
        file = root / "annotations.json"
        if not file.is_file():
            raise FileNotFoundError(f"{file}: a COCO-style annotation file was expected there")
        data = json.loads(file.read_text())
        people: dict[int, list[dict]] = {}
        for annotation in data["annotations"]:
            people.setdefault(annotation["image_id"], []).append(annotation)
        images = tuple(i for i in data["images"] if i.get("split", split) == split)
        return PhotoSet(root, images, people)

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, index: int) -> tuple[np.ndarray, Annotation]:
        """The (H, W, 3) uint8 RGB photo and its labels.

        Raises:
            OSError: if the photo cannot be read.
        """
        entry = self.images[index]
        image = cv2.imread(str(self.root / entry["file_name"]), cv2.IMREAD_COLOR_RGB)
        if image is None:
            raise OSError(f"{self.root / entry['file_name']}: not a readable image")
        size = (image.shape[1], image.shape[0])
        return image, photo_annotation(self.people.get(entry["id"], []), entry, size)


def photo_annotation(people: list[dict], entry: dict, size: tuple[int, int]) -> Annotation:
    """COCO-style records of one photo to an `Annotation` in the union joint set.

    People with too few joints or without both hips become ignore boxes, like those marked so.
    """
    joints_px, valid, ignore = [], [], []
    for person in people:
        points, labelled = _union_joints(person)
        if person.get("ignore") or labelled.sum() < _MIN_JOINTS or not labelled[BODY_22.root]:
            x, y, w, h = person["bbox"]
            ignore.append([x, y, x + w, y + h])
        else:
            joints_px.append(points)
            valid.append(labelled)
    num_joints = BODY_22.num_joints
    points = np.array(joints_px, np.float32).reshape(-1, num_joints, 2)
    labelled = np.array(valid, bool).reshape(-1, num_joints)
    if not entry.get("exhaustive", True):
        ignore.extend(_surroundings(people, size))
    return Annotation(
        np.zeros((len(points), num_joints, 3), np.float32),
        points,
        labelled,
        np.zeros_like(labelled),
        labelled,
        np.array(ignore, np.float32).reshape(-1, 4),
        Camera.from_fov(size),
    )


def _union_joints(person: dict) -> tuple[np.ndarray, np.ndarray]:
    """(22, 2) px and (22,) bool of one record; pelvis, neck and spine derived where possible."""
    points = np.zeros((BODY_22.num_joints, 2), np.float32)
    labelled = np.zeros(BODY_22.num_joints, bool)
    keypoints = np.array(person["keypoints"], np.float32).reshape(-1, 3)
    at = COCO_17.indices_in(BODY_22)
    points[at], labelled[at] = keypoints[:, :2], keypoints[:, 2] > 0
    for name, (x, y, flag) in person.get("extra", {}).items():
        points[BODY_22.index(name)], labelled[BODY_22.index(name)] = (x, y), flag > 0

    def derive(name: str, sources: tuple[str, ...], weights: tuple[float, ...]) -> None:
        indices = [BODY_22.index(source) for source in sources]
        if not labelled[BODY_22.index(name)] and labelled[indices].all():
            points[BODY_22.index(name)] = np.array(weights) @ points[indices]
            labelled[BODY_22.index(name)] = True

    derive("pelvis", ("left_hip", "right_hip"), (0.5, 0.5))
    up, down = (1 + _NECK_RISE) / 2, -_NECK_RISE
    derive("neck", ("left_shoulder", "right_shoulder", "pelvis"), (up, up, down))
    derive("spine", ("pelvis", "neck"), (0.5, 0.5))
    return points, labelled


def _surroundings(people: list[dict], size: tuple[int, int]) -> list[list[float]]:
    """Four boxes that cover the picture but for the neighbourhood of the labelled people."""
    boxes = np.array([p["bbox"] for p in people], np.float32).reshape(-1, 4)
    if len(boxes) == 0:
        return [[0, 0, size[0], size[1]]]
    low, high = boxes[:, :2].min(axis=0), (boxes[:, :2] + boxes[:, 2:]).max(axis=0)
    margin = 0.15 * (high - low)
    (left, top), (right, bottom) = low - margin, high + margin
    width, height = size
    return [
        [0, 0, left, height], [right, 0, width, height], [0, 0, width, top],
        [0, bottom, width, height],
    ]  # fmt: skip
