"""`Take`: the tracks of a session on one time line, the input of every export.

A gap, where a person or a joint is not seen, stays NaN. It is interpolated on request, up to a
length; at a steady rate short gaps always are, since a camera or a model that skipped frames is no
absence. What is interpolated is marked.
"""

import math
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

import numpy as np

from das_app.exports.takes.floor_space import FloorSpace, put_on_floor
from das_app.exports.takes.tracks import Sightings, Track, filled, grid_fps, resampled
from das_app.motion.body.rig import RigNames
from das_app.motion.faces import FaceHiding
from das_app.motion.floor_estimate import NOTHING_TOLD, FloorEstimator, ToldFloor
from das_app.session.edits import SessionEdits, load_edits
from das_app.session.format import AXES, UNITS
from das_app.session.session import Session
from das_app.session.types import Layer, SessionOrigin
from das_app.words.said import counted, marked, said
from das_model.camera import Camera

_BRIDGED_S, _BRIDGED_FRAMES = 0.25, 3  # what a steady rate goes over, whichever is longer

MAX_STEADY_ROWS = 500_000  # four and a half hours at 30 frames per second


_LAYER_WORDS = {
    Layer.RAW: marked("raw"),
    Layer.LIVE: marked("live"),
    Layer.REFINED: marked("refined"),
}
_ONE_SHORT = marked("{number} person seen for less than {least_s:.3g} s ({people})")
_SOME_SHORT = marked("{number} people seen for less than {least_s:.3g} s ({people})")
Progress = Callable[[float], None]  # share done, 0 to 1; may raise ExportCancelledError


class ExportError(RuntimeError):
    """A session cannot be exported as asked; the message is for the user."""


class ExportCancelledError(ExportError):
    """The user ended an export; no file is left of it."""


class MarkerNames(StrEnum):
    """Naming scheme of markers."""

    OURS = "ours"
    POSE2SIM = "pose2sim"  # as in its HALPE_26 and COCO_17 models


