"""Negative images: photos without people."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from das_model.annotation import Annotation
from das_model.camera import Camera
from das_model.datasets.validation_lists import PhotoList, held_out_names, photos_with_somebody
from das_model.skeleton import BODY_22

_LISTS: tuple[PhotoList, ...] = ("coco_no_person", "backgrounds")
_SUFFIXES = (".jpg", ".jpeg", ".png")
_SMALL_PX = 128  # longest side of a backdrop that a photo of half the size will do for


@dataclass(frozen=True, slots=True)
class NegativeSet:
    """Photos without people, for training; an `AnnotatedSet`."""

    files: tuple[Path, ...]

    @staticmethod
    def open(roots: Sequence[Path]) -> "NegativeSet":
        """All pictures in folders and theirs, but those held out and those that show somebody.

        Raises:
            FileNotFoundError: if there is none in one of the folders.
        """
        kept_out = photos_with_somebody().union(*map(held_out_names, _LISTS))
        files: list[Path] = []
        for root in roots:
            found = sorted(f for f in root.rglob("*") if f.suffix.lower() in _SUFFIXES)
            if not found:
                raise FileNotFoundError(f"{root}: photos without people were expected there")
            top = root.resolve()
            files += [f for f in found if kept_out.isdisjoint(_names(f.resolve(), top))]
        return NegativeSet(tuple(files))

    def __len__(self) -> int:
        return len(self.files)

    def __getitem__(self, index: int) -> tuple[np.ndarray, Annotation]:
        """The (H, W, 3) uint8 RGB photo and labels of nobody.

        Raises:
            OSError: if the photo cannot be read.
        """
        image = _read(self.files[index], cv2.IMREAD_COLOR)
        return image, nobody((image.shape[1], image.shape[0]))

    def backdrop(self, size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
        """(height, width, 3) uint8 RGB, a random part of a random photo, in a size of its own."""
        flag = cv2.IMREAD_REDUCED_COLOR_2 if max(size) <= _SMALL_PX else cv2.IMREAD_COLOR
        image = _read(self.files[int(rng.integers(len(self)))], flag)
        height, width = image.shape[:2]
        scale = min(width / size[0], height / size[1]) * rng.uniform(0.5, 1.0)
        part = [max(1, int(side * scale)) for side in size]
        left = int(rng.integers(width - part[0] + 1))
        top = int(rng.integers(height - part[1] + 1))
        return cv2.resize(
            image[top : top + part[1], left : left + part[0]], size, interpolation=cv2.INTER_AREA
        )


def nobody(size: tuple[int, int]) -> Annotation:
    """Labels of a picture of (width, height) px without people; the lens is assumed."""
    shape = (0, BODY_22.num_joints)
    flags = np.zeros(shape, bool)
    return Annotation(
        np.zeros((*shape, 3), np.float32),
        np.zeros((*shape, 2), np.float32),
        flags,
        flags,
        flags,
        np.zeros((0, 4), np.float32),
        Camera.from_fov(size),
    )


def _read(file: Path, flag: int) -> np.ndarray:
    """(H, W, 3) uint8 RGB; OSError if the file is no image."""
    image = cv2.imread(str(file), flag)
    if image is None:
        raise OSError(f"{file}: not a readable image")
    return cv2.cvtColor(image, cv2.COLOR_BGR2RGB)


def _names(file: Path, root: Path) -> tuple[str, str]:
    """Of a file: its name relative to a folder, and to the folder above."""
    return file.relative_to(root).as_posix(), file.relative_to(root.parent).as_posix()
