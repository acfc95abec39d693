"""Anonymisation of recorded images: faces blurred or blackened at the detected heads.

It errs on the large side: a head is hidden with half as much around it again, also where it was in
the second before, so that a frame in which somebody was missed does not show them. Who is never
found cannot be hidden.
"""

from enum import StrEnum
from typing import NamedTuple

import cv2
import numpy as np

from das_model.camera import Camera
from das_model.people import People

_HEAD_JOINTS = ("head", "head_top", "nose", "left_eye", "right_eye", "left_ear", "right_ear")
# Assumed, on the large side.
_MIN_RADIUS_MM = 180.0  # of a head with hair, and some more
_MARGIN = 1.5
_GROWTH_PER_S = 1.5  # of the radius, for a head that is not seen any more
_KEPT_S = 1.0
_BLURRED_PX = 6  # that the narrowest hidden head is wide, when it is blurred


class FaceHiding(StrEnum):
    """Replacement of faces."""

    NONE = "show"
    BLUR = "blur"
    BLACK = "black"


class _Head(NamedTuple):
    x: float
    y: float
    radius_px: float
    time_s: float


class FaceHider:
    """Hides the faces of one recording; pictures in the order of their times.

    Args:
        hiding: what takes their place.
    """

    def __init__(self, hiding: FaceHiding) -> None:
        self._hiding = hiding
        self._heads: list[_Head] = []  # of the last second

    @property
    def is_hiding(self) -> bool:
        """Whether anything is changed."""
        return self._hiding is not FaceHiding.NONE

    def __call__(
        self, image: np.ndarray, people: People, camera: Camera, time_s: float
    ) -> np.ndarray:
        """The picture without faces.

        Args:
            image: (H, W, 3) uint8 RGB; left as it is.
            people: everybody found in it.
            camera: of the picture.
            time_s: of the picture; a time before the last one's begins anew.

        Returns:
            (H, W, 3) uint8 RGB, read-only.
        """
        if not self.is_hiding:
            return image
        kept = [h for h in self._heads if 0 <= time_s - h.time_s <= _KEPT_S]
        self._heads = kept + _heads(people, camera, time_s)
        hidden = image.copy()
        mask = np.zeros(image.shape[:2], np.uint8)
        for head in self._heads:
            radius = head.radius_px * (1 + _GROWTH_PER_S * (time_s - head.time_s))
            radius = min(radius, 2.0 * max(image.shape[:2]))
            cv2.circle(mask, (round(head.x), round(head.y)), max(1, round(radius)), 255, -1)
        is_black = self._hiding is FaceHiding.BLACK
        cv2.copyTo(np.zeros_like(image) if is_black else self._blurred(image), mask, hidden)
        hidden.flags.writeable = False
        return hidden

    def _blurred(self, image: np.ndarray) -> np.ndarray:
        """The picture so coarse that the smallest head has a few pixels; no filter undoes it."""
        least = min((h.radius_px for h in self._heads), default=1.0)
        step = max(4.0, 2 * least / _BLURRED_PX)
        height, width = image.shape[:2]
        small = (max(1, round(width / step)), max(1, round(height / step)))
        coarse = cv2.resize(image, small, interpolation=cv2.INTER_AREA)
        return cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)


def _heads(people: People, camera: Camera, time_s: float) -> list[_Head]:
    """Circles around heads; a person without a joint of the head has none."""
    names = people.skeleton.joint_names
    joints = [names.index(name) for name in _HEAD_JOINTS if name in names]
    if not len(people) or not joints:
        return []
    places, depths = people.joints_px(camera)[:, joints], people.joints_cam[:, joints, 2]
    heads = []
    for place, depth in zip(places, depths, strict=True):
        is_there = np.isfinite(place).all(axis=1) & (depth > 0)
        if not is_there.any():
            continue
        points = place[is_there]
        centre = (points.min(axis=0) + points.max(axis=0)) / 2
        reach = np.linalg.norm(points - centre, axis=1).max()
        least = _MIN_RADIUS_MM * camera.focal_px / float(np.median(depth[is_there]))
        if np.abs(centre).max() < 1e6:
            x, y = centre
            heads.append(_Head(x, y, max(_MARGIN * reach, least), time_s))
    return heads
