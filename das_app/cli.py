"""The command `das-app`: the window, sessions played in it, capture without one, cameras, and
the doctor.

Each command imports what it needs when it runs: `doctor` must work where a library is missing,
and `--version` should not wait for Qt and the model.
"""

import importlib.metadata
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple, NoReturn, TypeVar

import typer
from tqdm import tqdm

if TYPE_CHECKING:
    from das_app.messaging.messages import PipelineState, PoseResult
    from das_app.pipeline.headless import CaptureSummary
    from das_app.session.faces import FaceHiding
    from das_app.settings.app_settings import AppSettings
    from das_app.streaming.streams import Streams
    from das_app.streaming.targets import StreamTarget
    from das_model.inference.estimate import Estimator

_Choice = TypeVar("_Choice", bound=StrEnum)
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

_SOURCE_HELP = (
    "camera index or name, video file, image, folder of images, rtsp or http address, "
    "session with a video, or `demo`"
)
FovOption = Annotated[
    float | None, typer.Option("--fov", min=2, max=178, help="degrees of the longer side")
]
IntrinsicsOption = Annotated[
    Path | None,
    typer.Option("--intrinsics", help="calibration: our JSON, OpenCV YAML, Pose2Sim TOML"),
]
LensCameraOption = Annotated[
    str, typer.Option("--intrinsics-camera", help="of a calibration with several cameras")
]
ResolutionOption = Annotated[
    str | None, typer.Option("--resolution", help="asked of a camera, such as 1920x1080")
]
FpsOption = Annotated[
    float | None, typer.Option("--fps", min=1, max=1000, help="asked of a camera")
]
RateOption = Annotated[
    float | None,
    typer.Option("--fps", min=0.01, max=1000, help="asked of a camera, or the rate of pictures"),
]
SlowMotionOption = Annotated[
    float | None,
    typer.Option(
        "--slow-motion",
        min=0.1,
        max=100,
        help="how many times slower a video plays than it was filmed",
    ),
]
ModelOption = Annotated[
    str | None, typer.Option("--model", help="ONNX file, or bundled by name: lite, lite-synthetic")
]
ModeOption = Annotated[
    str | None,
    typer.Option(
        "--mode",
        help="fast: one look at everybody; precise: a second look at each person, slower; "
        "auto: precise for files without a window, else as many second looks as there is time for",
    ),
]
StreamOption = Annotated[
    list[str] | None,
    typer.Option(
        "--stream",
        help="send people to other programs: websocket:PORT, osc:HOST:PORT, vmc:HOST:PORT, "
        "vmc:HOST:PORT+N for N people, vrchat:HOST:PORT or lsl; "
        "again for more; to this computer unless a host is named",
    ),
]
_INTERRUPTED = 130  # exit code after Ctrl-C, as shells have it
ToOption = Annotated[
    str,
    typer.Option(
        "--to",
        help="csv, json, npz, angles; trc, c3d, mot; bvh, glb, vrma, usd; rrd, foxglove; coco, "
        "coco-results, openpose, mmpose, motchallenge; mp4",
    ),
]
ExportOutputOption = Annotated[
    Path,
    typer.Option(
        "-o", "--output", help="file; a folder for bvh, vrma, trc, c3d, mot and openpose"
    ),
]
PersonOption = Annotated[
    list[int] | None, typer.Option("--person", help="track id; again for more; else everybody")
]
SpaceOption = Annotated[
    str, typer.Option("--space", help="camera, or floor: levelled, origin below the lens")
]
FillGapsOption = Annotated[
    float, typer.Option("--fill-gaps", help="interpolate gaps up to so many seconds")
]
UntrimmedOption = Annotated[bool, typer.Option("--untrimmed", help="also what was trimmed away")]
MinDurationOption = Annotated[
    float | None,
    typer.Option(
        "--min-duration",
        help="leave out who is seen for fewer seconds; usually 0.5 in formats of motion",
    ),
]
RigOption = Annotated[
    str, typer.Option("--rig", help="names of bones: humanoid, mixamo, vrm, ours")
]
NamesOption = Annotated[str, typer.Option("--names", help="names of markers: ours, pose2sim")]
TogetherOption = Annotated[
    bool, typer.Option("--together", help="trc, c3d: everybody in one file")
]
WithImagesOption = Annotated[
    bool, typer.Option("--with-images", help="coco: write the pictures, too")
]
_STREAM_BEGIN_S, _STREAM_END_S, _LOOK_S = 10.0, 5.0, 0.2


