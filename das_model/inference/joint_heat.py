"""The joints' heat map, read in numpy: joints move to the nearby mode of their maps."""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np


@dataclass(frozen=True, slots=True)
class RefineConfig:
    """How joints follow the heat map; set by experiments on rendered validation images, where
    each value was the best of a few (docs/experiments.md).

    Args:
        sigma_scales: of the mean-shift steps: the Gaussian's sigma as a multiple of the joint's
            uncertainty (px).
        sigma_range: its least and most, as a share of the person's longer side.
        window: places of a step on each axis, in sigmas.
        damping: sum of prior times squared heat over a step that halves it.
    """

    sigma_scales: tuple[float, ...] = (0.8, 0.5, 0.3)
    sigma_range: tuple[float, float] = (0.03, 0.15)
    window: tuple[float, ...] = tuple(step / 3 for step in range(-6, 7))
    damping: float = 0.05


class HostHeat:
    """A heat map in numpy, a `refine.HeatReader`: bilinear between its places, 0 outside of it.

    Args:
        heat: (J, H / s, W / s).
        stride: s, px.
        config: of the steps.
    """

    def __init__(
        self, heat: np.ndarray, stride: int, config: RefineConfig = RefineConfig()
    ) -> None:
        num_joints, height, width = heat.shape
        framed = np.zeros((num_joints, height + 2, width + 2), np.float32)
        framed[:, 1:-1, 1:-1] = heat
        # all maps under each other are one image to read from
        self._image = framed.reshape(-1, width + 2)
        self._first_row = np.arange(0, len(self._image), height + 2, dtype=np.float32)
        self._last = width + 1, height + 1
        self._cells_per_px = np.float32(1 / stride)
        self._config, self._window = config, np.array(config.window, np.float32)
        self._weights = _weights(config.window)

    def moved(self, joints_px: np.ndarray, doubt_px: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Joints moved by mean shift to the expected place of the heat around them, where there
        is any.

        Args:
            joints_px: (P, J, 2) px of the network's input, P at least 1.
            doubt_px: (P, J) px, 1 - joint score in strides of the person's level: how far to look.

        Returns:
            joints_px: (P, J, 2) float32.
            heat: (P, J) there.
        """
        joints_px, doubt_px = joints_px.astype(np.float32), doubt_px.astype(np.float32)
        longer_px = np.ptp(joints_px, axis=1).max(axis=1)[:, None]  # (P, 1)
        least_px, most_px = (share * longer_px for share in self._config.sigma_range)
        num_steps = len(self._window)
        shape = (doubt_px.size, num_steps, num_steps)
        columns, rows, density = (np.empty(shape, np.float32) for _ in range(3))
        flat = (len(density), -1)
        for scale in self._config.sigma_scales:
            sigma_px = np.clip(scale * doubt_px, least_px, most_px)
            steps_px = sigma_px[..., None] * self._window  # (P, J, M)
            x, y = (joints_px[..., axis, None] + steps_px for axis in (0, 1))
            x, y = self._cells(x, y)
            columns[:] = x.reshape(len(density), 1, -1)
            rows[:] = y.reshape(len(density), -1, 1)
            self._read(columns.reshape(flat), rows.reshape(flat), density.reshape(flat))
            np.multiply(density, density, out=density)
            sums = (density.reshape(flat) @ self._weights).reshape(*doubt_px.shape, 3)
            share = sigma_px / (sums[..., 2] + np.float32(self._config.damping))
            joints_px += sums[..., :2] * share[..., None]
        heat = np.empty(doubt_px.shape, np.float32)
        self._read(*self._cells(joints_px[..., 0], joints_px[..., 1]), heat)
        return joints_px, heat

    def _cells(self, x_px: np.ndarray, y_px: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Columns and rows of the image, (P, J, ...), of places (P, J, ...) of each joint's own
        map."""
        columns, rows = (
            np.clip((px + np.float32(0.5)) * self._cells_per_px + np.float32(0.5), 0, last)
            for px, last in zip((x_px, y_px), self._last, strict=True)
        )
        rows += self._first_row.reshape(-1, *[1] * (rows.ndim - 2))
        return columns, rows

    def _read(self, columns: np.ndarray, rows: np.ndarray, heat: np.ndarray) -> None:
        """Put what stands at columns and rows of the image, (N, K), into (N, K) heat."""
        cv2.remap(self._image, columns, rows, cv2.INTER_LINEAR, heat, hint=cv2.ALGO_HINT_ACCURATE)


@lru_cache(maxsize=1)
def _weights(window: tuple[float, ...]) -> np.ndarray:
    """(M * M, 3) weights that squared heat has, row by row of a window of M steps in sigmas, in
    the sums of x, of y, and of all."""
    rows, columns = np.meshgrid(window, window, indexing="ij")
    prior = np.exp(-0.5 * (rows**2 + columns**2))
    sums = np.stack([prior * columns, prior * rows, prior], axis=-1)
    return sums.reshape(-1, 3).astype(np.float32)
