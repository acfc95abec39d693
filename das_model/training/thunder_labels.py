"""Pseudo-labels of photos by MoveNet Thunder: two looks at each person, and what they agree on.

The looks differ in the size of their crop, and one of them is mirrored. A joint is labelled where
both find it in the same place and are sure of it on average; where they are in doubt, it is not.
Labels by hand stay as they are.
"""

import numpy as np

from das_model.evaluation.metrics import COCO_SIGMAS
from das_model.inference.looks.crops import crop_matrix, cut, to_picture
from das_model.inference.looks.thunder import INPUT_PX, Thunder
from das_model.skeleton import COCO_17

_CROPS = ((1.1, False), (1.35, True))  # sides by the longer side of the box; mirrored or not
_MIN_SCORE = 0.4  # mean of both looks, from which on a joint is labelled
_MIN_CONFIRMED = 0.3  # likewise where the former label agrees
_SPREAD = 0.6  # from their middle to each look, at most, in standard deviations of COCO's labels
_FIRST_SCORE, _FIRST_JOINTS = 0.35, 5  # of a first look, for a second one
_MIN_JOINTS = 5  # of a person who was labelled before
_MIN_NEW_JOINTS = 7  # of one who was an ignore box
_SAME = 0.5  # object keypoint similarity of two labels of one person
_MASK_SHARE = 0.53  # of a box, mean over COCO
_MIN_OVERLAP = 0.2  # of the labelled joints' box with the box that was looked at


def look(thunder: Thunder, image: np.ndarray, box: list[float]) -> np.ndarray:
    """(L, 17, 3) x, y px and score of each joint in both looks; one if the first sees nobody.

    Args:
        thunder: the network.
        image: (H, W, 3) uint8 RGB.
        box: x, y, width and height of the person, px.
    """
    x, y, width, height = box
    looks: list[np.ndarray] = []
    for share, mirrored in _CROPS:
        if looks and (looks[0][:, 2] >= _FIRST_SCORE).sum() < _FIRST_JOINTS:
            break
        middle, side = np.array([x + width / 2, y + height / 2]), share * max(width, height, 1.0)
        matrix = crop_matrix(middle, side, INPUT_PX, mirrored=mirrored)
        drawn = thunder(cut(image, matrix, INPUT_PX)[None])
        joints_px = to_picture(drawn.joints_px[0], matrix)
        seen = np.concatenate([joints_px, drawn.scores[0, :, None]], axis=1)
        looks.append(seen[COCO_17.flip_order] if mirrored else seen)
    return np.array(looks)


def relabelled(
    people: list[dict], looks: dict[int, np.ndarray], size: tuple[int, int]
) -> list[dict]:
    """Records of one photo with Thunder's labels in place of those of other machines.

    Args:
        people: COCO-style records; hand-labelled people and crowds stay as they are.
        looks: (L, 17, 3) of `look` by the id of other records; those without stay as they are.
        size: (width, height) px of the photo.

    Returns:
        The records in their order. Those that were looked at tell `source` "thunder" where they
        are labelled now, and each joint's `joint_scores`; the others are ignore boxes.
    """
    settled = [p for p in people if p["id"] not in looks and not p.get("ignore")]
    taken = [np.array(p["keypoints"], float).reshape(-1, 3) for p in settled]
    changed: dict[int, dict] = {}
    agreed = {p["id"]: _agreed(looks[p["id"]], p, size) for p in people if p["id"] in looks}
    for person in sorted(people, key=lambda p: -_num_labelled(agreed, p)):
        if person["id"] not in looks:
            continue
        keypoints = agreed[person["id"]]
        if _is_person(keypoints, person, taken):
            taken.append(keypoints)
        else:
            keypoints = np.zeros_like(keypoints)
        changed[person["id"]] = _record(person, keypoints, looks[person["id"]])
    return [changed.get(p["id"], p) for p in people]


def is_to_be_looked_at(person: dict) -> bool:
    """Whether a record is a machine's label or an ignore box of one person."""
    by_hand = person.get("source") == "human" and not person.get("ignore")
    return not by_hand and not person.get("iscrowd")


def _num_labelled(agreed: dict[int, np.ndarray], person: dict) -> int:
    return int((agreed[person["id"]][:, 2] > 0).sum()) if person["id"] in agreed else 0


def _agreed(looks: np.ndarray, person: dict, size: tuple[int, int]) -> np.ndarray:
    """(17, 3) x, y and 2 where the looks agree on a joint, else zeros."""
    middle = looks[..., :2].mean(axis=0)
    reach = np.sqrt(_area(person)) * 2 * COCO_SIGMAS
    spread = np.linalg.norm(looks[..., :2] - middle, axis=-1).max(axis=0) / reach
    former = np.array(person["keypoints"], float).reshape(-1, 3)
    is_confirmed = (former[:, 2] > 0) & (np.linalg.norm(former[:, :2] - middle, axis=-1) < reach)
    least = np.where(is_confirmed, _MIN_CONFIRMED, _MIN_SCORE)
    is_inside = ((middle >= -0.5) & (middle < np.array(size) - 0.5)).all(axis=1)
    kept = (looks[..., 2].mean(axis=0) >= least) & (spread < _SPREAD) & is_inside
    kept &= len(looks) == len(_CROPS)
    return np.where(kept[:, None], np.column_stack([middle, np.full(len(kept), 2.0)]), 0.0)


def _is_person(keypoints: np.ndarray, person: dict, taken: list[np.ndarray]) -> bool:
    """Whether what the looks agree on is the person of the box, and nobody labelled already."""
    labelled = keypoints[:, 2] > 0
    if labelled.sum() < (_MIN_NEW_JOINTS if person.get("ignore") else _MIN_JOINTS):
        return False
    low, high = keypoints[labelled, :2].min(axis=0), keypoints[labelled, :2].max(axis=0)
    x, y, width, height = person["bbox"]
    sides = np.minimum(high, [x + width, y + height]) - np.maximum(low, [x, y])
    shared = np.prod(np.maximum(sides, 0))
    if shared < _MIN_OVERLAP * (np.prod(high - low) + width * height - shared):
        return False
    return not any(_similarity(keypoints, other, _area(person)) > _SAME for other in taken)


def _similarity(first: np.ndarray, second: np.ndarray, area: float) -> float:
    """Object keypoint similarity of two labels, over the joints that both have."""
    both = (first[:, 2] > 0) & (second[:, 2] > 0)
    if not both.any():
        return 0.0
    squared = ((first[both, :2] - second[both, :2]) ** 2).sum(axis=1)
    return float(np.exp(-squared / (2 * area * (2 * COCO_SIGMAS[both]) ** 2)).mean())


def _area(person: dict) -> float:
    """px^2 of the person's mask, or about that: machines' records have the area of the box."""
    _, _, width, height = person["bbox"]
    return max(1.0, min(person["area"], _MASK_SHARE * width * height))


def _record(person: dict, keypoints: np.ndarray, looks: np.ndarray) -> dict:
    num_labelled = int((keypoints[:, 2] > 0).sum())
    return person | {
        "keypoints": [round(float(v), 1) for v in keypoints.ravel()],
        "num_keypoints": num_labelled,
        "source": "thunder",
        "ignore": int(num_labelled == 0),
        "joint_scores": [round(float(v), 2) for v in looks[..., 2].mean(axis=0)],
    }
