"""Geometry of the 3D view: pure functions from camera space to what is drawn.

Scene space is in metres with x right, y forward and z up, so that up is up on the screen: a
proper rotation of camera space (x right, y down, z forward, mm). The camera is at the origin.
"""

from collections.abc import Sequence

import numpy as np

from das_app.gui.style.person_slots import person_opacity
from das_app.motion.kinematics import ANKLE_HEIGHT_MM
from das_model.camera import Camera
from das_model.people import People

FRUSTUM_DEPTH_M = 0.45
DEFAULT_FLOOR_M = -1.2  # below the camera, until feet were seen
GRID_HALF_WIDTH_M, GRID_DEPTH_M = 4, 7  # at least
_LARGEST_GRID_M = 40
_GRID_ROOM_M, _GRID_STEPS_M = 1.5, 2  # beyond everybody; sizes it comes in
_FLOOR_FOLLOW = 0.05  # share of the way to the measured floor per result
_FLOOR_RANGE_M = (-6.0, -0.2)
_LABEL_GAP_M, _HAND_M = 0.12, 0.17  # above somebody; from the wrist to the fingertips
_ANKLE_M = ANKLE_HEIGHT_MM / 1000
_NEAR_GUESSED_M, _NEAR_KNOWN_M = 0.1, 0.4  # somebody's feet as near to the floor stand on it
# Hands and feet in plain sight have joint scores down to 0.00, which say how exactly a place is
# known, not whether it is seen: in the picture nothing is gone.
_MIN_SOLID, _SOLID_SCORE = 0.65, 0.05
_OUTSIDE_SHARE = 0.06  # of the picture's width: joints as far outside are gone
_BODY_SPOT_M, _FOOT_SPOT_M = 0.62, (0.24, 0.13)  # half axes of shadows
_BODY_SHADE, _FOOT_SHADE, _SHADE_HEIGHT_M = 0.4, 0.6, 0.25
_GRID_STEP_M = 0.25  # pieces of a grid line, so that its colour can fade along it


def scene_from_camera(points_cam: np.ndarray) -> np.ndarray:
    """Camera space (..., 3) mm to scene space (..., 3) float32 m."""
    x, y, z = np.moveaxis(np.asarray(points_cam, dtype=np.float32) / 1000, -1, 0)
    return np.stack([x, z, -y], axis=-1)


def follow_floor(floor_m: float | None, people: People) -> float | None:
    """Height of the floor in the scene, moved a little towards the lowest person's ankles.

    Args:
        floor_m: height so far; None before anybody was seen, then it goes there at once.
        people: whoever is seen; with nobody the floor stays.

    Returns:
        New height in scene space, m. The camera is taken to be level: its pitch is unknown.
    """
    names = people.skeleton.joint_names
    ankles = [i for i, name in enumerate(names) if name.endswith("_ankle")]
    heights = scene_from_camera(people.joints_cam[:, ankles])[..., 2]
    if heights.size == 0:
        return floor_m
    lowest = float(np.clip(heights.min() - _ANKLE_M, *_FLOOR_RANGE_M))
    return lowest if floor_m is None else floor_m + _FLOOR_FOLLOW * (lowest - floor_m)


def picture_corners(camera: Camera, depth_m: float = FRUSTUM_DEPTH_M) -> np.ndarray:
    """Corners of the picture at a depth in front of the camera: (4, 3) m, top left first,
    clockwise as the camera sees them."""
    width, height = camera.size
    corners_px = np.array(
        [[-0.5, -0.5], [width - 0.5, -0.5], [width - 0.5, height - 0.5], [-0.5, height - 0.5]]
    )
    return scene_from_camera(camera.back_project(corners_px, np.full(4, depth_m * 1000)))


def label_places(joints_m: np.ndarray, wrists: Sequence[int] = ()) -> np.ndarray:
    """(P, 3) m over the trunk and head of each person, above whatever is highest, a raised hand
    too, of joints (P, J, 3) in scene space of which `wrists` are the numbers of these."""
    gaps = np.full(joints_m.shape[1], _LABEL_GAP_M, np.float32)
    gaps[list(wrists)] += _HAND_M
    places = np.median(joints_m, axis=1)  # limbs reach to all sides of it
    places[:, 2] = (joints_m[..., 2] + gaps).max(axis=1)
    return places


def hand_tips(joints_m: np.ndarray, elbows: Sequence[int], wrists: Sequence[int]) -> np.ndarray:
    """(P, H, 3) m where the fingers end, of joints (P, J, 3) of which these are the numbers."""
    lower = joints_m[:, list(wrists)] - joints_m[:, list(elbows)]
    length = np.maximum(np.linalg.norm(lower, axis=-1, keepdims=True), 1e-6)
    return joints_m[:, list(wrists)] + _HAND_M * lower / length


def frustum_segments(camera: Camera, depth_m: float = FRUSTUM_DEPTH_M) -> np.ndarray:
    """Edges of the viewing pyramid and a mark on its upper side.

    Returns:
        (22, 3) float32 m, two points per segment.
    """
    corners = picture_corners(camera, depth_m)
    eye = np.zeros(3, np.float32)
    left, right = corners[0], corners[1]
    side = (right - left) * 0.15
    middle = (left + right) / 2
    tip = middle + np.array([0, 0, 0.6 * np.linalg.norm(side)], np.float32)
    lines = [(eye, corner) for corner in corners]
    lines += [(corners[i], corners[(i + 1) % 4]) for i in range(4)]
    lines += [(middle - side, tip), (tip, middle + side), (middle - side, middle + side)]
    return np.array(lines, dtype=np.float32).reshape(-1, 3)


