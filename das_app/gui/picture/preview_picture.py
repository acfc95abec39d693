"""A small picture of a camera, mirrored as a webcam's is, with a line of words."""

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from das_app.gui.picture.letterbox import Letterbox
from das_app.gui.style import theme
from das_app.gui.style.language import tr
from das_app.sources.camera_preview import PreviewNews

_HEIGHT_PX, _LINE_PX, _RADIUS_PX = 190, 24, 4


class PreviewPicture(QWidget):
    """Preview image of a camera, or the reason why there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(_HEIGHT_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.news = PreviewNews(None, "")

    def show_news(self, news: PreviewNews) -> None:
        """Show a picture, or words in its place."""
        self.news = news
        self.setAccessibleName(tr("Preview: {text}", text=tr(news.text)))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt: the picture fitted in, and the words below it or in its place."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.stage().ground))
        painter.drawRoundedRect(self.rect(), _RADIUS_PX, _RADIUS_PX)
        image = self.news.image
        words = self.rect().adjusted(theme.SPACE_PX, 0, -theme.SPACE_PX, 0)
        if image is not None:
            height, width = image.shape[:2]
            box = Letterbox.fit((width, height), (self.width(), self.height() - _LINE_PX))
            pixels = np.ascontiguousarray(image[:, ::-1])
            shown = QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888)
            painter.drawImage(QRectF(box.left, box.top, *box.size), shown)
            words.setTop(self.height() - _LINE_PX)
        painter.setPen(QColor(theme.stage().muted))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(words, flags, tr(self.news.text))
        painter.end()
