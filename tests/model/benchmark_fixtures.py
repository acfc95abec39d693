"""Made-up data sets with the exact layouts of the benchmarks, written by code.

Everybody stands; `panoptic_world_cm` and `standing` say where, so that tests can compare.
"""

import json

import cv2
import numpy as np
from people_scenes import STANDING
from scipy.io import savemat

from das_model.camera import Camera
from das_model.skeleton import BODY_22, COCO_17, MUCO_21, MUPOTS_17, PANOPTIC_15

# Hands and toes, mm relative to the pelvis, which BODY_22 does not have.
_EXTRA = {
    "left_hand": (245, 100, -80),
    "right_hand": (-255, 90, 20),
    "left_toe": (130, 900, -90),
    "right_toe": (-135, 900, -80),
}
FACE = ("left_eye", "left_ear", "right_eye", "right_ear")
JOINTS_19 = PANOPTIC_15.joint_names + FACE
JOINTS_15 = ("neck", "head_top", *PANOPTIC_15.joint_names[2:])
PANOPTIC_CAMERAS = ("00_16", "00_30")
LENS = (-0.28, 0.19, 0.0006, -0.0004, -0.05)
FACTOR_UNIV = 0.9  # of the bones, between metric and universal poses of MuPoTS-3D


def standing(names, root_mm, turn_deg=0.0):
    """(J, 3) mm of one standing person's joints by name, about a root (3,)."""
    angle = np.radians(turn_deg)
    turn = np.array(
        [[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]]
    )
    by_name = dict(zip(BODY_22.joint_names, STANDING, strict=True)) | _EXTRA
    return np.array([by_name[n] for n in names], float) @ turn.T + root_mm


def write_picture(file, size, value=90):
    """A plain picture whose brightness grows to the right."""
    file.parent.mkdir(parents=True, exist_ok=True)
    ramp = np.linspace(value, 255, size[0]).astype(np.uint8)
    assert cv2.imwrite(str(file), np.tile(ramp[None, :, None], (size[1], 1, 3)))


def panoptic_world_cm(names, frame, roots_cm):
    """(P, J, 3) world cm of frame `frame`: everybody walks 2 cm a frame along x."""
    people = [standing(names, np.array(root) * 10 + [20.0 * frame, 0, 0]) for root in roots_cm]
    return np.reshape(people, (-1, len(names), 3)) / 10


def panoptic_calibration(size=(1920, 1080)):
    """Entries of a calibration file: two HD cameras and one that nobody asks for."""
    scale = size[0] / 1920
    K = [[1396 * scale, 0, 942 * scale], [0, 1393 * scale, 556 * scale], [0, 0, 1]]
    cameras = []
    for node, angle_deg in ((3, 90), (16, 0), (30, 35)):
        angle = np.radians(angle_deg)
        rotation = np.array(
            [[np.cos(angle), 0, -np.sin(angle)], [0, 1, 0], [np.sin(angle), 0, np.cos(angle)]]
        )
        cameras.append(
            {
                "name": f"00_{node:02d}",
                "type": "hd",
                "resolution": list(size),
                "panel": 0,
                "node": node,
                "K": K,
                "distCoef": list(LENS),
                "R": rotation.tolist(),
                "t": [[5.0], [110.0], [380.0]],
            }
        )
    return cameras


def write_panoptic(
    root,
    sequences,
    num_frames=4,
    key="joints19",
    roots_cm=((0, -92, 0), (70, -92, 40)),
    first_frame=100,
    size=(1920, 1080),
    pictures=False,
    low_confidence=(),
    content=None,
):
    """Sequences with calibration, body files and, if asked for, pictures of both cameras.

    Args:
        low_confidence: joints whose confidence is 0.05 instead of 0.6.
        content: {frame: text} of body files that shall hold that text instead.
    """
    folder = "hdPose3d_stage1_coco19" if key == "joints19" else "hdPose3d_stage1"
    names = JOINTS_19 if key == "joints19" else JOINTS_15
    confidence = [0.05 if name in low_confidence else 0.6 for name in names]
    for sequence in sequences:
        (root / sequence / folder).mkdir(parents=True, exist_ok=True)
        calibration = {"calibDataSource": sequence, "cameras": panoptic_calibration(size)}
        file = root / sequence / f"calibration_{sequence}.json"
        file.write_text(json.dumps(calibration))
        for frame in range(first_frame, first_frame + num_frames):
            world = panoptic_world_cm(names, frame - first_frame, roots_cm)
            bodies = [
                {"id": i, key: np.column_stack([joints, confidence]).ravel().tolist()}
                for i, joints in enumerate(world)
            ]
            text = json.dumps(
                {"version": 0.7, "univTime": 53541.542, "fpsType": "hd_29_97", "bodies": bodies}
            )
            text = (content or {}).get(frame, text)
            (root / sequence / folder / f"body3DScene_{frame:08d}.json").write_text(text)
            for camera in PANOPTIC_CAMERAS if pictures else ():
                name = f"{camera}_{frame:08d}.jpg"
                write_picture(root / sequence / "hdImgs" / camera / name, size)


