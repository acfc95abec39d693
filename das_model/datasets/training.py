"""The training mix: pictures of several sets, augmented onto one canvas, with their targets.

Item i depends only on the seed and on i, whatever the worker, so a resumed run sees what the
uninterrupted one would have seen.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from das_model.datasets.augment import AugmentConfig, place, random_placement, vary_colour
from das_model.datasets.photos import PhotoSet
from das_model.datasets.rendered import RenderedSet
from das_model.losses import BatchTargets
from das_model.targets import Annotation, Encoding, Targets, encode

Batch = tuple[Tensor, list[BatchTargets]]


class AnnotatedSet(Protocol):
    """Pictures with labels: (H, W, 3) uint8 RGB and its `Annotation`."""

    def __len__(self) -> int: ...

    def __getitem__(self, index: int) -> tuple[np.ndarray, Annotation]: ...


@dataclass(frozen=True, slots=True)
class DataConfig:
    """Where a run's pictures come from; either set may be missing, not both."""

    photos: Path | None = None
    synthetic: Path | None = None
    synthetic_val: Path | None = None
    photo_share: float = 0.4  # of the samples, where both sets are there
    size: int = 256  # side of the square canvas, px
    batch_size: int = 8  # per process
    num_workers: int = 0
    seed: int = 0
    augment: AugmentConfig = field(default_factory=AugmentConfig)

    def __post_init__(self) -> None:
        if self.photos is None and self.synthetic is None:
            raise ValueError("DataConfig needs photos, synthetic or both, got neither")

    def training_sets(self) -> tuple[list[AnnotatedSet], list[float]]:
        """The sets and their shares."""
        sets: list[AnnotatedSet] = []
        shares: list[float] = []
        if self.photos is not None:
            sets.append(PhotoSet.open(self.photos, "train"))
            shares.append(self.photo_share if self.synthetic else 1.0)
        if self.synthetic is not None:
            sets.append(RenderedSet.open(self.synthetic))
            shares.append(1 - self.photo_share if self.photos else 1.0)
        return sets, shares

    def validation_sets(self) -> dict[str, AnnotatedSet]:
        """Fixed sets by name; empty if there are none."""
        sets: dict[str, AnnotatedSet] = {}
        if self.photos is not None:
            sets["photos"] = PhotoSet.open(self.photos, "val")
        if self.synthetic_val is not None:
            sets["synthetic"] = RenderedSet.open(self.synthetic_val)
        return sets


@dataclass(frozen=True, eq=False, slots=True)
class Sample:
    """One item of the training mix."""

    image: np.ndarray  # (3, H, W) uint8 RGB
    targets: list[Targets]  # finest level first


class TrainingMix(Dataset):
    """Draws from several sets with given shares.

    Args:
        sets: the sets.
        shares: how often each is drawn; scaled to sum 1.
        size: (width, height) of the canvas, px.
        encoding: the network's.
        augment: how strongly pictures are varied.
        seed: of the whole sequence.
        num_items: length of the sequence.

    Raises:
        ValueError: if a set with a positive share is empty.
    """

    def __init__(
        self,
        sets: Sequence[AnnotatedSet],
        shares: Sequence[float],
        size: tuple[int, int],
        encoding: Encoding,
        augment: AugmentConfig,
        seed: int,
        num_items: int,
    ) -> None:
        for annotated_set, share in zip(sets, shares, strict=True):
            if share > 0 and len(annotated_set) == 0:
                raise ValueError(f"{type(annotated_set).__name__} is empty but has share {share}")
        self._sets, self._size, self._encoding = list(sets), size, encoding
        self._shares = np.array(shares) / np.sum(shares)
        self._augment, self._seed, self._num_items = augment, seed, num_items

    def __len__(self) -> int:
        return self._num_items

    def __getitem__(self, index: int) -> Sample:
        rng = np.random.default_rng([self._seed, index])
        chosen = self._sets[rng.choice(len(self._sets), p=self._shares)]
        image, annotation = chosen[int(rng.integers(len(chosen)))]
        placement = random_placement(annotation, self._size, self._augment, rng)
        image, annotation = place(image, annotation, placement)
        image = vary_colour(image, self._augment.colour, rng)
        return Sample(
            np.ascontiguousarray(image.transpose(2, 0, 1)),
            encode(annotation, self._encoding),
        )


def collate(samples: list[Sample]) -> Batch:
    """Stack samples: images (B, 3, H, W) uint8 and the targets of each level."""
    images = torch.from_numpy(np.stack([s.image for s in samples]))
    levels = zip(*(s.targets for s in samples), strict=True)
    return images, [_stack(level) for level in levels]


def training_batches(
    data: DataConfig, encoding: Encoding, steps: range, rank: int = 0, world: int = 1
) -> Iterator[Batch]:
    """The batches of one process.

    Args:
        data: of the run.
        encoding: the network's.
        steps: from the first step to do to the end of the schedule.
        rank: number of this process.
        world: number of processes; each gets every world-th item.
    """
    per_step = data.batch_size * world
    sets, shares = data.training_sets()
    mix = TrainingMix(
        sets, shares, (data.size, data.size), encoding, data.augment, data.seed,
        steps.stop * per_step,
    )  # fmt: skip
    order = range(steps.start * per_step + rank, len(mix), world)
    return iter(
        DataLoader(
            mix, data.batch_size, sampler=order, collate_fn=collate, num_workers=data.num_workers
        )
    )


def _stack(targets: Sequence[Targets]) -> BatchTargets:
    return BatchTargets(
        *(
            torch.from_numpy(np.stack([getattr(t, name) for t in targets]))
            for name in BatchTargets.__slots__
        )
    )
