"""Commands on recorded sessions: stream, export, refine and people's heights."""

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from das_app.commands import options
from das_app.commands.parsing import (
    device_of,
    fail,
    layer_of,
    mode_of,
    one_of,
    settings_of,
    stream_plan,
    told_floor,
)

if TYPE_CHECKING:
    from das_app.messaging.messages import PipelineState

_LOOK_S = 0.2  # assumed: how late Ctrl-C may be


def stream(
    session: Annotated[Path, typer.Argument(help="session folder")],
    to: Annotated[list[str], typer.Option("--to", help="as --stream of capture; again for more")],
    loop: Annotated[bool, typer.Option("--loop", help="begin again at the end")] = False,
    layer: options.LayerOption = "best",
    speed: Annotated[float, typer.Option("--speed", min=0.05, max=20)] = 1.0,
    allow_origin: options.AllowOriginOption = None,
) -> None:
    """Replay a recorded session to other programs, without a window. Ctrl-C ends it."""
    from das_app.commands.capture_job import running_streams
    from das_app.messaging.ending import ending_sets
    from das_app.pipeline.player import SessionPlayer
    from das_app.session.format import session_at
    from das_app.session.frames import RecordedFrames
    from das_app.session.types import SessionError
    from das_app.streaming.streamer import StreamError

    folder, plan = session_at(session), stream_plan(to, allow_origin)
    if folder is None:
        fail(f"{session} holds no session: there is no session.mcap")
    ended, problems = threading.Event(), []

    def on_state(state: "PipelineState", message: str) -> None:
        if state.value in ("finished", "faulted", "stopped"):
            problems.extend([message] if state.value == "faulted" else [])
            ended.set()

    try:
        frames = RecordedFrames(folder)
        with running_streams(plan) as streams, ending_sets() as stopping:
            streams.set_names(frames.edits.names)
            shown = layer_of(layer) or frames.session.best_layer
            player = SessionPlayer(frames, on_state, loop, shown)
            player.set_speed(speed)
            player.add_sink(streams)
            player.start()
            while not (ended.wait(_LOOK_S) or stopping.is_set()):
                pass
            player.stop()
    except (SessionError, StreamError) as error:
        fail(str(error))
    if problems:
        fail(problems[0])


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

    to_format, in_space = one_of(ExportFormat, to, "--to"), one_of(Space, space, "--space")
    try:
        wanted = ExportOptions(
            tuple(person) if person else None,
            fps,
            fill_gaps,
            layer_of(layer),
            in_space,
            untrimmed,
            min_duration,
            one_of(RigNames, rig, "--rig"),
            one_of(MarkerNames, names, "--names"),
            together,
            with_images,
            told_floor(camera_height, camera_tilt),
            one_of(FaceHiding, faces, "--faces"),
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
        fail(str(error))
    typer.echo(written)


def refine(
    session: Annotated[Path, typer.Argument(help="session folder")],
    mode: options.ModeOption = None,
    model: options.ModelOption = None,
    device: options.DeviceOption = None,
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

    from das_app.commands.command_line import CommandLine
    from das_app.messaging.ending import ending_sets
    from das_app.motion.errors import MotionError
    from das_app.pipeline.refine import RefineCancelledError, RefinePlan, refine_session
    from das_app.session.format import session_at
    from das_app.session.types import SessionError
    from das_app.sources.frame_source import SourceError
    from das_model.inference.runtime import open_estimator

    folder, settings = (
        session_at(session),
        settings_of(CommandLine(model=model, mode=mode_of(mode), device=device_of(device))),
    )
    if folder is None:
        fail(f"{session} holds no session: there is no session.mcap")
    plan = RefinePlan(
        folder,
        lambda: open_estimator(settings.model.path(), settings.estimator_options()),
        mode is not None or model is not None,
        settings.people.options().min_score,
        told_floor(camera_height, camera_tilt),
        bridge,
    )
    try:
        with tqdm(total=100, unit="%") as bar, ending_sets() as stopping:
            report = refine_session(
                plan, lambda share: bar.update(int(100 * share) - bar.n), stopping
            )
    except (SessionError, SourceError, MotionError, RefineCancelledError) as error:
        fail(str(error))
    except (FileNotFoundError, ValueError) as error:  # of the model
        fail(str(error))
    typer.echo(report.text())


def height(
    session: Annotated[Path, typer.Argument(help="session folder")],
    person: Annotated[int, typer.Argument(help="track id")],
    metres: Annotated[
        float | None, typer.Argument(min=0.3, max=2.6, help="standing; without it, as seen")
    ] = None,
) -> None:
    """Set how tall a recorded person is, and so their size and distance in the whole session."""
    from das_app.session.session import Session
    from das_app.session.types import SessionError

    try:
        recorded = Session(session)
        before_m = recorded.height_m(person)
        recorded.set_height(person, metres)
        typer.echo(f"person {person}: {recorded.height_m(person):.2f} m, was {before_m:.2f} m")
    except SessionError as error:
        fail(str(error))
