"""MCAP for Foxglove: people as `foxglove.SceneUpdate`, with camera and video for its panels.

Metres in camera space: x right, y down, z forward, frame id `camera`. Needs the extra `foxglove`.
"""

import logging
from fractions import Fraction
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, cast

import av
import numpy as np

from das_app.exports.takes.files import export_file
from das_app.exports.takes.take import ExportError, Progress, Take
from das_app.exports.takes.tracks import Track
from das_app.files.encoders import ANNEX_B, film_picture, working_encoder
from das_model.person_colours import person_rgb

if TYPE_CHECKING:
    from foxglove.messages import (
        CameraCalibration,
        CompressedVideo,
        Pose,
        SceneEntity,
        SceneUpdate,
        Timestamp,
    )

_ADVICE = "Foxglove's messages need foxglove-sdk: pip install 'das-capture[foxglove]'"
_M, _RADIUS_M, _LINE_M = 1e-3, 0.03, 0.025
_MS_NS = 1_000_000
_FRAME_ID = "camera"
_log = logging.getLogger(__name__)


def write_foxglove(take: Take, path: Path, on_progress: Progress) -> None:
    """Write a take.

    Raises:
        ExportError: if foxglove-sdk is missing, or the file cannot be written.
    """
    try:
        import foxglove
        from foxglove import channels, messages
    except ImportError as error:
        raise ExportError(f"{_ADVICE} ({error})") from error
    with export_file(path) as new:
        context = foxglove.Context()
        with foxglove.open_mcap(new, allow_overwrite=True, context=context) as writer:
            writer.write_metadata("das", take.about())
            scene = channels.SceneUpdateChannel("/people", context=context)
            lens = channels.CameraCalibrationChannel("/camera/calibration", context=context)
            video = channels.CompressedVideoChannel("/camera/video", context=context)
            for frame in range(len(take.times_s)):
                stamp_ns = _stamp_ns(take, take.recorded_s[frame])
                scene.log(_scene(messages, take, frame, stamp_ns), log_time=stamp_ns)
                if take.cameras:
                    lens.log(_calibration(messages, take, frame, stamp_ns), log_time=stamp_ns)
                on_progress(0.8 * (frame + 1) / len(take.times_s))
            for message, stamp_ns in _video(messages, take):
                video.log(message, log_time=stamp_ns)
    on_progress(1.0)


def _stamp_ns(take: Take, recorded_s: float) -> int:
    return take.origin.start_ns + round(1e9 * float(recorded_s))


def _scene(messages: ModuleType, take: Take, frame: int, stamp_ns: int) -> "SceneUpdate":
    """Everybody of a frame; who is no longer seen is deleted."""
    seen = take.seen_at(frame)
    there = {track.track_id for track, _ in seen}
    gone = [t for t in take.tracks if t.track_id not in there and frame - 1 in t.frames]
    return messages.SceneUpdate(
        deletions=[
            messages.SceneEntityDeletion(
                timestamp=_timestamp(messages, stamp_ns),
                id=take.label_of(track, "person_"),
                type=messages.SceneEntityDeletionType.MatchingId,
            )
            for track in gone
        ],
        entities=[_entity(messages, take, track, place, stamp_ns) for track, place in seen],
    )


def _entity(
    messages: ModuleType, take: Take, track: Track, place: int, stamp_ns: int
) -> "SceneEntity":
    joints = track.joints[place] * _M
    is_there = np.isfinite(joints).all(axis=1)
    colour = messages.Color(
        **{name: part / 255 for name, part in zip("rgb", person_rgb(track.track_id), strict=True)},
        a=1.0,
    )
    corners = [
        messages.Point3(x=float(x), y=float(y), z=float(z))
        for parent, child in take.origin.skeleton.bones
        if is_there[parent] and is_there[child]
        for x, y, z in (joints[parent], joints[child])
    ]
    size = messages.Vector3(x=2 * _RADIUS_M, y=2 * _RADIUS_M, z=2 * _RADIUS_M)
    spheres = [
        messages.SpherePrimitive(pose=_pose(messages, joint), size=size, color=colour)
        for joint in joints[is_there]
    ]
    lines = messages.LinePrimitive(
        type=messages.LinePrimitiveLineType.LineList,
        pose=_pose(messages, np.zeros(3)),
        thickness=_LINE_M,
        points=corners,
        color=colour,
    )
    label = take.label_of(track, "person_")
    return messages.SceneEntity(
        timestamp=_timestamp(messages, stamp_ns),
        frame_id=_FRAME_ID,
        id=label,
        spheres=spheres,
        lines=[lines],
    )


