"""Writes a session while results come in."""

import json
import os
from pathlib import Path

from das_app.pipeline.messages import PoseResult
from das_app.pipeline.session import (
    HEADER_FILE,
    POSES_FILE,
    RecordedPoses,
    SessionError,
    SessionHeader,
    SessionOrigin,
    camera_to_json,
    header_to_json,
    poses_to_json,
)
from das_model.camera import Camera


class Recorder:
    """A new session folder; one thread at a time writes.

    Args:
        folder: made if missing; must not hold a session yet.
        origin: what is known before the first frame.

    Raises:
        SessionError: if the folder holds a session or cannot be written.
    """

    def __init__(self, folder: Path, origin: SessionOrigin) -> None:
        self._folder, self._origin = folder, origin
        self._first_camera: Camera | None = None
        self._last_camera: dict[str, object] | None = None
        self.num_frames = self.num_people = 0
        if (folder / HEADER_FILE).exists():
            raise SessionError(f"{folder} holds a session already; name another folder")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file = (folder / POSES_FILE).open("x", encoding="utf-8")
        except FileExistsError as error:
            raise SessionError(f"{folder} cannot be used: {error.filename} exists") from error
        except OSError as error:
            raise SessionError(f"{folder} cannot be written: {error}") from error

    def write(self, result: PoseResult) -> None:
        """Append one frame's people as the model found them; it is with the operating system on return."""
        frame = result.frame
        poses = RecordedPoses(frame.index, frame.time_s, frame.camera, result.raw_people)
        camera = camera_to_json(frame.camera)
        line = json.dumps(poses_to_json(poses, camera != self._last_camera), allow_nan=False)
        self._file.write(line + "\n")
        self._file.flush()
        self._last_camera = camera
        self._first_camera = self._first_camera or frame.camera
        self.num_frames += 1
        self.num_people += len(result.people)

    def close(self, num_dropped: int = 0) -> SessionHeader:
        """Close the session: write `session.json`, whole or not at all."""
        self._file.close()
        header = SessionHeader(
            self._origin, self._first_camera, self.num_frames, self.num_people, num_dropped
        )
        temporary = self._folder / (HEADER_FILE + ".tmp")
        text = json.dumps(header_to_json(header), indent=2, allow_nan=False)
        temporary.write_text(text + "\n", encoding="utf-8")
        os.replace(temporary, self._folder / HEADER_FILE)
        return header
