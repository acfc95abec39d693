"""MuPoTS-3D protocols, which must never be mixed, and the AP of roots.

`matlab` is the data set's own toolbox: poses scaled to the universal height; in the order of the
annotations each person takes the free prediction with the most joints within 40 px; the bones of
the prediction get the annotated lengths. `das` is that of the DAS authors' public code: metric
poses; the prediction's pose relative to its root is scaled in x and y by the ratio of annotated
to predicted root depth and gets the annotated bone lengths; each person takes the prediction of
the least mean distance up to 250 mm, which may serve several people; for the absolute errors the
predicted root is added again. Its walk over the bones takes parents by place in the traversal and
not by joint; the paper's figures rest on that, so `das` does the same. `das-corrected` is `das`
with the toolbox's walk, in which every bone is one of the body's.

All count 14 joints, closer than 150 mm. People nobody was found for count as wrong in the
figures over all people and are left out of the `_matched` ones; a joint that is not finite is
wrong. Models without spine or head are compared with the neck's bone starting at the pelvis, in
every protocol: the published walk needs both joints.
"""

import numpy as np

from das_model.evaluation.metrics import PCK_THRESHOLD_MM, ratio
from das_model.evaluation.predictions import Prediction, people_in, require_joints
from das_model.evaluation.protocols.mupots_scores import (
    BONES_15,
    BONES_17,
    BONES_PUBLISHED,
    NUM_COUNTED,
    FrameScores,
    das_scores,
    matlab_scores,
)
from das_model.skeleton import MUPOTS_17, Skeleton

ROOT_MATCH_MM = 250.0
AUC_THRESHOLDS_MM = np.arange(0, 151, 5)
PROTOCOLS = ("matlab", "das", "das-corrected")
_ROOT = MUPOTS_17.root


class MupotsProtocol:
    """Collects frames with `add`; `table` tells the figures so far.

    Args:
        kind: one of `PROTOCOLS`.

    Raises:
        ValueError: if it is none.
    """

    def __init__(self, kind: str) -> None:
        if kind not in PROTOCOLS:
            raise ValueError(f"the MuPoTS protocol must be in {PROTOCOLS}, got {kind!r}")
        self._kind = kind
        self._sequences: dict[str, list[FrameScores]] = {}
        self._is_occluded: dict[str, list[np.ndarray]] = {}
        self._roots: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []

    def add(
        self,
        prediction: Prediction,
        sequence: str,
        joints_px: np.ndarray,
        joints_cam: np.ndarray,
        univ_joints_cam: np.ndarray,
        is_occluded: np.ndarray,
    ) -> None:
        """Take in one frame and its G valid people, joints in the order of `MUPOTS_17`.

        Args:
            prediction: of the frame, in any joint set with the 14 counted joints and the pelvis.
            sequence: TS1 to TS20.
            joints_px: (G, 17, 2) annotated px.
            joints_cam: (G, 17, 3) annotated, mm, metric.
            univ_joints_cam: (G, 17, 3) annotated, mm, scaled to the universal height.
            is_occluded: (G, 17) bool.

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
        if is_full:
            bones = BONES_PUBLISHED if self._kind == "das" else BONES_17
        else:
            bones = BONES_15
        if self._kind == "matlab":
            scores = matlab_scores(predicted, predicted_px, joints_px, truth, bones)
        else:
            scores = das_scores(predicted, truth[0], bones)
        self._sequences.setdefault(sequence, []).append(scores)
        self._is_occluded.setdefault(sequence, []).append(is_occluded[:, :NUM_COUNTED])
        self._roots.append((people.scores, people.root_cam, joints_cam[:, _ROOT]))

    def table(self) -> dict[str, float]:
        """Figures of each sequence behind "TS1/" and so on, and their plain mean behind "mean/".

        Returns:
            num_people, recall, pck_rel, pck_abs, auc_rel, each PCK and AUC also `_matched`;
            pck_rel_visible and pck_rel_occluded over those joints of all people; for matlab
            also pck_* with `_raw` (bones not scaled), `_metric` (metric annotation) and
            `_metric_raw`. Shares in [0, 1]; means leave out sequences without a value, and
            num_people is the sum. "mean/ap_root" is over all frames.
        """
        rows = {
            name: _figures(scores, np.concatenate(self._is_occluded[name]))
            for name, scores in self._sequences.items()
        }
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


def _figures(scores: list[FrameScores], is_occluded: np.ndarray) -> dict[str, float]:
    """One row of the table; `is_occluded` (N, 14) of all its people."""
    is_matched = np.concatenate([s.is_matched for s in scores])
    num_all, num_matched = len(is_matched) * NUM_COUNTED, is_matched.sum() * NUM_COUNTED
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
    is_near = errors < PCK_THRESHOLD_MM
    num_near = (errors[..., None] < AUC_THRESHOLDS_MM).sum() / len(AUC_THRESHOLDS_MM)
    return row | {
        "pck_rel_visible": ratio(is_near[~is_occluded].sum(), (~is_occluded).sum()),
        "pck_rel_occluded": ratio(is_near[is_occluded].sum(), is_occluded.sum()),
        "auc_rel": ratio(num_near, num_all),
        "auc_rel_matched": ratio(num_near, num_matched),
    }
