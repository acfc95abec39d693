"""MP4: recorded images with skeletons and ids, beside a view from the side; with their sound."""

from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import numpy as np

from das_app.exports.pictures.drawing import SideView, draw_people
from das_app.exports.pictures.film_sound import FilmSound
from das_app.exports.takes.files import export_file
from das_app.exports.takes.take import (
    ExportError,
    ExportOptions,
    Progress,
    about_poses,
    plain_text,
    session_edits,
    with_layer,
)
from das_app.files.encoders import FILM, working_encoder
from das_app.motion.faces import FaceHider
from das_app.session.edits import SessionEdits
from das_app.session.session import Session
from das_app.session.types import Layer
from das_app.words.said import said

_TIME_BASE = Fraction(1, 1000)
_ABOUT = {
    "fps": "as recorded, each picture at its time",
    "gaps": "nothing is drawn",
    "space": "pixels of the picture, x right, y down; beside it the room from the side and above",
}
_NUM_SAMPLED = 60  # frames that tell where people are


def write_annotated_video(
    session: Session, options: ExportOptions, path: Path, on_progress: Progress
) -> None:
    """Write the session's video with overlays; frames without a picture are left out.

    Raises:
        ExportError: if there is no video, nobody has the ids asked for, or the file cannot be
            written.
    """
    if session.video_path is None:
        raise ExportError(said("{folder} has no video to draw on", folder=session.folder))
    edits = session_edits(session, options)
    about = about_poses(session.origin, with_layer(session, options), edits) | _ABOUT
    with export_file(path) as new, av.open(str(session.video_path)) as video:
        with av.open(str(new), "w", format="mp4", options={"movflags": "faststart"}) as out:
            out.metadata["comment"] = "; ".join(f"{k}: {v}" for k, v in about.items())
            num_drawn = _draw_all(session, options, edits, video, out, on_progress)
        if not num_drawn and options.person_ids is not None:
            raise ExportError(
                said("no person has the id {ids}", ids=", ".join(map(str, options.person_ids)))
            )


def _draw_all(
    session: Session,
    options: ExportOptions,
    edits: SessionEdits,
    video: av.container.InputContainer,
    out: av.container.OutputContainer,
    on_progress: Progress,
) -> int:
    """Draw on every picture; how many people were drawn."""
    source = video.streams.video[0]
    size = (source.width + source.height, source.height)
    codec, codec_options = working_encoder(FILM, size)
    rate = source.average_rate or 30
    stream = cast(av.VideoStream, out.add_stream(codec, rate=rate, options=codec_options))
    layer = options.layer or session.best_layer
    side = _side_view(session, source.height, layer)
    stream.width, stream.height = size
    stream.pix_fmt = "yuv420p"
    stream.codec_context.time_base = _TIME_BASE
    frames = session.between(edits.start_s, edits.until_s, layer)
    begin_s, end_s = edits.start_s, min(edits.end_s, session.duration_s)
    sound = FilmSound(Path(video.name), out, begin_s, end_s)
    names = {track_id: plain_text(name) for track_id, name in edits.names.items()}
    num_drawn = 0
    pictures = enumerate(video.decode(source))
    hide_faces = FaceHider(options.faces)
    for poses in (poses for poses in frames if poses.picture is not None):
        picture = next((picture for n, picture in pictures if n == poses.picture), None)
        if picture is None:
            break  # the end of the video was lost
        people, wanted = poses.people, options.person_ids
        stored = picture.to_ndarray(format="rgb24")
        image = hide_faces(stored, people, poses.camera, poses.time_s).copy()
        num_drawn += draw_people(image, people.joints_px(poses.camera), people, wanted, names)
        both = np.concatenate([image, side.draw(people, wanted, names)], axis=1)
        drawn = av.VideoFrame.from_ndarray(both, format="rgb24")
        time_s = max(0.0, picture.time - begin_s)
        drawn.pts, drawn.time_base = round(time_s / _TIME_BASE), _TIME_BASE
        sound.write_until(poses.time_s)
        out.mux(stream.encode(drawn))
        on_progress((poses.time_s - begin_s) / max(end_s - begin_s, 1e-9))
    out.mux(stream.encode(None))
    sound.finish()
    on_progress(1.0)
    return num_drawn


def _side_view(session: Session, height: int, layer: Layer) -> SideView:
    """A square view of where people are in frames spread over the session."""
    times_s = np.linspace(0, session.duration_s, _NUM_SAMPLED)
    sample = (session.at(time_s, layer) for time_s in times_s.tolist())
    return SideView.of([poses for poses in sample if poses is not None], (height, height))