def write_muco(root, num_pictures=3, size=(128, 96), pictures=True):
    """MuCo-3DHP with two people in each picture."""
    f, c = [150.2, 149.8], [62.5, 47.0]
    camera = Camera.from_intrinsics(*f, *c, size)
    images, annotations = [], []
    for i in range(num_pictures):
        name = ("augmented_set" if i % 2 else "unaugmented_set") + f"/{i // 2}/{i:06d}.jpg"
        entry = {"id": i, "file_name": name, "width": size[0], "height": size[1], "f": f, "c": c}
        images.append(entry)
        for root_mm in ([-400.0 + 50 * i, 100, 3500], [500, 150, 4200]):
            joints = standing(MUCO_21.joint_names, root_mm, 20 * i)
            annotations.append(
                {
                    "id": len(annotations),
                    "image_id": i,
                    "bbox": [10, 10, 50, 70],
                    "keypoints_img": camera.project(joints).tolist(),
                    "keypoints_cam": joints.tolist(),
                    "keypoints_vis": [1] * 20 + [0],
                }
            )
        if pictures:
            write_picture(root / name, size)
    root.mkdir(parents=True, exist_ok=True)
    content = {"images": images, "annotations": annotations}
    (root / "MuCo-3DHP.json").write_text(json.dumps(content))


def write_mupots(root, sequences=("TS1", "TS2"), num_frames=3, size=(2048, 2048), pictures=False):
    """MuPoTS-3D with three people a frame, the last of whom is not valid in even frames."""
    intrinsic = [1500.0, 1502.0, size[0] / 2, size[1] / 2]
    camera = Camera.from_intrinsics(*intrinsic, size)
    images, annotations = [], []
    for number, sequence in enumerate(sequences):
        cells = np.empty((num_frames, 3), object)
        occlusion = np.empty((num_frames, 3), object)
        for i in range(num_frames):
            name = f"{sequence}/img_{i:06d}.jpg"
            images.append(
                {
                    "id": len(images),
                    "width": size[0],
                    "height": size[1],
                    "file_name": name,
                    "intrinsic": intrinsic,
                }
            )
            for p, x in enumerate((-900.0, 0.0, 950.0)):
                root_mm = np.array([x + 10 * i, 100, 4000 + 300 * p + 100 * number])
                joints = standing(MUPOTS_17.joint_names, root_mm, 15 * p)
                is_valid = int(p < 2 or i % 2)
                hidden = np.zeros(17)
                hidden[4] = p == 1
                cells[i, p] = {
                    "annot2": camera.project(joints).T,
                    "annot3": joints.T,
                    "univ_annot3": (root_mm + (joints - root_mm) * FACTOR_UNIV).T,
                    "isValidFrame": np.array([[is_valid]]),
                }
                occlusion[i, p] = hidden[None]
                annotations.append(
                    {
                        "id": len(annotations),
                        "image_id": images[-1]["id"],
                        "bbox": [1.0, 2.0, 30.0, 40.0],
                        "is_valid": is_valid,
                        "keypoints_img": camera.project(joints).tolist(),
                        "keypoints_cam": joints.tolist(),
                        "keypoints_vis": (1 - hidden)[:, None].tolist(),
                    }
                )
            if pictures:
                write_picture(root / "MultiPersonTestSet" / name, size)
        folder = root / "MultiPersonTestSet" / sequence
        folder.mkdir(parents=True, exist_ok=True)
        savemat(folder / "annot.mat", {"annotations": cells})
        savemat(folder / "occlusion.mat", {"occlusion_labels": occlusion})
    content = {"images": images, "annotations": annotations}
    (root / "MuPoTS-3D.json").write_text(json.dumps(content))


def write_coco(root, split="val2017", size=(96, 64), pictures=False):
    """COCO keypoints: a person, a crowd, one without keypoints, and a picture without people."""
    points = [[20.0 + 2 * j, 10.0 + 2 * j, 1 + j % 2] for j in range(COCO_17.num_joints)]
    person = {
        "id": 1,
        "image_id": 7,
        "category_id": 1,
        "iscrowd": 0,
        "num_keypoints": 17,
        "bbox": [18.0, 8.0, 40.0, 40.0],
        "area": 900.0,
        "segmentation": [],
        "keypoints": np.ravel(points).tolist(),
    }
    nothing = {"num_keypoints": 0, "keypoints": [0] * 51}
    annotations = [
        person,
        person | nothing | {"id": 2, "iscrowd": 1, "bbox": [60.0, 5.0, 30.0, 20.0]},
        person | nothing | {"id": 3, "bbox": [1.0, 2.0, 10.0, 20.0]},
    ]
    images = [
        {"id": i, "file_name": f"{i:012d}.jpg", "width": size[0], "height": size[1]}
        for i in (7, 9)
    ]
    categories = [{"id": 1, "name": "person", "keypoints": list(COCO_17.joint_names)}]
    content = {"images": images, "annotations": annotations, "categories": categories}
    (root / "annotations").mkdir(parents=True, exist_ok=True)
    (root / "annotations" / f"person_keypoints_{split}.json").write_text(json.dumps(content))
    for image in images if pictures else ():
        write_picture(root / split / image["file_name"], size)


def write_photos(root, size=(64, 64)):
    """A photo of somebody whose joints are all labelled."""
    points = [[10.0 + 2 * j, 5.0 + 3 * j, 2] for j in range(COCO_17.num_joints)]
    person = {"image_id": 1, "bbox": [8, 3, 40, 52], "keypoints": np.ravel(points).tolist()}
    content = {"images": [{"id": 1, "file_name": "1.png"}], "annotations": [person]}
    write_picture(root / "1.png", size)
    (root / "annotations.json").write_text(json.dumps(content))
