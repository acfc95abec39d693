"""`Recorder`: records results in a thread of its own, without blocking the pipeline.

The video holds every frame of the source, also those that the model had no time for.

Poses go through an unbounded queue to the thread that writes `session.mcap`, pictures through a
bounded one to the thread that encodes the video. When the encoder or the disk is slow, pictures
are dropped, counted and said; the pose and its time never are.
"""

import logging
import queue
import shutil
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import numpy as np

from das_app.files.encoders import FEW_CORES
from das_app.messaging.messages import Frame, PoseResult
from das_app.motion.faces import FaceHider, FaceHiding
from das_app.motion.kinematics import resized
from das_app.session.edits import SessionEdits, save_edits
from das_app.session.format import LOG_FILE, SUMMARY_FILE, VIDEO_FILE
from das_app.session.kept_frames import KeptFrames, SessionClock
from das_app.session.recorder_stats import (
    DEFAULT_LIMITS,
    DiskLimits,
    RecorderState,
    RecorderStats,
)
from das_app.session.types import (
    EventKind,
    RecordedPoses,
    SessionCounts,
    SessionError,
    SessionEvent,
    SessionOrigin,
    perhaps_same_text,
)
from das_app.session.video_copy import VideoCopier
from das_app.session.video_recorder import VideoRecorder
from das_app.session.writer import SessionWriter
from das_app.sources.camera_devices import CameraVideo
from das_app.sources.own_packets import OwnPackets
from das_app.words.said import said
from das_model.inference.ordered_pool import num_cores
from das_model.people import People

_FLUSH_S, _STATS_S, _SYNC_S = 0.5, 1.0, 2.0
_log = logging.getLogger(__name__)


class _Tick:
    """Nothing came in time."""


_TICK = _Tick()


class _Frame(NamedTuple):
    smoothed: RecordedPoses
    raw: RecordedPoses
    inference_s: float
    latency_s: float


_Item = _Frame | SessionEvent | _Tick | None  # None is the end
_Timed = tuple[_Item, int]  # with nanoseconds since 1970


