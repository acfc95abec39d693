"""Image view: the frame with an overlay of reprojected skeletons."""

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from das_app.gui.picture.countdown_mark import paint_countdown
from das_app.gui.picture.hover_card import joint_lines, nearest_joint, paint_card
from das_app.gui.picture.letterbox import Letterbox, Zoom
from das_app.gui.picture.overlay_layer import (
    DepthPainting,
    OverlayOptions,
    PaintStyle,
    Shown,
    paint_layer,
)
from das_app.gui.picture.trails import Trails
from das_app.gui.picture.zone_editor import ZoneEditor
from das_app.gui.picture.zone_painter import paint_zones
from das_app.gui.style import theme
from das_app.gui.style.language import tr
from das_app.gui.style.person_names import NO_NAMES, Names
from das_app.gui.style.person_slots import without_hidden
from das_app.messaging.messages import Frame
from das_model.inference.centre_map import CentreMap
from das_model.people import People

_ZOOM_PER_NOTCH = 1.25
_WHEEL_NOTCH = 120.0  # Qt's eighths of a degree
_CLICK_RADIUS_PX = 40.0
_DRAG_PX = 4.0  # a press that moves less is a click


class OverlayView(QWidget):
    """Picture with skeletons; a joint under the mouse tells its name, score and place.

    The wheel zooms at the mouse, a drag moves the picture, a double click shows all of it.

    Attributes:
        person_chosen: slot of the person clicked on.
        place_clicked: x and y in image pixels of a click, on a person or beside.
        zones: of the image, where people are ignored; while edited, they take the mouse.
        with_depth: draws people with true depth; None where nothing can.
    """

    person_chosen = Signal(int)
    place_clicked = Signal(float, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.setAccessibleName(tr("Picture"))
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.zones = ZoneEditor(self)
        self.zones.drawn.connect(self.update)
        self.setMinimumSize(240, 180)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._shown: Shown | None = None
        self._mouse: QPointF | None = None
        self._pressed: QPointF | None = None
        self._is_dragging = False
        self._options, self._zoom, self._trails = OverlayOptions(), Zoom(), Trails()
        self._hidden: frozenset[int] = frozenset()
        self._names: Names = NO_NAMES
        self._layer = QImage()
        self._layer_key: tuple[Shown | None, PaintStyle] | None = None
        self._countdown = 0
        self.with_depth: DepthPainting | None = None

    def show_people(
        self,
        frame: Frame,
        people: People,
        slots: np.ndarray,
        centre_map: CentreMap | None = None,
    ) -> None:
        """Show a frame and its people, each in the colour of their slot (P,)."""
        people, slots = without_hidden(people, slots, self._hidden)
        if self._options.has_trails:
            self._trails.add(people, slots, frame.time_s)
        if self._shown is not None and self._shown.frame.camera.size != frame.camera.size:
            self._zoom = Zoom(is_mirrored=self._zoom.is_mirrored)
        self._shown = Shown(
            frame,
            _picture(frame),
            people,
            slots,
            people.joints_px(frame.camera),
            self._trails.segments(),
            centre_map,
            self._names,
        )
        self.update()

    def clear(self) -> None:
        """Show nothing."""
        self._shown = None
        self._trails.clear()
        self.update()

    def set_options(self, options: OverlayOptions) -> None:
        """Switch what is drawn over the picture."""
        if not options.has_trails:
            self._trails.clear()
        self._options = options
        self.update()

    def set_hidden(self, hidden: frozenset[int]) -> None:
        """Leave out the people of these slots, from the next result on."""
        self._hidden = hidden

    def paint_anew(self) -> None:
        """Draw what is shown once more: what draws with depth can do now what it could not."""
        self._layer_key = None
        self.update()

    def set_countdown(self, left_s: int) -> None:
        """Show big how many seconds are left until a recording begins; 0 for none."""
        self._countdown = left_s
        self.update()

    def set_names(self, names: Names) -> None:
        """Call people by these names, from the next result on."""
        self._names = names

    def reset_zoom(self) -> None:
        """Show the whole picture."""
        self._zoom = Zoom(is_mirrored=self._zoom.is_mirrored)
        self.update()

    def set_mirrored(self, is_mirrored: bool) -> None:
        """Show the picture, and people on it, as in a mirror; texts stay as they are."""
        if is_mirrored != self._zoom.is_mirrored:
            self._zoom = Zoom(is_mirrored=is_mirrored)
            self.update()

    @property
    def zoom(self) -> float:
        """Zoom of the image against fitting it."""
        return self._zoom.factor

    @property
    def frame(self) -> Frame | None:
        """The frame shown; None when there is none."""
        return None if self._shown is None else self._shown.frame

    @property
    def aspect(self) -> float:
        """Width over height of the picture; 16:9 while there is none."""
        width, height = (16, 9) if self._shown is None else self._shown.frame.camera.size
        return width / height

    def picture(self, size: tuple[int, int]) -> QImage:
        """The whole picture and everything on it, at another size in pixels; never mirrored."""
        return paint_layer(
            self._shown, PaintStyle(self._options, Zoom(), size, 1.0), self.with_depth
        )

    @property
    def letterbox(self) -> Letterbox | None:
        """Position of the image in the widget; None without one."""
        return None if self._shown is None else self._look().letterbox(self._shown)

    def hover_lines(self) -> list[str]:
        """Text for the joint under the mouse, its name first; empty without one."""
        found = self._joint_under_mouse()
        if found is None or self._shown is None:
            return []
        return joint_lines(self._shown.people, *found, self._shown.names)

    def current_layer(self) -> QImage:
        """Picture and everything on it in device pixels, painted once per result and style."""
        key = (self._shown, self._look())
        if self._layer_key != key:
            self._layer_key = key
            self._layer = paint_layer(*key, self.with_depth)
        return self._layer

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Qt: zoom at the mouse."""
        shown = self._shown
        if shown is not None:
            ratio = _ZOOM_PER_NOTCH ** (event.angleDelta().y() / _WHEEL_NOTCH)
            at = (event.position().x(), event.position().y())
            self._zoom = self._zoom.magnified(ratio, at, *self._sizes(shown))
            self.update()
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt: a click or the beginning of a drag."""
        at = self._zone_place(event)
        if at is not None:
            if event.button() is Qt.MouseButton.LeftButton:
                self.zones.press(at)
            return
        self._pressed, self._is_dragging = event.position(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Qt: move the picture, or look for a joint under the mouse."""
        self._mouse = event.position()
        at = self._zone_place(event)
        if at is not None:
            self.zones.move(at)
        shown = self._shown
        if shown is None or at is not None:
            return
        if self._pressed is not None and event.buttons() != Qt.MouseButton.NoButton:
            moved = event.position() - self._pressed
            self._is_dragging |= moved.manhattanLength() > _DRAG_PX
            if self._is_dragging:
                self._zoom = self._zoom.panned((moved.x(), moved.y()), *self._sizes(shown))
                self._pressed = event.position()
        self._show_cursor()
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Qt: a press that did not move chooses a person."""
        at, shown = self._zone_place(event), self._shown
        if at is not None and event.button() is Qt.MouseButton.LeftButton:
            self.zones.release(at)
        if self._pressed is None:
            return
        is_click = not self._is_dragging and event.button() is Qt.MouseButton.LeftButton
        self._pressed, self._is_dragging = None, False
        self._show_cursor()
        if is_click and shown is not None:
            found = self._joint_near(event.position(), _CLICK_RADIUS_PX)
            if found is not None:
                self.person_chosen.emit(int(shown.slots[found[0]]))
            self.place_clicked.emit(*self._image_place(shown, event).tolist())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Qt: show the whole picture."""
        self._pressed = None
        if self._zone_place(event) is not None:
            self.zones.finish()
        else:
            self.reset_zoom()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: delete the chosen zone."""
        if self.zones.is_on and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.zones.delete()
        else:
            super().keyPressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Qt: the mouse left, so nothing is under it."""
        self._mouse = None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt: draw picture, skeletons, the zoom, and the hovered joint's card."""
        painter = QPainter(self)
        found, shown = self._joint_under_mouse(), self._shown
        if shown is None:
            painter.fillRect(self.rect(), QColor(theme.stage().ground))
        else:
            painter.drawImage(0, 0, self.current_layer())
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            box = self._look().letterbox(shown)
            paint_zones(painter, self.zones, box, shown.frame.camera.size)
        if self._zoom.factor > 1:
            _paint_badge(painter, f"{100 * self._zoom.factor:.0f} %", self.height())
        if found is not None and shown is not None:
            spot = QPointF(*self._look().letterbox(shown).to_view(shown.joints_px[found]))
            paint_card(painter, spot, self.hover_lines(), (self.width(), self.height()))
        if self._countdown:
            paint_countdown(painter, self._countdown, (self.width(), self.height()))
        painter.end()

    def _look(self) -> PaintStyle:
        size = (self.width(), self.height())
        return PaintStyle(self._options, self._zoom, size, self.devicePixelRatioF())

    def _sizes(self, shown: Shown) -> tuple[tuple[int, int], tuple[int, int]]:
        return shown.frame.camera.size, (self.width(), self.height())

    def _image_place(self, shown: Shown, event: QMouseEvent) -> np.ndarray:
        """Position of the mouse, (2,) image pixels."""
        at = np.array([event.position().x(), event.position().y()])
        return self._look().letterbox(shown).to_image(at)

    def _zone_place(self, event: QMouseEvent) -> tuple[float, float] | None:
        """Position of the mouse, as fractions of the image; None unless zones are edited."""
        if not self.zones.is_on or self._shown is None:
            return None
        size = np.array(self._shown.frame.camera.size)
        share = (self._image_place(self._shown, event) + 0.5) / size
        x, y = np.clip(share, 0.0, 1.0).tolist()
        return x, y

    def _show_cursor(self) -> None:
        shape = Qt.CursorShape.ArrowCursor
        if self._is_dragging and self._zoom.factor > 1:
            shape = Qt.CursorShape.ClosedHandCursor
        self.setCursor(shape)

    def _joint_under_mouse(self) -> tuple[int, int] | None:
        """(person, joint) nearest to the mouse, if near enough."""
        if self._mouse is None or self.zones.is_on:
            return None
        return self._joint_near(self._mouse)

    def _joint_near(self, at: QPointF, *radius_px: float) -> tuple[int, int] | None:
        if self._shown is None:
            return None
        points = self._look().letterbox(self._shown).to_view(self._shown.joints_px)
        return nearest_joint(points, (at.x(), at.y()), *radius_px)


def _picture(frame: Frame) -> QImage:
    """The frame as an image of its own memory, quick to draw."""
    height, width = frame.image.shape[:2]
    pixels = np.ascontiguousarray(frame.image)
    image = QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888)
    return image.convertToFormat(QImage.Format.Format_RGB32)


def _paint_badge(painter: QPainter, text: str, view_height: int) -> None:
    metrics = painter.fontMetrics()
    width, height = metrics.horizontalAdvance(text) + 16, metrics.height() + 8
    card = QRectF(8, view_height - height - 8, width, height)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(16, 19, 24, 215))
    painter.drawRoundedRect(card, 5, 5)
    painter.setPen(QColor(theme.TEXT))
    painter.drawText(card, Qt.AlignmentFlag.AlignCenter, text)
