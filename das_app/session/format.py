"""Session file format: names, channels, JSON schemas and conversion.

`docs/sessions.md` describes the format. Positions are camera space in mm, x right, y down,
z forward, origin at the lens. What is not a number is null.
"""

import json
import zlib
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from das_app.files.foreign_text import printable
from das_app.lens.camera_json import camera_to_json
from das_app.lens.plausible_camera import plausible_number
from das_app.session.types import (
    EventKind,
    RecordedPoses,
    SessionCounts,
    SessionEvent,
    SessionOrigin,
)
from das_app.sources.addresses import is_address, shown_address
from das_app.sources.turned_source import Turn
from das_model.camera import Camera
from das_model.people import People
from das_model.skeleton import Skeleton

SCHEMA_VERSION = 2
SUMMARY_FILE, LOG_FILE, VIDEO_FILE = "session.json", "session.mcap", "video.mkv"
REFINED_FILE, REPORT_FILE = "refined.mcap", "refined.json"
Json = dict[str, Any]  # of a file: its values are looked at before they are used
AXES = "x right, y down, z forward"
UNITS = "mm"
METADATA_NAME = "das_session"
POSES_TOPIC, RAW_POSES_TOPIC = "/poses", "/poses_raw"
CAMERA_TOPIC, EVENTS_TOPIC, STATS_TOPIC = "/camera", "/events", "/stats"
_MAX_FPS = 10_000.0
MAX_TIME_S = 1e8  # three years
_MAX_VALUE = 1e9  # mm: a thousand kilometres
_DECIMALS = 3  # 1 micrometre

_NUMBER, _TEXT, _INTEGER = {"type": "number"}, {"type": "string"}, {"type": "integer"}
_NUMBER_OR_NULL = {"type": ["number", "null"]}


def _object(optional: tuple[str, ...] = (), **properties: Json) -> Json:
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required}


def _array(items: Json) -> Json:
    return {"type": "array", "items": items}


_POSES_SCHEMA = _object(
    index=_INTEGER,
    time_s=_NUMBER,
    source_index=_INTEGER,
    source_time_s=_NUMBER,
    picture={"type": ["integer", "null"]},
    people=_array(
        _object(
            ("joint_spread_mm",),
            track_id=_INTEGER,
            score=_NUMBER,
            joints_cam_mm=_array(_array(_NUMBER_OR_NULL)),
            joint_scores=_array(_NUMBER_OR_NULL),
            joint_spread_mm=_array(_NUMBER_OR_NULL),
        )
    ),
)
_CAMERA_SCHEMA = _object(
    fx=_NUMBER,
    fy=_NUMBER,
    cx=_NUMBER,
    cy=_NUMBER,
    width=_INTEGER,
    height=_INTEGER,
    distortion={"type": ["array", "null"], "items": _NUMBER},
)
_STATS_SCHEMA = _object(
    time_s=_NUMBER,
    frames_per_s=_NUMBER,
    inference_ms=_NUMBER,
    latency_ms=_NUMBER,
    num_bytes=_INTEGER,
    free_disk_bytes=_INTEGER,
    num_dropped_pictures=_INTEGER,
)
# topic -> (name of the schema, schema)
CHANNELS = {
    CAMERA_TOPIC: ("das.Camera", _CAMERA_SCHEMA),
    POSES_TOPIC: ("das.Poses", _POSES_SCHEMA),
    RAW_POSES_TOPIC: ("das.Poses", _POSES_SCHEMA),
    EVENTS_TOPIC: ("das.Event", _object(time_s=_NUMBER, kind=_TEXT, text=_TEXT)),
    STATS_TOPIC: ("das.Stats", _STATS_SCHEMA),
}


def session_at(path: Path) -> Path | None:
    """The session's folder that a path means: the folder itself or a file of it; else None."""
    if path.name in (LOG_FILE, SUMMARY_FILE, VIDEO_FILE):
        path = path.parent
    return path if (path / LOG_FILE).is_file() else None


def dump(values: Json) -> bytes:
    """Compact JSON of one message."""
    return json.dumps(values, separators=(",", ":"), allow_nan=False).encode()


