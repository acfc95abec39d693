"""Joints of all people as named markers on a steady time line: what TRC and C3D hold."""

import numpy as np

from das_app.exports.take import Take
from das_app.motion.rotations import to_y_up


def marker_names(take: Take) -> list[str]:
    """`p<person>_<joint>`, or `<name>_<person>_<joint>`, person by person."""
    joints = take.origin.skeleton.joint_names
    return [f"{take.label_of(track, 'p')}_{joint}" for track in take.tracks for joint in joints]


def marker_positions(take: Take) -> np.ndarray:
    """(F, M, 3) mm in the order of the names; NaN in gaps."""
    num_joints = take.origin.skeleton.num_joints
    positions = np.full((len(take.times_s), len(take.tracks) * num_joints, 3), np.nan)
    for person, track in enumerate(take.tracks):
        columns = slice(person * num_joints, (person + 1) * num_joints)
        there = slice(track.first, track.first + len(track))
        positions[there, columns] = to_y_up(track.joints)
    return positions
