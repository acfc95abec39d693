"""JSON: one object with what a reader must know, and the people of every frame.

A frame in which nobody is seen has an empty list; a joint that is not there is null.
"""

import json
from pathlib import Path

import numpy as np

from das_app.exports.takes.files import export_file
from das_app.exports.takes.take import Progress, Take
from das_app.exports.takes.tracks import Track


def write_json(take: Take, path: Path, on_progress: Progress) -> None:
    """Write a take, a frame a line. Raises ExportError when the file cannot be written."""
    skeleton = take.origin.skeleton
    head = {
        "about": take.about(),
        "joint_names": list(skeleton.joint_names),
        "joint_parents": list(skeleton.parents),
    }
    with export_file(path) as new, new.open("w", encoding="utf-8") as file:
        file.write(json.dumps(head, indent=1)[:-2] + ',\n "frames": [')
        for frame, time_s in enumerate(take.times_s):
            people = [
                {"id": track.track_id, "name": take.name_of(track)} | _person(track, place)
                for track, place in take.seen_at(frame)
            ]
            values = {"frame": frame, "time_s": round(float(time_s), 6), "people": people}
            file.write("\n" if frame == 0 else ",\n")
            json.dump(values, file, allow_nan=False)
            on_progress((frame + 1) / len(take.times_s))
        file.write("\n]}\n")


def _person(track: Track, place: int) -> dict[str, object]:
    return {
        "score": _numbers(track.scores[place]),
        "joints_mm": _numbers(track.joints[place]),
        "joint_scores": _numbers(track.joint_scores[place]),
        "is_interpolated": track.is_filled[place].tolist(),
    }


def _numbers(values: np.ndarray) -> list | float | None:
    rounded = np.asarray(values, np.float64).round(4)
    return np.where(np.isfinite(rounded), rounded, np.array(None)).tolist()
