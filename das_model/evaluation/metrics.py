"""Pose metrics: matching, MPJPE, PCK, OKS and 2D measures.

The protocols feed pictures in and turn `PeopleErrors` into tables. Pairing is one to one, so a
prediction never serves two people, and people nobody found stay in the count: `pck_rel` and
`pck_abs` are over all annotated people, the `_matched` ones over those found. What was not
measured is NaN, never 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

PCK_THRESHOLD_MM = 150.0
# COCO's spread of each joint, in the order of `COCO_17`
COCO_SIGMAS = (
    np.array([26, 25, 25, 35, 35, 79, 79, 72, 72, 62, 62, 107, 107, 87, 87, 89, 89]) / 1000
)


@dataclass(frozen=True, eq=False, slots=True)
class PeopleErrors:
    """Errors of N annotated people, of any number of pictures; NaN rows for people not found.

    Args:
        rel_mm: (N, J) joint errors with both roots aligned, NaN for joints without a label.
        abs_mm: (N, J) joint errors in camera space, NaN for joints without a label.
        valid: (N, J) bool, joints with a 3D label.
        root_offset_mm: (N, 3) predicted minus annotated root in camera space.
        root_cam: (N, 3) annotated root in mm.
    """

    rel_mm: np.ndarray
    abs_mm: np.ndarray
    valid: np.ndarray
    root_offset_mm: np.ndarray
    root_cam: np.ndarray

    def __len__(self) -> int:
        return len(self.rel_mm)

    @property
    def is_matched(self) -> np.ndarray:
        """(N,) bool: the people somebody was predicted for."""
        return np.isfinite(self.root_offset_mm).all(axis=1)

    def select(self, mask: np.ndarray) -> "PeopleErrors":
        """The people where the (N,) mask is true."""
        return PeopleErrors(*(getattr(self, name)[mask] for name in self.__slots__))

    @staticmethod
    def concatenate(parts: Sequence["PeopleErrors"], num_joints: int) -> "PeopleErrors":
        """All people of the parts; nobody, (0, num_joints), if there are none."""
        joints, roots = np.zeros((0, num_joints)), np.zeros((0, 3))
        parts = [PeopleErrors(joints, joints, joints.astype(bool), roots, roots), *parts]
        names = PeopleErrors.__slots__
        return PeopleErrors(*(np.concatenate([getattr(p, n) for p in parts]) for n in names))


def match_one_to_one(cost: np.ndarray, is_allowed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of least total cost, as many as the allowed ones permit.

    Args:
        cost: (P, G) of pairing prediction p with annotation g, at least 0; NaN is never paired.
        is_allowed: (P, G) bool gate.

    Returns:
        (M,) indices of predictions and (M,) indices of annotations, int64.
    """
    is_allowed = is_allowed & np.isfinite(cost)
    # One more pair outweighs any saving of cost within the gate.
    forbidden = 1.0 + 2.0 * min(cost.shape) * cost[is_allowed].max(initial=0.0)
    predicted, annotated = linear_sum_assignment(np.where(is_allowed, cost, forbidden))
    kept = is_allowed[predicted, annotated]
    return predicted[kept].astype(np.int64), annotated[kept].astype(np.int64)


def measure_people(
    predicted_cam: np.ndarray,
    annotated_cam: np.ndarray,
    valid: np.ndarray,
    matches: tuple[np.ndarray, np.ndarray],
    root: int,
) -> PeopleErrors:
    """3D errors of every annotated person of a picture.

    Args:
        predicted_cam: (P, J, 3) mm.
        annotated_cam: (G, J, 3) mm; any value where not valid.
        valid: (G, J) bool; the root must be valid for every person.
        matches: pairs from `match_one_to_one`.
        root: index of the root joint.

    Raises:
        ValueError: if a person's root has no label, so that nothing can be aligned.
    """
    if not valid[:, root].all():
        raise ValueError(f"valid must be true for root joint {root} of every person, got {valid}")
    found = np.full(annotated_cam.shape, np.nan)  # (G, J, 3)
    found[matches[1]] = predicted_cam[matches[0]]
    offset = np.where(valid[..., None], found - annotated_cam, np.nan)
    root_offset = offset[:, root]
    return PeopleErrors(
        rel_mm=np.linalg.norm(offset - root_offset[:, None], axis=-1),
        abs_mm=np.linalg.norm(offset, axis=-1),
        valid=valid.astype(bool),
        root_offset_mm=root_offset,
        root_cam=annotated_cam[:, root].astype(np.float64),
    )


