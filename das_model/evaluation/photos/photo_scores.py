"""Scores of validation photos, per photo and in sum.

PCK@0.2 is the share of labelled limb joints (shoulders to ankles) that lie within 0.2 of the
person's torso, over people whose torso is labelled; of people nobody found all are wrong. A
person is found if a sure prediction, paired one to one, lies within `FOUND_SHARE` of the person's
size on average over the labelled joints. With left and right forgiven each pair of joints is
taken as it fits better. A sure prediction is false if it is paired with nobody and less than half
of its joints inside the photo lie in one ignore box.
"""

from dataclasses import dataclass

import numpy as np

from das_model.evaluation.metrics import (
    match_one_to_one,
    mean_distances_px,
    num_correct_2d,
    person_sizes_px,
    ratio,
)
from das_model.evaluation.photos.keypoint_ap import MAX_PEOPLE, ScoredPhoto, keypoint_precision
from das_model.evaluation.photos.labelled_photo import LabelledPhoto
from das_model.evaluation.predictions import Prediction
from das_model.inference.estimate import DEFAULT_MIN_SCORE
from das_model.skeleton import COCO_17

SURE_SCORE = DEFAULT_MIN_SCORE  # of a prediction that is shown, unless told otherwise
FOUND_SHARE = 0.2  # of the person's size
PCK_SHARE = 0.2  # of the torso
SIZE_BOUNDS_PX = (48.0, 96.0)  # between small, middle and large people, of a network's input
TILT_BOUNDS_DEG = (45.0, 135.0)  # between upright, tilted and upside down
_LIMBS = np.arange(5, COCO_17.num_joints)
_MIRRORED = COCO_17.flip_order
_SWAP_MARGIN = 0.02  # of the person's size, by which exchanged sides must be nearer
_TORSO = (("left_shoulder", "right_hip"), ("right_shoulder", "left_hip"))


@dataclass(frozen=True, eq=False, slots=True)
class PhotoScore:
    """A photo with G people and P predictions, of which S are sure.

    Args:
        photo: the labels.
        joints_px: (P, 17, 2) px predicted.
        scores: (P,).
        distances_px: (G, 17) from each label to the prediction paired with it; NaN if none is.
        forgiven_px: (G, 17) likewise, left and right as they fit better.
        is_found: (G,) bool.
        is_swapped: (G,) bool, found, and nearer with left and right exchanged.
        num_false: sure predictions that are false.
        max_people: predictions that count for the average precision.
    """

    photo: LabelledPhoto
    joints_px: np.ndarray
    scores: np.ndarray
    distances_px: np.ndarray
    forgiven_px: np.ndarray
    is_found: np.ndarray
    is_swapped: np.ndarray
    num_false: int
    max_people: int

    @staticmethod
    def of(
        photo: LabelledPhoto,
        prediction: Prediction,
        sure_score: float = SURE_SCORE,
        max_people: int = MAX_PEOPLE,
    ) -> "PhotoScore":
        """Compare a prediction with the labels.

        Raises:
            ValueError: if the prediction lacks one of COCO's joints.
        """
        joints = _coco_joints(prediction)
        scores = prediction.people.scores
        sure = joints[scores >= sure_score]
        size = np.maximum(person_sizes_px(photo.joints_px, photo.valid), 1.0)
        mean = mean_distances_px(sure, photo.joints_px, photo.valid) / size
        exchanged = mean_distances_px(sure[:, _MIRRORED], photo.joints_px, photo.valid) / size
        predicted, annotated = match_one_to_one(mean, mean <= FOUND_SHARE)
        distances = np.full(photo.valid.shape, np.nan)
        swapped_px = distances.copy()
        is_swapped = np.zeros(len(distances), bool)
        for values, found in ((distances, sure), (swapped_px, sure[:, _MIRRORED])):
            offsets = found[predicted] - photo.joints_px[annotated]
            values[annotated] = np.linalg.norm(offsets, axis=-1)
        is_swapped[annotated] = (exchanged < mean - _SWAP_MARGIN)[predicted, annotated]
        unpaired = np.ones(len(sure), bool)
        unpaired[predicted] = False
        is_false = unpaired & ~mostly_ignored(sure, photo) & photo.is_exhaustive
        return PhotoScore(
            photo,
            joints,
            scores,
            distances,
            _better_pairs(distances, swapped_px, photo.valid),
            np.isin(np.arange(len(distances)), annotated),
            is_swapped,
            int(is_false.sum()),
            max_people,
        )

    @property
    def torsos_px(self) -> np.ndarray:
        """(G,) longest labelled diagonal from a shoulder to the other hip; NaN without one."""
        diagonals = []
        for names in _TORSO:
            ends = [COCO_17.index(name) for name in names]
            joints = self.photo.joints_px[:, ends]
            length = np.linalg.norm(joints[:, 0] - joints[:, 1], axis=-1)
            diagonals.append(np.where(self.photo.valid[:, ends].all(axis=1), length, np.nan))
        return np.fmax(*diagonals)

    @property
    def tilts_deg(self) -> np.ndarray:
        """(G,) angle of the trunk, hips to shoulders, from upright; NaN where not labelled."""
        middles = []
        for part in ("shoulder", "hip"):
            ends = [COCO_17.index(f"{side}_{part}") for side in ("left", "right")]
            valid = self.photo.valid[:, ends]
            total = np.where(valid[..., None], self.photo.joints_px[:, ends], 0).sum(axis=1)
            count = valid.sum(axis=1)[:, None].astype(float)
            middles.append(total / np.where(count > 0, count, np.nan))
        x, y = (middles[0] - middles[1]).T
        return np.degrees(np.arctan2(np.abs(x), -y))

    @property
    def num_joints(self) -> int:
        """Labelled joints, with a full set for each false person."""
        return int(self.photo.valid.sum()) + COCO_17.num_joints * self.num_false

    @property
    def num_wrong(self) -> int:
        """Those of `num_joints` that are not within 0.1 of the person's size."""
        sizes = person_sizes_px(self.photo.joints_px, self.photo.valid)
        return self.num_joints - num_correct_2d(self.distances_px, self.photo.valid, sizes, 0.1)

    @property
    def badness(self) -> float:
        """How wrong the photo is, in [0, 1]: of its labelled joints the share that is wrong, a
        false person weighing as much as a fully labelled one."""
        return self.num_wrong / max(self.num_joints, 1)


