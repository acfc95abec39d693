"""C3D of motion laboratories: a folder with a file for each person, millimetres, y up.

A gap is an invalid point (residual -1), as the format has it. Joint angles stand beside the
markers as points of type angle, as Vicon's readers expect them. More than 255 points go on in
LABELS2, more than 65,535 frames in TRIAL:ACTUAL_END_FIELD.
"""

import textwrap
from pathlib import Path

import ezc3d
import numpy as np

from das_app.exports.bodies.moving_bodies import moving_bodies
from das_app.exports.labs.markers import MarkerFile, marker_files
from das_app.exports.takes.files import export_folder, write_about
from das_app.exports.takes.take import Progress, Take
from das_app.motion.body.joint_angles import CONVENTION, body_angles
from das_app.motion.body.rig import Y_UP_AXES

_MAX_CHARACTERS = 127  # of a text
_ANGLES = (  # point: the angles that are its x, y and z
    "LHipAngles",
    "RHipAngles",
    "LKneeAngles",
    "RKneeAngles",
    "LShoulderAngles",
    "RShoulderAngles",
    "LElbowAngles",
    "RElbowAngles",
    "TrunkAngles",
)


def write_c3d(take: Take, folder: Path, on_progress: Progress) -> None:
    """Write a steady take. Raises ExportError when a file cannot be written."""
    files = {}
    about = take.about() | {"space": take.space_text("mm", Y_UP_AXES), "angles": CONVENTION}
    with export_folder(folder) as new:
        angles = _angle_points(take, lambda share: on_progress(0.6 * share))
        for markers in marker_files(take):
            name = f"{markers.label}.c3d"
            _write(
                take,
                markers,
                {i: angles[i] for i in _ids(markers) if i in angles},
                about,
                new / name,
            )
            files[name] = {"people": _ids(markers)}
        write_about(new, about, files)
    on_progress(1.0)


def _ids(markers: MarkerFile) -> list[int]:
    return [track.track_id for track in markers.people]


def _angle_points(take: Take, on_progress: Progress) -> dict[int, np.ndarray]:
    """Track id -> (F, A, 3) degrees, NaN in gaps."""
    points = {}
    for body in moving_bodies(take, take.options.rig, on_progress):
        angles = body_angles(body.fit)
        values = np.full((len(take.times_s), len(_ANGLES), 3), np.nan)
        there = slice(body.track.first, body.track.first + len(body.track))
        for place, point in enumerate(_ANGLES):
            joint = point.removesuffix("Angles").lower()
            names = [joint] if joint == "trunk" else [f"{joint[1:]}_{joint[0]}"]
            values[there, place] = angles.of(names[0])
        values[there][~body.track.is_posed] = np.nan
        points[body.track.track_id] = values
    return points


def _write(
    take: Take,
    markers: MarkerFile,
    angles: dict[int, np.ndarray],
    about: dict[str, str],
    path: Path,
) -> None:
    labels = {track.track_id: take.label_of(track, "p") for track in markers.people}
    prefix = {i: f"{label}_" if take.options.is_together else "" for i, label in labels.items()}
    names = [*markers.names, *(prefix[i] + name for i in angles for name in _ANGLES)]
    positions = np.concatenate([markers.positions, *angles.values()], axis=1)
    file = ezc3d.c3d()
    file["parameters"]["POINT"]["RATE"]["value"] = [take.fps]
    file["parameters"]["POINT"]["UNITS"]["value"] = ["mm"]
    file["parameters"]["POINT"]["LABELS"]["value"] = names
    file.add_parameter("POINT", "ANGLES", [name for name in names if name.endswith("Angles")])
    file.add_parameter("POINT", "ANGLE_UNITS", ["deg"])
    file.add_parameter("POINT", "X_SCREEN", ["+X"])
    file.add_parameter("POINT", "Y_SCREEN", ["+Y"])
    file.add_parameter("DAS", "ABOUT", _lines(about))
    points = np.ones((4, len(names), len(positions)))
    points[:3] = positions.transpose(2, 1, 0)
    file["data"]["points"] = points
    residuals = np.where(np.isfinite(positions).all(axis=-1).T, 0.0, -1.0)[None]  # (1, M, F)
    file["data"]["meta_points"]["residuals"] = residuals
    file["data"]["meta_points"]["camera_masks"] = np.zeros((7, *residuals.shape[1:]), bool)
    file.write(str(path))


def _lines(about: dict[str, str]) -> list[str]:
    """Texts no longer than what every reader takes."""
    texts = (f"{name}: {text}" for name, text in about.items())
    return [line for text in texts for line in textwrap.wrap(text, _MAX_CHARACTERS)]
