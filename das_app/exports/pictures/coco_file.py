"""COCO keypoints: an image for each recorded frame, the 17 joints of each person in pixels.

Visibility is 0 for a joint outside the picture, 1 for one of low score, 2 for one seen; scores
are kept in `keypoint_scores`. Boxes and areas are those of the joints in the picture. The
results are what `COCO.loadRes` reads over this file.
"""

import json
from pathlib import Path

import cv2
import numpy as np

from das_app.exports.pictures.pixels import SPACE, PersonInPicture, Pictures, coco_skeleton
from das_app.exports.takes.files import export_file, export_folder, write_about
from das_app.exports.takes.take import ExportError, Progress, Take
from das_app.session.pictures import SessionPictures
from das_model.skeleton import COCO_17


def write_coco(take: Take, path: Path, on_progress: Progress) -> None:
    """Write a take of recorded frames, and its pictures beside it where they are asked for.

    Raises:
        ExportError: if the take is resampled or not in camera space, its skeleton lacks joints of
            COCO, there is no video for the pictures, or a file cannot be written.
    """
    pictures = Pictures(take, coco_skeleton(take).joint_names)
    images: list[dict] = []
    annotations: list[dict] = []
    folder = images_folder(path)
    place = f"{folder.name}/" if take.options.has_images else ""
    for frame, (time_s, camera) in enumerate(zip(take.times_s, take.cameras, strict=True)):
        images.append(
            {
                "id": frame,
                "file_name": f"{place}{frame:06d}.png",
                "width": camera.size[0],
                "height": camera.size[1],
                "time_s": round(float(time_s), 6),
            }
        )
        for person in pictures.at(frame):
            name = take.name_of(person.track)
            ids = {"id": len(annotations) + 1, "image_id": frame, "name": name}
            annotations.append(ids | _annotation(person))
        on_progress(0.5 * (frame + 1) / len(take.times_s))
    about = take.about() | {"space": SPACE}
    content = {
        "info": {"description": "; ".join(f"{k}: {v}" for k, v in about.items())},
        "images": images,
        "annotations": annotations,
        "categories": [_category()],
    }
    if take.options.has_images:
        _write_images(take, folder, lambda share: on_progress(0.5 + 0.5 * share))
    _write_json(content, path)
    on_progress(1.0)


def write_coco_results(take: Take, path: Path, on_progress: Progress) -> None:
    """Write the results list; a point's third value is its score. Raises as `write_coco` does."""
    pictures = Pictures(take, coco_skeleton(take).joint_names)
    results = []
    for frame in range(len(take.times_s)):
        for person in pictures.at(frame):
            points = np.c_[person.points.round(2), person.scores.round(4)]
            results.append(
                {
                    "image_id": frame,
                    "category_id": 1,
                    "keypoints": points.ravel().tolist(),
                    "score": round(person.score, 4),
                    "track_id": person.track.track_id,
                }
            )
        on_progress((frame + 1) / len(take.times_s))
    _write_json(results, path)


def images_folder(path: Path) -> Path:
    """Folder of the images beside a COCO file."""
    return path.with_name(f"{path.stem}_images")


def _annotation(person: PersonInPicture) -> dict[str, object]:
    keypoints = np.c_[person.points.round(2), person.visibility]
    return {
        "category_id": 1,
        "track_id": person.track.track_id,
        "keypoints": keypoints.ravel().tolist(),
        "keypoint_scores": person.scores.round(4).tolist(),
        "num_keypoints": int((person.visibility > 0).sum()),
        "score": round(person.score, 4),
        "bbox": person.box.round(2).tolist(),
        "area": round(float(person.box[2:].prod()), 2),
        "iscrowd": 0,
    }


def _write_images(take: Take, folder: Path, on_progress: Progress) -> None:
    """Write the frames' pictures as PNG; a frame whose picture is missing has the one before."""
    if take.video is None:
        raise ExportError("the session has no video to take pictures from")
    pictures, files = SessionPictures(take.video), {}
    try:
        with export_folder(folder) as new:
            for frame, time_s in enumerate(take.recorded_s):
                image = pictures.at(time_s)
                if image is not None:
                    name = f"{frame:06d}.png"
                    if not cv2.imwrite(str(new / name), image[..., ::-1]):
                        raise ExportError(f"{new / name} cannot be written")
                    files[name] = {"time_s": round(float(time_s), 6)}
                on_progress((frame + 1) / len(take.recorded_s))
            write_about(new, take.about() | {"space": SPACE}, files)
    finally:
        pictures.close()


def _write_json(content: object, path: Path) -> None:
    with export_file(path) as new, new.open("w", encoding="utf-8") as file:
        json.dump(content, file, allow_nan=False)


def _category() -> dict[str, object]:
    return {
        "id": 1,
        "name": "person",
        "supercategory": "person",
        "keypoints": list(COCO_17.joint_names),
        "skeleton": [[parent + 1, child + 1] for parent, child in COCO_17.bones],
    }
