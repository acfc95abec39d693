"""Head maps to `People` (section 3.4): pick locations, drop doubles, read the heat, back-project.

A person is answered for by several locations. The best of them stands for the person, as in the
paper; its pose and depth are the mean over those that say nearly the same, weighted by the square
of their scores (ours: a little more exact, and calmer from frame to frame). Its joints then move
to where the heat map says that such a joint is seen nearby: the expectation of equation 7 with
the heat as density, on a map finer than the person's own level. The less sure the locations are
of a joint, the farther it looks.

The inverse of `targets.encode`, in numpy and OpenCV: the application, the evaluation and the
tests all decode here. The cost depends on the number of locations above the threshold alone.
"""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from das_model.camera import Camera
from das_model.inference.targets import Encoding
from das_model.people import People
from das_model.skeleton import Skeleton

DEFAULT_SCORE_THRESHOLD = 0.15  # nine in ten rendered people found, few false ones (model card)
_OKS_SIGMA = 0.08  # of every joint, as the authors have it
_VOTER_SHARE = 0.25  # of the score threshold, that a location needs for a say
_REACHES = (0.8, 0.5, 0.3)  # looks at the heat: standard deviation by a joint's doubt
_REACH_RANGE = (0.03, 0.15)  # its least and most, by a person's longer side
_LOOK = np.arange(-6, 7) / 3  # places of a look on each axis, in standard deviations
_COLD = 0.05  # sum over a look of prior and squared heat that halves a step
NUM_CUES = 7  # of a joint, for lifting

# of people what was found (P, J, 7), see `lifting.PoseLifting`, and where in the picture (P, J, 2)
# px of the network's input, to joints (P, J, 3) mm
LiftPeople = Callable[[np.ndarray, np.ndarray], np.ndarray]


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

    score_threshold: float = DEFAULT_SCORE_THRESHOLD
    oks_threshold: float = 0.5
    max_candidates: int = 1000  # per level, before non-maximum suppression
    max_people: int = 100
    vote_threshold: float = 0.7  # of a dropped pose that has a say; above 1 for none


@dataclass(frozen=True, eq=False, slots=True)
class Found:
    """K people of a picture, best first, before lifting.

    Args:
        scores: (K,).
        joints_px: (K, J, 2) px of the network's input.
        depth_mm: (K, J) in camera space.
        joint_scores: (K, J).
        told_cam: (K, J, 3) mm, where the locations alone put the joints.
        is_drawn: (K, J) bool, joints that a second look put there: lifting does not move them in
            the picture.
    """

    scores: np.ndarray
    joints_px: np.ndarray
    depth_mm: np.ndarray
    joint_scores: np.ndarray
    told_cam: np.ndarray
    is_drawn: np.ndarray

    def take(self, rows: np.ndarray) -> "Found":
        """The people of these rows, in their order."""
        return Found(*(getattr(self, name)[rows] for name in self.__slots__))


def decode(
    levels: list[LevelMaps],
    camera: Camera,
    encoding: Encoding,
    skeleton: Skeleton,
    config: DecodeConfig,
    heat: np.ndarray | None = None,
    lift: LiftPeople | None = None,
) -> People:
    """People of one picture: `find`, then `place`, whose arguments these are."""
    found = find(levels, camera, encoding, skeleton, config, heat)
    return place(found, camera, encoding, skeleton, heat, lift)


def find(
    levels: list[LevelMaps],
    camera: Camera,
    encoding: Encoding,
    skeleton: Skeleton,
    config: DecodeConfig,
    heat: np.ndarray | None = None,
) -> Found:
    """The people that the maps tell of, each once.

    Args:
        levels: maps of each level, finest first.
        camera: of the picture that the network saw, whose pixels the maps speak of.
        encoding: the network's.
        skeleton: names of the J joints.
        config: thresholds.
        heat: (J, H / s, W / s) float32 in [0, 1] at `Encoding.heat_stride` s, where joints are
            seen; without it joints stay where the locations put them.
    """
    scores, joints, root_depth, joint_scores, strides = _picked(levels, encoding, skeleton, config)
    joints_px = joints[..., :2]
    root_mm = root_depth * encoding.root_depth_unit * camera.focal_px
    depth_mm = root_mm[:, None] + joints[..., 2] * encoding.joint_depth_unit_mm
    told_cam = camera.back_project(joints_px, depth_mm)
    if heat is not None and len(scores):
        doubt_px = (1 - joint_scores) * strides[:, None]
        joints_px = towards_heat(joints_px, doubt_px, heat, encoding.heat_stride)
    is_drawn = np.zeros(joint_scores.shape, bool)
    found = Found(scores, joints_px, depth_mm, joint_scores, told_cam, is_drawn)
    return found if heat is None else once(found, config)  # two may be drawn to one person


