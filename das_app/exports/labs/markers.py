"""Joints as named markers at a steady rate, for TRC and C3D.

A file is a person's, or everybody's where they are asked for together.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from das_app.exports.takes.take import MarkerNames, Take
from das_app.exports.takes.tracks import Track
from das_app.motion.body.rig import to_y_up

# HALPE_26 and COCO_17 of Pose2Sim have the same names; joints without one are left out
_POSE2SIM = {"pelvis": "Hip", "neck": "Neck", "head_top": "Head", "nose": "Nose"} | {
    f"{side}_{joint}": f"{side[0].upper()}{name}"
    for side in ("left", "right")
    for joint, name in (
        ("hip", "Hip"),
        ("knee", "Knee"),
        ("ankle", "Ankle"),
        ("toe", "BigToe"),
        ("shoulder", "Shoulder"),
        ("elbow", "Elbow"),
        ("wrist", "Wrist"),
    )
}


@dataclass(frozen=True, eq=False, slots=True)
class MarkerFile:
    """Markers of one file.

    Args:
        label: the file's name without a suffix.
        names: of the M markers.
        positions: (F, M, 3) mm, y up; NaN in gaps.
        people: of whom.
    """

    label: str
    names: tuple[str, ...]
    positions: np.ndarray
    people: tuple[Track, ...]


def marker_files(take: Take) -> Iterator[MarkerFile]:
    """A file for each person, or one for all."""
    groups = [take.tracks] if take.options.is_together else [(track,) for track in take.tracks]
    for tracks in groups:
        label = "everybody" if take.options.is_together else take.label_of(tracks[0], "person_")
        names, positions = [], [np.zeros((len(take.times_s), 0, 3))]
        for track in tracks:
            prefix = f"{take.label_of(track, 'p')}_" if take.options.is_together else ""
            own, joints = _named(take, track)
            names += [prefix + name for name in own]
            positions.append(joints)
        yield MarkerFile(label, tuple(names), np.concatenate(positions, axis=1), tuple(tracks))


def _named(take: Take, track: Track) -> tuple[list[str], np.ndarray]:
    """Names and positions (F, m, 3) of a person's markers."""
    joints = take.origin.skeleton.joint_names
    names = list(joints)
    if take.options.markers is MarkerNames.POSE2SIM:
        names = [_POSE2SIM.get(joint, "") for joint in joints]
    chosen = [joint for joint, name in enumerate(names) if name]
    positions = np.full((len(take.times_s), len(chosen), 3), np.nan)
    positions[track.first : track.first + len(track)] = to_y_up(track.joints[:, chosen])
    return [names[joint] for joint in chosen], positions
