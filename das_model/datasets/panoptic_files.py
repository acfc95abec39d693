"""CMU Panoptic: calibration and body files of a sequence, as downloaded and unpacked.

    SEQUENCE/calibration_SEQUENCE.json             cameras, world in cm
    SEQUENCE/hdPose3d_stage1_coco19/*.json         19 joints a body, or
    SEQUENCE/hdPose3d_stage1/*.json                15 joints a body, whose second is the head's top
    SEQUENCE/hdImgs/00_16/00_16_00000000.jpg       pictures of one camera

Labels are in `BODY_22` by name: the 19-joint files know nose, eyes and ears, the 15-joint files
the head's top. Positions in the picture are with the lens' distortion, as in the file. Which
people are usable follows the public code of the DAS authors, but that joints which the lens
cannot see are unknown: the lens model, beyond its reach, folds them back into the picture.
"""

import json
import logging
from pathlib import Path

import numpy as np

from das_model.annotation import Annotation
from das_model.camera import Camera
from das_model.datasets.labels import LabelTable
from das_model.skeleton import BODY_22, PANOPTIC_15, Skeleton

_MIN_CONFIDENCE = 0.1
_MIN_JOINTS, _MIN_AREA_PX = 3, 64  # of a usable body
_FACE = ("left_eye", "left_ear", "right_eye", "right_ear")
_FILE_JOINTS = {  # key in the file -> joints in its order
    "joints19": Skeleton(PANOPTIC_15.joint_names + _FACE),
    "joints15": Skeleton(("neck", "head_top", *PANOPTIC_15.joint_names[2:])),
}
# Share of the box added above, below and at the sides before it is cut at the picture's edge.
_BOX_MARGINS = {"joints19": (0.30, 0.15, 0.15), "joints15": (0.02, 0.07, 0.15)}
# Joints that make the box: the 15 of the benchmark without the nose, which it never counts.
_BOX_JOINTS = np.isin(BODY_22.joint_names, [*PANOPTIC_15.joint_names, "head_top"]) & (
    np.array(BODY_22.joint_names) != "nose"
)

logger = logging.getLogger(__name__)


def read_sequence(
    root: Path, sequence: str, names: tuple[str, ...], body_files: list[Path]
) -> LabelTable:
    """Labels of all frames, camera by camera, each in the order of the body files.

    Args:
        root: folder of the sequences.
        sequence: name of the sequence.
        names: of the cameras.
        body_files: of the sequence.
    """
    calibration = read_calibration(root / sequence / f"calibration_{sequence}.json", names)
    bodies = [read_bodies(file) for file in body_files]
    pictures = []
    for name in names:
        camera, rotation, translation_mm = calibration[name]
        for file, (joints, key) in zip(body_files, bodies, strict=True):
            frame = file.stem.removeprefix("body3DScene_")
            joints_cam = joints[..., :3] * 10 @ rotation.T + translation_mm
            picture = f"{sequence}/hdImgs/{name}/{name}_{frame}.jpg"
            pictures.append((picture, *_annotate(joints_cam, joints[..., 3], key, camera)))
    return LabelTable.build(pictures, BODY_22)


def read_calibration(
    file: Path, names: tuple[str, ...]
) -> dict[str, tuple[Camera, np.ndarray, np.ndarray]]:
    """Cameras by name.

    Returns:
        For each name, as "00_16" for panel 0 and node 16: the camera with its distortion, its
        rotation (3, 3) and translation (3,) mm: x_cam = rotation @ x_world + translation.

    Raises:
        ValueError: if a camera is missing.
    """
    found = {}
    for entry in json.loads(file.read_text("utf-8"))["cameras"]:
        name = f"{entry['panel']:02d}_{entry['node']:02d}"
        size = tuple(entry.get("resolution", (1920, 1080)))
        lens = np.array(entry["distCoef"], np.float64)
        camera = Camera(np.array(entry["K"], np.float64), size, lens if lens.any() else None)
        translation_mm = np.array(entry["t"], np.float64).reshape(3) * 10
        found[name] = (camera, np.array(entry["R"], np.float64), translation_mm)
    missing = [name for name in names if name not in found]
    if missing:
        raise ValueError(f"{file} must hold the cameras {', '.join(names)}, misses {missing}")
    return {name: found[name] for name in names}


