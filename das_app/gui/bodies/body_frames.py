"""Frames of a body's segments from joints alone: what the skin of the 3D view hangs on.

A segment is a bone with flesh: it begins at a joint and points to another. Its frame is that of
its parent, turned the shortest way onto the new direction, so that nothing twists; pelvis, chest
and head know their own left. Everything is computed for all people at once.
"""

from dataclasses import dataclass

import numpy as np

from das_model.skeleton import BODY_22

LEFT, ACROSS, ALONG = range(3)  # columns of a frame: left x along = across, up to sign
_MIN_LENGTH = 1e-6
_MIN_TURN = 0.05  # of 1 + cosine: a bone turned right back has no shortest way


@dataclass(frozen=True, slots=True)
class Segment:
    """A bone with flesh.

    Args:
        begin: joint where it begins.
        end: joint it points to; the same joint where it goes on as its parent does.
        parent: segment whose frame it turns; empty for those that know their own left.
        sides: pairs of a left and a right joint, for those that know their own left.
        is_stretched: whether it is as long as the person's own bone.
    """

    begin: str
    end: str
    parent: str = ""
    sides: tuple[tuple[str, str], ...] = ()
    is_stretched: bool = True

    @property
    def is_rigid(self) -> bool:
        """Whether it only goes on where its parent ends."""
        return self.begin == self.end


_HIPS, _SHOULDERS = ("left_hip", "right_hip"), ("left_shoulder", "right_shoulder")
_EARS = ("left_ear", "right_ear")
SEGMENTS = {  # parents first
    "pelvis": Segment("pelvis", "spine", sides=(_HIPS,)),
    "abdomen": Segment("pelvis", "spine", sides=(_HIPS, _SHOULDERS)),
    "chest": Segment("spine", "neck", sides=(_SHOULDERS,)),
    "head": Segment("head", "head_top", sides=(_EARS,), is_stretched=False),
} | {
    f"{side}_{name}": segment
    for side in ("left", "right")
    for name, segment in {
        "clavicle": Segment("neck", f"{side}_shoulder", "chest"),
        "upper_arm": Segment(f"{side}_shoulder", f"{side}_elbow", "chest"),
        "forearm": Segment(f"{side}_elbow", f"{side}_wrist", f"{side}_upper_arm"),
        "hand": Segment(f"{side}_wrist", f"{side}_wrist", f"{side}_forearm", (), False),
        "thigh": Segment(f"{side}_hip", f"{side}_knee", "pelvis"),
        "shin": Segment(f"{side}_knee", f"{side}_ankle", f"{side}_thigh"),
        "foot": Segment(f"{side}_ankle", f"{side}_ankle", f"{side}_shin", (), False),
    }.items()
}
_NAMES = tuple(SEGMENTS)
_AT = BODY_22.index
_BEGINS = [_AT(segment.begin) for segment in SEGMENTS.values()]
_ENDS = [_AT(segment.end) for segment in SEGMENTS.values()]


def _level(*names: str) -> tuple[list[int], list[int], bool]:
    """Numbers of both sides' segments, of their parents, and whether they are rigid."""
    numbers = [_NAMES.index(f"{side}_{name}") for name in names for side in ("left", "right")]
    segments = [SEGMENTS[_NAMES[number]] for number in numbers]
    parents = [_NAMES.index(segment.parent) for segment in segments]
    return numbers, parents, segments[0].is_rigid


_LEVELS = (  # parents first
    _level("clavicle", "upper_arm", "thigh"),
    _level("forearm", "shin"),
    _level("hand", "foot"),
)


@dataclass(frozen=True, eq=False, slots=True)
class Frames:
    """Where the segments of P people are.

    Args:
        origins: (P, S, 3) where they begin.
        axes: (P, S, 3, 3) unit axes in columns: left, across, along.
        lengths: (P, S) of their bones; 0 of rigid ones.
    """

    origins: np.ndarray
    axes: np.ndarray
    lengths: np.ndarray


def rest_frames(joints: np.ndarray, left: np.ndarray) -> Frames:
    """Frames of one body at rest.

    Args:
        joints: (22, 3) in the order of `BODY_22`.
        left: (3,) the direction of its left.
    """
    axes = np.zeros((1, len(SEGMENTS), 3, 3))
    for number, segment in enumerate(SEGMENTS.values()):
        if segment.is_rigid:
            axes[:, number] = axes[:, _NAMES.index(segment.parent)]
        else:
            along = joints[_AT(segment.end)] - joints[_AT(segment.begin)]
            axes[:, number] = _axes(along[None], left[None])
    lengths = np.linalg.norm(joints[_ENDS] - joints[_BEGINS], axis=-1)
    return Frames(joints[None, _BEGINS], axes, lengths[None])


def posed_frames(joints: np.ndarray, rest: Frames) -> Frames:
    """Frames of P people.

    Args:
        joints: (P, 22, 3) in the order of `BODY_22`.
        rest: of the body they wear, whose frames turn with their parents.
    """
    axes = np.zeros((len(joints), len(SEGMENTS), 3, 3), joints.dtype)
    along = joints[:, _ENDS] - joints[:, _BEGINS]  # (P, S, 3)
    for number, segment in enumerate(SEGMENTS.values()):
        if segment.sides:
            lefts = [_unit(joints[:, _AT(a)] - joints[:, _AT(b)]) for a, b in segment.sides]
            axes[:, number] = _axes(along[:, number], np.sum(lefts, axis=0))
    for numbers, parents, is_rigid in _LEVELS:
        kept = np.swapaxes(rest.axes[0, parents], -1, -2) @ rest.axes[0, numbers]
        axes[:, numbers] = axes[:, parents] @ kept.astype(joints.dtype)
        if not is_rigid:
            axes[:, numbers] = _turned(axes[:, numbers], _unit(along[:, numbers]))
    return Frames(joints[:, _BEGINS], axes, np.linalg.norm(along, axis=-1))


def _axes(along: np.ndarray, left: np.ndarray) -> np.ndarray:
    """(..., 3, 3) unit axes in columns, of directions (..., 3); `along` is kept."""
    along = _unit(along)
    left = _unit(left - (left * along).sum(axis=-1, keepdims=True) * along)
    return np.stack([left, _cross(along, left), along], axis=-1)


def _turned(axes: np.ndarray, along: np.ndarray) -> np.ndarray:
    """Axes (..., 3, 3) turned the shortest way until the last is `along` (..., 3)."""
    former, left = axes[..., ALONG], axes[..., LEFT]
    turn = _cross(former, along)
    cosine = (former * along).sum(axis=-1, keepdims=True)
    once = _cross(turn, left)
    left = left + once + _cross(turn, once) / np.maximum(1 + cosine, _MIN_TURN)
    return _axes(along, left)


def _cross(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Cross products of (..., 3); numpy's own takes several times as long for few vectors."""
    x, y, z = (one[..., axis] for axis in range(3))
    u, v, w = (other[..., axis] for axis in range(3))
    return np.stack([y * w - z * v, z * u - x * w, x * v - y * u], axis=-1)


def _unit(vectors: np.ndarray) -> np.ndarray:
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return vectors / np.maximum(length, _MIN_LENGTH)
