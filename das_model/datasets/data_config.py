"""Data configuration of a training run: data sets, their weights, and augmentation."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np

from das_model.annotation import Annotation
from das_model.datasets import coco, muco, mupots, panoptic
from das_model.datasets.augmentation.placement import AugmentConfig
from das_model.datasets.cutouts import CutoutSet
from das_model.datasets.labels import required_labels
from das_model.datasets.negatives import NegativeSet
from das_model.datasets.panoptic_split import PanopticSplit
from das_model.datasets.photos import PhotoSet
from das_model.datasets.rendered import RenderedSet
from das_model.datasets.shards import is_packed, open_packed
from das_model.datasets.validation_lists import held_out_names


class AnnotatedSet(Protocol):
    """Pictures with labels: (H, W, 3) uint8 RGB and its `Annotation`."""

    def __len__(self) -> int: ...

    def __getitem__(self, index: int) -> tuple[np.ndarray, Annotation]: ...


WeightedSets = tuple[list[AnnotatedSet], list[float]]  # sets and their shares


@dataclass(frozen=True, slots=True)
class Shares:
    """Sampling weights of kinds of images.

    Args:
        photos: of the samples, from sets with 2D labels.
        coco_real: of the samples, from the hand-labelled photos apart.
        negatives: of the samples, photos without anybody.
        pasted: of the pictures, with cut-out people pasted over them; half of these are photos
            without anybody.

    Raises:
        ValueError: if one is not in [0, 1], or those of the samples add up to more than 1.
    """

    photos: float = 0.4
    coco_real: float = 0.0
    negatives: float = 0.0
    pasted: float = 0.0

    def __post_init__(self) -> None:
        for name in self.__slots__:
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"Shares.{name} must be in [0, 1], got {getattr(self, name)}")
        if (total := self.photos + self.coco_real + self.negatives) > 1:
            raise ValueError(
                f"shares of photos, coco_real and negatives must add up to 1 or less, got {total}"
            )


@dataclass(frozen=True, slots=True)
class DataConfig:
    """Data of a run: root folders of one or more sets, batches and augmentation."""

    photos: Path | None = None  # 2D labels
    synthetic: Path | None = None
    synthetic_val: Path | None = None
    shares: Shares = field(default_factory=Shares)
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
    coco_real: Path | None = None  # 2D labels by hand
    negatives: tuple[Path, ...] = ()  # nobody to be seen
    photo_labels: Path | None = None  # instead of the file beside the photos
    coco_real_labels: Path | None = None  # likewise
    mupots: Path | None = None  # to measure on as training goes on
    panoptic_val: Path | None = None  # likewise, where it is not `panoptic`
    augment_flat: AugmentConfig | None = None  # of pictures with 2D labels alone, if another
    is_whole: bool = False  # every picture of every set once an epoch, not by the shares
    coco_left_out: tuple[str, ...] = ()  # joints of COCO that count as not labelled

    def __post_init__(self) -> None:
        sets = ("photos", "synthetic", "panoptic", "muco", "coco", "coco_real")
        if not any(getattr(self, name) for name in sets):
            raise ValueError(
                "DataConfig needs one of photos, synthetic, panoptic, muco, coco or coco_real, "
                "got none"
            )

    @property
    def canvas(self) -> tuple[int, int]:
        """(width, height) px of the network's input."""
        return self.size, self.height or self.size

    def require_files(self) -> None:
        """Look for folders and files of labels, without reading any.

        Raises:
            FileNotFoundError: naming the first that is not there.
            ValueError: if there is no such list of sequences.
        """
        folders = (
            self.photos,
            self.synthetic,
            self.synthetic_val,
            self.panoptic,
            self.muco,
            self.coco,
            self.coco_real,
            self.mupots,
            self.panoptic_val,
            *self.negatives,
        )
        for folder in folders:
            if folder is not None and not folder.is_dir():
                raise FileNotFoundError(f"{folder}: a folder of pictures was expected there")
        for folder, labels in (
            (self.photos, self.photo_labels),
            (self.coco_real, self.coco_real_labels),
        ):
            if folder is not None:
                required_labels(labels or folder / "annotations.json")
        if self.panoptic is not None and not is_packed(self.panoptic):
            for sequence in PanopticSplit.read(self.panoptic_split).train:
                panoptic.calibration_file(self.panoptic, sequence)
        if self.muco is not None and not is_packed(self.muco):
            muco.label_file(self.muco)
        if self.coco is not None and not is_packed(self.coco):
            coco.label_file(self.coco, "train2017")
        if self.mupots is not None:
            mupots.label_file(self.mupots)

    def training_sets(self, checked: set[Path] | None = None) -> WeightedSets:
        """The sets and their shares: equal within those of 2D labels and within the others.

        Those of hand-labelled photos and of photos without anybody are theirs apart. What
        validation keeps is in none.

        Args:
            checked: see `labels.load_table`.

        Raises:
            FileNotFoundError: if files of a set are missing.
            ValueError: if no set that is there has a share.
        """
        flat: list[AnnotatedSet] = []
        solid: list[AnnotatedSet] = []
        if self.photos is not None:
            photos = PhotoSet.open(self.photos, "train", self.photo_labels)
            flat.append(photos.crowds_more_often())
        if self.coco is not None:
            flat.append(
                open_packed(self.coco, self.coco_left_out)
                if is_packed(self.coco)
                else coco.picture_set(self.coco, "train2017", checked, self.coco_left_out)
            )
        if self.synthetic is not None:
            solid.append(RenderedSet.open(self.synthetic))
        if self.panoptic is not None:
            split = PanopticSplit.read(self.panoptic_split)
            solid.append(
                open_packed(self.panoptic)
                if is_packed(self.panoptic)
                else panoptic.training_set(self.panoptic, split, checked)
            )
        if self.muco is not None:
            solid.append(
                open_packed(self.muco)
                if is_packed(self.muco)
                else muco.training_set(self.muco, checked)
            )
        apart: list[tuple[AnnotatedSet, float]] = []
        if self.coco_real is not None:
            names = held_out_names("coco_real")
            photos = PhotoSet.open(self.coco_real, "train", self.coco_real_labels, names)
            apart.append((photos.crowds_more_often(), self.shares.coco_real))
        if self.negatives:
            apart.append((NegativeSet.open(self.negatives), self.shares.negatives))
        flat_share = self.shares.photos if flat else 0.0
        solid_share = 1 - flat_share - sum(share for _, share in apart)
        shares = [flat_share / len(flat) for _ in flat]
        shares += [solid_share / len(solid) for _ in solid] + [share for _, share in apart]
        if not sum(shares):
            raise ValueError(f"the sets that were given have no share of the samples: {shares}")
        sets = [*flat, *solid, *(annotated_set for annotated_set, _ in apart)]
        return sets, [share / sum(shares) for share in shares]

    def backdrops(self) -> NegativeSet | None:
        """Photos without anybody, to be seen around and behind people; None if not given."""
        return NegativeSet.open(self.negatives) if self.negatives else None

    def cutouts(self) -> CutoutSet | None:
        """People to be pasted; None if none are wanted or the photos have no masks."""
        if not self.shares.pasted or self.photos is None:
            return None
        cutouts = CutoutSet.open(self.photos, self.photo_labels)
        return cutouts if len(cutouts) else None

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