def joint_solidity(people: People, camera: Camera) -> np.ndarray:
    """Opacity of joints in the room: (P, J) from 0, gone, to 1.

    Joints outside the picture are gone, those of low score in it and people of low score faint.

    Args:
        people: P people in camera space.
        camera: that saw them.
    """
    known = _MIN_SOLID + (1 - _MIN_SOLID) * _smooth(people.joint_scores / _SOLID_SCORE)
    points, size = people.joints_px(camera), np.array(camera.size)
    outside = np.maximum(-points, points - (size - 1)).max(axis=-1)  # NaN behind the lens
    inside = np.nan_to_num(1 - np.maximum(outside, 0) / (_OUTSIDE_SHARE * size[0]))
    solid = known * _smooth(inside)
    return (solid * person_opacity(people.scores)[:, None]).astype(np.float32)


def ground_heights(
    joints_m: np.ndarray, ankles: list[int], floor_m: float, is_known: bool
) -> np.ndarray:
    """(P,) m height of the ground that each person stands on: the floor, or what is below their
    own feet where these are far off it, as on a wall.

    Args:
        joints_m: (P, J, 3) in scene space.
        ankles: numbers of these joints; without any everybody stands on the floor.
        floor_m: height of the floor.
        is_known: whether that is known; if not, feet are soon far off it.
    """
    if not ankles:
        return np.full(len(joints_m), floor_m)
    own = joints_m[:, ankles, 2].min(axis=1) - _ANKLE_M
    near_m = _NEAR_KNOWN_M if is_known else _NEAR_GUESSED_M
    return np.where(np.abs(own - floor_m) < near_m, floor_m, own)


def shadow_spots(
    joints_m: np.ndarray, ankles: list[int], root: int, ground_m: np.ndarray, solid: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Shadows where people touch the ground: a wide one below each, and one at each foot.

    Args:
        joints_m: (P, J, 3) in scene space.
        ankles: numbers of these joints.
        root: number of the pelvis.
        ground_m: (P,) height of the ground.
        solid: (P, J) of the joints.

    Returns:
        Centres (N, 3), half axes (N, 2, 2) and strengths (N,), as `Shadows.set_spots` takes them.
    """
    joints = [root, *ankles]
    centres = joints_m[:, joints].copy()  # (P, K, 3)
    height = np.maximum(centres[..., 2] - ground_m[:, None] - _ANKLE_M, 0)
    centres[:, 0, :2] = centres[:, :, :2].mean(axis=1)
    centres[..., 2] = ground_m[:, None] + 0.004
    away = np.exp(-height / _SHADE_HEIGHT_M)
    shade = np.concatenate([np.full_like(away[:, :1], _BODY_SHADE), _FOOT_SHADE * away[:, 1:]], 1)
    half = np.array([_BODY_SPOT_M] + [_FOOT_SPOT_M[0]] * len(ankles))
    axes = half[:, None, None] * np.eye(2) * np.ones((len(joints_m), 1, 1, 1))
    strength = shade * solid[:, joints]
    return centres.reshape(-1, 3), axes.reshape(-1, 2, 2), strength.reshape(-1)


def grid_reach(places_m: np.ndarray) -> tuple[int, int]:
    """Half width and depth in m of a floor on which all of (N, 3) places stand."""
    across = np.abs(places_m[:, 0]).max(initial=0) + _GRID_ROOM_M
    along = places_m[:, 1].max(initial=0) + _GRID_ROOM_M
    half, depth = (
        _GRID_STEPS_M * int(np.ceil(min(reach, _LARGEST_GRID_M) / _GRID_STEPS_M))
        for reach in (across, along)
    )
    return max(half, GRID_HALF_WIDTH_M), max(depth, GRID_DEPTH_M)


def grid_segments(colour: np.ndarray, half_m: int, depth_m: int) -> tuple[np.ndarray, np.ndarray]:
    """Floor grid of one metre meshes that fades towards its rim, at height 0.

    Args:
        colour: (3,) RGB in [0, 1].
        half_m: half its width.
        depth_m: how far it goes.

    Returns:
        (N, 3) float32 m, two points per segment, and (N, 4) float32 RGBA.
    """
    across = np.arange(-half_m, half_m + 1)
    along = np.arange(depth_m + 1)
    lines = [_pieces(np.array([x, 0]), np.array([x, depth_m])) for x in across]
    lines += [_pieces(np.array([-half_m, y]), np.array([half_m, y])) for y in along]
    flat = np.concatenate(lines)
    points = np.column_stack([flat, np.zeros(len(flat))]).astype(np.float32)
    rim = np.stack([half_m - np.abs(flat[:, 0]), flat[:, 1] + 0.5, depth_m - flat[:, 1]])
    alpha = np.clip(rim.min(axis=0) / _GRID_ROOM_M, 0.0, 1.0)
    return points, np.column_stack([np.tile(colour, (len(flat), 1)), alpha]).astype(np.float32)


def _smooth(share: np.ndarray) -> np.ndarray:
    """From 0 at 0 to 1 at 1 without a kink."""
    share = np.clip(share, 0, 1)
    return share * share * (3 - 2 * share)


def _pieces(begin: np.ndarray, end: np.ndarray) -> np.ndarray:
    """A straight line cut into short segments: (N, 2), two points per segment."""
    num_pieces = max(1, round(float(np.linalg.norm(end - begin)) / _GRID_STEP_M))
    points = begin + np.linspace(0, 1, num_pieces + 1)[:, None] * (end - begin)
    return np.stack([points[:-1], points[1:]], axis=1).reshape(-1, 2)
