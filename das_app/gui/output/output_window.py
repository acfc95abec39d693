"""Window of the clean output: an image of a fixed size, for OBS and projectors."""

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from das_app.gui.style.language import tr


class OutputWindow(QWidget):
    """Shows pictures pixel by pixel; a double click fills the screen, Esc ends that.

    Args:
        size: (width, height) in pixels.
        is_clear: whether what is behind the window shines through where the picture is clear;
            such a window has no frame and is moved by dragging.

    Attributes:
        closed: by the user.
    """

    closed = Signal()

    def __init__(self, size: tuple[int, int], is_clear: bool) -> None:
        flags = Qt.WindowType.Window
        if is_clear:
            flags |= Qt.WindowType.FramelessWindowHint
        super().__init__(None, flags)
        self.setWindowTitle(tr("DAS output"))
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground, is_clear)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, not is_clear)
        self._is_clear, self._image = is_clear, QImage()
        self._fixed = QSize(*size) / self.devicePixelRatioF()
        self.setFixedSize(self._fixed)

    def show_picture(self, pixels: np.ndarray) -> None:
        """Show (H, W, 4) uint8 RGBA with premultiplied alpha."""
        height, width = pixels.shape[:2]
        kind = QImage.Format.Format_RGBA8888_Premultiplied
        image = QImage(np.ascontiguousarray(pixels).data, width, height, 4 * width, kind)
        self._image = image.copy()  # its own memory
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt: the picture, as large as fits."""
        painter = QPainter(self)
        if self._is_clear:
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
            painter.fillRect(self.rect(), Qt.GlobalColor.transparent)
        else:
            painter.fillRect(self.rect(), Qt.GlobalColor.black)
        if not self._image.isNull():
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            shown = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
            place = QRectF(0, 0, shown.width(), shown.height())
            place.moveCenter(QRectF(self.rect()).center())
            painter.drawImage(place, self._image)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt: a window without a frame is moved by dragging."""
        if self._is_clear and self.windowHandle() is not None:
            self.windowHandle().startSystemMove()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Qt: fill the screen, or no more."""
        self._fill_screen(not self.isFullScreen())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: Esc and F11 as in the main window."""
        if event.key() == Qt.Key.Key_F11:
            self._fill_screen(not self.isFullScreen())
        elif event.key() == Qt.Key.Key_Escape and self.isFullScreen():
            self._fill_screen(False)
        elif event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Qt: tell of it."""
        self.closed.emit()
        super().closeEvent(event)

    def _fill_screen(self, is_on: bool) -> None:
        if is_on:
            self.setMinimumSize(1, 1)
            self.setMaximumSize(1 << 14, 1 << 14)
            self.showFullScreen()
        else:
            self.showNormal()
            self.setFixedSize(self._fixed)
