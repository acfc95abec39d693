"""The window from the command line, with a source or a recorded session."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from das_app.commands import options
from das_app.commands.parsing import (
    device_of,
    fail,
    mode_of,
    settings_of,
    setup_of,
    stream_plan,
    told_floor,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from das_app.commands.command_line import CommandLine
    from das_app.motion.floor_estimate import ToldFloor
    from das_app.streaming.streams import StreamPlan

_LOADED_S = 10.0  # assumed: the longest that a model takes to load


def _print_version(is_asked: bool) -> None:
    if is_asked:
        typer.echo(f"das-app {_version()}")
        raise typer.Exit


def window(
    context: typer.Context,
    source: Annotated[str | None, typer.Option("--source", help=options.SOURCE_HELP)] = None,
    fov: options.FovOption = None,
    intrinsics: options.IntrinsicsOption = None,
    intrinsics_camera: options.LensCameraOption = "",
    camera_height: options.CameraHeightOption = None,
    camera_tilt: options.CameraTiltOption = None,
    model: options.ModelOption = None,
    mode: options.ModeOption = None,
    device: options.DeviceOption = None,
    resolution: options.ResolutionOption = None,
    fps: options.FpsOption = None,
    turn: options.TurnOption = None,
    record: options.RecordOption = False,
    name: options.NameOption = None,
    stream: options.StreamOption = None,
    allow_origin: options.AllowOriginOption = None,
    remote: options.RemoteOption = None,
    remote_token: options.RemoteTokenOption = None,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="print it"),
    ] = False,
) -> None:
    """Live multi-person 3D pose capture. Without a command, opens the window."""
    if context.invoked_subcommand is not None:
        return
    if resolution is not None or fps is not None:
        _require_camera(source)
    has_turn, has_lens = turn is not None, fov is not None or intrinsics is not None
    if source is not None and (has_turn or has_lens):
        _require_no_session(source, has_turn, has_lens)
    from das_app.commands.command_line import CommandLine

    line = CommandLine(
        source,
        fov,
        intrinsics,
        intrinsics_camera,
        model,
        mode_of(mode),
        device_of(device),
        resolution,
        fps,
        turn,
    )
    streams = stream_plan(stream, allow_origin, remote, remote_token)
    floor = told_floor(camera_height, camera_tilt)
    if name is not None and not record:
        raise typer.BadParameter("--name is for a session that --record makes")
    recorded_name = (name or "") if record else None
    raise typer.Exit(run_window(line, streams, floor, True, recorded_name))


def play(
    session: Annotated[Path, typer.Argument(help="session folder, with or without a video")],
    camera_height: options.CameraHeightOption = None,
    camera_tilt: options.CameraTiltOption = None,
    stream: options.StreamOption = None,
    allow_origin: options.AllowOriginOption = None,
) -> None:
    """Play a recorded session in the window; no model is needed."""
    from das_app.commands.command_line import CommandLine
    from das_app.session.format import session_at
    from das_app.session.frames import RecordedFrames
    from das_app.session.types import SessionError

    folder = session_at(session)
    if folder is None:
        fail(f"{session} holds no session: there is no session.mcap")
    try:
        RecordedFrames(folder).close()
    except SessionError as error:
        fail(str(error))
    line = CommandLine(str(folder.resolve()))
    streams, floor = stream_plan(stream, allow_origin), told_floor(camera_height, camera_tilt)
    raise typer.Exit(run_window(line, streams, floor))


def _require_camera(source: str | None) -> None:
    from das_app.pipeline.open_source import SourceKind, source_kind

    if source is None or source_kind(source) is not SourceKind.CAMERA:
        raise typer.BadParameter("--resolution and --fps are asked of a camera; --source is none")


def _require_no_session(source: str, has_turn: bool, has_lens: bool) -> None:
    from das_app.pipeline.open_source import require_fitting, source_kind

    try:
        require_fitting(source_kind(source), has_turn=has_turn, has_lens=has_lens)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def run_window(
    line: "CommandLine",
    streams: "StreamPlan",
    floor: "ToldFloor",
    needs_model: bool = False,
    recorded_name: str | None = None,
) -> int:
    """Exit code of the window; a model that it needs loads while it is imported."""
    from das_app.messaging.ending import ended_at_once
    from das_app.messaging.freed_memory import keep_few_heaps, no_collection
    from das_app.settings.early_model import EarlyModel

    keep_few_heaps()
    settings, said = settings_of(line), setup_of(line)
    with ended_at_once():
        model = EarlyModel(settings) if needs_model else None
        try:
            with no_collection():
                run_app = _window_app()
            return run_app(settings, streams, floor, said, model, recorded_name)
        finally:
            if model is not None:
                model.wait(_LOADED_S)  # a process that ends while it is loading is aborted


def _window_app() -> "Callable[..., int]":
    try:
        from das_app.gui.window.app import run_app
    except ImportError as error:
        fail(f"the window cannot open: {error}; `das-app doctor` says what is missing")
    return run_app


def _version() -> str:
    import importlib.metadata

    return importlib.metadata.version("das-capture")
