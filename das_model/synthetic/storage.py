"""Storage of rendered images: JPEGs, and one labels file per shard, without pickle.

A folder holds `images/%07d.jpg`, named by seed, and `labels_%07d.npz`, named by the first seed of
the shard. A labels file is written last and in one step: where it exists, its pictures do too.
People are stored flat; picture i owns the rows `people_offset[i]` to `people_offset[i + 1]`.
Sets written before facts were stored read as unknown facts.
"""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from das_model.annotation import Annotation
from das_model.camera import Camera
from das_model.skeleton import BODY_22
from das_model.synthetic.facts import PictureFacts

JPEG_QUALITY = 92
_PICTURE_FACTS = ("camera_height_m", "pitch_deg", "roll_deg")
_PERSON_FACTS = ("pose_category", "arrangement", "years", "visible_share")


@dataclass(frozen=True, eq=False, slots=True)
class Shard:
    """Labels of N pictures with T people and M ignore boxes.

    Args:
        seeds: (N,) int64; picture i is `images/%07d.jpg` of its seed.
        K: (N, 3, 3) float64 intrinsics in px.
        size: (2,) int64 width and height of every picture.
        people_offset: (N + 1,) int64 first person of each picture.
        joints_cam: (T, 22, 3) float32 mm, joints in the order of BODY_22.
        valid_2d: (T, 22) bool, in front of the camera.
        visible: (T, 22) bool.
        ignore_offset: (N + 1,) int64 first box of each picture.
        ignore_px: (M, 4) float32 left, top, right, bottom.
        camera_height_m: (N,) float32; this and the following as in `PictureFacts`.
        pitch_deg: (N,) float32.
        roll_deg: (N,) float32.
        pose_category: (T,) str.
        arrangement: (T,) str.
        years: (T,) float32.
        visible_share: (T,) float32.
    """

    seeds: np.ndarray
    K: np.ndarray
    size: np.ndarray
    people_offset: np.ndarray
    joints_cam: np.ndarray
    valid_2d: np.ndarray
    visible: np.ndarray
    ignore_offset: np.ndarray
    ignore_px: np.ndarray
    camera_height_m: np.ndarray
    pitch_deg: np.ndarray
    roll_deg: np.ndarray
    pose_category: np.ndarray
    arrangement: np.ndarray
    years: np.ndarray
    visible_share: np.ndarray

    def __len__(self) -> int:
        return len(self.seeds)

    def annotation(self, index: int) -> Annotation:
        """The labels of picture `index` of the shard."""
        camera = Camera(self.K[index], (int(self.size[0]), int(self.size[1])))
        people = slice(self.people_offset[index], self.people_offset[index + 1])
        boxes = slice(self.ignore_offset[index], self.ignore_offset[index + 1])
        joints_cam = self.joints_cam[people]
        return Annotation(
            joints_cam=joints_cam,
            joints_px=np.nan_to_num(camera.project(joints_cam)).astype(np.float32),
            valid_2d=self.valid_2d[people],
            valid_3d=np.ones(joints_cam.shape[:2], bool),
            visible=self.visible[people],
            ignore_px=self.ignore_px[boxes],
            camera=camera,
            skeleton=BODY_22,
        )

    def facts(self, index: int) -> PictureFacts:
        """Facts of image `index` of the shard."""
        people = slice(self.people_offset[index], self.people_offset[index + 1])
        values: dict[str, Any] = {n: float(getattr(self, n)[index]) for n in _PICTURE_FACTS}
        return PictureFacts(**values, **{n: getattr(self, n)[people] for n in _PERSON_FACTS})


def image_path(folder: Path, seed: int) -> Path:
    """Path of the image of a seed."""
    return Path(folder) / "images" / f"{seed:07d}.jpg"


def shard_path(folder: Path, first_seed: int) -> Path:
    """Path of the labels of the shard that starts with a seed."""
    return Path(folder) / f"labels_{first_seed:07d}.npz"


def write_image(folder: Path, seed: int, image: np.ndarray) -> None:
    """Store the (H, W, 3) uint8 RGB picture of a seed.

    Raises:
        OSError: if the file cannot be written.
    """
    path = image_path(folder, seed)
    path.parent.mkdir(parents=True, exist_ok=True)
    options = [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY]
    if not cv2.imwrite(str(path), cv2.cvtColor(image, cv2.COLOR_RGB2BGR), options):
        raise OSError(f"cannot write the picture {path}")


def write_shard(
    folder: Path,
    seeds: list[int],
    annotations: list[Annotation],
    facts: list[PictureFacts] | None = None,
) -> Path:
    """Store the labels of pictures that were written before; all of one size.

    Args:
        folder: of the set.
        seeds: of the N pictures.
        annotations: their labels.
        facts: how they came about; None where nobody knows.

    Returns:
        The labels file.
    """
    path = shard_path(folder, seeds[0])
    facts = facts or [PictureFacts.unknown(len(a)) for a in annotations]
    shard: dict[str, Any] = {
        "seeds": np.array(seeds, np.int64),
        "K": np.stack([a.camera.K for a in annotations]),
        "size": np.array(annotations[0].camera.size, np.int64),
        "people_offset": _offsets([len(a) for a in annotations]),
        "joints_cam": np.concatenate([a.joints_cam for a in annotations]),
        "valid_2d": np.concatenate([a.valid_2d for a in annotations]),
        "visible": np.concatenate([a.visible for a in annotations]),
        "ignore_offset": _offsets([len(a.ignore_px) for a in annotations]),
        "ignore_px": np.concatenate([a.ignore_px for a in annotations]),
    }
    for name in _PICTURE_FACTS:
        shard[name] = np.array([getattr(f, name) for f in facts], np.float32)
    for name in _PERSON_FACTS:
        shard[name] = np.concatenate([getattr(f, name) for f in facts])
    handle, partial = tempfile.mkstemp(suffix=".part", dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        np.savez(file, **shard)
    os.replace(partial, path)
    return path


def read_shard(path: Path) -> Shard:
    """The labels of a shard."""
    with np.load(path, allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in stored.files}
    if "pose_category" not in arrays:  # a set from before facts were stored
        pictures = len(arrays["seeds"])
        nobody_knows = PictureFacts.unknown(len(arrays["joints_cam"]))
        arrays |= {name: np.full(pictures, np.nan, np.float32) for name in _PICTURE_FACTS}
        arrays |= {name: getattr(nobody_knows, name) for name in _PERSON_FACTS}
    return Shard(**arrays)


def _offsets(counts: list[int]) -> np.ndarray:
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