class Recorder:
    """A new session and the threads that write it. Any one thread hands over results, and any one
    frames.

    Args:
        folder: made if missing; must not hold a session yet.
        origin: what is known before the first frame.
        has_video: whether the pictures are recorded, too.
        waits: for files: hold the caller up instead of dropping pictures.
        limits: when the disk is low, and when it is full.
        faces: what takes the place of faces in the recorded pictures.
        packets: of a file of which every frame is recorded; they become the video as they are,
            unless faces are hidden.
        sound_rate: samples a second of the video's sound; 0 for none.
        camera_video: what becomes of a camera's JPEG files.

    Raises:
        SessionError: if the folder holds a session or cannot be written, or the disk is full.
    """

    def __init__(
        self,
        folder: Path,
        origin: SessionOrigin,
        has_video: bool = False,
        waits: bool = False,
        limits: DiskLimits = DEFAULT_LIMITS,
        faces: FaceHiding = FaceHiding.NONE,
        packets: OwnPackets | None = None,
        sound_rate: int = 0,
        camera_video: CameraVideo = CameraVideo.AUTO,
    ) -> None:
        self._folder, self._limits = folder, limits
        self._is_own_folder = not folder.exists()
        self._lies_in: Path | None = None  # at the end
        self._free_bytes = _free_bytes(folder)
        if self._free_bytes < limits.full_bytes:
            raise SessionError(said("the disk of {folder} is full", folder=folder))
        self._writer = SessionWriter(folder, origin)
        self._video: VideoRecorder | VideoCopier | None = None
        if has_video and packets is not None and faces is FaceHiding.NONE:
            self._video = VideoCopier(folder / VIDEO_FILE, packets)
        elif has_video:
            self._video = VideoRecorder(
                folder / VIDEO_FILE,
                origin.nominal_fps,
                waits=waits,
                sound_rate=sound_rate,
                keeps_jpeg=keeps_jpeg(camera_video, num_cores()),
            )
        self._faces = faces
        self._clock = SessionClock(origin.nominal_fps)
        self._frames = KeptFrames(
            self._clock, self._put_picture if has_video else None, FaceHider(faces)
        )
        self._time_s = 0.0  # of the newest frame with a result
        self._joint_names = origin.skeleton.joint_names
        self._queue: queue.SimpleQueue[_Timed] = queue.SimpleQueue()
        self._lock = threading.Lock()  # of what `write`, `stop` and the thread share
        self._state = RecorderState.RECORDING
        self._warning = self._why_ended = ""
        self._said: set[EventKind] = set()
        self._first_shape: tuple[int, ...] | None = None  # of the pictures
        self._scales: dict[int, float] = {}  # of everybody recorded, as said last
        self._num_dropped = 0  # frames
        self.num_frames = self.num_people = self.num_dropped_pictures = 0
        self._counts = SessionCounts()
        self.note_event(EventKind.START, origin.source)
        self._thread = threading.Thread(target=self._run, name="das-recorder", daemon=True)
        self._thread.start()

    @property
    def is_recording(self) -> bool:
        """False once it was stopped or ended by itself."""
        return self._state is RecorderState.RECORDING

    @property
    def has_video(self) -> bool:
        """Whether pictures are recorded, too."""
        return self._video is not None

    def keep(self, frame: Frame) -> None:
        """Take over the picture of a frame that the model may never see; returns at once.

        Frames come in order; where they come at all, each comes before its result.
        """
        if self.is_recording and frame.damage:
            self.note_event(EventKind.PICTURES_DAMAGED, frame.damage)
        if self.is_recording and self._video is not None:
            self._frames.keep(frame)

    def hear(self, samples: np.ndarray, time_s: float) -> None:
        """Take over (N,) int16 samples of a microphone; returns at once. Any one thread.

        Args:
            samples: not changed any more.
            time_s: when the first was heard, on the clock of the frames.
        """
        session_s = self._clock.time_of(time_s)
        if session_s is not None and self.is_recording and isinstance(self._video, VideoRecorder):
            self._video.put_sound(samples, session_s)

    def warn_of_sound(self, text: str) -> None:
        """Say and record that there is no sound, once."""
        self._warn(EventKind.SOUND_LOST, text)

    def write(self, result: PoseResult) -> None:
        """Take over one result; returns at once. Nothing happens after the end.

        Raises:
            SessionError: if its people have other joints than the session; a session holds one
                kind of people, so the recording must end first.
        """
        joint_names = result.people.skeleton.joint_names
        if joint_names != self._joint_names:
            raise SessionError(
                said(
                    "people of {number} joints do not fit into a session of people of {recorded}; "
                    "after a change of the model begin another recording",
                    number=len(joint_names),
                    recorded=len(self._joint_names),
                )
            )
        kept = self._frames.of(result) if self.is_recording else None
        if kept is None:
            return
        frame, time_s, picture = result.frame, kept.time_s, kept.picture
        with self._lock:
            if not self.is_recording:
                return
            self._time_s = time_s
            index, self.num_frames = self.num_frames, self.num_frames + 1
            self.num_people += len(result.people)
        smoothed, raw = (
            RecordedPoses(index, time_s, frame.index, frame.time_s, picture, frame.camera, people)
            for people in self._as_found(result)
        )
        if frame.note:
            self.note_event(EventKind.TIME_JUMPED, frame.note)
        self._put(_Frame(smoothed, raw, result.inference_s, result.latency_s))
        for track_id, perhaps in result.perhaps_same:
            self.note_event(EventKind.PERHAPS_SAME, perhaps_same_text(track_id, perhaps))

    def _as_found(self, result: PoseResult) -> tuple[People, People]:
        """Shown and raw people in the sizes that the model gave them; those that the user gave
        hold for the whole session, and go into its edits."""
        for track_id in result.people.track_ids.tolist():
            self._scales[track_id] = result.scales.get(track_id, 1.0)
        back = {track_id: 1 / scale for track_id, scale in result.scales.items()}
        return resized(result.people, back), resized(result.raw_people, back)

    def hide_faces(self, faces: FaceHiding) -> None:
        """What takes the place of faces in the pictures from now on."""
        if faces is not self._faces:
            self._faces = faces
            self._frames.hide_faces(FaceHider(faces))

    def note_event(self, kind: EventKind, text: str) -> None:
        """Record that something happened after the newest frame."""
        self._put(SessionEvent(self._time_s, kind, text))

    def stats(self) -> RecorderStats:
        """Statistics of the recording now."""
        video_bytes = 0 if self._video is None else self._video.num_bytes
        with self._lock:
            return RecorderStats(
                state=self._state,
                folder=self._folder,
                time_s=self._time_s,
                num_frames=self.num_frames,
                num_bytes=self._writer.num_bytes + video_bytes,
                free_disk_bytes=self._free_bytes,
                num_dropped_pictures=self.num_dropped_pictures,
                is_disk_low=self._free_bytes < self._limits.low_bytes,
                message=self._why_ended or self._warning,
            )

    def stop(self, num_dropped: int = 0, reason: str = "") -> None:
        """End the recording; returns at once while the threads write what waits.

        Args:
            num_dropped: frames the model never saw.
            reason: goes into the session.
        """
        if self.is_recording:
            self._num_dropped = num_dropped
            self._end(reason=reason)

    def wait(self, timeout_s: float) -> bool:
        """After `stop`, wait until the files are closed, at most so long; whether they are."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def close(self, num_dropped: int = 0) -> SessionCounts:
        """End the recording and wait until its files are closed.

        Raises:
            SessionError: if it has ended by itself, because the disk is full or refuses.
        """
        self.stop(num_dropped)
        self._thread.join()
        if self._why_ended:
            raise SessionError(self._why_ended)
        return self._counts

    def discard(self) -> None:
        """Take the files away again, and the folder if it was made for them; call `close` before.

        For a recording of no frame, which would only be in the way of another try. Files that were
        moved stay, and what another disk has in their place.
        """
        if self._lies_in != self._folder:
            return
        for name in (LOG_FILE, SUMMARY_FILE, VIDEO_FILE):
            with suppress(OSError):
                (self._folder / name).unlink(missing_ok=True)
        if self._is_own_folder:
            with suppress(OSError):
                self._folder.rmdir()

    def _put(self, item: _Item) -> None:
        self._queue.put((item, time.time_ns()))

    def _put_picture(self, image: np.ndarray, time_s: float, packet: bytes | None) -> int | None:
        """Number of the picture in the video; every drop is counted, the first is said."""
        if self._video is None:
            return None
        self._first_shape = self._first_shape or image.shape
        if image.shape != self._first_shape and isinstance(self._video, VideoRecorder):
            (old, new) = (f"{s[1]} x {s[0]}" for s in (self._first_shape, image.shape))
            text = f"its pictures are {new} now; the video, of {old}, has them letterboxed"
            self._warn(EventKind.SIZE_CHANGED, text)
        picture = self._video.put(image, time_s, packet)
        if picture is None and self.is_recording:
            self.num_dropped_pictures += 1
            kind, why = EventKind.PICTURES_DROPPED, "the disk or the encoder is too slow"
            if self._video.error:
                kind, why = EventKind.VIDEO_STOPPED, self._video.error
            self._warn(kind, f"pictures are dropped: {why}")
        return picture

    def _warn(self, kind: EventKind, text: str) -> None:
        """Say something once."""
        if kind in self._said:
            return
        self._said.add(kind)
        _log.warning("%s: %s", self._folder, text)
        self._warning = text
        self.note_event(kind, text)

    def _end(self, why: str = "", reason: str = "", kind: EventKind = EventKind.FULL_DISK) -> None:
        """Take no more results and let the thread write what waits; `why` if by itself."""
        with self._lock:
            if not self.is_recording:
                return
            self._state, self._why_ended = RecorderState.CLOSING, why
        self.note_event(kind if why else EventKind.STOP, why or reason)
        self._put(None)
        if self._video is not None:
            self._video.end()

    def _run(self) -> None:
        try:
            self._record()
            if self._video is not None:
                self._video.join()
            scales = {n: scale for n, scale in self._scales.items() if scale != 1}
            self._lies_in = self._writer.folder_now()
            if scales and self._lies_in is not None:
                save_edits(self._lies_in, SessionEdits(scales=scales))
            self._counts = self._writer.close(self._num_dropped, self.num_dropped_pictures)
            self._state = RecorderState.CLOSED
        except Exception as error:
            is_of_disk = isinstance(error, OSError)
            _log.error("recording %s: %s", self._folder, error, exc_info=not is_of_disk)
            why = "the disk refuses" if is_of_disk else "it failed"
            began = f"recording ended, {why}"
            self._end(began)  # does nothing where it was asked to end before
            repair = f"`das-app repair {self._folder}` closes it"
            if not (self._folder / LOG_FILE).is_file():
                repair += ", should its disk come back"
            self._why_ended = f"{self._why_ended or began}: {error}; {repair}"
            self._writer.abandon()
            if self._video is not None:
                self._video.join()
            self._state = RecorderState.FAILED

    def _record(self) -> None:
        """Write what comes, until the end; flush, count and sync in between."""
        flush_s = stats_s = sync_s = time.monotonic()
        frames: list[_Frame] = []  # since the last figures
        while (taken := self._take(flush_s + _FLUSH_S))[0] is not None:
            item, published_ns = taken
            if isinstance(item, SessionEvent):
                self._writer.write_event(item, published_ns)
            elif isinstance(item, _Frame):
                self._writer.write(item.smoothed, item.raw, published_ns)
                frames.append(item)
            now_s = time.monotonic()
            if now_s >= stats_s + _STATS_S:
                self._writer.write_stats(self._figures(frames, now_s - stats_s))
                frames, stats_s = [], now_s
            if now_s >= flush_s + _FLUSH_S:
                self._writer.flush()
                self._look_at_disk()
                flush_s = now_s
            if now_s >= sync_s + _SYNC_S:
                self._writer.sync()
                sync_s = now_s

    def _take(self, until_s: float) -> _Timed:
        """The next item; `_TICK` when none came by then, None at the end."""
        try:
            return self._queue.get(timeout=max(0.0, until_s - time.monotonic()))
        except queue.Empty:
            return _TICK, 0

    def _figures(self, frames: list[_Frame], duration_s: float) -> dict[str, float]:
        """One message of `/stats`."""
        stats, num_frames = self.stats(), max(len(frames), 1)
        return {
            "time_s": stats.time_s,
            "frames_per_s": round(len(frames) / duration_s, 2),
            "inference_ms": round(1e3 * sum(f.inference_s for f in frames) / num_frames, 2),
            "latency_ms": round(1e3 * sum(f.latency_s for f in frames) / num_frames, 2),
            "num_bytes": stats.num_bytes,
            "free_disk_bytes": stats.free_disk_bytes,
            "num_dropped_pictures": stats.num_dropped_pictures,
        }

    def _look_at_disk(self) -> None:
        if problem := self._writer.folder_problem():
            self._end(f"recording ended: {problem}", kind=EventKind.FOLDER_LOST)
            return
        self._free_bytes = _free_bytes(self._folder)
        left = f"{self._free_bytes / 1e6:.0f} MB left on the disk"
        if self._free_bytes < self._limits.full_bytes:
            self._end(f"recording ended: {left}")
        elif self._free_bytes < self._limits.low_bytes:
            self._warn(EventKind.LOW_DISK, left)


def keeps_jpeg(camera_video: CameraVideo, num_cores: int) -> bool:
    """Whether a camera's JPEG files become the video as they are, on so many cores."""
    if camera_video is CameraVideo.AUTO:
        return num_cores <= FEW_CORES
    return camera_video is CameraVideo.OWN


def _free_bytes(folder: Path) -> int:
    """What the disk of a folder, or of its nearest parent that exists, has left."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return shutil.disk_usage(folder).free
