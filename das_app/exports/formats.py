"""The formats by name, and the one function that exports a session."""

from enum import StrEnum
from pathlib import Path

from das_app.exports.take import ExportOptions, Progress, Take, load_take
from das_app.pipeline.session import Session


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
    write(take, path, on_progress)
