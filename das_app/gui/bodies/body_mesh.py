"""People as bodies: the skin of a mean adult, hung on everybody's own joints, in plain numpy.

Every vertex is a fixed sum of the segments' frames, so that all people of a frame are one matrix
product, one upload and one draw call. Bones are as long as the person's own, flesh is as thick as
the person is large. The skin is made by `scripts/make_body.py`.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from das_app.files.bundled import bundled_file
from das_app.gui.bodies.body_frames import ALONG, SEGMENTS, Frames, posed_frames, rest_frames
from das_app.gui.bodies.skeleton_mesh import VERTEX, Mesh
from das_model.skeleton import BODY_22, Skeleton

_REST_LEFT = np.array([1.0, 0.0, 0.0])  # of the file: z up, -y front
_SIZE_SEGMENTS = ("abdomen", "chest", "left_thigh", "right_thigh", "left_shin", "right_shin")
_SMALLEST, _LARGEST = 0.4, 1.35  # people, of the mean adult
_SHORTEST, _LONGEST = 0.5, 1.6  # bones, of the person's size
_FINE = ("_hand", "_foot")  # segments whose small shapes are kept
_SOFTNESS, _NUM_SOFTENINGS = 0.7, 3  # of the light on everything else
_LIMBS = tuple(
    f"{side}_{joint}"
    for side in ("left", "right")
    for joint in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
)


@dataclass(frozen=True, eq=False, slots=True)
class Skin:
    """The body everybody wears: V vertices on S segments.

    Args:
        places: (V, 4 S) shares of each segment's origin and three axes in a vertex's place.
        normals: (V, 3 S) likewise in its normal.
        joints: (V, 22) share of each joint of `BODY_22`, each row sums to 1.
        faces: (F, 3) uint32.
        rest: frames at rest.
    """

    places: np.ndarray
    normals: np.ndarray
    joints: np.ndarray
    faces: np.ndarray
    rest: Frames


@lru_cache(maxsize=1)
def skin() -> Skin:
    """The bundled body. Raises FileNotFoundError where it is missing."""
    with np.load(bundled_file("body", "body.npz")) as stored:
        file = {name: stored[name] for name in stored.files}
    rest = rest_frames(file["joints"].astype(np.float64), _REST_LEFT)
    weights = file["weights"].astype(np.float64)  # (V, S)
    away = file["places"][:, None] - rest.origins  # (V, S, 3)
    local = np.einsum("vsi,sij->vsj", away, rest.axes[0])
    normals = _softened(file["normals"].astype(np.float64), file["faces"], weights)
    turned = np.einsum("vi,sij->vsj", normals, rest.axes[0])
    whole = np.concatenate([np.ones_like(local[..., :1]), local], axis=-1) * weights[..., None]
    return Skin(
        whole.reshape(len(weights), -1).astype(np.float32),
        (turned * weights[..., None]).reshape(len(weights), -1).astype(np.float32),
        _joint_shares(weights, local[..., ALONG], rest.lengths[0]).astype(np.float32),
        file["faces"].astype(np.uint32),
        rest,
    )


def can_wear(skeleton: Skeleton) -> bool:
    """Whether people of such joints can wear a body: their limbs are there."""
    return set(_LIMBS) <= set(skeleton.joint_names)


def body_mesh(joints: np.ndarray, colours: np.ndarray, opacity: np.ndarray) -> Mesh:
    """Mesh of everybody.

    Args:
        joints: (P, 22, 3) m in scene space, in the order of `BODY_22`.
        colours: (P, 3) RGB in [0, 1].
        opacity: (P, 22) of the joints, in [0, 1].
    """
    wear = skin()
    frames = posed_frames(joints, wear.rest)
    size = _sizes(frames, wear.rest)  # (P,)
    stretch = frames.lengths / np.maximum(wear.rest.lengths, 1e-6) / size[:, None]
    is_stretched = np.array([segment.is_stretched for segment in SEGMENTS.values()])
    stretch = np.where(is_stretched, np.clip(stretch, _SHORTEST, _LONGEST), 1.0)
    axes = np.swapaxes(frames.axes, -1, -2) * size[:, None, None, None]  # rows are axes
    axes[:, :, ALONG] *= stretch[..., None]
    held = np.concatenate([frames.origins[:, :, None], axes], axis=2)  # (P, S, 4, 3)
    turned = np.swapaxes(frames.axes, -1, -2)
    vertices = np.empty((len(joints), len(wear.places)), VERTEX)
    vertices["a_position"] = wear.places @ _rows(held)
    vertices["a_normal"] = wear.normals @ _rows(turned)
    vertices["a_colour"][..., :3] = colours[:, None]
    vertices["a_colour"][..., 3] = opacity.astype(np.float32) @ wear.joints.T
    return Mesh(vertices.reshape(-1), _faces(len(joints)))


def nearest_first(mesh: Mesh, is_faint: np.ndarray, eye_m: np.ndarray) -> np.ndarray:
    """Triangles (F, 3) of the mesh, of faint people the nearest first: these hide those behind
    them, and a faint arm does not shine through a faint chest.

    Args:
        mesh: of P people who wear bodies.
        is_faint: (P,) who.
        eye_m: (3,) where the view is seen from.
    """
    faces = mesh.faces.reshape(len(is_faint), -1, 3).copy()
    for person in np.flatnonzero(is_faint):
        places = mesh.vertices["a_position"][faces[person, :, 0]]
        faces[person] = faces[person, np.argsort(((places - eye_m) ** 2).sum(axis=-1))]
    return faces.reshape(-1, 3)


def whole_joints(joints: np.ndarray, scores: np.ndarray, skeleton: Skeleton) -> tuple:
    """Joints (P, 22, 3) and scores (P, 22) of `BODY_22`, of people with other joints.

    What a skeleton lacks is put where it must about be: the pelvis between the hips.

    Args:
        joints: (P, J, 3).
        scores: (P, J).
        skeleton: for which `can_wear` holds.
    """
    if skeleton.joint_names == BODY_22.joint_names:
        return joints, scores
    found = {n: (joints[:, i], scores[:, i]) for i, n in enumerate(skeleton.joint_names)}
    for name, between in (
        ("pelvis", (("left_hip", 0.5), ("right_hip", 0.5))),
        ("neck", (("left_shoulder", 0.5), ("right_shoulder", 0.5))),
        ("spine", (("pelvis", 0.5), ("neck", 0.5))),
        ("head", (("left_ear", 0.5), ("right_ear", 0.5))),
        ("head", (("nose", 1.0),)),
        ("head", (("neck", 1.35), ("pelvis", -0.35))),
        ("head_top", (("head", 1.7), ("neck", -0.7))),
        ("left_ear", (("head", 1.0), ("left_shoulder", 0.3), ("right_shoulder", -0.3))),
        ("right_ear", (("head", 1.0), ("left_shoulder", -0.3), ("right_shoulder", 0.3))),
        ("nose", (("head", 1.0),)),
        ("left_eye", (("head", 1.0),)),
        ("right_eye", (("head", 1.0),)),
    ):
        if name not in found and all(other in found for other, _ in between):
            place = np.sum([share * found[other][0] for other, share in between], axis=0)
            found[name] = (place, np.min([found[other][1] for other, _ in between], axis=0))
    chosen = [found[name] for name in BODY_22.joint_names]
    return np.stack([j for j, _ in chosen], axis=1), np.stack([s for _, s in chosen], axis=1)


def _softened(normals: np.ndarray, faces: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Normals (V, 3) nearer to those of their neighbours, so that few triangles look round; those
    of head, hands and feet, with their small shapes, stay."""
    names = list(SEGMENTS)
    fine = [names.index(name) for name in names if name == "head" or name.endswith(_FINE)]
    share = _SOFTNESS * (1 - weights[:, fine].sum(axis=1, keepdims=True))
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]).astype(int)
    for _ in range(_NUM_SOFTENINGS):
        sums = np.zeros_like(normals)
        np.add.at(sums, edges[:, 0], normals[edges[:, 1]])
        np.add.at(sums, edges[:, 1], normals[edges[:, 0]])
        around = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)
        normals = (1 - share) * normals + share * around
        normals = normals / np.linalg.norm(normals, axis=1, keepdims=True)
    return normals


