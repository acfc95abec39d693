"""MuPoTS-3D: the two protocols in use, which must never be mixed, and the AP of roots.

`matlab` is the data set's own toolbox: poses scaled to the universal height; in the order of the
annotations each person takes the free prediction with the most joints within 40 px; the bones of
the prediction get the annotated lengths. `das` is that of the DAS authors' public code: metric
poses; the prediction's pose relative to its root is scaled in x and y by the ratio of annotated
to predicted root depth and gets the annotated bone lengths; each person takes the prediction of
the least mean distance up to 250 mm, which may serve several people; for the absolute errors the
predicted root is added again.

Both count 14 joints, closer than 150 mm. People nobody was found for count as wrong in the
figures over all people and are left out of the `_matched` ones; a joint that is not finite is
wrong. Models without spine or head are compared with the neck's bone starting at the pelvis.
The `das` code walks the bones with shifted parents; the order of the toolbox is taken instead.
"""

from dataclasses import dataclass

import numpy as np

from das_model.metrics import PCK_THRESHOLD_MM, ratio
from das_model.predictions import Prediction, people_in, require_joints
from das_model.skeleton import MUPOTS_17, Skeleton

MATCH_PX, MATCH_MM, ROOT_MATCH_MM = 40.0, 250.0, 250.0
AUC_THRESHOLDS_MM = np.arange(0, 151, 5)
_NUM_COUNTED = 14  # head_top to the ankles
_MATCHING = slice(1, 14)  # neck to the ankles
_ROOT = MUPOTS_17.root
# Bones (child, parent) in an order that has every parent's place settled before its child's.
_LIMBS = ((2, 1), (3, 2), (4, 3), (5, 1), (6, 5), (7, 6), (8, 14), (9, 8), (10, 9), (11, 14),
          (12, 11), (13, 12))  # fmt: skip
_BONES_17 = ((15, 14), (1, 15), (0, 1), (16, 1), *_LIMBS)
_BONES_15 = ((1, 14), (0, 1), *_LIMBS)


@dataclass(frozen=True, eq=False, slots=True)
class _Scores:
    """Errors of the N annotated people of a sequence, infinite where nobody was found."""

    errors: dict[str, np.ndarray]  # (N, 14) mm by figure
    is_matched: np.ndarray  # (N,) bool


class MupotsProtocol:
    """Collects frames with `add`; `table` tells the figures so far.

    Args:
        kind: matlab or das.

    Raises:
        ValueError: if it is neither.
    """

    def __init__(self, kind: str) -> None:
        if kind not in ("matlab", "das"):
            raise ValueError(f"the MuPoTS protocol must be matlab or das, got {kind!r}")
        self._kind = kind
        self._sequences: dict[str, list[_Scores]] = {}
        self._roots: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []

    def add(
        self,
        prediction: Prediction,
        sequence: str,
        joints_px: np.ndarray,
        joints_cam: np.ndarray,
        univ_joints_cam: np.ndarray,
    ) -> None:
        """Take in one frame and its G valid people, joints in the order of `MUPOTS_17`.

        Args:
            prediction: of the frame, in any joint set with the 14 counted joints and the pelvis.
            sequence: TS1 to TS20.
            joints_px: (G, 17, 2) annotated px.
            joints_cam: (G, 17, 3) annotated, mm, metric.
            univ_joints_cam: (G, 17, 3) annotated, mm, scaled to the universal height.

        Raises:
            ValueError: if the predictions lack a joint.
        """
        names = MUPOTS_17.joint_names
        require_joints(prediction.people.skeleton, names[: _ROOT + 1], "MuPoTS")
        is_full = set(names) <= set(prediction.people.skeleton.joint_names)
        joints = MUPOTS_17 if is_full else Skeleton(names[: _ROOT + 1])
        used = slice(joints.num_joints)
        people = people_in(prediction.people, joints)
        predicted_px = prediction.joints_px[:, joints.indices_in(prediction.people.skeleton)]
        truth = joints_cam[:, used].astype(float), univ_joints_cam[:, used].astype(float)
        predicted = people.joints_cam.astype(float)
        bones = _BONES_17 if is_full else _BONES_15
        if self._kind == "matlab":
            scores = _matlab_scores(predicted, predicted_px, joints_px, truth, bones)
        else:
            scores = _das_scores(predicted, truth[0], bones)
        self._sequences.setdefault(sequence, []).append(scores)
        self._roots.append((people.scores, people.root_cam, joints_cam[:, _ROOT]))

    def table(self) -> dict[str, float]:
        """Figures of each sequence behind "TS1/" and so on, and their plain mean behind "mean/".

        Returns:
            num_people, recall, pck_rel, pck_abs, auc_rel, each PCK and AUC also `_matched`; for
            matlab also pck_* with `_raw` (bones not scaled), `_metric` (metric annotation) and
            `_metric_raw`. Shares in [0, 1]; means leave out sequences without a value, and
            num_people is the sum. "mean/ap_root" is over all frames.
        """
        rows = {name: _figures(scores) for name, scores in self._sequences.items()}
        table = {f"{s}/{name}": value for s, row in rows.items() for name, value in row.items()}
        for name in next(iter(rows.values()), {}):
            values = np.array([row[name] for row in rows.values()])
            known = values[np.isfinite(values)]
            mean = known.sum() if name == "num_people" else ratio(known.sum(), len(known))
            table[f"mean/{name}"] = float(mean)
        table["mean/ap_root"] = ap_root(self._roots)
        return table


