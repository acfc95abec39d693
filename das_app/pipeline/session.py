"""A recorded session on disk: `session.json` about the whole, `poses.jsonl` with a line a frame.

The poses are written while they come; `session.json` is written last and whole, so a folder
without it was not closed. Positions are camera space in mm, x right, y down, z forward.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from das_model.camera import Camera
from das_model.people import People
from das_model.skeleton import Skeleton

SCHEMA_VERSION = 1
HEADER_FILE = "session.json"
POSES_FILE = "poses.jsonl"
AXES = "x right, y down, z forward"
UNITS = "mm"
_DECIMALS = 4  # 0.1 micrometre, or 1e-4 px: finer than float32 is at a few metres


class SessionError(RuntimeError):
    """A session folder cannot be written or read; the message is for the user."""


@dataclass(frozen=True, eq=False, slots=True)
class SessionOrigin:
    """Where the poses of a session come from; known before its first frame.

    Args:
        source: name of the source.
        nominal_fps: frames per second it announces, 0 when unknown.
        intrinsics: how the lens is known, for people to read.
        skeleton: joints of every person.
        model_name: name of the model.
        model_sha256: hex digest of the model file.
        app_version: version of the application.
        started_utc: ISO 8601 time of the start.
    """

    source: str
    nominal_fps: float
    intrinsics: str
    skeleton: Skeleton
    model_name: str
    model_sha256: str
    app_version: str
    started_utc: str


@dataclass(frozen=True, eq=False, slots=True)
class SessionHeader:
    """A closed session.

    Args:
        origin: where its poses come from.
        camera: camera of its first frame, None when it has no frame.
        num_frames: frames recorded.
        num_people: people in them, each counted in every frame.
        num_dropped: frames the model never saw because it was busy.
    """

    origin: SessionOrigin
    camera: Camera | None
    num_frames: int
    num_people: int
    num_dropped: int


@dataclass(frozen=True, eq=False, slots=True)
class RecordedPoses:
    """The people of one recorded frame; `time_s` as in `Frame`."""

    index: int
    time_s: float
    camera: Camera
    people: People


class Session:
    """A closed session folder; iterating reads its frames in order.

    Raises:
        SessionError: if the folder holds no closed session that this version can read.
    """

    def __init__(self, folder: Path) -> None:
        self._poses_path = folder / POSES_FILE
        header_path = folder / HEADER_FILE
        if not header_path.is_file():
            unfinished = " (it was not closed properly)" if self._poses_path.is_file() else ""
            raise SessionError(f"{folder} holds no {HEADER_FILE}{unfinished}")
        try:
            self.header = header_from_json(json.loads(header_path.read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise SessionError(f"{header_path} is unreadable: {error!r}") from error

    def __iter__(self) -> Iterator[RecordedPoses]:
        camera: Camera | None = None
        with self._poses_path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                try:
                    poses = poses_from_json(json.loads(line), self.header.origin.skeleton, camera)
                except (ValueError, KeyError, TypeError) as error:
                    raise SessionError(f"{self._poses_path}:{number}: {error!r}") from error
                camera = poses.camera
                yield poses


def header_to_json(header: SessionHeader) -> dict[str, object]:
    """Content of `session.json`."""
    origin = header.origin
    return {
        "schema_version": SCHEMA_VERSION,
        "app_version": origin.app_version,
        "started_utc": origin.started_utc,
        "source": {"name": origin.source, "nominal_fps": origin.nominal_fps},
        "camera": None if header.camera is None else camera_to_json(header.camera),
        "intrinsics": origin.intrinsics,
        "axes": AXES,
        "units": UNITS,
        "skeleton": {
            "joint_names": list(origin.skeleton.joint_names),
            "parents": list(origin.skeleton.parents),
        },
        "model": {"name": origin.model_name, "sha256": origin.model_sha256},
        "counts": {
            "frames": header.num_frames,
            "people": header.num_people,
            "dropped": header.num_dropped,
        },
    }


def header_from_json(values: dict) -> SessionHeader:
    """Inverse of `header_to_json`. Raises ValueError for another schema version."""
    if values["schema_version"] != SCHEMA_VERSION:
        raise ValueError(
            f"schema version {values['schema_version']}; this version reads {SCHEMA_VERSION}"
        )
    origin = SessionOrigin(
        source=values["source"]["name"],
        nominal_fps=values["source"]["nominal_fps"],
        intrinsics=values["intrinsics"],
        skeleton=Skeleton(tuple(values["skeleton"]["joint_names"])),
        model_name=values["model"]["name"],
        model_sha256=values["model"]["sha256"],
        app_version=values["app_version"],
        started_utc=values["started_utc"],
    )
    camera = None if values["camera"] is None else camera_from_json(values["camera"])
    counts = values["counts"]
    return SessionHeader(origin, camera, counts["frames"], counts["people"], counts["dropped"])


def poses_to_json(poses: RecordedPoses, with_camera: bool) -> dict[str, object]:
    """One line of `poses.jsonl`; the camera is written where it differs from the line before."""
    people = poses.people
    joints_px = people.joints_px(poses.camera)
    values: dict[str, object] = {"index": poses.index, "time_s": poses.time_s}
    if with_camera:
        values["camera"] = camera_to_json(poses.camera)
    values["people"] = [
        {
            "score": float(people.scores[p]),
            "track_id": int(people.track_ids[p]),
            "joints_cam_mm": _numbers(people.joints_cam[p]),
            "joints_px": _numbers(joints_px[p]),
            "joint_scores": _numbers(people.joint_scores[p]),
        }
        for p in range(len(people))
    ]
    return values


def poses_from_json(values: dict, skeleton: Skeleton, camera: Camera | None) -> RecordedPoses:
    """Inverse of `poses_to_json`; `camera` is that of the line before."""
    if "camera" in values:
        camera = camera_from_json(values["camera"])
    if camera is None:
        raise ValueError("the first line must have a camera")
    found, num_joints = values["people"], skeleton.num_joints
    people = People(
        _array([p["joints_cam_mm"] for p in found], (len(found), num_joints, 3)),
        _array([p["joint_scores"] for p in found], (len(found), num_joints)),
        _array([p["score"] for p in found], (len(found),)),
        np.array([p["track_id"] for p in found], dtype=np.int64),
        skeleton,
    )
    return RecordedPoses(values["index"], values["time_s"], camera, people)


def camera_to_json(camera: Camera) -> dict[str, object]:
    """Intrinsics in pixels, as `calibration.load_intrinsics` reads them."""
    return {
        "fx": float(camera.K[0, 0]), "fy": float(camera.K[1, 1]),
        "cx": float(camera.K[0, 2]), "cy": float(camera.K[1, 2]),
        "width": camera.size[0], "height": camera.size[1],
        "distortion": None if camera.distortion is None else camera.distortion.tolist(),
    }  # fmt: skip


def camera_from_json(values: dict) -> Camera:
    """Inverse of `camera_to_json`."""
    size = (values["width"], values["height"])
    plain = Camera.from_intrinsics(*(values[name] for name in ("fx", "fy", "cx", "cy")), size)
    distortion = values.get("distortion")
    return Camera(plain.K, plain.size, None if distortion is None else np.array(distortion))


def _numbers(values: np.ndarray) -> list:
    """Nested lists with None for what is not a number, which JSON cannot hold."""
    exact = np.asarray(values, dtype=np.float64).round(_DECIMALS)
    return np.where(np.isfinite(exact), exact, None).tolist()


def _array(values: list, shape: tuple[int, ...]) -> np.ndarray:
    """float32 array of `shape` with NaN for None; keeps its rank when there is nobody."""
    array = np.array(values, dtype=np.float64).astype(np.float32)
    return array.reshape(shape) if array.size == 0 else array