def main() -> None:
    """Entry point of the console command."""
    from das_app.logs import log_folder, start_logging

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


@app.callback(invoke_without_command=True)
def window(
    context: typer.Context,
    source: Annotated[str | None, typer.Option("--source", help=_SOURCE_HELP)] = None,
    fov: FovOption = None,
    intrinsics: IntrinsicsOption = None,
    intrinsics_camera: LensCameraOption = "",
    model: ModelOption = None,
    mode: ModeOption = None,
    resolution: ResolutionOption = None,
    fps: FpsOption = None,
    stream: StreamOption = None,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="print it"),
    ] = False,
) -> None:
    """Live multi-person 3D pose capture. Without a command, opens the window."""
    if context.invoked_subcommand is not None:
        return
    from das_app.pipeline.open_source import SourceKind, source_kind

    is_camera = source is not None and source_kind(source) is SourceKind.CAMERA
    if not is_camera and (resolution is not None or fps is not None):
        raise typer.BadParameter("--resolution and --fps are asked of a camera; --source is none")
    chosen = _chosen_settings(source, fov, intrinsics, intrinsics_camera, model, mode)
    targets = _stream_targets(stream)
    raise typer.Exit(_run_window(_with_camera_mode(chosen, resolution, fps), targets))


@app.command()
def play(
    session: Annotated[Path, typer.Argument(help="session folder, with or without a video")],
    stream: StreamOption = None,
) -> None:
    """Play a recorded session in the window; no model is needed."""
    from das_app.session.frames import RecordedFrames, session_at
    from das_app.session.types import SessionError

    folder = session_at(session)
    if folder is None:
        _fail(f"{session} holds no session: there is no session.mcap")
    try:
        RecordedFrames(folder).close()
    except SessionError as error:
        _fail(str(error))
    settings = _chosen_settings(str(folder.resolve()), None, None, "", None, None)
    raise typer.Exit(_run_window(settings, _stream_targets(stream)))


@app.command()
def stream(
    session: Annotated[Path, typer.Argument(help="session folder")],
    to: Annotated[list[str], typer.Option("--to", help="as --stream of capture; again for more")],
    loop: Annotated[bool, typer.Option("--loop", help="begin again at the end")] = False,
    raw: Annotated[bool, typer.Option("--raw", help="the model's poses, not smoothed")] = False,
    speed: Annotated[float, typer.Option("--speed", min=0.05, max=20)] = 1.0,
    allow_origin: Annotated[
        list[str] | None,
        typer.Option(
            "--allow-origin",
            help="a web page that may read websocket, such as https://me.example; null for pages "
            "opened from disk",
        ),
    ] = None,
) -> None:
    """Replay a recorded session to other programs, without a window. Ctrl-C ends it."""
    from das_app.messaging.ending import ending_sets
    from das_app.pipeline.player import SessionPlayer
    from das_app.session.frames import RecordedFrames, session_at
    from das_app.session.types import SessionError
    from das_app.streaming.streamer import StreamError

    folder, targets = session_at(session), _stream_targets(to)
    if folder is None:
        _fail(f"{session} holds no session: there is no session.mcap")
    ended, problems = threading.Event(), []

    def on_state(state: "PipelineState", message: str) -> None:
        if state.value in ("finished", "faulted", "stopped"):
            problems.extend([message] if state.value == "faulted" else [])
            ended.set()

    try:
        frames = RecordedFrames(folder)
        with _streaming(targets, allow_origin) as streams, ending_sets() as stopping:
            streams.set_names(frames.edits.names)
            player = SessionPlayer(frames, on_state, loop, raw)
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


