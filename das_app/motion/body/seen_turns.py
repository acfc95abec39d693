"""How far the joints themselves turn from frame to frame, bone by bone.

Near a straight elbow or knee a millimetre decides how far a limb of constant length is bent and
where its plane lies. So a body may turn much although no joint moves much: what a bone turns
beyond what is seen is held against it.
"""

from functools import lru_cache

import numpy as np

from das_app.motion.body.rig import Body, Freedom

# Assumed, where nothing else is said; `scripts/check_bodies.py` measures the fitted bodies.
_FREE_SPEED = 7.0  # rad/s at which any bone may turn
_PLANE_RAD = 0.26  # bent less, a limb has no plane
_MAX_FREE_RAD = np.pi


def free_turns(
    body: Body, joints: np.ndarray, weights: np.ndarray, times_s: np.ndarray
) -> np.ndarray:
    """(n, B) rad by which each bone may turn from the frame before: as far as the lines between
    joints that it moves, those that its parent moves, and the plane of its limb; or slowly. Over
    frames in which nothing is seen it may turn at will.

    Args:
        body: whose bones turn.
        joints: (n, M, 3) mm of the markers.
        weights: (n, M), 0 where not seen.
        times_s: (n,) rising.
    """
    free = np.full((len(joints), len(body.bones)), _MAX_FREE_RAD)
    ends, paths, limbs = _lines(body)
    lines = joints[:, ends[:, 1]] - joints[:, ends[:, 0]]
    is_seen = np.asarray((weights[:, ends] > 0).all(axis=-1))
    own = np.zeros((len(joints) - 1, len(body.bones)))
    turns = np.where(is_seen[1:] & is_seen[:-1], angles_between(lines[1:], lines[:-1]), 0.0)
    for line, path in enumerate(paths):
        own[:, path] = np.maximum(own[:, path], turns[:, line, None])
    planes = np.zeros_like(own)
    for upper, lower in limbs:
        is_limb = is_seen[:, upper] & is_seen[:, lower]
        is_bent = is_limb & (angles_between(lines[:, upper], lines[:, lower]) > _PLANE_RAD)
        normals = np.cross(lines[:, upper], lines[:, lower])
        turned = angles_between(normals[1:], normals[:-1])
        turned = np.where(is_bent[1:] & is_bent[:-1], turned, 0.0)
        for number in (*paths[upper], *paths[lower]):
            planes[:, number] = np.maximum(planes[:, number], turned)
    parents = np.array([max(bone.parent, 0) for bone in body.bones])
    most = np.maximum(np.maximum(own, own[:, parents]), planes)
    known = np.asarray((weights > 0).any(axis=1))
    is_step = (known[1:] & known[:-1])[:, None]
    slow = _FREE_SPEED * np.diff(times_s)[:, None]
    free[1:] = np.where(is_step, np.maximum(most, slow), _MAX_FREE_RAD)
    return free


def angles_between(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """(...) rad between vectors (..., 3)."""
    across = np.linalg.norm(np.cross(first, second), axis=-1)
    return np.arctan2(across, (first * second).sum(axis=-1))


@lru_cache(maxsize=8)
def _lines(body: Body) -> tuple[np.ndarray, list[list[int]], list[tuple[int, int]]]:
    """Markers (L, 2) at the ends of the lines from each marker to the next one above it, the
    bones that move each, and the two lines of each limb."""
    begins = np.asarray(~body.marker_offsets.any(axis=(1, 2)))
    at = {int(bone): m for m, bone in enumerate(body.marker_bones) if begins[m]}
    ends, paths = [], []
    for marker, bone in enumerate(body.marker_bones):
        chain = body.above(int(bone))[1 if begins[marker] else 0 :]
        path: list[int] = []
        for number in chain:
            path.append(number)
            if number in at:
                ends.append((at[number], marker))
                paths.append(path)
                break
    both = np.array(ends, dtype=np.int64).reshape(-1, 2)
    return both, paths, _limbs(body, both)


def _limbs(body: Body, ends: np.ndarray) -> list[tuple[int, int]]:
    """The lines before and behind each hinge whose joints have markers."""
    found = []
    for upper, (_, middle) in enumerate(ends):
        bone = body.bones[body.marker_bones[middle]]
        is_hinge = bone.freedom is Freedom.HINGE and not body.marker_offsets[middle].any()
        below = np.flatnonzero(ends[:, 0] == middle)
        if is_hinge and len(below):
            found.append((upper, int(below[0])))
    return found
