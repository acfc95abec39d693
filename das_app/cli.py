"""The command `das-app`: window, playback, capture, export, cameras and diagnosis.

Each command imports what it needs when it runs: `doctor` must work where a library is missing,
and `--version` should not wait for Qt and the model.
"""

import logging
from collections.abc import Callable

import typer

from das_app.commands import checks, record, sessions, window
from das_app.commands.help_pages import PlainCommand, PlainGroup
from das_app.commands.options import EXAMPLES, FORMAT_LIST

_PANELS: dict[str, tuple[Callable[..., None], ...]] = {
    "Record": (record.capture, record.devices),
    "Recorded sessions": (
        window.play,
        sessions.stream,
        sessions.export,
        sessions.refine,
        sessions.height,
    ),
    "When something does not work": (checks.repair, checks.doctor, checks.report),
}
_EPILOGS: dict[Callable[..., None], str] = {sessions.export: FORMAT_LIST}
_HELP = {"help_option_names": ["-h", "--help"], "max_content_width": 100}

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    cls=PlainGroup,
    context_settings=_HELP,
)
app.callback(invoke_without_command=True, epilog=EXAMPLES)(window.window)
for _panel, _commands in _PANELS.items():
    for _command in _commands:
        app.command(
            cls=PlainCommand,
            rich_help_panel=_panel,
            epilog=_EPILOGS.get(_command),
            context_settings=_HELP,
        )(_command)


def main() -> None:
    """Entry point of the console command.

    A path that the system refuses, such as one with too long a name or in a folder of somebody
    else, is told in a line, whichever command asked for it.
    """
    from das_app.files.user_folders import log_folder
    from das_app.logs import start_logging
    from das_app.standard_streams import StandardStreams

    streams = StandardStreams()
    try:
        start_logging(log_folder())
        typer.main.get_command(app)()  # calling `app` would replace the hook for uncaught errors
    except SystemExit as end:
        if not end.code and (problem := streams.problem()):
            typer.echo(f"error: the output could not be written: {problem}", err=True)
            raise SystemExit(1) from None
        raise
    except OSError as error:
        if error.filename is None:
            raise
        logging.getLogger("das_app").info("the command ended", exc_info=True)
        typer.echo(f"error: {error.filename}: {error.strerror}", err=True)
        raise SystemExit(1) from None