@app.command()
def capture(
    sources: Annotated[
        list[str],
        typer.Argument(help=f"{_SOURCE_HELP}; several, or a folder of videos: a session each"),
    ],
    output: Annotated[
        Path, typer.Option("-o", "--output", help="folder of the new session, or of several")
    ],
    fov: FovOption = None,
    intrinsics: IntrinsicsOption = None,
    intrinsics_camera: LensCameraOption = "",
    model: ModelOption = None,
    mode: ModeOption = None,
    resolution: ResolutionOption = None,
    fps: RateOption = None,
    slow_motion: SlowMotionOption = None,
    max_frames: Annotated[
        int | None, typer.Option("--max-frames", min=1, help="end after so many frames")
    ] = None,
    video: Annotated[bool, typer.Option(help="record the pictures, too")] = False,
    faces: Annotated[
        str, typer.Option("--faces", help="in recorded pictures: show, blur or black")
    ] = "show",
    stream: StreamOption = None,
) -> None:
    """Capture without a window into a new session folder. Ctrl-C ends it and keeps all so far."""
    from das_app.messaging.ending import ending_sets
    from das_app.pipeline.batch import plan_sessions
    from das_app.pipeline.open_source import require_fitting, source_kind
    from das_app.session.faces import FaceHiding

    targets = _stream_targets(stream)
    try:
        for kind in map(source_kind, sources):
            require_fitting(kind, resolution is not None, fps is not None, slow_motion is not None)
        plan = plan_sessions(sources, output)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    chosen = _chosen_settings(sources[0], fov, intrinsics, intrinsics_camera, model, mode)
    job = _Job(
        _with_camera_mode(chosen, resolution, fps if fps is not None and fps >= 1 else None),
        fov is not None,
        fps,
        slow_motion or 1.0,
        max_frames,
        video,
        _one_of(FaceHiding, faces, "--faces"),
    )
    with ending_sets() as stopping:
        problems = _capture_all(job, plan, targets, stopping)
    if problems:
        if len(plan) > 1:
            typer.echo(f"error: {len(problems)} of {len(plan)} sessions failed:", err=True)
        _fail("\n".join(problems))


@app.command()
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


@app.command()
def export(
    session: Annotated[Path, typer.Argument(help="session folder")],
    to: ToOption,
    output: ExportOutputOption,
    person: PersonOption = None,
    space: SpaceOption = "camera",
    fps: Annotated[float | None, typer.Option("--fps", help="resample to this rate")] = None,
    fill_gaps: FillGapsOption = 0.0,
    raw: Annotated[bool, typer.Option("--raw", help="the model's poses, not smoothed")] = False,
    untrimmed: UntrimmedOption = False,
    min_duration: MinDurationOption = None,
    rig: RigOption = "humanoid",
    names: NamesOption = "ours",
    together: TogetherOption = False,
    with_images: WithImagesOption = False,
    force: Annotated[bool, typer.Option("--force", help="replace what is there")] = False,
) -> None:
    """Write a session in another format."""
    from das_app.exports.formats import ExportFormat, export_session
    from das_app.exports.takes.take import ExportError, ExportOptions, MarkerNames, Space
    from das_app.motion.body.rig import RigNames
    from das_app.session.session import Session, SessionError

    to_format, in_space = _one_of(ExportFormat, to, "--to"), _one_of(Space, space, "--space")
    try:
        wanted = tuple(person) if person else None
        options = ExportOptions(
            wanted,
            fps,
            fill_gaps,
            raw,
            in_space,
            untrimmed,
            min_duration,
            _one_of(RigNames, rig, "--rig"),
            _one_of(MarkerNames, names, "--names"),
            together,
            with_images,
        )
        recorded = Session(session)
        with tqdm(total=100, unit="%") as bar:
            written = export_session(
                recorded,
                to_format,
                output,
                options,
                lambda share: bar.update(int(100 * share) - bar.n),
                force,
            )
    except (ExportError, SessionError, ValueError) as error:
        _fail(str(error))
    typer.echo(written)


@app.command()
def devices() -> None:
    """List the cameras by name."""
    from das_app.sources.camera_devices import list_cameras, probe_size, why_closed

    cameras = list_cameras()
    if not cameras:
        typer.echo("no camera found; plug one in, and check that your user may read it")
    for camera in cameras:
        size = probe_size(camera)
        problem = "" if size else why_closed(camera.index, camera.path)
        state = f"{size[0]}x{size[1]}" if size else f"cannot be opened: {problem}"
        typer.echo(f"{camera.index}: {camera.name} ({state}) {camera.path}".rstrip())


