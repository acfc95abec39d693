"""The training mix: pictures of several sets, augmented onto one canvas, with their targets.

Item i depends only on the seed and on i, whatever the worker, so a resumed run sees what the
uninterrupted one would have seen.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from das_model.annotation import Annotation
from das_model.datasets.augment import AugmentConfig, place, random_placement, vary_colour
from das_model.datasets.data_config import AnnotatedSet, DataConfig
from das_model.datasets.mosaic import join
from das_model.inference.targets import Encoding, Targets, encode
from das_model.skeleton import BODY_22, Skeleton
from das_model.training.losses import BatchTargets

_MOSAICS = ((1, 2), (2, 1), (2, 2))  # columns and rows
Batch = tuple[Tensor, list[BatchTargets]]


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
        skeleton: the network's joints, in which every set is told.

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
        skeleton: Skeleton = BODY_22,
    ) -> None:
        for annotated_set, share in zip(sets, shares, strict=True):
            if share > 0 and len(annotated_set) == 0:
                raise ValueError(f"{type(annotated_set).__name__} is empty but has share {share}")
        self._sets, self.size, self._encoding = list(sets), size, encoding
        self._shares = np.array(shares) / np.sum(shares)
        self._augment, self._seed, self._num_items = augment, seed, num_items
        self._skeleton = skeleton

    def __len__(self) -> int:
        return self._num_items

    def __getitem__(self, index: int) -> Sample:
        rng = np.random.default_rng([self._seed, index])
        if rng.random() >= self._augment.mosaic:
            return self.encoded(*self.augmented(*self.drawn(rng), rng, self.size))
        columns, rows = _MOSAICS[rng.integers(len(_MOSAICS))]
        size = (self.size[0] // columns, self.size[1] // rows)
        pieces = [self.augmented(*self.drawn(rng), rng, size) for _ in range(columns * rows)]
        return self.encoded(*join(pieces, columns))

    def drawn(self, rng: np.random.Generator) -> tuple[np.ndarray, Annotation]:
        """A picture of a random set, (H, W, 3) uint8 RGB, and its labels in the skeleton."""
        chosen = self._sets[rng.choice(len(self._sets), p=self._shares)]
        image, annotation = chosen[int(rng.integers(len(chosen)))]
        return image, annotation.in_skeleton(self._skeleton)

    def augmented(
        self,
        image: np.ndarray,
        annotation: Annotation,
        rng: np.random.Generator,
        size: tuple[int, int],
    ) -> tuple[np.ndarray, Annotation]:
        """Picture and labels, varied, on a canvas of `size` (width, height) px."""
        placement = random_placement(annotation, size, self._augment, rng)
        image, annotation = place(image, annotation, placement)
        return vary_colour(image, self._augment.colour, rng), annotation

    def encoded(self, image: np.ndarray, annotation: Annotation) -> Sample:
        """The sample of a picture on the canvas."""
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
    data: DataConfig,
    encoding: Encoding,
    steps: range,
    rank: int = 0,
    world: int = 1,
    skeleton: Skeleton = BODY_22,
) -> Iterator[Batch]:
    """The batches of one process.

    Args:
        data: of the run.
        encoding: the network's.
        steps: from the first step to do to the end of the schedule.
        rank: number of this process.
        world: number of processes; each gets every world-th item.
        skeleton: the network's joints.
    """
    per_step = data.batch_size * world
    mix = training_mix(data, encoding, steps.stop * per_step, skeleton)
    order = range(steps.start * per_step + rank, len(mix), world)
    return iter(
        DataLoader(
            mix, data.batch_size, sampler=order, collate_fn=collate, num_workers=data.num_workers
        )
    )


def training_mix(
    data: DataConfig, encoding: Encoding, num_items: int, skeleton: Skeleton = BODY_22
) -> TrainingMix:
    """The mix of a run's training sets; see `TrainingMix`."""
    sets, shares = data.training_sets()
    return TrainingMix(
        sets, shares, data.canvas, encoding, data.augment, data.seed, num_items, skeleton
    )


def _stack(targets: Sequence[Targets]) -> BatchTargets:
    return BatchTargets(
        *(
            torch.from_numpy(np.stack([getattr(t, name) for t in targets]))
            for name in BatchTargets.__slots__
        )
    )
