"""Benchmark data set: images with labels.

Evaluation takes `file_name`, `camera` and `annotation`, which touch no picture and speak of the
picture as it lies on the disk; training takes items, whose pictures are made those of an ideal
lens with square pixels first.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from das_model.annotation import Annotation
from das_model.camera import Camera
from das_model.datasets.augmentation.rectify import rectify
from das_model.datasets.labels import LabelTable


class Place(NamedTuple):
    """Position of an image's bytes in a larger file."""

    file_name: str
    first_byte: int
    num_bytes: int


@dataclass(frozen=True, eq=False, slots=True)
class PictureSet:
    """Pictures of a data set with their labels; an `AnnotatedSet` for training.

    Args:
        root: folder that file names are relative to.
        table: labels of these and maybe more pictures.
        indices: (N,) which of the table's pictures are in the set, in order.
        left_out: joints that count as not labelled.
        places: (N,) of the pictures in tar files, see `shards`; None for a file each.
    """

    root: Path
    table: LabelTable
    indices: np.ndarray
    left_out: tuple[str, ...] = ()
    places: tuple[Place, ...] | None = None

    @staticmethod
    def whole(root: Path, table: LabelTable) -> "PictureSet":
        """All pictures of a table."""
        return PictureSet(root, table, np.arange(len(table)))

    def __len__(self) -> int:
        return len(self.indices)

    def file_name(self, index: int) -> str:
        """Name relative to `root`, with forward slashes."""
        return str(self.table.file_names[self.indices[index]])

    def camera(self, index: int) -> Camera:
        """Camera of the picture as it lies on the disk, with its lens distortion."""
        return self.table.camera(int(self.indices[index]))

    def annotation(self, index: int) -> Annotation:
        """Labels in the px of the picture as it lies on the disk; no picture is read."""
        annotation = self.table.annotation(int(self.indices[index]))
        return annotation.without(self.left_out) if self.left_out else annotation

    def __getitem__(self, index: int) -> tuple[np.ndarray, Annotation]:
        """The (H, W, 3) uint8 RGB picture through an ideal lens, and its labels.

        Raises:
            OSError: if the picture cannot be read.
            ValueError: if it is not of the size that its labels speak of.
        """
        file, annotation = self.root / self.file_name(index), self.annotation(index)
        image = self._decoded(file, index)
        if image is None:
            raise OSError(f"{file}: not a readable image; scripts/prepare_data.py tells more")
        size = (image.shape[1], image.shape[0])
        if size != annotation.camera.size:
            raise ValueError(f"{file} must be {annotation.camera.size} px, got {size}")
        return rectify(image, annotation)

    def _decoded(self, file: Path, index: int) -> np.ndarray | None:
        """The picture's pixels, None if its bytes are none."""
        if self.places is None:
            return cv2.imread(str(file), cv2.IMREAD_COLOR_RGB)
        place = self.places[index]
        with (self.root / place.file_name).open("rb") as shard:
            shard.seek(place.first_byte)
            content = np.frombuffer(shard.read(place.num_bytes), np.uint8)
        return cv2.imdecode(content, cv2.IMREAD_COLOR_RGB) if len(content) else None
