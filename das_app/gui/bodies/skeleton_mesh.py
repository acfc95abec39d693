"""Skeletons as one triangle mesh: a tube per bone and a ball per joint, in plain numpy.

Wide lines are one pixel thin in some OpenGL drivers and points are limited in size; triangles
look the same everywhere. All people of a frame become one vertex array and one index array, so
that a frame costs one upload and one draw call.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from das_model.skeleton import Skeleton

TUBE_RADIUS_M, BALL_RADIUS_M, FACE_BALL_RADIUS_M = 0.017, 0.032, 0.018
TUBE_CORNERS = 8
_BALL_RINGS, _BALL_CORNERS = 5, 8
_FACE = ("nose", "left_eye", "right_eye", "left_ear", "right_ear")
VERTEX = np.dtype([("a_position", "f4", 3), ("a_normal", "f4", 3), ("a_colour", "f4", 4)])


@dataclass(frozen=True, eq=False, slots=True)
class Mesh:
    """Triangles of all people.

    Args:
        vertices: (V,) of `VERTEX`: position in metres of scene space, unit normal, RGBA.
        faces: (F, 3) uint32 indices into `vertices`; read-only, one array for as many people.
    """

    vertices: np.ndarray
    faces: np.ndarray


NOBODY = Mesh(np.zeros(0, VERTEX), np.zeros((0, 3), np.uint32))


def skeleton_mesh(
    joints: np.ndarray, colours: np.ndarray, opacity: np.ndarray, skeleton: Skeleton
) -> Mesh:
    """Mesh of everybody.

    Args:
        joints: (P, J, 3) m in scene space.
        colours: (P, 3) RGB in [0, 1].
        opacity: (P, J) of the joints, in [0, 1].
        skeleton: of J joints.

    Returns:
        Tubes first, person by person in the order of `skeleton.bones`, then balls in the order
        of the joints.
    """
    shape = (*opacity.shape, 3)
    colour = np.concatenate(
        [np.broadcast_to(colours[:, None], shape), opacity[..., None]], axis=-1
    ).astype(np.float32)  # (P, J, 4)
    bones = np.array(skeleton.bones, dtype=np.int64).reshape(-1, 2)
    is_face = np.isin(skeleton.joint_names, _FACE)
    radius = np.where(is_face, FACE_BALL_RADIUS_M, BALL_RADIUS_M).astype(np.float32)
    num_tubes, num_balls = len(joints) * len(bones), len(joints) * skeleton.num_joints
    num_tube_vertices, num_corners = 2 * TUBE_CORNERS * num_tubes, len(_unit_ball()[0])
    vertices = np.empty(num_tube_vertices + num_corners * num_balls, VERTEX)
    tubes = vertices[:num_tube_vertices].reshape(num_tubes, 2, TUBE_CORNERS)
    _fill_tubes(tubes, joints[:, bones].reshape(-1, 2, 3), colour[:, bones].reshape(-1, 2, 4))
    balls = vertices[num_tube_vertices:].reshape(num_balls, num_corners)
    _fill_balls(balls, joints.reshape(-1, 3), colour.reshape(-1, 4), np.tile(radius, len(joints)))
    return Mesh(vertices, _faces(num_tubes, num_balls))


def limb_owners(num_people: int, skeleton: Skeleton) -> np.ndarray:
    """(V,) number of the person of each vertex of `skeleton_mesh`."""
    tubes = 2 * TUBE_CORNERS * len(skeleton.bones)
    balls = len(_unit_ball()[0]) * skeleton.num_joints
    people = np.arange(num_people)
    return np.concatenate([np.repeat(people, tubes), np.repeat(people, balls)])


def _fill_tubes(tubes: np.ndarray, ends: np.ndarray, colours: np.ndarray) -> None:
    """Open tubes (B, 2, corners) between (B, 2, 3) ends with colours (B, 2, 4)."""
    axis = ends[:, 1] - ends[:, 0]
    axis = axis / np.maximum(np.linalg.norm(axis, axis=-1, keepdims=True), 1e-6)
    angle = np.linspace(0, 2 * np.pi, TUBE_CORNERS, endpoint=False)
    turns = np.stack([np.cos(angle), np.sin(angle)], axis=1).astype(np.float32)
    normal = turns @ _across(axis)  # (B, corners, 3)
    tubes["a_normal"] = normal[:, None]
    tubes["a_position"] = ends[:, :, None] + np.float32(TUBE_RADIUS_M) * normal[:, None]
    tubes["a_colour"] = colours[:, :, None]


def _across(axis: np.ndarray) -> np.ndarray:
    """Two unit vectors (B, 2, 3) at right angles to each other and to unit axes (B, 3).

    After Duff et al., Building an Orthonormal Basis, Revisited (JCGT 2017).
    """
    x, y, z = axis.T
    sign = np.copysign(np.float32(1), z)
    a = -1 / (sign + z)
    b = x * y * a
    first = np.stack([1 + sign * x * x * a, sign * b, -sign * x], axis=1)
    return np.stack([first, np.stack([b, sign + y * y * a, -y], axis=1)], axis=1)


def _fill_balls(
    balls: np.ndarray, centres: np.ndarray, colours: np.ndarray, radius: np.ndarray
) -> None:
    """Balls (N, K) at (N, 3), of radii (N,), a little lighter than colours (N, 4)."""
    unit, _ = _unit_ball()
    balls["a_normal"] = unit
    balls["a_position"] = centres[:, None] + radius[:, None, None] * unit
    balls["a_colour"] = colours[:, None]
    balls["a_colour"][..., :3] = (np.float32(0.75) * colours[:, :3] + np.float32(0.25))[:, None]


@lru_cache(maxsize=32)
def _faces(num_tubes: int, num_balls: int) -> np.ndarray:
    """(F, 3) uint32 of all tubes and then all balls; the same array for the same numbers."""
    ball, ball_faces = _unit_ball()
    tubes = _repeated(_tube_faces(), 2 * TUBE_CORNERS, num_tubes)
    balls = _repeated(ball_faces, len(ball), num_balls) + 2 * TUBE_CORNERS * num_tubes
    faces = np.concatenate([tubes, balls]).astype(np.uint32)
    faces.flags.writeable = False
    return faces


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
