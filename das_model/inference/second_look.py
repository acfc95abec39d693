"""Second look of the precise mode: MoveNet Thunder on a crop around each person.

The first look finds everybody in one pass and knows depth; Thunder, which sees one person at a
time, draws better. Its joints in the picture take the place of ours before lifting, except where
it sees nothing, and the score of a person becomes what both looks say together. This stage is
ours, not the paper's, and makes the whole no longer single stage.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from das_model.inference.joint_features import joint_features, num_features
from das_model.inference.looks.crops import crop_matrix, cut, to_crop, to_picture
from das_model.inference.looks.thunder import INPUT_PX, SEEN_CHANNELS, SEEN_STRIDES, Drawn
from das_model.inference.refine import Found
from das_model.inference.scores import ScoreLooks, mean_heat
from das_model.skeleton import COCO_17, Skeleton

NUM_LOOK_FEATURES = num_features(SEEN_CHANNELS)  # of a joint
_HIPS, _SHOULDERS = ("left_hip", "right_hip"), ("left_shoulder", "right_shoulder")
# joints that Thunder does not know go along with those that it knows
_LEADERS = {
    "pelvis": _HIPS,
    "spine": _HIPS + _SHOULDERS,
    "neck": _SHOULDERS,
    "head": COCO_17.joint_names[:5],
    "head_top": COCO_17.joint_names[:5],
    "left_hand": ("left_wrist",),
    "right_hand": ("right_wrist",),
    "left_toe": ("left_ankle",),
    "right_toe": ("right_ankle",),
}
# Assumed.
_MIN_SIDE_PX = 8.0  # of a crop in the picture

# (P, 256, 256, 3) crops to what is drawn in them, as `thunder.Thunder`
Draw = Callable[[np.ndarray], Drawn]


@dataclass(frozen=True, slots=True)
class LookRules:
    """Rules for merging both looks; tuned on hand-labelled photos (docs/method.md).

    Args:
        crop_share: side of the crop by the longer side of the box of the person's joints.
        turn_from: angle of the trunk from upright, radians, from which on there is a second crop
            that is turned upright; the one that Thunder is surer of counts.
        least_joint_score: below it our joint stays.
        least_first_score: who is below in the first look is not looked at again.
        least_own_score: from it on in the first look, a look that draws another does not count.
        least_heat: how well a joint that Thunder drew is seen at least.
    """

    crop_share: float = 1.2
    turn_from: float = math.radians(45)
    least_joint_score: float = 0.1
    least_first_score: float = 0.08
    least_own_score: float = 0.5
    least_heat: float = 0.3


@dataclass(frozen=True, eq=False, slots=True)
class _Look:
    """At one person.

    Args:
        joints_px: (17, 2) px of the picture.
        scores: (17,).
        seen: (C, h, w) features of the crop, finest first.
        matrix: (2, 3) from the crop to the picture.
    """

    joints_px: np.ndarray
    scores: np.ndarray
    seen: list[np.ndarray]
    matrix: np.ndarray

    def features(self, joints_px: np.ndarray) -> np.ndarray:
        """(J, G) float32 at joints (J, 2) px of the picture."""
        at_px = to_crop(joints_px, self.matrix)
        return joint_features(self.seen, SEEN_STRIDES, at_px[None])[0]


class SecondLook:
    """Draws people anew.

    Args:
        draw: Thunder.
        skeleton: of the people.
        rules: whom to believe.
    """

    def __init__(self, draw: Draw, skeleton: Skeleton, rules: LookRules | None = None) -> None:
        self._draw, self._rules = draw, rules or LookRules()
        self._known = COCO_17.indices_in(skeleton)  # rows of Thunder's joints, -1 for none
        self._follow = _followers(skeleton)
        self._trunk = [skeleton.index(name) for name in ("pelvis", "neck")]

    def candidates(self, found: Found) -> np.ndarray:
        """Rows of the people whom a second look may confirm."""
        return np.flatnonzero(found.scores >= self._rules.least_first_score)

    def __call__(
        self,
        image: np.ndarray,
        scale: np.ndarray,
        shift: np.ndarray,
        found: Found,
        chosen: np.ndarray,
        score: ScoreLooks,
    ) -> Found:
        """People drawn anew; those whom Thunder does not confirm score low.

        Args:
            image: (H, W, 3) uint8 RGB, the whole picture.
            scale: (2,) px of the picture by px of the network's input.
            shift: (2,) px of the picture, where the network's input begins.
            found: in px of the network's input.
            chosen: (C,) rows of the people to look at; the others stay as they are.
            score: of the people looked at.

        Returns:
            The people in the same order; looks that draw another do not count.
        """
        joints_px, joint_scores = found.joints_px.copy(), found.joint_scores.copy()
        heat = found.heat.copy()
        sureness = found.sureness.copy()
        ours = found.joints_px * scale + shift
        features: dict[int, np.ndarray] = {}
        for row, look in zip(chosen, self._looks(image, ours[chosen]), strict=True):
            theirs, sure = look.joints_px, look.scores
            is_known = found.first_scores[row] >= self._rules.least_own_score
            if is_known and self._is_another(row, theirs, ours):
                continue
            moved, is_theirs = self._merged(ours[row], theirs, sure)
            joints_px[row] = (moved - shift) / scale
            features[row] = look.features(moved)
            known = self._known[is_theirs]
            joint_scores[row, known] = np.maximum(joint_scores[row, known], sure[is_theirs])
            leads = self._follow @ is_theirs  # (J,) how far each goes along
            seen = np.maximum(self._follow @ (is_theirs * sure), self._rules.least_heat)
            heat[row] = np.where(leads > 1 - 1e-6, seen, heat[row])
            sureness[row] = mean_heat(sure[None])[0]
        is_looked = np.isfinite(sureness)
        scores = np.where(is_looked, score(found.first_scores, sureness), found.scores)
        return replace(
            found,
            joints_px=joints_px,
            joint_scores=joint_scores,
            scores=scores,
            heat=heat,
            sureness=sureness,
            look=_with_rows(features, found),
        )

    def _looks(self, image: np.ndarray, ours: np.ndarray) -> list[_Look]:
        """At each of the people with joints (C, J, 2) px of the picture."""
        if len(ours) == 0:
            return []
        matrices = [self._crops(joints) for joints in ours]
        crops = [cut(image, matrix, INPUT_PX) for own in matrices for matrix in own]
        drawn = self._draw(np.stack(crops))
        looks, begin = [], 0
        for own in matrices:
            best = int(drawn.scores[begin : begin + len(own)].mean(axis=1).argmax())
            row, matrix = begin + best, own[best]
            joints_px = to_picture(drawn.joints_px[row], matrix)
            seen = [maps[row] for maps in drawn.seen]
            looks.append(_Look(joints_px, drawn.scores[row], seen, matrix))
            begin += len(own)
        return looks

    def _is_another(self, row: int, theirs: np.ndarray, ours: np.ndarray) -> bool:
        """Whether Thunder's joints (17, 2) are nearer to another than to `row` of (P, J, 2)
        people: of two who overlap it may draw the one in front twice."""
        told = self._known >= 0
        off = np.linalg.norm(theirs[told] - ours[:, self._known[told]], axis=-1).mean(axis=1)
        return int(off.argmin()) != row

    def _crops(self, ours: np.ndarray) -> list[np.ndarray]:
        """`crop_matrix` of each crop around the person with joints (J, 2) px."""
        body = ours[self._known[self._known >= 0]]
        low, high = body.min(axis=0), body.max(axis=0)
        side = max(self._rules.crop_share * float((high - low).max()), _MIN_SIDE_PX)
        right, up = ours[self._trunk[1]] - ours[self._trunk[0]]
        turn = math.atan2(right, -up)
        turns = [0.0, turn] if abs(turn) >= self._rules.turn_from else [0.0]
        return [crop_matrix((low + high) / 2, side, INPUT_PX, angle) for angle in turns]

    def _merged(
        self, ours: np.ndarray, theirs: np.ndarray, sureness: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """(J, 2) joints, Thunder's where it is to be believed, and (17,) bool, where that is."""
        is_theirs = (sureness >= self._rules.least_joint_score) & (self._known >= 0)
        shift = np.where(is_theirs[:, None], theirs - ours[self._known], 0.0)  # (17, 2)
        return ours + self._follow @ shift, is_theirs


def _with_rows(features: dict[int, np.ndarray], found: Found) -> np.ndarray:
    """`Found.look` of people some of whom have these features (J, G)."""
    if not features:
        return found.look
    size = next(iter(features.values())).shape[-1]
    look = np.full((*found.joint_scores.shape, size), np.nan, np.float32)
    for row, own in features.items():
        look[row] = own
    return look


def _followers(skeleton: Skeleton) -> np.ndarray:
    """(J, 17) what part of the shift of each of Thunder's joints each of ours goes along with."""
    follow = np.zeros((skeleton.num_joints, COCO_17.num_joints))
    for row, name in enumerate(skeleton.joint_names):
        leaders = (name,) if name in COCO_17.joint_names else _LEADERS.get(name, ())
        for leader in leaders:
            follow[row, COCO_17.index(leader)] = 1 / len(leaders)
    return follow