def origin_to_metadata(origin: SessionOrigin) -> dict[str, str]:
    """The origin as MCAP metadata, texts only, with a checksum of its own."""
    values = {
        "schema_version": str(SCHEMA_VERSION),
        "app_version": origin.app_version,
        "started_utc": origin.started_utc,
        "source": origin.source,
        "nominal_fps": repr(float(origin.nominal_fps)),
        "intrinsics": origin.intrinsics,
        "model_name": origin.model_name,
        "model_sha256": origin.model_sha256,
        "units": UNITS,
        "axes": AXES,
        "joint_names": " ".join(origin.skeleton.joint_names),
        "joint_parents": " ".join(map(str, origin.skeleton.parents)),
    }
    if origin.mode:
        values["mode"] = origin.mode
    if origin.turn_deg:
        values["turn_deg"] = str(origin.turn_deg)
    if origin.ignored:
        values["ignored"] = origin.ignored
    return values | {"crc32": _checksum(values)}


def origin_from_metadata(values: dict[str, str]) -> SessionOrigin:
    """Inverse of `origin_to_metadata`.

    Raises:
        ValueError: for another schema version, a wrong checksum or values out of range.
        KeyError: if something is missing.
    """
    values = dict(values)
    if values.pop("crc32") != _checksum(values):
        raise ValueError("the metadata does not match its checksum")
    if values["schema_version"] != str(SCHEMA_VERSION):
        raise ValueError(
            f"schema version {values['schema_version']}; this version reads {SCHEMA_VERSION}"
        )
    skeleton = Skeleton(tuple(values["joint_names"].split()))
    if "pelvis" not in skeleton.joint_names:
        raise ValueError("the joints of its people have no pelvis")
    nominal_fps = plausible_number("nominal_fps", float(values["nominal_fps"]))
    started = datetime.fromisoformat(values["started_utc"])
    if not 1970 <= started.year < 2200 or started.tzinfo is None:
        raise ValueError(f"started_utc must be a time of UTC, got {values['started_utc']}")
    return SessionOrigin(
        source=_shown_source(printable(values["source"])),
        nominal_fps=nominal_fps if 0 < nominal_fps <= _MAX_FPS else 0.0,
        intrinsics=printable(values["intrinsics"]),
        skeleton=skeleton,
        model_name=printable(values["model_name"]),
        model_sha256=printable(values["model_sha256"]),
        app_version=printable(values["app_version"]),
        started_utc=values["started_utc"],
        mode=values.get("mode", ""),
        turn_deg=Turn(int(values.get("turn_deg", "0"))),
        ignored=printable(values.get("ignored", "")),
    )


def _shown_source(name: str) -> str:
    """The name of a source; the first versions wrote addresses with what is secret of them."""
    return shown_address(name) if is_address(name) else name


def summary_to_json(
    origin: SessionOrigin, camera: Camera | None, duration_s: float, counts: SessionCounts
) -> dict[str, object]:
    """Content of `session.json`; `camera` is that of the first frame, if there is any."""
    return {
        "schema_version": SCHEMA_VERSION,
        "app_version": origin.app_version,
        "started_utc": origin.started_utc,
        "duration_s": duration_s,
        "source": {
            "name": origin.source,
            "nominal_fps": origin.nominal_fps,
            "turn_deg": int(origin.turn_deg),
        },
        "camera": None if camera is None else camera_to_json(camera),
        "intrinsics": origin.intrinsics,
        "axes": AXES,
        "units": UNITS,
        "skeleton": {
            "joint_names": list(origin.skeleton.joint_names),
            "parents": list(origin.skeleton.parents),
        },
        "model": {
            "name": origin.model_name,
            "sha256": origin.model_sha256,
            "mode": origin.mode,
        },
        "ignored": origin.ignored,
        "counts": {
            "frames": counts.num_frames,
            "people": counts.num_people,
            "dropped": counts.num_dropped,
            "dropped_pictures": counts.num_dropped_pictures,
            **({} if counts.num_tracks is None else {"tracks": counts.num_tracks}),
        },
        "is_repaired": counts.is_repaired,
    }


def counts_from_json(summary: Json) -> SessionCounts:
    """The counts of `session.json`. Raises KeyError, TypeError or ValueError for other content."""
    counts = summary["counts"]
    names = ("frames", "people", "dropped", "dropped_pictures")
    frames, people, dropped, dropped_pictures = (_whole(name, counts[name]) for name in names)
    tracks = _whole("tracks", counts["tracks"]) if "tracks" in counts else None
    is_repaired = bool(summary["is_repaired"])
    return SessionCounts(frames, people, dropped, dropped_pictures, is_repaired, tracks)