@app.command()
def doctor() -> None:
    """Check the installation; exit code 1 when something keeps the application from working."""
    from das_app.doctor import Status, run_checks

    has_failed = False
    for check in run_checks():
        advice = f" -> {check.advice}" if check.advice else ""
        typer.echo(f"{check.status.value:4} {check.name}: {check.detail}{advice}")
        has_failed |= check.status is Status.FAIL
    raise typer.Exit(int(has_failed))


def _run_window(settings: "AppSettings", targets: tuple["StreamTarget", ...]) -> int:
    """Exit code of the window."""
    try:
        from das_app.gui.window.app import run_app
    except ImportError as error:
        _fail(f"the window cannot open: {error}; `das-app doctor` says what is missing")
    return run_app(settings, targets)


def _stream_targets(texts: list[str] | None) -> tuple["StreamTarget", ...]:
    from das_app.streaming.targets import StreamTarget

    try:
        targets = tuple(StreamTarget.from_text(text) for text in texts or ())
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    told = [target.text for target in targets]
    twice = sorted({text for text in told if told.count(text) > 1})
    if twice:
        raise typer.BadParameter(f"{twice[0]} is given twice; each stream needs its own place")
    return targets


@contextmanager
def _streaming(
    targets: tuple["StreamTarget", ...], allowed_origins: list[str] | None = None
) -> Iterator["Streams"]:
    """Streams that run meanwhile. Raises StreamError where one cannot begin."""
    from das_app.streaming.streams import Streams

    streams = Streams(tuple(allowed_origins or ()))
    try:
        for target in targets:
            streamer = streams.start(target)
            streamer.wait_begun(_STREAM_BEGIN_S)
            typer.echo(f"streaming {target.kind}: {streamer.figures().address}")
        yield streams
    finally:
        streams.close(_STREAM_END_S)


def _chosen_settings(
    source: str | None,
    fov: float | None,
    intrinsics: Path | None,
    intrinsics_camera: str,
    model: str | None,
    mode: str | None,
) -> "AppSettings":
    """The kept settings with what the command line says instead."""
    from das_app.lens.intrinsics import LensOrigin
    from das_app.settings.settings_file import load_settings, settings_path
    from das_app.sources.addresses import DEMO_SOURCE

    if fov is not None and intrinsics is not None:
        raise typer.BadParameter("--fov and --intrinsics exclude each other")
    settings = load_settings(settings_path())
    settings = replace(settings, source=replace(settings.source, name=source or DEMO_SOURCE))
    lens = settings.lens
    if fov is not None:
        lens = replace(lens, fov_deg=fov, origin=LensOrigin.FOV, file=None, camera="")
    if intrinsics is not None:
        lens = replace(lens, file=intrinsics, camera=intrinsics_camera)
    chosen = settings.model
    if mode is not None:
        from das_model.inference.mode import Mode

        chosen = replace(chosen, mode=_one_of(Mode, mode, "--mode"))
    if model is not None:
        from das_app.settings.models import model_file

        chosen = replace(chosen, file=model_file(model))
    return replace(settings, lens=lens, model=chosen)


def _with_camera_mode(
    settings: "AppSettings", resolution: str | None, fps: float | None
) -> "AppSettings":
    """The settings with what the command line asks of a camera."""
    try:
        present = settings.source
        camera = replace(
            present,
            resolution=resolution or present.resolution,
            camera_fps=fps or present.camera_fps,
        )
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    return replace(settings, source=camera)


class _Job(NamedTuple):
    """What is wanted of every source."""

    settings: "AppSettings"
    has_fov: bool
    images_per_s: float | None
    slow_motion: float
    max_frames: int | None
    has_video: bool
    faces: "FaceHiding"


