"""COCO person keypoints: AP and AR of the official evaluation, by pycocotools.

Models without some of COCO's joints are compared on the common ones: the others are taken out of
the ground truth, and people with no common joint are not asked for.
"""

import contextlib
import io
import math

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from das_model.evaluation.metrics import COCO_SIGMAS
from das_model.evaluation.predictions import Prediction
from das_model.skeleton import COCO_17

_FIGURES = ("AP", "AP50", "AP75", "APm", "APl", "AR", "AR50", "AR75", "ARm", "ARl")
_NOWHERE_PX = -1e4  # where a joint stands that is not finite: wrong for sure


class CocoProtocol:
    """Collects pictures with `add`; `table` tells the figures of those so far.

    Args:
        ground_truth: content of person_keypoints_*.json.
    """

    def __init__(self, ground_truth: dict) -> None:
        self._ground_truth = ground_truth
        self._predictions: dict[int, Prediction] = {}

    def add(self, prediction: Prediction, image_id: int) -> None:
        """Take in the people of one picture, in px of the file."""
        self._predictions[image_id] = prediction

    def table(self) -> dict[str, float]:
        """AP, AP50, AP75, APm, APl and AR likewise, with num_images and num_joints (common).

        What COCO tells as -1, because nobody is annotated, is NaN.

        Raises:
            ValueError: if predictions have no joint of COCO's.
        """
        names = self._common_joints()
        at = [COCO_17.index(name) for name in names]
        with contextlib.redirect_stdout(io.StringIO()):
            truth = _index(self._ground_truth | {"annotations": self._people(at)})
            found = _index(self._ground_truth | {"annotations": self._detections(names)})
            evaluation = COCOeval(truth, found, "keypoints")
            evaluation.params.imgIds = sorted(self._predictions)
            evaluation.params.kpt_oks_sigmas = COCO_SIGMAS[at]
            evaluation.evaluate()
            evaluation.accumulate()
            evaluation.summarize()
        stats = [value if value >= 0 else math.nan for value in evaluation.stats.tolist()]
        counts = {"num_images": float(len(self._predictions)), "num_joints": float(len(names))}
        return counts | dict(zip(_FIGURES, stats, strict=True))

    def _common_joints(self) -> list[str]:
        """COCO's joints that all predictions have, in COCO's order."""
        sets = [set(p.people.skeleton.joint_names) for p in self._predictions.values()]
        names = [name for name in COCO_17.joint_names if all(name in have for have in sets)]
        if not names:
            raise ValueError(f"predictions need at least one of the joints {COCO_17.joint_names}")
        return names

    def _people(self, at: list[int]) -> list[dict]:
        """Ground truth with the joints `at` only."""
        people = []
        for person in self._ground_truth["annotations"]:
            points = np.reshape(person["keypoints"], (-1, 3))[at]
            number = int((points[:, 2] > 0).sum())
            people.append(person | {"keypoints": points.ravel().tolist(), "num_keypoints": number})
        return people

    def _detections(self, names: list[str]) -> list[dict]:
        """The predictions in COCO's terms, their area that of the box around the joints."""
        detections: list[dict] = []
        for image_id, prediction in self._predictions.items():
            order = [prediction.people.skeleton.index(name) for name in names]
            for p, points in enumerate(prediction.joints_px[:, order]):
                is_finite = np.isfinite(points).all(axis=1)
                sides = np.ptp(points[is_finite], axis=0) if is_finite.any() else np.zeros(2)
                placed = np.where(is_finite[:, None], points, _NOWHERE_PX)
                keypoints = np.column_stack([placed, np.ones(len(placed))])
                detections.append(
                    {
                        "id": len(detections) + 1,
                        "image_id": image_id,
                        "category_id": 1,
                        "keypoints": keypoints.ravel().tolist(),
                        "iscrowd": 0,
                        "area": float(sides.prod()),
                        "score": float(prediction.people.scores[p]),
                        "bbox": [0.0, 0.0, *sides.tolist()],
                    }
                )
        return detections


def _index(content: dict) -> COCO:
    coco = COCO()
    coco.dataset = content | {"categories": [{"id": 1, "name": "person"}]}
    coco.createIndex()
    return coco
