"""Which data sets a run learns from, in which shares, and how their pictures are drawn."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np

from das_model.annotation import Annotation
from das_model.datasets import coco, muco, panoptic
from das_model.datasets.augment import AugmentConfig
from das_model.datasets.panoptic_split import PanopticSplit
from das_model.datasets.photos import PhotoSet
from das_model.datasets.rendered import RenderedSet


class AnnotatedSet(Protocol):
    """Pictures with labels: (H, W, 3) uint8 RGB and its `Annotation`."""

    def __len__(self) -> int: ...

    def __getitem__(self, index: int) -> tuple[np.ndarray, Annotation]: ...


@dataclass(frozen=True, slots=True)
class DataConfig:
    """Where a run's pictures come from: the root folders of one or more sets."""

    photos: Path | None = None  # 2D labels
    synthetic: Path | None = None
    synthetic_val: Path | None = None
    photo_share: float = 0.4  # of the samples, from sets with 2D labels, where there are others
    size: int = 256  # width of the canvas, px
    batch_size: int = 8  # per process
    num_workers: int = 0
    seed: int = 0
    augment: AugmentConfig = field(default_factory=AugmentConfig)
    height: int | None = None  # of the canvas, px; that of a square if None
    panoptic: Path | None = None
    panoptic_split: str = "das"  # list of sequences: das, smap or a file
    muco: Path | None = None
    coco: Path | None = None  # 2D labels

    def __post_init__(self) -> None:
        if not any((self.photos, self.synthetic, self.panoptic, self.muco, self.coco)):
            raise ValueError(
                "DataConfig needs one of photos, synthetic, panoptic, muco or coco, got none"
            )
        if not 0 <= self.photo_share <= 1:
            raise ValueError(f"photo_share must be in [0, 1], got {self.photo_share}")

    @property
    def canvas(self) -> tuple[int, int]:
        """(width, height) px of the network's input."""
        return self.size, self.height or self.size

    def training_sets(self) -> tuple[list[AnnotatedSet], list[float]]:
        """The sets and their shares: equal within those of 2D labels and within the others."""
        flat: list[AnnotatedSet] = []
        solid: list[AnnotatedSet] = []
        if self.photos is not None:
            flat.append(PhotoSet.open(self.photos, "train"))
        if self.coco is not None:
            flat.append(coco.picture_set(self.coco, "train2017"))
        if self.synthetic is not None:
            solid.append(RenderedSet.open(self.synthetic))
        if self.panoptic is not None:
            split = PanopticSplit.read(self.panoptic_split)
            solid.append(panoptic.training_set(self.panoptic, split))
        if self.muco is not None:
            solid.append(muco.training_set(self.muco))
        flat_share = self.photo_share if solid else 1.0
        solid_share = 1 - self.photo_share if flat else 1.0
        shares = [flat_share / len(flat) for _ in flat]
        return flat + solid, shares + [solid_share / len(solid) for _ in solid]

    def validation_sets(self) -> dict[str, AnnotatedSet]:
        """Fixed sets by name; empty if there are none."""
        sets: dict[str, AnnotatedSet] = {}
        if self.photos is not None:
            sets["photos"] = PhotoSet.open(self.photos, "val")
        if self.coco is not None and coco.label_path(self.coco, "val2017").is_file():
            sets["coco"] = coco.picture_set(self.coco, "val2017")
        if self.synthetic_val is not None:
            sets["synthetic"] = RenderedSet.open(self.synthetic_val)
        return sets
