"""Where a picture lies inside a widget, and the way between picture and widget coordinates."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Letterbox:
    """A picture scaled to fit a widget, centred, aspect kept.

    Args:
        scale: widget units per image pixel.
        left: x of the picture's left edge in widget units.
        top: y of the picture's top edge in widget units.
        size: (width, height) of the shown picture in widget units.
    """

    scale: float
    left: float
    top: float
    size: tuple[float, float]

    @staticmethod
    def fit(image_size: tuple[int, int], view_size: tuple[float, float]) -> "Letterbox":
        """Largest centred placement of (width, height) pixels inside (width, height) units."""
        scale = max(min(view_size[0] / image_size[0], view_size[1] / image_size[1]), 1e-6)
        width, height = image_size[0] * scale, image_size[1] * scale
        left, top = (view_size[0] - width) / 2, (view_size[1] - height) / 2
        return Letterbox(scale, left, top, (width, height))

    def to_view(self, points_px: np.ndarray) -> np.ndarray:
        """Image pixels (..., 2), (0, 0) the centre of the top-left one, to widget units."""
        return (np.asarray(points_px) + 0.5) * self.scale + (self.left, self.top)

    def to_image(self, points_view: np.ndarray) -> np.ndarray:
        """Widget units (..., 2) to image pixels; the inverse of `to_view`."""
        return (np.asarray(points_view) - (self.left, self.top)) / self.scale - 0.5
