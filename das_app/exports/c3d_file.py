"""C3D, the file of motion laboratories: millimetres, y up, steady rate.

A gap is an invalid point (residual -1), as the format has it.
"""

import textwrap
from pathlib import Path

import ezc3d
import numpy as np

from das_app.exports.files import export_file
from das_app.exports.markers import marker_names, marker_positions
from das_app.exports.take import ExportError, Progress, Take
from das_app.motion.rotations import Y_UP_AXES

_MOST_FRAMES = 65_535  # the header counts with 16 bits
_MOST_CHARACTERS = 127  # of a text
_MOST_POINTS = 255  # names of a parameter are counted with 8 bits


def write_c3d(take: Take, path: Path, on_progress: Progress) -> None:
    """Write a steady take.

    Raises:
        ExportError: if the file cannot be written, or the take is larger than the format.
    """
    names, positions = marker_names(take), marker_positions(take)
    if len(positions) > _MOST_FRAMES or len(names) > _MOST_POINTS:
        raise ExportError(
            f"C3D holds {_MOST_FRAMES} frames of {_MOST_POINTS} points, this has {len(positions)} "
            f"of {len(names)}; choose fewer people or a lower rate"
        )
    is_seen = np.isfinite(positions).all(axis=-1)  # (F, M)
    file = ezc3d.c3d()
    file["parameters"]["POINT"]["RATE"]["value"] = [take.fps]
    file["parameters"]["POINT"]["UNITS"]["value"] = ["mm"]
    file["parameters"]["POINT"]["LABELS"]["value"] = names
    file.add_parameter("POINT", "X_SCREEN", ["+X"])
    file.add_parameter("POINT", "Y_SCREEN", ["+Y"])
    about = take.about() | {"space": take.space_text("mm", Y_UP_AXES)}
    file.add_parameter("DAS", "ABOUT", _lines(about))
    points = np.ones((4, len(names), len(positions)))
    points[:3] = positions.transpose(2, 1, 0)
    file["data"]["points"] = points
    residuals = np.where(is_seen.T, 0.0, -1.0)[None]  # (1, M, F)
    file["data"]["meta_points"]["residuals"] = residuals
    file["data"]["meta_points"]["camera_masks"] = np.zeros((7, *residuals.shape[1:]), bool)
    on_progress(0.5)
    with export_file(path) as new:
        file.write(str(new))
    on_progress(1.0)


def _lines(about: dict[str, str]) -> list[str]:
    """Texts no longer than what every reader takes."""
    texts = (f"{name}: {text}" for name, text in about.items())
    return [line for text in texts for line in textwrap.wrap(text, _MOST_CHARACTERS)]
