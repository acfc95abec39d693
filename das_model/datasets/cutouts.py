"""People cut out of photos by masks, and pasted in rows over other pictures.

Who stands lower in the picture stands in front. Joints that a pasted person covers are hidden:
they stay labelled, and are asked for like those that a rendered wall hides.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np

from das_model.annotation import Annotation, merge
from das_model.camera import Camera
from das_model.datasets.augmentation.augment import place
from das_model.datasets.augmentation.placement import Placement
from das_model.datasets.photos import PhotoSet, photo_annotation

_MIN_INSIDE = 0.7  # of a person's joints, in the mask, to be the one that was cut out
_MASK_MARGIN_PX = 4  # how far outside of the mask a joint may lie
_ROW_SIZES, _ROW_SHARES = (1, 2, 3, 4), (0.2, 0.4, 0.25, 0.15)
_HEIGHT = (0.35, 1.4)  # of the pasted people, of the picture's height
_SIZE_SPREAD = 0.12  # of the heights in a row, standard deviation of their logarithm
_SPACING = (0.4, 1.2)  # of neighbours in a row, in mean widths
_LEAN_DEG = 8.0  # most by which somebody is turned
_GAIN_SPREAD = 0.12  # standard deviation of the logarithm of a person's brightness
_SEEN = 128  # least mask value that counts as covering


Cutout = tuple[np.ndarray, Annotation]


@dataclass(frozen=True, eq=False, slots=True)
class CutoutSet:
    """People with masks: (h, w, 4) uint8 RGB and mask, and the labels of the one person."""

    photos: PhotoSet
    loaded: dict[int, Cutout | None] = field(default_factory=dict)  # what was read before

    @staticmethod
    def open(root: Path, labels: Path | None = None) -> "CutoutSet":
        """The training photos of a folder that have a `mask`; see `PhotoSet.open`.

        Raises:
            FileNotFoundError: if the file of labels is not there.
        """
        photos = PhotoSet.open(root, "train", labels)
        masked = tuple(
            entry
            for entry in photos.images
            if entry.get("mask") and any(not p.get("ignore") for p in photos.people[entry["id"]])
        )
        return CutoutSet(replace(photos, images=masked))

    def __len__(self) -> int:
        return len(self.photos)

    def __getitem__(self, index: int) -> Cutout | None:
        """The part of the photo around the mask, and its labels; None if they do not agree.

        Joints outside of the mask are no labels. What was read once is kept in memory.

        Raises:
            OSError: if photo or mask cannot be read.
        """
        if index not in self.loaded:
            self.loaded[index] = self._read(index)
        return self.loaded[index]

    def _read(self, index: int) -> Cutout | None:
        """See `__getitem__`."""
        entry, root = self.photos.images[index], self.photos.root
        image = cv2.imread(str(root / entry["file_name"]), cv2.IMREAD_COLOR_RGB)
        mask = cv2.imread(str(root / entry["mask"]), cv2.IMREAD_GRAYSCALE)
        if image is None or mask is None:
            raise OSError(f"{root / entry['file_name']}: photo or mask is not readable")
        size = (image.shape[1], image.shape[0])
        records = [p for p in self.photos.people[entry["id"]] if not p.get("ignore")]
        annotation = photo_annotation(records, {}, size)
        covered = mask_values(cv2.dilate(mask, _disc(_MASK_MARGIN_PX)), annotation) >= _SEEN
        is_inside = annotation.valid_2d & covered
        share = is_inside.sum(axis=1) / annotation.valid_2d.sum(axis=1)
        if not len(share) or share.max() < _MIN_INSIDE:
            return None
        person = int(share.argmax())
        box = cv2.boundingRect(mask)
        soft = cv2.blur(cv2.erode(mask, _disc(1)), (3, 3))
        left, top, width, height = box
        inside = np.s_[top : top + height, left : left + width]
        part = cv2.merge([*cv2.split(image[inside]), soft[inside]])
        return part, _only(annotation, person, is_inside[person], box)


def paste_row(
    image: np.ndarray,
    annotation: Annotation,
    cutouts: CutoutSet,
    rng: np.random.Generator,
) -> tuple[np.ndarray, Annotation]:
    """A picture with one to four people more, side by side, and the labels of all.

    Args:
        image: (H, W, 3) uint8 RGB.
        annotation: of the picture.
        cutouts: people to take.
        rng: source of chance.
    """
    number = int(rng.choice(_ROW_SIZES, p=_ROW_SHARES))
    drawn = [cutouts[int(i)] for i in rng.integers(len(cutouts), size=number)]
    people = [person for person in drawn if person is not None]
    placements = _row([person.shape for person, _ in people], annotation.camera.size, rng)
    depth_order = sorted(range(len(people)), key=lambda i: _feet_px(people[i][0], placements[i]))
    image = image.copy()
    for i in depth_order:
        person, labels = people[i]
        gain = math.exp(rng.normal(0, _GAIN_SPREAD))
        person = cv2.multiply(person, np.array([gain, gain, gain, 1.0]))
        layer, labels = place(person, labels.in_skeleton(annotation.skeleton), placements[i])
        annotation = paste(image, annotation, layer, labels)
    return image, annotation


def paste(
    image: np.ndarray, annotation: Annotation, layer: np.ndarray, labels: Annotation
) -> Annotation:
    """Draw somebody over a picture, in place.

    Args:
        image: (H, W, 3) uint8 RGB, changed.
        annotation: of the picture.
        layer: (H, W, 4) uint8 RGB and mask.
        labels: of who is in the layer.

    Returns:
        The labels of all; joints that the mask covers are hidden.
    """
    mask = layer[..., 3]
    left, top, width, height = cv2.boundingRect(mask)
    part = np.s_[top : top + height, left : left + width]
    weight = mask[part][..., None].astype(np.uint16)
    mixed = layer[part][..., :3] * weight + image[part] * (255 - weight)
    image[part] = (mixed + 127) // 255
    is_covered = mask_values(mask, annotation) >= _SEEN
    behind = replace(annotation, visible=annotation.visible & ~is_covered)
    return merge([behind, replace(labels, ignore_px=labels.ignore_px[:0])], annotation.camera)


def mask_values(mask: np.ndarray, annotation: Annotation) -> np.ndarray:
    """(P, J) uint8 value of an (H, W) mask at each labelled joint; 0 outside and elsewhere."""
    height, width = mask.shape
    points = np.nan_to_num(annotation.joints_px).round().astype(int)
    x, y = points[..., 0], points[..., 1]
    is_asked = annotation.valid_2d & (x >= 0) & (y >= 0) & (x < width) & (y < height)
    return np.where(is_asked, mask[y.clip(0, height - 1), x.clip(0, width - 1)], 0)


def _only(
    annotation: Annotation, person: int, valid: np.ndarray, box: Sequence[int]
) -> Annotation:
    """The labels of one person with some of the joints, in the px of a (x, y, w, h) box."""
    assert annotation.root_guess_px is not None
    assert annotation.is_relative is not None
    one = slice(person, person + 1)
    left, top, width, height = box
    offset = np.array([left, top], np.float32)
    return Annotation(
        annotation.joints_cam[one],
        annotation.joints_px[one] - offset,
        valid[None],
        annotation.valid_3d[one] & valid,
        annotation.visible[one] & valid,
        np.zeros((0, 4), np.float32),
        Camera.from_fov((width, height)),
        annotation.skeleton,
        annotation.root_guess_px[one] - offset,
        annotation.is_relative[one],
    )


def _row(
    shapes: list[tuple[int, ...]], size: tuple[int, int], rng: np.random.Generator
) -> list[Placement]:
    """Positions of people of (h, w, ...) px side by side in a (width, height) image."""
    width, height = size
    tall = height * math.exp(rng.uniform(*np.log(_HEIGHT)))
    bottom = height * rng.uniform(0.7, 1.0) if tall < 0.7 * height else max(tall, height)
    bottom += height * rng.uniform(-0.05, 0.15) * (tall >= 0.7 * height)
    spacing = tall * np.mean([w / h for h, w, *_ in shapes] or [0.0]) * rng.uniform(*_SPACING)
    middle = width * rng.uniform(0.2, 0.8) - spacing * (len(shapes) - 1) / 2
    placements = []
    for i, (h, _, *_) in enumerate(shapes):
        relative = math.exp(rng.normal(0, _SIZE_SPREAD))
        scale = tall * relative / h
        feet = bottom + 0.5 * tall * (relative - 1) + tall * rng.normal(0, 0.03)
        x = middle + spacing * (i + rng.normal(0, 0.15))
        lean = math.radians(rng.uniform(-_LEAN_DEG, _LEAN_DEG))
        at = (float(x), float(feet - scale * h / 2))
        placements.append(Placement(scale, lean, rng.random() < 0.5, at, size))
    return placements


def _feet_px(person: np.ndarray, placement: Placement) -> float:
    """Lower edge of a person in the image, px."""
    return placement.shift_px[1] + placement.scale * person.shape[0] / 2


def _disc(radius_px: int) -> np.ndarray:
    side = 2 * radius_px + 1
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
