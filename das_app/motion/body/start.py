"""Initial pose of a body fit: rotations straight from the joints of each frame.

The trunk follows the lines of hips and shoulders. Limbs make the least turn to where they are
seen, twisted so that the hinge lies across the plane of bending. That plane is averaged over time,
by how much the limb is bent, so a straight limb takes the twist of the frames around it. Over
frames in which nothing is seen every bone turns evenly.
"""

import itertools

import numpy as np
from scipy.linalg import solveh_banded

from das_app.motion.body.rig import Body, BodyPose
from das_app.motion.body.rotations import (
    least_rotation,
    rotation_vectors,
    rotations_by,
    rotations_over_gaps,
)

# Assumed, where nothing else is said; `scripts/check_bodies.py` measures the fitted bodies.
_EXPECTED_TWIST = 0.03  # weight of no twist against a plane of bending seen edge on
_TWIST_FRAMES = 3.0  # that a twist is averaged over
_LEAST_MM = 1e-3  # of a line that has a direction
_LIMBS = (("shoulder", "elbow", "wrist"), ("hip", "knee", "ankle"))


def start_pose(body: Body, joints: np.ndarray, weights: np.ndarray) -> BodyPose:
    """A pose to begin with.

    Args:
        body: whose bones turn.
        joints: (n, M, 3) mm, y up, of the markers.
        weights: (n, M), 0 where not seen.
    """
    at = _known(body, joints, weights)
    hips = (at["left_hip"] + at["right_hip"]) / 2
    root = at.get("pelvis", hips)
    neck = at.get("neck", (at["left_shoulder"] + at["right_shoulder"]) / 2)
    rotations = np.tile(np.eye(3), (len(joints), len(body.bones), 1, 1))
    lower = _upright(neck - root, at["left_hip"] - at["right_hip"])
    upper = _upright(neck - root, at["left_shoulder"] - at["right_shoulder"])
    between = rotations_by(rotation_vectors(lower.swapaxes(1, 2) @ upper) / 2)
    rotations[:, body.index("pelvis")] = lower
    rotations[:, body.index("spine")] = rotations[:, body.index("chest")] = between
    for parts, before in zip(_LIMBS, (upper, lower), strict=True):
        for side in ("left", "right"):
            names = [f"{side}_{part}" for part in parts]
            if set(names) <= set(at):
                _place_limb(body, [at[name] for name in names], names, before, rotations)
    return BodyPose(root, rotations_over_gaps(rotations, np.asarray((weights > 0).any(axis=1))))


def _known(body: Body, joints: np.ndarray, weights: np.ndarray) -> dict[str, np.ndarray]:
    """(n, 3) places of the bones that have a marker, over gaps linear in the frame's number."""
    at, frames = {}, np.arange(len(joints))
    for number, bone in enumerate(body.bones):
        on = [
            m
            for m in np.flatnonzero(body.marker_bones == number)
            if not body.marker_offsets[m].any()
        ]
        if on and (is_seen := weights[:, on[0]] > 0).any():
            places = joints[is_seen, on[0]]
            at[bone.name] = np.stack(
                [np.interp(frames, frames[is_seen], column) for column in places.T], axis=-1
            )
    return at


def _place_limb(
    body: Body,
    places: list[np.ndarray],
    names: list[str],
    before: np.ndarray,
    rotations: np.ndarray,
) -> None:
    """Set the rotations of a limb's two bones; `before` (n, 3, 3) is its parent in the world."""
    ball, hinge = (body.index(name) for name in names[:2])
    along, axis = body.bones[ball].axis, body.bones[hinge].axis
    first, second = (_unit(b - a) for a, b in itertools.pairwise(places))
    local = np.einsum("nji,nj->ni", before, first)
    turned = before @ least_rotation(along, local)
    hinge_now, hinge_seen = turned @ axis, np.cross(first, second)
    cosine = (hinge_now * hinge_seen).sum(-1)
    sine = (first * np.cross(hinge_now, hinge_seen)).sum(-1)
    bent = np.linalg.norm(hinge_seen, axis=-1)  # the plane counts by its square
    angle = _averaged((cosine + 1j * sine) * bent + _EXPECTED_TWIST, bent**2 + _EXPECTED_TWIST)
    most = body.bones[ball].most_rad
    turned = rotations_by(first * np.clip(angle, -most, most)[:, None]) @ turned
    rotations[:, ball] = before.swapaxes(1, 2) @ turned
    bend = np.einsum("nji,nj->ni", turned, second)
    flexion = np.arctan2(bend @ np.cross(axis, along), bend @ along)
    flexion = np.clip(flexion, 0.0, body.bones[hinge].most_rad)
    rotations[:, hinge] = rotations_by(axis * flexion[:, None])


def _averaged(directions: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """(n,) angles of complex directions (n,), averaged with their neighbours by weight."""
    if len(directions) == 1:
        return np.angle(directions)
    stiff = _TWIST_FRAMES**2 * np.mean(weights)
    band = np.zeros((2, len(directions)))
    band[0] = weights + 1e-9 + stiff * np.r_[1.0, np.full(len(directions) - 2, 2.0), 1.0]
    band[1, :-1] = -stiff
    columns = np.stack([directions.real, directions.imag], axis=-1)
    smooth = solveh_banded(band, columns, lower=True)
    return np.arctan2(smooth[:, 1], smooth[:, 0])


def _upright(up: np.ndarray, left: np.ndarray) -> np.ndarray:
    """(n, 3, 3) whose y is up and whose x is left as far as that allows; where joints lie on each
    other, as in no person, the rest pose's."""
    is_point = np.linalg.norm(up, axis=-1, keepdims=True) < _LEAST_MM
    y = _unit(np.where(is_point, (0.0, 1.0, 0.0), up))
    across = left - (left * y).sum(-1, keepdims=True) * y
    is_line = np.linalg.norm(across, axis=-1, keepdims=True) < _LEAST_MM
    spare = np.cross(y, np.where(np.abs(y[:, 2:]) < 0.9, (0.0, 0.0, 1.0), (0.0, 1.0, 0.0)))
    x = _unit(np.where(is_line, spare, across))
    return np.stack([x, y, np.cross(x, y)], axis=-1)


def _unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)
