"""Random placement of an image on the canvas: rotation, mirroring, scale and shift.

Most pictures keep a joint of a random person on the canvas. Some are shrunk, some are turned by
any angle, and some are crops of a person's upper body as before a webcam.
"""

import math
from dataclasses import dataclass, replace

import numpy as np

from das_model.annotation import Annotation
from das_model.camera import Camera

_ROOT_FOCUS = 0.5  # share of placements that keep somebody's root in view
_UPPER_BODY = (
    "head_top",
    "head",
    "neck",
    "nose",
    "left_eye",
    "right_eye",
    "left_ear",
    "right_ear",
    "left_shoulder",
    "right_shoulder",
)
_CLOSE_UP_JOINTS = 4  # visible joints of the upper body that a crop of it needs
_CLOSE_UP_FIELD = (1.3, 3.0)  # canvas by the box around the head and the shoulders
_CLOSE_UP_X, _CLOSE_UP_Y = (0.1, 0.9), (0.35, 0.7)  # where the box's middle lands, of the canvas
_LARGEST_ZOOM = 2.5  # of close-ups, by the size with the canvas' area


@dataclass(frozen=True, slots=True)
class AugmentConfig:
    """Strengths of the augmentation.

    Args:
        scale: least and most, of the size with the canvas' area, or of the size that
            `short_side_px` tells.
        short_side_px: least and most of the picture's short side, and most of its long side, as
            multi-scale training on pictures of several shapes has it (the DAS authors'); None
            for sizes by the canvas' area.
        far_share: of the pictures, shrunk to between `far_scale` and the least of `scale`.
        far_scale: see `far_share`.
        close_up_share: of the pictures with people, cropped to somebody's upper body.
        rotation_deg: most by which pictures are turned.
        turned_share: of the pictures, turned by any angle instead; no close-ups.
        flip: probability of a mirror image.
        mosaic: probability that two to nine pictures share the canvas.
        colour: strength of brightness, contrast, colour, blur and noise.
    """

    scale: tuple[float, float] = (0.75, 1.6)
    short_side_px: tuple[float, float, float] | None = None
    far_share: float = 0.0
    far_scale: float = 0.35
    close_up_share: float = 0.0
    rotation_deg: float = 12.0
    turned_share: float = 0.0
    flip: float = 0.5
    mosaic: float = 0.0
    colour: float = 1.0


@dataclass(frozen=True, slots=True)
class Placement:
    """Placement of an image: rotation about the principal point, mirroring, scale, shift.

    `shift_px` is where the principal point of the picture lands on the canvas.
    """

    scale: float
    rotation_rad: float
    is_mirrored: bool
    shift_px: tuple[float, float]
    size: tuple[int, int]

    def matrix(self, camera: Camera) -> np.ndarray:
        """(2, 3) px of the picture of `camera` to px of the canvas."""
        cos, sin = math.cos(self.rotation_rad), math.sin(self.rotation_rad)
        linear = self.scale * np.array([[cos, -sin], [sin, cos]])
        if self.is_mirrored:
            linear[0] *= -1
        shift = np.array(self.shift_px) - linear @ camera.K[:2, 2]
        return np.hstack([linear, shift[:, None]])

    def fills_canvas(self, camera: Camera) -> bool:
        """Whether the picture of `camera` covers the canvas."""
        corners = canvas_to_picture(self.matrix(camera), _corners(self.size))
        limit = np.array(camera.size) - 0.5
        return bool(((corners >= -0.5) & (corners <= limit)).all())


def canvas_to_picture(matrix: np.ndarray, points_px: np.ndarray) -> np.ndarray:
    """(N, 2) px of the canvas to px of the picture, by the matrix of a placement."""
    return (points_px - matrix[:, 2]) @ np.linalg.inv(matrix[:, :2]).T


