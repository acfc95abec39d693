"""Image files by their names, and their order."""

import re
from pathlib import Path

VIDEO_CODED = (".avif", ".heic", ".heif")  # pictures that are coded as a frame of a video
IMAGE_SUFFIXES = frozenset(
    (".bmp", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp", *VIDEO_CODED)
)
IMAGES_PER_S = 2.0  # a folder plays like slides unless its rate is said


def list_images(path: Path) -> list[Path]:
    """The image at `path`, or all in that folder and below in natural order; empty for none."""
    candidates = path.rglob("*") if path.is_dir() else [path]
    found = [p for p in candidates if p.suffix.lower() in IMAGE_SUFFIXES and p.is_file()]
    return sorted(found, key=natural_order)


def natural_order(path: Path) -> list[list[tuple[int, int | str]]]:
    """Sorting key by which frame9 comes before frame10, in every part of the path."""
    parts = [re.split(r"(\d+)", part, flags=re.ASCII) for part in path.parts]
    return [
        [(0, int(t)) if t.isascii() and t.isdigit() else (1, t) for t in texts if t]
        + [(-1, "".join(texts))]
        for texts in parts
    ]
