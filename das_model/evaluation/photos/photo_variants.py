"""Variants of validation photos: truncated people, and small people.

All are the same at every run: what is cut follows from the labels, what lies where from the
photo's number in its list.
"""

import numpy as np

from das_model.evaluation.photos.labelled_photo import LabelledPhoto, pasted
from das_model.skeleton import COCO_17

CUTS = ("hip", "chest", "side")
SHRINKS = (2, 3, 4)
MOSAICS = (2, 3)  # photos on a side
_CANVAS = (640, 480)  # px of a mosaic, width and height
_CHEST = 0.45  # of the way from the shoulders to the hips
_WIDEST = 1.6  # width of a cut by its height
_MIN_PX = 64  # height of a cut
_MIN_INPUT_PX = 72.0  # of a person who is cut
_SHOULDERS = [COCO_17.index("left_shoulder"), COCO_17.index("right_shoulder")]
_HIPS = [COCO_17.index("left_hip"), COCO_17.index("right_hip")]


def cut_off(photo: LabelledPhoto, where: str) -> LabelledPhoto | None:
    """The photo cropped around its largest upright person.

    Args:
        photo: with people.
        where: "hip" and "chest" let the picture end below there, "side" at the person's middle,
            on the side that has more of the picture.

    Returns:
        The part; None if nobody stands upright with shoulders and hips labelled, or too little
        is left.
    """
    person = _largest_upright(photo)
    if person is None:
        return None
    width, height = photo.size
    shoulders, hips = (photo.joints_px[person, pair].mean(axis=0) for pair in (_SHOULDERS, _HIPS))
    if where == "side":
        middle = round(float(shoulders[0]))
        box = (0, 0, middle, height) if middle > width / 2 else (middle, 0, width, height)
    else:
        share = 1.0 if where == "hip" else _CHEST
        bottom = min(round(float(shoulders[1] + share * (hips[1] - shoulders[1]))), height)
        half = _WIDEST * bottom / 2
        left = max(0, min(round(float(shoulders[0] - half)), width - round(2 * half)))
        box = (left, 0, min(width, left + round(2 * half)), bottom)
    if box[2] - box[0] < _MIN_PX or box[3] - box[1] < _MIN_PX:
        return None
    return photo.cropped(box)


def shrunk(photo: LabelledPhoto, factor: int, background: np.ndarray, index: int) -> LabelledPhoto:
    """The photo, `factor` times smaller, in a picture without people of its former size.

    Args:
        photo: with people.
        factor: by which both sides shrink.
        background: (h, w, 3) uint8 RGB of any size.
        index: of the photo in its list; places it.
    """
    width, height = photo.size
    small = photo.resized((max(1, width // factor), max(1, height // factor)))
    rng = np.random.default_rng([factor, index])
    left = int(rng.integers(width - small.size[0] + 1))
    top = int(rng.integers(height - small.size[1] + 1))
    canvas = LabelledPhoto.of_nobody(background).resized((width, height)).image
    return pasted([small], [(left, top)], canvas)


def mosaic(photos: list[LabelledPhoto], side: int) -> LabelledPhoto:
    """Up to side x side photos, each as large as its cell allows, on grey.

    Args:
        photos: row by row; the last cells stay empty if there are too few.
        side: cells beside each other and below each other.

    Raises:
        ValueError: if there are more photos than cells.
    """
    if len(photos) > side * side:
        raise ValueError(f"photos must be at most {side * side}, got {len(photos)}")
    cell = (_CANVAS[0] // side, _CANVAS[1] // side)
    small, offsets = [], []
    for i, photo in enumerate(photos):
        scale = min(cell[0] / photo.size[0], cell[1] / photo.size[1])
        size = (max(1, int(photo.size[0] * scale)), max(1, int(photo.size[1] * scale)))
        small.append(photo.resized(size))
        left, top = i % side * cell[0], i // side * cell[1]
        offsets.append((left + (cell[0] - size[0]) // 2, top + (cell[1] - size[1]) // 2))
    return pasted(small, offsets, np.full((_CANVAS[1], _CANVAS[0], 3), 127, np.uint8))


def _largest_upright(photo: LabelledPhoto) -> int | None:
    """Number of the largest person whose shoulders are well above the hips; None if nobody."""
    sizes = photo.sizes_input_px()
    best = None
    for person in np.argsort(-sizes, kind="stable").tolist():
        joints, valid = photo.joints_px[person], photo.valid[person]
        if sizes[person] < _MIN_INPUT_PX or not valid[_SHOULDERS + _HIPS].all():
            continue
        trunk = joints[_HIPS].mean(axis=0) - joints[_SHOULDERS].mean(axis=0)
        if trunk[1] > abs(trunk[0]):
            best = person
            break
    return best
