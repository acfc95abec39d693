"""Observations for a body fit: joints over time, in space or as one camera sees them."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Protocol

import numpy as np

from das_app.motion.body.rig import Body
from das_app.motion.body.seen_turns import free_turns

# Assumed, where nothing else is said; `scripts/check_bodies.py` measures the fitted bodies.
_SIGMA_MM = 8.0  # of a joint of full score
_MIN_WEIGHT = 0.5  # of a joint that was seen, whatever its score
_NEAREST_MM = 100.0  # nothing is nearer to the lens


class Observation(Protocol):
    """Observed joints of a body over n frames, and residuals of a body against them."""

    @property
    def joints(self) -> np.ndarray:
        """(n, M, 3) mm, y up, of the markers; anything where the weight is 0."""
        ...

    @property
    def weights(self) -> np.ndarray:
        """(n, M) of the residuals, 0 where not seen."""
        ...

    @property
    def times_s(self) -> np.ndarray:
        """(n,) rising."""
        ...

    @property
    def free_turns(self) -> np.ndarray:
        """(n, B) rad by which each bone may turn from the frame before, or (n, 1) for all."""
        ...

    def residuals(self, points: np.ndarray, root: np.ndarray) -> np.ndarray:
        """(n, R) in standard deviations, of markers at points (n, M, 3) with the root (n, 3)."""
        ...

    def slopes(
        self, points: np.ndarray, root: np.ndarray, moved: np.ndarray, root_moved: np.ndarray
    ) -> np.ndarray:
        """(n, K, R): how the residuals follow K movements."""
        ...


@dataclass(frozen=True, eq=False, slots=True)
class Seen:
    """Input of a body fit.

    Args:
        joints: (n, M, 3) mm, y up, of the body's markers; anything where the weight is 0.
        weights: (n, M) of the residuals, 0 where not seen.
        times_s: (n,) rising.
        free_turns: (n, B) rad by which each bone may turn from the frame before, or (n, 1).
    """

    joints: np.ndarray
    weights: np.ndarray
    times_s: np.ndarray
    free_turns: np.ndarray

    def part(self, frames: slice | np.ndarray) -> "Seen":
        """Some of the frames."""
        return Seen(
            self.joints[frames],
            self.weights[frames],
            self.times_s[frames],
            self.free_turns[frames],
        )

    def held(self, body: Body) -> "Seen":
        """With turns held to what is seen; frames are neighbours."""
        free = free_turns(body, self.joints, self.weights, self.times_s)
        return replace(self, free_turns=free)

    def weighted(self, factors: np.ndarray | float) -> "Seen":
        """With the weights of markers times factors (n, M)."""
        return replace(self, weights=self.weights * factors)

    def residuals(self, points: np.ndarray, root: np.ndarray) -> np.ndarray:
        """(n, R) in standard deviations, of markers at points (n, M, 3) with the root (n, 3)."""
        away = (points - self.joints) * (self.weights / _SIGMA_MM)[..., None]
        return away.reshape(len(points), -1)

    def slopes(
        self, points: np.ndarray, root: np.ndarray, moved: np.ndarray, root_moved: np.ndarray
    ) -> np.ndarray:
        """(n, K, R): how the residuals follow K movements.

        Args:
            points: (n, M, 3) mm.
            root: (n, 3) mm.
            moved: (n, K, M, 3) how the points follow them.
            root_moved: (K, 3) how the root does.
        """
        slopes = moved * (self.weights / _SIGMA_MM)[:, None, :, None]
        return slopes.reshape(*moved.shape[:2], -1)


@dataclass(frozen=True, eq=False, slots=True)
class SeenThroughLens:
    """Joints as one camera sees them: sure across the ray, unsure along it.

    Residuals are the places in the picture, the depths relative to the root's, and the root's
    own distance. So an error of the distance, which all joints share, bends no limb.

    Args:
        joints: (n, M, 3) mm, y up, origin at the lens, of the markers.
        weights: (n, M) of the residuals, 0 where not seen.
        times_s: (n,) rising.
        root_depth: (n,) mm of the root as seen; anything where its weight is 0.
        root_weights: (n,).
        across_mm: (n, M) standard deviation across the ray.
        along_mm: (n, M) of the depth relative to the root's.
        depth_share: standard deviation of the root's distance, as a share of it.
    """

    joints: np.ndarray
    weights: np.ndarray
    times_s: np.ndarray
    root_depth: np.ndarray
    root_weights: np.ndarray
    across_mm: np.ndarray
    along_mm: np.ndarray
    depth_share: float

    @property
    def free_turns(self) -> np.ndarray:
        """(n, 1): over a take, accelerations hold turns back instead."""
        return np.full((len(self.joints), 1), np.inf)

    def part(self, frames: slice | np.ndarray) -> "SeenThroughLens":
        """Some of the frames."""
        return SeenThroughLens(
            self.joints[frames],
            self.weights[frames],
            self.times_s[frames],
            self.root_depth[frames],
            self.root_weights[frames],
            self.across_mm[frames],
            self.along_mm[frames],
            self.depth_share,
        )

    def weighted(self, factors: np.ndarray) -> "SeenThroughLens":
        """With the weights of markers times factors (n, M)."""
        return replace(self, weights=self.weights * factors)

    def residuals(self, points: np.ndarray, root: np.ndarray) -> np.ndarray:
        """(n, 3 M + 1) in standard deviations; as `Observation`."""
        across, along = self._scales()
        in_picture = points[..., :2] / _depth(points) - self._seen_in_picture()
        behind = self.root_depth[:, None] + self.joints[..., 2]
        relative = points[..., 2] - root[:, None, 2] - behind
        own = np.log(_depth(root)) - np.log(self.root_depth)[:, None]
        own = own * self.root_weights[:, None] / self.depth_share
        sides = (in_picture * across[..., None]).reshape(len(points), -1)
        return np.concatenate([sides, relative * along, own], axis=1)

    def slopes(
        self, points: np.ndarray, root: np.ndarray, moved: np.ndarray, root_moved: np.ndarray
    ) -> np.ndarray:
        """(n, K, 3 M + 1); as `Observation`."""
        across, along = self._scales()
        depth, ahead = _depth(points), points[..., :2]
        sides = moved[..., :2] + (ahead / depth)[:, None] * moved[..., 2:]
        sides = sides * (across / depth[..., 0])[:, None, :, None]
        relative = (moved[..., 2] - root_moved[:, 2, None]) * along[:, None]
        own = -root_moved[:, 2] * (self.root_weights / self.depth_share)[:, None] / _depth(root)
        shape = moved.shape[:2]
        return np.concatenate([sides.reshape(*shape, -1), relative, own[..., None]], axis=2)

    def _scales(self) -> tuple[np.ndarray, np.ndarray]:
        """(n, M) of places in the picture, and of depths in mm."""
        depth = np.maximum(-self.joints[..., 2], _NEAREST_MM)
        return self.weights * depth / self.across_mm, self.weights / self.along_mm

    def _seen_in_picture(self) -> np.ndarray:
        return self.joints[..., :2] / _depth(self.joints)


def _depth(points: np.ndarray) -> np.ndarray:
    """(..., 1) mm before the lens."""
    return np.maximum(-points[..., 2:], _NEAREST_MM)


def seen_of(body: Body, joints: np.ndarray, joint_scores: np.ndarray, times_s: np.ndarray) -> Seen:
    """The body's markers, weighted by their scores against the best of the track."""
    places, scores = joints[:, body.markers].astype(np.float64), joint_scores[:, body.markers]
    is_seen = np.asarray(np.isfinite(places).all(axis=-1))
    best = np.quantile(scores[is_seen], 0.9) if is_seen.any() else 1.0
    weights = _MIN_WEIGHT + (1 - _MIN_WEIGHT) * np.clip(scores / max(best, 1e-6), 0, 1)
    weights = np.where(is_seen, np.sqrt(np.where(is_seen, weights, 0.0)), 0.0)
    free = np.full((len(places), 1), np.inf)
    return Seen(np.where(is_seen[..., None], places, 0.0), weights, times_s, free)


def joined(parts: Sequence[Seen]) -> Seen:
    """Frames one after the other."""
    arrays = ([getattr(part, field.name) for part in parts] for field in fields(Seen))
    return Seen(*(np.concatenate(each) for each in arrays))
