"""Painter of the ignored zones."""

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPolygonF

from das_app.gui.picture.letterbox import Letterbox
from das_app.gui.picture.zone_editor import ZoneEditor
from das_app.motion.ignored import Zone

_LINE, _SHADE = QColor(255, 255, 255, 190), QColor(16, 19, 24, 120)
_HATCH, _CHOSEN = QColor(255, 255, 255, 70), QColor("#f2a541")
_WIDTH_PX, _CORNER_PX = 1.5, 4.0


def paint_zones(
    painter: QPainter, zones: ZoneEditor, box: Letterbox, size: tuple[int, int]
) -> None:
    """Dim and hatch each zone; while they are edited, with handles and what is begun.

    Args:
        painter: on the view.
        zones: to be painted.
        box: where the picture lies.
        size: (width, height) of the picture, px.
    """
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for number, zone in enumerate(zones.zones):
        corners = _in_view(zone, box, size)
        is_chosen = zones.is_on and number == zones.chosen
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_SHADE)
        painter.drawPolygon(corners)
        painter.setPen(_pen(_CHOSEN if is_chosen else _LINE, is_dashed=not zones.is_on))
        painter.setBrush(QBrush(_HATCH, Qt.BrushStyle.BDiagPattern))
        painter.drawPolygon(corners)
        if zones.is_on:
            _paint_corners(painter, corners, _CHOSEN if is_chosen else _LINE)
    if zones.corners:
        corners = _in_view(zones.corners, box, size)
        painter.setPen(_pen(_CHOSEN, is_dashed=False))
        painter.drawPolyline(corners)
        _paint_corners(painter, corners, _CHOSEN)


def _in_view(zone: Zone, box: Letterbox, size: tuple[int, int]) -> QPolygonF:
    points = box.to_view(np.array(zone) * size - 0.5)
    return QPolygonF([QPointF(x, y) for x, y in points.tolist()])


def _pen(colour: QColor, is_dashed: bool) -> QPen:
    return QPen(colour, _WIDTH_PX, Qt.PenStyle.DashLine if is_dashed else Qt.PenStyle.SolidLine)


def _paint_corners(painter: QPainter, corners: QPolygonF, colour: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    for corner in corners.toList():
        painter.drawEllipse(corner, _CORNER_PX, _CORNER_PX)