def once(found: Found, config: DecodeConfig) -> Found:
    """People best first, each once."""
    found = found.take(np.argsort(-found.scores, kind="stable"))
    kept, _ = suppress(found.joints_px, len(found.scores), config)
    return found.take(kept)


def place(
    found: Found,
    camera: Camera,
    encoding: Encoding,
    skeleton: Skeleton,
    heat: np.ndarray | None = None,
    lift: LiftPeople | None = None,
) -> People:
    """People in camera space, in their order.

    Args:
        found: in px of the network's input.
        camera: of that picture. One that was resized with the picture carries the change of
            focal length, so depth needs no further correction.
        encoding: the network's.
        skeleton: names of the J joints.
        heat: as in `find`.
        lift: moves the joints in space; only asked with `heat`.
    """
    if len(found.scores) == 0:
        return People.empty(skeleton)
    joints_cam = camera.back_project(found.joints_px, found.depth_mm)
    if heat is not None and lift is not None:
        x, y = np.moveaxis(found.joints_px, -1, 0)
        seen = _read(_framed(heat), x, y, encoding.heat_stride)
        moved = (joints_cam - found.told_cam)[..., :2]
        cues = [joints_cam, found.joint_scores[..., None], seen[..., None], moved]
        joints_cam = lift(np.concatenate(cues, axis=-1).astype(np.float32), found.joints_px)
        on_rays = camera.back_project(found.joints_px, joints_cam[..., 2])
        joints_cam = np.where(found.is_drawn[..., None], on_rays, joints_cam)
    return People(
        joints_cam.astype(np.float32),
        found.joint_scores.astype(np.float32),
        found.scores.astype(np.float32),
        np.full(len(found.scores), -1, np.int64),
        skeleton,
    )


def _picked(
    levels: list[LevelMaps], encoding: Encoding, skeleton: Skeleton, config: DecodeConfig
) -> tuple[np.ndarray, ...]:
    """Scores (K,), joints (K, J, 3) as x, y in px and encoded depth, root depth (K,) encoded,
    joint scores (K, J) and the levels' strides (K,) px of the people that non-maximum suppression
    leaves, best first."""
    candidates = [
        _candidates(maps, level, encoding, config)
        for level, maps in enumerate(levels)
        if maps.score.max() >= config.score_threshold
    ]
    if not candidates:
        nobody = np.zeros((0, skeleton.num_joints, 3))
        return np.zeros(0), nobody, np.zeros(0), nobody[..., 0], np.zeros(0)
    scores, joints, root_depth, joint_scores, strides = (
        np.concatenate(parts) for parts in zip(*candidates, strict=True)
    )
    order = np.argsort(-scores, kind="stable")
    scores, joints, root_depth = scores[order], joints[order], root_depth[order]
    num_sure = np.count_nonzero(scores >= config.score_threshold)
    kept, follows = suppress(joints[..., :2], int(num_sure), config)
    votes = np.where(follows == kept[:, None], np.maximum(scores, 1e-6) ** 2, 0.0)  # (K, N)
    votes /= votes.sum(axis=1, keepdims=True)
    return (
        scores[kept], np.tensordot(votes, joints, 1), votes @ root_depth,
        joint_scores[order[kept]], strides[order[kept]],
    )  # fmt: skip


def towards_heat(
    joints_px: np.ndarray, doubt_px: np.ndarray, heat: np.ndarray, stride: int
) -> np.ndarray:
    """Joints moved to the expected place of the heat around them, where there is any.

    Args:
        joints_px: (K, J, 2) px of the network's input.
        doubt_px: (K, J) px, 1 - joint score in strides of the person's level: how far to look.
        heat: (J, h, w) float32 in [0, 1].
        stride: of the heat map, px.
    """
    joints_px = joints_px.copy()
    longer_px = np.ptp(joints_px, axis=1).max(axis=1)[:, None]  # (K, 1)
    prior = np.exp(-0.5 * _LOOK**2)
    prior = prior[:, None] * prior
    framed = _framed(heat)
    for reach in _REACHES:
        sigma_px = np.clip(reach * doubt_px, *(share * longer_px for share in _REACH_RANGE))
        steps_px = sigma_px[..., None] * _LOOK  # (K, J, M)
        x, y = (joints_px[..., axis, None] + steps_px for axis in (0, 1))  # (K, J, M)
        weights = prior * _read(framed, x[:, :, None, :], y[..., None], stride) ** 2
        total = weights.sum(axis=(2, 3)) + _COLD  # (K, J)
        joints_px[..., 0] += (weights.sum(axis=2) * steps_px).sum(axis=2) / total
        joints_px[..., 1] += (weights.sum(axis=3) * steps_px).sum(axis=2) / total
    return joints_px


