"""Words in the 3D view, painted by Qt in the window's own font and laid over the scene.

vispy's own texts compute a distance field for each new letter, fifteen milliseconds of the
window's thread a letter; here a change of words costs a small picture. Words stand upright in
whole pixels, and those of people step aside for one another, the nearest keeping its place.
"""

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QGuiApplication, QImage, QPainter
from vispy import gloo
from vispy.scene.visuals import create_visual_node
from vispy.visuals import Visual
from vispy.visuals.visual import VisualView

from das_app.gui.picture.picture_marks import free_place
from das_app.gui.style import theme

_VERTEX = """
attribute vec2 a_position;
attribute vec2 a_place;
varying vec2 v_place;
void main() {
    v_place = a_place;
    gl_Position = vec4(a_position, 0.0, 1.0);
}
"""
_FRAGMENT = """
uniform sampler2D u_sheet;
varying vec2 v_place;
void main() {
    gl_FragColor = texture2D(u_sheet, v_place);
}
"""
_CORNER = np.dtype([("a_position", "f4", 2), ("a_place", "f4", 2)])
_CORNERS = np.array([[0, 0], [1, 0], [1, 1], [0, 1]])  # of a card, y down
_TWO_TRIANGLES = np.array([0, 1, 2, 0, 2, 3], np.uint32)
_PAD_PX, _CARD_ALPHA = 3.0, 150
_SMALL = 0.9  # of the window's font


class WordsVisual(Visual):
    """Words that stay upright at places of the scene.

    Args:
        anchor: which point of the words stands at the place, as shares of width and height from
            their top left.
        is_crowded: the words lie on cards and step aside for one another.

    Attributes:
        texts: what is shown.
        cards_px: where those in view were drawn last, the nearest first, y down.
    """

    def __init__(self, anchor: tuple[float, float], is_crowded: bool = False) -> None:
        super().__init__(vcode=_VERTEX, fcode=_FRAGMENT)
        self.texts: list[str] = []
        self.cards_px: list[QRectF] = []
        self._anchor, self._is_crowded = anchor, is_crowded
        self._colours, self._places_m = np.zeros((0, 3)), np.zeros((0, 3))
        self._sizes, self._sheet_size = np.zeros((0, 2)), (2, 2)  # device pixels
        self._is_painted = False
        self._sheet = gloo.Texture2D(
            np.zeros((2, 2, 4), np.uint8), interpolation="nearest", resizable=True
        )
        self._corners = gloo.VertexBuffer(np.zeros(4, _CORNER))
        self.shared_program.bind(self._corners)
        self.shared_program["u_sheet"] = self._sheet
        self._draw_mode, self._index_buffer = "triangles", gloo.IndexBuffer(_TWO_TRIANGLES)
        self.set_gl_state(
            depth_test=False,
            cull_face=False,
            blend=True,
            blend_func=("one", "one_minus_src_alpha"),
        )
        self.freeze()

    def set_words(self, texts: list[str], places_m: np.ndarray, colours: np.ndarray) -> None:
        """Show P texts at (P, 3) m in (P, 3) RGB."""
        if texts != self.texts or not np.array_equal(colours, self._colours):
            self.texts, self._colours, self._is_painted = texts, colours, False
        self._places_m = np.asarray(places_m)
        self.update()

    def _prepare_transforms(self, view: VisualView) -> None:
        pass  # places go through the transform in `_prepare_draw`, where the cards are laid

    def _prepare_draw(self, view: VisualView) -> bool:
        if not self.texts:
            return False
        canvas = view.transforms.canvas
        if not self._is_painted:
            self._paint(float(canvas.pixel_scale))
        place = view.get_transform().map(self._places_m)
        in_front = place[:, 3] > 0
        spots = place[:, :2] / np.where(in_front, place[:, 3], 1.0)[:, None]  # -1 to 1, y up
        is_seen = in_front & (np.abs(spots) <= 1).all(axis=1)
        shown = np.flatnonzero(is_seen)[np.argsort(place[is_seen, 3])]  # the nearest first
        if not len(shown):
            return False
        view_px = np.array(canvas.physical_size, np.float64)
        spots_px = (spots[shown] * (0.5, -0.5) + 0.5) * view_px  # y down
        self._lay(shown, spots_px, view_px)
        return True

    def _lay(self, shown: np.ndarray, spots_px: np.ndarray, view_px: np.ndarray) -> None:
        """Put the cards of N of the words at (N, 2) px of the view."""
        sizes = self._sizes[shown]
        corner_px = np.round(spots_px - sizes * self._anchor)
        bounds, self.cards_px = QRectF(0, 0, *view_px), []
        for corner, size in zip(corner_px.tolist(), sizes.tolist(), strict=True):
            card = QRectF(*corner, *size)
            taken = self.cards_px if self._is_crowded else []
            self.cards_px.append(free_place(card, bounds, taken))
        corner_px = np.round([(card.left(), card.top()) for card in self.cards_px])
        vertices = np.empty((len(shown), 4), _CORNER)
        at_px = corner_px[:, None] + _CORNERS * sizes[:, None]
        vertices["a_position"] = (2 * at_px / view_px - 1) * (1, -1)
        row_px = np.column_stack([0 * shown, shown * self._sizes[0, 1]])
        vertices["a_place"] = (row_px[:, None] + _CORNERS * sizes[:, None]) / self._sheet_size
        self._corners.set_data(vertices.reshape(-1))
        faces = np.arange(len(shown), dtype=np.uint32)[:, None] * 4 + _TWO_TRIANGLES
        self._index_buffer.set_data(faces.reshape(-1))

    def _paint(self, ratio: float) -> None:
        """Paint all words below one another, a row each, and bring them to the card."""
        font = theme.tabular_font(QGuiApplication.font())
        font.setPointSizeF(font.pointSizeF() * _SMALL)
        font.setBold(self._is_crowded)
        metrics = QFontMetricsF(font)
        height = math.ceil((metrics.height() + 2) * ratio)
        widths = [
            math.ceil((metrics.horizontalAdvance(text) + 2 * _PAD_PX) * ratio)
            for text in self.texts
        ]
        self._sizes = np.array([(width, height) for width in widths], np.float64)
        self._sheet_size = (max(widths), height * len(widths))
        image = QImage(*self._sheet_size, QImage.Format.Format_RGBA8888_Premultiplied)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for row, (text, width) in enumerate(zip(self.texts, widths, strict=True)):
            card, colour = QRectF(0, row * height, width, height), self._colours[row]
            self._paint_words(painter, font, card, ratio, text, QColor.fromRgbF(*colour))
        painter.end()
        pixels = np.frombuffer(image.constBits(), np.uint8).reshape(*self._sheet_size[::-1], 4)
        self._sheet.set_data(pixels.copy())
        self._is_painted = True

    def _paint_words(
        self, painter: QPainter, font: QFont, card: QRectF, ratio: float, text: str, colour: QColor
    ) -> None:
        if self._is_crowded:
            ground = QColor(theme.GROUND)
            ground.setAlpha(_CARD_ALPHA)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ground)
            painter.drawRoundedRect(card, 3 * ratio, 3 * ratio)
        painter.save()
        painter.translate(card.topLeft())
        painter.scale(ratio, ratio)
        painter.setFont(font)
        painter.setPen(colour)
        ascent = QFontMetricsF(font).ascent()
        painter.drawText(QPointF(_PAD_PX, 1 + ascent), text)
        painter.restore()


Words = create_visual_node(WordsVisual)
