"""Pose refinement after decoding: vote averaging, mean shift on the heat map, lifting.

Ours, not the paper's.

Several locations predict the same person. NMS keeps the one with the highest score; the pose and
the depth become the mean of it and of those it suppressed as alike, weighted by squared score,
which reduces error and jitter. Each joint then moves to the nearby mode
of its heat map by mean-shift steps: the expectation of equation 7 with the heat as density, on a
map finer than the person's own level. At last the lifting network moves the joints in space.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from das_model.camera import Camera
from das_model.inference.decode import (
    DecodeConfig,
    Detections,
    LevelMaps,
    depth_mm,
    detect,
    suppress,
    untracked_people,
)
from das_model.inference.joint_heat import HostHeat
from das_model.inference.scores import ScorePeople, location_score
from das_model.inference.targets import Encoding
from das_model.people import People
from das_model.skeleton import Skeleton

NUM_CUES = 7  # numbers of a joint in `JointCues.stacked`
# a model's liftings in its metadata: of everybody, and of people whom a second look has drawn
LIFTINGS = LIFTING, LOOKED_LIFTING = "lifting", "looked_lifting"


@dataclass(frozen=True, eq=False, slots=True)
class JointCues:
    """Cues of P people's joints, the input of the lifting.

    Args:
        joints_cam: (P, J, 3) mm, at the depths of the locations, where the heat map puts them.
        joint_scores: (P, J) of the locations, in [0, 1].
        heat: (P, J) `Found.heat`.
        moved_mm: (P, J, 2) x, y from where the locations put the joint.
        joints_px: (P, J, 2) px of the network's input.
        look: (P, J, G) `Found.look`.
    """

    joints_cam: np.ndarray
    joint_scores: np.ndarray
    heat: np.ndarray
    moved_mm: np.ndarray
    joints_px: np.ndarray
    look: np.ndarray

    def stacked(self) -> np.ndarray:
        """(P, J, `NUM_CUES`) float32, the first four, as `lifting.PoseLifting` takes them."""
        cues = [self.joints_cam, self.joint_scores[..., None], self.heat[..., None], self.moved_mm]
        return np.concatenate(cues, axis=-1).astype(np.float32)

    @property
    def is_looked(self) -> np.ndarray:
        """(P,) bool, who has had a second look."""
        if self.look.shape[-1] == 0:
            return np.zeros(len(self.look), bool)
        return np.isfinite(self.look[:, 0, 0])

    def take(self, rows: np.ndarray) -> "JointCues":
        """The people of these rows."""
        return JointCues(*(getattr(self, name)[rows] for name in self.__slots__))


# to (P, J, 4), x, y, z in camera space and `People.joint_spread_mm`, all mm
Lift = Callable[[JointCues], np.ndarray]


class HeatReader(Protocol):
    """A heat map, wherever it lies."""

    def moved(self, joints_px: np.ndarray, doubt_px: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """As of `joint_heat.HostHeat`."""
        ...


@dataclass(frozen=True, eq=False, slots=True)
class Found:
    """K people of an image, best first, before lifting.

    Args:
        scores: (K,).
        joints_px: (K, J, 2) px of the network's input.
        depth_mm: (K, J) in camera space.
        joint_scores: (K, J).
        told_cam: (K, J, 3) mm, where the locations alone put the joints.
        heat: (K, J) in [0, 1] how well a joint is seen where it is: the heat map there, 0 where
            there is no map, or the score of the second look that put it there.
        first_scores: (K,) scores before a second look.
        sureness: (K,) `mean_heat` of the second look's joint scores, NaN for people without one.
        look: (K, J, G) float32 features of the second look at the joints, NaN for people without
            one; G is 0 where nobody has one.
    """

    scores: np.ndarray
    joints_px: np.ndarray
    depth_mm: np.ndarray
    joint_scores: np.ndarray
    told_cam: np.ndarray
    heat: np.ndarray
    first_scores: np.ndarray
    sureness: np.ndarray
    look: np.ndarray

    def take(self, rows: np.ndarray) -> "Found":
        """The people of these rows, in their order."""
        return Found(*(getattr(self, name)[rows] for name in self.__slots__))

    def at_least(self, score: float) -> "Found":
        """The people of at least this score."""
        return self.take(np.flatnonzero(self.scores >= score))


@dataclass(frozen=True, eq=False, slots=True)
class Refinement:
    """Parts of the refinement; those that are None are left out.

    Args:
        heat: (J, H / s, W / s) float32 in [0, 1] at `Encoding.heat_stride` s, where joints are
            seen; or what reads it elsewhere.
        lift: moves joints in space; only asked with `heat`.
        score: of people, by which they are ranked.
        min_score: people below it are not lifted.
        lowest_score: people below it are not returned.
    """

    heat: np.ndarray | HeatReader | None = None
    lift: Lift | None = None
    score: ScorePeople = location_score
    min_score: float = 0.0
    lowest_score: float = 0.0

    def heat_reader(self, encoding: Encoding) -> HeatReader | None:
        """Reader of the heat map of a network with this encoding."""
        if isinstance(self.heat, np.ndarray):
            return HostHeat(self.heat, encoding.heat_stride)
        return self.heat


def find_people(
    levels: list[LevelMaps],
    camera: Camera,
    encoding: Encoding,
    skeleton: Skeleton,
    config: DecodeConfig,
    refinement: Refinement = Refinement(),
) -> People:
    """People of one image: `find`, then `place`.

    Args:
        levels: maps of each level, finest first.
        camera: of the image that the network saw.
        encoding: the network's.
        skeleton: names of the J joints.
        config: thresholds of the decoder.
        refinement: what makes poses more exact, and whose.

    Returns:
        People in camera space, best first.
    """
    found = find(levels, camera, encoding, skeleton, config, refinement)
    return place(found, camera, skeleton, refinement)


def find(
    levels: list[LevelMaps],
    camera: Camera,
    encoding: Encoding,
    skeleton: Skeleton,
    config: DecodeConfig,
    refinement: Refinement,
) -> Found:
    """The people that the maps tell of, each once, after votes and heat map. Arguments as of
    `find_people`."""
    return refined(
        detect(levels, encoding, skeleton, config), camera, encoding, config, refinement
    )


def refined(
    detections: Detections,
    camera: Camera,
    encoding: Encoding,
    config: DecodeConfig,
    refinement: Refinement,
) -> Found:
    """`find`, of locations that are known."""
    rows = detections.kept
    joints, root_depth = voted(detections, rows, config.min_vote_score)
    joint_scores = detections.joint_scores[rows]
    joints_px = joints[..., :2].copy()
    depth = depth_mm(joints[..., 2], root_depth, camera, encoding)
    told_cam = camera.back_project(joints_px, depth)
    heat = np.zeros(joint_scores.shape, np.float32)
    reader = refinement.heat_reader(encoding) if len(rows) else None
    if reader is not None:
        doubt_px = (1 - joint_scores) * detections.strides_px[rows, None]
        joints_px, heat = reader.moved(joints_px, doubt_px)
    scores = refinement.score(detections.scores[rows], joint_scores, heat)
    unknown = np.full(scores.shape, np.nan)
    look = np.zeros((*joint_scores.shape, 0), np.float32)
    found = Found(scores, joints_px, depth, joint_scores, told_cam, heat, scores, unknown, look)
    found = found.at_least(refinement.lowest_score)
    if refinement.heat is not None:
        return once(found, config)  # two may be drawn to one person
    return found.take(np.argsort(-found.scores, kind="stable"))


def once(found: Found, config: DecodeConfig) -> Found:
    """People best first, each once."""
    found = found.take(np.argsort(-found.scores, kind="stable"))
    kept, _ = suppress(found.joints_px, len(found.scores), config)
    return found.take(kept)


def place(found: Found, camera: Camera, skeleton: Skeleton, refinement: Refinement) -> People:
    """People in camera space, in their order; those from the refinement's `min_score` on lifted.

    Args:
        found: in px of the network's input, best first.
        camera: of that image. One that was resized with the image carries the change of focal
            length, so depth needs no further correction.
        skeleton: names of the J joints.
        refinement: with what they are lifted.
    """
    joints_cam = camera.back_project(found.joints_px, found.depth_mm)
    people = untracked_people(joints_cam, found.joint_scores, found.scores, skeleton)
    if refinement.heat is None or refinement.lift is None:
        return people
    spread_mm = np.full(found.joint_scores.shape, np.nan, np.float32)
    sure = found.at_least(refinement.min_score)
    if len(sure.scores):
        before = joints_cam[: len(sure.scores)]
        moved_mm = (before - sure.told_cam)[..., :2]
        lifted = refinement.lift(
            JointCues(before, sure.joint_scores, sure.heat, moved_mm, sure.joints_px, sure.look)
        )
        people.joints_cam[: len(sure.scores)] = lifted[..., :3]
        spread_mm[: len(sure.scores)] = lifted[..., 3]
    return replace(people, joint_spread_mm=spread_mm)


def voted(
    found: Detections, which: np.ndarray, min_vote_score: float
) -> tuple[np.ndarray, np.ndarray]:
    """Joints (P, J, 3) and root depths (P,) of `Detections`, means over alike locations."""
    can_vote = found.scores >= min_vote_score
    can_vote[which] = True
    votes = np.where(
        (found.follows == which[:, None]) & can_vote, np.maximum(found.scores, 1e-6) ** 2, 0.0
    )  # (P, N)
    votes /= votes.sum(axis=1, keepdims=True)
    return np.tensordot(votes, found.joints, 1), votes @ found.root_depth
