"""Protocol for photos with 2D labels, of which many are partial.

Only joints labelled in the picture are compared; depth plays no part. A person is found if a
prediction, paired one to one, lies within `FOUND_SHARE` of the person's size on average over the
labelled joints. PCK is over the twelve limb joints, which are harder than the face; people
nobody found count as wrong in it. A prediction is false if it is paired with nobody and less
than half of its joints inside the picture lie in one ignore box.

`oks_ap` follows COCO (thresholds 0.50 to 0.95) except for the area, which labels of joints alone
do not tell: it is that of the box around the labelled joints, taken as at least a third as wide
as long. It compares models with each other, not with COCO's published numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from das_model.metrics import (
    COCO_SIGMAS,
    average_precision,
    match_one_to_one,
    mean_distances_px,
    num_correct_2d,
    object_keypoint_similarity,
    person_boxes_px,
    person_sizes_px,
    ratio,
)
from das_model.people import People
from das_model.predictions import Prediction
from das_model.skeleton import COCO_17
from das_model.targets import Annotation

FOUND_SHARE = 0.2  # of the person's size
TALL_PX = 80.0
OKS_THRESHOLDS = np.linspace(0.5, 0.95, 10)
_LIMBS = np.arange(5, 17)  # shoulders to ankles, in COCO's order
_TORSO = (("left_shoulder", "right_hip"), ("right_shoulder", "left_hip"))


@dataclass(frozen=True, eq=False, slots=True)
class _Picture:
    """What is kept of a picture with P predictions and G labelled people."""

    group: str
    distances_px: np.ndarray  # (G, 17), NaN for people not found
    valid: np.ndarray  # (G, 17) bool
    sizes_px: np.ndarray  # (G,)
    torsos_px: np.ndarray  # (G,), NaN where not labelled
    is_found: np.ndarray  # (G,) bool
    labels: np.ndarray  # (G,) str, who labelled the person
    paired: np.ndarray  # (P,) int64, the person that a prediction is paired with, or -1
    num_false: int
    is_exhaustive: bool
    scores: np.ndarray  # (P,)
    similarity: np.ndarray  # (P, G)
    is_ignored: np.ndarray  # (P,) bool: not false even if paired with nobody


class PhotoProtocol:
    """Collects photos with `add`; `table` tells the figures so far."""

    def __init__(self) -> None:
        self._pictures: list[_Picture] = []

    def add(
        self,
        prediction: Prediction,
        annotation: Annotation,
        group: str,
        is_exhaustive: bool = True,
        label_sources: Sequence[str] = (),
    ) -> None:
        """Take in one photo.

        Args:
            prediction: people with the COCO joints, in px of the photo.
            annotation: of the same photo; people without any labelled COCO joint are left out.
            group: title of the rows this photo belongs to, say the source of the photo.
            is_exhaustive: everybody in it is labelled or in an ignore box; if not, its
                predictions are never false.
            label_sources: who labelled each annotated person; nobody is named by default.
        """
        order = _coco_order(annotation)
        labelled = annotation.valid_2d[:, order]
        kept = labelled.any(axis=1)
        valid, annotated = labelled[kept], annotation.joints_px[kept][:, order].astype(float)
        predicted = prediction.joints_px[:, _coco_order(prediction.people)]
        sizes = person_sizes_px(annotated, valid)
        mean_distance = mean_distances_px(predicted, annotated, valid) / np.maximum(sizes, 1.0)
        matches = match_one_to_one(mean_distance, mean_distance <= FOUND_SHARE)
        distances = np.full(valid.shape, np.nan)
        distances[matches[1]] = np.linalg.norm(
            predicted[matches[0]] - annotated[matches[1]], axis=-1
        )
        paired = np.full(len(predicted), -1)
        paired[matches[0]] = matches[1]
        ignored = _mostly_ignored(prediction.joints_px, annotation) | (not is_exhaustive)
        areas = _areas_px(annotated, valid)
        picture = _Picture(
            group=group,
            distances_px=distances,
            valid=valid,
            sizes_px=sizes,
            torsos_px=_torso_sizes_px(annotated, valid),
            is_found=np.isin(np.arange(len(valid)), matches[1]),
            labels=np.array(list(label_sources) or [""] * len(kept), dtype=str)[kept],
            paired=paired,
            num_false=int((~ignored & (paired < 0)).sum()),
            is_exhaustive=is_exhaustive,
            scores=prediction.people.scores,
            similarity=object_keypoint_similarity(predicted, annotated, valid, areas, COCO_SIGMAS),
            is_ignored=ignored,
        )
        self._pictures.append(picture)

    def table(self) -> dict[str, float]:
        """Figures over all photos, over people by who labelled them, and over photos by group.

        Returns:
            num_images, num_people, recall, recall_tall (people of at least `TALL_PX`),
            precision and false_per_image (exhaustive photos only), pck02_torso (joints within
            0.2 of the person's torso; people with a labelled torso), pck01_size (joints within
            0.1 of the person's size; everybody), both also `_matched`, oks_ap and oks_ap50; the
            same behind "labels SOURCE/", those by hand first, and behind "GROUP/". The rows of
            a source take in the photos with such people, where people that others labelled
            count neither way.
        """
        table = _figures(self._pictures)
        sources = {str(label) for p in self._pictures for label in p.labels if label}
        for source in sorted(sources, key=lambda s: (s != "human", s)):
            views = [_labelled_by(p, source) for p in self._pictures if source in p.labels]
            row = _figures(views)
            table |= {f"labels {source}/{name}": value for name, value in row.items()}
        for group in sorted({p.group for p in self._pictures}):
            row = _figures([p for p in self._pictures if p.group == group])
            table |= {f"{group}/{name}": value for name, value in row.items()}
        return table

    def badness(self) -> np.ndarray:
        """(N,) how wrong each photo is, in [0, 1]: of its labelled joints the share farther off
        than 0.1 of the person's size, a false person weighing as much as a fully labelled one."""
        shares = []
        for p in self._pictures:
            num_correct = num_correct_2d(p.distances_px, p.valid, p.sizes_px, 0.1)
            num_joints = int(p.valid.sum()) + p.valid.shape[1] * p.num_false
            shares.append(1 - num_correct / num_joints if num_joints else 0.0)
        return np.array(shares)


def _labelled_by(picture: _Picture, source: str) -> _Picture:
    """The picture with the people of one source; predictions of the others are ignored."""
    kept = picture.labels == source
    others = np.flatnonzero(~kept)
    return replace(
        picture,
        **{name: getattr(picture, name)[kept]
           for name in ("distances_px", "valid", "sizes_px", "torsos_px", "is_found", "labels")},
        similarity=picture.similarity[:, kept],
        is_ignored=picture.is_ignored | np.isin(picture.paired, others),
    )  # fmt: skip


def _figures(pictures: list[_Picture]) -> dict[str, float]:
    found = np.array([f for p in pictures for f in p.is_found], dtype=bool)
    tall = np.array([s >= TALL_PX for p in pictures for s in p.sizes_px], dtype=bool)
    exhaustive = [p for p in pictures if p.is_exhaustive]
    num_true = sum(int(p.is_found.sum()) for p in exhaustive)
    num_false = sum(p.num_false for p in exhaustive)
    precisions = [_average_precision(pictures, threshold) for threshold in OKS_THRESHOLDS]
    return {
        "num_images": float(len(pictures)),
        "num_people": float(len(found)),
        "recall": ratio(found.sum(), len(found)),
        "recall_tall": ratio((found & tall).sum(), tall.sum()),
        "precision": ratio(num_true, num_true + num_false),
        "false_per_image": ratio(num_false, len(exhaustive)),
        "pck02_torso": _pck(pictures, 0.2, by_torso=True, matched_only=False),
        "pck02_torso_matched": _pck(pictures, 0.2, by_torso=True, matched_only=True),
        "pck01_size": _pck(pictures, 0.1, by_torso=False, matched_only=False),
        "pck01_size_matched": _pck(pictures, 0.1, by_torso=False, matched_only=True),
        "oks_ap": float(np.mean(precisions)),
        "oks_ap50": precisions[0],
    }


def _pck(pictures: list[_Picture], share: float, by_torso: bool, matched_only: bool) -> float:
    """Share of labelled limb joints within `share` of the torso or of the person's size."""
    num_correct = num_joints = 0
    for p in pictures:
        sizes = p.torsos_px if by_torso else p.sizes_px
        counted = np.isfinite(sizes) & (p.is_found | (not matched_only))
        valid = p.valid[counted][:, _LIMBS]
        num_joints += int(valid.sum())
        num_correct += num_correct_2d(
            p.distances_px[counted][:, _LIMBS], valid, sizes[counted], share
        )
    return ratio(num_correct, num_joints)


def _average_precision(pictures: list[_Picture], threshold: float) -> float:
    """COCO's average precision at one similarity threshold."""
    scores, is_true = [np.zeros(0)], [np.zeros(0, dtype=bool)]
    for p in pictures:
        hit = _greedy_hits(p.scores, p.similarity, threshold)
        counted = hit | ~p.is_ignored
        scores.append(p.scores[counted])
        is_true.append(hit[counted])
    num_people = sum(len(p.is_found) for p in pictures)
    return average_precision(np.concatenate(scores), np.concatenate(is_true), num_people)


def _greedy_hits(scores: np.ndarray, similarity: np.ndarray, threshold: float) -> np.ndarray:
    """(P,) bool: best first, each prediction takes the most similar person still free."""
    hit = np.zeros(len(scores), dtype=bool)
    free = np.nan_to_num(similarity, nan=-1.0)  # (P, G)
    for p in np.argsort(-scores, kind="stable"):
        if free.shape[1] and free[p].max() >= threshold:
            hit[p] = True
            free[:, free[p].argmax()] = -1.0
    return hit


def _coco_order(holder: People | Annotation) -> np.ndarray:
    """(17,) where COCO's joints stand in the holder's skeleton; ValueError if one is missing."""
    order = COCO_17.indices_in(holder.skeleton)
    if (order < 0).any():
        names, kind = holder.skeleton.joint_names, type(holder).__name__
        raise ValueError(f"{kind}.skeleton must hold COCO's 17 joints, got {names}")
    return order


def _torso_sizes_px(joints_px: np.ndarray, valid: np.ndarray) -> np.ndarray:
    """(G,) longest labelled diagonal from a shoulder to the other hip; NaN without one."""
    diagonals = []
    for shoulder, hip in _TORSO:
        ends = [COCO_17.index(shoulder), COCO_17.index(hip)]
        length = np.linalg.norm(joints_px[:, ends[0]] - joints_px[:, ends[1]], axis=-1)
        diagonals.append(np.where(valid[:, ends].all(axis=1), length, np.nan))
    return np.fmax(*diagonals)


def _areas_px(joints_px: np.ndarray, valid: np.ndarray) -> np.ndarray:
    """(G,) area of the box around the labelled joints, at least 1 px^2 (see the module)."""
    boxes = person_boxes_px(joints_px, valid)
    sides = boxes[:, 2:] - boxes[:, :2]
    long, short = sides.max(axis=1), sides.min(axis=1)
    return np.maximum(long * np.maximum(short, long / 3), 1.0)


def _mostly_ignored(joints_px: np.ndarray, annotation: Annotation) -> np.ndarray:
    """(P,) bool: half of the joints (P, J, 2) inside the picture lie in one ignore box."""
    inside = ((joints_px >= -0.5) & (joints_px <= np.array(annotation.camera.size) - 0.5)).all(-1)
    points, boxes = joints_px[:, :, None], annotation.ignore_px  # (P, J, 1, 2), (M, 4)
    in_box = ((points >= boxes[:, :2]) & (points <= boxes[:, 2:])).all(axis=-1)  # (P, J, M)
    share = (in_box & inside[..., None]).sum(axis=1) / np.maximum(inside.sum(axis=1), 1)[:, None]
    return (share >= 0.5).any(axis=1)
