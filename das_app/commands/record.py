"""Commands that record without a window: capture, and the list of cameras."""

from pathlib import Path
from typing import Annotated

import typer

from das_app.commands import options
from das_app.commands.parsing import (
    device_of,
    fail,
    ignored_of,
    mode_of,
    one_of,
    settings_of,
    setup_of,
    stream_plan,
)


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
    device: options.DeviceOption = None,
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
    cluster: options.ClusterOption = None,
) -> None:
    """Capture without a window into a new session folder. Ctrl-C ends it and keeps all so far."""
    from das_app.commands.capture_job import CaptureJob, capture_all, capture_over
    from das_app.commands.command_line import CommandLine
    from das_app.messaging.ending import ending_sets
    from das_app.motion.faces import FaceHiding
    from das_app.pipeline.batch import plan_sessions
    from das_app.pipeline.open_source import SourceKind, require_fitting, source_kind

    streams = stream_plan(stream, allow_origin, remote, remote_token)
    try:
        for kind in map(source_kind, sources):
            require_fitting(
                kind,
                resolution is not None,
                fps is not None,
                slow_motion is not None,
                turn is not None,
                fov is not None or intrinsics is not None,
            )
            if kind is SourceKind.CAMERA and fps is not None and fps < 1:
                raise ValueError(f"--fps of a camera is at least 1, got {fps:g}")
        plan = plan_sessions(sources, output)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    if faces is not None and not video:
        raise typer.BadParameter("--faces is for recorded images, which --video asks for")
    if cluster is not None and (stream or remote is not None):
        raise typer.BadParameter("--cluster captures without --stream and --remote")
    if cluster is not None and any(not Path(source).exists() for source, _ in plan):
        raise typer.BadParameter("--cluster captures files")
    if remote is not None and len(plan) > 1:
        raise typer.BadParameter(f"--remote is for one source, got {len(plan)}")
    line = CommandLine(
        sources[0],
        fov,
        intrinsics,
        intrinsics_camera,
        model,
        mode_of(mode),
        device_of(device),
        resolution,
        fps if fps is not None and fps >= 1 else None,
        turn,
        ignored_of(ignore_zone, min_distance, max_distance),
    )
    settings = settings_of(line)
    job = CaptureJob(
        settings,
        setup_of(line),
        fps,
        slow_motion or 1.0,
        max_frames,
        video,
        settings.view.faces if faces is None else one_of(FaceHiding, faces, "--faces"),
    )
    if cluster is not None:
        try:
            problems = capture_over(job, plan, cluster)
        except ValueError as error:
            raise typer.BadParameter(str(error)) from error
    else:
        with ending_sets() as stopping:
            problems = capture_all(job, plan, streams, stopping)
    if problems:
        if len(plan) > 1:
            typer.echo(f"error: {len(problems)} of {len(plan)} sessions failed:", err=True)
        fail("\n".join(problems))


def devices() -> None:
    """List the cameras by name."""
    from das_app.sources.camera_devices import list_cameras, probe_cameras

    cameras = list_cameras()
    if not cameras:
        typer.echo("no camera found; plug one in, and check that your user may read it")
    for camera, size, problem in probe_cameras(cameras):
        state = f"{size[0]}x{size[1]}" if size else f"cannot be opened: {problem}"
        typer.echo(f"{camera.index}: {camera.name} ({state}) {camera.path}".rstrip())
