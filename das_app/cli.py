"""The command `das-app`: window, playback, capture, export, cameras and diagnosis.

Each command imports what it needs when it runs: `doctor` must work where a library is missing,
and `--version` should not wait for Qt and the model.
"""

import threading
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn, TypeVar

import typer

from das_app import cli_options as options

if TYPE_CHECKING:
    from das_app.command_settings import CommandLine
    from das_app.messaging.messages import PipelineState
    from das_app.motion.floor_estimate import ToldFloor
    from das_app.session.types import Layer
    from das_app.settings.app_settings import AppSettings, IgnoredSettings
    from das_app.settings.source_setups import SaidSetup
    from das_app.streaming.streams import StreamPlan
    from das_model.inference.mode import Mode

_Choice = TypeVar("_Choice", bound=StrEnum)
app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
_RECORD, _SESSIONS, _CHECK = "Record", "Recorded sessions", "When something does not work"
_INTERRUPTED = 130  # exit code after Ctrl-C, as shells have it
_LOOK_S = 0.2
_LOADED_S = 10.0


def main() -> None:
    """Entry point of the console command."""
    from das_app.files.user_folders import log_folder
    from das_app.logs import start_logging

    try:
        start_logging(log_folder())
        typer.main.get_command(app)()  # calling `app` would replace the hook for uncaught errors
    except KeyboardInterrupt:
        typer.echo("interrupted", err=True)
        raise SystemExit(_INTERRUPTED) from None


def _print_version(is_asked: bool) -> None:
    if is_asked:
        typer.echo(f"das-app {_version()}")
        raise typer.Exit


@app.callback(invoke_without_command=True, epilog=options.EXAMPLES)
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
    from das_app.command_settings import CommandLine

    line = CommandLine(
        source,
        fov,
        intrinsics,
        intrinsics_camera,
        model,
        _mode(mode),
        resolution,
        fps,
        turn,
    )
    streams = _stream_plan(stream, allow_origin, remote, remote_token)
    floor = _told_floor(camera_height, camera_tilt)
    if name is not None and not record:
        raise typer.BadParameter("--name is for a session that --record makes")
    recorded_name = (name or "") if record else None
    raise typer.Exit(_run_window(line, streams, floor, True, recorded_name))


@app.command(rich_help_panel=_RECORD)
def capture(
    sources: Annotated[
        list[str],
        typer.Argument(
            help=f"{options.SOURCE_HELP}; several, or a folder of videos, make a session each"
        ),
    ],
    output: Annotated[
        Path, typer.Option("-o", "--output", help="folder of the new session, or of several")
    ],
    fov: options.FovOption = None,
    intrinsics: options.IntrinsicsOption = None,
    intrinsics_camera: options.LensCameraOption = "",
    model: options.ModelOption = None,
    mode: options.ModeOption = None,
    resolution: options.ResolutionOption = None,
    fps: options.RateOption = None,
    turn: options.TurnOption = None,
    slow_motion: options.SlowMotionOption = None,
    max_frames: Annotated[
        int | None, typer.Option("--max-frames", min=1, help="end after so many frames")
    ] = None,
    video: Annotated[bool, typer.Option(help="record the pictures, too")] = False,
    faces: options.FacesOption = None,
    ignore_zone: options.IgnoreZoneOption = None,
    min_distance: options.MinDistanceOption = None,
    max_distance: options.MaxDistanceOption = None,
    stream: options.StreamOption = None,
    allow_origin: options.AllowOriginOption = None,
    remote: options.RemoteOption = None,
    remote_token: options.RemoteTokenOption = None,
) -> None:
    """Capture without a window into a new session folder. Ctrl-C ends it and keeps all so far."""
    from das_app.capture import CaptureJob, capture_all
    from das_app.command_settings import CommandLine
    from das_app.messaging.ending import ending_sets
    from das_app.motion.faces import FaceHiding
    from das_app.pipeline.batch import plan_sessions
    from das_app.pipeline.open_source import require_fitting, source_kind

    streams = _stream_plan(stream, allow_origin, remote, remote_token)
    try:
        for kind in map(source_kind, sources):
            require_fitting(
                kind,
                resolution is not None,
                fps is not None,
                slow_motion is not None,
                turn is not None,
            )
        plan = plan_sessions(sources, output)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    if remote is not None and len(plan) > 1:
        raise typer.BadParameter(f"--remote is for one source, got {len(plan)}")
    line = CommandLine(
        sources[0],
        fov,
        intrinsics,
        intrinsics_camera,
        model,
        _mode(mode),
        resolution,
        fps if fps is not None and fps >= 1 else None,
        turn,
        _ignored(ignore_zone, min_distance, max_distance),
    )
    settings = _settings(line)
    job = CaptureJob(
        settings,
        _setup(line),
        fps,
        slow_motion or 1.0,
        max_frames,
        video,
        settings.view.faces if faces is None else _one_of(FaceHiding, faces, "--faces"),
    )
    with ending_sets() as stopping:
        problems = capture_all(job, plan, streams, stopping)
    if problems:
        if len(plan) > 1:
            typer.echo(f"error: {len(problems)} of {len(plan)} sessions failed:", err=True)
        _fail("\n".join(problems))


