"""NPZ: NumPy arrays, frames x people x joints; NaN where a person or joint is not seen.

`np.load(path)` reads it, without pickle. `about` is JSON text.
"""

import json
from pathlib import Path

import numpy as np

from das_app.exports.takes.files import export_file
from das_app.exports.takes.take import Progress, Take


def write_npz(take: Take, path: Path, on_progress: Progress) -> None:
    """Write a take. Raises ExportError when the file cannot be written."""
    skeleton = take.origin.skeleton
    shape = (len(take.times_s), len(take.tracks), skeleton.num_joints)
    joints, joint_scores = np.full((*shape, 3), np.nan, "f4"), np.full(shape, np.nan, "f4")
    scores, is_filled = np.full(shape[:2], np.nan, "f4"), np.zeros(shape, bool)
    for person, track in enumerate(take.tracks):
        there = slice(track.first, track.first + len(track))
        joints[there, person] = track.joints
        joint_scores[there, person] = track.joint_scores
        scores[there, person] = track.scores
        is_filled[there, person] = track.is_filled
        on_progress(0.5 * (person + 1) / len(take.tracks))
    with export_file(path) as new, new.open("wb") as file:
        np.savez_compressed(
            file,
            times_s=take.times_s,
            person_ids=np.array([track.track_id for track in take.tracks]),
            person_names=np.array([take.name_of(track) for track in take.tracks]),
            joints_mm=joints,
            joint_scores=joint_scores,
            scores=scores,
            is_interpolated=is_filled,
            joint_names=np.array(skeleton.joint_names),
            joint_parents=np.array(skeleton.parents),
            about=np.array(json.dumps(take.about())),
        )
    on_progress(1.0)
