"""What every export starts from: the tracks of a session on one time line, gaps and all.

A gap, where a person or a joint is not seen, stays NaN. It is interpolated only on request, up to
a length, and then marked. A stall of the source counts as a gap, too.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from das_app.pipeline.floor import Floor, FloorError, FloorFromFeet
from das_app.pipeline.session import Session
from das_app.pipeline.session_format import AXES, UNITS
from das_app.pipeline.session_types import RecordedPoses, SessionOrigin
from das_model.camera import Camera

_STALL_S = 0.25  # neighbouring frames further apart are not interpolated between
_SAME_S = 1e-6


Progress = Callable[[float], None]  # share done, 0 to 1; may raise ExportCancelledError


class ExportError(RuntimeError):
    """A session cannot be exported as asked; the message is for the user."""


class ExportCancelledError(ExportError):
    """The user ended an export; no file is left of it."""


class Space(StrEnum):
    """Where positions are told from."""

    CAMERA = "camera"  # origin at the lens
    FLOOR = "floor"  # levelled, origin on the floor below the lens


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """What is exported.

    Args:
        person_ids: track ids, or None for everybody.
        fps: frames per second to resample to; None keeps the recorded frames, or takes their
            median rate where a format needs a steady one.
        fill_gaps_s: gaps up to this long are interpolated.
        is_raw: export the raw poses instead of the smoothed ones.
        space: where positions are told from; the floor is found from the feet of everybody.

    Raises:
        ValueError: if fps is not positive or fill_gaps_s is negative.
    """

    person_ids: tuple[int, ...] | None = None
    fps: float | None = None
    fill_gaps_s: float = 0.0
    is_raw: bool = False
    space: Space = Space.CAMERA

    def __post_init__(self) -> None:
        if self.fps is not None and not 0 < self.fps <= 1000:
            raise ValueError(f"fps must be above 0 and at most 1000, got {self.fps}")
        if not self.fill_gaps_s >= 0:
            raise ValueError(f"fill_gaps_s must not be negative, got {self.fill_gaps_s}")


@dataclass(frozen=True, eq=False, slots=True)
class Track:
    """One person from their first frame to their last, n frames.

    Args:
        track_id: of the session.
        first: number of the first frame in the take.
        joints: (n, J, 3) float64 mm in the take's space, NaN in gaps.
        joint_scores: (n, J), NaN in gaps.
        scores: (n,), NaN in gaps.
        is_filled: (n, J) bool: interpolated over a gap.
    """

    track_id: int
    first: int
    joints: np.ndarray
    joint_scores: np.ndarray
    scores: np.ndarray
    is_filled: np.ndarray

    def __len__(self) -> int:
        return len(self.scores)

    @property
    def frames(self) -> range:
        """Numbers of its frames in the take."""
        return range(self.first, self.first + len(self))

    @property
    def is_whole(self) -> np.ndarray:
        """(n,) bool: every joint is there."""
        return np.isfinite(self.joints).all(axis=(1, 2))

    def whole_spans(self) -> list[slice]:
        """Stretches of its frames in which every joint is there."""
        edges = np.flatnonzero(np.diff(np.concatenate([[False], self.is_whole, [False]])))
        return [slice(int(start), int(stop)) for start, stop in edges.reshape(-1, 2)]


@dataclass(frozen=True, eq=False, slots=True)
class Take:
    """F frames of a session, ready for export.

    Args:
        origin: of the session.
        times_s: (F,) float64, rising.
        fps: rate of the frames where it is steady, else the median rate of the recording.
        is_steady: whether the frames were resampled to `fps`.
        tracks: by track id.
        cameras: camera of every recorded frame; empty when resampled.
        num_untracked: sightings of people without a track id, which are left out.
        floor: the floor that positions are told from, None in camera space.
        options: what was asked for.
    """

    origin: SessionOrigin
    times_s: np.ndarray
    fps: float
    is_steady: bool
    tracks: tuple[Track, ...]
    cameras: tuple[Camera, ...]
    num_untracked: int
    floor: Floor | None
    options: ExportOptions

    def seen_at(self, frame: int) -> list[tuple[Track, int]]:
        """Tracks with any joint in a frame, each with the frame's place in the track."""
        places = ((track, frame - track.first) for track in self.tracks if frame in track.frames)
        return [(t, n) for t, n in places if np.isfinite(t.joints[n, :, 2]).any()]

    def summary(self) -> str:
        """How much it is, for people to read."""
        left_out = f", {self.num_untracked} sightings without a track left out"
        return (
            f"{len(self.times_s)} frames at {self.fps:g} fps, people "
            f"{', '.join(str(track.track_id) for track in self.tracks)}"
            f"{left_out if self.num_untracked else ''}"
        )

    def space_text(self, units: str, axes: str) -> str:
        """Units, axes, handedness and origin of what is written."""
        where = "camera space, origin at the lens"
        if self.floor is not None:
            where = f"levelled, origin on the floor below the lens ({self.floor.label})"
        return f"{units}; {axes}; right-handed; {where}"

    def about(self) -> dict[str, str]:
        """What a reader of the exported file must know, for its header or beside it."""
        filling = self.options.fill_gaps_s
        return about_poses(self.origin, self.options) | {
            "fps": f"{self.fps:g}, {'resampled' if self.is_steady else 'median; see the times'}",
            "gaps": f"interpolated up to {filling:g} s" if filling else "not interpolated",
            "space": self.space_text(UNITS, AXES),
        }


