"""Export of a session to any of the formats."""

from collections.abc import Callable
from pathlib import Path

from das_app.exports.choices import require_possible
from das_app.exports.formats import FACTS, ExportFormat
from das_app.exports.places import check_folder, export_place
from das_app.exports.takes.take import ExportOptions, Progress, Take, load_take
from das_app.session.session import Session
from das_app.words.said import said

_Writer = Callable[[Take, Path, Progress], None]
_MIN_S = 0.5  # that somebody must be seen for formats of motion


def export_session(
    session: Session,
    to: ExportFormat,
    path: Path,
    options: ExportOptions,
    on_progress: Progress = lambda _share: None,
    is_forced: bool = False,
) -> str:
    """Write a session in another format, whole or not at all.

    Args:
        session: what to export.
        to: format.
        path: file to write, its suffix may be left out; for some formats a folder.
        options: whom and how.
        on_progress: hears of the share done; raising `ExportCancelledError` in it ends the export.
        is_forced: whether what is there may be replaced.

    Returns:
        where it was written, who was, and what was left out, for people to read.

    Raises:
        ExportError: if the format cannot follow what is asked for, something is there already, or
            the file cannot be written.
        SessionError: if the session is damaged.
    """
    facts = FACTS[to]
    require_possible(to, options)
    path = export_place(path, facts.suffix, session.folder.name, is_forced)
    if to is ExportFormat.COCO and options.has_images:
        from das_app.exports.pictures.coco_file import images_folder

        check_folder(images_folder(path), is_forced)
    if to is ExportFormat.MP4:
        from das_app.exports.pictures.annotated_video import write_annotated_video

        write_annotated_video(session, options, path, on_progress)
        return said("{path}: video", path=path)
    take = load_take(
        session,
        options,
        facts.is_steady,
        lambda share: on_progress(0.5 * share),
        _MIN_S if facts.is_motion else 0.0,
    )
    _writer(to)(take, path, lambda share: on_progress(0.5 + 0.5 * share))
    on_progress(1.0)
    return said("{path}: {summary}", path=path, summary=take.summary())


def _writer(to: ExportFormat) -> _Writer:
    """Each format's libraries are loaded when it is asked for."""
    match to:
        case ExportFormat.CSV:
            from das_app.exports.tables.csv_table import write_csv

            return write_csv
        case ExportFormat.JSON:
            from das_app.exports.tables.json_file import write_json

            return write_json
        case ExportFormat.NPZ:
            from das_app.exports.tables.npz_file import write_npz

            return write_npz
        case ExportFormat.TRC:
            from das_app.exports.labs.trc_file import write_trc

            return write_trc
        case ExportFormat.C3D:
            from das_app.exports.labs.c3d_file import write_c3d

            return write_c3d
        case ExportFormat.ANGLES:
            from das_app.exports.tables.angle_files import write_angles

            return write_angles
        case ExportFormat.MOT:
            from das_app.exports.tables.angle_files import write_mot

            return write_mot
        case _:
            return _animation_writer(to) or _picture_writer(to)


def _animation_writer(to: ExportFormat) -> _Writer | None:
    match to:
        case ExportFormat.BVH:
            from das_app.exports.bodies.bvh_file import write_bvh

            return write_bvh
        case ExportFormat.GLB:
            from das_app.exports.bodies.glb_file import write_glb

            return write_glb
        case ExportFormat.VRMA:
            from das_app.exports.bodies.glb_file import write_vrma

            return write_vrma
        case ExportFormat.USD:
            from das_app.exports.bodies.usd_file import write_usd

            return write_usd
        case ExportFormat.RERUN:
            from das_app.exports.viewers.rerun_file import write_rrd

            return write_rrd
        case ExportFormat.FOXGLOVE:
            from das_app.exports.viewers.foxglove_file import write_foxglove

            return write_foxglove
        case _:
            return None


def _picture_writer(to: ExportFormat) -> _Writer:
    match to:
        case ExportFormat.COCO:
            from das_app.exports.pictures.coco_file import write_coco

            return write_coco
        case ExportFormat.COCO_RESULTS:
            from das_app.exports.pictures.coco_file import write_coco_results

            return write_coco_results
        case ExportFormat.OPENPOSE:
            from das_app.exports.pictures.pixel_files import write_openpose

            return write_openpose
        case ExportFormat.MMPOSE:
            from das_app.exports.pictures.pixel_files import write_mmpose

            return write_mmpose
        case _:
            from das_app.exports.pictures.pixel_files import write_motchallenge

            return write_motchallenge
