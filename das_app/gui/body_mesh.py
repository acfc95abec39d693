"""Skeletons as one triangle mesh: a tube per bone and a ball per joint, in plain numpy.

Wide lines are one pixel thin in some OpenGL drivers and points are limited in size; triangles
look the same everywhere. All people of a frame become one vertex array and one index array, so
that a frame costs one upload and one draw call.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from das_app.gui.person_slots import joint_opacity
from das_app.gui.scene_geometry import scene_from_camera
from das_model.people import People

TUBE_RADIUS_M, BALL_RADIUS_M, FACE_BALL_RADIUS_M = 0.017, 0.032, 0.018
TUBE_CORNERS = 8
_BALL_RINGS, _BALL_CORNERS = 5, 8
_FACE = ("nose", "left_eye", "right_eye", "left_ear", "right_ear")
VERTEX = np.dtype([("a_position", "f4", 3), ("a_normal", "f4", 3), ("a_colour", "f4", 3)])


@dataclass(frozen=True, eq=False, slots=True)
class BodyMesh:
    """Triangles of all people.

    Args:
        vertices: (V,) of `VERTEX`: position in metres of scene space, unit normal, RGB.
        faces: (F, 3) uint32 indices into `vertices`.
    """

    vertices: np.ndarray
    faces: np.ndarray


def body_mesh(people: People, colours: np.ndarray, ground: np.ndarray) -> BodyMesh:
    """Mesh of everybody; uncertain joints sink into the colour of the ground.

    Args:
        people: P people in camera space.
        colours: (P, 3) RGB in [0, 1].
        ground: (3,) RGB of the background.

    Returns:
        Tubes first, person by person in the order of `skeleton.bones`, then balls in the order
        of the joints.
    """
    joints = scene_from_camera(people.joints_cam)  # (P, J, 3)
    weight = joint_opacity(people.joint_scores)[..., None]
    colour = weight * np.asarray(colours)[:, None] + (1 - weight) * ground  # (P, J, 3)
    bones = np.array(people.skeleton.bones, dtype=np.int64).reshape(-1, 2)
    tubes = _tubes(joints[:, bones].reshape(-1, 2, 3), colour[:, bones].reshape(-1, 2, 3))
    is_face = np.isin(people.skeleton.joint_names, _FACE)
    radius = np.tile(np.where(is_face, FACE_BALL_RADIUS_M, BALL_RADIUS_M), len(people))
    balls = _balls(joints.reshape(-1, 3), 0.75 * colour.reshape(-1, 3) + 0.25, radius)
    tube_faces = _repeated(_tube_faces(), 2 * TUBE_CORNERS, len(tubes) // (2 * TUBE_CORNERS))
    _, ball_faces = _unit_ball()
    num_balls = len(people) * people.skeleton.num_joints
    ball_faces = _repeated(ball_faces, len(balls) // max(num_balls, 1), num_balls) + len(tubes)
    faces = np.concatenate([tube_faces, ball_faces]).astype(np.uint32)
    return BodyMesh(np.concatenate([tubes, balls]), faces)


def _tubes(ends: np.ndarray, colours: np.ndarray) -> np.ndarray:
    """Open tubes between (B, 2, 3) ends with colours (B, 2, 3): (B * 2 * corners,) vertices."""
    axis = ends[:, 1] - ends[:, 0]
    axis = axis / np.maximum(np.linalg.norm(axis, axis=-1, keepdims=True), 1e-6)
    helper = np.where(np.abs(axis[:, 2:]) < 0.9, [[0, 0, 1]], [[1, 0, 0]])
    first = np.cross(axis, helper)
    first = first / np.maximum(np.linalg.norm(first, axis=-1, keepdims=True), 1e-6)
    second = np.cross(axis, first)
    angle = np.linspace(0, 2 * np.pi, TUBE_CORNERS, endpoint=False)[:, None]
    normal = np.cos(angle) * first[:, None] + np.sin(angle) * second[:, None]  # (B, corners, 3)
    vertices = np.empty((len(ends), 2, TUBE_CORNERS), VERTEX)
    vertices["a_normal"] = normal[:, None]
    vertices["a_position"] = ends[:, :, None] + TUBE_RADIUS_M * normal[:, None]
    vertices["a_colour"] = colours[:, :, None]
    return vertices.reshape(-1)


def _balls(centres: np.ndarray, colours: np.ndarray, radius: np.ndarray) -> np.ndarray:
    """Balls at (N, 3) with colours (N, 3) and radii (N,): (N * K,) vertices."""
    unit, _ = _unit_ball()
    vertices = np.empty((len(centres), len(unit)), VERTEX)
    vertices["a_normal"] = unit
    vertices["a_position"] = centres[:, None] + radius[:, None, None] * unit
    vertices["a_colour"] = colours[:, None]
    return vertices.reshape(-1)


@lru_cache(maxsize=1)
def _unit_ball() -> tuple[np.ndarray, np.ndarray]:
    """Vertices (K, 3) of a unit ball, poles last, and faces (F, 3)."""
    polar = np.linspace(0, np.pi, _BALL_RINGS + 2)[1:-1, None]
    angle = np.linspace(0, 2 * np.pi, _BALL_CORNERS, endpoint=False)
    rings = np.stack(
        [np.sin(polar) * np.cos(angle), np.sin(polar) * np.sin(angle), np.cos(polar) + 0 * angle],
        axis=-1,
    ).reshape(-1, 3)
    vertices = np.concatenate([rings, [[0, 0, 1], [0, 0, -1]]]).astype(np.float32)
    here = np.arange(_BALL_CORNERS)
    beside = (here + 1) % _BALL_CORNERS
    faces = [
        _band(here + ring * _BALL_CORNERS, beside + ring * _BALL_CORNERS, _BALL_CORNERS)
        for ring in range(_BALL_RINGS - 1)
    ]
    last = (_BALL_RINGS - 1) * _BALL_CORNERS
    top, bottom = np.full_like(here, len(rings)), np.full_like(here, len(rings) + 1)
    faces.append(np.stack([top, here, beside], axis=1))
    faces.append(np.stack([bottom, beside + last, here + last], axis=1))
    return vertices, np.concatenate(faces)


def _tube_faces() -> np.ndarray:
    here = np.arange(TUBE_CORNERS)
    return _band(here, (here + 1) % TUBE_CORNERS, TUBE_CORNERS)


def _band(here: np.ndarray, beside: np.ndarray, step: int) -> np.ndarray:
    """Two triangles per corner between a ring and the ring `step` indices further on."""
    return np.concatenate(
        [
            np.stack([here, here + step, beside], axis=1),
            np.stack([beside, here + step, beside + step], axis=1),
        ]
    )


def _repeated(faces: np.ndarray, num_vertices: int, num_copies: int) -> np.ndarray:
    """Faces (F, 3) of one part for `num_copies` parts of `num_vertices` each: (copies * F, 3)."""
    offset = np.arange(num_copies)[:, None, None] * num_vertices
    return (faces + offset).reshape(-1, 3)
