"""BVH: a folder with a file for each person, and for each stretch in which they are seen.

Centimetres, y up, z towards the camera; rotations in degrees, channels z, x, y, applied in that
order; the rest pose is that of `motion.body.rig`. BVH cannot say that somebody is not there, so a
gap ends a file; `about.json` tells when each begins.
"""

from pathlib import Path

import numpy as np

from das_app.exports.bodies.moving_bodies import MovingBody, about_bodies, moving_bodies
from das_app.exports.takes.files import export_folder, write_about
from das_app.exports.takes.take import Progress, Take
from das_app.motion.body.rig import Y_UP_AXES

_CM = 0.1
_ROTATIONS = "Zrotation Xrotation Yrotation"


def write_bvh(take: Take, folder: Path, on_progress: Progress) -> None:
    """Write a steady take into a folder of its own.

    Raises:
        ExportError: if a file cannot be written, or the model lacks joints that a body needs.
    """
    bodies = moving_bodies(take, take.options.rig, lambda share: on_progress(0.9 * share))
    files = {}
    with export_folder(folder) as new:
        for body in bodies:
            for part, span in enumerate(body.track.posed_spans()):
                name = body.label + (f"_part_{part + 1}" if part else "") + ".bvh"
                (new / name).write_text(_bvh_text(body, span, take.fps), encoding="ascii")
                files[name] = {
                    "person": body.track.track_id,
                    "name": take.name_of(body.track),
                    "first_frame": body.track.first + span.start,
                    "begins_s": round(float(body.times_s[span.start]), 6),
                    "num_frames": span.stop - span.start,
                    "residual_mm": round(body.fit.rms_mm, 2),
                }
        rotations = {"rotations": "degrees; channels z, x, y; R = Rz Rx Ry"}
        about = about_bodies(take, bodies, "centimetres", Y_UP_AXES) | rotations
        write_about(new, about, files)
    on_progress(1.0)


def zxy_degrees(rotations: np.ndarray) -> np.ndarray:
    """Angles of rotations over time, without jumps by whole turns.

    Of the two sets of angles of each rotation that nearer to the frame before is taken.

    Args:
        rotations: (n, R, 3, 3).

    Returns:
        (n, R, 3) angles about z, x, y with R = Rz Rx Ry.
    """
    x = np.arcsin(np.clip(rotations[..., 2, 1], -1, 1))
    z = np.arctan2(-rotations[..., 0, 1], rotations[..., 1, 1])
    y = np.arctan2(-rotations[..., 2, 0], rotations[..., 2, 2])
    first = np.stack([z, x, y], axis=-1)
    second = np.stack([z + np.pi, np.pi - x, y + np.pi], axis=-1)
    angles = first.copy()
    for frame in range(1, len(angles)):
        before = angles[frame - 1]
        near = [
            each - 2 * np.pi * np.round((each - before) / (2 * np.pi))
            for each in (first[frame], second[frame])
        ]
        away = [np.abs(each - before).sum(axis=-1, keepdims=True) for each in near]
        angles[frame] = np.where(away[0] <= away[1], near[0], near[1])
    return np.degrees(angles)


def _bvh_text(body: MovingBody, span: slice, fps: float) -> str:
    pose = body.fit.pose.part(span)
    angles = zxy_degrees(pose.rotations)  # (n, B, 3)
    order: list[int] = []
    lines = ["HIERARCHY", *_joint_lines(body, 0, 0, order), "MOTION"]
    lines += [f"Frames: {len(angles)}", f"Frame Time: {1 / fps:.9f}"]
    rows = np.concatenate([pose.root * _CM, angles[:, order].reshape(len(angles), -1)], axis=1)
    lines += [" ".join(f"{value:.5f}" for value in row) for row in rows]
    return "\n".join(lines) + "\n"


def _joint_lines(body: MovingBody, number: int, depth: int, order: list[int]) -> list[str]:
    """The joint's block with all below it; notes the order in which channels follow."""
    order.append(number)
    bones, inset = body.fit.body.bones, "  " * depth
    is_root = bones[number].parent < 0
    channels = f"6 Xposition Yposition Zposition {_ROTATIONS}" if is_root else f"3 {_ROTATIONS}"
    lines = [
        f"{inset}{'ROOT' if is_root else 'JOINT'} {body.names[number]}",
        inset + "{",
        f"{inset}  OFFSET {_cm_text(body.fit.offsets()[number])}",
        f"{inset}  CHANNELS {channels}",
    ]
    children = [n for n, other in enumerate(bones) if other.parent == number]
    for child in children:
        lines += _joint_lines(body, child, depth + 1, order)
    if not children:
        end = _cm_text(body.fit.ends()[number])
        lines += [f"{inset}  End Site", f"{inset}  {{", f"{inset}    OFFSET {end}", f"{inset}  }}"]
    return [*lines, inset + "}"]


def _cm_text(offset_mm: np.ndarray) -> str:
    return " ".join(f"{value * _CM:.5f}" for value in offset_mm)
