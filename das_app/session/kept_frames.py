"""Frames of a camera for a recording: all of them, with time and image.

Frames come from the thread that captures them, results later from the thread of the model, which
sees only some. Faces can be hidden only where people were found: then pictures wait for the next
result and are hidden at its heads and at those of the result before.
"""

import threading
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from das_app.messaging.messages import Frame, PoseResult
from das_app.motion.faces import FaceHider
from das_model.people import People

_DEFAULT_STEP_S = 1 / 30
_WAITING_BYTES = 160 << 20  # of pictures whose faces are not hidden yet

PutPicture = Callable[[np.ndarray, float, bytes | None], int | None]


class SessionClock:
    """Time of the session from times of the source: begins at 0 and never goes back.

    Args:
        nominal_fps: gives the step where the source begins again, such as a file that loops.
    """

    def __init__(self, nominal_fps: float) -> None:
        self._step_s = 1 / nominal_fps if nominal_fps > 0 else _DEFAULT_STEP_S
        self._offset_s: float | None = None
        self.time_s = 0.0

    def advance(self, source_time_s: float) -> float:
        """Time of the session for the next frame's time."""
        if self._offset_s is None:
            self._offset_s = -source_time_s
        elif source_time_s + self._offset_s <= self.time_s:
            self._offset_s = self.time_s + self._step_s - source_time_s
        self.time_s = source_time_s + self._offset_s
        return self.time_s

    def time_of(self, source_time_s: float) -> float | None:
        """Time of the session for a time of the source; None before the first frame."""
        return None if self._offset_s is None else source_time_s + self._offset_s


class Kept(NamedTuple):
    """Time of a frame in the session, and the number of its picture, None where it has none."""

    time_s: float
    picture: int | None


class KeptFrames:
    """Frames of a recording, by any two threads.

    Args:
        clock: of the session.
        put: hands a picture to the video, with its time and, where it is unchanged, its JPEG file;
            None where there is no video.
        hide_faces: of the recording.
    """

    def __init__(self, clock: SessionClock, put: PutPicture | None, hide_faces: FaceHider) -> None:
        self._clock, self._put, self._hide_faces = clock, put, hide_faces
        self._lock = threading.Lock()
        self._is_fed = False
        self._known: dict[int, Kept] = {}  # by the identity of frames that await a result
        self._waiting: deque[tuple[Frame, float]] = deque()
        self._num_waiting_bytes = 0

    def keep(self, frame: Frame) -> None:
        """Take over a frame that the model may never see."""
        with self._lock:
            self._is_fed = True
            self._take(frame)

    def hide_faces(self, hide_faces: FaceHider) -> None:
        """Hide faces otherwise from the next frame on; those that wait are hidden as before."""
        with self._lock:
            while self._put is not None and self._waiting:
                frame, time_s = self._waiting.popleft()
                image = self._hide_faces(frame.image, People.empty(), frame.camera, time_s)
                picture = self._put(image, time_s, None)
                if id(frame) in self._known:
                    self._known[id(frame)] = Kept(time_s, picture)
            self._num_waiting_bytes = 0
            self._hide_faces = hide_faces

    def of(self, result: PoseResult) -> Kept | None:
        """Number of the frame of a result; None for one before the first that was kept."""
        with self._lock:
            frame = result.frame
            if id(frame) not in self._known:
                if self._is_fed:
                    return None
                self._take(frame)
            kept = self._known.pop(id(frame))
            later = (item for item in self._known.items() if item[1].time_s > kept.time_s)
            self._known = dict(later)
            if self._hide_faces.is_hiding:
                picture = self._picture_of(kept.time_s, result.everybody)
                if kept.picture is None:
                    kept = kept._replace(picture=picture)
            return kept

    def _take(self, frame: Frame) -> None:
        time_s, picture = self._clock.advance(frame.time_s), None
        if self._put is not None and not self._hide_faces.is_hiding:
            picture = self._put(frame.image, time_s, frame.packet)
        elif self._put is not None:
            self._waiting.append((frame, time_s))
            self._num_waiting_bytes += frame.image.nbytes
            while self._num_waiting_bytes > _WAITING_BYTES and len(self._waiting) > 1:
                self._num_waiting_bytes -= self._waiting.popleft()[0].image.nbytes
        self._known[id(frame)] = Kept(time_s, picture)

    def _picture_of(self, time_s: float, people: People) -> int | None:
        """Put the pictures that waited for this result; the number of its own."""
        picture = None
        while self._put is not None and self._waiting and self._waiting[0][1] <= time_s:
            frame, own_s = self._waiting.popleft()
            self._num_waiting_bytes -= frame.image.nbytes
            image = self._hide_faces(frame.image, people, frame.camera, own_s)
            number = self._put(image, own_s, None)
            picture = number if own_s == time_s else None
        return picture