def drawn_figures(photos: list[PhotoScore], selected: list[np.ndarray]) -> dict[str, float]:
    """How selected people are drawn: num_people, found, PCK of all and of the found, PCK of all
    with left and right forgiven, and of the found the share that is swapped as a whole.

    Args:
        photos: to look at.
        selected: (G,) bool of each photo's people.
    """
    found = sum(int((p.is_found & s).sum()) for p, s in zip(photos, selected, strict=True))
    swapped = sum(int((p.is_swapped & s).sum()) for p, s in zip(photos, selected, strict=True))
    number = sum(int(s.sum()) for s in selected)
    of_found = [s & p.is_found for p, s in zip(photos, selected, strict=True)]
    return {
        "num_people": float(number),
        "found": ratio(found, number),
        "pck02": _pck(photos, selected),
        "pck02_found": _pck(photos, of_found),
        "pck02_forgiven": _pck(photos, selected, forgiven=True),
        "swapped": ratio(swapped, found),
    }


def all_figures(photos: list[PhotoScore]) -> dict[str, float]:
    """OKS AP, AP50, AP75 and AR of all people and how they are drawn."""
    everybody = [np.ones(len(p.is_found), bool) for p in photos]
    return _precision(scored_photos(photos)) | drawn_figures(photos, everybody)


def figures_by_size(photos: list[PhotoScore]) -> dict[str, float]:
    """Rows "people LOW-HIGH px/" by the longer side of the box in a nominal network's input.

    People of another size are ignored there; a prediction is false in the row of its own size.
    """
    low, high = SIZE_BOUNDS_PX
    rows = {
        f"people <{low:g} px": (0.0, low),
        f"people {low:g}-{high:g} px": (low, high),
        f"people >={high:g} px": (high, np.inf),
    }
    table: dict[str, float] = {}
    for title, (least, most) in rows.items():
        selected = [_within(p.photo.sizes_input_px(), least, most) for p in photos]
        scored = []
        for photo, chosen in zip(photos, selected, strict=True):
            known = np.isfinite(photo.joints_px).all(axis=-1)
            sizes = person_sizes_px(photo.joints_px, known) * photo.photo.input_scale
            scored.append(_scored(photo, chosen, _within(sizes, least, most)))
        row = _precision(scored) | drawn_figures(photos, selected)
        table |= {f"{title}/{name}": value for name, value in row.items()}
    return table


