"""Bank of motion capture frames, sampled evenly over activities.

A file is an .npz with `positions_m` (N, 16, 3) (z up, -y front, metres), the names `joints`, and
`clip` (N,), the number of each frame's clip. Files may add, per clip, `clip_category`,
`clip_source` and `clip_gravity_ok`, and, per frame, `diverse`: frames worth drawing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from das_model.synthetic.poses.pose_categories import activity, posture

JOINTS = {"neck", "head"} | {
    f"{side}{joint}"
    for side in "lr"
    for joint in ("hip", "knee", "ankle", "toe", "sho", "elb", "wri")
}
CMU_FILE = "cmu"  # source of files that name none
FREE_SOURCES = frozenset({CMU_FILE, "cmu_txt", "cmu_bvh"})  # free for any use of what is made
_STRIDE = 3  # of files that mark no diverse frames


@dataclass(frozen=True, eq=False, slots=True)
class _Frames:
    """Chosen frames of one file: joints, and per frame its activity and the file's own word."""

    positions: np.ndarray  # (N, 16, 3) float32, joints in the order of `names`
    names: tuple[str, ...]
    category: np.ndarray  # (N,) str
    motion: np.ndarray  # (N,) str


class MotionBank:
    """Frames of motion files by pose category.

    Args:
        paths: .npz files.
        free_only: whether to leave out all but `FREE_SOURCES`.

    Raises:
        ValueError: if a file lacks a joint, or no frame is left.
    """

    def __init__(self, paths: Sequence[Path], free_only: bool = False) -> None:
        files = [_read(path, free_only) for path in paths]
        self._names = files[0].names
        order = [[file.names.index(name) for name in self._names] for file in files]
        self._positions = np.concatenate(
            [file.positions[:, joints] for file, joints in zip(files, order, strict=True)]
        )
        if not len(self._positions):
            raise ValueError(f"motion files must hold frames of free sources, got {paths}")
        self._category = np.concatenate([file.category for file in files])
        motion = np.concatenate([file.motion for file in files])
        self._frames = {
            category: _by_word(motion, np.flatnonzero(self._category == category))
            for category in np.unique(self._category).tolist()
        }

    def __len__(self) -> int:
        return len(self._positions)

    @property
    def categories(self) -> tuple[str, ...]:
        """Names of the pose categories that there are frames of."""
        return tuple(self._frames)

    def draw(self, rng: np.random.Generator, category: str) -> dict[str, np.ndarray]:
        """(3,) positions by joint name of a frame, evenly over the motions of a category."""
        motions = self._frames[category]
        frames = motions[rng.integers(len(motions))]
        frame = self._positions[frames[rng.integers(len(frames))]].astype(np.float64)
        return dict(zip(self._names, frame, strict=True))


def _by_word(words: np.ndarray, frames: np.ndarray) -> list[np.ndarray]:
    return [frames[words[frames] == word] for word in np.unique(words[frames])]


def _read(path: Path, free_only: bool) -> _Frames:
    with np.load(path) as stored:
        names = tuple(str(name) for name in stored["joints"])
        if missing := JOINTS - set(names):
            raise ValueError(f"motion file {path} must hold {sorted(missing)}, got {list(names)}")
        positions, clip = stored["positions_m"].astype(np.float32), stored["clip"].astype(int)
        is_good = np.zeros(len(positions), bool)
        is_good[::_STRIDE] = True
        if "diverse" in stored:
            is_good = stored["diverse"].copy()
        num_clips = len(stored["clip_names"])
        words = np.full(num_clips, "walking")
        source = np.full(num_clips, CMU_FILE)
        if "clip_category" in stored:
            words, source = stored["clip_category"], stored["clip_source"]
        if "clip_gravity_ok" in stored:
            is_good &= stored["clip_gravity_ok"][clip]
    if free_only:
        is_good &= np.isin(source, list(FREE_SOURCES))[clip]
    positions, motion = positions[is_good], words[clip[is_good]]
    joints = {name: positions[:, i] for i, name in enumerate(names)}
    by_shape = posture(joints)
    named = {word: activity(str(word)) for word in np.unique(motion)}
    by_name = np.array([named[word] for word in motion], by_shape.dtype)
    return _Frames(positions, names, np.where(by_shape == "", by_name, by_shape), motion)
