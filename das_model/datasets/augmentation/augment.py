"""Geometric and colour augmentation that keeps pixels, intrinsics and depth consistent.

Scaling the picture scales the focal length and leaves metric depth alone; a rotation in the
picture turns camera space about the optical axis; a mirror flips x and swaps left and right.
Re-projecting the augmented camera-space joints gives the augmented pixels.
"""

import math

import cv2
import numpy as np

from das_model.annotation import Annotation
from das_model.camera import Camera
from das_model.datasets.augmentation.placement import Placement, canvas_to_picture

_TILE = 1 / 8  # of the canvas, largest side of the parts that ignore boxes are turned in


def place(
    image: np.ndarray,
    annotation: Annotation,
    placement: Placement,
    backdrop: np.ndarray | None = None,
) -> tuple[np.ndarray, Annotation]:
    """Draw a picture and its labels onto a canvas.

    Args:
        image: (H, W, C) uint8, RGB and maybe a mask; its lens distortion, if any, must have
            been removed.
        annotation: of the picture, square pixels (fx = fy) if the placement rotates.
        placement: where it goes.
        backdrop: (height, width, C) uint8, what is seen where the picture does not reach, and
            is drawn over; grey, and 0 in the mask, by default.

    Returns:
        The (height, width, C) canvas and its annotation. A root that lands on the canvas beyond
        the edge of the picture is no label any more, but a guess at that edge.
    """
    camera, size = annotation.camera, placement.size
    matrix = placement.matrix(camera)
    canvas = _drawn(image, matrix, placement, backdrop)
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
    valid_2d, guess_px = _roots_ending_at_edge(annotation, valid_2d, matrix, size)
    fx, fy = camera.K[0, 0] * placement.scale, camera.K[1, 1] * placement.scale
    centre = matrix[:, :2] @ camera.K[:2, 2] + matrix[:, 2]
    return canvas, Annotation(
        joints_cam.astype(np.float32),
        joints_px.astype(np.float32),
        valid_2d,
        valid_3d,
        visible & is_inside,
        _placed_boxes(annotation.ignore_px, matrix, size),
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
        rng: draws how much of each.
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


def _roots_ending_at_edge(
    annotation: Annotation, valid_2d: np.ndarray, matrix: np.ndarray, size: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray]:
    """Roots that would be looked for where the canvas does not show the picture.

    Args:
        annotation: of the picture.
        valid_2d: (P, J) bool, of the canvas.
        matrix: (2, 3) px of the picture to px of the canvas.
        size: (width, height) of the canvas, px.

    Returns:
        `valid_2d` without such roots, and the (P, 2) guesses on the canvas.
    """
    root = annotation.skeleton.root
    guess_px = annotation.root_guess_px
    if guess_px is None:
        guess_px = np.full((len(annotation), 2), np.nan, np.float32)
    is_labelled = annotation.valid_2d[:, [root]]
    root_px = np.where(is_labelled, annotation.joints_px[:, root], guess_px)
    last_px = np.array(annotation.camera.size) - 1.0
    asked = np.clip(root_px @ matrix[:, :2].T + matrix[:, 2], 0, np.array(size) - 1.0)
    asked = canvas_to_picture(matrix, asked)
    is_beyond = np.asarray(((asked < -1.0) | (asked > last_px + 1.0)).any(axis=1))
    valid_2d = valid_2d.copy()
    valid_2d[is_beyond, root] = False
    guess_px = np.where(is_beyond[:, None], np.clip(root_px, 0, last_px), guess_px)
    return valid_2d, (guess_px @ matrix[:, :2].T + matrix[:, 2]).astype(np.float32)


def _drawn(
    image: np.ndarray, matrix: np.ndarray, placement: Placement, backdrop: np.ndarray | None
) -> np.ndarray:
    """The canvas; a picture that shrinks by 2 or more is averaged first, lest it flickers."""
    factor = int(1 / placement.scale)
    if factor > 1:
        height, width = image.shape[0] // factor, image.shape[1] // factor
        whole = image[: height * factor, : width * factor]
        image = cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA)
        middle = (factor - 1) / 2  # of the pixels that became the first one
        matrix = matrix @ np.array([[factor, 0, middle], [0, factor, middle], [0, 0, 1]])
    if backdrop is not None:
        return cv2.warpAffine(
            image, matrix, placement.size, backdrop, cv2.INTER_LINEAR, cv2.BORDER_TRANSPARENT
        )
    return cv2.warpAffine(
        image,
        matrix,
        placement.size,
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=(127, 127, 127),
    )


def _placed_boxes(boxes: np.ndarray, matrix: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """(M, 4) upright boxes around the moved corners of (N, 4) boxes, within the canvas.

    Where the picture is turned, boxes are moved in parts, lest they grow.
    """
    if matrix[0, 1] and len(boxes):
        side_px = _TILE * min(size) / float(np.linalg.norm(matrix[:, 0]))
        boxes = np.concatenate([_tiles(box, side_px) for box in boxes])
    corners = boxes[:, [0, 1, 2, 1, 0, 3, 2, 3]].reshape(-1, 4, 2)
    moved = corners @ matrix[:, :2].T + matrix[:, 2]
    low, high = moved.min(axis=1), moved.max(axis=1)
    is_inside = ((high > -0.5) & (low < np.array(size) - 0.5)).all(axis=1)
    return np.concatenate([low, high], axis=1)[is_inside].astype(np.float32)


def _tiles(box: np.ndarray, side_px: float) -> np.ndarray:
    """(N, 4) boxes of about equal sides, at most `side_px` long, that make up a box."""
    left, top, right, bottom = box
    columns, rows = (max(1, math.ceil(s / side_px)) for s in (right - left, bottom - top))
    if columns == rows == 1:
        return box[None]
    xs, ys = np.linspace(left, right, columns + 1), np.linspace(top, bottom, rows + 1)
    lefts, tops = (edges.ravel() for edges in np.meshgrid(xs[:-1], ys[:-1]))
    rights, bottoms = (edges.ravel() for edges in np.meshgrid(xs[1:], ys[1:]))
    return np.stack([lefts, tops, rights, bottoms], axis=1)
