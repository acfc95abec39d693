"""BVH: a folder with a file for each person, and for each stretch in which they are seen whole.

Centimetres, y up, z towards the camera; rotations in degrees, channels z, x, y, applied in that
order. `bone_rotations` has the rest pose. BVH cannot say that somebody is not there, so a gap
ends a file; `about.json` tells when each begins.
"""

import json
from pathlib import Path

import numpy as np

from das_app.exports.files import export_folder
from das_app.exports.take import ExportError, Progress, Take
from das_app.motion.rotations import Y_UP_AXES, Motion, solve, to_y_up

_CM = 0.1
_END_CM = 5.0  # of the bone drawn beyond a last joint
_ROTATIONS = "Zrotation Xrotation Yrotation"
ABOUT_FILE = "about.json"


def write_bvh(take: Take, folder: Path, on_progress: Progress) -> None:
    """Write a steady take into a folder that is made if missing.

    Raises:
        ExportError: if a file cannot be written, or nobody is ever seen whole.
    """
    parts = [(track, *part) for track in take.tracks for part in enumerate(track.whole_spans())]
    if not parts:
        raise ExportError("nobody is seen with all joints")
    files = {}
    with export_folder(folder) as new:
        for number, (track, part, span) in enumerate(parts):
            motion = solve(to_y_up(track.joints[span]), take.origin.skeleton)
            name = take.label_of(track, "person_") + (f"_part_{part + 1}" if part else "") + ".bvh"
            (new / name).write_text(_bvh_text(motion, take.fps), encoding="ascii")
            files[name] = {
                "person": track.track_id,
            "name": take.name_of(track),
                "first_frame": track.first + span.start,
                "begins_s": round(float(take.times_s[track.first + span.start]), 6),
                "num_frames": span.stop - span.start,
            }
            on_progress((number + 1) / len(parts))
        about_text = json.dumps({"about": _about(take), "files": files}, indent=1)
        (new / ABOUT_FILE).write_text(about_text, encoding="utf-8")


def _about(take: Take) -> dict[str, str]:
    return take.about() | {
        "space": take.space_text("centimetres", Y_UP_AXES),
        "rest": "T-pose, upright, facing +z, left arm along +x",
        "rotations": "degrees; channels z, x, y; R = Rz Rx Ry",
    }


def zxy_degrees(rotations: np.ndarray) -> np.ndarray:
    """Angles of rotations over time, without jumps by whole turns.

    Args:
        rotations: (n, R, 3, 3).

    Returns:
        (n, R, 3) angles about z, x, y with R = Rz Rx Ry.
    """
    x = np.arcsin(np.clip(rotations[..., 2, 1], -1, 1))
    z = np.arctan2(-rotations[..., 0, 1], rotations[..., 1, 1])
    y = np.arctan2(-rotations[..., 2, 0], rotations[..., 2, 2])
    return np.unwrap(np.degrees(np.stack([z, x, y], axis=-1)), axis=0, period=360)


def _bvh_text(motion: Motion, fps: float) -> str:
    angles = zxy_degrees(motion.rotations)  # (n, R, 3)
    order: list[int] = []
    lines = ["HIERARCHY", *_joint_lines(motion, 0, 0, order), "MOTION"]
    lines += [f"Frames: {len(angles)}", f"Frame Time: {1 / fps:.9f}"]
    rows = np.concatenate([motion.root * _CM, angles[:, order].reshape(len(angles), -1)], axis=1)
    lines += [" ".join(f"{value:.5f}" for value in row) for row in rows]
    return "\n".join(lines) + "\n"


def _joint_lines(motion: Motion, number: int, depth: int, order: list[int]) -> list[str]:
    """The joint's block with all below it; notes the order in which channels follow."""
    order.append(number)
    joint, inset = motion.joints[number], "  " * depth
    offset = " ".join(f"{value * _CM:.5f}" for value in joint.offset)
    is_root = joint.parent < 0
    channels = f"6 Xposition Yposition Zposition {_ROTATIONS}" if is_root else f"3 {_ROTATIONS}"
    lines = [
        f"{inset}{'ROOT' if is_root else 'JOINT'} {joint.name}", inset + "{",
        f"{inset}  OFFSET {offset}", f"{inset}  CHANNELS {channels}",
    ]  # fmt: skip
    children = [n for n, other in enumerate(motion.joints) if other.parent == number]
    for child in children:
        lines += _joint_lines(motion, child, depth + 1, order)
    if not children:
        length = max(float(np.linalg.norm(joint.offset)), 1e-9)
        end = " ".join(f"{value / length * _END_CM:.5f}" for value in joint.offset)
        lines += [f"{inset}  End Site", f"{inset}  {{", f"{inset}    OFFSET {end}", f"{inset}  }}"]
    return [*lines, inset + "}"]
