"""Clothes, shoes and hair as meshes of their own, bound to the body kit.

Optional: without them people wear what `clothes` paints on their skin. A piece stores for each
vertex a place on the light mesh, an offset from it and skin weights, so that it fits every body
shape of the kit. `wear_build` makes the pieces once from a folder of MakeHuman assets.
"""

from dataclasses import dataclass

import numpy as np

from das_model.synthetic.body import materials as m

SUIT, DRESS, SHOES, HAIR, HAT = range(5)
WEAR_VERSION = 1
_MIN_YEARS = 14.0  # suits are cut for grown people
_SUIT_SHARE, _SHOES_SHARE, _HAIR_SHARE, _HAT_SHARE = 0.5, 0.35, 0.4, 0.05


@dataclass(frozen=True, eq=False, slots=True)
class WearKit:
    """A pieces with N vertices and M triangles in all, over a body kit of V vertices.

    Args:
        names: (A,) str of the assets.
        kind: (A,) int32 SUIT, DRESS, SHOES, HAIR or HAT.
        sex: (A,) int32 -1 for men, 1 for women, 0 for both.
        vertex_first: (A + 1,) int32 first vertex of each piece.
        face_first: (A + 1,) int32 first triangle of each piece.
        faces: (M, 3) int32 vertices of the kit, counted over all pieces.
        corners: (N, 3) int32 light-mesh vertices that a vertex hangs on.
        shares: (N, 3) float32 of them, rows sum to 1.
        offset: (N, 3) float32 metres from there, at rest.
        canon: (N, 3) float32 template position.
        attributes: (N, 4) float32 as in `BodyKit`.
        skin_weights: (N, 4) float32.
        skin_bones: (N, 4) int32.
        hides: (A, V) bool light-mesh vertices that a piece covers.
    """

    names: np.ndarray
    kind: np.ndarray
    sex: np.ndarray
    vertex_first: np.ndarray
    face_first: np.ndarray
    faces: np.ndarray
    corners: np.ndarray
    shares: np.ndarray
    offset: np.ndarray
    canon: np.ndarray
    attributes: np.ndarray
    skin_weights: np.ndarray
    skin_bones: np.ndarray
    hides: np.ndarray

    def choose(self, rng: np.random.Generator, gender: float, years: float) -> tuple[int, ...]:
        """Pieces for somebody, perhaps none."""
        fits = (self.sex == 0) | (self.sex == (1 if gender > 0.5 else -1))
        wanted: list[tuple[int, ...]] = []
        if years >= _MIN_YEARS and rng.random() < _SUIT_SHARE:
            wanted.append((SUIT, DRESS))
        if rng.random() < _SHOES_SHARE:
            wanted.append((SHOES,))
        if rng.random() < _HAT_SHARE:
            wanted.append((HAT,))
        elif rng.random() < _HAIR_SHARE:
            wanted.append((HAIR,))
        pieces = []
        for kinds in wanted:
            fitting = np.flatnonzero(fits & np.isin(self.kind, kinds))
            if len(fitting):
                pieces.append(int(rng.choice(fitting)))
        return tuple(pieces)

    def undress(
        self, rng: np.random.Generator, look: np.ndarray, pieces: tuple[int, ...]
    ) -> np.ndarray:
        """The look without the painted clothes that the pieces stand for."""
        look = look.copy()
        kinds = self.kind[list(pieces)].tolist()
        look[m.WEAR_HEM] = rng.uniform(0.04, 0.15)
        if SUIT in kinds or DRESS in kinds:
            look[[m.SHIRT_LOOSE, m.TROUSERS_LOOSE, m.SKIRT_ON]] = 0
            look[[m.SLEEVE, m.TROUSERS_END]] = -1.0
            look[m.SHIRT_HEM] = 9.0
            look[m.SOCK] = 0.95
        if DRESS in kinds:
            look[m.WEAR_HEM] = -9.0  # all of it is cut from the shirt's cloth
        if HAIR in kinds:
            look[m.HAIR_STYLE], look[m.HAIR_THICK] = 1, 0.002
        if HAT in kinds:
            look[m.HAIR_THICK] = 0  # nothing pokes through
        return look