def random_placement(
    annotation: Annotation, size: tuple[int, int], config: AugmentConfig, rng: np.random.Generator
) -> Placement:
    """A placement that keeps a joint of a random person on the canvas, if there is anybody.

    For half of the placements this is the root, where it is in the picture; else any joint, so
    that people are cut off as they are before a webcam.
    """
    camera = annotation.camera
    same_area = math.sqrt(size[0] * size[1] / (camera.size[0] * camera.size[1]))
    whole = same_area
    if config.short_side_px is not None:
        least, most, longest = config.short_side_px
        short, long = sorted(camera.size)
        whole = min(rng.uniform(least, most) / short, longest / long)
    upper = _upper_body(annotation, rng) if rng.random() < config.close_up_share else None
    rotation = math.radians(config.rotation_deg) * float(np.clip(rng.normal(0, 0.5), -1, 1))
    if upper is None and rng.random() < config.turned_share:
        rotation = rng.uniform(-math.pi, math.pi)
    least, most = config.scale
    if rng.random() < config.far_share:
        least, most = config.far_scale, least
    scale = whole * math.exp(rng.uniform(math.log(least), math.log(most)))
    placement = Placement(scale, rotation, rng.random() < config.flip, (0.0, 0.0), size)
    if upper is not None:
        return _close_up(placement, upper, camera, _LARGEST_ZOOM * same_area, rng)
    focus = _focus(annotation, rng)
    matrix = placement.matrix(camera)
    placed = _corners(camera.size) @ matrix[:, :2].T + matrix[:, 2]
    low, high = placed.min(axis=0), placed.max(axis=0)
    # any shift between "left edges meet" and "right edges meet", in either order
    first, last = -low, np.array(size) - high
    shift = rng.uniform(np.minimum(first, last), np.maximum(first, last))
    landed = matrix[:, :2] @ focus + matrix[:, 2] + shift
    margin = 4.0
    shift += np.clip(landed, margin, np.array(size) - margin) - landed
    return replace(placement, shift_px=(float(shift[0]), float(shift[1])))


def _corners(size: tuple[int, int]) -> np.ndarray:
    """(4, 2) px, the corners of a picture of (width, height)."""
    width, height = size
    return np.array([[0, 0], [width, 0], [0, height], [width, height]]) - 0.5


def _upper_body(annotation: Annotation, rng: np.random.Generator) -> np.ndarray | None:
    """(N, 2) px, the visible joints of a random person's head and shoulders.

    None if nobody's are seen.
    """
    names = annotation.skeleton.joint_names
    joints = [j for j, name in enumerate(names) if name in _UPPER_BODY]
    seen = annotation.visible[:, joints] & annotation.valid_2d[:, joints]
    people = np.flatnonzero(seen.sum(axis=1) >= _CLOSE_UP_JOINTS)
    if not len(people):
        return None
    person = rng.choice(people)
    return annotation.joints_px[person, joints][seen[person]]


def _close_up(
    placement: Placement,
    upper_px: np.ndarray,
    camera: Camera,
    largest: float,
    rng: np.random.Generator,
) -> Placement:
    """The placement with the scale and the shift of a crop around an upper body.

    Args:
        placement: how the picture is turned and mirrored; its shift is 0.
        upper_px: (N, 2) px, joints of the head and the shoulders.
        camera: of the picture.
        largest: scale.
        rng: source of chance.
    """
    turned = upper_px @ replace(placement, scale=1.0).matrix(camera)[:, :2].T
    extent = float(np.ptp(turned, axis=0).max())
    field = extent * rng.uniform(*_CLOSE_UP_FIELD)
    scale = min(min(placement.size) / max(field, 1.0), largest)
    scaled = replace(placement, scale=scale)
    matrix = scaled.matrix(camera)
    landed = upper_px @ matrix[:, :2].T + matrix[:, 2]
    middle = (landed.min(axis=0) + landed.max(axis=0)) / 2
    goal = np.array([rng.uniform(*_CLOSE_UP_X), rng.uniform(*_CLOSE_UP_Y)]) * placement.size
    shift = goal - middle
    return replace(scaled, shift_px=(float(shift[0]), float(shift[1])))


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
