"""`Session`: a recorded session, to iterate, seek, or read as arrays.

    from das_app import Session

    session = Session("2026-11-22_16-30-05")
    for poses in session:
        print(poses.time_s, poses.people.joints_cam.shape)
    session[5]              # frame number 5
    session[2.0:4.5]        # frames from 2 s up to 4.5 s
    session.set_height(3, 1.10)  # person 3 is 1.10 m tall
    session.to_pandas()     # a row for each joint of each person in each frame
    session.merge(3, 7)     # person 7 was person 3; also split, swap, drop, undo

Positions are camera space in mm, x right, y down, z forward, origin at the lens.
"""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, overload

import numpy as np

from das_app.files.foreign_text import printable
from das_app.files.small_file import read_small_text
from das_app.motion.ignored import NOTHING_IGNORED, Ignored, ignored_of
from das_app.motion.kinematics import body_heights_mm, scale_for_height
from das_app.session.edits import (
    SessionEdits,
    free_track_id,
    load_edits,
    people_spans,
    save_edits,
)
from das_app.session.folder import is_unclosed
from das_app.session.format import (
    EVENTS_TOPIC,
    LOG_FILE,
    POSES_TOPIC,
    RAW_POSES_TOPIC,
    REFINED_FILE,
    SUMMARY_FILE,
    VIDEO_FILE,
    counts_from_json,
    event_from_json,
)
from das_app.session.pose_log import PoseLog
from das_app.session.reader import read_chunk
from das_app.session.types import Layer, RecordedPoses, SessionError, SessionEvent
from das_app.words.said import said
from das_model.camera import Camera
from das_model.people import TrackId

_SAMPLED = 60  # frames that a height is told from
if TYPE_CHECKING:
    from pandas import DataFrame


@dataclass(frozen=True, eq=False, slots=True)
class PoseArrays:
    """F frames of T tracks; NaN and -1 where a track is not seen.

    Args:
        times_s: (F,) float64 time of the session.
        track_ids: (T,) int64, ascending; people without a track are left out.
        joints_cam: (F, T, J, 3) float32 mm.
        joint_scores: (F, T, J) float32.
        scores: (F, T) float32.
        joint_spread_mm: (F, T, J) float32 of `People`, NaN throughout where it was not recorded.
    """

    times_s: np.ndarray
    track_ids: np.ndarray
    joints_cam: np.ndarray
    joint_scores: np.ndarray
    scores: np.ndarray
    joint_spread_mm: np.ndarray


