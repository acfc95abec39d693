"""A mannequin's skin: smooth tubes along the bones of a body in its rest pose.

Each tube is a row of elliptic rings with rounded ends. A ring hangs on one bone, or on two where
limbs bend, half and half. Everything is as large as the body's own lengths say.
"""

from dataclasses import dataclass

import numpy as np

from das_app.exports.bodies.moving_bodies import M, MovingBody

_ROUND = 14  # corners of a ring
_CAP = (0.0, 0.45, 0.8, 0.97)  # how wide the rings of a rounded end are
_CAP_AWAY = (1.0, 0.89, 0.6, 0.24)  # and how far out, in radii


@dataclass(frozen=True, eq=False, slots=True)
class Skin:
    """A mesh of V vertices and T triangles.

    Args:
        places: (V, 3) m.
        normals: (V, 3).
        joints: (V, 4) uint8, bones.
        weights: (V, 4) of the bones, their sum is 1.
        triangles: (T, 3) uint32.
    """

    places: np.ndarray
    normals: np.ndarray
    joints: np.ndarray
    weights: np.ndarray
    triangles: np.ndarray


@dataclass(frozen=True, eq=False, slots=True)
class _Ring:
    """An ellipse: its middle (3,), its two half axes (2, 3), and the bones it hangs on."""

    middle: np.ndarray
    axes: np.ndarray
    bones: tuple[int, int]


def mannequin(body: MovingBody) -> Skin:
    """The skin of a body."""
    at = {bone.name: n for n, bone in enumerate(body.fit.body.bones)}
    places = body.rest_places() * M
    ends = places + body.fit.ends() * M
    tubes = [_torso(at, places), *_head(at, places, ends)]
    for side in ("left", "right"):
        tubes += _arm(side, at, places, ends)
        tubes += _leg(side, at, places, ends)
    return _joined([_tube(rings) for rings in tubes])


def _torso(at: dict[str, int], places: np.ndarray) -> list[_Ring]:
    hip = abs(places[at["left_hip"], 0])
    shoulder = abs(places[at["left_shoulder"], 0])
    low, neck = places[at["left_hip"], 1], places[at["neck"], 1]
    pelvis, spine, chest, upper = (at[n] for n in ("pelvis", "spine", "chest", "upper_chest"))
    rows = (  # share of the height, half width, half depth, bones
        (-0.10, 0.75 * hip, 0.55 * hip, (pelvis, pelvis)),
        (0.02, 1.55 * hip, 0.95 * hip, (pelvis, pelvis)),
        (0.22, 1.35 * hip, 0.90 * hip, (pelvis, spine)),
        (0.42, 1.20 * hip, 0.82 * hip, (spine, spine)),
        (0.60, 0.78 * shoulder, 0.95 * hip, (spine, chest)),
        (0.78, 0.92 * shoulder, 1.05 * hip, (chest, upper)),
        (0.92, 0.80 * shoulder, 0.80 * hip, (upper, upper)),
        (1.00, 0.34 * shoulder, 0.55 * hip, (upper, upper)),
    )
    return [
        _Ring(
            np.array([0.0, low + share * (neck - low), 0.0]),
            np.array([[wide, 0, 0], [0, 0, deep]]),
            bones,
        )
        for share, wide, deep, bones in rows
    ]


def _head(at: dict[str, int], places: np.ndarray, ends: np.ndarray) -> list[list[_Ring]]:
    neck, head = at["neck"], at["head"]
    low, middle, top = places[neck], places[head], ends[head]
    tall = max(top[1] - middle[1], 0.08)
    wide = 0.52 * tall
    forward = np.array([0, 0, 0.12 * tall])
    rows = (
        (-0.55, 0.45, 0.55),
        (-0.25, 0.85, 0.95),
        (0.15, 1.0, 1.2),
        (0.55, 0.98, 1.2),
        (0.85, 0.72, 0.9),
    )
    skull = [
        _Ring(
            middle + [0, share * tall, 0] + forward,
            np.array([[across * wide, 0, 0], [0, 0, deep * wide]]),
            (head, head),
        )
        for share, across, deep in rows
    ]
    thin = 0.36 * tall
    throat = [
        _Ring(low - [0, 0.2 * tall, 0], _round(thin * 1.2, "y"), (neck, neck)),
        _Ring(middle, _round(thin, "y"), (neck, head)),
    ]
    return [skull, throat]


def _arm(side: str, at: dict[str, int], places: np.ndarray, ends: np.ndarray) -> list[list[_Ring]]:
    shoulder, elbow, wrist = (at[f"{side}_{joint}"] for joint in ("shoulder", "elbow", "wrist"))
    thick = 0.17 * float(np.linalg.norm(places[elbow] - places[shoulder]))
    limb = _limb(
        (places[shoulder], places[elbow], places[wrist]),
        (at[f"{side}_clavicle"], shoulder, elbow, wrist),
        (1.2 * thick, thick, 0.72 * thick),
        "x",
    )
    along = ends[wrist] - places[wrist]
    shares = ((0.0, 0.6, 0.5), (0.35, 0.95, 0.45), (0.7, 0.8, 0.36), (0.95, 0.4, 0.28))
    hand = [
        _Ring(
            places[wrist] + share * along,
            np.array([[0, 0, wide * thick], [0, flat * thick, 0]]),
            (wrist, wrist),
        )
        for share, wide, flat in shares
    ]
    return [limb, hand]


