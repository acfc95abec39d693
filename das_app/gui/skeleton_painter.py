"""Skeletons as a transparent layer over the picture.

Every stroke replaces what is under it in the layer instead of blending with it, so that a faint
limb lets the picture through, not its own outline; Qt's raster engine is also four times faster
this way. Blending happens once, when the layer is laid over the picture.
"""

import numpy as np
from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from das_app.gui import theme
from das_model.people import People

_OUTLINE = QColor(8, 10, 13, 200)
_OUTLINE_PX = 1.3  # on each side
_LEAST_OPACITY = 0.2
_FACE = ("head_top", "nose", "left_eye", "right_eye", "left_ear", "right_ear")
_LEAST_WIDTH_PX, _LARGEST_WIDTH_PX, _EXTENT_PER_WIDTH = 1.8, 5.0, 70


def paint_people(
    painter: QPainter, points: np.ndarray, people: People, slots: np.ndarray
) -> None:
    """Draw everybody, the farthest first.

    Args:
        painter: on a transparent image with premultiplied alpha.
        points: (P, J, 2) joints in the painter's units; NaN is not drawn.
        people: whom the points belong to; the scores give the opacity.
        slots: (P,) colour slot of each person.
    """
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
    for person in np.argsort(-people.root_cam[:, 2]):
        is_seen = np.isfinite(points[person]).all(axis=-1)
        if is_seen.any():
            colour = theme.person_colour(int(slots[person]))
            width = limb_width(points[person][is_seen])
            _paint_bones(painter, points[person], people, int(person), colour, width)
            _paint_joints(painter, points[person], people, int(person), colour, width)


def limb_width(spots: np.ndarray) -> float:
    """Width of a limb by the person's extent on the screen, (N, 2) in the same units."""
    extent = float(np.linalg.norm(spots.max(axis=0) - spots.min(axis=0)))
    return float(np.clip(extent / _EXTENT_PER_WIDTH, _LEAST_WIDTH_PX, _LARGEST_WIDTH_PX))


def opacity(joint_scores: np.ndarray) -> np.ndarray:
    """How opaque a joint of a score is drawn; never quite gone."""
    return _LEAST_OPACITY + (1 - _LEAST_OPACITY) * np.clip(joint_scores, 0, 1)


def _paint_bones(
    painter: QPainter, spots: np.ndarray, people: People, person: int, colour: QColor, width: float
) -> None:
    is_seen = np.isfinite(spots).all(axis=-1)
    places, strength = spots.tolist(), opacity(people.joint_scores[person])
    bones = [(a, b) for a, b in people.skeleton.bones if is_seen[a] and is_seen[b]]
    lines = [QLineF(*places[a], *places[b]) for a, b in bones]
    painter.setPen(_pen(_faded(_OUTLINE, float(strength.mean())), width + 2 * _OUTLINE_PX))
    painter.drawLines(lines)
    for (a, b), line in zip(bones, lines, strict=True):
        painter.setPen(_pen(_faded(colour, float(min(strength[a], strength[b]))), width))
        painter.drawLine(line)


def _paint_joints(
    painter: QPainter, spots: np.ndarray, people: People, person: int, colour: QColor, width: float
) -> None:
    names, strength = people.skeleton.joint_names, opacity(people.joint_scores[person])
    bright = colour.lighter(135)
    for joint in np.flatnonzero(np.isfinite(spots).all(axis=-1)):
        radius = width * (0.55 if names[joint] in _FACE else 0.9)
        painter.setPen(QPen(_faded(_OUTLINE, float(strength[joint])), _OUTLINE_PX))
        painter.setBrush(_faded(bright, float(strength[joint])))
        painter.drawEllipse(QPointF(*spots[joint].tolist()), radius, radius)


def _pen(colour: QColor, width: float) -> QPen:
    return QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)


def _faded(colour: QColor, strength: float) -> QColor:
    faded = QColor(colour)
    faded.setAlphaF(colour.alphaF() * strength)
    return faded
