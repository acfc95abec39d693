"""Geometry of the 3D view: pure functions from camera space to what is drawn.

Scene space is in metres with x right, y forward and z up, so that up is up on the screen: a
proper rotation of camera space (x right, y down, z forward, mm). The camera is at the origin.
"""

import numpy as np

from das_model.camera import Camera
from das_model.people import People

FRUSTUM_DEPTH_M = 0.45
DEFAULT_FLOOR_M = -1.2  # below the camera, until feet were seen
GRID_HALF_WIDTH_M, GRID_DEPTH_M = 5, 9
_FLOOR_FOLLOW = 0.05  # share of the way to the measured floor per result
_FLOOR_RANGE_M = (-3.0, -0.2)
_LABEL_GAP_M = 0.12
_RING_RADIUS_M, _RING_CORNERS = 0.28, 32
_GRID_STEP_M = 0.25  # pieces of a grid line, so that its colour can fade along it


def scene_from_camera(points_cam: np.ndarray) -> np.ndarray:
    """Camera space (..., 3) mm to scene space (..., 3) float32 m."""
    x, y, z = np.moveaxis(np.asarray(points_cam, dtype=np.float32) / 1000, -1, 0)
    return np.stack([x, z, -y], axis=-1)


def follow_floor(floor_m: float, people: People) -> float:
    """Height of the floor in the scene, moved a little towards the lowest ankles.

    Args:
        floor_m: height so far.
        people: whoever is seen; with nobody the floor stays.

    Returns:
        New height in scene space, m. The camera is taken to be level: its pitch is unknown.
    """
    names = people.skeleton.joint_names
    ankles = [i for i, name in enumerate(names) if name.endswith("_ankle")]
    heights = scene_from_camera(people.joints_cam[:, ankles])[..., 2]
    if heights.size == 0:
        return floor_m
    lowest = float(np.clip(np.median(heights.min(axis=1)) - 0.08, *_FLOOR_RANGE_M))
    return floor_m + _FLOOR_FOLLOW * (lowest - floor_m)


def picture_corners(camera: Camera, depth_m: float = FRUSTUM_DEPTH_M) -> np.ndarray:
    """Corners of the picture at a depth in front of the camera: (4, 3) m, top left first,
    clockwise as the camera sees them."""
    width, height = camera.size
    corners_px = np.array(
        [[-0.5, -0.5], [width - 0.5, -0.5], [width - 0.5, height - 0.5], [-0.5, height - 0.5]]
    )
    return scene_from_camera(camera.back_project(corners_px, np.full(4, depth_m * 1000)))


def label_places(people: People) -> np.ndarray:
    """(P, 3) m in the scene, above each person's highest joint."""
    joints = scene_from_camera(people.joints_cam)
    highest = joints[..., 2].argmax(axis=1)
    places = joints[np.arange(len(joints)), highest]
    return places + np.array([0, 0, _LABEL_GAP_M], np.float32)


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


def grid_segments(colour: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Floor grid of one metre meshes that fades towards its rim, at height 0.

    Args:
        colour: (3,) RGB in [0, 1].

    Returns:
        (N, 3) float32 m, two points per segment, and (N, 4) float32 RGBA.
    """
    across = np.arange(-GRID_HALF_WIDTH_M, GRID_HALF_WIDTH_M + 1)
    along = np.arange(GRID_DEPTH_M + 1)
    lines = [_pieces(np.array([x, 0]), np.array([x, GRID_DEPTH_M])) for x in across]
    lines += [
        _pieces(np.array([-GRID_HALF_WIDTH_M, y]), np.array([GRID_HALF_WIDTH_M, y])) for y in along
    ]
    flat = np.concatenate(lines)
    points = np.column_stack([flat, np.zeros(len(flat))]).astype(np.float32)
    reach = np.hypot(flat[:, 0] / GRID_HALF_WIDTH_M, flat[:, 1] / GRID_DEPTH_M - 0.4)
    alpha = np.clip(1.15 - reach, 0.0, 1.0)
    return points, np.column_stack([np.tile(colour, (len(flat), 1)), alpha]).astype(np.float32)


def standing_rings(root_cam: np.ndarray, floor_m: float) -> np.ndarray:
    """A circle on the floor below each person.

    Args:
        root_cam: (P, 3) mm.
        floor_m: height of the floor in scene space.

    Returns:
        (P * 64, 3) float32 m, two points per segment.
    """
    angle = np.linspace(0, 2 * np.pi, _RING_CORNERS + 1)
    circle = _RING_RADIUS_M * np.stack([np.cos(angle), np.sin(angle), 0 * angle], axis=-1)
    pairs = np.stack([circle[:-1], circle[1:]], axis=1).reshape(-1, 3)  # (2 * corners, 3)
    centre = scene_from_camera(root_cam)
    centre[:, 2] = floor_m
    return (centre[:, None] + pairs).reshape(-1, 3).astype(np.float32)


def _pieces(begin: np.ndarray, end: np.ndarray) -> np.ndarray:
    """A straight line cut into short segments: (N, 2), two points per segment."""
    num_pieces = max(1, round(float(np.linalg.norm(end - begin)) / _GRID_STEP_M))
    points = begin + np.linspace(0, 1, num_pieces + 1)[:, None] * (end - begin)
    return np.stack([points[:-1], points[1:]], axis=1).reshape(-1, 2)
