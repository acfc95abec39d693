"""Score calibration: fit of the probability that a person is there.

A found person is true if it is the best, by score, that lies on a labelled person: with an OKS of
at least 0.5, or a box that overlaps theirs by half (intersection over union). A person that
mostly lies in an ignore box is left out.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from das_model.datasets.rendered import RenderedSet
from das_model.evaluation.metrics import person_boxes_px
from das_model.evaluation.photos.labelled_photo import MASK_SHARE, LabelledPhoto
from das_model.evaluation.photos.photo_scores import mostly_ignored
from das_model.evaluation.protocols.synthetic import must_be_found
from das_model.inference.estimate import MIN_CANDIDATE_SCORE, Estimator, EstimatorOptions, Scoring
from das_model.inference.scores import (
    LookCalibration,
    ScoreCalibration,
    features,
    look_features,
    mean_heat,
)
from das_model.skeleton import COCO_17

# of pycocotools, by which the joints of hand labels scatter
_SIGMAS = np.array([26, 25, 25, 35, 35, 79, 79, 72, 72, 62, 62, 107, 107, 87, 87, 89, 89]) / 1000
_MIN_OKS = _MIN_OVERLAP = 0.5
_RIDGE = 1e-3  # keeps coefficients finite where true and false can be told apart by them
_NUM_STEPS = 50

CALIBRATION_OPTIONS = EstimatorOptions(min_score=MIN_CANDIDATE_SCORE, scoring=Scoring.LOCATION)


@dataclass(frozen=True, eq=False, slots=True)
class Sightings:
    """N found people.

    Args:
        scores: (N,) location scores, or those before a second look.
        joint_scores: (N, J).
        heat: (N, J) at the joints.
        sureness: (N,) of a second look, NaN where there was none.
        is_true: (N,) bool.
    """

    scores: np.ndarray
    joint_scores: np.ndarray
    heat: np.ndarray
    sureness: np.ndarray
    is_true: np.ndarray


def rendered_photos(root: Path) -> Iterator[LabelledPhoto]:
    """Rendered images in a folder; people who cannot be asked for are ignore boxes."""
    rendered = RenderedSet.open(root)
    for image, annotation in map(rendered.__getitem__, range(len(rendered))):
        known = annotation.in_skeleton(COCO_17)
        boxes = person_boxes_px(known.joints_px, known.valid_2d)
        counted = must_be_found(annotation)
        sizes = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
        yield LabelledPhoto(
            image,
            known.joints_px[counted],
            known.valid_2d[counted],
            boxes[counted],
            np.maximum(MASK_SHARE * sizes[counted], 1.0),
            boxes[~counted],
        )


def collect(photos: Iterable[LabelledPhoto], estimator: Estimator) -> Sightings:
    """Whom a model finds in photos: for `fit` one with `CALIBRATION_OPTIONS`, for `fit_looks` a
    calibrated one in the precise mode."""
    columns = COCO_17.indices_in(estimator.skeleton)
    shape = (0, estimator.skeleton.num_joints)
    none = np.zeros(0)
    parts = [Sightings(none, np.zeros(shape), np.zeros(shape), none, np.zeros(0, bool))]
    for photo in photos:
        estimate = estimator(photo.image, photo.camera)
        people = estimate.people
        joints_px = people.joints_px(photo.camera)[:, columns]
        is_right = true_people(joints_px, photo)
        counts = is_right | ~mostly_ignored(joints_px, photo)
        heat = estimate.joint_heat
        heat = np.zeros_like(people.joint_scores) if heat is None else heat
        scores, sureness = people.scores, np.full(len(people), np.nan)
        if estimate.looks is not None:
            scores, sureness = estimate.looks.first_scores, estimate.looks.sureness
        values = (scores, people.joint_scores, heat, sureness, is_right)
        parts.append(Sightings(*(value[counts] for value in values)))
    names = Sightings.__slots__
    return Sightings(*(np.concatenate([getattr(p, name) for p in parts]) for name in names))


def true_people(joints_px: np.ndarray, photo: LabelledPhoto) -> np.ndarray:
    """(P,) bool: who of the found, (P, 17, 2) px, best first, is a labelled person."""
    likeness = np.maximum(
        _oks(joints_px, photo) / _MIN_OKS, _overlaps(joints_px, photo) / _MIN_OVERLAP
    )  # (P, G)
    is_true = np.zeros(len(joints_px), bool)
    if not likeness.shape[1]:
        return is_true
    for person in range(len(joints_px)):
        best = likeness[person].argmax()
        if likeness[person, best] >= 1:
            is_true[person] = True
            likeness[:, best] = 0
    return is_true


def fit(sightings: Sightings) -> ScoreCalibration:
    """The calibration of location scores.

    Raises:
        ValueError: if there are no true or no false people to learn from.
    """
    inputs = features(
        sightings.scores, sightings.joint_scores.mean(axis=1), mean_heat(sightings.heat)
    )
    return ScoreCalibration(*_logistic(inputs, sightings.is_true))


def fit_looks(sightings: Sightings) -> LookCalibration:
    """The calibration after a second look, from those who had one.

    Raises:
        ValueError: likewise.
    """
    looked = np.isfinite(sightings.sureness)
    inputs = look_features(sightings.scores[looked], sightings.sureness[looked])
    return LookCalibration(*_logistic(inputs, sightings.is_true[looked]))


def _logistic(inputs: np.ndarray, is_true: np.ndarray) -> list[float]:
    """Weights (F,) of a logistic regression on inputs (N, F), by Newton's method."""
    if is_true.all() or not is_true.any():
        raise ValueError(
            f"calibration needs true and false people, got {is_true.sum()} true ones "
            f"of {len(is_true)}"
        )
    weights = np.zeros(inputs.shape[1])
    for _ in range(_NUM_STEPS):
        likely = 1 / (1 + np.exp(-inputs @ weights))
        slope = inputs.T @ (is_true - likely) - _RIDGE * weights
        curvature = (inputs * (likely * (1 - likely))[:, None]).T @ inputs
        weights += np.linalg.solve(curvature + _RIDGE * np.eye(len(weights)), slope)
    return weights.tolist()


def _oks(joints_px: np.ndarray, photo: LabelledPhoto) -> np.ndarray:
    """(P, G) object keypoint similarity over the labelled joints."""
    squared = ((joints_px[:, None] - photo.joints_px) ** 2).sum(axis=-1)  # (P, G, 17)
    variance = (2 * _SIGMAS) ** 2 * photo.areas_px[:, None]  # (G, 17)
    alike = np.where(photo.valid, np.exp(-squared / (2 * variance)), 0.0)
    return alike.sum(axis=-1) / np.maximum(photo.valid.sum(axis=-1), 1)


def _overlaps(joints_px: np.ndarray, photo: LabelledPhoto) -> np.ndarray:
    """(P, G) intersection over union of the boxes, each within the photo."""
    inside = np.clip(joints_px, -0.5, np.array(photo.size) - 0.5)
    found = person_boxes_px(inside, np.isfinite(inside).all(axis=-1))[:, None]  # (P, 1, 4)
    known = photo.boxes_px
    low = np.maximum(found[..., :2], known[:, :2])
    high = np.minimum(found[..., 2:], known[:, 2:])
    shared = np.maximum(high - low, 0).prod(axis=-1)
    areas = [(boxes[..., 2:] - boxes[..., :2]).prod(axis=-1) for boxes in (found, known)]
    return shared / np.maximum(areas[0] + areas[1] - shared, 1e-6)