def ap_root(frames: list[tuple[np.ndarray, np.ndarray, np.ndarray]]) -> float:
    """Average precision of roots within 250 mm as RootNet's code adds it up.

    From the surest on, each prediction takes the nearest annotated root of its frame, and is
    right if that is near and free. Frames without people are skipped. The sum runs over the
    steps between predictions, so that the first one's own step adds nothing.

    Args:
        frames: for each, scores (P,), predicted roots (P, 3) mm, annotated roots (G, 3) mm.

    Returns:
        A share in [0, 1]; NaN if nobody is annotated.
    """
    frames = [frame for frame in frames if len(frame[2])]
    num_people = sum(len(truth) for _, _, truth in frames)
    if num_people == 0:
        return float("nan")
    scores = np.concatenate([scores for scores, _, _ in frames])
    owners = [(f, p) for f, (scores, _, _) in enumerate(frames) for p in range(len(scores))]
    taken: set[tuple[int, int]] = set()
    is_true = []
    for n in np.argsort(-scores, kind="stable"):
        frame, p = owners[n]
        distance = np.linalg.norm(frames[frame][2] - frames[frame][1][p], axis=-1)
        distance = np.where(np.isfinite(distance), distance, np.inf)
        nearest = (frame, int(distance.argmin()))
        is_true.append(distance.min() < ROOT_MATCH_MM and nearest not in taken)
        if is_true[-1]:
            taken.add(nearest)
    num_true = np.cumsum(is_true)
    precision, recall = num_true / np.arange(1, len(is_true) + 1), num_true / num_people
    return float((precision[1:] * np.diff(recall)).sum())


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


def _matlab_scores(
    predicted: np.ndarray,
    predicted_px: np.ndarray,
    annotated_px: np.ndarray,
    truth: tuple[np.ndarray, np.ndarray],
    bones: tuple[tuple[int, int], ...],
) -> _Scores:
    """Protocol of the toolbox; `truth` is metric and universal (G, J, 3)."""
    owner = _match_px(predicted_px[:, _MATCHING], annotated_px[:, _MATCHING])
    is_matched = owner >= 0
    errors = {}
    for suffix, annotated, is_scaled in (
        ("", truth[1], True), ("_raw", truth[1], False),
        ("_metric", truth[0], True), ("_metric_raw", truth[0], False),
    ):  # fmt: skip
        poses = np.full(annotated.shape, np.inf)
        poses[is_matched] = predicted[owner[is_matched]]
        if is_scaled:
            poses[is_matched] = scale_bones(poses[is_matched], annotated[is_matched], bones)
        offset = np.where(is_matched[:, None, None], poses - annotated, np.inf)
        root = np.where(is_matched[:, None, None], offset[:, [_ROOT]], 0)
        errors[f"pck_rel{suffix}"] = _counted_errors(offset - root)
        errors[f"pck_abs{suffix}"] = _counted_errors(offset)
    return _Scores(errors, is_matched)


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


def _das_scores(
    predicted: np.ndarray, annotated: np.ndarray, bones: tuple[tuple[int, int], ...]
) -> _Scores:
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
    return _Scores(
        {"pck_rel": _counted_errors(relative), "pck_abs": _counted_errors(absolute)}, is_matched
    )


def _counted_errors(offset: np.ndarray) -> np.ndarray:
    """(G, 14) mm of offsets (G, J, 3), infinite where not finite."""
    errors = np.linalg.norm(offset[:, :_NUM_COUNTED], axis=-1)
    return np.where(np.isfinite(errors), errors, np.inf)


def _figures(scores: list[_Scores]) -> dict[str, float]:
    """One row of the table."""
    is_matched = np.concatenate([s.is_matched for s in scores])
    num_all, num_matched = len(is_matched) * _NUM_COUNTED, is_matched.sum() * _NUM_COUNTED
    row = {
        "num_people": float(len(is_matched)),
        "recall": ratio(is_matched.sum(), len(is_matched)),
    }
    for name in scores[0].errors:
        errors = np.concatenate([s.errors[name] for s in scores])
        num_near = (errors < PCK_THRESHOLD_MM).sum()
        row[name] = ratio(num_near, num_all)
        row[f"{name}_matched"] = ratio(num_near, num_matched)
    errors = np.concatenate([s.errors["pck_rel"] for s in scores])
    num_near = (errors[..., None] < AUC_THRESHOLDS_MM).sum() / len(AUC_THRESHOLDS_MM)
    return row | {
        "auc_rel": ratio(num_near, num_all),
        "auc_rel_matched": ratio(num_near, num_matched),
    }
