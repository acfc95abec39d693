"""Head maps to `People` (section 3.4): pick locations, drop doubles, back-project.

The inverse of `targets.encode`. Numpy only: the application, the evaluation and the tests all
decode here. The cost depends on the number of locations above the threshold alone.
"""

from dataclasses import dataclass

import numpy as np

from das_model.camera import Camera
from das_model.people import People
from das_model.skeleton import Skeleton
from das_model.targets import Encoding

_OKS_SIGMA = 0.08  # of every joint, as the authors have it


@dataclass(frozen=True, eq=False, slots=True)
class LevelMaps:
    """Maps of one level of one picture, h x w locations, as the exported model gives them.

    Args:
        score: (h, w) float32, sigmoid(score) * sigmoid(centerness).
        root: (3, h, w) float32 encoded as in `targets.Targets`.
        joint_offset: (J, 3, h, w) float32 likewise.
        joint_score: (J, h, w) float32, 1 - mean sigma of x and y over its limit.
    """

    score: np.ndarray
    root: np.ndarray
    joint_offset: np.ndarray
    joint_score: np.ndarray


@dataclass(frozen=True, slots=True)
class DecodeConfig:
    """Thresholds of the decoder.

    The paper's evaluation uses score_threshold 0.07 and oks_threshold 0.9; live views want fewer
    and surer people.
    """

    score_threshold: float = 0.2
    oks_threshold: float = 0.5
    max_candidates: int = 1000  # per level, before non-maximum suppression
    max_people: int = 100


def decode(
    levels: list[LevelMaps],
    camera: Camera,
    encoding: Encoding,
    skeleton: Skeleton,
    config: DecodeConfig,
) -> People:
    """People of one picture.

    Args:
        levels: maps of each level, finest first.
        camera: of the picture that the network saw, whose pixels the maps speak of.
        encoding: the network's.
        skeleton: names of the J joints.
        config: thresholds.

    Returns:
        People in camera space, best first. A camera that was resized with the picture carries
        the change of focal length, so depth needs no further correction.
    """
    candidates = [
        _candidates(maps, level, encoding, config)
        for level, maps in enumerate(levels)
        if maps.score.max() >= config.score_threshold
    ]
    if not candidates:
        return People.empty(skeleton)
    scores, joints, root_depth, joint_scores = (
        np.concatenate(parts) for parts in zip(*candidates, strict=True)
    )
    order = np.argsort(-scores, kind="stable")
    kept = order[suppress(joints[order, :, :2], config.oks_threshold, config.max_people)]
    root_mm = root_depth[kept] * encoding.root_depth_unit * camera.focal_px
    depth_mm = root_mm[:, None] + joints[kept, :, 2] * encoding.joint_depth_unit_mm
    return People(
        camera.back_project(joints[kept, :, :2], depth_mm).astype(np.float32),
        joint_scores[kept].astype(np.float32),
        scores[kept].astype(np.float32),
        np.full(len(kept), -1, np.int64),
        skeleton,
    )


def _candidates(
    maps: LevelMaps, level: int, encoding: Encoding, config: DecodeConfig
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Scores (N,), joints (N, J, 3) as x, y in px and encoded depth, root depth (N,), joint
    scores (N, J) of a level's best locations."""
    h, w = maps.score.shape
    flat = maps.score.ravel()
    chosen = np.flatnonzero(flat >= config.score_threshold)
    if len(chosen) > config.max_candidates:
        chosen = chosen[np.argsort(-flat[chosen], kind="stable")[: config.max_candidates]]
    ys, xs = np.divmod(chosen, w)
    stride = encoding.strides[level]
    joints = maps.joint_offset[:, :, ys, xs].transpose(2, 0, 1).astype(np.float64)
    locations = (np.stack([xs, ys], axis=-1) + 0.5) * stride - 0.5
    joints[:, :, :2] = joints[:, :, :2] * stride + locations[:, None]
    return flat[chosen], joints, maps.root[2, ys, xs], maps.joint_score[:, ys, xs].T


def suppress(joints_px: np.ndarray, oks_threshold: float, max_people: int) -> np.ndarray:
    """Pose non-maximum suppression by object keypoint similarity.

    Args:
        joints_px: (N, J, 2) px, best first.
        oks_threshold: a pose more similar than this to a better one is dropped.
        max_people: stop after so many.

    Returns:
        (K,) indices of the poses that stay, best first.
    """
    x, y = (np.ascontiguousarray(joints_px[..., axis], np.float32) for axis in (0, 1))
    area = (x.max(axis=1) - x.min(axis=1)) * (y.max(axis=1) - y.min(axis=1))
    mean_of_joints = np.full(x.shape[1], 1 / x.shape[1], np.float32)
    alive = np.arange(len(joints_px))
    kept = []
    while len(alive) and len(kept) < max_people:
        kept.append(alive[0])
        squared = (x[1:] - x[0]) ** 2
        squared += (y[1:] - y[0]) ** 2  # (N, J)
        variance = (2 * _OKS_SIGMA) ** 2 * np.maximum(area[1:] + area[0], 1e-6)
        squared /= -variance[:, None]
        oks = np.exp(squared, out=squared) @ mean_of_joints
        stays = 1 + np.flatnonzero(oks <= oks_threshold)
        alive, x, y, area = alive[stays], x[stays], y[stays], area[stays]
    return np.array(kept, dtype=np.int64)
