"""TRC marker files of OpenSim: a folder with a file for each person, millimetres, y up.

A gap is `NaN`: an empty field at the end of a row is refused by OpenSim. The format has room for
rate and unit only; `about.json` says the rest.
"""

from pathlib import Path

from das_app.exports.labs.markers import MarkerFile, marker_files
from das_app.exports.takes.files import export_folder, write_about
from das_app.exports.takes.take import Progress, Take
from das_app.motion.body.rig import Y_UP_AXES


def write_trc(take: Take, folder: Path, on_progress: Progress) -> None:
    """Write a steady take. Raises ExportError when a file cannot be written."""
    files = {}
    with export_folder(folder) as new:
        for number, markers in enumerate(marker_files(take)):
            name = f"{markers.label}.trc"
            (new / name).write_text(_trc_text(take, markers, name), encoding="utf-8")
            files[name] = {"people": [track.track_id for track in markers.people]}
            on_progress((number + 1) / max(len(take.tracks), 1))
        write_about(new, take.about() | {"space": take.space_text("mm", Y_UP_AXES)}, files)


def _trc_text(take: Take, markers: MarkerFile, name: str) -> str:
    num_frames, num_markers = markers.positions.shape[:2]
    fps = f"{take.fps:.6g}"
    header = (
        ("PathFileType", "4", "(X/Y/Z)", name),
        (
            "DataRate",
            "CameraRate",
            "NumFrames",
            "NumMarkers",
            "Units",
            "OrigDataRate",
            "OrigDataStartFrame",
            "OrigNumFrames",
        ),
        (fps, fps, str(num_frames), str(num_markers), "mm", fps, "1", str(num_frames)),
        ("Frame#", "Time", *(cell for name in markers.names for cell in (name, "", ""))),
        ("", "", *(f"{axis}{n}" for n in range(1, num_markers + 1) for axis in "XYZ")),
        (),
    )
    lines = ["\t".join(line) for line in header]
    for frame, time_s in enumerate(take.times_s):
        cells = ("NaN" if v != v else f"{v:.3f}" for v in markers.positions[frame].ravel())
        lines.append("\t".join((str(frame + 1), f"{time_s:.6f}", *cells)))
    return "\n".join(lines) + "\n"
