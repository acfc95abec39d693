"""Optional overlays of the image: centre confidence, offset arrows, trails and labels.

Painters only; no widget, no state.
"""

import math
from collections.abc import Sequence
from functools import lru_cache

import cv2
import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPen, QStaticText

from das_app.gui.picture.letterbox import Letterbox
from das_app.gui.picture.trails import TrailSegments
from das_app.gui.style import theme
from das_app.gui.style.language import local
from das_app.gui.style.person_names import NO_NAMES, Names, person_text
from das_model.camera import Camera
from das_model.inference.centre_map import CentreMap
from das_model.people import People

_HEAT_ALPHA, _HEAT_KNEE = 0.8, 0.6  # opacity of confidence from the knee on
_TRAIL_LEVELS, _TRAIL_WIDTH_PX = 6, 2.0
_ARROW_PX, _ARROW_WIDTH_PX = 7.0, 1.2
_LABEL_PAD_PX, _LABEL_GAP_PX, _LABEL_DOT_PX, _NAME_GAP_PX = 6.0, 10.0, 8.0, 4.0
_CARD = QColor(16, 19, 24, 215)
Place = tuple[float, float, float, float]  # of a label: left, top, width, height


def heat_image(centre_map: CentreMap) -> QImage:
    """The map in colours of rising lightness, clear where the model sees nobody."""
    values = np.sqrt(np.clip(centre_map.values, 0, 1))  # most are low
    colours = cv2.applyColorMap((255 * values).astype(np.uint8), cv2.COLORMAP_INFERNO)
    alpha = _HEAT_ALPHA * np.clip(values / _HEAT_KNEE, 0, 1)
    bgra = np.dstack([colours * alpha[..., None], 255 * alpha]).astype(np.uint8)
    height, width = values.shape
    image = QImage(bgra.data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied)
    return image.copy()  # its own memory


def paint_heat(painter: QPainter, centre_map: CentreMap, box: Letterbox) -> None:
    """Lay the centre confidence over the picture in `box`."""
    left, top = box.to_view(np.array(centre_map.corner_px))
    width, height = (box.scale * extent for extent in centre_map.size_px)
    left -= width if box.is_mirrored else 0
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    place = QRectF(left, top, width, height)
    draw_picture(painter, place, heat_image(centre_map), box.is_mirrored)


def draw_picture(painter: QPainter, place: QRectF, image: QImage, is_mirrored: bool) -> None:
    """Draw an image into a place, as in a mirror or not."""
    painter.save()
    if is_mirrored:
        painter.translate(place.left() + place.right(), 0)
        painter.scale(-1, 1)
    painter.drawImage(place, image)
    painter.restore()


def paint_offsets(
    painter: QPainter, points: np.ndarray, people: People, slots: np.ndarray
) -> None:
    """Arrows from each root to its joints: the offsets that the model regresses.

    Args:
        painter: on the picture.
        points: (P, J, 2) joints in the painter's units; NaN is not drawn.
        people: whom the points belong to.
        slots: (P,) colour slot of each person.
    """
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    root = people.skeleton.root
    for person, slot in zip(points, slots, strict=True):
        tips = np.delete(person, root, axis=0)
        along = tips - person[root]
        length = np.linalg.norm(along, axis=1, keepdims=True)
        is_drawn = length[:, 0] >= _ARROW_PX  # not for NaN
        if not is_drawn.any():
            continue
        tips, along = tips[is_drawn], along[is_drawn] / length[is_drawn]
        across = 0.4 * _ARROW_PX * along[:, ::-1] * (-1, 1)
        necks = tips - _ARROW_PX * along
        painter.setPen(QPen(theme.person_colour(int(slot)), _ARROW_WIDTH_PX))
        painter.drawLines([QLineF(*person[root], *tip) for tip in tips.tolist()])
        for corner in (necks + across, necks - across):
            ends = np.hstack([tips, corner]).tolist()
            painter.drawLines([QLineF(*line) for line in ends])


def paint_trails(painter: QPainter, trails: TrailSegments, camera: Camera, box: Letterbox) -> None:
    """Draw trails where the camera sees them, fading with their age."""
    ends = box.to_view(camera.project(trails.points_cam))  # (N, 2, 2)
    is_seen = np.isfinite(ends).all(axis=(1, 2))
    level = np.clip((trails.freshness[:, 1] * _TRAIL_LEVELS).astype(int), 0, _TRAIL_LEVELS - 1)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for slot, step in np.unique(np.stack([trails.slots, level], axis=1)[is_seen], axis=0).tolist():
        chosen = is_seen & (trails.slots == slot) & (level == step)
        painter.setPen(_trail_pen(slot % len(theme.PERSON_COLOURS), step))
        painter.drawLines([QLineF(*line) for line in ends[chosen].reshape(-1, 4).tolist()])


@lru_cache(maxsize=256)
def _trail_pen(slot: int, level: int) -> QPen:
    share = (level + 1) / _TRAIL_LEVELS
    colour = theme.person_colour(slot).lighter(115)
    colour.setAlphaF(0.85 * share)
    return QPen(colour, _TRAIL_WIDTH_PX * (0.5 + share), Qt.PenStyle.SolidLine)


