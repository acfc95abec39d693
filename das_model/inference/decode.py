"""Decoder of head maps to `People` (section 3.4): top-K locations, NMS, back-projection.

The inverse of `targets.encode`, in numpy: the application, the evaluation and the tests all
decode here. The cost depends on the number of locations above the threshold alone. `refine` makes
the poses more exact.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from das_model.camera import Camera
from das_model.inference.targets import Encoding
from das_model.people import People
from das_model.skeleton import Skeleton

_FEW = 64  # poses of which comparing each with each takes less time than one by one


@dataclass(frozen=True, eq=False, slots=True)
class LevelMaps:
    """Maps of one level of one image, h x w locations, as the exported model gives them.

    Args:
        score: (h, w) float32, sigmoid(score) * sigmoid(centerness).
        root: (1 or 3, h, w) float32 encoded as in `targets.Targets`; its last, the depth, is read.
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

    The paper's evaluation uses min_score 0.07 and oks_threshold 0.9; live views want each person
    once.

    Args:
        min_score: of a location that stands for a person.
        min_vote_score: of a location that votes for the pose of another (see `refine`). A fixed
            number: a quarter of the score from which the first models showed people, 0.15, with
            which the figures of the model card were measured.
        oks_threshold: a pose more similar than this to a better one is dropped.
        vote_threshold: a dropped pose this similar votes for the better one; above 1 for none.
        oks_sigma: of every joint, as the paper's authors have it.
        max_candidates: locations of a level, before NMS.
        max_people: that stay.
    """

    min_score: float = 0.05
    min_vote_score: float = 0.0375
    oks_threshold: float = 0.5
    vote_threshold: float = 0.7
    oks_sigma: float = 0.08
    max_candidates: int = 1000
    max_people: int = 100


@dataclass(frozen=True, eq=False, slots=True)
class Detections:
    """N locations of an image that see somebody, best first, and the K that NMS keeps.

    Args:
        scores: (N,) location scores.
        joints: (N, J, 3) x, y in px of the network's input, and encoded depth.
        root_depth: (N,) encoded.
        joint_scores: (N, J) in [0, 1].
        strides_px: (N,) of the location's level.
        kept: (K,) indices of the people, best first.
        follows: (N,) the kept location that each is as similar to as `vote_threshold` asks,
            itself for a kept one, -1 for none.
    """

    scores: np.ndarray
    joints: np.ndarray
    root_depth: np.ndarray
    joint_scores: np.ndarray
    strides_px: np.ndarray
    kept: np.ndarray
    follows: np.ndarray


def decode(
    levels: list[LevelMaps],
    camera: Camera,
    encoding: Encoding,
    skeleton: Skeleton,
    config: DecodeConfig,
) -> People:
    """People of one image as the paper decodes them.

    Args:
        levels: maps of each level, finest first.
        camera: of the image that the network saw, whose pixels the maps speak of.
        encoding: the network's.
        skeleton: names of the J joints.
        config: thresholds.

    Returns:
        People in camera space, best first. A camera that was resized with the image carries the
        change of focal length, so depth needs no further correction.
    """
    found = detect(levels, encoding, skeleton, config)
    joints = found.joints[found.kept]
    depth = depth_mm(joints[..., 2], found.root_depth[found.kept], camera, encoding)
    return untracked_people(
        camera.back_project(joints[..., :2], depth),
        found.joint_scores[found.kept],
        found.scores[found.kept],
        skeleton,
    )


def detect(
    levels: list[LevelMaps], encoding: Encoding, skeleton: Skeleton, config: DecodeConfig
) -> Detections:
    """The locations of an image that see somebody, and which of them NMS keeps; arguments as of
    `decode`."""
    lowest = min(config.min_score, config.min_vote_score)
    candidates = [
        _candidates(maps, encoding.strides[level], lowest, config.max_candidates)
        for level, maps in enumerate(levels)
        if maps.score.max() >= lowest
    ]
    if not candidates:
        nobody = np.zeros((0, skeleton.num_joints, 3))
        return Detections(
            np.zeros(0),
            nobody,
            np.zeros(0),
            nobody[..., 0],
            np.zeros(0),
            np.zeros(0, np.int64),
            np.zeros(0, np.int64),
        )
    return select([np.concatenate(values) for values in zip(*candidates, strict=True)], config)


def select(parts: Sequence[np.ndarray], config: DecodeConfig) -> Detections:
    """Locations in order, and which of them NMS keeps.

    Args:
        parts: scores, joints, root depths, joint scores and strides of `Detections`, in any order
            of the locations; those below the least score are left out.
        config: thresholds.
    """
    order = np.argsort(-parts[0], kind="stable")
    lowest = min(config.min_score, config.min_vote_score)
    order = order[: np.count_nonzero(parts[0] >= lowest)]
    scores, joints, root_depth, joint_scores, strides_px = (values[order] for values in parts)
    num_people = np.count_nonzero(scores >= config.min_score)
    kept, follows = suppress(joints[..., :2], int(num_people), config)
    return Detections(scores, joints, root_depth, joint_scores, strides_px, kept, follows)


def depth_mm(
    joint_depth: np.ndarray, root_depth: np.ndarray, camera: Camera, encoding: Encoding
) -> np.ndarray:
    """(K, J) mm of encoded depths (K, J) of joints, relative to their roots', (K,)."""
    root_mm = encoding.root_depth_mm(root_depth, camera.focal_px)
    return root_mm[:, None] + joint_depth * encoding.joint_depth_unit_mm


