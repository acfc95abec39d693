"""Furniture and clutter: boxes, cylinders and balls over one common grid of vertices."""

from dataclasses import dataclass

import numpy as np

_RING, _ROWS = 12, 7
NUM_VERTICES = _RING * _ROWS


@dataclass(frozen=True, eq=False, slots=True)
class Prop:
    """One solid in the world (metres).

    Args:
        kind: "box", "cylinder" or "ball".
        centre: (3,).
        half: (3,) half sizes along its own axes.
        yaw: turn about the vertical, radians.
        colour: (3,) linear RGB.
        texture: number in the atlas, or -1.
        texture_scale: repeats per metre.
        gloss: `CLOTH_LIKE` 1 or `SHINY` 3.
        glow: share of the colour that it emits, as screens and lamps do.
    """

    kind: str
    centre: np.ndarray
    half: np.ndarray
    yaw: float
    colour: np.ndarray
    texture: int = -1
    texture_scale: float = 1.0
    gloss: float = 1.0
    glow: float = 0.0

    def paint(self) -> np.ndarray:
        """(7,) row of the kernels' paint table."""
        return np.array(
            [*self.colour, self.texture, self.texture_scale, self.gloss, self.glow], np.float32
        )

    def vertices(self) -> np.ndarray:
        """(84, 3) float32 world positions."""
        points = _UNIT_SHAPES[self.kind] * self.half
        c, s = np.cos(self.yaw), np.sin(self.yaw)
        turn = np.array([[c, s, 0], [-s, c, 0], [0, 0, 1]])
        return (points @ turn + self.centre).astype(np.float32)


def prop_faces() -> np.ndarray:
    """(144, 3) int32 triangles of the grid that every prop shares."""
    row, step = np.meshgrid(np.arange(_ROWS - 1), np.arange(_RING), indexing="ij")
    a, b = row * _RING + step, row * _RING + (step + 1) % _RING
    c, d = a + _RING, b + _RING
    return np.stack([a, b, d, a, d, c], -1).reshape(-1, 3).astype(np.int32)


def _grid(ring: np.ndarray, widths: np.ndarray, heights: np.ndarray) -> np.ndarray:
    rows = [
        np.column_stack([ring * w, np.full(_RING, h)])
        for w, h in zip(widths, heights, strict=True)
    ]
    return np.concatenate(rows)


def _unit_shapes() -> dict[str, np.ndarray]:
    angle = np.arange(_RING) / _RING * 2 * np.pi
    circle = np.stack([np.cos(angle), np.sin(angle)], 1)
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]], float)
    t = np.arange(_RING) / _RING * 4
    k, share = t.astype(int), (t % 1)[:, None]
    square = corners[k] * (1 - share) + corners[k + 1] * share
    widths = np.array([0, 1, 1, 1, 1, 0, 0])
    heights = np.array([-1, -1, -1 / 3, 1 / 3, 1, 1, 1])
    latitude = np.linspace(-np.pi / 2, np.pi / 2, _ROWS)
    return {
        "box": _grid(square, widths, heights),
        "cylinder": _grid(circle, widths, heights),
        "ball": _grid(circle, np.cos(latitude), np.sin(latitude)),
    }


_UNIT_SHAPES = _unit_shapes()