class Space(StrEnum):
    """Coordinate system of positions."""

    CAMERA = "camera"  # origin at the lens
    FLOOR = "floor"  # levelled, origin on the floor below the lens


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """Options of an export.

    Args:
        person_ids: track ids, or None for everybody.
        fps: frames per second to resample to; None keeps the recorded frames, or takes their
            median rate where a format needs a steady one.
        fill_gaps_s: gaps up to this long are interpolated.
        layer: which poses; None is refined where the session holds that, else live.
        space: where positions are told from; the floor is found from everybody in the session.
        told_floor: what is known of the floor already.
        is_untrimmed: export what was trimmed away, too.
        min_duration_s: people seen for less are left out; None is half a second in formats of
            motion and nothing in tables. At most half of the session counts.
        rig: names of bones.
        markers: names of markers.
        is_together: everybody in one file where that is not usual.
        has_images: write the pictures, too, where the format goes with them.
        faces: what takes the place of faces in a film.

    Raises:
        ValueError: if fps is not positive, or fill_gaps_s or min_duration_s is negative.
    """

    person_ids: tuple[int, ...] | None = None
    fps: float | None = None
    fill_gaps_s: float = 0.0
    layer: Layer | None = None
    space: Space = Space.CAMERA
    is_untrimmed: bool = False
    min_duration_s: float | None = None
    rig: RigNames = RigNames.HUMANOID
    markers: MarkerNames = MarkerNames.OURS
    is_together: bool = False
    has_images: bool = False
    told_floor: ToldFloor = NOTHING_TOLD
    faces: FaceHiding = FaceHiding.NONE

    def __post_init__(self) -> None:
        if self.fps is not None and not 0 < self.fps <= 1000:
            raise ValueError(f"fps must be above 0 and at most 1000, got {self.fps}")
        if not self.fill_gaps_s >= 0:
            raise ValueError(f"fill_gaps_s must not be negative, got {self.fill_gaps_s}")
        if self.min_duration_s is not None and not self.min_duration_s >= 0:
            raise ValueError(f"min_duration_s must not be negative, got {self.min_duration_s}")


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
        left_out: what of the session is not here, and why, for people to read.
        floor: that positions are told from, and how people stand on it; None in camera space.
        options: what was asked for.
        video: of the session, None where there is none.
        recorded_s: (F,) times of the frames in the session.
    """

    origin: SessionOrigin
    edits: SessionEdits
    times_s: np.ndarray
    fps: float
    is_steady: bool
    tracks: tuple[Track, ...]
    cameras: tuple[Camera, ...]
    left_out: tuple[str, ...]
    floor: FloorSpace | None
    options: ExportOptions
    video: Path | None
    recorded_s: np.ndarray

    def seen_at(self, frame: int) -> list[tuple[Track, int]]:
        """Tracks with any joint in a frame, each with the frame's place in the track."""
        places = ((track, frame - track.first) for track in self.tracks if frame in track.frames)
        return [(t, n) for t, n in places if np.isfinite(t.joints[n, :, 2]).any()]

    def name_of(self, track: Track) -> str:
        """Name of a person; empty without one."""
        return self.edits.names.get(track.track_id, "")

    def label_of(self, track: Track, unnamed: str) -> str:
        """A person's own word for names of files, nodes and markers: `Anna_3`, or as an `unnamed`
        one `person_3`; ASCII letters, digits and underscores only, a letter first."""
        plain = plain_text(self.name_of(track))
        if plain[:1].isdigit():
            plain = f"{unnamed}{plain}"
        return f"{plain}_{track.track_id}" if plain else f"{unnamed}{track.track_id}"

    def summary(self) -> str:
        """Summary for users: people written, people left out, and reasons."""
        people = ", ".join(map(self._called, self.tracks))
        num_frames = len(self.times_s)
        told = said(
            "{frames} at {fps:g} fps, {layer} poses, {whom}",
            frames=counted(num_frames, marked("1 frame"), marked("{number} frames")),
            fps=self.fps,
            layer=said(_LAYER_WORDS[self.options.layer or Layer.LIVE]),
            whom=said("people {people}", people=people) if people else said("nobody"),
        )
        for text in self.left_out:
            told = said("{told}; left out: {people}", told=told, people=text)
        if self.floor is not None:
            told = said("{told}; floor: {floor}", told=told, floor=self.floor.about)
        return told

    def _called(self, track: Track) -> str:
        name = self.name_of(track)
        return f"{track.track_id} ({name})" if name else str(track.track_id)

    def space_text(self, units: str, axes: str) -> str:
        """Units, axes, handedness and origin of what is written."""
        where = "camera space, origin at the lens"
        if self.floor is not None:
            where = f"levelled, origin on the floor below the lens ({self.floor.about})"
        return f"{units}; {axes}; right-handed; {where}"

    def about(self) -> dict[str, str]:
        """Notes for a reader of the exported file, for its header or beside it."""
        bridged = bridged_s(self.fps) if self.is_steady else 0.0
        longest = max(self.options.fill_gaps_s, bridged)
        return about_poses(self.origin, self.options, self.edits) | {
            "fps": f"{self.fps:g}, {'steady' if self.is_steady else 'usual; see the times'}",
            "gaps": f"interpolated up to {longest:g} s" if longest else "not interpolated",
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


def with_layer(session: Session, options: ExportOptions) -> ExportOptions:
    """The options with a layer, the best of the session where none is asked for."""
    return replace(options, layer=options.layer or session.best_layer)


def about_poses(
    origin: SessionOrigin, options: ExportOptions, edits: SessionEdits
) -> dict[str, str]:
    """Origin of the exported poses, in words."""
    about = {
        "source": origin.source,
        "model": f"{origin.model_name} {origin.model_sha256[:12]}",
        "application": f"das-capture {origin.app_version}",
        "started_utc": origin.started_utc,
        "lens": origin.intrinsics,
        "poses": (options.layer or Layer.LIVE).value,
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
    least_s: float = 0.0,
) -> Take:
    """Read a session for export.

    Args:
        session: what to export; it may be without a frame, or without people.
        options: whom and how.
        needs_steady: resample to a steady rate even where no rate is asked for.
        on_progress: hears of the share of frames read.
        least_s: people seen for less are left out, where the options say nothing.

    Raises:
        ExportError: if nobody has the ids that the options ask for.
        SessionError: if it is damaged.
    """
    frames: list[float] = []  # their times
    indices: list[int] = []
    cameras = _Cameras()
    seen = Sightings(session.origin.skeleton.num_joints, options.person_ids)
    options = with_layer(session, options)
    estimator = FloorEstimator(options.told_floor)
    edits = session_edits(session, options)
    layer = options.layer or session.best_layer
    num_frames = session.num_frames(layer)
    for poses in session.between(edits.start_s, edits.until_s, layer):
        seen.add(len(frames), poses.people)
        frames.append(poses.time_s)
        indices.append(poses.source_index)
        cameras.add(poses.camera)
        if options.space is Space.FLOOR:
            estimator.add(poses.people, poses.camera, poses.time_s)
        on_progress(min(1.0, len(frames) / num_frames))
    try:
        seen.check_wanted()
    except ValueError as error:
        raise ExportError(said("{folder}: {error}", folder=session.folder, error=error)) from error
    times_s = np.array(frames) - frames[0] if frames else np.zeros(0)
    tracks, left_out = _long_enough(seen, times_s, options, least_s)
    floor = None
    if options.space is Space.FLOOR:
        tracks, floor = put_on_floor(tracks, session.origin.skeleton, estimator.estimate())
    grid = grid_fps(times_s, np.array(indices), session.origin.nominal_fps)
    fps, is_steady = options.fps or grid, needs_steady or options.fps is not None
    if is_steady and frames:
        _require_rows(times_s[-1] * fps, session)
        steady_s = np.arange(int(times_s[-1] * fps + 1e-6) + 1) / fps
        longest_s = max(bridged_s(grid), options.fill_gaps_s)
        tracks = [filled(track, times_s, longest_s) for track in tracks]
        tracks = [resampled(t, times_s, steady_s, longest_s, 1 / grid) for t in tracks]
        tracks, times_s = [t for t in tracks if len(t)], steady_s
    else:
        tracks = [filled(track, times_s, options.fill_gaps_s) for track in tracks]
    return Take(
        session.origin,
        edits,
        times_s,
        fps,
        is_steady,
        tuple(tracks),
        () if is_steady else tuple(cameras.all),
        left_out,
        floor,
        options,
        session.video_path,
        times_s + (frames[0] if frames else 0.0),
    )


def bridged_s(fps: float) -> float:
    """The longest gap that a steady rate goes over: a quarter second, or three frames."""
    return max(_BRIDGED_S, _BRIDGED_FRAMES / fps)


def _long_enough(
    seen: Sightings, times_s: np.ndarray, options: ExportOptions, least_s: float
) -> tuple[list[Track], tuple[str, ...]]:
    """Tracks that last long enough, and what is left out in words."""
    least_s = least_s if options.min_duration_s is None else options.min_duration_s
    if len(times_s):
        least_s = min(least_s, times_s[-1] / 2)
    tracks = seen.tracks()
    lasting = [times_s[track.frames[-1]] - times_s[track.first] for track in tracks]
    short = [t.track_id for t, lasts in zip(tracks, lasting, strict=True) if lasts < least_s]
    left_out: list[str] = []
    if short:
        listed = ", ".join(map(str, short[:8])) + (", ..." if len(short) > 8 else "")
        told = counted(len(short), _ONE_SHORT, _SOME_SHORT, least_s=least_s, people=listed)
        left_out.append(told)
    if seen.num_untracked:
        left_out.append(said("{number} sightings without a track", number=seen.num_untracked))
    return [track for track in tracks if track.track_id not in short], tuple(left_out)


def _require_rows(num_rows: float, session: Session) -> None:
    """Refuse a steady rate over hours, such as over a night without a camera."""
    if num_rows > MAX_STEADY_ROWS:
        raise ExportError(
            said(
                "{folder}: a steady rate over its whole time makes {num_rows:.0f} "
                "frames, more than {most}; trim the session to a part of it, "
                "or name a lower rate",
                folder=session.folder,
                num_rows=num_rows,
                most=MAX_STEADY_ROWS,
            )
        )


class _Cameras:
    """Cameras of all frames, equal ones kept once."""

    def __init__(self) -> None:
        self.all: list[Camera] = []
        self._known: dict[tuple, Camera] = {}

    def add(self, camera: Camera) -> None:
        bent = None if camera.distortion is None else camera.distortion.tobytes()
        key = (camera.K.tobytes(), camera.size, bent)
        self.all.append(self._known.setdefault(key, camera))
