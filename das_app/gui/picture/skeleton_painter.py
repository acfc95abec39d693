"""Skeleton overlay as a transparent layer.

Every limb replaces what is under it in the layer instead of blending with it, so that a faint
limb lets the picture through, not its own outline; Qt's raster engine is also four times faster
this way. Blending happens once, when the layer is laid over the picture. Joints are small images,
painted once and then copied, five times as fast as Qt draws round points.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import starmap

import numpy as np
from PySide6.QtCore import QLineF, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from das_app.gui.style import theme
from das_app.gui.style.person_slots import joint_opacity, person_opacity
from das_model.people import People

_OUTLINE = QColor(8, 10, 13, 200)
_OUTLINE_PX = 1.3  # on each side
_OUTLINE_SLOT, _JOINT_LIGHTNESS = -1, 135  # per cent
_LEVELS, _WIDTHS_PER_PX = 16, 2  # of opacity and width, so that pens can be kept
_PLACES = 4  # of a joint within a pixel, along each side
_FACE = ("head_top", "nose", "left_eye", "right_eye", "left_ear", "right_ear")
_FACE_WIDTHS, _BODY_WIDTHS = 1.1, 1.8  # a joint's diameter in widths of a limb
_MIN_WIDTH_PX, _LARGEST_WIDTH_PX, _EXTENT_PER_WIDTH = 1.8, 9.0, 70


def people_layer(
    clip: QRect, ratio: float, points: np.ndarray, people: People, slots: np.ndarray
) -> tuple[QPoint, QImage] | None:
    """A layer with everybody, the farthest first, no larger than they need.

    Args:
        clip: what may be drawn on, in the view's units.
        ratio: device pixels per unit.
        points: (P, J, 2) joints in the view's units; NaN is not drawn.
        people: whom the points belong to; their scores and those of the joints give the opacity.
        slots: (P,) colour slot of each person.

    Returns:
        Where its corner belongs, in the view's units, and the layer, with premultiplied alpha;
        None where nobody is.
    """
    is_seen = np.isfinite(points).all(axis=-1)  # (P, J)
    points = np.where(is_seen[..., None], points, np.nan)
    order = np.argsort(-people.root_cam[:, 2])
    order = order[is_seen[order].any(axis=1)]
    opacity = joint_opacity(people.joint_scores) * person_opacity(people.scores)[:, None]
    levels = np.round(_LEVELS * opacity[order]).astype(int)  # (P, J)
    slots = np.asarray(slots)[order] % len(theme.PERSON_COLOURS)
    around = ratio * _OUTLINE_PX
    widths = ratio * limb_widths(points[order])
    is_face = np.isin(people.skeleton.joint_names, _FACE)
    sizes = np.where(is_face, _FACE_WIDTHS, _BODY_WIDTHS) * widths[:, None]
    reach = (sizes.max(axis=1, initial=0.0) / 2 + around) / ratio + 2
    region = _region(points[order], reach, clip, ratio)
    if region.isEmpty():
        return None
    layer = QImage(region.size() * ratio, QImage.Format.Format_ARGB32_Premultiplied)
    layer.fill(Qt.GlobalColor.transparent)
    points = ratio * (points[order] - region.topLeft().toTuple())
    limbs = _limbs(points, levels, people.skeleton.bones)
    joints = _joints(points, levels, sizes, layer, around)
    painter = QPainter(layer)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    outlines = np.round(levels.mean(axis=1)).astype(int)
    looks = zip(slots.tolist(), outlines.tolist(), widths.tolist(), strict=True)
    for (slot, outline, width), (lines, faint), places in zip(looks, limbs, joints, strict=True):
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        painter.setPen(_pen(_OUTLINE_SLOT, outline, width + 2 * around))
        painter.drawLines(lines)
        for level, same in _by_level(lines, faint).items():
            painter.setPen(_pen(slot, level, width))
            painter.drawLines(same)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
        opaque = _LEVELS
        for x, y, level, *look in places:
            if level != opaque:
                opaque = level
                painter.setOpacity(level / _LEVELS)
            painter.drawImage(x, y, _joint_image(slot, around, *look))
        painter.setOpacity(1)
    painter.end()
    layer.setDevicePixelRatio(ratio)  # only now: joints are copied pixel by pixel
    return region.topLeft(), layer


def _region(points: np.ndarray, reach: np.ndarray, clip: QRect, ratio: float) -> QRect:
    """The part of the clip within (P,) reach of points (P, J, 2); its corner, which may lie a
    little before the clip, is one of a device pixel."""
    if not len(points):
        return QRect()
    low = np.fmin.reduce(np.fmin.reduce(points, axis=1) - reach[:, None], axis=0)
    high = np.fmax.reduce(np.fmax.reduce(points, axis=1) + reach[:, None], axis=0)
    first, last = clip.topLeft().toTuple(), clip.bottomRight().toTuple()
    low, high = np.maximum(low, first), np.minimum(high, last)
    if (low > high).any():
        return QRect()
    steps = (n for n in (1, 2, 4) if (n * ratio).is_integer())
    step = next(steps, 1 + max(last))  # else the view's own corner
    begin = (low // step * step).astype(int)
    return QRect(QPoint(*begin.tolist()), QPoint(*np.ceil(high).astype(int).tolist()))


def limb_widths(points: np.ndarray) -> np.ndarray:
    """Width of each person's limbs by their extent on the screen.

    Args:
        points: (P, J, 2) joints, NaN where not seen; at least one of a person is.

    Returns:
        (P,) in the same units.
    """
    low, high = np.fmin.reduce(points, axis=1), np.fmax.reduce(points, axis=1)
    extent = np.linalg.norm(high - low, axis=-1)
    width = np.clip(extent / _EXTENT_PER_WIDTH, _MIN_WIDTH_PX, _LARGEST_WIDTH_PX)
    return np.round(width * _WIDTHS_PER_PX) / _WIDTHS_PER_PX


def _limbs(
    points: np.ndarray, levels: np.ndarray, bones: Sequence[tuple[int, int]]
) -> list[tuple[list[QLineF], list[int]]]:
    """Each person's limbs, and their levels: the fainter of their two joints' (P, J)."""
    of = np.array(bones).reshape(-1, 2)
    ends, faint = points[:, of], levels[:, of].min(axis=-1)  # (P, B, 2, 2), (P, B)
    is_drawn = np.isfinite(ends).all(axis=(2, 3))  # (P, B)
    lines = list(starmap(QLineF, ends[is_drawn].reshape(-1, 4).tolist()))
    of_lines = faint[is_drawn].tolist()
    ends_at = np.cumsum(is_drawn.sum(axis=1)).tolist()
    begins_at = [0, *ends_at][:-1]
    return [
        (lines[begin:end], of_lines[begin:end])
        for begin, end in zip(begins_at, ends_at, strict=True)
    ]


def _by_level(lines: list[QLineF], levels: list[int]) -> dict[int, list[QLineF]]:
    if len(set(levels)) == 1:
        return {levels[0]: lines}
    sorted_out: dict[int, list[QLineF]] = {}
    for line, level in zip(lines, levels, strict=True):
        sorted_out.setdefault(level, []).append(line)
    return sorted_out


def _joints(
    points: np.ndarray, levels: np.ndarray, sizes: np.ndarray, layer: QImage, outline: float
) -> list[list[list[int]]]:
    """Where the joints' images go on a layer.

    Args:
        points: (P, J, 2) px, NaN where not seen.
        levels: (P, J) of opacity.
        sizes: (P, J) diameters, px.
        layer: to be drawn on.
        outline: around each joint, px.

    Returns:
        For each of P people rows of x and y of the image's corner, the level, the image's radius
        in px, the joint's diameter and place within its pixel, both in parts of a pixel.
    """
    radius = np.ceil(sizes / 2 + outline).astype(int) + 1  # (P, J)
    far = radius[..., None]
    is_near = ((points > -far) & (points < (layer.width(), layer.height()) + far)).all(axis=-1)
    persons, drawn = np.nonzero(is_near)  # never one of NaN
    at = np.round(_PLACES * points[persons, drawn]).astype(int)  # (N, 2)
    radius, size = radius[persons, drawn], np.round(_PLACES * sizes[persons, drawn]).astype(int)
    corners = at // _PLACES - radius[:, None]
    rows = np.column_stack([corners, levels[persons, drawn], radius, size, at % _PLACES])
    joints: list[list[list[int]]] = [[] for _ in points]
    for person, row in zip(persons.tolist(), rows.tolist(), strict=True):
        joints[person].append(row)
    return joints


@lru_cache(maxsize=8192)
def _joint_image(
    slot: int, outline: float, radius: int, size: int, right: int, down: int
) -> QImage:
    """An opaque joint with its outline, a little lighter than the limbs; see `_joints`."""
    image = QImage(2 * radius + 1, 2 * radius + 1, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
    painter.setPen(Qt.PenStyle.NoPen)
    centre, half = QPointF(radius + right / _PLACES, radius + down / _PLACES), size / _PLACES / 2
    for colour, reach in (
        (_colour(_OUTLINE_SLOT, _LEVELS), half + outline),
        (_colour(slot, _LEVELS, _JOINT_LIGHTNESS), half),
    ):
        painter.setBrush(colour)
        painter.drawEllipse(centre, reach, reach)
    painter.end()
    return image.copy()  # without what was needed to draw it, which is larger


@lru_cache(maxsize=1024)
def _pen(slot: int, level: int, width: float) -> QPen:
    """Flat pen in a person's colour, or the outline's, at one of the levels of opacity."""
    return QPen(_colour(slot, level), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)


def _colour(slot: int, level: int, lightness: int = 100) -> QColor:
    colour = QColor(_OUTLINE) if slot == _OUTLINE_SLOT else theme.person_colour(slot)
    colour = colour.lighter(lightness)
    colour.setAlphaF(colour.alphaF() * level / _LEVELS)
    return colour