def poses_to_json(poses: RecordedPoses) -> dict[str, object]:
    """One message of a pose channel; the camera is on a channel of its own."""
    people = poses.people
    return {
        "index": poses.index,
        "time_s": poses.time_s,
        "source_index": poses.source_index,
        "source_time_s": poses.source_time_s,
        "picture": poses.picture,
        "people": [
            {
                "track_id": int(people.track_ids[p]),
                "score": round(float(people.scores[p]), 4),
                "joints_cam_mm": _numbers(people.joints_cam[p]),
                "joint_scores": _numbers(people.joint_scores[p]),
            }
            | (
                {}
                if people.joint_spread_mm is None
                else {"joint_spread_mm": _numbers(people.joint_spread_mm[p].round(1))}
            )
            for p in range(len(people))
        ],
    }


def poses_from_json(values: Json, skeleton: Skeleton, camera: Camera) -> RecordedPoses:
    """Inverse of `poses_to_json`. Raises ValueError, KeyError or TypeError for other content."""
    found, num_joints = values["people"], skeleton.num_joints
    if not isinstance(found, list):
        raise ValueError(f"people must be a list, got {str(found)[:40]!r}")
    ids = [_whole("track_id", p["track_id"], -1) for p in found]
    people = People(
        _floats([p["joints_cam_mm"] for p in found], (len(found), num_joints, 3)),
        _floats([p["joint_scores"] for p in found], (len(found), num_joints)),
        _floats([p["score"] for p in found], (len(found),)),
        np.array(ids, dtype=np.int64),
        skeleton,
        # recordings of former versions have none
        _floats([p["joint_spread_mm"] for p in found], (len(found), num_joints))
        if found and all("joint_spread_mm" in p for p in found)
        else None,
    )
    picture = values["picture"]
    return RecordedPoses(
        _whole("index", values["index"]),
        _time("time_s", values["time_s"]),
        _whole("source_index", values["source_index"]),
        plausible_number("source_time_s", values["source_time_s"]),
        None if picture is None else _whole("picture", picture),
        camera,
        people,
    )


def event_to_json(event: SessionEvent) -> dict[str, object]:
    """One message of `/events`."""
    return {"time_s": event.time_s, "kind": event.kind.value, "text": event.text}


def event_from_json(values: Json) -> SessionEvent:
    """Inverse of `event_to_json`; a kind that only a newer version knows becomes OTHER.

    Raises ValueError, KeyError or TypeError for other content.
    """
    kind, text = values["kind"], values["text"]
    if not (isinstance(kind, str) and isinstance(text, str)):
        raise ValueError("kind and text of an event must be texts")
    time_s = _time("time_s", values["time_s"])
    if kind in set(EventKind):
        return SessionEvent(time_s, EventKind(kind), printable(text))
    return SessionEvent(time_s, EventKind.OTHER, printable(f"{kind}: {text}"))


def _checksum(values: dict[str, str]) -> str:
    return f"{zlib.crc32(json.dumps(sorted(values.items())).encode()):08x}"


def _numbers(values: np.ndarray) -> list[Any]:
    """Nested lists with None for what is not a number, which JSON cannot hold."""
    exact = np.asarray(values, dtype=np.float64).round(_DECIMALS)
    is_finite = np.isfinite(exact)
    if is_finite.all():
        return exact.tolist()
    holed = exact.astype(object)
    holed[~is_finite] = None
    return holed.tolist()


def _floats(values: list[Any], shape: tuple[int, ...]) -> np.ndarray:
    """float32 array of `shape` with NaN for None; keeps its rank when there is nobody."""
    array = np.array(values, dtype=np.float64)
    if (np.abs(array[~np.isnan(array)]) > _MAX_VALUE).any():
        raise ValueError(f"values of poses must be below {_MAX_VALUE:g}")
    array = array.astype(np.float32)
    return array.reshape(shape) if array.size == 0 else array


def _whole(name: str, value: object, least: int = 0) -> int:
    """A whole number that an array can hold."""
    if type(value) is not int or not least <= value < 1 << 53:
        raise ValueError(f"{name} must be a whole number from {least}, got {str(value)[:40]!r}")
    return value


def _time(name: str, value: object) -> float:
    """A time of the session in seconds."""
    time_s = plausible_number(name, value)
    if not 0 <= time_s < MAX_TIME_S:
        raise ValueError(f"{name} must be 0 to {MAX_TIME_S:g} s, got {time_s:g}")
    return time_s


def plausible_duration(value: object) -> float:
    """Seconds of a session as they stand in its summary. Raises ValueError if they cannot be."""
    return _time("duration_s", value)
