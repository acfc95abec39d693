"""Make the body that people of the 3D view wear: the mean adult of the synthetic kit, decimated.

    python scripts/make_body.py [--triangles N]

Writes `assets/body/body.npz`. Needs the training's packages; the window needs only the file.
"""

import argparse
from pathlib import Path

import fast_simplification
import numpy as np

from das_app.gui.bodies.body_frames import SEGMENTS
from das_model.synthetic.body.bodies import BodyPoser
from das_model.synthetic.body.kit import BODY, EYE, REST_UNIT_M, BodyKit
from das_model.synthetic.body.kit_cache import load_kit

_OUT = Path(__file__).parents[1] / "assets" / "body" / "body.npz"
_ADULT_YEARS = (18.0, 45.0)
_ZOOMS = {"head": 1.7, "hand": 1.5, "foot": 1.2}  # enlarged while decimating: more detail
_SEGMENT_OF_BONE = (  # beginnings of the kit's names, the first that fits
    ("root", "pelvis"),
    ("pelvis", "pelvis"),
    ("upperleg", "thigh"),
    ("lowerleg", "shin"),
    ("foot", "foot"),
    ("toe", "foot"),
    ("spine05", "pelvis"),
    ("spine04", "abdomen"),
    ("spine03", "abdomen"),
    ("spine", "chest"),
    ("clavicle", "clavicle"),
    ("shoulder", "clavicle"),
    ("upperarm", "upper_arm"),
    ("lowerarm", "forearm"),
    ("wrist", "hand"),
    ("finger", "hand"),
    ("metacarpal", "hand"),
    ("neck01", "chest"),
    ("neck", "head"),
    ("head", "head"),
    ("eye", "head"),
)
_SIDES = {"L": "left_", "R": "right_"}


def segment_of(bone: str) -> str:
    """The view's segment that a bone of the kit belongs to."""
    segment = next(segment for begin, segment in _SEGMENT_OF_BONE if bone.startswith(begin))
    side = _SIDES.get(bone.rpartition(".")[2], "")
    return side + segment if side + segment in SEGMENTS else segment


def segment_weights(kit: BodyKit) -> np.ndarray:
    """(V, S) share of each segment in each vertex."""
    names = list(SEGMENTS)
    of_bone = np.array([names.index(segment_of(bone)) for bone in kit.bone_names])
    weights = np.zeros((len(kit.skin_bones), len(names)))
    for column in range(kit.skin_bones.shape[1]):
        rows = np.arange(len(weights))
        np.add.at(weights, (rows, of_bone[kit.skin_bones[:, column]]), kit.skin_weights[:, column])
    return weights / weights.sum(axis=1, keepdims=True)


def vertex_normals(places: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """(V, 3) unit normals of a mesh (V, 3), (F, 3)."""
    a, b, c = (places[faces[:, n]] for n in range(3))
    across, normals = np.cross(b - a, c - a), np.zeros_like(places)
    for corner in range(3):
        np.add.at(normals, faces[:, corner], across)
    return normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)


def without_holes(faces: np.ndarray) -> np.ndarray:
    """Triangles (F, 3) and more of them over the holes of the mesh, such as the open mouth."""
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]).tolist()
    there = {tuple(edge) for edge in edges}
    following = {b: a for a, b in there if (b, a) not in there}  # round each hole
    lids = []
    while following:
        first, at = following.popitem()
        loop = [first]
        while at != first and at in following:
            loop.append(at)
            at = following.pop(at)
        lids += [(first, loop[n], loop[n + 1]) for n in range(1, len(loop) - 1)]
    return np.concatenate([faces, np.array(lids, faces.dtype).reshape(-1, 3)])


def main() -> None:
    """Build and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--triangles", type=int, default=1800)
    args = parser.parse_args()
    kit = load_kit()
    is_adult = (kit.years >= _ADULT_YEARS[0]) & (kit.years <= _ADULT_YEARS[1])
    poser, upright = BodyPoser(kit), np.tile(np.eye(3), (len(kit.bone_names), 1, 1))
    adults = np.flatnonzero(is_adult)
    joints = np.mean([poser.pose(int(n), 1.0, upright).joints for n in adults], axis=0)
    places = kit.rest[adults].mean(axis=0) * REST_UNIT_M

    is_skin = np.isin(kit.face_part, (BODY, EYE))
    faces, weights = kit.faces[is_skin], segment_weights(kit)
    normals = vertex_normals(places, faces)
    zoom = np.ones(len(places))
    for part, factor in _ZOOMS.items():
        columns = [n for n, name in enumerate(SEGMENTS) if name.endswith(part)]
        zoom = np.where(weights[:, columns].sum(axis=1) > 0.5, factor, zoom)
    used = np.unique(faces)
    keep = args.triangles / len(faces)
    corners, light = fast_simplification.simplify(
        (places * zoom[:, None])[used].astype(np.float32),
        np.searchsorted(used, faces).astype(np.int32),
        1 - keep,
        agg=3,
    )
    away = np.linalg.norm(corners[:, None] - (places * zoom[:, None])[used][None], axis=-1)
    nearest = used[away.argmin(axis=1)]
    light = nearest[light]
    a, b, c = light.T
    light = light[(a != b) & (b != c) & (a != c)]
    light = without_holes(light)
    kept = np.unique(light)
    print(f"{len(kept)} vertices, {len(light)} triangles")
    _OUT.parent.mkdir(exist_ok=True)
    np.savez_compressed(
        _OUT,
        places=places[kept].astype(np.float32),
        normals=normals[kept].astype(np.float32),
        weights=weights[kept].astype(np.float32),
        faces=np.searchsorted(kept, light).astype(np.uint16),
        joints=joints.astype(np.float32),
    )


if __name__ == "__main__":
    main()