class Session:
    """A closed session folder; iterating reads its smoothed poses in order.

    Who is who and how large follows `edits`, which `merge`, `split`, `swap`, `drop`, `undo` and
    `set_height` change, on disk, too; the recording itself stays as it is.

    Attributes:
        folder: where it lies.
        origin: where its poses come from.
        counts: how much it holds.

    Args:
        folder: the session's folder.
        is_edited: read people as the edits have them; otherwise as they were recorded.

    Raises:
        SessionError: if the folder holds no closed session that this version can read; reading
            damaged frames later raises the same.
    """

    def __init__(self, folder: Path | str, is_edited: bool = True) -> None:
        self.folder = folder = Path(folder)
        self._edits = None if is_edited else SessionEdits()
        self._path = folder / LOG_FILE
        self._refined: PoseLog | None = None
        if is_unclosed(folder):
            raise SessionError(
                said(
                    "{folder} was not closed properly; `das-app repair {folder}` puts it together",
                    folder=folder,
                )
            )
        if not self._path.is_file():
            raise SessionError(
                said(
                    "{folder} holds no session: there is no {file}",
                    folder=folder,
                    file=LOG_FILE,
                )
            )
        summary_path = folder / SUMMARY_FILE
        try:
            summary = json.loads(read_small_text(summary_path))
            self.counts = counts_from_json(summary)
        except Exception as error:  # whatever reading a foreign file raises
            raise SessionError(
                said(
                    "{path} is unreadable: {error}",
                    path=summary_path,
                    error=printable(repr(error)),
                )
            ) from error
        self._log = PoseLog(self._path)
        self.origin = self._log.origin

    def __len__(self) -> int:
        return len(self._log)

    def __iter__(self) -> Iterator[RecordedPoses]:
        return self.between()

    @overload
    def __getitem__(self, place: int) -> RecordedPoses: ...

    @overload
    def __getitem__(self, place: slice) -> list[RecordedPoses]: ...

    def __getitem__(self, place: int | slice) -> RecordedPoses | list[RecordedPoses]:
        """A frame by its number, or those in a slice of seconds, `session[2.0:4.5]`.

        Numbers below 0 count from the end.

        Raises:
            IndexError: if there is no frame of this number.
            TypeError: if a slice has a step.
        """
        if isinstance(place, slice):
            if place.step is not None:
                raise TypeError("frames are sliced by seconds, session[start:end], without a step")
            start_s = 0.0 if place.start is None else float(place.start)
            return list(self.between(start_s, math.inf if place.stop is None else place.stop))
        last = self.at(math.inf)
        number = place if place >= 0 or last is None else place + last.index + 1
        poses = self.numbered(number) if number >= 0 else None
        if poses is None or poses.index != number:
            raise IndexError(f"the session has no frame number {place}; it holds {len(self)}")
        return poses

    def with_pictures(
        self, start_s: float = 0.0, end_s: float = math.inf, layer: Layer = Layer.LIVE
    ) -> Iterator[tuple[RecordedPoses, np.ndarray | None]]:
        """Frames as of `between`, each with its picture (H, W, 3) uint8 RGB, read-only.

        The picture is the newest that the video has until then; None where it has none yet, or
        the session has no video.
        """
        from das_app.session.pictures import SessionPictures

        pictures = None if self.video_path is None else SessionPictures(self.video_path)
        try:
            for poses in self.between(start_s, end_s, layer):
                yield poses, None if pictures is None else pictures.at(poses.time_s)
        finally:
            if pictures is not None:
                pictures.close()

    @property
    def duration_s(self) -> float:
        """Time of the last frame; 0 when there is none."""
        last = self.at(math.inf)
        return 0.0 if last is None else last.time_s

    @property
    def camera(self) -> Camera | None:
        """Camera of the first frame, None when there is no frame."""
        first = self.at(0.0)
        return None if first is None else first.camera

    @property
    def ignored(self) -> Ignored:
        """Ignored places from the start of the recording; none where it does not tell."""
        try:
            return ignored_of(self.origin.ignored)
        except ValueError:  # of a newer version
            return NOTHING_IGNORED

    @property
    def video_path(self) -> Path | None:
        """The video, None when the session has none."""
        path = self.folder / VIDEO_FILE
        return path if path.is_file() else None

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The layers it holds: raw, live, and refined once `das-app refine` made that."""
        is_refined = (self.folder / REFINED_FILE).is_file()
        return (Layer.RAW, Layer.LIVE, *((Layer.REFINED,) if is_refined else ()))

    @property
    def best_layer(self) -> Layer:
        """Default layer of exports: refined where there is one."""
        return self.layers[-1]

    def num_frames(self, layer: Layer) -> int:
        """Frames of a layer; refined there may be more, as none was skipped."""
        return len(self._of(layer)[0])

    def between(
        self, start_s: float = 0.0, end_s: float = math.inf, layer: Layer = Layer.LIVE
    ) -> Iterator[RecordedPoses]:
        """Frames of a layer with start_s <= time_s < end_s, in order."""
        log, topic = self._of(layer)
        return map(self._edited, log.between(start_s, end_s, topic))

    def at(self, time_s: float, layer: Layer = Layer.LIVE) -> RecordedPoses | None:
        """The newest frame at or before a time, or else the first; None when there is none."""
        log, topic = self._of(layer)
        return self._edited_if_any(log.at(time_s, topic))

    def after(self, time_s: float, layer: Layer = Layer.LIVE) -> RecordedPoses | None:
        """The first frame later than a time; None when there is none."""
        log, topic = self._of(layer)
        return self._edited_if_any(log.after(time_s, topic))

    def numbered(self, index: int, layer: Layer = Layer.LIVE) -> RecordedPoses | None:
        """The newest frame of at most this number, or else the first; None when there is none.

        Numbers rise, but some may be missing where a damaged file was repaired.
        """
        log, topic = self._of(layer)
        return self._edited_if_any(log.numbered(index, topic))

    def measured(self, time_s: float, layer: Layer) -> RecordedPoses | None:
        """Output of the model in the frame that a layer has at a time; as `at`."""
        return self._edited_if_any(self._of(layer)[0].at(time_s, RAW_POSES_TOPIC))

    @property
    def edits(self) -> SessionEdits:
        """Names, people, heights and trim. Raises SessionError if the file cannot be used."""
        if self._edits is None:
            self._edits = load_edits(self.folder)
        return self._edits

    def merge(self, track_id: int, other: int) -> None:
        """From now on all of a person `other` is part of `track_id`; where both are in a frame,
        the surer one stays. Raises SessionError, as the next ones, if somebody is not there, or
        the edits cannot be written."""
        self._require(track_id, other)
        self.change(self.edits.merged(track_id, other))

    def split(self, track_id: int, from_s: float) -> TrackId:
        """Somebody new in place of a person from a time on; their track id."""
        self._require(track_id)
        new_id = free_track_id(self.sightings(), self.edits)
        self.change(self.edits.split(track_id, new_id, from_s))
        return new_id

    def swap(self, track_id: int, other: int, from_s: float) -> None:
        """Two people are each other from a time on."""
        self._require(track_id, other)
        self.change(self.edits.swapped(track_id, other, from_s))

    def drop(self, track_id: int) -> None:
        """Leave a person out."""
        self._require(track_id)
        self.change(self.edits.dropped(track_id))

    def undo(self) -> None:
        """Take the last of these changes back; nothing where there is none."""
        self.change(self.edits.undone())

    def change(self, edits: SessionEdits) -> None:
        """Keep other edits, in their file first."""
        save_edits(self.folder, edits)
        self._edits = edits

    def use(self, edits: SessionEdits) -> None:
        """Read people by other edits, which are in their file already."""
        self._edits = edits

    def sightings(self) -> list[tuple[float, np.ndarray]]:
        """Time and (P,) track ids of every frame, as recorded."""
        return list(self._log.sightings())

    def height_m(self, track_id: int) -> float:
        """Height of a person, from bones over the session.

        Raises:
            SessionError: if the person is not there, or their height cannot be told.
        """
        heights = [
            body_heights_mm(poses.people.where(poses.people.track_ids == track_id))
            for number in np.unique(np.linspace(0, max(len(self) - 1, 0), _SAMPLED).astype(int))
            if (poses := self.numbered(int(number))) is not None
        ]
        known = np.concatenate([*heights, np.zeros(0)])
        known = known[np.isfinite(known)]
        if not len(known):
            raise SessionError(
                said(
                    "{folder}: person {number} is not there, or has no height",
                    folder=self.folder,
                    number=track_id,
                )
            )
        return float(np.median(known)) / 1000

    def set_height(self, track_id: int, height_m: float | None) -> None:
        """Say how tall a person is: they are larger or smaller about the lens, and so further
        away or nearer, in all of the session and its exports.

        Args:
            track_id: of the person.
            height_m: standing, in metres; None is what the model says.

        Raises:
            SessionError: as `height_m`, or if such a height cannot be, or cannot be kept.
        """
        scale = None
        if height_m is not None:
            factor = scale_for_height(1e3 * height_m, 1e3 * self.height_m(track_id))
            scale = factor * self.edits.scales.get(track_id, 1.0)
        try:
            self.change(self.edits.scaled_by(track_id, scale))
        except ValueError as error:
            raise SessionError(
                said("{folder}: {error}", folder=self.folder, error=error)
            ) from error

    def _require(self, *track_ids: int) -> None:
        here = people_spans(self.sightings(), self.edits)
        for track_id in track_ids:
            if track_id not in here:
                there = ", ".join(map(str, here)) or "nobody"
                raise SessionError(
                    said(
                        "{folder} has no person {number}; it has {there}",
                        folder=self.folder,
                        number=track_id,
                        there=there,
                    )
                )
        if len(set(track_ids)) < len(track_ids):
            raise SessionError(
                said("two different people are needed, got {number} twice", number=track_ids[0])
            )

    def _edited(self, poses: RecordedPoses) -> RecordedPoses:
        edits = self.edits
        if not (edits.people or edits.scales):
            return poses
        people = edits.resized(edits.edited(poses.people, poses.time_s))
        return replace(poses, people=people)

    def _edited_if_any(self, poses: RecordedPoses | None) -> RecordedPoses | None:
        return None if poses is None else self._edited(poses)

    def events(self) -> list[SessionEvent]:
        """Events of the recording, in order."""
        messages = [
            message
            for chunk in self._log.chunks
            if EVENTS_TOPIC in chunk.topics
            for message in read_chunk(self._path, chunk)
            if message.topic == EVENTS_TOPIC
        ]
        try:
            return [event_from_json(json.loads(message.data)) for message in messages]
        except Exception as error:  # whatever reading a foreign file raises
            raise SessionError(
                said(
                    "{path} holds no events of ours: {error}",
                    path=self._path,
                    error=printable(repr(error)),
                )
            ) from error

    def to_numpy(
        self, start_s: float = 0.0, end_s: float = math.inf, layer: Layer = Layer.LIVE
    ) -> PoseArrays:
        """Frames with start_s <= time_s < end_s as arrays; memory grows with frames x tracks."""
        frames = list(self.between(start_s, end_s, layer))
        ids = [np.zeros(0, np.int64)] + [poses.people.track_ids for poses in frames]
        track_ids = np.unique(np.concatenate(ids))
        track_ids = track_ids[track_ids >= 0]
        shape = (len(frames), len(track_ids), self.origin.skeleton.num_joints)
        arrays = PoseArrays(
            np.array([poses.time_s for poses in frames], np.float64),
            track_ids,
            np.full((*shape, 3), np.nan, np.float32),
            np.full(shape, np.nan, np.float32),
            np.full(shape[:2], np.nan, np.float32),
            np.full(shape, np.nan, np.float32),
        )
        for f, poses in enumerate(frames):
            people = poses.people
            is_tracked = people.track_ids >= 0
            t = np.searchsorted(track_ids, people.track_ids[is_tracked])
            arrays.joints_cam[f, t] = people.joints_cam[is_tracked]
            arrays.joint_scores[f, t] = people.joint_scores[is_tracked]
            arrays.scores[f, t] = people.scores[is_tracked]
            if people.joint_spread_mm is not None:
                arrays.joint_spread_mm[f, t] = people.joint_spread_mm[is_tracked]
        return arrays

    def to_pandas(
        self, start_s: float = 0.0, end_s: float = math.inf, layer: Layer = Layer.LIVE
    ) -> "DataFrame":
        """A tidy table: a row for each joint of each tracked person in each frame.

        Columns: frame, time_s, person, name, joint, x_mm, y_mm, z_mm, joint_score, person_score.

        Raises:
            ImportError: if pandas is not installed.
        """
        try:
            import pandas
        except ImportError as error:
            raise ImportError("to_pandas needs pandas: pip install pandas") from error

        names, joints = self.edits.names, self.origin.skeleton.joint_names
        columns = (
            "frame",
            "time_s",
            "person",
            "name",
            "joint",
            "x_mm",
            "y_mm",
            "z_mm",
            "joint_score",
            "person_score",
        )
        rows = [
            (
                poses.index,
                poses.time_s,
                int(track_id),
                names.get(int(track_id), ""),
                joint,
                *places.tolist(),
                float(joint_score),
                float(people.scores[person]),
            )
            for poses in self.between(start_s, end_s, layer)
            for people in (poses.people,)
            for person, track_id in enumerate(people.track_ids)
            if track_id >= 0
            for joint, places, joint_score in zip(
                joints, people.joints_cam[person], people.joint_scores[person], strict=True
            )
            if np.isfinite(places).all()
        ]
        return pandas.DataFrame(rows, columns=columns)

    def _of(self, layer: Layer) -> tuple[PoseLog, str]:
        """The log and the topic that hold a layer. Raises SessionError if it is not there."""
        if layer is not Layer.REFINED:
            return self._log, RAW_POSES_TOPIC if layer is Layer.RAW else POSES_TOPIC
        if self._refined is None:
            if Layer.REFINED not in self.layers:
                raise SessionError(
                    said(
                        "{folder} is not refined; `das-app refine {folder}` does that",
                        folder=self.folder,
                    )
                )
            self._refined = PoseLog(self.folder / REFINED_FILE)
        return self._refined, POSES_TOPIC
