"""The formats by name, and the one function that exports a session."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from das_app.exports.take import ExportError, ExportOptions, Progress, Take, load_take
from das_app.motion.errors import MotionError
from das_app.session.session import Session


class ExportFormat(StrEnum):
    """What a session can be exported to."""

    CSV = "csv"
    JSON = "json"
    NPZ = "npz"
    TRC = "trc"
    C3D = "c3d"
    BVH = "bvh"
    GLB = "glb"
    COCO = "coco"
    MP4 = "mp4"


_NEED_STEADY_RATE = (ExportFormat.TRC, ExportFormat.C3D, ExportFormat.BVH)
_PIXELS = "x right, y down"
_Y_UP = "x right, y up, z towards the camera, right-handed"
_Y_DOWN = "x right, y down, z forward, right-handed"


@dataclass(frozen=True, slots=True)
class FormatFacts:
    """What somebody who chooses a format should know.

    Args:
        title: the format and who reads it.
        units: length and axes.
        frames: which frames it holds.
        gaps: how it tells that somebody is not seen.
        is_folder: several files.
        has_rate: may be resampled.
        has_filling: gaps may be interpolated.
        has_floor: positions may be told from the floor.
        needs_video: the session must have one.
    """

    title: str
    units: str
    frames: str
    gaps: str
    is_folder: bool = False
    has_rate: bool = True
    has_filling: bool = True
    has_floor: bool = True
    needs_video: bool = False


FACTS = {
    ExportFormat.BVH: FormatFacts(
        "BVH, animation: a file for each person", f"Centimetres; {_Y_UP}", "a steady rate",
        "the file ends, another begins", is_folder=True,
    ),
    ExportFormat.GLB: FormatFacts(
        "glTF binary: animated skeletons of everybody", f"Metres; {_Y_UP}", "the recorded times",
        "scaled to nothing",
    ),
    ExportFormat.C3D: FormatFacts(
        "C3D: markers for motion laboratories", f"Millimetres; {_Y_UP}", "a steady rate",
        "invalid points",
    ),
    ExportFormat.TRC: FormatFacts(
        "TRC: markers for OpenSim", f"Millimetres; {_Y_UP}", "a steady rate", "empty fields",
    ),
    ExportFormat.CSV: FormatFacts(
        "CSV: a table for spreadsheets and pandas", f"Millimetres; {_Y_DOWN}",
        "the recorded times", "no rows",
    ),
    ExportFormat.NPZ: FormatFacts(
        "NPZ: arrays for NumPy", f"Millimetres; {_Y_DOWN}", "the recorded times", "NaN",
    ),
    ExportFormat.JSON: FormatFacts(
        "JSON: everything as text", f"Millimetres; {_Y_DOWN}", "the recorded times",
        "not in the frame's list",
    ),
    ExportFormat.COCO: FormatFacts(
        "COCO keypoints: 17 joints in the picture", f"Pixels; {_PIXELS}", "the recorded times",
        "no annotation", has_rate=False, has_floor=False,
    ),
    ExportFormat.MP4: FormatFacts(
        "MP4: the video with skeletons, beside a side view", f"Pixels; {_PIXELS}",
        "the recorded pictures", "nothing is drawn", has_rate=False, has_filling=False,
        has_floor=False, needs_video=True,
    ),
}  # fmt: skip


def default_path(folder: Path, to: ExportFormat) -> Path:
    """A place for an export beside its session; COCO is a JSON file, BVH a folder."""
    if FACTS[to].is_folder:
        return folder.with_name(f"{folder.name}_{to}")
    suffix = f"_{to}.json" if to is ExportFormat.COCO else f".{to}"
    return folder.with_name(folder.name + suffix)


def export_session(
    session: Session,
    to: ExportFormat,
    path: Path,
    options: ExportOptions,
    on_progress: Progress = lambda _share: None,
) -> Take | None:
    """Write a session in another format, whole or not at all.

    Args:
        session: what to export.
        to: format.
        path: file to write; for BVH a folder.
        options: whom and how.
        on_progress: hears of the share done; raising `ExportCancelledError` in it ends the export.

    Returns:
        what was written; None for a video.

    Raises:
        ExportError: if the format cannot hold what is asked for, or the file cannot be written.
        SessionError: if the session is damaged.
    """
    if to is ExportFormat.MP4:
        from das_app.exports.annotated_video import write_annotated_video

        write_annotated_video(session, options, path, on_progress)
        return None
    is_steady = to in _NEED_STEADY_RATE
    take = load_take(session, options, is_steady, lambda share: on_progress(0.5 * share))
    _write(take, to, path, lambda share: on_progress(0.5 + 0.5 * share))
    return take


def _write(take: Take, to: ExportFormat, path: Path, on_progress: Progress) -> None:
    """Each format's libraries are loaded when it is asked for."""
    match to:
        case ExportFormat.CSV:
            from das_app.exports.csv_table import write_csv as write
        case ExportFormat.JSON:
            from das_app.exports.json_file import write_json as write
        case ExportFormat.NPZ:
            from das_app.exports.npz_file import write_npz as write
        case ExportFormat.TRC:
            from das_app.exports.trc_file import write_trc as write
        case ExportFormat.C3D:
            from das_app.exports.c3d_file import write_c3d as write
        case ExportFormat.BVH:
            from das_app.exports.bvh_file import write_bvh as write
        case ExportFormat.GLB:
            from das_app.exports.glb_file import write_glb as write
        case ExportFormat.COCO:
            from das_app.exports.coco_file import write_coco as write
    try:
        write(take, path, on_progress)
    except MotionError as error:
        raise ExportError(str(error)) from error
