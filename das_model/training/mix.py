"""Training mix: images of several data sets, augmented onto one canvas, with their targets.

Item i depends only on the seed and on i, whatever the worker, so a resumed run sees what the
uninterrupted one would have seen.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from das_model.annotation import Annotation
from das_model.datasets.augmentation.augment import place, vary_colour
from das_model.datasets.augmentation.mosaic import join
from das_model.datasets.augmentation.placement import AugmentConfig, Placement, random_placement
from das_model.datasets.cutouts import CutoutSet, paste_row
from das_model.datasets.data_config import AnnotatedSet, DataConfig, WeightedSets
from das_model.datasets.negatives import NegativeSet
from das_model.inference.targets import Encoding, Targets, encode
from das_model.skeleton import BODY_22, Skeleton
from das_model.training.losses import BatchTargets

_MOSAICS = ((1, 2), (2, 1), (2, 2), (3, 2), (2, 3), (3, 3))  # columns and rows
_BACKDROP_SHARE = 0.7  # of the canvases that a picture does not fill, with another around it
_PASTED_OVER_NOBODY = 0.5  # of the pictures that people are pasted over
Batch = tuple[Tensor, list[BatchTargets]]


@dataclass(frozen=True, eq=False, slots=True)
class Extras:
    """Images that are mixed into others.

    Args:
        backdrops: photos without anybody, seen around pictures that do not fill the canvas.
        cutouts: people to paste over pictures.
        pasted_share: of the pictures, with people pasted over them.
    """

    backdrops: NegativeSet | None = None
    cutouts: CutoutSet | None = None
    pasted_share: float = 0.0


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
        extras: what is mixed into pictures.
        augment_flat: of pictures with 2D labels alone; `augment` if None.
        is_whole: every picture of every set once an epoch, in an order of that epoch, instead of
            draws by the shares; for mixes without mosaics.

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
        extras: Extras | None = None,
        augment_flat: AugmentConfig | None = None,
        is_whole: bool = False,
    ) -> None:
        for annotated_set, share in zip(sets, shares, strict=True):
            if share > 0 and len(annotated_set) == 0:
                raise ValueError(f"{type(annotated_set).__name__} is empty but has share {share}")
        self._sets, self.size, self._encoding = list(sets), size, encoding
        self._shares = np.array(shares) / np.sum(shares)
        self._augment, self._seed, self._num_items = augment, seed, num_items
        self._skeleton, self._extras = skeleton, extras or Extras()
        self._augment_flat = augment_flat or augment
        self._epochs = Epochs([len(s) for s in sets], seed) if is_whole else None

    def __len__(self) -> int:
        return self._num_items

    def __getitem__(self, index: int) -> Sample:
        rng = np.random.default_rng([self._seed, index])
        if rng.random() >= self._augment.mosaic:
            drawn = self.drawn(rng) if self._epochs is None else self.taken(index)
            return self.encoded(*self.augmented(*drawn, rng, self.size))
        columns, rows = _MOSAICS[rng.integers(len(_MOSAICS))]
        widths = np.diff(np.linspace(0, self.size[0], columns + 1).astype(int)).tolist()
        heights = np.diff(np.linspace(0, self.size[1], rows + 1).astype(int)).tolist()
        pieces = [
            self.augmented(*self.drawn(rng), rng, (width, height))
            for height in heights
            for width in widths
        ]
        return self.encoded(*join(pieces, columns))

    def drawn(self, rng: np.random.Generator) -> tuple[np.ndarray, Annotation]:
        """A picture of a random set, (H, W, 3) uint8 RGB, and its labels in the skeleton.

        Some have people pasted over them.
        """
        extras = self._extras
        cutouts = extras.cutouts
        if cutouts is not None and rng.random() >= extras.pasted_share:
            cutouts = None  # not over this one
        chosen = self._sets[rng.choice(len(self._sets), p=self._shares)]
        backdrops = None if cutouts is None else extras.backdrops
        if backdrops is not None and rng.random() < _PASTED_OVER_NOBODY:
            chosen = backdrops
        image, annotation = chosen[int(rng.integers(len(chosen)))]
        annotation = annotation.in_skeleton(self._skeleton)
        if cutouts is not None:
            return paste_row(image, annotation, cutouts, rng)
        return image, annotation

    def taken(self, index: int) -> tuple[np.ndarray, Annotation]:
        """The picture that item `index` of whole epochs stands for, and its labels."""
        assert self._epochs is not None
        number, picture = self._epochs.picture(index)
        image, annotation = self._sets[number][picture]
        return image, annotation.in_skeleton(self._skeleton)

    def augmented(
        self,
        image: np.ndarray,
        annotation: Annotation,
        rng: np.random.Generator,
        size: tuple[int, int],
    ) -> tuple[np.ndarray, Annotation]:
        """Picture and labels, varied, on a canvas of `size` (width, height) px."""
        is_flat = not annotation.valid_3d.any()
        augment = self._augment_flat if is_flat else self._augment
        placement = random_placement(annotation, size, augment, rng)
        backdrop = self._backdrop(placement, annotation, rng)
        image, annotation = place(image, annotation, placement, backdrop)
        return vary_colour(image, augment.colour, rng), annotation

    def _backdrop(
        self, placement: Placement, annotation: Annotation, rng: np.random.Generator
    ) -> np.ndarray | None:
        """Background of a placed image; None for grey."""
        backdrops = self._extras.backdrops
        if backdrops is None or placement.fills_canvas(annotation.camera):
            return None
        return backdrops.backdrop(placement.size, rng) if rng.random() < _BACKDROP_SHARE else None

    def encoded(self, image: np.ndarray, annotation: Annotation) -> Sample:
        """The sample of a picture on the canvas."""
        return Sample(
            np.ascontiguousarray(image.transpose(2, 0, 1)), encode(annotation, self._encoding)
        )


class Epochs:
    """Every picture of several sets once an epoch, each epoch in an order of its own.

    Args:
        lengths: of the sets.
        seed: of all orders.
    """

    def __init__(self, lengths: Sequence[int], seed: int) -> None:
        self._starts, self._seed = np.cumsum([0, *lengths]), seed
        self._epoch, self._order = -1, np.zeros(0, np.int64)

    def picture(self, index: int) -> tuple[int, int]:
        """Number of the set and of its picture, for item `index` of all epochs in a row."""
        epoch, place = divmod(index, int(self._starts[-1]))
        if epoch != self._epoch:
            rng = np.random.default_rng([self._seed, 1, epoch])
            self._epoch, self._order = epoch, rng.permutation(self._starts[-1])
        number = int(np.searchsorted(self._starts, self._order[place], side="right")) - 1
        return number, int(self._order[place] - self._starts[number])


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
    sets: WeightedSets | None = None,
) -> Iterator[Batch]:
    """The batches of one process.

    Args:
        data: of the run.
        encoding: the network's.
        steps: from the first step to do to the end of the schedule.
        rank: number of this process.
        world: number of processes; each gets every world-th item.
        skeleton: the network's joints.
        sets: what `data.training_sets()` gave, if it is open already.
    """
    per_step = data.batch_size * world
    mix = training_mix(data, encoding, steps.stop * per_step, skeleton, sets)
    order = range(steps.start * per_step + rank, len(mix), world)
    return iter(
        DataLoader(
            mix,
            data.batch_size,
            sampler=order,
            collate_fn=collate,
            num_workers=data.num_workers,
            pin_memory=torch.cuda.is_available(),
            persistent_workers=data.num_workers > 0,
            worker_init_fn=_one_thread,
        )
    )


def _one_thread(worker: int) -> None:
    """A loader's process computes on one core; OpenCV would start a thread a core in each."""
    cv2.setNumThreads(0)


def training_mix(
    data: DataConfig,
    encoding: Encoding,
    num_items: int,
    skeleton: Skeleton = BODY_22,
    weighted_sets: WeightedSets | None = None,
) -> TrainingMix:
    """The mix of a run's training sets; see `TrainingMix` and `training_batches`."""
    sets, shares = weighted_sets or data.training_sets()
    extras = Extras(data.backdrops(), data.cutouts(), data.shares.pasted)
    return TrainingMix(
        sets,
        shares,
        data.canvas,
        encoding,
        data.augment,
        data.seed,
        num_items,
        skeleton,
        extras,
        data.augment_flat,
        data.is_whole,
    )


def _stack(targets: Sequence[Targets]) -> BatchTargets:
    return BatchTargets(
        *(
            torch.from_numpy(np.stack([getattr(t, name) for t in targets]))
            for name in BatchTargets.__slots__
        )
    )
