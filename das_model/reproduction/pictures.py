"""Images for the figures, from image files and videos."""

from pathlib import Path

import cv2
import numpy as np


def read_pictures(file: Path, num_pictures: int) -> list[np.ndarray]:
    """A picture, or frames spread evenly over a film.

    Args:
        file: picture or film.
        num_pictures: how many frames of a film; a picture file gives one.

    Returns:
        (H, W, 3) uint8 RGB each.

    Raises:
        OSError: if the file cannot be read as either.
    """
    picture = cv2.imread(str(file), cv2.IMREAD_COLOR_RGB)
    if picture is not None:
        return [picture]
    film = cv2.VideoCapture(str(file))
    count = int(film.get(cv2.CAP_PROP_FRAME_COUNT))
    wanted = set(np.linspace(0, max(0, count - 1), num_pictures + 2).astype(int)[1:-1].tolist())
    frames = []
    for index in range(count):
        is_read, frame = film.read()
        if is_read and index in wanted:
            frames.append(cv2.cvtColor(frame, cv2.COLOR_BGR2RGB))
    film.release()
    if not frames:
        raise OSError(f"{file}: expected a readable picture or film")
    return frames
