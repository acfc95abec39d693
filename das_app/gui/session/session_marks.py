"""Marks on the seek bar of a session: events and the trimmed range.

Kinds differ by shape, not by colour alone: a triangle is trouble, a diamond was set by the user,
a tick is all else. Outside the trimmed range the groove is hollow, with brackets at both ends.
"""

from collections.abc import Iterable
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from das_app.gui.style import theme
from das_app.gui.style.language import tr
from das_app.session.types import EventKind, SessionEvent
from das_app.words.said import marked

NEAR_PX = 6.0  # a mark so near the pointer is told
_HALF_PX, _HEIGHT_PX, _TOP_PX = 4.5, 8.0, 1.0
_GROOVE_PX, _BRACKET_PX, _FOOT_PX = 4.0, 18.0, 4.0
_TROUBLES = (
    EventKind.SOURCE_LOST,
    EventKind.PICTURES_DROPPED,
    EventKind.VIDEO_STOPPED,
    EventKind.SOUND_LOST,
    EventKind.LOW_DISK,
    EventKind.FULL_DISK,
    EventKind.REPAIRED,
)
_WORDS = {
    EventKind.START: marked("recording began"),
    EventKind.STOP: marked("recording ended"),
    EventKind.SOURCE_LOST: marked("source lost"),
    EventKind.SOURCE_BACK: marked("source back"),
    EventKind.SETTINGS_CHANGED: marked("settings changed"),
    EventKind.PICTURES_DROPPED: marked("pictures dropped"),
    EventKind.PICTURES_DAMAGED: marked("damaged pictures"),
    EventKind.VIDEO_STOPPED: marked("video stopped"),
    EventKind.SOUND_LOST: marked("no sound"),
    EventKind.SIZE_CHANGED: marked("pictures of another size"),
    EventKind.LOW_DISK: marked("disk low"),
    EventKind.FULL_DISK: marked("disk full"),
    EventKind.MARKER: marked("marker"),
    EventKind.REPAIRED: marked("repaired"),
    EventKind.TIME_JUMPED: marked("the time jumped"),
    EventKind.FOLDER_LOST: marked("folder lost"),
    EventKind.PERHAPS_SAME: marked("perhaps the same"),
    EventKind.OTHER: marked("of a newer version"),
}


class Mark(NamedTuple):
    """An event on the seek bar."""

    time_s: float
    kind: EventKind
    text: str  # for people to read

    @property
    def is_trouble(self) -> bool:
        """Whether something went wrong."""
        return self.kind in _TROUBLES


def marks_of(events: Iterable[SessionEvent]) -> tuple[Mark, ...]:
    """All events with their words."""
    marks = []
    for event in events:
        words, text = _WORDS[event.kind], event.text.strip()
        if text.lower().startswith(words):
            told = tr(words) + text[len(words) :]
        else:
            told = f"{tr(words)}: {text}" if text else tr(words)
        marks.append(Mark(event.time_s, event.kind, told))
    return tuple(marks)


def on_bar(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    """The marks that say more than that there is a recording."""
    return tuple(m for m in marks if m.kind not in (EventKind.START, EventKind.STOP))


def paint_marks(painter: QPainter, places: Iterable[tuple[float, Mark]]) -> None:
    """Draw marks at the upper rim of a widget.

    Args:
        painter: on the widget.
        places: x in px, and the mark.
    """
    colours = theme.frame_colours()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for x, mark in places:
        colour = QColor(colours.warning if mark.is_trouble else colours.text)
        painter.setPen(QPen(QColor(colours.surface), 1))
        painter.setBrush(colour)
        bottom, middle = _TOP_PX + _HEIGHT_PX, _TOP_PX + _HEIGHT_PX / 2
        if mark.is_trouble:
            corners = [(x - _HALF_PX, _TOP_PX), (x + _HALF_PX, _TOP_PX), (x, bottom)]
        elif mark.kind is EventKind.MARKER:
            corners = [(x, _TOP_PX), (x + _HALF_PX, middle), (x, bottom), (x - _HALF_PX, middle)]
        else:
            corners = [
                (x - 1.5, _TOP_PX),
                (x + 1.5, _TOP_PX),
                (x + 1.5, bottom),
                (x - 1.5, bottom),
            ]
        painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in corners]))


def paint_trim(
    painter: QPainter, ends: tuple[float, float], part: tuple[float, float], middle_y: float
) -> None:
    """Draw the trimmed range on a groove.

    Args:
        painter: on the widget.
        ends: x of the groove's ends, px.
        part: x of the part's ends, px.
        middle_y: of the groove, px.
    """
    colours = theme.frame_colours()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for left, right in ((ends[0], part[0]), (part[1], ends[1])):
        if right - left > 1:
            painter.setPen(QPen(QColor(colours.muted), 1))
            painter.setBrush(QColor(colours.surface))
            box = QRectF(left, middle_y - _GROOVE_PX / 2, right - left, _GROOVE_PX)
            painter.drawRoundedRect(box.adjusted(0, -0.5, 0, 0.5), 2, 2)
    painter.setPen(QPen(QColor(colours.text), 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.SquareCap))
    for x, inward in ((part[0], 1), (part[1], -1)):
        top, bottom = middle_y - _BRACKET_PX / 2, middle_y + _BRACKET_PX / 2
        foot = x + inward * _FOOT_PX
        painter.drawPolyline(
            [QPointF(foot, top), QPointF(x, top), QPointF(x, bottom), QPointF(foot, bottom)]
        )
