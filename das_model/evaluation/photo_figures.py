"""What the photo protocol keeps of each photo, and the figures it makes of many."""

from dataclasses import dataclass, replace

import numpy as np

from das_model.evaluation.metrics import average_precision, num_correct_2d, ratio

TALL_PX = 80.0
OKS_THRESHOLDS = np.linspace(0.5, 0.95, 10)
_LIMBS = np.arange(5, 17)  # shoulders to ankles, in COCO's order


@dataclass(frozen=True, eq=False, slots=True)
class PhotoRecord:
    """What is kept of a photo with P predictions and G labelled people."""

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

    @property
    def num_joints(self) -> int:
        """Labelled joints, with a full set for each false person."""
        return int(self.valid.sum()) + self.valid.shape[1] * self.num_false

    @property
    def num_wrong(self) -> int:
        """Those of `num_joints` that are not within 0.1 of the person's size."""
        return self.num_joints - num_correct_2d(self.distances_px, self.valid, self.sizes_px, 0.1)

    def labelled_by(self, source: str) -> "PhotoRecord":
        """The photo with the people of one source; predictions of the others are ignored."""
        kept = self.labels == source
        others = np.flatnonzero(~kept)
        names = ("distances_px", "valid", "sizes_px", "torsos_px", "is_found", "labels")
        return replace(
            self,
            **{name: getattr(self, name)[kept] for name in names},
            similarity=self.similarity[:, kept],
            is_ignored=self.is_ignored | np.isin(self.paired, others),
        )


def photo_figures(pictures: list[PhotoRecord]) -> dict[str, float]:
    """One row of the table, see `PhotoProtocol.table`."""
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


def _pck(pictures: list[PhotoRecord], share: float, by_torso: bool, matched_only: bool) -> float:
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


def _average_precision(pictures: list[PhotoRecord], threshold: float) -> float:
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