def _pose(messages: ModuleType, place: np.ndarray) -> "Pose":
    x, y, z = map(float, place)
    return messages.Pose(
        position=messages.Vector3(x=x, y=y, z=z),
        orientation=messages.Quaternion(x=0.0, y=0.0, z=0.0, w=1.0),
    )


def _calibration(
    messages: ModuleType, take: Take, frame: int, stamp_ns: int
) -> "CameraCalibration":
    camera = take.cameras[frame]
    distortion = [0.0] * 5 if camera.distortion is None else camera.distortion.tolist()
    projection = np.column_stack([camera.K, np.zeros(3)])
    return messages.CameraCalibration(
        timestamp=_timestamp(messages, stamp_ns),
        frame_id=_FRAME_ID,
        width=camera.size[0],
        height=camera.size[1],
        distortion_model="plumb_bob",
        D=distortion,
        K=camera.K.ravel().tolist(),
        R=np.eye(3).ravel().tolist(),
        P=projection.ravel().tolist(),
    )


def _video(messages: ModuleType, take: Take) -> list[tuple["CompressedVideo", int]]:
    """The pictures as H.264 in Annex B, each with its time in ns; the panel takes no B-frames."""
    if take.video is None or not take.cameras or take.floor is not None:
        return []
    written = []
    with av.open(str(take.video)) as source:
        stream = source.streams.video[0]
        try:
            codec, options = working_encoder(ANNEX_B, (stream.width, stream.height))
        except OSError as error:
            _log.warning("%s is left out: %s", take.video, error)
            return []
        encoder = cast(av.VideoCodecContext, av.CodecContext.create(codec, "w"))
        encoder.width, encoder.height, encoder.pix_fmt = stream.width, stream.height, "yuv420p"
        encoder.time_base = Fraction(1, 1000)
        encoder.options = dict(options)
        for picture in source.decode(stream):
            assert picture.pts is not None  # each in a file has its time
            assert picture.time_base is not None
            film = film_picture(picture, (stream.width, stream.height))
            film.pts = round(1000 * picture.pts * picture.time_base)
            film.time_base = Fraction(1, 1000)
            film.pict_type = 0
            written += [_packet(messages, take, packet) for packet in encoder.encode(film)]
        written += [_packet(messages, take, packet) for packet in encoder.encode(None)]
    begin_ns, end_ns = (_stamp_ns(take, take.recorded_s[n]) for n in (0, -1))
    begin_ns, end_ns = begin_ns - _MS_NS, end_ns + _MS_NS  # times of pictures are whole ms
    return [(message, stamp) for message, stamp in written if begin_ns <= stamp <= end_ns]


def _packet(messages: ModuleType, take: Take, packet: av.Packet) -> tuple["CompressedVideo", int]:
    assert packet.pts is not None  # its picture had one
    assert packet.time_base is not None
    stamp_ns = _stamp_ns(take, float(packet.pts * packet.time_base))
    message = messages.CompressedVideo(
        timestamp=_timestamp(messages, stamp_ns),
        frame_id=_FRAME_ID,
        data=bytes(packet),
        format="h264",
    )
    return message, stamp_ns


def _timestamp(messages: ModuleType, stamp_ns: int) -> "Timestamp":
    return messages.Timestamp(sec=stamp_ns // 10**9, nsec=stamp_ns % 10**9)
