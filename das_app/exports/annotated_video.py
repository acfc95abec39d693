"""MP4: the recorded pictures with everybody's skeleton and id on them, at their own times."""

from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

from das_app.exports.files import whole_file
from das_app.exports.take import ExportError, ExportOptions, Progress, Space, about_poses
from das_app.pipeline.session import Session
from das_app.pipeline.session_types import RecordedPoses

_TIME_BASE = Fraction(1, 1000)
_COLOURS = (
    (232, 77, 61), (51, 140, 230), (64, 179, 102), (242, 179, 38), (158, 102, 217), (51, 191, 191),
    (237, 115, 179), (200, 200, 205),
)  # fmt: skip
_OUTLINE = (8, 10, 13)


def write_annotated_video(
    session: Session, options: ExportOptions, path: Path, on_progress: Progress
) -> None:
    """Write the session's video with overlays; frames without a picture are left out.

    Raises:
        ExportError: if there is no video, a rate, filled gaps or the floor are asked for, nobody
            has the ids asked for, or the file cannot be written.
    """
    if session.video_path is None:
        raise ExportError(f"{session.folder} has no video to draw on")
    if options.fps is not None or options.fill_gaps_s or options.space is not Space.CAMERA:
        raise ExportError("a video keeps its own frames; leave frame rate, gaps and space out")
    about = about_poses(session.origin, options) | {"frames": "as recorded, at their times"}
    with whole_file(path) as new, av.open(str(session.video_path)) as video:
        with av.open(str(new), "w", format="mp4", options={"movflags": "faststart"}) as out:
            out.metadata["comment"] = "; ".join(f"{k}: {v}" for k, v in about.items())
            num_drawn = _draw_all(session, options, video, out, on_progress)
        if not num_drawn and options.person_ids is not None:
            raise ExportError(f"no person has the id {set(options.person_ids)}")


def _draw_all(
    session: Session,
    options: ExportOptions,
    video: av.container.InputContainer,
    out: av.container.OutputContainer,
    on_progress: Progress,
) -> int:
    """Draw on every picture; how many people were drawn."""
    source = video.streams.video[0]
    stream = out.add_stream("libx264", rate=source.average_rate or 30)
    stream.width, stream.height, stream.pix_fmt = source.width, source.height, "yuv420p"
    stream.options = {"preset": "veryfast", "crf": "18"}
    stream.codec_context.time_base = _TIME_BASE
    frames = session.between(is_raw=options.is_raw)
    num_drawn = 0
    pictures = enumerate(video.decode(source))
    for poses in (poses for poses in frames if poses.picture is not None):
        picture = next((picture for n, picture in pictures if n == poses.picture), None)
        if picture is None:
            break  # the end of the video was lost
        image = picture.to_ndarray(format="rgb24")
        num_drawn += draw_people(image, poses, options.person_ids)
        drawn = av.VideoFrame.from_ndarray(image, format="rgb24")
        drawn.pts, drawn.time_base = round(picture.time / _TIME_BASE), _TIME_BASE
        out.mux(stream.encode(drawn))
        on_progress((poses.index + 1) / len(session))
    out.mux(stream.encode(None))
    return num_drawn


def draw_people(image: np.ndarray, poses: RecordedPoses, wanted: tuple[int, ...] | None) -> int:
    """Draw skeletons and ids on a picture, the farthest first.

    Args:
        image: (H, W, 3) uint8 RGB, changed.
        poses: people and camera of the picture.
        wanted: track ids to draw, None for everybody.

    Returns:
        how many were drawn.
    """
    people = poses.people
    points = people.joints_px(poses.camera)  # (P, J, 2)
    num_drawn, width = 0, max(2, round(max(image.shape[:2]) / 400))
    for p in np.argsort(-people.root_cam[:, 2]):
        track_id = int(people.track_ids[p])
        if wanted is not None and track_id not in wanted:
            continue
        num_drawn += 1
        colour = _COLOURS[track_id % len(_COLOURS)]
        lines = [points[p, bone] for bone in map(list, people.skeleton.bones)]
        lines = [line.round().astype(int).tolist() for line in lines if np.isfinite(line).all()]
        for shade, extra in ((_OUTLINE, 2), (colour, 0)):
            for start, end in lines:
                cv2.line(image, start, end, shade, width + extra, cv2.LINE_AA)
        if track_id >= 0 and lines:
            top = min((point for line in lines for point in line), key=lambda point: point[1])
            place, size = (top[0] + 2 * width, top[1] - 2 * width), width / 3
            for shade, thickness in ((_OUTLINE, width + 2), (colour, width)):
                cv2.putText(
                    image, str(track_id), place, cv2.FONT_HERSHEY_SIMPLEX, size, shade, thickness,
                    cv2.LINE_AA,
                )  # fmt: skip
    return num_drawn