@app.command(rich_help_panel=_RECORD)
def devices() -> None:
    """List the cameras by name."""
    from das_app.sources.camera_devices import list_cameras, probe_cameras

    cameras = list_cameras()
    if not cameras:
        typer.echo("no camera found; plug one in, and check that your user may read it")
    for camera, size, problem in probe_cameras(cameras):
        state = f"{size[0]}x{size[1]}" if size else f"cannot be opened: {problem}"
        typer.echo(f"{camera.index}: {camera.name} ({state}) {camera.path}".rstrip())


@app.command(rich_help_panel=_SESSIONS)
def play(
    session: Annotated[Path, typer.Argument(help="session folder, with or without a video")],
    camera_height: options.CameraHeightOption = None,
    camera_tilt: options.CameraTiltOption = None,
    stream: options.StreamOption = None,
    allow_origin: options.AllowOriginOption = None,
) -> None:
    """Play a recorded session in the window; no model is needed."""
    from das_app.command_settings import CommandLine
    from das_app.session.frames import RecordedFrames, session_at
    from das_app.session.types import SessionError

    folder = session_at(session)
    if folder is None:
        _fail(f"{session} holds no session: there is no session.mcap")
    try:
        RecordedFrames(folder).close()
    except SessionError as error:
        _fail(str(error))
    line = CommandLine(str(folder.resolve()))
    streams, floor = _stream_plan(stream, allow_origin), _told_floor(camera_height, camera_tilt)
    raise typer.Exit(_run_window(line, streams, floor))


@app.command(rich_help_panel=_SESSIONS)
def stream(
    session: Annotated[Path, typer.Argument(help="session folder")],
    to: Annotated[list[str], typer.Option("--to", help="as --stream of capture; again for more")],
    loop: Annotated[bool, typer.Option("--loop", help="begin again at the end")] = False,
    layer: options.LayerOption = "best",
    speed: Annotated[float, typer.Option("--speed", min=0.05, max=20)] = 1.0,
    allow_origin: options.AllowOriginOption = None,
) -> None:
    """Replay a recorded session to other programs, without a window. Ctrl-C ends it."""
    from das_app.capture import running_streams
    from das_app.messaging.ending import ending_sets
    from das_app.pipeline.player import SessionPlayer
    from das_app.session.frames import RecordedFrames, session_at
    from das_app.session.types import SessionError
    from das_app.streaming.streamer import StreamError

    folder, plan = session_at(session), _stream_plan(to, allow_origin)
    if folder is None:
        _fail(f"{session} holds no session: there is no session.mcap")
    ended, problems = threading.Event(), []

    def on_state(state: "PipelineState", message: str) -> None:
        if state.value in ("finished", "faulted", "stopped"):
            problems.extend([message] if state.value == "faulted" else [])
            ended.set()

    try:
        frames = RecordedFrames(folder)
        with running_streams(plan) as streams, ending_sets() as stopping:
            streams.set_names(frames.edits.names)
            shown = _layer(layer) or frames.session.best_layer
            player = SessionPlayer(frames, on_state, loop, shown)
            player.set_speed(speed)
            player.add_sink(streams)
            player.start()
            while not (ended.wait(_LOOK_S) or stopping.is_set()):
                pass
            player.stop()
    except (SessionError, StreamError) as error:
        _fail(str(error))
    if problems:
        _fail(problems[0])


