"""Headless capture of several sources, a session each, with streams."""

import shutil
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import typer
from tqdm import tqdm

from das_app.commands.remote_capture import RemoteCapture
from das_app.commands.thread_choice import with_measured_threads
from das_app.files.image_files import IMAGES_PER_S
from das_app.lens.calibration_files import lens_of_camera
from das_app.messaging.messages import PoseResult
from das_app.motion.faces import FaceHiding
from das_app.pipeline.headless import CaptureError, CaptureSummary, capture_file, capture_live
from das_app.pipeline.open_source import open_source, source_key
from das_app.pipeline.size_notes import size_notes
from das_app.session.origin import session_origin
from das_app.session.recorder import Recorder
from das_app.session.session import Session
from das_app.session.types import SessionError
from das_app.settings.app_settings import AppSettings
from das_app.settings.models import device_note
from das_app.settings.source_setups import NOTHING_SAID, SaidSetup, SourceSetups
from das_app.sources.addresses import shown_address
from das_app.sources.frame_source import FrameSource, SourceError
from das_app.sources.own_packets import own_packets
from das_app.sources.turned_source import turn_of
from das_app.streaming.remote_osc import RemotePort
from das_app.streaming.streamer import StreamError
from das_app.streaming.streams import StreamPlan, Streams
from das_app.streaming.targets import StreamTarget
from das_app.words.said import counted
from das_model.inference.estimate import Estimator, EstimatorOptions
from das_model.inference.ordered_pool import one_thread
from das_model.inference.runtime import open_estimator
from das_model.shared_work import shared_out

_EXPECTED = (CaptureError, SessionError, SourceError, StreamError, FileNotFoundError, ValueError)
_STREAM_BEGIN_S, _STREAM_END_S = 10.0, 5.0


@dataclass(frozen=True, slots=True)
class CaptureJob:
    """Options of a capture, the same for every source.

    Args:
        settings: camera mode, model, and how people are followed over time.
        said: lens and turn as the command line says; a field of view goes before the calibration
            kept for a camera.
        images_per_s: rate of folders of images; None for the default.
        slow_motion: how many times slower a video plays than it was filmed.
        max_frames: end after so many; None for all.
        has_video: record the images, too.
        faces: what hides them in recorded images.
    """

    settings: AppSettings
    said: SaidSetup = NOTHING_SAID
    images_per_s: float | None = None
    slow_motion: float = 1.0
    max_frames: int | None = None
    has_video: bool = False
    faces: FaceHiding = FaceHiding.NONE


@contextmanager
def running_streams(plan: StreamPlan, must_begin: bool = True) -> Iterator[Streams]:
    """Streams and a remote control that run meanwhile, and are named.

    Args:
        plan: which.
        must_begin: every stream; else it is said which one cannot, and the others go on.

    Raises:
        StreamError: where a stream that must begin, or the remote control, cannot.
    """
    streams, port = Streams(plan.allowed_origins), None
    try:
        if plan.remote is not None:
            port = _remote_port(plan.remote, plan, streams)
        for target in plan.targets:
            streamer = streams.start(target)
            try:
                streamer.wait_begun(_STREAM_BEGIN_S)
            except StreamError as error:
                if must_begin:
                    raise
                typer.echo(f"warning: {error}; the recording goes on without it", err=True)
            else:
                typer.echo(f"streaming {target.kind}: {streamer.figures().address}")
        yield streams
    finally:
        streams.remote.switch_off()
        if port is not None:
            port.close()
        streams.close(_STREAM_END_S)


def _remote_port(target: StreamTarget, plan: StreamPlan, streams: Streams) -> RemotePort:
    """The remote control's port, named."""
    try:
        port = RemotePort(target, streams.remote)
    except OSError as error:
        raise StreamError(f"remote control at {target.text}: {error.strerror}") from error
    streams.remote.switch_on(plan.token)
    told = f", token {plan.token}" if plan.is_token_made else ""
    typer.echo(f"remote control: osc at {target.host}:{port.port}{told}")
    return port


def capture_all(
    job: CaptureJob,
    plan: list[tuple[str, Path]],
    streaming: StreamPlan,
    stopping: threading.Event,
) -> list[str]:
    """Capture each source, going on after one that fails; what went wrong of each.

    Args:
        job: what is wanted.
        plan: sources, and the folder of the session of each.
        streaming: where people are streamed to meanwhile; with a remote control it waits for the
            order to start.
        stopping: set to end.
    """
    problems: list[str] = []
    try:
        with (
            running_streams(streaming, must_begin=False) as streams,
            RemoteCapture(streams, stopping) if streaming.remote else nullcontext() as remote,
        ):
            estimator = None
            for source, folder in plan:
                if stopping.is_set():
                    problems.append(f"{shown_address(source)}: not captured, it was asked to end")
                    continue
                try:
                    estimator, summary = capture(
                        job, source, folder, estimator, streams, stopping, remote
                    )
                    typer.echo("\n".join(_figures(folder, summary, Session(folder))))
                    if summary.delivered:
                        typer.echo(f"camera: {summary.delivered}")
                except _EXPECTED as error:
                    problems.append(str(error))
    except _EXPECTED as error:
        problems.append(str(error))
    return problems


