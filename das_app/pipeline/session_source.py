"""The video of a session as a source, with the lens it was recorded with: for another model."""

from pathlib import Path

from das_app.calibration import Intrinsics, LensOrigin
from das_app.pipeline.frame_source import SourceError
from das_app.pipeline.session import Session, SessionError
from das_app.pipeline.video_source import VideoSource


def open_session_video(folder: Path) -> VideoSource:
    """The recorded pictures of a session.

    Raises:
        SourceError: if the folder holds no session that can be read, or one without a video.
    """
    try:
        session = Session(folder)
        if session.video_path is None:
            raise SourceError(f"session {folder} was recorded without its pictures")
        return VideoSource(session.video_path, recorded_intrinsics(session), name=folder.name)
    except SessionError as error:
        raise SourceError(str(error)) from error


def recorded_intrinsics(session: Session) -> Intrinsics:
    """The lens of a session's first frame, and how it is known."""
    camera = session.camera
    if camera is None:
        return Intrinsics()
    for origin in LensOrigin:
        lens = Intrinsics(camera.fov_deg, origin=origin)
        if lens.label == session.origin.intrinsics:
            return lens
    return Intrinsics(calibrated=camera, calibration_name=session.folder.name)
