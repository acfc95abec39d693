"""MoveNet Thunder: single-person keypoints of a square crop.

Google's single-person MoveNet (2021, Apache-2.0), converted by `scripts/convert_thunder.py`. It
tells where the person's centre is, from there about where the joints are, and everywhere whether
a joint of each kind is seen; the joint is where it is seen nearest to where it should be. This
module reads the maps as the published graph does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from das_model.inference.device.onnx_runtime import CPU, open_session

# Of the published model.
INPUT_PX = 256
MAPS = ("centre", "heat", "joint", "offset")
SEEN = ("seen_0", "seen_1", "seen_2", "seen_3")  # features for the lifting, finest first
SEEN_STRIDES = (4, 8, 16, 32)  # px
SEEN_CHANNELS = (24, 56, 168, 280)
_STRIDE = 4
_CELLS = INPUT_PX // _STRIDE
_NEAR = 1.8  # cells, added to the distance that divides the heat


@dataclass(frozen=True, eq=False, slots=True)
class Drawn:
    """What Thunder sees in P crops.

    Args:
        joints_px: (P, 17, 2) float32 px of the crop, in the order of COCO.
        scores: (P, 17) in [0, 1].
        seen: (P, C, h, w) float32 features of `SEEN_STRIDES` each.
    """

    joints_px: np.ndarray
    scores: np.ndarray
    seen: tuple[np.ndarray, ...]


class Thunder:
    """The loaded network.

    Args:
        model_file: movenet-thunder.onnx.
        num_threads: of the CPU; by default one a core.
        providers: ONNX Runtime execution providers in order of preference.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if it is not a readable ONNX model, or lacks some of `MAPS` and `SEEN`.
    """

    def __init__(
        self,
        model_file: Path,
        num_threads: int = 0,
        providers: Sequence[str] = CPU,
    ) -> None:
        if not model_file.is_file():
            raise FileNotFoundError(f"{model_file}: MoveNet Thunder as ONNX was expected there")
        self._session = open_session(model_file, num_threads, providers)
        told = {output.name for output in self._session.get_outputs()}
        if lacking := [name for name in MAPS + SEEN if name not in told]:
            raise ValueError(
                f"{model_file} must be MoveNet Thunder as convert_thunder.py writes it, it lacks "
                f"{', '.join(lacking)}"
            )
        # a CPU gains nothing by a batch (30 ms a crop alone, 31 in fours), and it takes memory
        self._is_batched = self._session.get_providers()[0] not in CPU

    def __call__(self, crops: np.ndarray) -> Drawn:
        """The person in each of P crops, at least one.

        Args:
            crops: (P, 256, 256, 3) uint8 RGB.
        """
        batches = [crops] if self._is_batched else [crop[None] for crop in crops]
        parts = [self._session.run(MAPS + SEEN, {"image": batch}) for batch in batches]
        maps = [np.concatenate(kind) for kind in zip(*parts, strict=True)]
        joints_px, scores = joints_of_maps(*maps[: len(MAPS)])
        return Drawn(joints_px, scores, tuple(maps[len(MAPS) :]))


def joints_of_maps(
    centre: np.ndarray, heat: np.ndarray, joint: np.ndarray, offset: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Joints and scores of `Drawn`.

    Args:
        centre: (P, 1, 64, 64) float32 in [0, 1], a person's centre is here.
        heat: (P, 17, 64, 64) in [0, 1], a joint is here.
        joint: (P, 34, 64, 64) from a centre to each joint, y and x in cells.
        offset: (P, 34, 64, 64) from a cell to the joint in it, likewise.
    """
    person = np.arange(len(centre))
    weighted = (centre[:, 0] * _central()).reshape(len(centre), -1)
    rows, columns = np.divmod(weighted.argmax(axis=1), _CELLS)
    guess = joint[person, :, rows, columns].reshape(len(centre), -1, 2)  # (P, 17, 2) y, x
    guess += np.stack([rows, columns], axis=-1)[:, None]
    cells = np.arange(_CELLS, dtype=np.float32)
    squared = (cells[:, None] - guess[:, :, 0, None, None]) ** 2  # (P, 17, 64, 1)
    squared = squared + (cells - guess[:, :, 1, None, None]) ** 2
    near = (heat / (np.sqrt(squared) + _NEAR)).reshape(*guess.shape[:2], -1)
    rows, columns = np.divmod(near.argmax(axis=2), _CELLS)  # (P, 17) each
    person, kind = person[:, None], np.arange(guess.shape[1])
    down, right = (offset[person, 2 * kind + axis, rows, columns] for axis in (0, 1))
    joints_px = np.stack([columns + right, rows + down], axis=-1) * _STRIDE - 0.5
    return joints_px.astype(np.float32), heat[person, kind, rows, columns]


def _central() -> np.ndarray:
    """(64, 64) what a person's centre counts: 1 / (distance to the middle + 1.8)."""
    cells = np.arange(_CELLS, dtype=np.float32) - _CELLS / 2
    return 1 / (np.hypot(cells[:, None], cells) + _NEAR)
