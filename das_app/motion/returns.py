"""Re-identification: track ids of people who come back.

Somebody who left some seconds ago is the same person if place, clothes' colours and body agree
well and nobody else fits nearly as well. Where that is doubtful, they are somebody new, and the
doubt is told.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from das_app.motion.clothes import unlike
from das_app.motion.tracks import Tracks
from das_model.people import TrackId


class Doubt(NamedTuple):
    """A new track that may be an older one."""

    track_id: TrackId
    perhaps: TrackId


@dataclass(frozen=True, slots=True)
class ReturnConfig:
    """When somebody who comes is somebody who left.

    Args:
        within_s: a person away for longer is somebody new; 0 for everybody.
        pace_mm_s: how fast people move about while they are away.
        reach_mm: how far from their last place they may be found at once.
        reach_share: more of it along the ray, per distance.
        body: relative difference of bone lengths that counts as another body.
        place_cost: of a place at the end of the reach, beside 0 to 1 for the clothes' colours.
        sure_cost: up to which somebody is the same.
        doubtful_cost: up to which somebody may be the same.
        margin: anybody else must cost so much more.
    """

    within_s: float = 10.0
    pace_mm_s: float = 1200.0
    reach_mm: float = 500.0
    reach_share: float = 0.3
    body: float = 0.4
    place_cost: float = 0.15
    sure_cost: float = 0.32
    doubtful_cost: float = 0.42
    margin: float = 0.12


def returned(
    gone: Tracks, newcomers: Tracks, config: ReturnConfig
) -> tuple[np.ndarray, np.ndarray]:
    """Match newcomers with people who left.

    Args:
        gone: T tracks.
        newcomers: N people as first seen.
        config: limits.

    Returns:
        (N,) index of the track that each surely is, and (N,) of the one that each may be; -1 for
        none.
    """
    nobody = np.full(len(newcomers.ids), -1, dtype=np.int64)
    if not len(gone.ids) or not len(nobody):
        return nobody, nobody
    cost, is_clothed = _costs(gone, newcomers, config)
    best, rows = cost.argmin(axis=1), np.arange(len(nobody))
    lowest = cost[rows, best]
    rivals = np.minimum(_others_lowest(cost.T).T, _others_lowest(cost))[rows, best]
    is_sure = (lowest <= config.sure_cost) & is_clothed[rows, best]
    is_sure &= rivals >= lowest + config.margin
    is_doubtful = (lowest <= config.doubtful_cost) & ~is_sure
    is_doubtful &= _others_lowest(cost)[rows, best] >= lowest
    return np.where(is_sure, best, -1), np.where(is_doubtful, best, -1)


def _others_lowest(cost: np.ndarray) -> np.ndarray:
    """(N, T) lowest cost of the other newcomers for the same track."""
    lowest = np.full_like(cost, np.inf)
    for row in range(len(cost)):
        rest = np.delete(cost, row, axis=0)
        if len(rest):
            lowest[row] = rest.min(axis=0)
    return lowest


def _costs(gone: Tracks, newcomers: Tracks, config: ReturnConfig) -> tuple[np.ndarray, np.ndarray]:
    """(N, T) how badly each pair agrees, infinite where it cannot be, and whether clothes were
    compared."""
    gap_s = np.abs(newcomers.seen_s[:, None] - gone.seen_s)
    depth = np.exp((newcomers.place[:, None, 2] + gone.place[:, 2]) / 2)
    steps = np.abs(newcomers.place[:, None] - gone.place) * depth[..., None]  # mm
    reach = config.reach_mm + config.pace_mm_s * gap_s
    along = steps[..., 2] / (reach + config.reach_share * depth)
    place = np.hypot(np.linalg.norm(steps[..., :2], axis=-1) / reach, along)
    clothes = unlike(newcomers.colours, gone.colours)
    is_clothed = np.isfinite(clothes)
    clothes = np.where(is_clothed, clothes, config.sure_cost)
    difference = np.linalg.norm(newcomers.bones_mm[:, None] - gone.bones_mm, axis=-1)
    body = difference / np.linalg.norm(gone.bones_mm, axis=-1)
    can_be = (place < 1) & (body < config.body) & (gap_s <= config.within_s)
    return np.where(can_be, clothes + config.place_cost * place, np.inf), is_clothed