@app.command(rich_help_panel=_SESSIONS, epilog=options.FORMAT_LIST)
def export(
    session: Annotated[Path, typer.Argument(help="session folder")],
    to: options.ToOption,
    output: options.ExportOutputOption,
    person: options.PersonOption = None,
    space: options.SpaceOption = "camera",
    camera_height: options.CameraHeightOption = None,
    camera_tilt: options.CameraTiltOption = None,
    fps: options.ResampleOption = None,
    fill_gaps: options.FillGapsOption = 0.0,
    layer: options.LayerOption = "best",
    untrimmed: options.UntrimmedOption = False,
    min_duration: options.MinDurationOption = None,
    rig: options.RigOption = "humanoid",
    names: options.NamesOption = "ours",
    together: options.TogetherOption = False,
    with_images: options.WithImagesOption = False,
    faces: options.FilmFacesOption = "show",
    force: options.ForceOption = False,
) -> None:
    """Write a session in another format."""
    from tqdm import tqdm

    from das_app.exports.export import export_session
    from das_app.exports.formats import ExportFormat
    from das_app.exports.takes.take import ExportError, ExportOptions, MarkerNames, Space
    from das_app.motion.body.rig import RigNames
    from das_app.motion.faces import FaceHiding
    from das_app.session.session import Session
    from das_app.session.types import SessionError

    to_format, in_space = _one_of(ExportFormat, to, "--to"), _one_of(Space, space, "--space")
    try:
        wanted = ExportOptions(
            tuple(person) if person else None,
            fps,
            fill_gaps,
            _layer(layer),
            in_space,
            untrimmed,
            min_duration,
            _one_of(RigNames, rig, "--rig"),
            _one_of(MarkerNames, names, "--names"),
            together,
            with_images,
            _told_floor(camera_height, camera_tilt),
            _one_of(FaceHiding, faces, "--faces"),
        )
        recorded = Session(session)
        with tqdm(total=100, unit="%") as bar:
            written = export_session(
                recorded,
                to_format,
                output,
                wanted,
                lambda share: bar.update(int(100 * share) - bar.n),
                force,
            )
    except (ExportError, SessionError, ValueError) as error:
        _fail(str(error))
    typer.echo(written)


@app.command(rich_help_panel=_SESSIONS)
def refine(
    session: Annotated[Path, typer.Argument(help="session folder")],
    mode: options.ModeOption = None,
    model: options.ModelOption = None,
    bridge: Annotated[
        float, typer.Option("--bridge", min=0, max=60, help="longest gap to follow people over, s")
    ] = 2.0,
    camera_height: options.CameraHeightOption = None,
    camera_tilt: options.CameraTiltOption = None,
) -> None:
    """Refine a recorded session: skipped frames, gaps, one steady body for each person.

    The result is a third layer, refined, in the same session; raw and live ones stay. A --mode
    or a --model is run on all frames, else only skipped frames are run.
    """
    from tqdm import tqdm

    from das_app.command_settings import CommandLine
    from das_app.messaging.ending import ending_sets
    from das_app.motion.errors import MotionError
    from das_app.pipeline.refine import RefineCancelledError, RefinePlan, refine_session
    from das_app.session.frames import session_at
    from das_app.session.types import SessionError
    from das_app.sources.frame_source import SourceError
    from das_model.inference.runtime import open_estimator

    folder, settings = session_at(session), _settings(CommandLine(model=model, mode=_mode(mode)))
    if folder is None:
        _fail(f"{session} holds no session: there is no session.mcap")
    plan = RefinePlan(
        folder,
        lambda: open_estimator(settings.model.path(), settings.estimator_options()),
        mode is not None or model is not None,
        settings.people.options().min_score,
        _told_floor(camera_height, camera_tilt),
        bridge,
    )
    try:
        with tqdm(total=100, unit="%") as bar, ending_sets() as stopping:
            report = refine_session(
                plan, lambda share: bar.update(int(100 * share) - bar.n), stopping
            )
    except (SessionError, SourceError, MotionError, RefineCancelledError) as error:
        _fail(str(error))
    except (FileNotFoundError, ValueError) as error:  # of the model
        _fail(str(error))
    typer.echo(report.text())


@app.command(rich_help_panel=_SESSIONS)
def height(
    session: Annotated[Path, typer.Argument(help="session folder")],
    person: Annotated[int, typer.Argument(help="track id")],
    metres: Annotated[
        float | None, typer.Argument(min=0.3, max=2.6, help="standing; without it, as seen")
    ] = None,
) -> None:
    """Say how tall a recorded person is: sets their size and distance in all of the session."""
    from das_app.session.session import Session
    from das_app.session.types import SessionError

    try:
        recorded = Session(session)
        before_m = recorded.height_m(person)
        recorded.set_height(person, metres)
        typer.echo(f"person {person}: {recorded.height_m(person):.2f} m, was {before_m:.2f} m")
    except SessionError as error:
        _fail(str(error))


@app.command(rich_help_panel=_CHECK)
def repair(
    session: Annotated[Path, typer.Argument(help="session folder that a crash left open")],
) -> None:
    """Put a session together that was not closed, with everything that can be read."""
    from das_app.session.repair import repair_session
    from das_app.session.types import SessionError

    try:
        report = repair_session(session)
    except SessionError as error:
        _fail(str(error))
    damage = f", {report.num_damaged_chunks} damaged parts" if report.num_damaged_chunks else ""
    video = ", with video" if report.has_video else ""
    typer.echo(f"{session}: {report.num_frames} frames, {report.duration_s:.1f} s{video}{damage}")


