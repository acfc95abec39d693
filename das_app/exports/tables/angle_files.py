"""Joint angles: one CSV of everybody, or OpenSim's .mot, a file for each person."""

import csv
from pathlib import Path

import numpy as np

from das_app.exports.bodies.moving_bodies import MovingBody, moving_bodies
from das_app.exports.tables.csv_table import plain_cell
from das_app.exports.takes.files import export_file, export_folder, write_about
from das_app.exports.takes.take import Progress, Take
from das_app.motion.body.joint_angles import CONVENTION, body_angles
from das_app.motion.body.rig import Y_UP_AXES


def write_angles(take: Take, path: Path, on_progress: Progress) -> None:
    """Write a tidy table: a row for each person in each frame. Raises ExportError."""
    bodies = moving_bodies(take, take.options.rig, on_progress)
    with export_file(path) as new, new.open("w", encoding="utf-8", newline="") as file:
        for name, text in (take.about() | {"angles": CONVENTION}).items():
            file.write(f"# {name}: {' '.join(text.split())}\n")
        table = csv.writer(file, lineterminator="\n")
        angles = [body_angles(body.fit) for body in bodies]
        names = angles[0].names if angles else ()
        table.writerow(["frame", "time_s", "person", "name", *names])
        for body, own in zip(bodies, angles, strict=True):
            for place in np.flatnonzero(body.track.is_posed):
                table.writerow(
                    (
                        body.track.first + place,
                        f"{body.times_s[place]:.6f}",
                        body.track.track_id,
                        plain_cell(take.name_of(body.track)),
                        *(f"{v:.3f}" for v in own.degrees[place]),
                    )
                )


def write_mot(take: Take, folder: Path, on_progress: Progress) -> None:
    """Write a steady take for OpenSim. Raises ExportError when a file cannot be written."""
    files = {}
    with export_folder(folder) as new:
        for body in moving_bodies(take, take.options.rig, on_progress):
            (new / f"{body.label}.mot").write_text(_mot_text(body), encoding="utf-8")
            files[f"{body.label}.mot"] = {"people": [body.track.track_id]}
        space = {"space": take.space_text("metres", Y_UP_AXES), "angles": CONVENTION}
        write_about(new, take.about() | space, files)


def _mot_text(body: MovingBody) -> str:
    angles = body_angles(body.fit)
    root = np.where(body.track.is_posed[:, None], body.fit.pose.root * 1e-3, np.nan)
    degrees = np.where(body.track.is_posed[:, None], angles.degrees, np.nan)
    columns = ("time", "pelvis_tx", "pelvis_ty", "pelvis_tz", *angles.names)
    rows = np.column_stack([body.times_s, root, degrees])
    lines = [
        body.label,
        "version=1",
        f"nRows={len(rows)}",
        f"nColumns={len(columns)}",
        "inDegrees=yes",
        "endheader",
        "\t".join(columns),
    ]
    lines += ["\t".join("NaN" if v != v else f"{v:.6f}" for v in row) for row in rows]
    return "\n".join(lines) + "\n"
