"""The picture pane: the frame and, over it, everybody's joints reprojected into it."""

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from das_app.gui import theme
from das_app.gui.letterbox import Letterbox
from das_app.gui.skeleton_painter import paint_people
from das_app.pipeline.messages import Frame
from das_model.people import People

HOVER_RADIUS_PX = 14.0  # in widget units
_CARD_OFFSET_PX, _CARD_PAD_PX = 16, 8


@dataclass(frozen=True, eq=False, slots=True)
class _Shown:
    """What is painted until the next result."""

    frame: Frame
    image: QImage
    people: People
    slots: np.ndarray  # (P,)
    joints_px: np.ndarray  # (P, J, 2) image pixels, NaN behind the lens


class OverlayView(QWidget):
    """Picture with skeletons; a joint under the mouse tells its name, score and place."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMouseTracking(True)
        self.setMinimumSize(240, 180)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._shown: _Shown | None = None
        self._mouse: QPointF | None = None
        self._layer, self._layer_key = QImage(), None

    def show_people(self, frame: Frame, people: People, slots: np.ndarray) -> None:
        """Show a frame and its people, each in the colour of their slot (P,)."""
        height, width = frame.image.shape[:2]
        pixels = np.ascontiguousarray(frame.image)
        image = QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888)
        image = image.convertToFormat(QImage.Format.Format_RGB32)  # its own memory, quick to draw
        self._shown = _Shown(frame, image, people, slots, people.joints_px(frame.camera))
        self.update()

    def clear(self) -> None:
        """Show nothing."""
        self._shown = None
        self.update()

    @property
    def frame(self) -> Frame | None:
        """The frame shown; None when there is none."""
        return None if self._shown is None else self._shown.frame

    @property
    def letterbox(self) -> Letterbox | None:
        """Where the picture lies in the widget; None when there is none."""
        return None if self._shown is None else _letterbox(self._shown, self.size())

    def hover_lines(self) -> list[str]:
        """What the joint under the mouse tells, first its name; empty when there is none."""
        found = self._joint_under_mouse()
        if found is None or self._shown is None:
            return []
        person, joint = found
        people = self._shown.people
        x, y, z = people.joints_cam[person, joint]
        return [
            people.skeleton.joint_names[joint].replace("_", " "),
            f"score {people.joint_scores[person, joint]:.2f} · person {people.scores[person]:.2f}",
            f"x {x:.0f}  y {y:.0f}  z {z:.0f} mm",
        ]

    def current_layer(self) -> QImage:
        """Picture and skeletons in device pixels, painted once per result and size."""
        key = (self._shown, self.size(), self.devicePixelRatioF())
        if self._layer_key != key:
            self._layer_key = key
            self._layer = _layer(*key)
        return self._layer

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Qt: look for a joint under the mouse."""
        self._mouse = event.position()
        if self._shown is not None:
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Qt: the mouse left, so nothing is under it."""
        self._mouse = None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt: draw picture, skeletons and the hovered joint's card."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(theme.GROUND))
        box = self.letterbox
        if self._shown is not None and box is not None:
            painter.drawImage(0, 0, self.current_layer())
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_card(painter, box.to_view(self._shown.joints_px))
        painter.end()

    def _joint_under_mouse(self) -> tuple[int, int] | None:
        """(person, joint) nearest to the mouse, if near enough."""
        box = self.letterbox
        if self._shown is None or self._mouse is None or box is None:
            return None
        if self._shown.joints_px.size == 0:
            return None
        points = box.to_view(self._shown.joints_px)
        distance = np.linalg.norm(points - (self._mouse.x(), self._mouse.y()), axis=-1)  # (P, J)
        distance = np.where(np.isfinite(distance), distance, np.inf)
        person, joint = np.unravel_index(np.argmin(distance), distance.shape)
        near = distance[person, joint] <= HOVER_RADIUS_PX
        return (int(person), int(joint)) if near else None

    def _paint_card(self, painter: QPainter, points: np.ndarray) -> None:
        found, lines = self._joint_under_mouse(), self.hover_lines()
        if found is None:
            return
        spot = QPointF(*points[found])
        painter.setPen(QPen(QColor("white"), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(spot, 9, 9)
        metrics = painter.fontMetrics()
        width = max(metrics.horizontalAdvance(line) for line in lines) + 2 * _CARD_PAD_PX + 8
        height = metrics.lineSpacing() * len(lines) + 2 * _CARD_PAD_PX
        left = min(spot.x() + _CARD_OFFSET_PX, self.width() - width - 4)
        top = min(max(spot.y() - height / 2, 4.0), self.height() - height - 4)
        card = QRectF(left, top, width, height)
        painter.setPen(QPen(QColor(theme.BORDER), 1))
        painter.setBrush(QColor(20, 24, 30, 235))
        painter.drawRoundedRect(card, 6, 6)
        self._paint_card_text(painter, card, lines)

    def _paint_card_text(self, painter: QPainter, card: QRectF, lines: list[str]) -> None:
        font = QFont(painter.font())
        step = painter.fontMetrics().lineSpacing()
        for row, line in enumerate(lines):
            font.setBold(row == 0)
            painter.setFont(font)
            painter.setPen(QColor(theme.TEXT if row == 0 else theme.MUTED))
            top = card.top() + _CARD_PAD_PX + row * step
            place = QRectF(card.left() + _CARD_PAD_PX, top, card.width(), step)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, line)


def _letterbox(shown: _Shown, size: QSize) -> Letterbox:
    return Letterbox.fit(shown.frame.camera.size, (size.width(), size.height()))


def _layer(shown: _Shown | None, size: QSize, ratio: float) -> QImage:
    """Picture with skeletons on it, `size` widget units large at a device pixel ratio."""
    whole = _blank(size, ratio, QColor(theme.GROUND))
    if shown is None:
        return whole
    box = _letterbox(shown, size)
    place = QRectF(box.left, box.top, *box.size)
    skeletons = _blank(size, ratio, Qt.GlobalColor.transparent)
    painter = QPainter(skeletons)
    painter.setClipRect(place.toAlignedRect())
    paint_people(painter, box.to_view(shown.joints_px), shown.people, shown.slots)
    painter.end()
    painter = QPainter(whole)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(place, shown.image)
    painter.drawImage(0, 0, skeletons)
    painter.end()
    return whole


def _blank(size: QSize, ratio: float, colour: QColor | Qt.GlobalColor) -> QImage:
    image = QImage(size * ratio, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(colour)
    return image