@app.command(rich_help_panel=_CHECK)
def doctor() -> None:
    """Check the installation; exit code 1 when something keeps the application from working."""
    from das_app.doctor import Status, run_checks

    has_failed = False
    for check in run_checks():
        typer.echo(check.line)
        has_failed |= check.status is Status.FAIL
    raise typer.Exit(int(has_failed))


@app.command(rich_help_panel=_CHECK)
def report(
    output: Annotated[Path, typer.Option("-o", "--output", help="the archive, a ZIP file")],
) -> None:
    """Pack log, diagnosis and settings without secrets, to send with the report of a problem."""
    from das_app.doctor import run_checks
    from das_app.files.user_folders import log_folder
    from das_app.report import write_report
    from das_app.settings.settings_file import settings_path

    try:
        lines = (check.line for check in run_checks())
        typer.echo(write_report(output, log_folder(), settings_path(), lines))
    except OSError as error:
        _fail(f"the report cannot be written: {error}")


def _ignored(
    zones: list[str] | None, min_distance_m: float | None, max_distance_m: float | None
) -> "IgnoredSettings | None":
    """Where people are left out; None where nothing is said."""
    from das_app.motion.ignored import Ignored, zone_of
    from das_app.settings.app_settings import IgnoredSettings

    if not zones and min_distance_m is None and max_distance_m is None:
        return None
    near_mm, far_mm = (None if m is None else 1e3 * m for m in (min_distance_m, max_distance_m))
    try:
        places = Ignored(tuple(map(zone_of, zones or ())), near_mm, far_mm)
        return IgnoredSettings.of(places)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def _told_floor(height_m: float | None, tilt_deg: float | None) -> "ToldFloor":
    from das_app.motion.floor_estimate import ToldFloor

    try:
        return ToldFloor(None if height_m is None else 1e3 * height_m, tilt_deg)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def _require_camera(source: str | None) -> None:
    from das_app.pipeline.open_source import SourceKind, source_kind

    if source is None or source_kind(source) is not SourceKind.CAMERA:
        raise typer.BadParameter("--resolution and --fps are asked of a camera; --source is none")


def _run_window(
    line: "CommandLine",
    streams: "StreamPlan",
    floor: "ToldFloor",
    needs_model: bool = False,
    recorded_name: str | None = None,
) -> int:
    """Exit code of the window; a model that it needs loads while it is imported."""
    from das_app.settings.early_model import EarlyModel

    settings, said = _settings(line), _setup(line)
    model = EarlyModel(settings) if needs_model else None
    try:
        from das_app.gui.window.app import run_app
    except ImportError as error:
        _fail(f"the window cannot open: {error}; `das-app doctor` says what is missing")
    try:
        return run_app(settings, streams, floor, said, model, recorded_name)
    finally:
        if model is not None:
            model.wait(_LOADED_S)  # a window that did not open leaves it loading


def _stream_plan(
    streams: list[str] | None,
    origins: list[str] | None,
    remote: str | None = None,
    token: str | None = None,
) -> "StreamPlan":
    """What the command line asks for. Raises BadParameter for what is no stream."""
    from das_app.streaming.streams import StreamPlan

    try:
        return StreamPlan.from_texts(streams or (), origins or (), remote, token)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def _settings(line: "CommandLine") -> "AppSettings":
    try:
        return line.settings()
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def _setup(line: "CommandLine") -> "SaidSetup":
    try:
        return line.setup()
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def _mode(text: str | None) -> "Mode | None":
    from das_model.inference.mode import Mode

    return None if text is None else _one_of(Mode, text, "--mode")


def _layer(text: str) -> "Layer | None":
    """The layer that a text names; None for the best there is."""
    from das_app.session.types import Layer

    return None if text == "best" else _one_of(Layer, text, "--layer")


def _one_of(kind: type[_Choice], text: str, option: str) -> _Choice:
    """The choice that a text names. Raises BadParameter with all there are."""
    try:
        return kind(text)
    except ValueError as error:
        raise typer.BadParameter(f"{option} is one of {', '.join(kind)}; got {text!r}") from error


def _version() -> str:
    import importlib.metadata

    return importlib.metadata.version("das-capture")


def _fail(message: str) -> NoReturn:
    typer.echo(f"error: {message}", err=True)
    raise typer.Exit(1)
