"""Protocol for rendered people, whose every joint is known in camera space.

Who must be found: people whose root is labelled and in front of the camera (seen or not) and of
whom at least `MIN_VISIBLE_JOINTS` joints are seen. Predictions for the others (hidden, nearly
outside) count neither for nor against. `one_to_one` tells who is paired with whom.
"""

import numpy as np

from das_model.annotation import Annotation
from das_model.evaluation.metrics import PeopleErrors, ratio, summarise
from das_model.evaluation.one_to_one import OneToOneProtocol
from das_model.people import People
from das_model.skeleton import Skeleton

MIN_VISIBLE_JOINTS = 4
DISTANCE_BOUNDS_M = (2.0, 4.0)
VISIBLE_SHARE_BOUNDS = (0.5, 0.9)
NUM_PEOPLE_BOUNDS = (2, 4)


class SyntheticProtocol:
    """Collects pictures with `add`; `table` tells the figures so far.

    Args:
        skeleton: of predictions and annotations.
    """

    def __init__(self, skeleton: Skeleton) -> None:
        self._pairs = OneToOneProtocol(skeleton)
        self._visible_share: list[np.ndarray] = []
        self._people_in_picture: list[np.ndarray] = []

    def add(self, people: People, annotation: Annotation) -> None:
        """Take in one picture.

        Args:
            people: predicted.
            annotation: what is there, for the same picture.

        Raises:
            ValueError: if either has another skeleton than the protocol.
        """
        counted = _must_be_found(annotation)
        self._pairs.add(people, annotation, counted)
        self._visible_share.append(annotation.visible[counted].mean(axis=1))
        self._people_in_picture.append(np.full(counted.sum(), counted.sum()))

    def table(self) -> dict[str, float]:
        """Figures over all pictures.

        Returns:
            The names of `OneToOneProtocol.table`; those of `metrics.summarise` and `precision`
            behind "distance <2 m/", "visible 0.5-0.9/", "people >=4/" and so on for the people
            in each half-open band. A false prediction is in the band of its own distance and of
            its picture's number of people; how much of it is visible nobody can say, so there
            the precision is NaN. Bands without people are left out.
        """
        table = self._pairs.table()
        if not self._visible_share:
            return table
        errors, false_mm = self._pairs.errors, self._pairs.false_depths_mm
        visible, number = map(np.concatenate, (self._visible_share, self._people_in_picture))
        false_number = np.repeat([len(n) for n in self._people_in_picture],
                                 [len(depths) for depths in false_mm])  # fmt: skip
        measures = (
            ("distance", " m", DISTANCE_BOUNDS_M, errors.root_cam[:, 2] / 1000,
             np.concatenate(false_mm) / 1000),
            ("visible", "", VISIBLE_SHARE_BOUNDS, visible, None),
            ("people", "", NUM_PEOPLE_BOUNDS, number, false_number),
        )  # fmt: skip
        for name, unit, bounds, values, false_values in measures:
            masks = _bands(name, values, bounds, unit)
            false_masks = {} if false_values is None else _bands(name, false_values, bounds, unit)
            for band, mask in masks.items():
                row = _band_figures(errors.select(mask), false_masks.get(band))
                table |= {f"{band}/{figure}": value for figure, value in row.items()}
        return table


def _must_be_found(annotation: Annotation) -> np.ndarray:
    """(G,) bool: people with a labelled root in front of the camera, seen well enough."""
    root = annotation.skeleton.root
    has_root = annotation.valid_3d[:, root] & annotation.valid_2d[:, root]
    return has_root & (annotation.visible.sum(axis=1) >= MIN_VISIBLE_JOINTS)


def _band_figures(errors: PeopleErrors, is_false: np.ndarray | None) -> dict[str, float]:
    """The figures of one band; `is_false` (N,) bool marks its false predictions, if known."""
    if len(errors) == 0:
        return {}
    num_matched = int(errors.is_matched.sum())
    num_predicted = float("nan") if is_false is None else num_matched + is_false.sum()
    return summarise(errors) | {"precision": ratio(num_matched, num_predicted)}


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
