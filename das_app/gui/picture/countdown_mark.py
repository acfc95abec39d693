"""Countdown in the image before a recording."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from das_app.gui.style import theme
from das_app.gui.style.language import tr
from das_app.words.said import marked

_SHARE, _MIN_PX, _MAX_PX = 0.4, 90.0, 420.0  # of the view's lesser side
_GROUND, _RING = QColor(16, 19, 24, 190), QColor(229, 72, 77)
_RING_PX = 5.0
_WORDS = marked("Ctrl+R gives up")


def paint_countdown(painter: QPainter, left_s: int, size: tuple[int, int]) -> None:
    """Paint seconds that are left into the middle of a view of (width, height)."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    diameter = min(max(_SHARE * min(size), _MIN_PX), _MAX_PX)
    middle = QPointF(size[0] / 2, size[1] / 2)
    painter.setPen(QPen(_RING, _RING_PX))
    painter.setBrush(_GROUND)
    painter.drawEllipse(middle, diameter / 2, diameter / 2)
    font = theme.tabular_font(painter.font())
    words_font = theme.tabular_font(painter.font())
    font.setPixelSize(round(0.55 * diameter))
    font.setBold(True)
    painter.setFont(font)
    painter.setPen(QColor(theme.TEXT))
    circle = QRectF(0, 0, diameter, diameter)
    circle.moveCenter(middle - QPointF(0, 0.05 * diameter))
    painter.drawText(circle, Qt.AlignmentFlag.AlignCenter, str(left_s))
    painter.setFont(words_font)
    words = QRectF(0, 0, size[0], painter.fontMetrics().height() + 4)
    words.moveCenter(middle + QPointF(0, 0.32 * diameter))
    painter.drawText(words, Qt.AlignmentFlag.AlignCenter, tr(_WORDS))
    painter.restore()
