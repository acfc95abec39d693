"""Skeleton overlay as a transparent layer.

Every stroke replaces what is under it in the layer instead of blending with it, so that a faint
limb lets the picture through, not its own outline; Qt's raster engine is also four times faster
this way. Blending happens once, when the layer is laid over the picture.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import TypeVar

import numpy as np
from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from das_app.gui.style import theme
from das_app.gui.style.person_slots import joint_opacity, person_opacity
from das_model.people import People

T = TypeVar("T")
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
    bones = np.array(people.skeleton.bones).reshape(-1, 2)
    for person in np.argsort(-people.root_cam[:, 2]).tolist():
        seen = is_seen[person]
        if not seen.any():
            continue
        spots, levels = points[person], level[person]
        width = limb_width(spots[seen])
        slot = int(slots[person]) % len(theme.PERSON_COLOURS)
        outline = _line_pen(_OUTLINE_SLOT, round(float(levels.mean())), width + 2 * _OUTLINE_PX)
        drawn = bones[seen[bones].all(axis=1)]
        _paint_bones(painter, spots[drawn], levels[drawn].min(axis=1), slot, width, outline)
        kinds = ((is_face & seen, 1.1 * width), (~is_face & seen, 1.8 * width))
        _paint_joints(painter, [(spots[of], levels[of], size) for of, size in kinds], slot)


def limb_width(spots: np.ndarray) -> float:
    """Width of a limb by the person's extent on the screen, (N, 2) in the same units."""
    extent = float(np.linalg.norm(spots.max(axis=0) - spots.min(axis=0)))
    width = float(np.clip(extent / _EXTENT_PER_WIDTH, _LEAST_WIDTH_PX, _LARGEST_WIDTH_PX))
    return round(width * _WIDTHS_PER_PX) / _WIDTHS_PER_PX


def _paint_bones(
    painter: QPainter,
    ends: np.ndarray,
    levels: np.ndarray,
    slot: int,
    width: float,
    outline: QPen,
) -> None:
    """Lines between (B, 2, 2) ends at (B,) levels. Qt draws flat ends six times as fast as round
    ones; the joints cover them."""
    lines = [QLineF(*line) for line in ends.reshape(-1, 4).tolist()]
    painter.setPen(outline)
    painter.drawLines(lines)
    for level, same in _by_level(lines, levels):
        painter.setPen(_line_pen(slot, level, width))
        painter.drawLines(same)


def _paint_joints(
    painter: QPainter, kinds: list[tuple[np.ndarray, np.ndarray, float]], slot: int
) -> None:
    """Dots at (N, 2) spots with (N,) levels, of a diameter for each kind of joint."""
    groups = [
        (level, diameter, same)
        for spots, levels, diameter in kinds
        for level, same in _by_level([QPointF(*spot) for spot in spots.tolist()], levels)
    ]
    for level, diameter, same in groups:
        painter.setPen(_dot_pen(_OUTLINE_SLOT, level, diameter + 2 * _OUTLINE_PX))
        painter.drawPoints(same)
    for level, diameter, same in groups:
        painter.setPen(_dot_pen(slot, level, diameter))
        painter.drawPoints(same)


def _by_level(things: list[T], levels: np.ndarray) -> Iterable[tuple[int, list[T]]]:
    """Things with their levels (N,), those of one level together."""
    numbers = levels.tolist()
    if len(set(numbers)) == 1:
        return [(numbers[0], things)]
    groups: dict[int, list[T]] = {}
    for thing, level in zip(things, numbers, strict=True):
        groups.setdefault(level, []).append(thing)
    return groups.items()


@lru_cache(maxsize=1024)
def _line_pen(slot: int, level: int, width: float) -> QPen:
    """Flat pen in a person's colour, or the outline's, at one of the levels of opacity."""
    return QPen(_colour(slot, level), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)


@lru_cache(maxsize=1024)
def _dot_pen(slot: int, level: int, width: float) -> QPen:
    """Round pen of a joint, lighter than the limbs."""
    colour = _colour(slot, level, 100 if slot == _OUTLINE_SLOT else _JOINT_LIGHTNESS)
    return QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)


def _colour(slot: int, level: int, lightness: int = 100) -> QColor:
    colour = QColor(_OUTLINE) if slot == _OUTLINE_SLOT else theme.person_colour(slot)
    colour = colour.lighter(lightness)
    colour.setAlphaF(colour.alphaF() * level / _LEVELS)
    return colour
