"""Strict one-to-one matching of predicted and annotated people, depth included.

Who is paired with whom: the root must lie within `ROOT_GATE` of the annotated person's size in
the picture; among these the pairing of least distance wins, in the picture and in log depth.
Depth is no gate: a person at a wrong distance is found, and pays in `pck_abs`. A second
prediction for a person is false. Predictions for people who need not be found, and those inside
ignore boxes, count neither for nor against. A prediction that is not finite finds nobody.
"""

import numpy as np

from das_model.annotation import Annotation
from das_model.evaluation.metrics import (
    PeopleErrors,
    match_one_to_one,
    measure_people,
    person_sizes_px,
    ratio,
    summarise,
)
from das_model.people import People
from das_model.skeleton import Skeleton

ROOT_GATE = 0.3  # of the person's size in the picture


class OneToOneProtocol:
    """Collects pictures with `add`; `table` tells the figures so far.

    Args:
        skeleton: of predictions and annotations.
    """

    def __init__(self, skeleton: Skeleton) -> None:
        self._skeleton = skeleton
        self._errors: list[PeopleErrors] = []
        self._false_depths_mm: list[np.ndarray] = []

    def add(self, people: People, annotation: Annotation, is_counted: np.ndarray) -> None:
        """Take in one picture.

        Args:
            people: predicted.
            annotation: what is there, for the same picture.
            is_counted: (G,) bool, people who must be found; their roots have a 3D label.

        Raises:
            ValueError: if either has another skeleton than the protocol.
        """
        for name, given in (("people", people), ("annotation", annotation)):
            if given.skeleton.joint_names != self._skeleton.joint_names:
                raise ValueError(
                    f"{name} must have the joints {self._skeleton.joint_names}, "
                    f"got {given.skeleton.joint_names}"
                )
        cost, is_allowed = _pairing(people, annotation)
        matches = match_one_to_one(cost[:, is_counted], is_allowed[:, is_counted])
        left = np.setdiff1d(np.arange(len(people)), matches[0])
        spare, _ = match_one_to_one(cost[left][:, ~is_counted], is_allowed[left][:, ~is_counted])
        left = np.delete(left, spare)
        roots_px = people.joints_px(annotation.camera)[left, self._skeleton.root]
        is_false = ~_inside_any(roots_px, annotation.ignore_px)
        self._false_depths_mm.append(people.root_cam[left, 2][is_false])
        self._errors.append(
            measure_people(
                people.joints_cam,
                annotation.joints_cam[is_counted],
                annotation.valid_3d[is_counted],
                matches,
                self._skeleton.root,
            )
        )

    @property
    def errors(self) -> PeopleErrors:
        """Errors of all the people who had to be found, in the order of the pictures."""
        return PeopleErrors.concatenate(self._errors, self._skeleton.num_joints)

    @property
    def false_depths_mm(self) -> list[np.ndarray]:
        """Root depths (N,) of the false predictions of each picture."""
        return list(self._false_depths_mm)

    def table(self) -> dict[str, float]:
        """The figures of `metrics.summarise`, with `precision` and `false_per_image`."""
        errors = self.errors
        num_matched = int(errors.is_matched.sum())
        num_false = sum(map(len, self._false_depths_mm))
        return summarise(errors) | {
            "precision": ratio(num_matched, num_matched + num_false),
            "false_per_image": ratio(num_false, len(self._false_depths_mm)),
        }


def _pairing(people: People, annotation: Annotation) -> tuple[np.ndarray, np.ndarray]:
    """Cost (P, G) of each pair, NaN where a prediction is not finite, and the gate (P, G)."""
    root = annotation.skeleton.root
    sizes = person_sizes_px(annotation.joints_px, annotation.valid_2d)  # (G,)
    offset = people.joints_px(annotation.camera)[:, None, root] - annotation.joints_px[:, root]
    distance = np.linalg.norm(offset, axis=-1) / np.maximum(sizes, 1.0)  # (P, G)
    predicted_z = np.where(people.root_cam[:, 2] > 0, people.root_cam[:, 2], np.nan)
    annotated_z = np.where(
        annotation.joints_cam[:, root, 2] > 0, annotation.joints_cam[:, root, 2], np.nan
    )
    depth = np.abs(np.log(predicted_z)[:, None] - np.log(annotated_z))
    is_finite = np.isfinite(people.joints_cam).all(axis=(1, 2))
    return np.where(is_finite[:, None], distance + depth, np.nan), distance <= ROOT_GATE


def _inside_any(points_px: np.ndarray, boxes_px: np.ndarray) -> np.ndarray:
    """(N,) bool: points (N, 2) that lie in one of the (M, 4) boxes."""
    points = points_px[:, None]
    inside = (points >= boxes_px[:, :2]) & (points <= boxes_px[:, 2:])
    return np.any(np.all(inside, axis=-1), axis=1)
