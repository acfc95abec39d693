"""Photos with 2D labels in COCO layout: 17 keypoints, ignore boxes, no depth, unknown cameras.

Reads `annotations.json` with the fields of COCO person keypoints and, where they are present,
`split`, `exhaustive` (false: the background may hold people without labels), `ignore` and
`extra` (neck and head_top by hand) and `teacher3d` (a machine's guess of the depths from the
pelvis on). Joints with v = 1 are labelled but hidden. The focal length is assumed (field of view
60 degrees), which these labels never see.
"""

import itertools
import json
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from das_model.annotation import Annotation
from das_model.camera import Camera
from das_model.skeleton import BODY_22, COCO_17

_NECK_RISE = 0.185  # of the trunk above the mid-shoulder point, as SMAP derives necks from COCO
_VISIBLE_FLAG = 2  # v of a joint that is seen, COCO
_NEAR = 0.15  # of a person's box: how far around it nobody stands without labels
_MAX_TIMES = 4  # that a photo of several people is drawn for one of one person
_MIN_JOINTS = 5  # labelled joints that a person needs to be a target
_HINT_VISIBILITY, _HINT_RESIDUAL = 0.6, 0.08  # the least and the most of a guess of depths
_SHOULDERS = [BODY_22.index("left_shoulder"), BODY_22.index("right_shoulder")]
_HIPS = [BODY_22.index("left_hip"), BODY_22.index("right_hip")]
_FACE = [BODY_22.index(name) for name in COCO_17.joint_names[:5]]


@dataclass(frozen=True, eq=False, slots=True)
class PhotoSet:
    """The photos of one split, read one by one."""

    root: Path
    images: tuple[dict, ...]
    people: dict[int, list[dict]]  # annotations by image id

    @staticmethod
    def open(
        root: Path,
        split: str,
        labels: Path | None = None,
        excluded: Collection[str] = (),
    ) -> "PhotoSet":
        """Index the labels of a folder of photos.

        Args:
            root: folder that file names are relative to.
            split: train or val; photos that name none are in both.
            labels: file of the labels; `root/annotations.json` by default.
            excluded: names of photos to leave out.

        Raises:
            FileNotFoundError: if the file of labels is not there.
        """
        file = labels or root / "annotations.json"
        if not file.is_file():
            raise FileNotFoundError(f"{file}: a COCO-style annotation file was expected there")
        data = json.loads(file.read_text(encoding="utf-8"))
        people: dict[int, list[dict]] = {}
        for annotation in data["annotations"]:
            people.setdefault(annotation["image_id"], []).append(annotation)
        images = tuple(
            i
            for i in data["images"]
            if i.get("split", split) == split and i["file_name"] not in excluded
        )
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

    def crowds_more_often(self) -> "PhotoSet":
        """The same photos, those of several labelled people as many times, up to four."""
        repeated = []
        for entry in self.images:
            people = self.people.get(entry["id"], [])
            num_people = sum(_target_joints(person) is not None for person in people)
            repeated += [entry] * min(max(num_people, 1), _MAX_TIMES)
        return replace(self, images=tuple(repeated))

    def label_sources(self, index: int) -> list[str]:
        """Source of the labels of each person of the photo's annotation."""
        records = self.people.get(self.images[index]["id"], [])
        return [r.get("source", "unnamed") for r in records if _target_joints(r) is not None]


def photo_annotation(people: list[dict], entry: dict, size: tuple[int, int]) -> Annotation:
    """COCO-style records of one photo to an `Annotation` in the union joint set.

    People without both hips, as before a webcam, carry a guess of where their root is. Those with
    too few joints for that become ignore boxes, like those marked so.
    """
    targets: list[tuple[np.ndarray, ...]] = []
    depths, ignore = [], []
    for person in people:
        if (target := _target_joints(person)) is None:
            x, y, w, h = person["bbox"]
            ignore.append([x, y, x + w, y + h])
        else:
            targets.append(target)
            depths.append(_hinted_depths(person))
    num_joints = BODY_22.num_joints
    joints_px, valid, seen, guesses = zip(*targets, strict=True) if targets else ((),) * 4
    points = np.array(joints_px, np.float32).reshape(-1, num_joints, 2)
    labelled = np.array(valid, np.bool).reshape(-1, num_joints)
    visible = np.array(seen, np.bool).reshape(-1, num_joints)
    depth = np.array(depths, np.float32).reshape(-1, num_joints, 1)
    if not entry.get("exhaustive", True):
        ignore.extend(_surroundings(people, size))
    return Annotation(
        np.nan_to_num(depth) * np.array([0, 0, 1], np.float32),
        points,
        labelled,
        np.isfinite(depth[..., 0]),
        visible,
        np.array(ignore, np.float32).reshape(-1, 4),
        Camera.from_fov(size),
        root_guess_px=np.array(guesses, np.float32).reshape(-1, 2),
        is_relative=np.ones(len(points), bool),
    )


