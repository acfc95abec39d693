"""Rerun recording: people as named skeletons, the camera, the video and plots of scores.

Metres in camera space: x right, y down, z forward. Needs the extra `rerun`.
"""

import importlib
import io
import logging
from fractions import Fraction
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, cast

import av
import numpy as np

from das_app.exports.takes.files import export_file
from das_app.exports.takes.take import ExportError, Progress, Take
from das_app.files.encoders import FILM, film_picture, working_encoder
from das_app.motion.kinematics import ANGLE_NAMES, joint_angles
from das_model.person_colours import person_rgb

if TYPE_CHECKING:
    from rerun import AnnotationContext, RecordingStream
    from rerun.blueprint import Blueprint

_ADVICE = "Rerun recordings need rerun-sdk: pip install 'das-capture[rerun]'"
_M = 1e-3
_PLOTTED = ("left_knee", "right_knee", "left_elbow", "right_elbow")
_PLOTS = (*_PLOTTED, "score")
_SHOWN_CODECS = ("h264", "hevc", "av1", "libdav1d")
_H264 = tuple(encoder for encoder in FILM if encoder.name != "mpeg4")
_log = logging.getLogger(__name__)


def write_rrd(take: Take, path: Path, on_progress: Progress) -> None:
    """Write a take.

    Raises:
        ExportError: if rerun-sdk is missing, or the file cannot be written.
    """
    try:
        import rerun
    except ImportError as error:
        raise ExportError(f"{_ADVICE} ({error})") from error
    with export_file(path) as new:
        recording = rerun.RecordingStream("das_capture")
        recording.save(str(new))
        recording.send_blueprint(_layout())
        recording.log("about", rerun.TextDocument(_text(take)), static=True)
        recording.log("world", rerun.ViewCoordinates.RDF, static=True)
        recording.log("world", _classes(rerun, take), static=True)
        _add_plot_colours(rerun, recording, take)
        video = _add_video(rerun, recording, take)
        for frame in range(len(take.times_s)):
            recording.set_time("time", duration=float(take.times_s[frame]))
            recording.set_time("frame", sequence=frame)
            _add_camera(rerun, recording, take, frame, video)
            _add_people(rerun, recording, take, frame)
            on_progress((frame + 1) / len(take.times_s))
        recording.flush()
        recording.disconnect()


def _text(take: Take) -> str:
    about = take.about() | {"space": take.space_text("m", "x right, y down, z forward")}
    return "\n".join(f"{name}: {text}" for name, text in about.items())


def _classes(rerun: ModuleType, take: Take) -> "AnnotationContext":
    """Each person's joints and bones by name; a class is 16 bits, so it is the number of a track
    in the take."""
    skeleton = take.origin.skeleton
    names = [rerun.AnnotationInfo(n, name) for n, name in enumerate(skeleton.joint_names)]
    return rerun.AnnotationContext(
        [
            rerun.ClassDescription(
                info=rerun.AnnotationInfo(
                    number,
                    take.label_of(track, "person_"),
                    person_rgb(track.track_id),
                ),
                keypoint_annotations=names,
                keypoint_connections=list(skeleton.bones),
            )
            for number, track in enumerate(take.tracks)
        ]
    )


def _layout() -> "Blueprint":
    """The room beside the picture and the plots, a plot for everybody together."""
    views = importlib.import_module("rerun.blueprint")
    plots = [
        views.TimeSeriesView(origin=f"plots/{name}", name=name.replace("_", " "))
        for name in _PLOTS
    ]
    side = views.Vertical(
        views.Spatial2DView(origin="world/camera", name="picture"),
        views.Tabs(*plots),
        row_shares=[3, 2],
    )
    room = views.Tabs(
        views.Spatial3DView(origin="world", name="room"),
        views.TextDocumentView(origin="about", name="about"),
    )
    return views.Blueprint(
        views.Horizontal(room, side, column_shares=[3, 2]), collapse_panels=True
    )


def _add_plot_colours(rerun: ModuleType, recording: "RecordingStream", take: Take) -> None:
    """Everybody's lines in their colour."""
    for track in take.tracks:
        line = rerun.SeriesLines(colors=[person_rgb(track.track_id)])
        label = take.label_of(track, "person_")
        for name in _PLOTS:
            recording.log(f"plots/{name}/{label}", line, static=True)


