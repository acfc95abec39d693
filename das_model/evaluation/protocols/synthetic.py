"""Evaluation protocol for rendered people, whose joints are all known in camera space.

Who must be found: people whose root is labelled and in front of the camera (seen or not) and of
whom at least `MIN_VISIBLE_JOINTS` joints are seen. Predictions for the others (hidden, nearly
outside) count neither for nor against. `one_to_one` tells who is paired with whom.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from das_model.annotation import Annotation
from das_model.evaluation.metrics import PeopleErrors, ratio, summarise
from das_model.evaluation.protocols.one_to_one import OneToOneProtocol
from das_model.people import People
from das_model.skeleton import Skeleton
from das_model.synthetic.facts import PictureFacts

MIN_VISIBLE_JOINTS = 4
DISTANCE_BOUNDS_M = (2.0, 4.0)
VISIBLE_SHARE_BOUNDS = (0.5, 0.9)
NUM_PEOPLE_BOUNDS = (2, 4)
CAMERA_BOUNDS_M = (1.0, 2.2)
AGE_BOUNDS = (7.0, 13.0)
# field of `_Counted`, name of its rows, unit and bounds; what is not known (NaN) is in no band
_BY_PERSON = (
    ("visible", "visible", "", VISIBLE_SHARE_BOUNDS),
    ("surface", "surface", "", VISIBLE_SHARE_BOUNDS),
    ("years", "age", " years", AGE_BOUNDS),
)


class SyntheticProtocol:
    """Collects pictures with `add`; `table` tells the figures so far.

    Args:
        skeleton: of predictions and annotations.
    """

    def __init__(self, skeleton: Skeleton) -> None:
        self._pairs = OneToOneProtocol(skeleton)
        self._pictures: list[_Counted] = []

    def add(
        self, people: People, annotation: Annotation, facts: PictureFacts | None = None
    ) -> None:
        """Take in one picture.

        Args:
            people: predicted.
            annotation: what is there, for the same picture.
            facts: how the picture came about, where somebody knows.

        Raises:
            ValueError: if either has another skeleton than the protocol.
        """
        counted = must_be_found(annotation)
        self._pairs.add(people, annotation, counted)
        facts = facts or PictureFacts.unknown(len(counted))
        self._pictures.append(
            _Counted(
                visible=annotation.visible[counted].mean(axis=1),
                camera_m=facts.camera_height_m,
                surface=facts.visible_share[counted],
                pose=facts.pose_category[counted],
                arrangement=facts.arrangement[counted],
                years=facts.years[counted],
            )
        )

    def table(self) -> dict[str, float]:
        """Figures over all pictures.

        Returns:
            The names of `OneToOneProtocol.table`; those of `metrics.summarise` and `precision`
            behind "distance <2 m/", "visible 0.5-0.9/", "people >=4/" and so on for the people
            in each half-open band; where the pictures' facts are known, also behind "camera ...
            m/" (height of the lens), "surface ..." (share seen of what is turned to the camera),
            "age ...", "pose ..." and "arrangement ...". A false prediction is in the band of its
            own distance and of its picture's number of people and camera; the others nobody can
            say of it, so there the precision is NaN. Bands without people are left out.
        """
        table = self._pairs.table()
        if not self._pictures:
            return table
        errors, false_mm = self._pairs.errors, self._pairs.false_depths_mm
        for mask_of_false, masks in self._rows(errors, false_mm):
            for band, mask in masks.items():
                row = _band_figures(errors.select(mask), mask_of_false.get(band))
                table |= {f"{band}/{figure}": value for figure, value in row.items()}
        return table

    def _rows(
        self, errors: PeopleErrors, false_mm: list[np.ndarray]
    ) -> Iterator[tuple[dict[str, np.ndarray], dict[str, np.ndarray]]]:
        """Masks of false predictions and of people by the title of each row of a kind."""
        pictures = self._pictures
        num_people = np.array([len(p.visible) for p in pictures])
        num_false = [len(depths) for depths in false_mm]
        camera_m = np.array([p.camera_m for p in pictures])
        distance_m, false_m = errors.root_cam[:, 2] / 1000, np.concatenate(false_mm) / 1000
        by_picture = (
            (num_people, "people", "", NUM_PEOPLE_BOUNDS),
            (camera_m, "camera", " m", CAMERA_BOUNDS_M),
        )
        yield (
            _bands("distance", false_m, DISTANCE_BOUNDS_M, " m"),
            _bands("distance", distance_m, DISTANCE_BOUNDS_M, " m"),
        )
        for values, name, unit, bounds in by_picture:
            yield (
                _bands(name, np.repeat(values, num_false), bounds, unit),
                _bands(name, np.repeat(values, num_people), bounds, unit),
            )
        for field, name, unit, bounds in _BY_PERSON:
            values = np.concatenate([getattr(p, field) for p in pictures])
            yield {}, _bands(name, values, bounds, unit)
        for field in ("pose", "arrangement"):
            names = np.concatenate([getattr(p, field) for p in pictures])
            yield {}, {f"{field} {n}": names == n for n in np.unique(names).tolist() if n}


@dataclass(frozen=True, eq=False, slots=True)
class _Counted:
    """Facts of an image: of its camera, and of each person who must be found."""

    visible: np.ndarray  # (G,) share of the joints
    camera_m: float
    surface: np.ndarray  # (G,) share seen
    pose: np.ndarray  # (G,) str
    arrangement: np.ndarray  # (G,) str
    years: np.ndarray  # (G,)


def must_be_found(annotation: Annotation) -> np.ndarray:
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