def _leg(side: str, at: dict[str, int], places: np.ndarray, ends: np.ndarray) -> list[list[_Ring]]:
    hip, knee, ankle, toe = (at[f"{side}_{joint}"] for joint in ("hip", "knee", "ankle", "toe"))
    thick = 0.16 * float(np.linalg.norm(places[knee] - places[hip]))
    limb = _limb(
        (places[hip], places[knee], places[ankle]),
        (at["pelvis"], hip, knee, ankle),
        (1.35 * thick, 0.95 * thick, 0.62 * thick),
        "y",
    )
    heel = places[ankle] * [1, 0.45, 1] - [0, 0, 0.9 * thick]
    ball, tip = places[toe] * [1, 0.55, 1], ends[toe] * [1, 0.4, 1]
    instep = places[ankle] * [1, 0.7, 1]
    rows = (
        (heel, 0.55, 0.5, (ankle, ankle)),
        (instep, 0.72, 0.75, (ankle, ankle)),
        (ball, 0.85, 0.42, (ankle, toe)),
        (tip, 0.62, 0.28, (toe, toe)),
    )
    foot = [
        _Ring(middle, np.array([[wide * thick, 0, 0], [0, -tall * thick, 0]]), bones)
        for middle, wide, tall, bones in rows
    ]
    return [limb, foot]


def _limb(
    places: tuple[np.ndarray, ...],
    bones: tuple[int, ...],
    radii: tuple[float, float, float],
    along: str,
) -> list[_Ring]:
    """Rings from a ball joint over a hinge to a last joint; `bones` begins with the parent's."""
    start, hinge, last = places
    parent, upper, lower, end = bones
    thick, middle, thin = radii
    rows = (
        (start, 0.9 * thick, (parent, upper)),
        (start + 0.2 * (hinge - start), thick, (upper, upper)),
        (start + 0.55 * (hinge - start), 0.5 * (thick + middle), (upper, upper)),
        (start + 0.9 * (hinge - start), 0.95 * middle, (upper, upper)),
        (hinge, 0.92 * middle, (upper, lower)),
        (hinge + 0.12 * (last - hinge), 0.98 * middle, (lower, lower)),
        (hinge + 0.35 * (last - hinge), 1.02 * middle, (lower, lower)),
        (hinge + 0.7 * (last - hinge), 0.55 * (middle + thin), (lower, lower)),
        (last, thin, (lower, end)),
    )
    return [_Ring(place, _round(radius, along), on) for place, radius, on in rows]


def _round(radius: float, along: str) -> np.ndarray:
    """(2, 3) half axes of a circle across an axis."""
    axes = {"x": ((0, 0, 1), (0, 1, 0)), "y": ((1, 0, 0), (0, 0, 1))}[along]
    return radius * np.array(axes, np.float64)


def _tube(rings: list[_Ring]) -> Skin:
    """Rings joined, with rounded ends."""
    rings = [*_rounded(rings[0], rings[1]), *rings, *_rounded(rings[-1], rings[-2])[::-1]]
    angle = np.arange(_ROUND) / _ROUND * 2 * np.pi
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    places = np.concatenate([ring.middle + circle @ ring.axes for ring in rings])
    first = np.arange(_ROUND)
    second = (first + 1) % _ROUND
    one = np.stack([first, second, first + _ROUND], axis=-1)
    two = np.stack([second, second + _ROUND, first + _ROUND], axis=-1)
    strip = np.concatenate([one, two])
    triangles = np.concatenate([strip + _ROUND * n for n in range(len(rings) - 1)])
    triangles = triangles[_areas(places, triangles) > 1e-10]
    middle = rings[len(rings) // 2].middle
    corners = places[triangles]
    outward = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    if (outward * (corners.mean(axis=1) - middle)).sum() < 0:
        triangles = triangles[:, ::-1]
    joints = np.zeros((len(places), 4), np.uint8)
    weights = np.zeros((len(places), 4), np.float32)
    for n, ring in enumerate(rings):
        rows = slice(n * _ROUND, (n + 1) * _ROUND)
        bone, partner = ring.bones
        joints[rows, :2] = (bone, 0 if bone == partner else partner)
        weights[rows, :2] = (1.0, 0.0) if bone == partner else (0.5, 0.5)
    return Skin(places, _normals(places, triangles), joints, weights, triangles)


def _rounded(end: _Ring, inner: _Ring) -> list[_Ring]:
    """Rings beyond an end, from its pole inwards."""
    out = end.middle - inner.middle
    out = out / max(np.linalg.norm(out), 1e-9)
    away = np.linalg.norm(end.axes, axis=1).min()
    return [
        _Ring(end.middle + far * away * out, wide * end.axes, end.bones)
        for wide, far in zip(_CAP, _CAP_AWAY, strict=True)
    ]


def _areas(places: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    a, b, c = (places[triangles[:, n]] for n in range(3))
    return np.linalg.norm(np.cross(b - a, c - a), axis=-1)


def _normals(places: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """(V, 3) unit normals; corners in the same place, as at a pole, share theirs."""
    corners = places[triangles]
    faces = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    _, same = np.unique(np.round(places, 6), axis=0, return_inverse=True)
    total = np.zeros((same.max() + 1, 3))
    for corner in range(3):
        np.add.at(total, same.ravel()[triangles[:, corner]], faces)
    normals = total[same.ravel()]
    length = np.linalg.norm(normals, axis=-1, keepdims=True)
    return np.where(length > 1e-12, normals / np.maximum(length, 1e-12), [0.0, 1.0, 0.0])


def _joined(skins: list[Skin]) -> Skin:
    counts = np.cumsum([0] + [len(skin.places) for skin in skins])
    return Skin(
        np.concatenate([skin.places for skin in skins]),
        np.concatenate([skin.normals for skin in skins]),
        np.concatenate([skin.joints for skin in skins]),
        np.concatenate([skin.weights for skin in skins]),
        np.concatenate([s.triangles + n for s, n in zip(skins, counts, strict=False)]),
    )
