"""Recorded sessions of a folder: list, rename and delete."""

import json
import logging
import re
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import cv2
import numpy as np

from das_app.files.foreign_text import printable
from das_app.files.small_file import read_small_text
from das_app.session.folder import fit_name, is_busy
from das_app.session.format import LOG_FILE, SUMMARY_FILE, VIDEO_FILE, plausible_duration
from das_app.session.types import SessionError
from das_app.words.said import said

_OURS = re.compile(r"(\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d)(?:_(.+))?", re.DOTALL)
_PICTURE_SHARE = 0.4  # of the session, where its picture is taken
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class KeptSession:
    """A session in a list.

    Args:
        folder: of it.
        started: local time; None where nothing tells it.
        duration_s: of all of it.
        num_tracks: people in it; None where it does not tell.
        has_video: whether there are pictures.
    """

    folder: Path
    started: datetime | None
    duration_s: float
    num_tracks: int | None
    has_video: bool

    @property
    def name(self) -> str:
        """Given by the user; empty where there is none but the time."""
        return name_of(self.folder)


def name_of(folder: Path) -> str:
    """The name of a session, without the time that its folder begins with."""
    ours = _OURS.fullmatch(folder.name)
    return folder.name if ours is None else ours[2] or ""


def list_sessions(parent: Path) -> list[KeptSession]:
    """Closed sessions in a folder, newest first; those that cannot be read are left out."""
    if not parent.is_dir():
        return []
    found = [_look_at(path) for path in parent.iterdir() if (path / SUMMARY_FILE).is_file()]
    kept = [session for session in found if session is not None]
    return sorted(kept, key=lambda s: (s.started or datetime.min, s.folder.name), reverse=True)


def thumbnail(session: KeptSession, size: tuple[int, int]) -> np.ndarray | None:
    """A picture of a session.

    Args:
        session: that has a video.
        size: (width, height) px that it fills; what is too much is cut off.

    Returns:
        (height, width, 3) uint8 RGB; None where there is none.
    """
    if not session.has_video:
        return None
    from das_app.session.pictures import SessionPictures  # brings what decodes videos

    try:
        pictures = SessionPictures(session.folder / VIDEO_FILE)
        try:
            image = pictures.at(_PICTURE_SHARE * session.duration_s)
        finally:
            pictures.close()
    except Exception:  # whatever a foreign file raises: there is no picture then
        _log.info("no picture of %s", session.folder, exc_info=True)
        return None
    if image is None:
        return None
    height, width = image.shape[:2]
    scale = max(size[0] / width, size[1] / height)
    larger = (max(size[0], round(scale * width)), max(size[1], round(scale * height)))
    image = cv2.resize(image, larger, interpolation=cv2.INTER_AREA)
    left, top = (larger[0] - size[0]) // 2, (larger[1] - size[1]) // 2
    return np.ascontiguousarray(image[top : top + size[1], left : left + size[0]])


def rename_session(folder: Path, name: str) -> Path:
    """Give a session another name; the time that its folder begins with stays.

    Args:
        folder: of the session.
        name: free text; what file systems refuse is replaced. Empty leaves the time alone.

    Returns:
        The folder from now on.

    Raises:
        SessionError: if it is being recorded, the name is taken, or the folder cannot be moved.
    """
    _require_still(folder)
    ours, fit = _OURS.fullmatch(folder.name), fit_name(name)
    base = folder.name if ours is None else ours[1]
    new_name = (f"{base}_{fit}" if fit else base) if ours else fit or base
    new = folder.with_name(new_name)
    if new == folder:
        return folder
    if new.exists():
        raise SessionError(said("there is a session {name} already", name=new.name))
    try:
        folder.rename(new)
    except OSError as error:
        raise SessionError(
            said("{name} cannot be renamed: {reason}", name=folder.name, reason=error.strerror)
        ) from error
    return new


def delete_session(folder: Path) -> None:
    """Delete a session's folder with all that is in it.

    Raises:
        SessionError: if it is being recorded, is none, or the disk refuses.
    """
    _require_still(folder)
    try:
        shutil.rmtree(folder)
    except OSError as error:
        raise SessionError(
            said("{name} cannot be deleted: {reason}", name=folder.name, reason=error.strerror)
        ) from error


def _require_still(folder: Path) -> None:
    if not (folder / LOG_FILE).is_file():
        raise SessionError(said("{folder} holds no session any more", folder=folder))
    if is_busy(folder):
        raise SessionError(said("{name} is being recorded", name=folder.name))


def _look_at(folder: Path) -> KeptSession | None:
    try:
        summary = json.loads(read_small_text(folder / SUMMARY_FILE))
        started = datetime.fromisoformat(summary["started_utc"]).astimezone()
        num_tracks = summary["counts"].get("tracks")
        return KeptSession(
            folder,
            started.replace(tzinfo=None),
            plausible_duration(summary["duration_s"]),
            num_tracks if isinstance(num_tracks, int) else None,
            (folder / VIDEO_FILE).is_file(),
        )
    except Exception as error:  # whatever a foreign file raises
        _log.info("%s is passed over: %s", folder, printable(str(error)))
        return None
