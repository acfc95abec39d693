"""Image with its overlay, rendered once for each result and style."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from PySide6.QtCore import QPoint, QRect, QRectF, QSize
from PySide6.QtGui import QColor, QImage, QPainter, QRegion

from das_app.gui.picture.letterbox import Letterbox, Zoom
from das_app.gui.picture.picture_marks import (
    draw_picture,
    paint_heat,
    paint_labels,
    paint_offsets,
    paint_trails,
)
from das_app.gui.picture.skeleton_painter import people_layer
from das_app.gui.picture.trails import TrailSegments
from das_app.gui.style import theme
from das_app.gui.style.person_names import Names
from das_app.messaging.messages import Frame
from das_model.inference.centre_map import CentreMap
from das_model.people import People


@dataclass(frozen=True, slots=True)
class OverlayOptions:
    """Overlays of the image besides skeletons.

    Args:
        has_labels: id, confidence and distance above each head.
        has_trails: where pelvis and wrists were in the last moments.
        has_offsets: arrows from each root to its joints, as the model regresses them.
        has_heat_map: the model's centre confidence, for results that carry it.
        has_depth: people as in the 3D view, the nearer hide those behind; where it can be drawn.
        has_bodies: these are bodies; else skeletons.
    """

    has_labels: bool = True
    has_trails: bool = False
    has_offsets: bool = False
    has_heat_map: bool = False
    has_depth: bool = False
    has_bodies: bool = True


@dataclass(frozen=True, eq=False, slots=True)
class Shown:
    """Content of the view until the next result."""

    frame: Frame
    image: QImage
    people: People
    slots: np.ndarray  # (P,)
    joints_px: np.ndarray  # (P, J, 2) image pixels, NaN behind the lens
    trails: TrailSegments
    centre_map: CentreMap | None
    names: Names


@dataclass(frozen=True, slots=True)
class PaintStyle:
    """Style of the overlay: its options, the zoom, and the view in widget units."""

    options: OverlayOptions
    zoom: Zoom
    size: tuple[int, int]
    ratio: float  # device pixels per widget unit

    def letterbox(self, shown: Shown) -> Letterbox:
        """Position of the image in the view."""
        return self.zoom.letterbox(shown.frame.camera.size, self.size)


class DepthPainting(Protocol):
    """Draws people with true depth; see `das_app.gui.scene.depth_painter`."""

    def __call__(
        self, shown: Shown, box: Letterbox, size: tuple[int, int], ratio: float, has_bodies: bool
    ) -> np.ndarray | None:
        """(H, W, 4) uint8 RGBA, premultiplied, in device pixels; None where it cannot."""


def paint_layer(
    shown: Shown | None, style: PaintStyle, with_depth: DepthPainting | None = None
) -> QImage:
    """Picture with everything on it, in device pixels."""
    whole = QImage(QSize(*style.size) * style.ratio, QImage.Format.Format_RGB32)
    whole.setDevicePixelRatio(style.ratio)
    ground = QColor(theme.stage().ground)
    if shown is None:
        whole.fill(ground)
        return whole
    box = style.letterbox(shown)
    place = QRectF(box.left, box.top, *box.size)
    clip = place.toAlignedRect().intersected(QRectF(0, 0, *style.size).toRect())
    points = box.to_view(shown.joints_px)
    people = _people_with_depth(shown, style, box, with_depth) or people_layer(
        clip, style.ratio, points, shown.people, shown.slots
    )
    painter = QPainter(whole)
    inside = QRect(place.topLeft().toPoint(), place.bottomRight().toPoint())
    every = QRect(QPoint(0, 0), QSize(*style.size))
    painter.setClipRegion(QRegion(every).subtracted(inside.adjusted(2, 2, -2, -2)))
    painter.fillRect(every, ground)
    painter.setClipping(False)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    draw_picture(painter, place, shown.image, box.is_mirrored)
    painter.setClipRect(clip)
    _paint_below(painter, shown, style.options, box)
    if people is not None:
        painter.drawImage(*people)
    if style.options.has_offsets:
        paint_offsets(painter, points, shown.people, shown.slots)
    if style.options.has_labels:
        bounds = QRectF(clip).adjusted(4, 4, -4, -4)
        paint_labels(painter, points, shown.people, shown.slots, bounds, shown.names)
    painter.end()
    return whole


def _people_with_depth(
    shown: Shown, style: PaintStyle, box: Letterbox, with_depth: DepthPainting | None
) -> tuple[QPoint, QImage] | None:
    options = style.options
    if with_depth is None or not options.has_depth:
        return None
    pixels = with_depth(shown, box, style.size, style.ratio, options.has_bodies)
    if pixels is None:
        return None
    height, width = pixels.shape[:2]
    rows = np.ascontiguousarray(pixels)
    form = QImage.Format.Format_RGBA8888_Premultiplied
    people = QImage(rows.data, width, height, 4 * width, form).copy()  # its own memory
    people.setDevicePixelRatio(style.ratio)
    return QPoint(0, 0), people


def _paint_below(painter: QPainter, shown: Shown, options: OverlayOptions, box: Letterbox) -> None:
    """Paint the overlays below the skeletons."""
    if options.has_heat_map and shown.centre_map is not None:
        paint_heat(painter, shown.centre_map, box)
    if options.has_trails:
        paint_trails(painter, shown.trails, shown.frame.camera, box)
