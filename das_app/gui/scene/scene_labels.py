"""Text labels of the 3D view, painted by Qt over the scene in the font of the window.

vispy's own texts compute a distance field for each new letter, fifteen milliseconds of the
window's thread a letter; here a change of words costs a small picture. Words stand upright in
whole pixels. Those of people step aside for one another, the nearest keeping its place; a line
leads from one that did to its person.
"""

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QGuiApplication, QImage, QPainter
from vispy import gloo
from vispy.scene.visuals import create_visual_node
from vispy.visuals import Visual
from vispy.visuals.visual import VisualView

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
_PAD_PX, _UPRIGHT_PAD_PX, _CARD_ALPHA = 6.0, 2.0, 225
_DOT_PX, _GAP_PX = 8.0, 3.0  # of the person's colour; between cards
_LEADER_PX = 1.5
_BEYOND = 1.15  # of half the view: the card of who is as far outside is drawn at the edge
_STEPS = np.array(  # where a card may go, in its own sizes, the nearest first
    sorted(
        ((x, y) for x in (0, -0.6, 0.6, -1.1, 1.1) for y in (0, -1, 1, -2, -3, -4, 2)),
        key=lambda step: abs(step[0]) * 2 + abs(step[1]) * (1.0 if step[1] < 0 else 1.5),
    )
)
_SMALL = 0.9  # of the window's font


class WordsVisual(Visual):
    """Words that stay upright at places of the scene.

    Args:
        anchor: which point of the words stands at the place, as shares of width and height from
            their top left.
        is_crowded: the words lie on cards and step aside for one another; those that find no
            place near theirs are left out.

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
        self._row_px, self._dot_px, self._ratio = 2.0, 1.0, 1.0
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
        reach = _BEYOND if self._is_crowded else 1.0
        is_seen = in_front & (np.abs(spots) <= reach).all(axis=1)
        shown = np.flatnonzero(is_seen)[np.argsort(place[is_seen, 3])]  # the nearest first
        if not len(shown):
            return False
        view_px = np.array(canvas.physical_size, np.float64)
        spots_px = (spots[shown] * (0.5, -0.5) + 0.5) * view_px  # y down
        self._lay(shown, spots_px, view_px)
        return True

    def _lay(self, shown: np.ndarray, spots_px: np.ndarray, view_px: np.ndarray) -> None:
        """Put the cards of N of the words at (N, 2) px of the view, with lines to those aside."""
        self.cards_px, lines, cards = [], [], []
        for word, spot in zip(shown.tolist(), spots_px, strict=True):
            size = self._sizes[word]
            wanted = np.round(spot - size * self._anchor)
            corner = self._free_corner(wanted, size, view_px) if self._is_crowded else wanted
            if corner is None:
                continue
            self.cards_px.append(QRectF(*corner.tolist(), *size.tolist()))
            row = np.array([0.0, word * self._row_px])
            if np.abs(corner - wanted).max() > 1:
                colour = np.tile(row + (self._dot_px, self._row_px / 2), (4, 1))
                lines.append((_leader(spot, corner, size, self._ratio), colour))
            cards.append((corner + _CORNERS * size, row + _CORNERS * size))
        quads, places = np.swapaxes([*lines, *cards], 0, 1)  # no line lies across a card
        vertices = np.empty((len(quads), 4), _CORNER)
        vertices["a_position"] = (2 * quads / view_px - 1) * (1, -1)
        vertices["a_place"] = places / self._sheet_size
        self._corners.set_data(vertices.reshape(-1))
        faces = np.arange(len(quads), dtype=np.uint32)[:, None] * 4 + _TWO_TRIANGLES
        self._index_buffer.set_data(faces.reshape(-1))

    def _free_corner(
        self, wanted: np.ndarray, size: np.ndarray, view_px: np.ndarray
    ) -> np.ndarray | None:
        """Free position for a card near `wanted`; None where there is none."""
        gap = _GAP_PX * self._ratio
        for step in _STEPS:
            corner = np.round(np.clip(wanted + step * (size + gap), 0, view_px - size))
            card = QRectF(*corner.tolist(), *size.tolist()).adjusted(-gap, -gap, gap, gap)
            if not any(card.intersects(other) for other in self.cards_px):
                return corner
        return None

    def _paint(self, ratio: float) -> None:
        """Paint all words below one another, a row each, and bring them to the card."""
        font = theme.tabular_font(QGuiApplication.font())
        font.setPointSizeF(font.pointSizeF() * _SMALL)
        font.setBold(self._is_crowded)
        metrics = QFontMetricsF(font)
        height = math.ceil((metrics.height() + 2 * _UPRIGHT_PAD_PX) * ratio)
        beside = 2 * _PAD_PX + (1.6 * _DOT_PX if self._is_crowded else 0)
        widths = [
            math.ceil((metrics.horizontalAdvance(text) + beside) * ratio) for text in self.texts
        ]
        self._row_px, self._ratio = height, ratio
        self._dot_px = (_PAD_PX + _DOT_PX / 2) * ratio
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
        painter.save()
        painter.translate(card.topLeft())
        painter.scale(ratio, ratio)
        metrics, left = QFontMetricsF(font), _PAD_PX
        if self._is_crowded:
            stage = theme.stage()
            ground = QColor(stage.raised)
            ground.setAlpha(_CARD_ALPHA)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ground)
            painter.drawRoundedRect(QRectF(QPointF(), card.size() / ratio), 5, 5)
            painter.setBrush(colour)
            middle = QPointF(_PAD_PX + _DOT_PX / 2, card.height() / ratio / 2)
            painter.drawEllipse(middle, _DOT_PX / 2, _DOT_PX / 2)
            left, colour = _PAD_PX + 1.6 * _DOT_PX, QColor(stage.text)
        painter.setFont(font)
        painter.setPen(colour)
        painter.drawText(QPointF(left, _UPRIGHT_PAD_PX + metrics.ascent()), text)
        painter.restore()


def _leader(spot: np.ndarray, corner: np.ndarray, size: np.ndarray, ratio: float) -> np.ndarray:
    """(4, 2) px of a thin line from the nearest place of a card's rim to a spot."""
    rim = np.clip(spot, corner, corner + size)
    along = spot - rim
    across = np.array([-along[1], along[0]]) / max(float(np.linalg.norm(along)), 1e-6)
    half = across * _LEADER_PX * ratio / 2
    return np.array([rim - half, rim + half, spot + half, spot - half])


Words = create_visual_node(WordsVisual)