def _hinted_depths(person: dict) -> np.ndarray:
    """(22,) mm from the pelvis on, away from the camera; NaN where the guess has none or is poor.

    A guess counts where its joints lie over the labels, and of those the joints it saw.
    """
    depths = np.full(BODY_22.num_joints, np.nan)
    hint = person.get("teacher3d")
    if hint is None or (hint["residual"] or 0.0) > _HINT_RESIDUAL:
        return depths
    seen = np.array(hint["visibility"]) >= _HINT_VISIBILITY
    depths[COCO_17.indices_in(BODY_22)[seen]] = np.array(hint["joints_mm"])[seen, 2]
    depths[BODY_22.root] = 0.0
    return depths


def _target_joints(person: dict) -> tuple[np.ndarray, ...] | None:
    """(22, 2) px, (22,) labelled, (22,) visible, (2,) guess of the root; None to ignore."""
    points, labelled, visible = _labelled_joints(person)
    guess = _root_guess(points, labelled)
    if person.get("ignore") or labelled.sum() < _MIN_JOINTS or np.isnan(guess).any():
        return None
    _derive_trunk(points, labelled, visible, guess)
    return points, labelled, visible, guess


def _labelled_joints(person: dict) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(22, 2) px, (22,) labelled and (22,) visible of one record, as they are labelled."""
    points = np.zeros((BODY_22.num_joints, 2), np.float32)
    flags = np.zeros(BODY_22.num_joints)
    keypoints = np.array(person["keypoints"], np.float32).reshape(-1, 3)
    at = COCO_17.indices_in(BODY_22)
    points[at], flags[at] = keypoints[:, :2], keypoints[:, 2]
    for name, (x, y, flag) in person.get("extra", {}).items():
        points[BODY_22.index(name)], flags[BODY_22.index(name)] = (x, y), flag
    return points, flags > 0, flags == _VISIBLE_FLAG


def _derive_trunk(
    points: np.ndarray, labelled: np.ndarray, visible: np.ndarray, root_guess: np.ndarray
) -> None:
    """Add pelvis, neck and spine where their neighbours are labelled; in place.

    They are visible where both neighbours are.
    """
    shoulders, hips = _SHOULDERS, _HIPS
    pelvis, neck, spine = (BODY_22.index(name) for name in ("pelvis", "neck", "spine"))
    if labelled[hips].all():
        points[pelvis], labelled[pelvis] = points[hips].mean(axis=0), True
        visible[pelvis] = visible[hips].all()
    if not labelled[neck] and labelled[shoulders].all():
        middle = points[shoulders].mean(axis=0)
        points[neck], labelled[neck] = middle + _NECK_RISE * (middle - root_guess), True
        visible[neck] = visible[shoulders].all()
    if labelled[[pelvis, neck]].all():
        points[spine], labelled[spine] = points[[pelvis, neck]].mean(axis=0), True
        visible[spine] = visible[[pelvis, neck]].all()


def _root_guess(points: np.ndarray, labelled: np.ndarray) -> np.ndarray:
    """(2,) px, about where the root is; NaN if too little is labelled.

    From the hips where they are labelled. Else the trunk hangs from the shoulders, away from the
    head, and is about 1.4 shoulder widths or twice the height of the face above the shoulders
    long; else it is below the face by five widths of the head.
    """
    if labelled[_HIPS].any():
        return points[_HIPS][labelled[_HIPS]].mean(axis=0)
    face = points[_FACE][labelled[_FACE]]
    if labelled[_SHOULDERS].all():
        middle = points[_SHOULDERS].mean(axis=0)
        trunk = 1.4 * float(np.linalg.norm(points[_SHOULDERS[0]] - points[_SHOULDERS[1]]))
        down = np.array([0.0, 1.0])
        if len(face):
            from_face = middle - face.mean(axis=0)
            height = float(np.linalg.norm(from_face))
            trunk = max(trunk, 2.0 * height)
            down = down + 0.5 * from_face / max(height, 1e-6)
        return middle + trunk * down / max(float(np.linalg.norm(down)), 1e-6)
    if len(face) >= 3:
        return face.mean(axis=0) + [0.0, 5.0 * np.ptp(face, axis=0).max()]
    return np.full(2, np.nan)


def _surroundings(people: list[dict], size: tuple[int, int]) -> list[list[float]]:
    """Boxes that together cover the picture but for the neighbourhood of labelled people."""
    boxes = np.array([p["bbox"] for p in people if not p.get("ignore")], np.float32).reshape(-1, 4)
    low, high = boxes[:, :2], boxes[:, :2] + boxes[:, 2:]
    margin = _NEAR * (high - low)
    low, high = np.maximum(low - margin, 0), np.minimum(high + margin, size)
    xs = np.unique([0, size[0], *low[:, 0], *high[:, 0]])
    covered = []
    for left, right in itertools.pairwise(xs):
        is_beside = (low[:, 0] < right) & (high[:, 0] > left)
        top = 0.0
        for start, end in sorted(zip(low[is_beside, 1], high[is_beside, 1], strict=True)):
            if start > top:
                covered.append([left, top, right, start])
            top = max(top, end)
        if top < size[1]:
            covered.append([left, top, right, size[1]])
    return covered
