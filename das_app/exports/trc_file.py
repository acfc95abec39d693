"""TRC, the marker file of OpenSim: millimetres, y up, steady rate; a gap is an empty field.

The format has room for rate and unit only; `NAME.about.json` beside it says the rest.
"""

import json
from pathlib import Path

import numpy as np

from das_app.exports.files import export_file
from das_app.exports.markers import marker_names, marker_positions
from das_app.exports.take import Progress, Take
from das_app.motion.rotations import Y_UP_AXES


def write_trc(take: Take, path: Path, on_progress: Progress) -> None:
    """Write a steady take. Raises ExportError when the file cannot be written."""
    names, positions = marker_names(take), marker_positions(take)
    num_frames, num_markers = positions.shape[:2]
    fps = f"{take.fps:.6g}"
    header = (
        ("PathFileType", "4", "(X/Y/Z)", path.name),
        ("DataRate", "CameraRate", "NumFrames", "NumMarkers", "Units", "OrigDataRate",
         "OrigDataStartFrame", "OrigNumFrames"),
        (fps, fps, str(num_frames), str(num_markers), "mm", fps, "1", str(num_frames)),
        ("Frame#", "Time", *(cell for name in names for cell in (name, "", ""))),
        ("", "", *(f"{axis}{n}" for n in range(1, num_markers + 1) for axis in "XYZ")),
        (),
    )  # fmt: skip
    with export_file(path) as new, new.open("w", encoding="utf-8", newline="") as file:
        file.writelines("\t".join(line) + "\n" for line in header)
        for frame, time_s in enumerate(take.times_s):
            cells = ("" if np.isnan(v) else f"{v:.3f}" for v in positions[frame].ravel())
            file.write("\t".join((str(frame + 1), f"{time_s:.6f}", *cells)) + "\n")
            on_progress((frame + 1) / num_frames)
    about = take.about() | {"space": take.space_text("mm", Y_UP_AXES)}
    with export_file(path.with_suffix(".about.json")) as new:
        new.write_text(json.dumps(about, indent=1), encoding="utf-8")
