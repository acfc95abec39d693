"""MuPoTS-3D: the test set, from `MuPoTS-3D.json` and from the files of its own toolbox.

    MuPoTS-3D.json                                   COCO style; cameras in the field intrinsic
    MultiPersonTestSet/TS1/img_000000.jpg            pictures
    MultiPersonTestSet/TS1/{annot,occlusion}.mat     labels of each sequence

The DAS authors have the JSON in `annotations/` and the folders `TS1` to `TS20` in the root. Either
place will do for each.

The JSON holds metric poses and cameras; only the .mat files hold the poses that are scaled to the
universal height, which the toolbox's own protocol asks for.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.io import loadmat

from das_model.annotation import Annotation
from das_model.camera import Camera
from das_model.datasets.labels import LabelTable, first_labels, labels_cache, load_table
from das_model.datasets.muco import people_annotation
from das_model.datasets.pictures import PictureSet
from das_model.skeleton import MUPOTS_17

SEQUENCES = tuple(f"TS{number}" for number in range(1, 21))
_LABELS = ("MuPoTS-3D.json", "annotations/MuPoTS-3D.json")
_PICTURES = "MultiPersonTestSet/"


@dataclass(frozen=True, eq=False, slots=True)
class MupotsFrame:
    """Valid people of one frame as the .mat files tell them, joints in the order of `MUPOTS_17`.

    Args:
        file_name: of the picture, as the JSON file has it: TS1/img_000000.jpg.
        joints_px: (P, 17, 2) float64 annot2.
        joints_cam: (P, 17, 3) float64 annot3, mm.
        univ_joints_cam: (P, 17, 3) float64 univ_annot3, mm, scaled to the universal height.
        is_occluded: (P, 17) bool.
    """

    file_name: str
    joints_px: np.ndarray
    joints_cam: np.ndarray
    univ_joints_cam: np.ndarray
    is_occluded: np.ndarray


def test_set(root: Path) -> PictureSet:
    """All pictures with their valid people, in `MUPOTS_17`.

    Raises:
        FileNotFoundError: if `MuPoTS-3D.json` is not there.
    """
    file = label_file(root)
    return PictureSet.whole(
        root / pictures_folder(root),
        load_table(labels_cache(file), [file], lambda: read_labels(file)),
    )


def label_file(root: Path) -> Path:
    """The JSON file of the labels; FileNotFoundError if it is in neither place."""
    return first_labels(root, _LABELS)


def pictures_folder(root: Path) -> str:
    """Folder of TS1 to TS20, relative to the root: `MultiPersonTestSet/`, or nothing."""
    has_folder = (root / _PICTURES).is_dir() or not (root / SEQUENCES[0]).is_dir()
    return _PICTURES if has_folder else ""


def read_labels(file: Path) -> LabelTable:
    """Labels of all pictures from the JSON file, names as it has them: TS1/img_000000.jpg."""
    return LabelTable.build(_pictures(json.loads(file.read_text("utf-8"))), MUPOTS_17)


def read_sequence(root: Path, sequence: str) -> list[MupotsFrame]:
    """Frames of a sequence from its annot.mat and, where there is one, its occlusion.mat.

    Args:
        root: folder of the data set.
        sequence: TS1 to TS20.

    Raises:
        FileNotFoundError: if annot.mat is not there.
    """
    folder = root / pictures_folder(root) / sequence
    file = folder / "annot.mat"
    if not file.is_file():
        raise FileNotFoundError(f"{file}: the labels of the sequence were expected there")
    annotations = loadmat(file)["annotations"]  # (frames, people) object
    occlusion = np.empty(annotations.shape, object)
    if (folder / "occlusion.mat").is_file():
        occlusion = loadmat(folder / "occlusion.mat")["occlusion_labels"]
    return [
        _frame(f"{sequence}/img_{i:06d}.jpg", annotations[i], occlusion[i])
        for i in range(len(annotations))
    ]


def _frame(file_name: str, people: np.ndarray, occlusion: np.ndarray) -> MupotsFrame:
    """People (P,) of one frame, cells of the .mat file, and their occlusion labels."""
    fields: dict[str, list[np.ndarray]] = {"annot2": [], "annot3": [], "univ_annot3": []}
    hidden = []
    num_joints = MUPOTS_17.num_joints
    for person, labels in zip(people, occlusion, strict=True):
        if person.size == 0 or not np.ravel(person["isValidFrame"][0, 0])[0]:
            continue
        for name, values in fields.items():
            values.append(np.asarray(person[name][0, 0], np.float64).T)  # (2 or 3, 17) in the file
        has_labels = labels is not None and np.size(labels) == num_joints
        hidden.append(np.ravel(labels) > 0 if has_labels else np.zeros(num_joints, bool))
    return MupotsFrame(
        file_name,
        np.reshape(fields["annot2"], (-1, num_joints, 2)),
        np.reshape(fields["annot3"], (-1, num_joints, 3)),
        np.reshape(fields["univ_annot3"], (-1, num_joints, 3)),
        np.reshape(np.array(hidden, bool), (-1, num_joints)),
    )


def _pictures(content: dict) -> Iterator[tuple[str, Annotation, int]]:
    people: dict[int, list[dict]] = {}
    for person in content["annotations"]:
        people.setdefault(person["image_id"], []).append(person)
    for entry in content["images"]:
        fx, fy, cx, cy = entry["intrinsic"]
        camera = Camera.from_intrinsics(fx, fy, cx, cy, (entry["width"], entry["height"]))
        everybody = people.get(entry["id"], [])
        valid = [person for person in everybody if person.get("is_valid", 1)]
        annotation = people_annotation(valid, camera, MUPOTS_17)
        yield entry["file_name"], annotation, len(everybody) - len(valid)
