"""Standing people in COCO's joints with labels and predictions, for the tests of validation."""

import math

import numpy as np

from das_model.evaluation.photos.labelled_photo import LabelledPhoto
from das_model.evaluation.photos.movenet_peers import flat_prediction

# nose, eyes, ears, then left and right shoulder, elbow, wrist, hip, knee, ankle: a front view
STANDING_PX = np.array(
    [
        [0, 0],
        [4, -4],
        [-4, -4],
        [8, -2],
        [-8, -2],
        [20, 30],
        [-20, 30],
        [25, 60],
        [-25, 60],
        [25, 90],
        [-25, 90],
        [15, 100],
        [-15, 100],
        [15, 150],
        [-15, 150],
        [15, 198],
        [-15, 198],
    ],
    float,
)
SIZE_PX = 202.0  # eyes to ankles
TORSO_PX = math.hypot(35, 70)
PICTURE_PX = (640, 480)


def people_px(*lefts_tops):
    """(P, 17, 2) people whose noses are at these places."""
    return np.reshape(lefts_tops, (-1, 1, 2)).astype(float) + STANDING_PX


def labelled(joints_px, valid=None, ignore_px=(), is_exhaustive=True, areas_px=None):
    """A black photo with these people, their boxes around all joints."""
    joints_px = np.asarray(joints_px, float).reshape(-1, 17, 2)
    boxes = np.concatenate([joints_px.min(axis=1), joints_px.max(axis=1)], axis=1)
    sides = boxes[:, 2:] - boxes[:, :2]
    return LabelledPhoto(
        np.zeros((PICTURE_PX[1], PICTURE_PX[0], 3), np.uint8),
        joints_px,
        np.ones(joints_px.shape[:2], bool) if valid is None else valid,
        boxes,
        sides.prod(axis=1) if areas_px is None else np.asarray(areas_px, float),
        np.array(ignore_px, float).reshape(-1, 4),
        is_exhaustive,
    )


def predicted(joints_px, scores=None):
    """People at these joints, by default of a score of 0.9."""
    joints_px = np.asarray(joints_px, float).reshape(-1, 17, 2)
    scores = np.full(len(joints_px), 0.9) if scores is None else np.array(scores)
    return flat_prediction(joints_px, np.ones(joints_px.shape[:2]), scores)
