"""Geometric and colour augmentation that keeps pixels, intrinsics and depth consistent.

Scaling the picture scales the focal length and leaves metric depth alone; a rotation in the
picture turns camera space about the optical axis; a mirror flips x and swaps left and right.
Re-projecting the augmented camera-space joints gives the augmented pixels.
"""

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np

from das_model.annotation import Annotation
from das_model.camera import Camera

_ROOT_FOCUS = 0.5  # share of placements that keep somebody's root in view


@dataclass(frozen=True, slots=True)
class AugmentConfig:
    """How strongly pictures are varied."""

    scale: tuple[float, float] = (0.75, 1.6)  # of the size with the canvas' area
    rotation_deg: float = 12.0
    flip: float = 0.5  # probability
    mosaic: float = 0.0  # probability that two or four pictures share the canvas
    colour: float = 1.0  # strength of brightness, contrast, colour, blur and noise


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a picture goes: turn about the principal point, mirror, scale, shift.

    `shift_px` is where the principal point of the picture lands on the canvas.
    """

    scale: float
    rotation_rad: float
    is_mirrored: bool
    shift_px: tuple[float, float]
    size: tuple[int, int]


def random_placement(
    annotation: Annotation, size: tuple[int, int], config: AugmentConfig, rng: np.random.Generator
) -> Placement:
    """A placement that keeps a joint of a random person on the canvas, if there is anybody.

    For half of the placements this is the root, where it is in the picture; else any joint, so
    that people are cut off as they are before a webcam.
    """
    camera = annotation.camera
    same_area = math.sqrt(size[0] * size[1] / (camera.size[0] * camera.size[1]))
    scale = same_area * math.exp(rng.uniform(*np.log(config.scale)))
    rotation = math.radians(config.rotation_deg) * float(np.clip(rng.normal(0, 0.5), -1, 1))
    placement = Placement(scale, rotation, rng.random() < config.flip, (0.0, 0.0), size)
    focus = _focus(annotation, rng)
    matrix = _matrix(placement, camera)
    corners = np.array([[0, 0], [camera.size[0], 0], [0, camera.size[1]], camera.size])
    placed = corners @ matrix[:, :2].T + matrix[:, 2]
    low, high = placed.min(axis=0), placed.max(axis=0)
    # any shift between "left edges meet" and "right edges meet", in either order
    first, last = -low, np.array(size) - high
    shift = rng.uniform(np.minimum(first, last), np.maximum(first, last))
    landed = matrix[:, :2] @ focus + matrix[:, 2] + shift
    margin = 4.0
    shift += np.clip(landed, margin, np.array(size) - margin) - landed
    return replace(placement, shift_px=(float(shift[0]), float(shift[1])))


def _focus(annotation: Annotation, rng: np.random.Generator) -> np.ndarray:
    """(2,) px of the joint that must stay on the canvas; the middle if nobody is there."""
    root = annotation.skeleton.root
    rooted = np.flatnonzero(annotation.visible[:, root])
    seen = np.argwhere(annotation.visible)
    if len(rooted) and (rng.random() < _ROOT_FOCUS or not len(seen)):
        return annotation.joints_px[rng.choice(rooted), root]
    if len(seen):
        person, joint = rng.choice(seen)
        return annotation.joints_px[person, joint]
    return np.array(annotation.camera.size) / 2


def place(
    image: np.ndarray, annotation: Annotation, placement: Placement
) -> tuple[np.ndarray, Annotation]:
    """Draw a picture and its labels onto a canvas.

    Args:
        image: (H, W, 3) uint8 RGB; its lens distortion, if any, must have been removed.
        annotation: of the picture, square pixels (fx = fy) if the placement rotates.
        placement: where it goes.

    Returns:
        The (height, width, 3) canvas, grey where the picture does not reach, and its annotation.
    """
    camera, size = annotation.camera, placement.size
    matrix = _matrix(placement, camera)
    canvas = _drawn(image, matrix, placement)
    cos, sin = math.cos(placement.rotation_rad), math.sin(placement.rotation_rad)
    mirror = np.array([-1.0 if placement.is_mirrored else 1.0, 1.0, 1.0])
    turn = np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]]) * mirror[:, None]
    joints_cam = annotation.joints_cam @ turn.T
    joints_px = annotation.joints_px @ matrix[:, :2].T + matrix[:, 2]
    valid_2d, valid_3d, visible = annotation.valid_2d, annotation.valid_3d, annotation.visible
    if placement.is_mirrored:
        order = annotation.skeleton.flip_order
        joints_cam, joints_px = joints_cam[:, order], joints_px[:, order]
        valid_2d, valid_3d, visible = valid_2d[:, order], valid_3d[:, order], visible[:, order]
    is_inside = ((joints_px > -0.5) & (joints_px < np.array(size) - 0.5)).all(axis=-1)
    guess_px = annotation.root_guess_px
    if guess_px is not None:
        guess_px = (guess_px @ matrix[:, :2].T + matrix[:, 2]).astype(np.float32)
    fx, fy = camera.K[0, 0] * placement.scale, camera.K[1, 1] * placement.scale
    centre = matrix[:, :2] @ camera.K[:2, 2] + matrix[:, 2]
    return canvas, Annotation(
        joints_cam.astype(np.float32),
        joints_px.astype(np.float32),
        valid_2d,
        valid_3d,
        visible & is_inside,
        _placed_boxes(annotation.ignore_px, matrix),
        Camera.from_intrinsics(fx, fy, centre[0], centre[1], size),
        annotation.skeleton,
        guess_px,
        annotation.is_relative,
    )


def mirrored(image: np.ndarray, annotation: Annotation) -> tuple[np.ndarray, Annotation]:
    """The mirror image of a picture, and its labels; arguments as of `place`."""
    camera = annotation.camera
    landed = (camera.size[0] - 1 - camera.K[0, 2], camera.K[1, 2])
    return place(image, annotation, Placement(1.0, 0.0, True, landed, camera.size))


def vary_colour(image: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    """Brightness, contrast, white balance, grey, blur, noise and JPEG of a cheap camera.

    Args:
        image: (H, W, 3) uint8 RGB.
        strength: 0 leaves the picture as it is, 1 is usual.
    """
    if strength == 0:
        return image
    gain = np.exp(rng.normal(0, 0.18 * strength) + rng.normal(0, 0.06 * strength, 3))
    offset = rng.normal(0, 14 * strength)
    gamma = math.exp(rng.normal(0, 0.15 * strength))
    ramp = (np.arange(256) / 255.0) ** gamma * 255
    tables = np.clip(ramp[:, None] * gain + offset, 0, 255).astype(np.uint8)
    image = cv2.LUT(image, tables[None])
    if rng.random() < 0.1 * strength:
        image = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    if rng.random() < 0.15 * strength:
        image = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.4, 1.2))
    if rng.random() < 0.2 * strength:
        noise = rng.normal(0, rng.uniform(2, 9), image.shape).astype(np.float32)
        image = np.clip(image + noise, 0, 255).astype(np.uint8)
    return image


def _matrix(placement: Placement, camera: Camera) -> np.ndarray:
    """(2, 3) picture px to canvas px: turn about the principal point, mirror, scale, shift."""
    cos, sin = math.cos(placement.rotation_rad), math.sin(placement.rotation_rad)
    linear = placement.scale * np.array([[cos, -sin], [sin, cos]])
    if placement.is_mirrored:
        linear[0] *= -1
    shift = np.array(placement.shift_px) - linear @ camera.K[:2, 2]
    return np.hstack([linear, shift[:, None]])


def _drawn(image: np.ndarray, matrix: np.ndarray, placement: Placement) -> np.ndarray:
    """The canvas; a picture that shrinks by 2 or more is averaged first, lest it flickers."""
    factor = int(1 / placement.scale)
    if factor > 1:
        height, width = image.shape[0] // factor, image.shape[1] // factor
        whole = image[: height * factor, : width * factor]
        image = cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA)
        middle = (factor - 1) / 2  # of the pixels that became the first one
        matrix = matrix @ np.array([[factor, 0, middle], [0, factor, middle], [0, 0, 1]])
    return cv2.warpAffine(
        image, matrix, placement.size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT,
        borderValue=(127, 127, 127),
    )  # fmt: skip


def _placed_boxes(boxes: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """(M, 4) upright boxes around the moved corners of (M, 4) boxes."""
    corners = boxes[:, [0, 1, 2, 1, 0, 3, 2, 3]].reshape(-1, 4, 2)
    moved = corners @ matrix[:, :2].T + matrix[:, 2]
    return np.concatenate([moved.min(axis=1), moved.max(axis=1)], axis=1).astype(np.float32)
