"""Contact sheet of rendered images with their labels."""

import cv2
import numpy as np

from das_model.annotation import Annotation
from das_model.person_colours import person_rgb
from das_model.synthetic.generator import Picture

_JPEG_QUALITY = 82


def draw_labels(image: np.ndarray, annotation: Annotation) -> np.ndarray:
    """A copy of the (H, W, 3) uint8 RGB picture with skeletons and ignore boxes.

    Visible joints are filled, hidden ones hollow; people have a colour each.
    """
    canvas = np.array(image, order="C")
    points = np.clip(annotation.joints_px, -4000, 4000).round().astype(int)
    for person, joints in enumerate(points):
        colour = person_rgb(person)
        known = annotation.valid_2d[person]
        for a, b in annotation.skeleton.bones:
            if known[a] and known[b]:
                cv2.line(canvas, joints[a].tolist(), joints[b].tolist(), colour, 1, cv2.LINE_AA)
        for joint in np.flatnonzero(known):
            fill = -1 if annotation.visible[person, joint] else 1
            cv2.circle(canvas, joints[joint].tolist(), 2, colour, fill, cv2.LINE_AA)
    for left, top, right, bottom in annotation.ignore_px.round().astype(int).tolist():
        cv2.rectangle(canvas, (left, top), (right, bottom), (255, 255, 255), 1)
    return canvas


def contact_sheet(pictures: list[Picture], columns: int) -> np.ndarray:
    """(rows * H, columns * W, 3) uint8 RGB of pictures of one size with their labels."""
    tiles = [draw_labels(picture.image, picture.annotation) for picture in pictures]
    tiles += [np.zeros_like(tiles[0])] * (-len(tiles) % columns)
    rows = [np.concatenate(tiles[i : i + columns], 1) for i in range(0, len(tiles), columns)]
    return np.concatenate(rows)


def write_contact_sheet(path: str, pictures: list[Picture]) -> None:
    """Write a sheet of three columns as JPEG.

    Raises:
        OSError: if the file cannot be written.
    """
    sheet = contact_sheet(pictures, 3)[..., ::-1]
    if not cv2.imwrite(path, sheet, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY]):
        raise OSError(f"cannot write the contact sheet {path}")
