"""Compact labels of many images as flat arrays, quick to load and to share.

Each benchmark's reader (`panoptic`, `muco`, `mupots`, `coco`) turns the files of the download
into one `LabelTable`; `pictures` then serves them all alike.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from das_model.annotation import Annotation
from das_model.camera import Camera
from das_model.skeleton import Skeleton

_FINGERPRINT = "fingerprint"
_FORMAT = b"2"  # of the tables; files of an older one are read anew from their sources


@dataclass(frozen=True, eq=False, slots=True)
class LabelTable:
    """Labels of N pictures, with M people and B ignore boxes in all.

    Args:
        file_names: (N,) str, relative to the root of the data set, with forward slashes.
        sizes: (N, 2) int32 width and height, px.
        intrinsics: (N, 4) float64 fx, fy, cx, cy, px.
        distortion: (N, 5) float64 as in `Camera`, zeros for an ideal lens.
        num_rejected: (N,) int32 people of the source whose labels are unusable and left out.
        first_person: (N + 1,) int64; picture i has the people first_person[i]:first_person[i + 1].
        first_box: (N + 1,) int64, likewise for the ignore boxes.
        joints_cam, joints_px, valid_2d, valid_3d, visible, root_guess_px: of all people, as in
            `Annotation`; guesses are NaN where there are none.
        ignore_px: (B, 4) as in `Annotation`.
        joint_names: (J,) str.
    """

    file_names: np.ndarray
    sizes: np.ndarray
    intrinsics: np.ndarray
    distortion: np.ndarray
    num_rejected: np.ndarray
    first_person: np.ndarray
    first_box: np.ndarray
    joints_cam: np.ndarray
    joints_px: np.ndarray
    valid_2d: np.ndarray
    valid_3d: np.ndarray
    visible: np.ndarray
    root_guess_px: np.ndarray
    ignore_px: np.ndarray
    joint_names: np.ndarray

    @staticmethod
    def build(pictures: Iterable[tuple[str, Annotation, int]], skeleton: Skeleton) -> "LabelTable":
        """Table of (file name, annotation in `skeleton`, number of rejected people)."""
        rows = list(pictures)
        annotations = [annotation for _, annotation, _ in rows]
        cameras = [a.camera for a in annotations]
        no_lens = np.zeros(5)
        num_joints = skeleton.num_joints

        def joined(name: str, dtype: type, *shape: int) -> np.ndarray:
            parts = [np.zeros((0, *shape), dtype), *(getattr(a, name) for a in annotations)]
            return np.concatenate(parts, dtype=dtype)

        guesses = [
            np.full((len(a), 2), np.nan) if a.root_guess_px is None else a.root_guess_px
            for a in annotations
        ]

        return LabelTable(
            file_names=np.array([name for name, _, _ in rows], dtype=np.str_),
            sizes=np.array([c.size for c in cameras], np.int32).reshape(-1, 2),
            intrinsics=np.array(
                [c.K[[0, 1, 0, 1], [0, 1, 2, 2]] for c in cameras], np.float64
            ).reshape(-1, 4),
            distortion=np.array(
                [no_lens if c.distortion is None else c.distortion for c in cameras]
            ).reshape(-1, 5),
            num_rejected=np.array([rejected for _, _, rejected in rows], np.int32),
            first_person=np.cumsum([0, *map(len, annotations)]),
            first_box=np.cumsum([0, *(len(a.ignore_px) for a in annotations)]),
            joints_cam=joined("joints_cam", np.float32, num_joints, 3),
            joints_px=joined("joints_px", np.float32, num_joints, 2),
            valid_2d=joined("valid_2d", np.bool_, num_joints),
            valid_3d=joined("valid_3d", np.bool_, num_joints),
            visible=joined("visible", np.bool_, num_joints),
            root_guess_px=np.concatenate([np.zeros((0, 2)), *guesses], dtype=np.float32),
            ignore_px=joined("ignore_px", np.float32, 4),
            joint_names=np.array(skeleton.joint_names, dtype=np.str_),
        )

    @staticmethod
    def concatenate(tables: Sequence["LabelTable"]) -> "LabelTable":
        """One table of at least one table of the same joints."""
        values = {}
        for name in (field.name for field in fields(LabelTable)):
            parts = [getattr(table, name) for table in tables]
            if name.startswith("first_"):
                counts = np.concatenate([np.diff(part) for part in parts])
                values[name] = np.cumsum(np.concatenate([[0], counts]))
            else:
                values[name] = parts[0] if name == "joint_names" else np.concatenate(parts)
        return LabelTable(**values)

    def __len__(self) -> int:
        return len(self.file_names)

    @property
    def num_people(self) -> np.ndarray:
        """(N,) people in each picture."""
        return np.diff(self.first_person)

    def camera(self, index: int) -> Camera:
        """Camera of picture `index`, with the distortion of its lens."""
        fx, fy, cx, cy = self.intrinsics[index]
        camera = Camera.from_intrinsics(fx, fy, cx, cy, tuple(self.sizes[index].tolist()))
        lens = self.distortion[index]
        return Camera(camera.K, camera.size, lens) if lens.any() else camera

    def annotation(self, index: int) -> Annotation:
        """Labels of picture `index`, in the px of the file."""
        people = slice(*self.first_person[index : index + 2])
        boxes = slice(*self.first_box[index : index + 2])
        return Annotation(
            self.joints_cam[people],
            self.joints_px[people],
            self.valid_2d[people],
            self.valid_3d[people],
            self.visible[people],
            self.ignore_px[boxes],
            self.camera(index),
            Skeleton(tuple(self.joint_names.tolist())),
            self.root_guess_px[people],
        )

    def save(self, file: Path, sources: Sequence[Path]) -> None:
        """Write the table, made from the files `sources`, as .npz."""
        values: dict[str, Any] = {field.name: getattr(self, field.name) for field in fields(self)}
        values[_FINGERPRINT] = np.array(_fingerprint(sources))
        np.savez(file, **values)


def required_labels(file: Path) -> Path:
    """The file itself; FileNotFoundError if it is not there."""
    if not file.is_file():
        raise FileNotFoundError(f"{file}: the labels were expected there")
    return file


def first_labels(root: Path, names: Sequence[str]) -> Path:
    """The first of these files that is there, for data sets that lie about in several layouts.

    Raises:
        FileNotFoundError: naming all of them, if none is there.
    """
    found = next((root / name for name in names if (root / name).is_file()), None)
    if found is None:
        raise FileNotFoundError(f"{root}: the labels were expected there, in {' or '.join(names)}")
    return found


def labels_cache(file: Path) -> Path:
    """Path of the compact labels that scripts/prepare_data.py keeps beside a file."""
    return file.with_suffix(".labels.npz")


def load_table(
    file: Path,
    sources: Sequence[Path],
    read: Callable[[], LabelTable],
    checked: set[Path] | None = None,
) -> LabelTable:
    """The saved table if it was made from these files as they are now, else `read()`.

    Args:
        file: as `LabelTable.save` writes it; need not exist.
        sources: every file that the labels are in.
        read: reads the sources.
        checked: saved tables that are known to be as their sources are now, whose sources are
            not looked at; one that is found so is added. A hundred thousand files on a network
            disk are then looked at once a machine and not by every process.
    """
    checked = set() if checked is None else checked
    if file.is_file():
        with np.load(file) as content:
            is_known = file in checked
            if is_known or str(content[_FINGERPRINT]) == _fingerprint(sources):
                checked.add(file)
                return LabelTable(**{f.name: content[f.name] for f in fields(LabelTable)})
    return read()


def _fingerprint(sources: Sequence[Path]) -> str:
    """Names, sizes and times of files, in short."""
    digest = hashlib.sha256(_FORMAT)
    for source in sources:
        stat = source.stat()
        name = f"{source.parent.name}/{source.name}"
        digest.update(f"{name}:{stat.st_size}:{stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()
