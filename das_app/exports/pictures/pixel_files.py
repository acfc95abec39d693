"""Image-space people as OpenPose, MMPose and MOTChallenge files."""

import json
from pathlib import Path

import numpy as np

from das_app.exports.pictures.pixels import SPACE, Pictures, coco_skeleton
from das_app.exports.takes.files import export_file, export_folder, write_about
from das_app.exports.takes.take import Progress, Take

_RIGHT_LEFT = ("right", "left")
BODY_25 = (
    "nose",
    "neck",
    *(f"{side}_{joint}" for side in _RIGHT_LEFT for joint in ("shoulder", "elbow", "wrist")),
    "pelvis",
    *(f"{side}_{joint}" for side in _RIGHT_LEFT for joint in ("hip", "knee", "ankle")),
    "right_eye",
    "left_eye",
    "right_ear",
    "left_ear",
    "left_toe",
    "left_small_toe",
    "left_heel",
    "right_toe",
    "right_small_toe",
    "right_heel",
)


def write_openpose(take: Take, folder: Path, on_progress: Progress) -> None:
    """Write `NAME_000000000000_keypoints.json` for each frame, as OpenPose's --write_json does.

    Raises:
        ExportError: if the take is resampled or not in camera space, or cannot be written.
    """
    pictures, files = Pictures(take, BODY_25), {}
    with export_folder(folder) as new:
        for frame in range(len(take.times_s)):
            people = [
                {
                    "person_id": [person.track.track_id],
                    "pose_keypoints_2d": np.c_[person.points, person.scores]
                    .round(4)
                    .ravel()
                    .tolist(),
                    "face_keypoints_2d": [],
                    "hand_left_keypoints_2d": [],
                    "hand_right_keypoints_2d": [],
                    "pose_keypoints_3d": [],
                    "face_keypoints_3d": [],
                    "hand_left_keypoints_3d": [],
                    "hand_right_keypoints_3d": [],
                }
                for person in pictures.at(frame)
            ]
            name = f"{folder.name}_{frame:012d}_keypoints.json"
            (new / name).write_text(json.dumps({"version": 1.3, "people": people}))
            files[name] = {"time_s": round(float(take.times_s[frame]), 6)}
            on_progress((frame + 1) / len(take.times_s))
        write_about(new, take.about() | {"space": SPACE}, files)


def write_mmpose(take: Take, path: Path, on_progress: Progress) -> None:
    """Write the predictions of a video, as MMPose's inferencer does. Raises ExportError."""
    skeleton = coco_skeleton(take)
    pictures = Pictures(take, skeleton.joint_names)
    frames = []
    for frame in range(len(take.times_s)):
        instances = [
            {
                "keypoints": person.points.round(3).tolist(),
                "keypoint_scores": person.scores.round(4).tolist(),
                "bbox": [[*person.box[:2].round(2), *(person.box[:2] + person.box[2:]).round(2)]],
                "bbox_score": round(person.score, 4),
                "track_id": person.track.track_id,
            }
            for person in pictures.at(frame)
        ]
        frames.append({"frame_id": frame, "instances": instances})
        on_progress((frame + 1) / len(take.times_s))
    names = skeleton.joint_names
    meta = {
        "dataset_name": "coco",
        "num_keypoints": len(names),
        "keypoint_id2name": dict(enumerate(names)),
        "keypoint_name2id": {name: n for n, name in enumerate(names)},
        "skeleton_links": [list(bone) for bone in skeleton.bones],
        "about": take.about() | {"space": SPACE},
    }
    with export_file(path) as new, new.open("w", encoding="utf-8") as file:
        json.dump({"meta_info": meta, "instance_info": frames}, file, allow_nan=False)


def write_motchallenge(take: Take, path: Path, on_progress: Progress) -> None:
    """Write `frame,id,left,top,width,height,score,x,y,z`: frames count from 1, the place is that
    of the root in m. Raises ExportError."""
    skeleton = take.origin.skeleton
    pictures = Pictures(take, skeleton.joint_names)
    with export_file(path) as new, new.open("w", encoding="ascii", newline="\n") as file:
        for frame in range(len(take.times_s)):
            for person in pictures.at(frame):
                root = person.track.joints[frame - person.track.first, skeleton.root] / 1000
                values = (*person.box, person.score, *np.where(np.isfinite(root), root, -1))
                text = ",".join(f"{value:.3f}" for value in values)
                file.write(f"{frame + 1},{person.track.track_id},{text}\n")
            on_progress((frame + 1) / len(take.times_s))
