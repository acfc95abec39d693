"""Floor space: tracks moved onto the floor, with its quality in words."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from das_app.exports.takes.tracks import Track
from das_app.motion.floor import Floor, off_floor_mm, standing_scale
from das_app.motion.floor_estimate import FloorEstimate
from das_model.skeleton import Skeleton

_LISTED = 8  # people in a sentence


@dataclass(frozen=True, eq=False, slots=True)
class FloorSpace:
    """A floor that positions are told from.

    Args:
        floor: in camera space.
        about: how sure it is and how people stand on it, for people to read.
    """

    floor: Floor
    about: str


def put_on_floor(
    tracks: Sequence[Track], skeleton: Skeleton, estimate: FloorEstimate
) -> tuple[list[Track], FloorSpace]:
    """The tracks in the levelled world, each scaled about the lens so that its feet stand on the
    floor in the median; whoever is too far off it stays where they are.

    Args:
        tracks: in camera space.
        skeleton: of their joints.
        estimate: of the floor.
    """
    floor, placed, scaled, off = estimate.floor, [], {}, {}
    for track in tracks:
        scale = standing_scale(track.joints, skeleton, floor)
        joints = track.joints * (scale or 1.0)
        if scale is not None:
            scaled[track.track_id] = scale
        heights = off_floor_mm(joints, skeleton, floor)
        if scale is None and np.isfinite(heights).any():
            off[track.track_id] = float(np.nanmedian(heights))
        placed.append(replace(track, joints=floor.to_world(joints)))
    about = [estimate.label if estimate.is_sure else f"guessed: {estimate.label}"]
    if scaled:
        listed = _listed([f"{n} by {scale:.2f}" for n, scale in scaled.items()])
        about.append(f"scaled about the lens to stand on it: {listed}")
    if off:
        listed = _listed([f"{n} by {height / 1e3:.2f} m" for n, height in off.items()])
        about.append(f"above it: {listed}")
    about.append(_residual(placed, skeleton, off))
    return placed, FloorSpace(floor, "; ".join(about))


def _residual(placed: Sequence[Track], skeleton: Skeleton, off: dict[int, float]) -> str:
    """Distance of standing people's lower feet from the floor, in words."""
    level = Floor(np.array([0.0, -1.0, 0.0]), 1e-9)  # of the levelled world
    heights = [
        np.abs(off_floor_mm(track.joints, skeleton, level))
        for track in placed
        if track.track_id not in off
    ]
    all_mm = np.concatenate(heights) if heights else np.zeros(0)
    all_mm = all_mm[np.isfinite(all_mm)]
    if not len(all_mm):
        return "nobody's feet are seen on it"
    usual, most = np.quantile(all_mm, [0.5, 0.9]) / 10
    return f"lower feet are {usual:.0f} cm off it in the median, {most:.0f} cm at 90 %"


def _listed(texts: list[str]) -> str:
    more = f" and {len(texts) - _LISTED} more" if len(texts) > _LISTED else ""
    return ", ".join(texts[:_LISTED]) + more
