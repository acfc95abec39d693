"""Colour dots of people for tables and lists."""

from functools import lru_cache

from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap

from das_app.gui.style import theme


@lru_cache(maxsize=16)
def _coloured_dot(colour: int) -> QIcon:
    pixmap = QPixmap(24, 24)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(theme.BORDER)
    painter.setBrush(theme.person_colour(colour))
    painter.drawEllipse(3, 3, 18, 18)
    painter.end()
    icon = QIcon(pixmap)
    icon.addPixmap(pixmap, QIcon.Mode.Selected)  # in its own colour there too
    return icon


def dot_icon(slot: int) -> QIcon:
    """A dot in the colour of a person's slot."""
    return _coloured_dot(slot % len(theme.PERSON_COLOURS))