def _capture_all(
    job: _Job,
    plan: list[tuple[str, Path]],
    targets: tuple["StreamTarget", ...],
    stopping: threading.Event,
) -> list[str]:
    """Capture each source, going on after one that fails; what went wrong of each."""
    from das_app.pipeline.headless import CaptureError
    from das_app.session.types import SessionError
    from das_app.sources.frame_source import SourceError
    from das_app.streaming.streamer import StreamError

    expected = (
        CaptureError,
        SessionError,
        SourceError,
        StreamError,
        FileNotFoundError,
        ValueError,
    )
    problems: list[str] = []
    try:
        with _streaming(targets) as streams:
            estimator = None
            for source, folder in plan:
                if stopping.is_set():
                    problems.append(f"{source}: not captured, it was asked to end")
                    continue
                try:
                    estimator, summary = _capture(
                        job, source, folder, estimator, streams, stopping
                    )
                    _tell(folder, summary)
                except expected as error:
                    problems.append(str(error))
    except expected as error:
        problems.append(str(error))
    return problems


def _capture(
    job: _Job,
    spec: str,
    output: Path,
    estimator: "Estimator | None",
    streams: "Streams",
    stopping: threading.Event,
) -> tuple["Estimator", "CaptureSummary"]:
    """Capture one source; the source is opened first, as the model takes seconds to load.

    The calibration kept for a camera counts unless a field of view was asked for.
    """
    from das_app.lens.calibration_files import lens_of_camera
    from das_app.pipeline.headless import CaptureError, capture_file, capture_live
    from das_app.pipeline.open_source import open_source
    from das_app.session.origin import session_origin
    from das_app.session.recorder import Recorder
    from das_app.sources.image_source import IMAGES_PER_S
    from das_model.inference.runtime import open_estimator

    settings = job.settings
    model_file = settings.model.path()
    source = open_source(
        spec,
        settings.lens.intrinsics(),
        settings.source.camera_mode(),
        job.images_per_s or IMAGES_PER_S,
        job.slow_motion,
    )
    try:
        if estimator is None:
            estimator = open_estimator(model_file, settings.estimator_options())
        first = source.read() if source.is_live and not job.has_fov else None
        if first is not None:
            source.intrinsics = lens_of_camera(source.name, first.camera.size, source.intrinsics)
        if stopping.is_set():
            raise CaptureError(f"{source.name}: it was asked to end before a frame came")
        origin = session_origin(
            source, estimator.skeleton, estimator.model_name, model_file, settings.model.mode
        )
        waits = not source.is_live
        recorder = Recorder(output, origin, has_video=job.has_video, waits=waits, faces=job.faces)
    except Exception:
        source.close()
        raise
    run = capture_live if source.is_live else capture_file
    total = min((n for n in (source.num_frames, job.max_frames) if n is not None), default=None)
    with tqdm(total=total, unit="frame") as bar, streams.marked_run():

        def on_result(result: "PoseResult") -> None:
            streams(result)
            bar.update()

        return estimator, run(
            source,
            estimator,
            recorder,
            stopping,
            on_result,
            job.max_frames,
            settings.people.options(),
        )


def _tell(output: Path, summary: "CaptureSummary") -> None:
    """Print the figures of a capture."""
    typer.echo(
        f"{output}: {summary.num_frames} frames with {summary.num_people} poses, "
        f"capture {summary.capture_fps:.1f} fps, inference {summary.inference_fps:.1f} fps, "
        f"{summary.num_dropped} dropped"
    )
    stats = summary.stats
    if stats.interval_median_ms > 0:
        typer.echo(
            f"between frames: median {stats.interval_median_ms:.1f} ms, 95 % within "
            f"{stats.interval_p95_ms:.1f} ms, {100 * stats.share_doubled:.0f} % doubled; "
            f"{stats.num_lost} lost by the source"
        )


def _one_of(kind: type[_Choice], text: str, option: str) -> _Choice:
    """The choice that a text names. Raises BadParameter with all there are."""
    try:
        return kind(text)
    except ValueError as error:
        raise typer.BadParameter(f"{option} is one of {', '.join(kind)}; got {text!r}") from error


def _version() -> str:
    return importlib.metadata.version("das-capture")


def _fail(message: str) -> NoReturn:
    typer.echo(f"error: {message}", err=True)
    raise typer.Exit(1)
