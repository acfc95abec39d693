"""Protocol for rendered people, whose every joint is known in camera space.

Who must be found: people whose root is labelled and in front of the camera (seen or not) and of
whom at least `MIN_VISIBLE_JOINTS` joints are seen. Predictions for the others (hidden, nearly
outside) and those inside ignore boxes count neither for nor against.

Who is paired with whom: the root must lie within `ROOT_GATE` of the annotated person's size in
the picture; among these the pairing of least distance wins, in the picture and in log depth,
one to one. Depth is no gate: a person at a wrong distance is found, and pays in `pck_abs`.
"""

import numpy as np

from das_model.metrics import (
    PeopleErrors,
    match_one_to_one,
    measure_people,
    person_sizes_px,
    ratio,
    summarise,
)
from das_model.people import People
from das_model.skeleton import Skeleton
from das_model.targets import Annotation

MIN_VISIBLE_JOINTS = 4
ROOT_GATE = 0.3  # of the person's size in the picture
DISTANCE_BOUNDS_M = (2.0, 4.0)
VISIBLE_SHARE_BOUNDS = (0.5, 0.9)
NUM_PEOPLE_BOUNDS = (2, 4)


class SyntheticProtocol:
    """Collects pictures with `add`; `table` tells the figures so far.

    Args:
        skeleton: of predictions and annotations.
    """

    def __init__(self, skeleton: Skeleton) -> None:
        self._skeleton = skeleton
        self._errors: list[PeopleErrors] = []
        self._visible_share: list[np.ndarray] = []
        self._people_in_picture: list[np.ndarray] = []
        self._num_false = 0
        self._num_images = 0

    def add(self, people: People, annotation: Annotation) -> None:
        """Take in one picture.

        Args:
            people: predicted.
            annotation: what is there, for the same picture.

        Raises:
            ValueError: if either has another skeleton than the protocol.
        """
        for name, given in (("people", people), ("annotation", annotation)):
            if given.skeleton.joint_names != self._skeleton.joint_names:
                raise ValueError(
                    f"{name} must have the joints {self._skeleton.joint_names}, "
                    f"got {given.skeleton.joint_names}"
                )
        root = self._skeleton.root
        has_root = annotation.valid_3d[:, root] & annotation.valid_2d[:, root]
        counted = has_root & (annotation.visible.sum(axis=1) >= MIN_VISIBLE_JOINTS)
        cost, is_allowed = _pairing(people, annotation)
        matches = match_one_to_one(cost[:, counted], is_allowed[:, counted])
        left = np.setdiff1d(np.arange(len(people)), matches[0])
        spare, _ = match_one_to_one(cost[left][:, ~counted], is_allowed[left][:, ~counted])
        left = np.delete(left, spare)
        roots_px = people.joints_px(annotation.camera)[left, root]
        self._num_false += int((~_inside_any(roots_px, annotation.ignore_px)).sum())
        self._num_images += 1
        self._errors.append(
            measure_people(
                people.joints_cam,
                annotation.joints_cam[counted],
                annotation.valid_3d[counted],
                matches,
                root,
            )
        )
        self._visible_share.append(annotation.visible[counted].mean(axis=1))
        self._people_in_picture.append(np.full(counted.sum(), counted.sum()))

    def table(self) -> dict[str, float]:
        """Figures over all pictures.

        Returns:
            The names of `metrics.summarise`, with `precision` and `false_per_image`; the same
            names behind "distance <2 m/", "visible 0.5-0.9/", "people >=4/" and so on for those
            in each half-open band (a false prediction is in none). Empty bands are left out.
        """
        errors = PeopleErrors.concatenate(self._errors, self._skeleton.num_joints)
        num_matched = int(errors.is_matched.sum())
        table = summarise(errors)
        table["precision"] = ratio(num_matched, num_matched + self._num_false)
        table["false_per_image"] = ratio(self._num_false, self._num_images)
        bands = _bands("distance", errors.root_cam[:, 2] / 1000, DISTANCE_BOUNDS_M, " m")
        if self._errors:
            visible, number = map(np.concatenate, (self._visible_share, self._people_in_picture))
            bands |= _bands("visible", visible, VISIBLE_SHARE_BOUNDS, "")
            bands |= _bands("people", number, NUM_PEOPLE_BOUNDS, "")
        for band, mask in bands.items():
            row = summarise(errors.select(mask)) if mask.any() else {}
            table |= {f"{band}/{name}": value for name, value in row.items()}
        return table


def _pairing(people: People, annotation: Annotation) -> tuple[np.ndarray, np.ndarray]:
    """Cost (P, G) of each pair, NaN where a prediction is not finite, and the gate (P, G)."""
    root = annotation.skeleton.root
    sizes = person_sizes_px(annotation.joints_px, annotation.valid_2d)  # (G,)
    offset = people.joints_px(annotation.camera)[:, None, root] - annotation.joints_px[:, root]
    distance = np.linalg.norm(offset, axis=-1) / np.maximum(sizes, 1.0)  # (P, G)
    predicted_z = np.where(people.root_cam[:, 2] > 0, people.root_cam[:, 2], np.nan)
    annotated_z = np.where(annotation.joints_cam[:, root, 2] > 0,
                           annotation.joints_cam[:, root, 2], np.nan)  # fmt: skip
    depth = np.abs(np.log(predicted_z)[:, None] - np.log(annotated_z))
    is_finite = np.isfinite(people.joints_cam).all(axis=(1, 2))
    return np.where(is_finite[:, None], distance + depth, np.nan), distance <= ROOT_GATE


def _inside_any(points_px: np.ndarray, boxes_px: np.ndarray) -> np.ndarray:
    """(N,) bool: points (N, 2) that lie in one of the (M, 4) boxes."""
    points = points_px[:, None]
    inside = (points >= boxes_px[:, :2]) & (points <= boxes_px[:, 2:])
    return inside.all(axis=-1).any(axis=1)


def _bands(
    name: str, values: np.ndarray, bounds: tuple[float, float], unit: str
) -> dict[str, np.ndarray]:
    """Masks (N,) of the values below, between and above the bounds, by the band's title."""
    low, high = bounds
    return {
        f"{name} <{low:g}{unit}": values < low,
        f"{name} {low:g}-{high:g}{unit}": (values >= low) & (values < high),
        f"{name} >={high:g}{unit}": values >= high,
    }
