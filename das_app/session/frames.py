"""`RecordedFrames`: a session as a source of recorded poses, or of its video alone."""

import math
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

from das_app.lens.intrinsics import Intrinsics, LensOrigin
from das_app.messaging.messages import Frame
from das_app.session.edits import SessionEdits
from das_app.session.pictures import SessionPictures
from das_app.session.session import Session
from das_app.session.types import Layer, RecordedPoses, SessionError
from das_app.sources.frame_source import SourceError
from das_app.sources.video_source import VideoSource
from das_app.words.said import marked, said
from das_model.people import People
from das_model.preprocess import letterbox_place

_PLAIN = 38  # grey of the picture where none was recorded


class RecordedFrames:
    """The frames of a session in order, each with its picture or else a plain grey one.

    A frame whose picture the video lacks shows the one before it. Where the session is trimmed,
    playing on ends once at `end_s`; any place can still be sought.

    Args:
        folder: of the session.

    Attributes:
        layer: which poses; another one may have other frames. Set by whoever plays.
        session: what is read; by the reader of the frames only.
        events: what happened while it was recorded.
        edits: names, people and trim when it was opened.
        sightings: time and recorded track ids of every frame.
        end_s: time of the last frame to play.
        picture_problem: why there are no pictures; empty where there are.

    Raises:
        SessionError: if it cannot be read, or holds no frame; so do the methods.
    """

    is_live = False

    def __init__(self, folder: Path) -> None:
        self.session = session = Session(folder)
        if not len(session):
            raise SessionError(said("{folder} holds no frames", folder=folder))
        self.name = folder.name
        self.events, self.edits = tuple(session.events()), session.edits
        self.sightings = session.sightings()
        self._asked_edits = self.edits
        self.nominal_fps, self.num_frames = session.origin.nominal_fps, len(session)
        self.duration_s, self.end_s = session.duration_s, self.edits.end_s
        self.intrinsics = recorded_intrinsics(session)
        self.layer = Layer.LIVE
        self._last: RecordedPoses | None = None
        self._sought: int | None = 0
        self._has_paused = False  # at the end of the trim
        self._pictures: SessionPictures | None = None
        self.picture_problem = (
            marked("No video was recorded") if session.video_path is None else ""
        )
        try:
            if session.video_path is not None:
                self._pictures = SessionPictures(session.video_path)
        except SourceError as error:
            self.picture_problem = str(error)

    def read(self) -> Frame | None:
        """The next frame; None at the end, and once at the end of the trim."""
        self.session.use(self._asked_edits)
        if self._sought is not None:
            poses = self.session.numbered(self._sought, self.layer)
        else:
            last_s = self._last.time_s if self._last is not None else -math.inf
            poses = self.session.after(last_s, self.layer)
            is_leaving = poses is not None and last_s <= self.end_s < poses.time_s
            if is_leaving and not self._has_paused:
                self._has_paused = True
                return None
        if poses is None:
            return None
        self._last, self._sought, self._has_paused = poses, None, False
        return Frame(poses.index, poses.time_s, self._image(poses), poses.camera)

    def use(self, edits: SessionEdits) -> bool:
        """Show people by other edits from the next frame on, and whether that changes who is who;
        any thread may ask."""
        has_other_people = edits.people != self._asked_edits.people
        self._asked_edits = edits
        return has_other_people

    def seek(self, index: int) -> None:
        """Let the next frame read be number `index`, or the nearest before it that is there."""
        self._sought, self._has_paused = index, False

    def index_at(self, time_s: float) -> int:
        """Number of the newest frame at or before a time."""
        poses = self.session.at(time_s, self.layer)
        return 0 if poses is None else poses.index

    def people_of(self, frame: Frame) -> tuple[People, People]:
        """The people of a frame that was read: as they were shown, and as the model saw them."""
        layer = self.layer
        shown = self.session.at(frame.time_s, layer)
        raw = self.session.measured(frame.time_s, layer)
        if shown is None or raw is None:
            raise SessionError(
                said(
                    "{folder} lacks the poses at {time_s:.3f} s",
                    folder=self.session.folder,
                    time_s=frame.time_s,
                )
            )
        return shown.people, raw.people

    def close(self) -> None:
        """Release the video."""
        if self._pictures is not None:
            self._pictures.close()

    def _image(self, poses: RecordedPoses) -> np.ndarray:
        width, height = poses.camera.size
        image = None if self._pictures is None else self._pictures.at(poses.time_s)
        if image is None or image.shape[:2] == (height, width):
            return plain_picture((width, height)) if image is None else image
        first = self.session.camera
        own_width, own_height = (width, height) if first is None else first.size
        if image.shape[:2] != (own_height + own_height % 2, own_width + own_width % 2):
            return plain_picture((width, height))
        image = image[:own_height, :own_width]  # the video's sides are even
        if (own_width, own_height) == (width, height):
            return image
        left, top, *inner = letterbox_place((width, height), (own_width, own_height))
        image = cv2.resize(image[top : top + inner[1], left : left + inner[0]], (width, height))
        image.flags.writeable = False
        return image


@lru_cache(maxsize=4)
def plain_picture(size: tuple[int, int]) -> np.ndarray:
    """(H, W, 3) uint8 grey, read-only, of a size (width, height) px."""
    image = np.full((size[1], size[0], 3), _PLAIN, np.uint8)
    image.flags.writeable = False
    return image


def open_session_video(folder: Path) -> VideoSource:
    """The recorded pictures of a session.

    Raises:
        SourceError: if the folder holds no session that can be read, or one without a video.
    """
    try:
        session = Session(folder)
        if session.video_path is None:
            raise SourceError(
                said("session {folder} was recorded without its pictures", folder=folder)
            )
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