def capture_over(job: CaptureJob, plan: list[tuple[str, Path]], cluster: str) -> list[str]:
    """`capture_all` of files on the workers of a dask scheduler, whose disks have the same paths.

    A session is seen at its place when it is whole: what a lost worker leaves is taken away.
    """
    taken = [folder for _, folder in plan if folder.exists() and any(folder.iterdir())]
    problems = [f"{folder} is not empty; nothing was captured there" for folder in taken]
    parts = [
        (str(Path(spec).expanduser().resolve()), folder.resolve())
        for spec, folder in plan
        if folder not in taken
    ]
    with tqdm(total=len(parts), unit="session") as bar:
        for number, told in shared_out(partial(_capture_apart, job), parts, 1, cluster):
            bar.update()
            if isinstance(told, _EXPECTED):
                problems.append(str(told))
            elif isinstance(told, Exception):
                problems.append(f"{parts[number][0]}: {type(told).__name__}: {told}")
            else:
                bar.write("\n".join(told))
    for _, folder in parts:
        for left in folder.parent.glob(f".{folder.name}.part-*"):
            shutil.rmtree(left, ignore_errors=True)
    return problems


def _capture_apart(job: CaptureJob, part: tuple[str, Path]) -> list[str]:
    """Capture a file beside its session's place, and move it there; lines to be told."""
    spec, folder = part
    beside = folder.with_name(f".{folder.name}.part-{uuid.uuid4().hex}")
    _, summary = capture(job, spec, beside, None, Streams(()), threading.Event())
    lines = _figures(folder, summary, Session(beside))
    beside.rename(folder)
    return lines


def capture(
    job: CaptureJob,
    spec: str,
    output: Path,
    estimator: Estimator | None,
    streams: Streams,
    stopping: threading.Event,
    remote: RemoteCapture | None = None,
) -> tuple[Estimator, CaptureSummary]:
    """Capture one source into a session folder.

    The source is opened first, as the model takes seconds to load; with an `estimator` of a
    former capture of the same kind, live or not, it need not. Returns the estimator, for the
    next, and figures.
    """
    settings = job.settings
    model_file = settings.model.path()
    setup = SourceSetups(job.said).of(source_key(spec), spec)
    ignored = setup.ignored.places()
    source = open_source(
        spec,
        setup.lens.intrinsics(),
        settings.source.camera_mode(),
        job.images_per_s or IMAGES_PER_S,
        job.slow_motion,
        setup.camera.turn,
        setup.camera.wanted(),
    )
    try:
        options = settings.estimator_options()
        if source.is_live:
            options = with_measured_threads(model_file, options)
        else:
            options = one_thread(options)
        if estimator is None or estimator.options != options:
            estimator = _opened(model_file, options)
        has_said_fov = job.said.lens is not None and job.said.lens.file is None
        if source.is_live and not has_said_fov:
            _use_kept_lens(source)
        if remote is not None:
            typer.echo("waiting for the order to start")
            remote.wait_for_start(source)
        if stopping.is_set():
            raise CaptureError(f"{source.name}: it was asked to end before a frame came")
        origin = session_origin(
            source,
            estimator.skeleton,
            estimator.model_name,
            model_file,
            settings.model.mode,
            ignored,
        )
        waits = not source.is_live
        has_copy = job.has_video and job.faces is FaceHiding.NONE
        recorder = Recorder(
            output,
            origin,
            has_video=job.has_video,
            waits=waits,
            faces=job.faces,
            packets=own_packets(source) if has_copy else None,
            camera_video=settings.recording.camera_video,
        )
        if remote is not None:
            remote.began(recorder)
    except Exception:
        source.close()
        raise
    run = capture_live if source.is_live else capture_file
    total = min((n for n in (source.num_frames, job.max_frames) if n is not None), default=None)
    with tqdm(total=total, unit="frame") as bar, streams.marked_run():

        def on_result(result: PoseResult) -> None:
            streams(result)
            bar.update()

        people = replace(settings.people.options(), ignored=ignored)
        return estimator, run(
            source, estimator, recorder, stopping, on_result, job.max_frames, people
        )


def _opened(model_file: Path, options: EstimatorOptions) -> Estimator:
    """The model; where it does not run on the device of the settings, it is said."""
    estimator = open_estimator(model_file, options)
    if note := device_note(options.device, estimator.provider):
        typer.echo(f"warning: {note}", err=True)
    return estimator


def _use_kept_lens(source: FrameSource) -> None:
    """The calibration kept for a camera counts; it takes a frame to know the camera's size."""
    first = source.read()
    if first is not None:
        size = turn_of(source).size_before(first.camera.size)
        source.intrinsics = lens_of_camera(source.name, size, source.intrinsics)


def _figures(output: Path, summary: CaptureSummary, session: Session) -> list[str]:
    """The figures of a capture, and whose size may be wrong."""
    lines = [
        f"{output}: {counted(summary.num_frames, '1 frame', '{number} frames')} with "
        f"{counted(summary.num_people, '1 pose', '{number} poses')}, "
        f"capture {summary.capture_fps:.1f} fps, inference {summary.inference_fps:.1f} fps, "
        f"{summary.num_dropped} dropped"
    ]
    stats = summary.stats
    if stats.interval_median_ms > 0:
        lines.append(
            f"between frames: median {stats.interval_median_ms:.1f} ms, 95 % within "
            f"{stats.interval_p95_ms:.1f} ms, {100 * stats.share_doubled:.0f} % doubled; "
            f"{stats.num_lost} lost by the source"
        )
    return lines + [
        f"{note}; `das-app height {output} PERSON METRES` sets a height"
        for note in size_notes(session)
    ]