def read_bodies(file: Path) -> tuple[np.ndarray, str]:
    """Bodies of a frame.

    Returns:
        joints: (P, 22, 4) float64 x, y, z in world cm and confidence, joints of `BODY_22`;
            nobody if the file is broken or empty.
        key: "joints19" or "joints15", the kind of the file.
    """
    nobody = np.zeros((0, BODY_22.num_joints, 4))
    try:
        bodies = json.loads(file.read_text("utf-8"))["bodies"]
        key = next((k for k in _FILE_JOINTS if bodies and k in bodies[0]), "joints19")
        skeleton = _FILE_JOINTS[key]
        values = [np.array(b[key], np.float64).reshape(skeleton.num_joints, 4) for b in bodies]
    except (ValueError, KeyError, TypeError) as error:
        logger.warning("%s is no usable body file, left out: %r", file, error)
        return nobody, "joints19"
    joints = np.zeros((len(values), BODY_22.num_joints, 4))
    joints[:, skeleton.indices_in(BODY_22)] = np.reshape(values, (-1, skeleton.num_joints, 4))
    return joints, key


def _annotate(
    joints_cam: np.ndarray, confidence: np.ndarray, key: str, camera: Camera
) -> tuple[Annotation, int]:
    """Usable people of a frame and the number of the others; joints_cam (P, 22, 3) mm."""
    joints_px = camera.project(joints_cam)
    is_known = (confidence > _MIN_CONFIDENCE) & _is_in_reach(joints_cam, camera)
    joints_px[~is_known] = 0
    is_on_image = (joints_px >= 0) & (joints_px <= np.array(camera.size) - 1)
    usable = np.array(
        [
            _is_usable(joints_px[p, known & _BOX_JOINTS], key, camera.size)
            for p, known in enumerate(is_known)
        ],
        dtype=bool,
    )
    known = is_known[usable]
    annotation = Annotation(
        np.nan_to_num(joints_cam[usable]).astype(np.float32),
        joints_px[usable].astype(np.float32),
        known,
        known,
        known & is_on_image[usable].all(axis=-1),
        np.zeros((0, 4), np.float32),
        camera,
        BODY_22,
    )
    return annotation, int((~usable).sum())


def _is_usable(points_px: np.ndarray, key: str, size: tuple[int, int]) -> bool:
    """Enough joints (N, 2), and enough of the box around them in the picture."""
    if len(points_px) < _MIN_JOINTS:
        return False
    low, high = points_px.min(axis=0), points_px.max(axis=0)
    width, height = high - low
    above, below, beside = _BOX_MARGINS[key]
    edge = np.array(size) - 1
    low = np.clip(low - [beside * width, above * height], 0, edge)
    high = np.clip(high + [beside * width, below * height], 0, edge)
    sides = high - low + 1
    return bool((sides > 1).all() and sides.prod() > _MIN_AREA_PX)


def _is_in_reach(joints_cam: np.ndarray, camera: Camera) -> np.ndarray:
    """(...) bool: before the camera (..., 3), and where its lens does not turn back inwards."""
    depth = joints_cam[..., 2]
    before = depth > 1.0
    if camera.distortion is None:
        return before
    k1, k2, _, _, k3 = camera.distortion
    turns = np.roots([7 * k3, 5 * k2, 3 * k1, 1.0])  # d(drawn radius) / d(radius) = 0, in radius^2
    turns = turns.real[(np.abs(turns.imag) < 1e-9) & (turns.real > 0)]
    radius2 = (joints_cam[..., :2] ** 2).sum(axis=-1) / np.where(before, depth, 1.0) ** 2
    return before & (radius2 < min(turns, default=np.inf))
