"""CSV, tidy: a row for each joint of each person in each frame; comments say what it is.

`pandas.read_csv(path, comment="#")` reads it. A gap has no rows; interpolated joints are marked.
"""

import csv
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from das_app.exports.takes.files import export_file
from das_app.exports.takes.take import Progress, Take
from das_app.exports.takes.tracks import Track

_COLUMNS = (
    "frame",
    "time_s",
    "person",
    "name",
    "person_score",
    "joint",
    "x_mm",
    "y_mm",
    "z_mm",
    "joint_score",
    "is_interpolated",
)


def write_csv(take: Take, path: Path, on_progress: Progress) -> None:
    """Write a take. Raises ExportError when the file cannot be written."""
    names = take.origin.skeleton.joint_names
    with export_file(path) as new, new.open("w", encoding="utf-8", newline="") as file:
        for name, text in take.about().items():
            file.write(f"# {name}: {' '.join(text.split())}\n")
        table = csv.writer(file, lineterminator="\n")
        table.writerow(_COLUMNS)
        for frame, time_s in enumerate(take.times_s):
            for track, place in take.seen_at(frame):
                person = (
                    frame,
                    f"{time_s:.6f}",
                    track.track_id,
                    plain_cell(take.name_of(track)),
                    f"{track.scores[place]:.4f}",
                )
                table.writerows((*person, *row) for row in _joints(track, place, names))
            on_progress((frame + 1) / len(take.times_s))


def plain_cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula, which would begin with one of `=+-@`.

    Some take those of East Asian keyboards, which are twice as wide, for the same.
    """
    first = unicodedata.normalize("NFKC", text.lstrip()[:1])
    return f"'{text}" if first in ("=", "+", "-", "@") else text


def _joints(track: Track, place: int, names: tuple[str, ...]) -> Iterator[tuple]:
    """The columns from `joint` on, for every joint that is there."""
    for joint, name in enumerate(names):
        position = track.joints[place, joint]
        if np.isfinite(position).all():
            score = f"{track.joint_scores[place, joint]:.4f}"
            is_filled = int(track.is_filled[place, joint])
            yield (name, *(f"{value:.3f}" for value in position), score, is_filled)
