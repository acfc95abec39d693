"""What every export starts from: the tracks of a session on one time line, gaps and all.

A gap, where a person or a joint is not seen, stays NaN. It is interpolated only on request, up to
a length, and then marked. A stall of the source counts as a gap, too.
"""

import math
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from das_app.exports.tracks import Sightings, Track, filled, resampled, usual_fps
from das_app.motion.floor import Floor, FloorError, FloorFromFeet
from das_app.session.edits import SessionEdits, load_edits
from das_app.session.format import AXES, UNITS
from das_app.session.session import Session
from das_app.session.types import SessionOrigin
from das_model.camera import Camera

_STALL_S = 0.25  # neighbouring frames further apart are not interpolated between


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
        is_untrimmed: export what was trimmed away, too.

    Raises:
        ValueError: if fps is not positive or fill_gaps_s is negative.
    """

    person_ids: tuple[int, ...] | None = None
    fps: float | None = None
    fill_gaps_s: float = 0.0
    is_raw: bool = False
    space: Space = Space.CAMERA
    is_untrimmed: bool = False

    def __post_init__(self) -> None:
        if self.fps is not None and not 0 < self.fps <= 1000:
            raise ValueError(f"fps must be above 0 and at most 1000, got {self.fps}")
        if not self.fill_gaps_s >= 0:
            raise ValueError(f"fill_gaps_s must not be negative, got {self.fill_gaps_s}")


@dataclass(frozen=True, eq=False, slots=True)
class Take:
    """F frames of a session, ready for export.

    Args:
        origin: of the session.
        edits: names of people, and the part of the session that this is.
        times_s: (F,) float64, rising; they begin at 0 with the first frame that counts.
        fps: rate of the frames where it is steady, else the median rate of the recording.
        is_steady: whether the frames were resampled to `fps`.
        tracks: by track id.
        cameras: camera of every recorded frame; empty when resampled.
        num_untracked: sightings of people without a track id, which are left out.
        floor: the floor that positions are told from, None in camera space.
        options: what was asked for.
    """

    origin: SessionOrigin
    edits: SessionEdits
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

    def name_of(self, track: Track) -> str:
        """What a person was called; empty for nothing."""
        return self.edits.names.get(track.track_id, "")

    def label_of(self, track: Track, unnamed: str) -> str:
        """A person's own word for names of files, nodes and markers: `Anna_3`, or as an `unnamed`
        one `person_3`; ASCII letters, digits and underscores only."""
        plain = plain_text(self.name_of(track))
        return f"{plain}_{track.track_id}" if plain else f"{unnamed}{track.track_id}"

    def summary(self) -> str:
        """How much it is, for people to read."""
        left_out = f", {self.num_untracked} sightings without a track left out"
        return (
            f"{len(self.times_s)} frames at {self.fps:g} fps, people "
            f"{', '.join(map(self._called, self.tracks))}"
            f"{left_out if self.num_untracked else ''}"
        )

    def _called(self, track: Track) -> str:
        name = self.name_of(track)
        return f"{track.track_id} ({name})" if name else str(track.track_id)

    def space_text(self, units: str, axes: str) -> str:
        """Units, axes, handedness and origin of what is written."""
        where = "camera space, origin at the lens"
        if self.floor is not None:
            where = f"levelled, origin on the floor below the lens ({self.floor.label})"
        return f"{units}; {axes}; right-handed; {where}"

    def about(self) -> dict[str, str]:
        """What a reader of the exported file must know, for its header or beside it."""
        filling = self.options.fill_gaps_s
        return about_poses(self.origin, self.options, self.edits) | {
            "fps": f"{self.fps:g}, {'resampled' if self.is_steady else 'median; see the times'}",
            "gaps": f"interpolated up to {filling:g} s" if filling else "not interpolated",
            "space": self.space_text(UNITS, AXES),
        }


def plain_text(name: str) -> str:
    """A name in ASCII letters, digits and underscores; empty where nothing of it is left."""
    ascii_text = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub("[^A-Za-z0-9]+", "_", ascii_text).strip("_")


def session_edits(session: Session, options: ExportOptions) -> SessionEdits:
    """Names and trim that an export follows. Raises SessionError if they cannot be read."""
    edits = load_edits(session.folder)
    return edits.untrimmed() if options.is_untrimmed else edits


def about_poses(
    origin: SessionOrigin, options: ExportOptions, edits: SessionEdits
) -> dict[str, str]:
    """Where the exported poses come from."""
    about = {
        "source": origin.source,
        "model": f"{origin.model_name} {origin.model_sha256[:12]}",
        "application": f"das-capture {origin.app_version}",
        "started_utc": origin.started_utc,
        "lens": origin.intrinsics,
        "poses": "raw" if options.is_raw else "smoothed",
    }
    if edits.names:
        about["names"] = ", ".join(f"{n} is {name}" for n, name in edits.names.items())
    if edits.is_trimmed:
        end = "its end" if math.isinf(edits.end_s) else f"{edits.end_s:g} s"
        about["part"] = f"the session from {edits.start_s:g} s to {end}"
    return about


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
    seen = Sightings(session.origin.skeleton.num_joints, options.person_ids)
    feet = FloorFromFeet()
    edits = session_edits(session, options)
    part = session.between(edits.start_s, edits.until_s, options.is_raw)
    for poses in part:
        seen.add(len(frames), poses.people)
        frames.append(poses.time_s)
        cameras.add(poses.camera)
        feet.add(poses.people, poses.camera)
        on_progress(min(1.0, len(frames) / len(session)))
    if not frames:
        raise ExportError(f"{session.folder} has no frame to export")
    times_s = np.array(frames) - frames[0]
    tracks = [filled(track, times_s, options.fill_gaps_s) for track in seen.tracks()]
    if not tracks:
        raise ExportError(f"{session.folder}: {seen.nobody_text()}")
    floor = _floor(feet) if options.space is Space.FLOOR else None
    if floor is not None:
        tracks = [replace(track, joints=floor.to_world(track.joints)) for track in tracks]
    fps = options.fps or usual_fps(times_s, session.origin.nominal_fps)
    is_steady = needs_steady or options.fps is not None
    if is_steady:
        steady_s = np.arange(int(times_s[-1] * fps + 1e-6) + 1) / fps
        limit_s = max(_STALL_S, options.fill_gaps_s)
        tracks = [resampled(track, times_s, steady_s, limit_s) for track in tracks]
        tracks, times_s = [t for t in tracks if len(t)], steady_s
    return Take(
        session.origin, edits, times_s, fps, is_steady, tuple(tracks),
        () if is_steady else tuple(cameras.all), seen.num_untracked, floor, options,
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