def _framed(heat: np.ndarray) -> np.ndarray:
    """(J, h + 2, w + 2) each map in a frame of zeros."""
    return np.pad(heat, ((0, 0), (1, 1), (1, 1)))


def _read(framed: np.ndarray, x: np.ndarray, y: np.ndarray, stride: int) -> np.ndarray:
    """Heat of each joint at places of its own, bilinear between the map's, 0 outside of it.

    Args:
        framed: (J, h + 2, w + 2) the heat map as `_framed` gives it.
        x: (K, J, ...) px of the network's input.
        y: likewise; both are broadcast.
        stride: of the heat map, px.
    """
    num_joints, height, width = framed.shape
    x, y = np.broadcast_arrays((x + 0.5) / stride + 0.5, (y + 0.5) / stride + 0.5)
    # all maps under each other are one picture to read from
    first_row = np.arange(num_joints).reshape(-1, *[1] * (x.ndim - 2)) * height
    columns = np.clip(x, 0, width - 1).astype(np.float32)
    rows = (np.clip(y, 0, height - 1) + first_row).astype(np.float32)
    flat = (len(x) * num_joints, -1)
    values = cv2.remap(
        framed.reshape(-1, width), columns.reshape(flat), rows.reshape(flat), cv2.INTER_LINEAR
    )
    return values.reshape(x.shape)


def _candidates(
    maps: LevelMaps, level: int, encoding: Encoding, config: DecodeConfig
) -> tuple[np.ndarray, ...]:
    """Scores (N,), joints (N, J, 3) as x, y in px and encoded depth, root depth (N,), joint
    scores (N, J) and stride (N,) of a level's best locations, those too unsure to stand alone
    included."""
    h, w = maps.score.shape
    flat = maps.score.ravel()
    chosen = np.flatnonzero(flat >= _VOTER_SHARE * config.score_threshold)
    if len(chosen) > config.max_candidates:
        chosen = chosen[np.argsort(-flat[chosen], kind="stable")[: config.max_candidates]]
    ys, xs = np.divmod(chosen, w)
    stride = encoding.strides[level]
    joints = maps.joint_offset[:, :, ys, xs].transpose(2, 0, 1).astype(np.float64)
    locations = (np.stack([xs, ys], axis=-1) + 0.5) * stride - 0.5
    joints[:, :, :2] = joints[:, :, :2] * stride + locations[:, None]
    return (
        flat[chosen], joints, maps.root[2, ys, xs], maps.joint_score[:, ys, xs].T,
        np.full(len(chosen), stride),
    )  # fmt: skip


def suppress(
    joints_px: np.ndarray, num_sure: int, config: DecodeConfig
) -> tuple[np.ndarray, np.ndarray]:
    """Pose non-maximum suppression by object keypoint similarity.

    Args:
        joints_px: (N, J, 2) px, best first.
        num_sure: only the first so many may stay.
        config: a pose more similar than `oks_threshold` to a better one is dropped; at most
            `max_people` stay.

    Returns:
        kept: (K,) indices of the poses that stay, best first.
        follows: (N,) the kept pose that each is as similar to as `vote_threshold` asks, itself
            for a kept one, -1 for none.
    """
    x, y = (np.ascontiguousarray(joints_px[..., axis], np.float32) for axis in (0, 1))
    area = (x.max(axis=1) - x.min(axis=1)) * (y.max(axis=1) - y.min(axis=1))
    mean_of_joints = np.full(x.shape[1], 1 / x.shape[1], np.float32)
    alive = np.arange(len(joints_px))
    kept, follows = [], np.full(len(joints_px), -1)
    while len(alive) and alive[0] < num_sure and len(kept) < config.max_people:
        kept.append(alive[0])
        follows[alive[0]] = alive[0]
        squared = (x[1:] - x[0]) ** 2
        squared += (y[1:] - y[0]) ** 2  # (N, J)
        variance = (2 * _OKS_SIGMA) ** 2 * np.maximum(area[1:] + area[0], 1e-6)
        squared /= -variance[:, None]
        oks = np.exp(squared, out=squared) @ mean_of_joints
        follows[alive[1:][oks >= config.vote_threshold]] = alive[0]
        stays = 1 + np.flatnonzero(oks <= config.oks_threshold)
        alive, x, y, area = alive[stays], x[stays], y[stays], area[stays]
    return np.array(kept, dtype=np.int64), follows
