"""Matching and errors in a MuPoTS-3D frame, by the rules of `mupots`."""

from dataclasses import dataclass

import numpy as np

from das_model.skeleton import MUPOTS_17

MATCH_PX, MATCH_MM = 40.0, 250.0
NUM_COUNTED = 14  # head_top to the ankles
_MATCHING = slice(1, 14)  # neck to the ankles
_ROOT = MUPOTS_17.root
# Bones (child, parent) in an order that has every parent's place settled before its child's.
_LIMBS = (
    (2, 1),
    (3, 2),
    (4, 3),
    (5, 1),
    (6, 5),
    (7, 6),
    (8, 14),
    (9, 8),
    (10, 9),
    (11, 14),
    (12, 11),
    (13, 12),
)
BONES_17 = ((15, 14), (1, 15), (0, 1), (16, 1), *_LIMBS)
# The walk of the DAS authors' published code: the joints in the toolbox's order, each with the
# parent that stands at the same place of the list of parents, which is that of joint 0, 1, 2 ...
# The first bone goes from the neck to the spine, the next back from the spine to the neck.
_TRAVERSAL = (15, 1, 0, 16, *range(2, 14))
_PARENTS_OF_JOINTS = (1, 15, 1, 2, 3, 1, 5, 6, 14, 8, 9, 14, 11, 12, 14, 14, 1)
BONES_PUBLISHED = tuple(zip(_TRAVERSAL, _PARENTS_OF_JOINTS, strict=False))
BONES_15 = ((1, 14), (0, 1), *_LIMBS)  # without spine and head


@dataclass(frozen=True, eq=False, slots=True)
class FrameScores:
    """Errors of the G annotated people of a frame, infinite where nobody was found."""

    errors: dict[str, np.ndarray]  # (G, 14) mm by figure
    is_matched: np.ndarray  # (G,) bool


def scale_bones(
    predicted: np.ndarray, annotated: np.ndarray, bones: tuple[tuple[int, int], ...]
) -> np.ndarray:
    """Predicted poses (..., J, 3) with their directions and the annotated bone lengths, mm."""
    scaled = predicted.copy()
    for child, parent in bones:
        wanted = np.linalg.norm(annotated[..., child, :] - annotated[..., parent, :], axis=-1)
        bone = predicted[..., child, :] - predicted[..., parent, :]
        length = np.linalg.norm(bone, axis=-1)
        factor = wanted / np.where(length > 0, length, np.nan)
        scaled[..., child, :] = scaled[..., parent, :] + bone * factor[..., None]
    return scaled


def matlab_scores(
    predicted: np.ndarray,
    predicted_px: np.ndarray,
    annotated_px: np.ndarray,
    truth: tuple[np.ndarray, np.ndarray],
    bones: tuple[tuple[int, int], ...],
) -> FrameScores:
    """Protocol of the toolbox; `truth` is metric and universal (G, J, 3)."""
    owner = _match_px(predicted_px[:, _MATCHING], annotated_px[:, _MATCHING])
    is_matched = owner >= 0
    errors = {}
    for suffix, annotated, is_scaled in (
        ("", truth[1], True),
        ("_raw", truth[1], False),
        ("_metric", truth[0], True),
        ("_metric_raw", truth[0], False),
    ):
        poses = np.full(annotated.shape, np.inf)
        poses[is_matched] = predicted[owner[is_matched]]
        if is_scaled:
            poses[is_matched] = scale_bones(poses[is_matched], annotated[is_matched], bones)
        offset = np.where(is_matched[:, None, None], poses - annotated, np.inf)
        root = np.where(is_matched[:, None, None], offset[:, [_ROOT]], 0)
        errors[f"pck_rel{suffix}"] = _counted_errors(offset - root)
        errors[f"pck_abs{suffix}"] = _counted_errors(offset)
    return FrameScores(errors, is_matched)


def _match_px(predicted_px: np.ndarray, annotated_px: np.ndarray) -> np.ndarray:
    """(G,) prediction of each person, -1 for none; predicted (P, 13, 2), annotated (G, 13, 2)."""
    is_near = (np.abs(predicted_px[None] - annotated_px[:, None]) < MATCH_PX).all(axis=-1)
    is_given = (predicted_px != 0).any(axis=-1)  # (0, 0) is no joint, to the toolbox
    num_near = (is_near & is_given).sum(axis=2)  # (G, P)
    owner = np.full(len(annotated_px), -1)
    for g in range(len(owner)):
        if num_near.shape[1] and num_near[g].max() > 0:
            owner[g] = num_near[g].argmax()
            num_near[:, owner[g]] = 0
    return owner


def das_scores(
    predicted: np.ndarray, annotated: np.ndarray, bones: tuple[tuple[int, int], ...]
) -> FrameScores:
    """Protocol of the DAS authors; poses (P, J, 3) and (G, J, 3)."""
    predicted = predicted[predicted[:, _ROOT, 2] != 0]
    roots, true_roots = predicted[:, _ROOT], annotated[:, _ROOT]
    poses = np.repeat((predicted - roots[:, None])[None], len(annotated), axis=0)  # (G, P, J, 3)
    ratios = true_roots[:, None, 2] / roots[None, :, 2]  # (G, P)
    poses[..., :2] *= ratios[..., None, None]
    truth = (annotated - true_roots[:, None])[:, None]  # (G, 1, J, 3)
    poses = scale_bones(poses, truth, bones)
    distance = np.linalg.norm(poses - truth, axis=-1).mean(axis=-1)  # (G, P)
    distance = np.where(np.isfinite(distance), distance, np.inf)
    none = np.full((len(annotated), 1), np.inf)
    distance = np.concatenate([distance, none], axis=1)
    owner = distance.argmin(axis=1)
    is_matched = distance.min(axis=1) <= MATCH_MM
    relative = np.full(annotated.shape, np.inf)
    absolute = relative.copy()
    found = np.flatnonzero(is_matched)
    relative[found] = poses[found, owner[found]] - truth[found, 0]
    absolute[found] = poses[found, owner[found]] + roots[owner[found], None] - annotated[found]
    return FrameScores(
        {"pck_rel": _counted_errors(relative), "pck_abs": _counted_errors(absolute)}, is_matched
    )


def _counted_errors(offset: np.ndarray) -> np.ndarray:
    """(G, 14) mm of offsets (G, J, 3), infinite where not finite."""
    errors = np.linalg.norm(offset[:, :NUM_COUNTED], axis=-1)
    return np.where(np.isfinite(errors), errors, np.inf)
