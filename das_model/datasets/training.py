"""The training mix: pictures of several sets, augmented onto one canvas, with their targets.

Item i depends only on the seed and on i, whatever the worker, so a resumed run sees what the
uninterrupted one would have seen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

from das_model.datasets.augment import AugmentConfig, place, random_placement, vary_colour
from das_model.losses import BatchTargets
from das_model.targets import Annotation, Encoding, Targets, encode


class AnnotatedSet(Protocol):
    """Pictures with labels: (H, W, 3) uint8 RGB and its `Annotation`."""

    def __len__(self) -> int: ...

    def __getitem__(self, index: int) -> tuple[np.ndarray, Annotation]: ...


@dataclass(frozen=True, eq=False, slots=True)
class Sample:
    """One item of the training mix."""

    image: np.ndarray  # (3, H, W) uint8 RGB
    targets: list[Targets]  # finest level first
    focal_px: float  # of the augmented picture


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
            annotation.camera.focal_px,
        )


def collate(samples: list[Sample]) -> tuple[Tensor, list[BatchTargets]]:
    """Stack samples: images (B, 3, H, W) uint8 and the targets of each level."""
    images = torch.from_numpy(np.stack([s.image for s in samples]))
    levels = zip(*(s.targets for s in samples), strict=True)
    return images, [_stack(level) for level in levels]


def _stack(targets: Sequence[Targets]) -> BatchTargets:
    return BatchTargets(
        *(
            torch.from_numpy(np.stack([getattr(t, name) for t in targets]))
            for name in BatchTargets.__slots__
        )
    )