def summarise(errors: PeopleErrors) -> dict[str, float]:
    """One table row: shares in [0, 1], errors in mm or as a share of the distance.

    `mpjpe_mm` is the mean over all labelled joints, root included, of the people found;
    `root_error_ratio` compares the root's error with its distance from the camera,
    `root_depth_error_ratio` its depth error with its depth.
    """
    matched = errors.select(errors.is_matched)
    num_joints, num_matched_joints = errors.valid.sum(), matched.valid.sum()
    near_rel = (matched.rel_mm < PCK_THRESHOLD_MM).sum()  # NaN is not near
    near_abs = (matched.abs_mm < PCK_THRESHOLD_MM).sum()
    root_error_mm = np.linalg.norm(matched.root_offset_mm, axis=1)
    distance_mm = np.linalg.norm(matched.root_cam, axis=1)
    depth_ratio = np.abs(matched.root_offset_mm[:, 2]) / matched.root_cam[:, 2]
    return {
        "num_people": float(len(errors)),
        "recall": ratio(len(matched), len(errors)),
        "mpjpe_mm": ratio(matched.rel_mm[matched.valid].sum(), num_matched_joints),
        "pck_rel": ratio(near_rel, num_joints),
        "pck_abs": ratio(near_abs, num_joints),
        "pck_rel_matched": ratio(near_rel, num_matched_joints),
        "pck_abs_matched": ratio(near_abs, num_matched_joints),
        "root_error_mm": ratio(root_error_mm.sum(), len(matched)),
        "root_error_ratio": ratio((root_error_mm / distance_mm).sum(), len(matched)),
        "root_depth_error_ratio": ratio(depth_ratio.sum(), len(matched)),
    }


def person_boxes_px(joints_px: np.ndarray, valid: np.ndarray) -> np.ndarray:
    """(P, 4) boxes (left, top, right, bottom) around the valid, finite joints; NaN without any.

    Args:
        joints_px: (P, J, 2) px.
        valid: (P, J) bool.
    """
    usable = (valid & np.isfinite(joints_px).all(axis=-1))[..., None]
    low = np.where(usable, joints_px, np.inf).min(axis=1)
    high = np.where(usable, joints_px, -np.inf).max(axis=1)
    boxes = np.concatenate([low, high], axis=1)
    return np.where(np.isfinite(boxes).all(axis=1, keepdims=True), boxes, np.nan)


def person_sizes_px(joints_px: np.ndarray, valid: np.ndarray) -> np.ndarray:
    """(P,) size of each person: the longer side of the box around the valid joints, px."""
    boxes = person_boxes_px(joints_px, valid)
    return (boxes[:, 2:] - boxes[:, :2]).max(axis=1)


def mean_distances_px(
    predicted_px: np.ndarray, annotated_px: np.ndarray, valid: np.ndarray
) -> np.ndarray:
    """(P, G) mean distance over each annotated person's valid joints; NaN without any.

    Args:
        predicted_px: (P, J, 2) px.
        annotated_px: (G, J, 2) px.
        valid: (G, J) bool.
    """
    distance = np.linalg.norm(predicted_px[:, None] - annotated_px[None], axis=-1)  # (P, G, J)
    total = np.where(valid, distance, 0.0).sum(axis=2)
    count = valid.sum(axis=1).astype(np.float64)
    return total / np.where(count > 0, count, np.nan)


def num_correct_2d(
    distances_px: np.ndarray, valid: np.ndarray, sizes_px: np.ndarray, share: float
) -> int:
    """Number of valid joints within `share` of their person's size (the numerator of 2D PCK).

    Args:
        distances_px: (N, J) px; NaN counts as wrong.
        valid: (N, J) bool.
        sizes_px: (N,) px.
        share: of the size within which a joint is right, 0.2 as a rule.
    """
    return int(((distances_px <= share * sizes_px[:, None]) & valid).sum())


def ratio(part: float, whole: float) -> float:
    """part / whole, NaN where there is nothing to measure."""
    return float(part) / float(whole) if whole else float("nan")
