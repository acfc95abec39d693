import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QColor

from das_app.gui import theme

GUI_SOURCES = Path(theme.__file__).parent


def used_icons():
    code = "".join(file.read_text() for file in GUI_SOURCES.glob("*.py"))
    named = set(re.findall(r'theme\.icon\("([a-z-]+)"\)', code))
    named |= set(re.findall(r'_button\(\s*"([a-z-]+)"', code))
    named |= {f"view-{name}" for name in ("reset", "front", "top", "side")}
    return sorted(named | {"play", "pause", "demo", "camera", "file"})


@pytest.mark.parametrize("name", used_icons())
def test_every_icon_exists_and_has_a_picture(themed, name):
    image = theme.icon(name).pixmap(32, 32).toImage()
    assert not image.isNull()
    assert any(image.pixelColor(x, y).alpha() for x in range(32) for y in range(32))


def test_no_icon_is_unused(themed):
    known = {*used_icons(), "chevron-up", "chevron-down"}
    assert {file.stem for file in theme.icon_folder().glob("*.svg")} == known


# Machado, Oliveira and Fernandes 2009, full severity, on linear RGB
SEEN_BY = {
    "usual": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                   [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                     [-0.011820, 0.042940, 0.968881]],
}  # fmt: skip


@pytest.mark.parametrize("eyes", list(SEEN_BY))
def test_people_keep_apart_also_for_colour_blind_eyes(eyes):
    linear = np.array([_linear(QColor(colour)) for colour in theme.PERSON_COLOURS])
    seen = np.clip(linear @ np.array(SEEN_BY[eyes]).T, 0, 1) ** (1 / 2.2)
    for first, second in combinations(range(len(seen)), 2):
        distance = np.linalg.norm(seen[first] - seen[second])
        assert distance > 0.12, (theme.PERSON_COLOURS[first], theme.PERSON_COLOURS[second])


def test_missing_icons_are_told_once_and_do_no_harm(themed, monkeypatch, caplog):
    def missing(*parts):
        raise FileNotFoundError("icons is not part of this installation")

    monkeypatch.setattr(theme, "bundled_file", missing)
    theme.icon_folder.cache_clear()
    try:
        assert theme.icon("play").isNull() or theme.icon("play").pixmap(16, 16).isNull()
        theme.apply_theme(themed)
        assert caplog.text.count("not part of this installation") == 1
    finally:
        theme.icon_folder.cache_clear()


def test_people_stand_out_from_the_ground():
    for colour in theme.PERSON_COLOURS:
        contrast = (_luminance(QColor(colour)) + 0.05) / (_luminance(QColor(theme.GROUND)) + 0.05)
        assert contrast > 4.5


@pytest.mark.parametrize(("text", "least"), [(theme.TEXT, 7), (theme.MUTED, 4.5)])
def test_text_is_readable_on_every_surface(text, least):
    for surface in (theme.GROUND, theme.SURFACE, theme.RAISED):
        contrast = (_luminance(QColor(text)) + 0.05) / (_luminance(QColor(surface)) + 0.05)
        assert contrast > least


def test_slots_beyond_the_palette_repeat_it():
    assert theme.person_colour(len(theme.PERSON_COLOURS)) == theme.person_colour(0)


def _linear(colour):
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
            for c in colour.getRgbF()[:3]]  # fmt: skip


def _luminance(colour):
    return float(np.dot([0.2126, 0.7152, 0.0722], _linear(colour)))
