"""Contact sheet of photos with labels and predictions, the worst first.

The pixels are those of the photos: where these may not be passed on, neither may the sheet.
"""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from das_model.annotation import Annotation
from das_model.evaluation.predictions import Prediction
from das_model.skeleton import Skeleton

NUM_PHOTOS, NUM_COLUMNS = 64, 8
TILE_PX = 256
LABEL_RGB, PREDICTION_RGB, IGNORE_RGB = (80, 255, 80), (255, 60, 200), (200, 200, 200)
_CAPTION_PX = 16
_JPEG_QUALITY = 85


@dataclass(frozen=True, eq=False, slots=True)
class SheetPhoto:
    """One photo of the sheet: its (H, W, 3) uint8 RGB pixels, labels, prediction and badness."""

    image: np.ndarray
    annotation: Annotation
    prediction: Prediction
    badness: float


def photo_sheet(photos: list[SheetPhoto]) -> np.ndarray:
    """(h, w, 3) uint8 RGB: eight photos a row, labels green and thin, predictions pink.

    Raises:
        ValueError: if there are no photos.
    """
    if not photos:
        raise ValueError("photo_sheet needs at least one photo, got none")
    tiles = [_tile(photo) for photo in photos]
    tiles += [np.zeros_like(tiles[0])] * (-len(tiles) % NUM_COLUMNS)
    rows = [
        np.concatenate(tiles[i : i + NUM_COLUMNS], 1) for i in range(0, len(tiles), NUM_COLUMNS)
    ]
    return np.concatenate(rows)


def write_photo_sheet(file: Path, photos: list[SheetPhoto]) -> None:
    """Write the sheet as JPEG.

    Raises:
        OSError: if the file cannot be written.
    """
    sheet = photo_sheet(photos)[..., ::-1]
    if not cv2.imwrite(str(file), sheet, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY]):
        raise OSError(f"cannot write the sheet {file}")


def _tile(photo: SheetPhoto) -> np.ndarray:
    """(TILE_PX + caption, TILE_PX, 3) uint8 RGB, the photo scaled to fit."""
    height, width = photo.image.shape[:2]
    scale = TILE_PX / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    canvas = np.zeros((TILE_PX + _CAPTION_PX, TILE_PX, 3), np.uint8)
    picture = cv2.resize(photo.image, size, interpolation=cv2.INTER_AREA)
    annotation, prediction = photo.annotation, photo.prediction
    for left, top, right, bottom in (annotation.ignore_px * scale).round().astype(int).tolist():
        cv2.rectangle(picture, (left, top), (right, bottom), IGNORE_RGB, 1)
    is_known = np.isfinite(prediction.joints_px).all(axis=-1)
    _draw_people(
        picture,
        prediction.joints_px * scale,
        is_known,
        prediction.people.skeleton,
        PREDICTION_RGB,
        2,
    )
    _draw_people(
        picture,
        annotation.joints_px * scale,
        annotation.valid_2d,
        annotation.skeleton,
        LABEL_RGB,
        1,
    )
    canvas[: size[1], : size[0]] = picture
    counts = f"{len(annotation)} labelled, {len(prediction.people)} predicted"
    caption = f"{photo.badness:.2f} wrong, {counts}"
    cv2.putText(
        canvas,
        caption,
        (2, TILE_PX + _CAPTION_PX - 4),
        cv2.FONT_HERSHEY_SIMPLEX,
        0.4,
        (255, 255, 255),
        1,
        cv2.LINE_AA,
    )
    return canvas


def _draw_people(
    canvas: np.ndarray,
    joints_px: np.ndarray,
    is_known: np.ndarray,
    skeleton: Skeleton,
    colour: tuple[int, int, int],
    width_px: int,
) -> None:
    """Bones and joints (P, J, 2) where known, in place."""
    points = np.clip(np.nan_to_num(joints_px), -4000, 4000).round().astype(int)
    for person, known in zip(points.tolist(), is_known, strict=True):
        for a, b in skeleton.bones:
            if known[a] and known[b]:
                cv2.line(canvas, person[a], person[b], colour, width_px, cv2.LINE_AA)
        for joint in np.flatnonzero(known):
            cv2.circle(canvas, person[joint], width_px, colour, -1, cv2.LINE_AA)
