"""`LabelledPhoto`: a picture with people labelled by hand in COCO's 17 joints, and how it moves.

What validation compares with. Scaling, cropping and joining keep picture, joints, boxes and areas
together; joints that leave the picture are no longer labelled.
"""

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np

from das_model.annotation import Annotation
from das_model.camera import Camera
from das_model.skeleton import COCO_17

NOMINAL_SIZE = (320, 192)  # px of a network's input, by whose area people are called small
MASK_SHARE = 0.53  # of a person's box that the mask covers in COCO, on average


@dataclass(frozen=True, eq=False, slots=True)
class LabelledPhoto:
    """One picture, its G people and its ignore boxes.

    Args:
        image: (H, W, 3) uint8 RGB.
        joints_px: (G, 17, 2) px, any value where not `valid`.
        valid: (G, 17) bool, labelled in the picture.
        boxes_px: (G, 4) left, top, right, bottom of each person.
        areas_px: (G,) px^2 of each person's mask, measured or guessed.
        ignore_px: (M, 4) boxes where people may stand without labels.
        is_exhaustive: everybody has a label or an ignore box.
        name: of the file, with the data set's folder before it; empty for made-up pictures.
    """

    image: np.ndarray
    joints_px: np.ndarray
    valid: np.ndarray
    boxes_px: np.ndarray
    areas_px: np.ndarray
    ignore_px: np.ndarray
    is_exhaustive: bool = True
    name: str = ""

    def __post_init__(self) -> None:
        num_people = len(self.joints_px)
        expected = {
            "joints_px": (num_people, COCO_17.num_joints, 2),
            "valid": (num_people, COCO_17.num_joints),
            "boxes_px": (num_people, 4),
            "areas_px": (num_people,),
            "ignore_px": (len(self.ignore_px), 4),
        }
        for name, shape in expected.items():
            if getattr(self, name).shape != shape:
                got = getattr(self, name).shape
                raise ValueError(f"LabelledPhoto.{name} must be {shape}, got {got}")

    @staticmethod
    def of_nobody(image: np.ndarray, name: str = "") -> "LabelledPhoto":
        """A picture without people."""
        joints = np.zeros((0, COCO_17.num_joints, 2))
        nothing = np.zeros((0, 4))
        return LabelledPhoto(
            image, joints, joints[..., 0] > 0, nothing, nothing[:, 0], nothing, name=name
        )

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) px."""
        return self.image.shape[1], self.image.shape[0]

    @property
    def camera(self) -> Camera:
        """A guess of the lens, which labels in the picture never see."""
        return Camera.from_fov(self.size)

    @property
    def input_scale(self) -> float:
        """Pixels of a nominal network's input a pixel of the photo."""
        width, height = self.size
        return math.sqrt(NOMINAL_SIZE[0] * NOMINAL_SIZE[1] / (width * height))

    def sizes_input_px(self) -> np.ndarray:
        """(G,) longer side of each person's box in px of a nominal network's input."""
        return (self.boxes_px[:, 2:] - self.boxes_px[:, :2]).max(axis=1) * self.input_scale

    def annotation(self) -> Annotation:
        """The labels without areas, as pictures are drawn with."""
        return Annotation(
            np.zeros((*self.valid.shape, 3), np.float32),
            self.joints_px.astype(np.float32),
            self.valid,
            np.zeros_like(self.valid),
            self.valid,
            self.ignore_px.astype(np.float32),
            self.camera,
            COCO_17,
        )

    def resized(self, size: tuple[int, int]) -> "LabelledPhoto":
        """The photo scaled to (width, height) px."""
        scale = np.array(size) / self.size  # (2,)
        shrinks = min(scale) < 1
        image = cv2.resize(
            self.image, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
        )
        both = np.tile(scale, 2)
        return replace(
            self,
            image=image,
            joints_px=(self.joints_px + 0.5) * scale - 0.5,
            boxes_px=(self.boxes_px + 0.5) * both - 0.5,
            ignore_px=(self.ignore_px + 0.5) * both - 0.5,
            areas_px=self.areas_px * scale.prod(),
            name="",
        )

    def cropped(self, box: tuple[int, int, int, int]) -> "LabelledPhoto":
        """The part from (left, top) up to, but without, (right, bottom).

        People of whom no joint is left become ignore boxes where their box still shows; areas
        shrink with the boxes.
        """
        left, top, right, bottom = box
        size = np.array([right - left, bottom - top])
        joints = self.joints_px - [left, top]
        inside = ((joints > -0.5) & (joints < size - 0.5)).all(axis=-1)
        valid = self.valid & inside
        boxes, shares = _clipped(self.boxes_px - [left, top, left, top], size)
        ignore, ignore_shares = _clipped(self.ignore_px - [left, top, left, top], size)
        kept = valid.any(axis=1)
        unseen = ~kept & (shares > 0)
        return LabelledPhoto(
            image=self.image[top:bottom, left:right],
            joints_px=joints[kept],
            valid=valid[kept],
            boxes_px=boxes[kept],
            areas_px=np.maximum(self.areas_px * shares, 1.0)[kept],
            ignore_px=np.concatenate([ignore[ignore_shares > 0], boxes[unseen]]),
            is_exhaustive=self.is_exhaustive,
        )


def pasted(
    photos: list[LabelledPhoto], offsets: list[tuple[int, int]], background: np.ndarray
) -> LabelledPhoto:
    """Photos laid into a picture without people; they must lie inside and not overlap.

    Args:
        photos: to lay, at their own size.
        offsets: (left, top) of each.
        background: (H, W, 3) uint8 RGB.
    """
    image = background.copy()
    for photo, (left, top) in zip(photos, offsets, strict=True):
        width, height = photo.size
        image[top : top + height, left : left + width] = photo.image

    def joined(name: str, axes: int) -> np.ndarray:
        return np.concatenate(
            [
                getattr(photo, name) + np.tile(offset, axes // 2) if axes else getattr(photo, name)
                for photo, offset in zip(photos, offsets, strict=True)
            ]
        )

    return LabelledPhoto(
        image,
        joined("joints_px", 2),
        joined("valid", 0),
        joined("boxes_px", 4),
        joined("areas_px", 0),
        joined("ignore_px", 4),
        all(p.is_exhaustive for p in photos),
    )


def _clipped(boxes_px: np.ndarray, size: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(N, 4) boxes cut to a picture of (width, height) and (N,) the share of each that is left."""
    bounds = np.tile(size - 0.5, 2)
    cut = np.clip(boxes_px, -0.5, bounds)
    before, after = (np.maximum(b[:, 2:] - b[:, :2], 0).prod(axis=1) for b in (boxes_px, cut))
    return cut, after / np.maximum(before, 1e-6)
