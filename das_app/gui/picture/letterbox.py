"""Letterbox: position of an image inside a widget, and the transform between their coordinates."""

from dataclasses import dataclass, replace

import numpy as np

MAX_ZOOM = 16.0


@dataclass(frozen=True, slots=True)
class Letterbox:
    """A picture scaled to fit a widget, centred, aspect kept.

    Args:
        scale: widget units per image pixel.
        left: x of the picture's left edge in widget units.
        top: y of the picture's top edge in widget units.
        size: (width, height) of the shown picture in widget units.
        is_mirrored: left and right of the picture are exchanged in the widget.
    """

    scale: float
    left: float
    top: float
    size: tuple[float, float]
    is_mirrored: bool = False

    @staticmethod
    def fit(image_size: tuple[int, int], view_size: tuple[float, float]) -> "Letterbox":
        """Largest centred placement of (width, height) pixels inside (width, height) units."""
        scale = max(min(view_size[0] / image_size[0], view_size[1] / image_size[1]), 1e-6)
        width, height = image_size[0] * scale, image_size[1] * scale
        left, top = (view_size[0] - width) / 2, (view_size[1] - height) / 2
        return Letterbox(scale, left, top, (width, height))

    def to_view(self, points_px: np.ndarray) -> np.ndarray:
        """Image pixels (..., 2), (0, 0) the centre of the top-left one, to widget units."""
        places = (np.asarray(points_px) + 0.5) * self.scale
        return self._mirrored(places) + (self.left, self.top)

    def to_image(self, points_view: np.ndarray) -> np.ndarray:
        """Widget units (..., 2) to image pixels; the inverse of `to_view`."""
        places = np.asarray(points_view) - (self.left, self.top)
        return self._mirrored(places) / self.scale - 0.5

    def _mirrored(self, places: np.ndarray) -> np.ndarray:
        """Places (..., 2) in the picture, from its corner, in widget units; its own inverse."""
        return (self.size[0], 0) + places * (-1, 1) if self.is_mirrored else places


@dataclass(frozen=True, slots=True)
class Zoom:
    """Zoom of an image against fitting it, and the point in the middle of the view.

    Args:
        factor: 1 shows the whole picture.
        centre: place in the middle of the view, as shares of width and height of what is seen.
        is_mirrored: the picture is seen as in a mirror.
    """

    factor: float = 1.0
    centre: tuple[float, float] = (0.5, 0.5)
    is_mirrored: bool = False

    def letterbox(self, image_size: tuple[int, int], view_size: tuple[float, float]) -> Letterbox:
        """Where the picture lies; a picture larger than the view leaves no gap at its rim."""
        fitted = Letterbox.fit(image_size, view_size)
        size = (fitted.size[0] * self.factor, fitted.size[1] * self.factor)
        left, top = (
            _corner(share, extent, room)
            for share, extent, room in zip(self.centre, size, view_size, strict=True)
        )
        return Letterbox(fitted.scale * self.factor, left, top, size, self.is_mirrored)

    def magnified(
        self,
        ratio: float,
        at: tuple[float, float],
        image_size: tuple[int, int],
        view_size: tuple[float, float],
    ) -> "Zoom":
        """Zoom by `ratio` around the point `at` of the view, which keeps its place."""
        factor = float(np.clip(self.factor * ratio, 1.0, MAX_ZOOM))
        kept_px = self.letterbox(image_size, view_size).to_image(np.array(at))
        box = replace(self, factor=factor).letterbox(image_size, view_size)
        shift = np.array(at) - box.to_view(kept_px)
        return replace(self, factor=factor).panned(
            (float(shift[0]), float(shift[1])), image_size, view_size
        )

    def panned(
        self,
        shift: tuple[float, float],
        image_size: tuple[int, int],
        view_size: tuple[float, float],
    ) -> "Zoom":
        """The picture moved by `shift` in the view, as far as its rim allows."""
        box = self.letterbox(image_size, view_size)
        centre = [
            (room / 2 - _corner_within(corner + step, extent, room)) / extent
            for corner, step, extent, room in zip(
                (box.left, box.top), shift, box.size, view_size, strict=True
            )
        ]
        return replace(self, centre=(centre[0], centre[1]))


def _corner(centre: float, extent: float, room: float) -> float:
    """Left or top of a picture of `extent` whose `centre` (a share) is in the middle."""
    return _corner_within(room / 2 - centre * extent, extent, room)


def _corner_within(corner: float, extent: float, room: float) -> float:
    return (room - extent) / 2 if extent <= room else min(max(corner, room - extent), 0.0)
