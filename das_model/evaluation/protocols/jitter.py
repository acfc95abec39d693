"""Temporal jitter of predictions under sensor noise alone.

A still picture is predicted once as it is and again with fresh noise each time; the spread of
every joint over the noisy copies is the jitter. Nothing is smoothed. People of the copies are
paired, one to one, with those of the picture without noise; those found in less than half of the
copies are not measured and counted as flickering.
"""

import math
from dataclasses import dataclass

import numpy as np

from das_model.evaluation.metrics import (
    match_one_to_one,
    mean_distances_px,
    person_sizes_px,
    ratio,
)
from das_model.evaluation.predictions import Prediction

READ_NOISE = 2.0  # of 255, at black
SHOT_NOISE = 0.035  # variance per grey value: 3.6 of 255 at white, a webcam in a lit room
_SAME_PERSON = 0.3  # of the person's size, mean distance of joints


@dataclass(frozen=True, eq=False, slots=True)
class _Person:
    """Spread of one person over the copies."""

    share_found: float
    px: np.ndarray  # (J,) root of the summed variances of x and y; NaN if not measured
    cam_mm: np.ndarray  # (J,)
    rel_mm: np.ndarray  # (J,) relative to the root
    depth_mm: float  # of the root


class JitterProtocol:
    """Collects still pictures with `add`; `table` tells the figures so far."""

    def __init__(self) -> None:
        self._people: list[_Person] = []
        self._num_pictures = 0

    def add(self, clean: Prediction, noisy: list[Prediction]) -> None:
        """Take in one picture.

        Args:
            clean: the people of the picture without noise.
            noisy: those of each noisy copy.
        """
        joints_px, joints_cam = _tracks(clean, noisy)
        is_found = np.isfinite(joints_cam).all(axis=(2, 3))  # (N, P)
        root = clean.people.skeleton.root
        for p, found in enumerate(is_found.T):
            kept = found if found.mean() >= 0.5 else np.zeros_like(found)
            cam = joints_cam[kept, p]  # (K, J, 3)
            self._people.append(
                _Person(
                    float(found.mean()),
                    _spread(joints_px[kept, p]),
                    _spread(cam),
                    _spread(cam - cam[:, [root]]),
                    float(_spread(cam[:, root, 2:])),
                )
            )
        self._num_pictures += 1

    def table(self) -> dict[str, float]:
        """Means over people and joints of the standard deviations over the copies.

        Returns:
            num_images, num_people, jitter_px, jitter_mm (camera space), jitter_rel_mm (relative
            to the root), root_depth_jitter_mm, jitter_px_p95 (of people's means), found (share
            of copies in which a person is found again) and flickering (share of people found
            in less than half).
        """
        measured = [p for p in self._people if np.isfinite(p.px).all()]
        by_person = [float(p.px.mean()) for p in measured]
        return {
            "num_images": float(self._num_pictures),
            "num_people": float(len(self._people)),
            "jitter_px": _mean(by_person),
            "jitter_mm": _mean([float(p.cam_mm.mean()) for p in measured]),
            "jitter_rel_mm": _mean([float(p.rel_mm.mean()) for p in measured]),
            "root_depth_jitter_mm": _mean([p.depth_mm for p in measured]),
            "jitter_px_p95": float(np.quantile(by_person, 0.95)) if measured else math.nan,
            "found": _mean([p.share_found for p in self._people]),
            "flickering": ratio(len(self._people) - len(measured), len(self._people)),
        }


def noisy_copy(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The (H, W, 3) uint8 picture with fresh noise of the sensor, stronger where it is bright."""
    deviation = np.sqrt(READ_NOISE**2 + SHOT_NOISE * image.astype(np.float32))
    noise = rng.standard_normal(image.shape, dtype=np.float32) * deviation
    return np.clip(np.rint(image + noise), 0, 255).astype(np.uint8)


def _tracks(clean: Prediction, noisy: list[Prediction]) -> tuple[np.ndarray, np.ndarray]:
    """Joints (N, P, J, 2) px and (N, P, J, 3) mm of the P people in N copies, NaN if not found."""
    num_people, num_joints = clean.people.joint_scores.shape
    valid = np.isfinite(clean.joints_px).all(axis=-1)
    sizes = np.maximum(person_sizes_px(clean.joints_px, valid), 1.0)
    joints_px = np.full((len(noisy), num_people, num_joints, 2), np.nan)
    joints_cam = np.full((len(noisy), num_people, num_joints, 3), np.nan)
    for n, copy in enumerate(noisy):
        distance = mean_distances_px(copy.joints_px, clean.joints_px, valid) / sizes
        there, here = match_one_to_one(distance, distance <= _SAME_PERSON)
        joints_px[n, here] = copy.joints_px[there]
        joints_cam[n, here] = copy.people.joints_cam[there]
    return joints_px, joints_cam


def _spread(values: np.ndarray) -> np.ndarray:
    """(...) of values (K, ..., D): root of the summed variances over K; NaN if K is 0."""
    if len(values) == 0:
        return np.full(values.shape[1:-1], np.nan)
    return np.sqrt(values.var(axis=0).sum(axis=-1))


def _mean(values: list[float]) -> float:
    return ratio(sum(values), len(values))