def figures_by_tilt(photos: list[PhotoScore]) -> dict[str, float]:
    """Rows "trunk upright/", "trunk tilted/" and "trunk upside down/"."""
    low, high = TILT_BOUNDS_DEG
    rows = {
        "trunk upright": (0.0, low),
        "trunk tilted": (low, high),
        "trunk upside down": (high, np.inf),
    }
    table: dict[str, float] = {}
    for title, bounds in rows.items():
        row = drawn_figures(photos, [_within(p.tilts_deg, *bounds) for p in photos])
        table |= {f"{title}/{name}": value for name, value in row.items()}
    return table


def false_per_image(photos: list[PhotoScore]) -> float:
    """False people a photo, over those in which everybody is labelled or ignored."""
    counted = [p.num_false for p in photos if p.photo.is_exhaustive]
    return ratio(sum(counted), len(counted))


def scored_photos(photos: list[PhotoScore]) -> list[ScoredPhoto]:
    """The photos as `keypoint_precision` takes them, all people counted."""
    return [_scored(p, np.ones(len(p.is_found), bool)) for p in photos]


def mostly_ignored(joints_px: np.ndarray, photo: LabelledPhoto) -> np.ndarray:
    """(P,) bool: half of the joints (P, J, 2) inside the photo lie in one ignore box."""
    inside = np.all((joints_px >= -0.5) & (joints_px <= np.array(photo.size) - 0.5), axis=-1)
    points, boxes = joints_px[:, :, None], photo.ignore_px  # (P, J, 1, 2), (M, 4)
    in_box = ((points >= boxes[:, :2]) & (points <= boxes[:, 2:])).all(axis=-1)  # (P, J, M)
    share = (in_box & inside[..., None]).sum(axis=1) / np.maximum(inside.sum(axis=1), 1)[:, None]
    return (share >= 0.5).any(axis=1)


def _scored(
    score: PhotoScore, is_counted: np.ndarray, is_false_counted: np.ndarray | None = None
) -> ScoredPhoto:
    if is_false_counted is None:
        is_false_counted = np.ones(len(score.scores), bool)
    return ScoredPhoto(
        score.photo, is_counted, score.joints_px, score.scores, is_false_counted, score.max_people
    )


def _precision(scored: list[ScoredPhoto]) -> dict[str, float]:
    figures = keypoint_precision(scored)
    return {"ap": figures.ap, "ap50": figures.ap50, "ap75": figures.ap75, "ar": figures.ar}


def _pck(photos: list[PhotoScore], selected: list[np.ndarray], forgiven: bool = False) -> float:
    num_correct = num_joints = 0
    for photo, chosen in zip(photos, selected, strict=True):
        torsos = photo.torsos_px
        counted = chosen & np.isfinite(torsos)
        distances = photo.forgiven_px if forgiven else photo.distances_px
        valid = photo.photo.valid[counted][:, _LIMBS]
        num_joints += int(valid.sum())
        num_correct += num_correct_2d(
            distances[counted][:, _LIMBS], valid, torsos[counted], PCK_SHARE
        )
    return ratio(num_correct, num_joints)


def _better_pairs(
    distances_px: np.ndarray, swapped_px: np.ndarray, valid: np.ndarray
) -> np.ndarray:
    """(G, 17) of each pair of joints the distances of the way round whose sum is less."""
    cost, swapped_cost = (np.where(valid, d, 0.0) for d in (distances_px, swapped_px))
    cost, swapped_cost = (c + c[:, _MIRRORED] for c in (cost, swapped_cost))
    return np.where(swapped_cost < cost, swapped_px, distances_px)


def _within(values: np.ndarray, least: float, most: float) -> np.ndarray:
    return (values >= least) & (values < most)


def _coco_joints(prediction: Prediction) -> np.ndarray:
    """(P, 17, 2) px of COCO's joints; ValueError if one is missing."""
    skeleton = prediction.people.skeleton
    order = COCO_17.indices_in(skeleton)
    if (order < 0).any():
        raise ValueError(f"People.skeleton must hold COCO's 17 joints, got {skeleton.joint_names}")
    return prediction.joints_px[:, order].astype(float)