def _add_video(rerun: ModuleType, recording: "RecordingStream", take: Take) -> bytes | None:
    """The session's video as an asset; its bytes, None where the viewer could show none."""
    if take.video is None or not take.cameras:
        return None
    path = "world/camera/picture"
    try:
        data = mp4_of(take.video)
    except OSError as error:
        _log.warning("%s is left out: %s", take.video, error)
        return None
    recording.log(path, rerun.AssetVideo(contents=data, media_type="video/mp4"), static=True)
    return data


def mp4_of(video: Path) -> bytes:
    """The same pictures in the container that the viewer reads.

    They are encoded anew where it does not show their codec, such as a camera's JPEG. Raises
    OSError where no encoder for it is here.
    """
    buffer = io.BytesIO()
    with av.open(str(video)) as source, av.open(buffer, "w", format="mp4") as out:
        is_shown = source.streams.video[0].codec_context.name in _SHOWN_CODECS
        (_copy if is_shown else _encode)(source, out)
    return buffer.getvalue()


def _copy(source: av.container.InputContainer, out: av.container.OutputContainer) -> None:
    stream = out.add_stream_from_template(source.streams.video[0])
    packets = [packet for packet in source.demux(video=0) if packet.pts is not None]
    for packet, dts in zip(packets, _decoding_times(packets), strict=True):
        packet.stream, packet.dts = stream, dts
        out.mux(packet)


def _encode(source: av.container.InputContainer, out: av.container.OutputContainer) -> None:
    """Pictures with their times. Raises OSError where no encoder is here."""
    shown = source.streams.video[0]
    size = (shown.width - shown.width % 2, shown.height - shown.height % 2)
    codec, options = working_encoder(_H264, size)
    stream = cast(av.VideoStream, out.add_stream(codec, rate=25, options=options))
    stream.width, stream.height = size
    stream.pix_fmt = "yuv420p"
    stream.codec_context.time_base = shown.time_base or Fraction(1, 1000)
    for picture in source.decode(shown):
        if picture.pts is not None:
            even = film_picture(picture, size)
            even.pts, even.time_base = picture.pts, shown.time_base
            out.mux(stream.encode(even))
    out.mux(stream.encode(None))


def _decoding_times(packets: list[av.Packet]) -> list[int]:
    """Rising times, none after its packet's picture is shown; Matroska keeps none of its own."""
    shown = [packet.pts for packet in packets if packet.pts is not None]
    rising = sorted(shown)
    late = max((in_turn - own for in_turn, own in zip(rising, shown, strict=True)), default=0)
    return [time - late for time in rising]


def _add_camera(
    rerun: ModuleType, recording: "RecordingStream", take: Take, frame: int, video: bytes | None
) -> None:
    if not take.cameras or take.floor is not None:
        return
    camera = take.cameras[frame]
    if frame == 0 or take.cameras[frame - 1] is not camera:
        pinhole = rerun.Pinhole(
            image_from_camera=camera.K,
            resolution=camera.size,
            camera_xyz=rerun.ViewCoordinates.RDF,
        )
        recording.log("world/camera", pinhole)
    if video is not None:
        picture = rerun.VideoFrameReference(seconds=float(take.recorded_s[frame]))
        recording.log("world/camera/picture", picture)


def _add_people(rerun: ModuleType, recording: "RecordingStream", take: Take, frame: int) -> None:
    skeleton = take.origin.skeleton
    seen = {track.track_id: (track, place) for track, place in take.seen_at(frame)}
    for number, track in enumerate(take.tracks):
        path = f"world/people/{take.label_of(track, 'person_')}"
        if track.track_id not in seen:
            if frame - 1 in track.frames:
                recording.log(path, rerun.Clear(recursive=True))
            continue
        place = seen[track.track_id][1]
        there = np.flatnonzero(np.isfinite(track.joints[place]).all(axis=1))
        points = rerun.Points3D(
            track.joints[place, there] * _M,
            keypoint_ids=there,
            class_ids=[number] * len(there),
            colors=[person_rgb(track.track_id)] * len(there),
            radii=0.02,
            show_labels=False,  # of 22 joints each; under the pointer they tell their names
        )
        recording.log(path, points)
        label = take.label_of(track, "person_")
        recording.log(f"plots/score/{label}", rerun.Scalars(float(track.scores[place])))
        angles = joint_angles(track.joints[place], skeleton)
        for name in _PLOTTED:
            value = float(angles[ANGLE_NAMES.index(name)])
            if np.isfinite(value):
                recording.log(f"plots/{name}/{label}", rerun.Scalars(value))
