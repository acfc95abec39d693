"""Protocol for photos with 2D labels, of which many are partial.

Only joints labelled in the picture are compared; depth plays no part. A person is found if a
prediction, paired one to one, lies within `FOUND_SHARE` of the person's size on average over the
labelled joints. PCK is over the twelve limb joints, which are harder than the face; people
nobody found count as wrong in it. A prediction is false if it is paired with nobody and less
than half of its joints inside the picture lie in one ignore box. People without hips in the
picture count like everybody else.

`oks_ap` follows COCO (thresholds 0.50 to 0.95) except for the area, which labels of joints alone
do not tell: it is that of the box around the labelled joints, taken as at least a third as wide
as long. It compares models with each other, not with COCO's published numbers.
"""

from collections.abc import Sequence

import numpy as np

from das_model.annotation import Annotation
from das_model.evaluation.metrics import (
    COCO_SIGMAS,
    match_one_to_one,
    mean_distances_px,
    object_keypoint_similarity,
    person_boxes_px,
    person_sizes_px,
)
from das_model.evaluation.photo_figures import PhotoRecord, photo_figures
from das_model.evaluation.predictions import Prediction
from das_model.people import People
from das_model.skeleton import COCO_17

FOUND_SHARE = 0.2  # of the person's size
_TORSO = (("left_shoulder", "right_hip"), ("right_shoulder", "left_hip"))


class PhotoProtocol:
    """Collects photos with `add`; `table` tells the figures so far."""

    def __init__(self) -> None:
        self._pictures: list[PhotoRecord] = []

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
        picture = PhotoRecord(
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
        table = photo_figures(self._pictures)
        sources = {str(label) for p in self._pictures for label in p.labels if label}
        for source in sorted(sources, key=lambda s: (s != "human", s)):
            views = [p.labelled_by(source) for p in self._pictures if source in p.labels]
            row = photo_figures(views)
            table |= {f"labels {source}/{name}": value for name, value in row.items()}
        for group in sorted({p.group for p in self._pictures}):
            row = photo_figures([p for p in self._pictures if p.group == group])
            table |= {f"{group}/{name}": value for name, value in row.items()}
        return table

    def badness(self) -> np.ndarray:
        """(N,) how wrong each photo is, in [0, 1]: of its labelled joints the share farther off
        than 0.1 of the person's size, a false person weighing as much as a fully labelled one."""
        return np.array([p.num_wrong / max(p.num_joints, 1) for p in self._pictures])

    def worst_first(self) -> np.ndarray:
        """(N,) int64 order of the photos by badness, of equals by their number of wrong joints."""
        num_wrong = np.array([p.num_wrong for p in self._pictures])
        return np.lexsort((-num_wrong, -self.badness()))


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
