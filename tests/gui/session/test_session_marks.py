import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage, QPainter

from das_app.gui.session.session_marks import Mark, marks_of, on_bar, paint_marks, paint_trim
from das_app.gui.style.style_sheet import DARK, LIGHT
from das_app.session.types import EventKind, SessionEvent

KINDS = (EventKind.MARKER, EventKind.SOURCE_LOST, EventKind.SETTINGS_CHANGED)


def painted(paint, width=40):
    """(H, W) bool: where `paint(painter)` leaves a mark on nothing."""
    image = QImage(width, 32, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    paint(painter)
    painter.end()
    return np.array(image.constBits()).reshape(32, width, 4)[..., 3] > 128


def test_kinds_differ_by_shape(themed):
    shapes = [
        painted(lambda painter, kind=kind: paint_marks(painter, [(20, Mark(0.0, kind, ""))]))
        for kind in KINDS
    ]
    assert all(shape.sum() > 15 for shape in shapes)
    for n, shape in enumerate(shapes):
        assert all((shape ^ other).sum() > 12 for other in shapes[:n])


def luminance(colour):
    rgb = np.array(QColor(colour).getRgbF()[:3])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))


@pytest.mark.parametrize("frame", [DARK, LIGHT])
def test_marks_can_be_read_on_both_frames(frame):
    for colour in (frame.text, frame.warning, frame.muted):
        light, dark = sorted((luminance(colour), luminance(frame.surface)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 3


def test_the_part_that_counts_has_brackets_and_its_outside_is_hollow(themed):
    seen = painted(lambda painter: paint_trim(painter, (1, 199), (50, 150), 16), 200)
    assert seen[8:24, 50].all()
    assert seen[8:24, 149].all()
    assert seen[16, 20]
    assert not seen[16, 100]
    assert not seen[8, 100]


def test_events_in_words():
    events = [
        SessionEvent(0.0, EventKind.START, "demo"),
        SessionEvent(1.0, EventKind.MARKER, "marker 2"),
        SessionEvent(2.0, EventKind.LOW_DISK, ""),
        SessionEvent(3.0, EventKind.STOP, ""),
    ]
    marks = marks_of(events)
    assert [m.text for m in marks] == [
        "recording began: demo",
        "marker 2",
        "disk low",
        "recording ended",
    ]
    assert [m.time_s for m in on_bar(marks)] == [1.0, 2.0]
    assert marks[2].is_trouble
    assert len({*map(len, [marks_of([SessionEvent(0, kind, "")]) for kind in EventKind])}) == 1