def untracked_people(
    joints_cam: np.ndarray, joint_scores: np.ndarray, scores: np.ndarray, skeleton: Skeleton
) -> People:
    """`People` without track ids."""
    return People(
        joints_cam.astype(np.float32),
        joint_scores.astype(np.float32),
        scores.astype(np.float32),
        np.full(len(scores), -1, np.int64),
        skeleton,
    )


def _candidates(
    maps: LevelMaps, stride: int, min_score: float, max_candidates: int
) -> tuple[np.ndarray, ...]:
    """Scores (N,), joints (N, J, 3) as x, y in px and encoded depth, root depth (N,), joint
    scores (N, J) and stride (N,) of a level's best locations."""
    _h, w = maps.score.shape
    flat = maps.score.ravel()
    chosen = np.flatnonzero(flat >= min_score)
    if len(chosen) > max_candidates:
        chosen = chosen[np.argsort(-flat[chosen], kind="stable")[:max_candidates]]
    ys, xs = np.divmod(chosen, w)
    joints = maps.joint_offset[:, :, ys, xs].transpose(2, 0, 1).astype(np.float64)
    locations = (np.stack([xs, ys], axis=-1) + 0.5) * stride - 0.5
    joints[:, :, :2] = joints[:, :, :2] * stride + locations[:, None]
    return (
        flat[chosen],
        joints,
        maps.root[-1, ys, xs],
        maps.joint_score[:, ys, xs].T,
        np.full(len(chosen), stride),
    )


def suppress(
    joints_px: np.ndarray, num_sure: int, config: DecodeConfig
) -> tuple[np.ndarray, np.ndarray]:
    """Pose non-maximum suppression (NMS) by object keypoint similarity (OKS).

    Args:
        joints_px: (N, J, 2) px, best first.
        num_sure: only the first so many may stay.
        config: thresholds.

    Returns:
        kept: (K,) indices of the poses that stay, best first.
        follows: (N,) of `Detections`.
    """
    alive = np.arange(len(joints_px))
    alikeness = _Alikeness(joints_px, config.oks_sigma)
    all_to_all = alikeness.all() if len(alive) <= _FEW else None
    kept: list[int] = []
    follows = np.full(len(joints_px), -1)
    while len(alive) and alive[0] < num_sure and len(kept) < config.max_people:
        best, others = int(alive[0]), alive[1:]
        kept.append(best)
        follows[best] = best
        oks = alikeness.of(best, others) if all_to_all is None else all_to_all[best, others]
        follows[others[oks >= config.vote_threshold]] = best
        alive = others[oks <= config.oks_threshold]
    return np.array(kept, dtype=np.int64), follows


class _Alikeness:
    """Object keypoint similarity of N poses (N, J, 2) px, with one sigma for every joint."""

    def __init__(self, joints_px: np.ndarray, oks_sigma: float) -> None:
        self._x, self._y = (
            np.ascontiguousarray(joints_px[..., axis], np.float32) for axis in (0, 1)
        )
        extents = (np.ptp(coordinate, axis=1) for coordinate in (self._x, self._y))
        self._area = np.multiply(*extents)
        self._factor = -((2 * oks_sigma) ** 2)
        num_joints = self._x.shape[1]
        self._mean = np.full(num_joints, 1 / num_joints, np.float32)

    def of(self, pose: int, others: np.ndarray) -> np.ndarray:
        """(M,) of one pose and M others."""
        squared, other_axis = (
            xy.take(others, axis=0) - xy[pose]  # faster than by an index
            for xy in (self._x, self._y)
        )
        squared *= squared
        other_axis *= other_axis
        squared += other_axis  # (M, J)
        return self._oks(squared, self._area[others] + self._area[pose])

    def all(self) -> np.ndarray:
        """(N, N) of each two."""
        squared = (self._x[:, None] - self._x) ** 2
        squared += (self._y[:, None] - self._y) ** 2  # (N, N, J)
        return self._oks(squared, self._area[:, None] + self._area)

    def _oks(self, squared: np.ndarray, area: np.ndarray) -> np.ndarray:
        squared /= (self._factor * np.maximum(area, 1e-6))[..., None]
        return np.exp(squared, out=squared) @ self._mean