def label_texts(people: People, names: Names = NO_NAMES) -> list[tuple[str, str]]:
    """Each person's name or id, empty without one, and their confidence with the distance."""
    distances_m = np.linalg.norm(people.root_cam, axis=-1) / 1000
    return [
        (
            person_text(int(track_id), names),
            local(f"{100 * score:.0f} % · {distance_m:.1f} m"),
        )
        for track_id, score, distance_m in zip(
            people.track_ids, people.scores, distances_m, strict=True
        )
    ]


def paint_labels(
    painter: QPainter,
    points: np.ndarray,
    people: People,
    slots: np.ndarray,
    bounds: QRectF,
    names: Names = NO_NAMES,
) -> None:
    """Write each person's name or id, confidence and distance above their head.

    Args:
        painter: on the picture.
        points: (P, J, 2) joints in the painter's units.
        people: whom the points belong to.
        slots: (P,) colour slot of each person.
        bounds: what is seen of the picture, in the painter's units.
        names: by track id.
    """
    font = theme.tabular_font(painter.font())
    bold = QFont(font)
    bold.setBold(True)
    height = math.ceil(QFontMetricsF(font).height() + _LABEL_PAD_PX)
    ratio = painter.device().devicePixelRatio()
    taken: list[Place] = []
    texts = label_texts(people, names)
    painter.setPen(QColor(theme.TEXT))
    tops = _tops(points, bounds)
    for person in np.argsort(people.root_cam[:, 2]).tolist():
        if np.isnan(tops[person, 0]):
            continue
        name, figures = _written(texts[person][0], bold), _written(texts[person][1], font)
        name_size, size = name.size(), figures.size()
        id_width = name_size.width() + (_NAME_GAP_PX if texts[person][0] else 0.0)
        left = 2 * _LABEL_PAD_PX + _LABEL_DOT_PX
        width = math.ceil(left + id_width + size.width() + _LABEL_PAD_PX)
        x, y = tops[person].tolist()
        wanted = (x - width / 2, y - height - _LABEL_GAP_PX, width, height)
        taken.append(free_place(wanted, bounds, taken))
        x, y = (round(place * ratio) / ratio for place in taken[-1][:2])
        slot = int(slots[person]) % len(theme.PERSON_COLOURS)
        painter.drawImage(QPointF(x, y), _card(width, height, slot, ratio))
        for text, text_height, shape, start in (
            (name, name_size.height(), bold, left),
            (figures, size.height(), font, left + id_width),
        ):
            painter.setFont(shape)
            painter.drawStaticText(QPointF(x + start, y + (height - text_height) / 2), text)


@lru_cache(maxsize=1024)
def _written(text: str, font: QFont) -> QStaticText:
    """A text laid out once in a font."""
    static = QStaticText(text)
    static.setTextFormat(Qt.TextFormat.PlainText)
    static.prepare(font=font)
    return static


def free_place(wanted: Place, bounds: QRectF, taken: Sequence[Place]) -> Place:
    """The wanted place inside `bounds`, moved up or else down off what is taken."""
    left, top, width, height = wanted
    low_end = bounds.bottom() - height
    left = max(bounds.left(), min(left, bounds.right() - width))
    top = max(bounds.top(), min(top, low_end))
    near = [
        (other_top - height, other_top + other_height)
        for other_left, other_top, other_width, other_height in taken
        if left - other_width < other_left < left + width
    ]
    high_end = bounds.top()
    for rows in (0, -1, 1, -2, 2, -3, 3, -4, 4, 5, 6):
        place = top + rows * (height + 2)
        if high_end <= place <= low_end and not any(low < place < high for low, high in near):
            return left, place, width, height
    return left, top, width, height


@lru_cache(maxsize=256)
def _card(width: int, height: int, slot: int, ratio: float) -> QImage:
    """Ground of a label of a size in widget units, with the dot of a person's colour."""
    image = QImage(QSize(width, height) * ratio, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_CARD)
    painter.drawRoundedRect(QRectF(0, 0, width, height), 5, 5)
    painter.setBrush(theme.person_colour(slot))
    dot = QPointF(_LABEL_PAD_PX + _LABEL_DOT_PX / 2, height / 2)
    painter.drawEllipse(dot, _LABEL_DOT_PX / 2, _LABEL_DOT_PX / 2)
    painter.end()
    return image.copy()  # without what was needed to draw it


def _tops(points: np.ndarray, bounds: QRectF) -> np.ndarray:
    """Each person's highest joint (P, 2) of (P, J, 2); NaN for who does not reach into bounds."""
    points = np.where(np.isfinite(points).all(axis=-1, keepdims=True), points, np.nan)
    low, high = np.fmin.reduce(points, axis=1), np.fmax.reduce(points, axis=1)  # (P, 2)
    begins, ends = (bounds.left(), bounds.top()), (bounds.right(), bounds.bottom())
    is_inside = ((low < ends) & (high > begins)).all(axis=1)
    highest = np.argmin(np.nan_to_num(points[..., 1], nan=np.inf), axis=1)
    return np.where(is_inside[:, None], points[np.arange(len(points)), highest], np.nan)
