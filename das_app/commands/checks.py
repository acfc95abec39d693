"""Commands for when something does not work: repair, doctor and report."""

from pathlib import Path
from typing import Annotated

import typer

from das_app.commands.parsing import fail


def repair(
    session: Annotated[Path, typer.Argument(help="session folder that a crash left open")],
) -> None:
    """Put a session together that was not closed, with everything that can be read."""
    from das_app.session.repair import repair_session
    from das_app.session.types import SessionError

    try:
        report = repair_session(session)
    except SessionError as error:
        fail(str(error))
    damage = f", {report.num_damaged_chunks} damaged parts" if report.num_damaged_chunks else ""
    video = ", with video" if report.has_video else ""
    typer.echo(f"{session}: {report.num_frames} frames, {report.duration_s:.1f} s{video}{damage}")


def doctor() -> None:
    """Check the installation; exit code 1 when something keeps the application from working."""
    from das_app.commands.doctor import Status, run_checks

    has_failed = False
    for check in run_checks():
        typer.echo(check.line)
        has_failed |= check.status is Status.FAIL
    raise typer.Exit(int(has_failed))


def report(
    output: Annotated[Path, typer.Option("-o", "--output", help="the archive, a ZIP file")],
) -> None:
    """Pack log, diagnosis and settings without secrets, to send with the report of a problem."""
    from das_app.commands.doctor import run_checks
    from das_app.commands.report import write_report
    from das_app.files.user_folders import log_folder
    from das_app.settings.settings_file import settings_path

    try:
        lines = (check.line for check in run_checks())
        typer.echo(write_report(output, log_folder(), settings_path(), lines))
    except OSError as error:
        fail(f"the report cannot be written: {error}")