def about_poses(origin: SessionOrigin, options: ExportOptions) -> dict[str, str]:
    """Where the exported poses come from."""
    return {
        "source": origin.source,
        "model": f"{origin.model_name} {origin.model_sha256[:12]}",
        "application": f"das-capture {origin.app_version}",
        "started_utc": origin.started_utc,
        "lens": origin.intrinsics,
        "poses": "raw" if options.is_raw else "smoothed",
    }


def load_take(
    session: Session,
    options: ExportOptions,
    needs_steady: bool = False,
    on_progress: Progress = lambda _share: None,
) -> Take:
    """Read a session for export.

    Args:
        session: what to export.
        options: whom and how.
        needs_steady: resample to a steady rate even where no rate is asked for.
        on_progress: hears of the share of frames read.

    Raises:
        ExportError: if the session has no frame, or nobody whom the options ask for.
        SessionError: if it is damaged.
    """
    frames, cameras = [], _Cameras()
    num_untracked, seen = 0, _Sightings(session.origin.skeleton.num_joints, options.person_ids)
    feet = FloorFromFeet()
    for poses in session.between(is_raw=options.is_raw):
        num_untracked += int((poses.people.track_ids < 0).sum())
        seen.add(len(frames), poses)
        frames.append(poses.time_s)
        cameras.add(poses.camera)
        feet.add(poses.people, poses.camera)
        on_progress(len(frames) / len(session))
    if not frames:
        raise ExportError(f"{session.folder} has no frame to export")
    times_s = np.array(frames)
    tracks = [_filled(track, times_s, options.fill_gaps_s) for track in seen.tracks()]
    if not tracks:
        raise ExportError(f"{session.folder}: {seen.nobody_text()}")
    floor = _floor(feet) if options.space is Space.FLOOR else None
    if floor is not None:
        tracks = [replace(track, joints=floor.to_world(track.joints)) for track in tracks]
    fps = options.fps or _usual_fps(times_s, session.origin.nominal_fps)
    is_steady = needs_steady or options.fps is not None
    if is_steady:
        steady_s = np.arange(int(times_s[-1] * fps + 1e-6) + 1) / fps
        limit_s = max(_STALL_S, options.fill_gaps_s)
        tracks = [_resampled(track, times_s, steady_s, limit_s) for track in tracks]
        tracks, times_s = [t for t in tracks if len(t)], steady_s
    return Take(
        session.origin, times_s, fps, is_steady, tuple(tracks),
        () if is_steady else tuple(cameras.all), num_untracked, floor, options,
    )  # fmt: skip


def _floor(feet: FloorFromFeet) -> Floor:
    try:
        return feet.estimate()
    except FloorError as error:
        raise ExportError(f"the floor is not known: {error}") from error


class _Cameras:
    """Cameras of all frames, equal ones kept once."""

    def __init__(self) -> None:
        self.all: list[Camera] = []
        self._known: dict[tuple, Camera] = {}

    def add(self, camera: Camera) -> None:
        bent = None if camera.distortion is None else camera.distortion.tobytes()
        key = (camera.K.tobytes(), camera.size, bent)
        self.all.append(self._known.setdefault(key, camera))


