"""JSON messages of streams: the skeleton, and the people of a frame.

docs/streaming.md has the schema. Numbers are rounded to 0.1 mm and 0.001 of confidence.
"""

import json
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from das_model.camera import Camera
from das_model.people import People
from das_model.skeleton import Skeleton

SCHEMA_VERSION = 1


def skeleton_message(skeleton: Skeleton) -> str:
    """Joints, bones, units and axes: sent before the first frame and whenever they change."""
    return _text(
        {
            "type": "skeleton",
            "version": SCHEMA_VERSION,
            "application": "das-capture",
            "joints": list(skeleton.joint_names),
            "bones": [list(bone) for bone in skeleton.bones],
            "units": "mm",
            "axes": "x right, y down, z forward; origin at the lens",
        }
    )


def frame_message(
    index: int,
    time_s: float,
    camera: Camera,
    people: People,
    captured_unix_s: float | None = None,
    names: Mapping[int, str] = MappingProxyType({}),
) -> str:
    """The people of a frame.

    Args:
        index: of the frame.
        time_s: of the frame, as its source counts.
        camera: of the picture.
        people: all joints known, with track ids.
        captured_unix_s: seconds since 1970 at which it was captured, None where nobody knows.
        names: of people, by track id.
    """
    width, height = camera.size
    return _text(
        {
            "type": "frame",
            "frame": index,
            "time_s": round(time_s, 6),
            "captured_unix_s": None if captured_unix_s is None else round(captured_unix_s, 6),
            "camera": {
                "width": width,
                "height": height,
                "fx": round(float(camera.K[0, 0]), 3),
                "fy": round(float(camera.K[1, 1]), 3),
                "cx": round(float(camera.K[0, 2]), 3),
                "cy": round(float(camera.K[1, 2]), 3),
            },
            "people": [_person(people, row, names) for row in range(len(people))],
        }
    )


def _person(people: People, row: int, names: Mapping[int, str]) -> dict[str, object]:
    return {
        "id": int(people.track_ids[row]),
        "name": names.get(int(people.track_ids[row]), ""),
        "score": round(float(people.scores[row]), 3),
        "joints": np.round(people.joints_cam[row].astype(np.float64), 1).tolist(),
        "confidence": np.round(people.joint_scores[row].astype(np.float64), 3).tolist(),
    }


def _text(message: dict[str, object]) -> str:
    return json.dumps(message, separators=(",", ":"), allow_nan=False)
