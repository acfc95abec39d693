"""Tooltip card of the joint under the mouse."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen

from das_app.gui.style import theme
from das_app.gui.style.language import tr
from das_app.gui.style.person_names import NO_NAMES, Names, joint_text, person_text
from das_model.people import People

HOVER_RADIUS_PX = 14.0  # in widget units
_CARD_OFFSET_PX, _CARD_PAD_PX = 16, 8


def nearest_joint(
    points: np.ndarray, mouse: tuple[float, float], radius_px: float = HOVER_RADIUS_PX
) -> tuple[int, int] | None:
    """(person, joint) of (P, J, 2) points nearest to the mouse; None when none is near enough."""
    if points.size == 0:
        return None
    distance = np.linalg.norm(points - mouse, axis=-1)  # (P, J)
    distance = np.where(np.isfinite(distance), distance, np.inf)
    person, joint = np.unravel_index(np.argmin(distance), distance.shape)
    return (int(person), int(joint)) if distance[person, joint] <= radius_px else None


def joint_lines(people: People, person: int, joint: int, names: Names = NO_NAMES) -> list[str]:
    """Name and person of a joint, its confidence, its place in camera space."""
    x, y, z = people.joints_cam[person, joint]
    name = joint_text(people.skeleton.joint_names[joint])
    who = person_text(int(people.track_ids[person]), names)
    return [
        f"{name} · {who}" if who else name,
        tr(
            "joint {joint:.0f} % · person {person:.0f} %",
            joint=100 * people.joint_scores[person, joint],
            person=100 * people.scores[person],
        ),
        f"x {x:.0f}  y {y:.0f}  z {z:.0f} mm",
    ]


def paint_card(
    painter: QPainter, spot: QPointF, lines: list[str], view_size: tuple[int, int]
) -> None:
    """A ring around the joint at `spot` and a card beside it, inside the view."""
    painter.setPen(QPen(QColor("white"), 2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(spot, 9, 9)
    metrics = painter.fontMetrics()
    width = max(metrics.horizontalAdvance(line) for line in lines) + 2 * _CARD_PAD_PX + 8
    height = metrics.lineSpacing() * len(lines) + 2 * _CARD_PAD_PX
    left = spot.x() + _CARD_OFFSET_PX
    if left + width > view_size[0] - 4:
        left = max(4.0, spot.x() - _CARD_OFFSET_PX - width)
    top = min(max(spot.y() - height / 2, 4.0), view_size[1] - height - 4)
    card = QRectF(left, top, width, height)
    painter.setPen(QPen(QColor(theme.BORDER), 1))
    painter.setBrush(QColor(20, 24, 30, 235))
    painter.drawRoundedRect(card, 6, 6)
    _paint_text(painter, card, lines)


def _paint_text(painter: QPainter, card: QRectF, lines: list[str]) -> None:
    font = QFont(painter.font())
    step = painter.fontMetrics().lineSpacing()
    for row, line in enumerate(lines):
        font.setBold(row == 0)
        painter.setFont(font)
        painter.setPen(QColor(theme.TEXT if row == 0 else theme.MUTED))
        top = card.top() + _CARD_PAD_PX + row * step
        place = QRectF(card.left() + _CARD_PAD_PX, top, card.width(), step)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, line)