class _Sightings:
    """Who was seen in which frame."""

    def __init__(self, num_joints: int, wanted: Iterable[int] | None) -> None:
        self._num_joints, self._wanted = num_joints, None if wanted is None else set(wanted)
        self._seen: dict[int, list[tuple[int, np.ndarray, np.ndarray, float]]] = {}
        self._ids: set[int] = set()

    def add(self, number: int, poses: RecordedPoses) -> None:
        people = poses.people
        for p in np.flatnonzero(people.track_ids >= 0):
            track_id = int(people.track_ids[p])
            self._ids.add(track_id)
            if self._wanted is None or track_id in self._wanted:
                sighting = (number, people.joints_cam[p], people.joint_scores[p], people.scores[p])
                self._seen.setdefault(track_id, []).append(sighting)

    def tracks(self) -> list[Track]:
        return [self._track(track_id) for track_id in sorted(self._seen)]

    def nobody_text(self) -> str:
        if self._ids:
            return f"no person has the id {self._wanted}; there are {sorted(self._ids)}"
        return "nobody was tracked"

    def _track(self, track_id: int) -> Track:
        numbers, joints, joint_scores, scores = zip(*self._seen[track_id], strict=True)
        first = numbers[0]
        places, size = np.array(numbers) - first, numbers[-1] - first + 1
        track = Track(
            track_id,
            first,
            np.full((size, self._num_joints, 3), np.nan),
            np.full((size, self._num_joints), np.nan),
            np.full(size, np.nan),
            np.zeros((size, self._num_joints), bool),
        )
        track.joints[places] = joints
        track.joint_scores[places] = joint_scores
        track.scores[places] = scores
        return track


def _filled(track: Track, times_s: np.ndarray, longest_s: float) -> Track:
    """The track with gaps of at most `longest_s` interpolated, joint by joint."""
    if longest_s <= 0:
        return track
    times_s = times_s[track.first : track.first + len(track)]
    is_seen = np.isfinite(track.joints).all(axis=-1)  # (n, J)
    for joint in range(is_seen.shape[1]):
        known = np.flatnonzero(is_seen[:, joint])
        for before, after in zip(known[:-1], known[1:], strict=True):
            if after - before > 1 and times_s[after] - times_s[before] <= longest_s:
                _fill(track, joint, before, after, times_s)
    return track


def _fill(track: Track, joint: int, before: int, after: int, times_s: np.ndarray) -> None:
    gap = slice(before + 1, after)
    share = (times_s[gap] - times_s[before]) / (times_s[after] - times_s[before])
    for values in (track.joints[:, joint], track.joint_scores[:, joint], track.scores):
        start, end = values[before], values[after]
        values[gap] = start + share.reshape(-1, *[1] * (values.ndim - 1)) * (end - start)
    track.is_filled[gap, joint] = True


def _resampled(track: Track, old_s: np.ndarray, new_s: np.ndarray, longest_s: float) -> Track:
    """The track at other times, linear between neighbouring frames; gaps stay gaps."""
    old_s = old_s[track.first : track.first + len(track)]
    first = int(np.searchsorted(new_s, old_s[0] - _SAME_S))
    new_s = new_s[first : np.searchsorted(new_s, old_s[-1] + _SAME_S)]
    after = np.clip(np.searchsorted(old_s, new_s - _SAME_S), 0, len(old_s) - 1)
    is_same = np.abs(old_s[after] - new_s) <= _SAME_S
    before = np.where(is_same, after, np.maximum(after - 1, 0))
    step_s = old_s[after] - old_s[before]
    share = np.where(is_same, 0.0, (new_s - old_s[before]) / np.where(is_same, 1.0, step_s))
    share[step_s > longest_s] = np.nan

    def between(values: np.ndarray) -> np.ndarray:
        weight = share.reshape(-1, *[1] * (values.ndim - 1))
        return values[before] + weight * (values[after] - values[before])

    return Track(
        track.track_id, first, between(track.joints), between(track.joint_scores),
        between(track.scores), track.is_filled[before] | track.is_filled[after],
    )  # fmt: skip


def _usual_fps(times_s: np.ndarray, nominal_fps: float) -> float:
    """Median rate of the frames; the announced one where they agree."""
    if len(times_s) < 2:
        return nominal_fps or 30.0
    fps = 1 / float(np.median(np.diff(times_s)))
    return nominal_fps if nominal_fps and abs(fps / nominal_fps - 1) < 0.02 else round(fps, 3)
