"""Skeleton overlay as a transparent layer.

Every stroke replaces what is under it in the layer instead of blending with it, so that a faint
limb lets the picture through, not its own outline; Qt's raster engine is also four times faster
this way. Blending happens once, when the layer is laid over the picture.
"""

from functools import lru_cache

import numpy as np
from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from das_app.gui.style import theme
from das_app.gui.style.person_slots import joint_opacity, person_opacity
from das_model.people import People

_OUTLINE = QColor(8, 10, 13, 200)
_OUTLINE_PX = 1.3  # on each side
_OUTLINE_SLOT, _JOINT_LIGHTNESS = -1, 135  # per cent
_LEVELS, _WIDTHS_PER_PX = 16, 2  # of opacity and width, so that pens can be kept
_FACE = ("head_top", "nose", "left_eye", "right_eye", "left_ear", "right_ear")
_LEAST_WIDTH_PX, _LARGEST_WIDTH_PX, _EXTENT_PER_WIDTH = 1.8, 5.0, 70


def paint_people(painter: QPainter, points: np.ndarray, people: People, slots: np.ndarray) -> None:
    """Draw everybody, the farthest first.

    Args:
        painter: on a transparent image with premultiplied alpha.
        points: (P, J, 2) joints in the painter's units; NaN is not drawn.
        people: whom the points belong to; their scores and those of the joints give the opacity.
        slots: (P,) colour slot of each person.
    """
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
    is_seen = np.isfinite(points).all(axis=-1)  # (P, J)
    opacity = joint_opacity(people.joint_scores) * person_opacity(people.scores)[:, None]
    level = np.round(_LEVELS * opacity).astype(int)  # (P, J)
    is_face = np.isin(people.skeleton.joint_names, _FACE)
    for person in np.argsort(-people.root_cam[:, 2]):
        if is_seen[person].any():
            width = limb_width(points[person][is_seen[person]])
            seen = _Spots(points[person], is_seen[person], level[person], int(slots[person]))
            _paint_bones(painter, seen, people.skeleton.bones, width)
            _paint_joints(painter, seen, np.where(is_face, 1.1 * width, 1.8 * width))


def limb_width(spots: np.ndarray) -> float:
    """Width of a limb by the person's extent on the screen, (N, 2) in the same units."""
    extent = float(np.linalg.norm(spots.max(axis=0) - spots.min(axis=0)))
    width = float(np.clip(extent / _EXTENT_PER_WIDTH, _LEAST_WIDTH_PX, _LARGEST_WIDTH_PX))
    return round(width * _WIDTHS_PER_PX) / _WIDTHS_PER_PX


class _Spots:
    """One person's joints as plain numbers, which Qt takes faster than arrays."""

    def __init__(
        self, spots: np.ndarray, is_seen: np.ndarray, level: np.ndarray, slot: int
    ) -> None:
        self.places, self.is_seen, self.level = spots.tolist(), is_seen.tolist(), level.tolist()
        self.slot = slot % len(theme.PERSON_COLOURS)
        self.mean_level = round(float(level.mean()))


def _paint_bones(
    painter: QPainter, person: _Spots, bones: tuple[tuple[int, int], ...], width: float
) -> None:
    drawn = [(a, b) for a, b in bones if person.is_seen[a] and person.is_seen[b]]
    lines = [QLineF(*person.places[a], *person.places[b]) for a, b in drawn]
    painter.setPen(_pen(_OUTLINE_SLOT, person.mean_level, width + 2 * _OUTLINE_PX))
    painter.drawLines(lines)
    for (a, b), line in zip(drawn, lines, strict=True):
        painter.setPen(_pen(person.slot, min(person.level[a], person.level[b]), width))
        painter.drawLine(line)


def _paint_joints(painter: QPainter, person: _Spots, diameters: np.ndarray) -> None:
    for joint, diameter in enumerate(diameters.tolist()):
        if person.is_seen[joint]:
            spot, level = QPointF(*person.places[joint]), person.level[joint]
            painter.setPen(_pen(_OUTLINE_SLOT, level, diameter + 2 * _OUTLINE_PX))
            painter.drawPoint(spot)
            painter.setPen(_pen(person.slot, level, diameter, _JOINT_LIGHTNESS))
            painter.drawPoint(spot)


@lru_cache(maxsize=1024)
def _pen(slot: int, level: int, width: float, lightness: int = 100) -> QPen:
    """Round pen in a person's colour, or the outline's, at one of the levels of opacity."""
    colour = QColor(_OUTLINE) if slot == _OUTLINE_SLOT else theme.person_colour(slot)
    colour = colour.lighter(lightness)
    colour.setAlphaF(colour.alphaF() * level / _LEVELS)
    return QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