def _sizes(frames: Frames, rest: Frames) -> np.ndarray:
    """(P,) how large people are, of the mean adult."""
    names = list(SEGMENTS)
    columns = [names.index(name) for name in _SIZE_SEGMENTS]
    ratio = frames.lengths[:, columns] / rest.lengths[:, columns]
    return np.clip(np.median(ratio, axis=1), _SMALLEST, _LARGEST).astype(np.float32)


def _joint_shares(weights: np.ndarray, along: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """(V, 22) by weights (V, S), places along the segments (V, S) and their lengths (S,)."""
    shares = np.zeros((len(weights), BODY_22.num_joints))
    for number, segment in enumerate(SEGMENTS.values()):
        way = np.clip(along[:, number] / max(lengths[number], 1e-6), 0, 1)
        way = np.where(segment.is_rigid, 1.0, way)
        shares[:, BODY_22.index(segment.begin)] += weights[:, number] * (1 - way)
        shares[:, BODY_22.index(segment.end)] += weights[:, number] * way
    return shares


def _rows(frames: np.ndarray) -> np.ndarray:
    """(P, K, 3) float32 of (P, S, n, 3)."""
    num_rows = frames.shape[1] * frames.shape[2]
    return frames.reshape(len(frames), num_rows, 3).astype(np.float32)


@lru_cache(maxsize=64)
def _faces(num_people: int) -> np.ndarray:
    one = skin()
    offset = np.arange(num_people, dtype=np.uint32)[:, None, None] * len(one.places)
    faces = (one.faces + offset).reshape(-1, 3).astype(np.uint32)
    faces.flags.writeable = False
    return faces
