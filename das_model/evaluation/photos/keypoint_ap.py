"""Average precision of people's joints in photos, by pycocotools and its rules.

At most 20 predictions a photo, OKS from 0.50 to 0.95; whoever is not counted, and ignore boxes,
take predictions that then are neither right nor wrong.
"""

import contextlib
import io
import math
from dataclasses import dataclass

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from das_model.evaluation.photos.labelled_photo import MASK_SHARE, LabelledPhoto

MAX_PEOPLE = 20  # predictions that count, of one photo
_NOWHERE_PX = -1e4  # where a joint stands that is not finite: wrong for sure


@dataclass(frozen=True, eq=False, slots=True)
class ScoredPhoto:
    """Labels and predictions of one photo, the input of pycocotools.

    Args:
        photo: the labels.
        is_counted: (G,) bool, people to be found; the others are ignored.
        joints_px: (P, 17, 2) px predicted, NaN where unknown.
        scores: (P,) of the predictions.
        is_false_counted: (P,) bool, predictions that are false if they fit nobody.
        max_people: predictions that count, the surest ones.
    """

    photo: LabelledPhoto
    is_counted: np.ndarray
    joints_px: np.ndarray
    scores: np.ndarray
    is_false_counted: np.ndarray
    max_people: int = MAX_PEOPLE


@dataclass(frozen=True, eq=False, slots=True)
class KeypointPrecision:
    """AP, AP50, AP75 and AR; NaN if nobody is to be found. Of the predictions that are right or
    wrong at an OKS of 0.5 the `scores` (N,) and whether each `is_right` (N,)."""

    ap: float
    ap50: float
    ap75: float
    ar: float
    scores: np.ndarray
    is_right: np.ndarray


def keypoint_precision(photos: list[ScoredPhoto]) -> KeypointPrecision:
    """The figures over all photos."""
    content = {
        "images": [{"id": i} for i in range(len(photos))],
        "categories": [{"id": 1, "name": "person"}],
    }
    truth = [record for i, photo in enumerate(photos) for record in _people(i, photo)]
    found = [record for i, photo in enumerate(photos) for record in _detections(i, photo)]
    with contextlib.redirect_stdout(io.StringIO()):
        evaluation = COCOeval(_index(content, truth), _index(content, found), "keypoints")
        evaluation.params.areaRng, evaluation.params.areaRngLbl = [[0, 1e10]], ["all"]
        # every photo's predictions are already no more than count
        evaluation.params.maxDets = [max((p.max_people for p in photos), default=MAX_PEOPLE)]
        evaluation.evaluate()
        evaluation.accumulate()
    precision = evaluation.eval["precision"][:, :, 0, 0, 0]  # (thresholds, recall points)
    by_threshold = np.where(precision >= 0, precision, np.nan).mean(axis=1)
    recall = evaluation.eval["recall"][:, 0, 0, 0]
    scores, is_right = _judged(evaluation.evalImgs)
    return KeypointPrecision(
        float(by_threshold.mean()),
        float(by_threshold[0]),
        float(by_threshold[5]),
        float(recall.mean()) if recall[0] >= 0 else math.nan,
        scores,
        is_right,
    )


def _judged(pictures: list[dict | None]) -> tuple[np.ndarray, np.ndarray]:
    """Scores and whether right of all predictions that count at the lowest threshold."""
    scores, is_right = [np.zeros(0)], [np.zeros(0, bool)]
    for picture in pictures:
        if picture is not None:
            counted = ~picture["dtIgnore"][0].astype(bool)
            scores.append(np.array(picture["dtScores"], float)[counted])
            is_right.append(picture["dtMatches"][0][counted] > 0)
    return np.concatenate(scores), np.concatenate(is_right)


def _people(image_id: int, scored: ScoredPhoto) -> list[dict]:
    """The labels in COCO's terms; numbers are given by `_index`."""
    photo = scored.photo
    records = []
    for joints, valid, box, area, counted in zip(
        photo.joints_px,
        photo.valid,
        photo.boxes_px,
        photo.areas_px,
        scored.is_counted,
        strict=True,
    ):
        points = np.column_stack([np.where(valid[:, None], joints, 0), 2 * valid])
        records.append(
            {
                "image_id": image_id,
                "keypoints": points.ravel(),
                "iscrowd": 0,
                "area": float(area),
                # pycocotools ignores people without joints, and still compares those it is given
                "num_keypoints": int(valid.sum()) if counted else 0,
                "bbox": _bbox(box),
            }
        )
    everywhere = np.array([[0, 0, *photo.size]], float)[: 0 if photo.is_exhaustive else 1]
    for box in (*photo.ignore_px, *everywhere):
        bbox = _bbox(box)
        records.append(
            {
                "image_id": image_id,
                "keypoints": np.zeros(3 * photo.valid.shape[1]),
                "iscrowd": 1,
                "area": max(MASK_SHARE * bbox[2] * bbox[3], 1.0),
                "num_keypoints": 0,
                "bbox": bbox,
            }
        )
    return records


def _detections(image_id: int, scored: ScoredPhoto) -> list[dict]:
    """The surest predictions in COCO's terms; an area of -1 keeps one from being false."""
    records = []
    for p in np.argsort(-scored.scores, kind="stable")[: scored.max_people]:
        points = scored.joints_px[p]
        known = np.isfinite(points).all(axis=1, keepdims=True)
        keypoints = np.column_stack([np.where(known, points, _NOWHERE_PX), np.ones(len(points))])
        records.append(
            {
                "image_id": image_id,
                "keypoints": keypoints.ravel(),
                "iscrowd": 0,
                "area": 1.0 if scored.is_false_counted[p] else -1.0,
                "num_keypoints": len(points),
                "score": float(scored.scores[p]),
                "bbox": [0.0, 0.0, 0.0, 0.0],
            }
        )
    return records


def _bbox(box: np.ndarray) -> list[float]:
    """Left, top, width, height."""
    left, top, right, bottom = box.tolist()
    return [left, top, right - left, bottom - top]


def _index(content: dict, records: list[dict]) -> COCO:
    coco = COCO()
    numbered = [r | {"id": i + 1, "category_id": 1} for i, r in enumerate(records)]
    coco.dataset = content | {"annotations": numbered}
    coco.createIndex()
    return coco
