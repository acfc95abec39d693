"""Figures of motion from joints: angles, bone lengths, speeds, heights. Pure functions.

All are independent of where the camera stands: they use distances and angles in camera space
alone. Lengths in mm, angles in degrees, speeds in mm/s.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from das_model.people import People
from das_model.skeleton import Skeleton

# inner angle at the middle joint: 180 is a straight limb
_ANGLES = {
    "knee": ("hip", "knee", "ankle"),
    "hip": ("shoulder", "hip", "knee"),
    "elbow": ("shoulder", "elbow", "wrist"),
    "shoulder": ("hip", "shoulder", "elbow"),
}
ANGLE_NAMES = tuple(f"{side}_{joint}" for joint in _ANGLES for side in ("left", "right"))
# Assumed.
ANKLE_HEIGHT_MM = 80.0  # of a standing person's ankle above the floor
MIN_SCALE, MAX_SCALE = 0.3, 3.0  # of a person against what the model takes them for
_SPEED_WINDOW = 5  # sightings that a speed is fitted over


def joint_angles(joints: np.ndarray, skeleton: Skeleton) -> np.ndarray:
    """Inner angles in the order of `ANGLE_NAMES`.

    Args:
        joints: (..., J, 3) mm.
        skeleton: names of the J joints.

    Returns:
        (..., 8) degrees; NaN where the skeleton lacks a joint or two joints coincide.
    """
    angles = np.full((*joints.shape[:-2], len(ANGLE_NAMES)), np.nan)
    names = skeleton.joint_names
    for i, name in enumerate(ANGLE_NAMES):
        side, _, joint = name.partition("_")
        corners = [f"{side}_{part}" for part in _ANGLES[joint]]
        if not set(corners) <= set(names):
            continue
        first, middle, last = (joints[..., names.index(n), :].astype(np.float64) for n in corners)
        angles[..., i] = _angle_deg(first - middle, last - middle)
    return angles


def bone_lengths(joints: np.ndarray, skeleton: Skeleton) -> np.ndarray:
    """Lengths (..., B) mm of the bones of joints (..., J, 3), in the order of `skeleton.bones`."""
    parents, children = np.array(skeleton.bones, dtype=np.int64).reshape(-1, 2).T
    return np.linalg.norm(joints[..., children, :] - joints[..., parents, :], axis=-1)


def speeds(joints: np.ndarray, times_s: np.ndarray) -> np.ndarray:
    """Speed of joints over time.

    A speed is the slope of a straight line through up to five sightings around each moment, which
    keeps the noise of single frames out of it.

    Args:
        joints: (T, J, 3) mm.
        times_s: (T,) rising.

    Returns:
        (T, J) mm/s; NaN where there is but one sighting.
    """
    num_times = len(times_s)
    result = np.full(joints.shape[:2], np.nan)
    half = _SPEED_WINDOW // 2
    for i in range(num_times):
        window = slice(max(0, i - half), min(num_times, i + half + 1))
        times = times_s[window] - np.mean(times_s[window])
        spread = float(times @ times)
        if spread > 0:
            slope = np.tensordot(times, joints[window].astype(np.float64), axes=1) / spread
            result[i] = np.linalg.norm(slope, axis=-1)
    return result


def resized(people: People, scales: Mapping[int, float]) -> People:
    """People larger or smaller about the lens, so in the same pixels, further away or nearer.

    Args:
        people: P people in camera space.
        scales: by track id, how many times; who is not in it stays.
    """
    factors = [scales.get(track_id, 1.0) for track_id in people.track_ids.tolist()]
    if all(factor == 1 for factor in factors):
        return people
    sizes = np.array(factors, np.float32)[:, None, None]
    return replace(people, joints_cam=people.joints_cam * sizes)


def scale_for_height(height_mm: float, now_mm: float) -> float:
    """Scale of a person for a height; the ankle's height does not scale."""
    return (height_mm - ANKLE_HEIGHT_MM) / (now_mm - ANKLE_HEIGHT_MM)


def height_at_scale(height_mm: float, scale: float) -> float:
    """Height of a person at a scale; inverse of `scale_for_height`."""
    return ANKLE_HEIGHT_MM + scale * (height_mm - ANKLE_HEIGHT_MM)


def body_heights_mm(people: People) -> np.ndarray:
    """Standing height of each person, whatever their pose: leg, trunk, neck and head added up.

    Returns:
        (P,) mm; NaN where the skeleton lacks hips, knees, ankles, shoulders or a head. An
        estimate: curved spines and unseen ankles make it a few centimetres wrong.
    """
    skeleton = people.skeleton
    names = set(skeleton.joint_names)
    head = next((n for n in ("head_top", "head", "nose") if n in names), None)
    parts = [f"{s}_{j}" for s in ("left", "right") for j in ("hip", "knee", "ankle", "shoulder")]
    if head is None or not set(parts) <= names:
        return np.full(len(people), np.nan)
    at = {name: people.joints_cam[:, skeleton.index(name)] for name in (*parts, head)}
    legs = [
        _distance(at[f"{side}_hip"], at[f"{side}_knee"])
        + _distance(at[f"{side}_knee"], at[f"{side}_ankle"])
        for side in ("left", "right")
    ]
    hips = (at["left_hip"] + at["right_hip"]) / 2
    shoulders = (at["left_shoulder"] + at["right_shoulder"]) / 2
    trunk = _distance(hips, shoulders)
    return np.mean(legs, axis=0) + trunk + _distance(shoulders, at[head]) + ANKLE_HEIGHT_MM


def _angle_deg(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(first, axis=-1) * np.linalg.norm(second, axis=-1)
    cosine = (first * second).sum(axis=-1) / np.where(lengths > 0, lengths, np.nan)
    return np.degrees(np.arccos(np.clip(cosine, -1, 1)))


def _distance(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    return np.linalg.norm(first - second, axis=-1)
