"""COCO keypoints: an image for each recorded frame, the 17 joints of each person in pixels.

A joint that is not seen has visibility 0. Boxes and areas are those of the joints.
"""

import json
from pathlib import Path

import numpy as np

from das_app.exports.files import export_file
from das_app.exports.take import ExportError, Progress, Take
from das_app.exports.tracks import Track
from das_model.camera import Camera
from das_model.skeleton import COCO_17

_SPACE = "pixels; x right, y down; (0, 0) is the centre of the top-left pixel"


def write_coco(take: Take, path: Path, on_progress: Progress) -> None:
    """Write a take of recorded frames.

    Raises:
        ExportError: if the take is resampled or not in camera space, its skeleton lacks joints of
            COCO, or the file cannot be written.
    """
    if take.is_steady:
        raise ExportError("COCO keypoints belong to recorded frames; leave the frame rate out")
    if take.floor is not None:
        raise ExportError("pixels belong to camera space; leave the floor out")
    order = COCO_17.indices_in(take.origin.skeleton)
    if (order < 0).any():
        raise ExportError("the model's skeleton lacks joints of COCO")
    images, annotations = [], []
    for frame, (time_s, camera) in enumerate(zip(take.times_s, take.cameras, strict=True)):
        images.append(
            {
                "id": frame, "file_name": f"{frame:06d}.png", "width": camera.size[0],
                "height": camera.size[1], "time_s": round(float(time_s), 6),
            }
        )  # fmt: skip
        for track, place in take.seen_at(frame):
            person = _annotation(track, place, order, camera) | {"name": take.name_of(track)}
            if person["num_keypoints"]:
                annotations.append({"id": len(annotations) + 1, "image_id": frame} | person)
        on_progress((frame + 1) / len(take.times_s))
    about = take.about() | {"space": _SPACE}
    content = {
        "info": {"description": "; ".join(f"{k}: {v}" for k, v in about.items())},
        "images": images,
        "annotations": annotations,
        "categories": [_category()],
    }
    with export_file(path) as new, new.open("w", encoding="utf-8") as file:
        json.dump(content, file, allow_nan=False)


def _annotation(track: Track, place: int, order: np.ndarray, camera: Camera) -> dict[str, object]:
    points = camera.project(track.joints[place, order])  # (17, 2) px
    is_seen = np.isfinite(points).all(axis=-1)
    seen = points[is_seen] if is_seen.any() else np.zeros((1, 2))
    low, size = seen.min(axis=0), np.ptp(seen, axis=0)
    keypoints = np.where(is_seen[:, None], np.c_[points, np.full(17, 2.0)], 0.0)  # (17, 3)
    return {
        "category_id": 1,
        "track_id": track.track_id,
        "keypoints": keypoints.round(2).ravel().tolist(),
        "num_keypoints": int(is_seen.sum()),
        "score": round(float(np.nan_to_num(track.scores[place])), 4),
        "bbox": [*low.round(2).tolist(), *size.round(2).tolist()],
        "area": round(float(size.prod()), 2),
        "iscrowd": 0,
    }


def _category() -> dict[str, object]:
    return {
        "id": 1,
        "name": "person",
        "supercategory": "person",
        "keypoints": list(COCO_17.joint_names),
        "skeleton": [[parent + 1, child + 1] for parent, child in COCO_17.bones],
    }
