import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QIcon
from PySide6.QtWidgets import QCheckBox

from das_app.gui.actions.panel_list import ALL_COMMANDS
from das_app.gui.style import style_sheet, theme
from das_app.gui.style.stage import DARK_STAGE, LIGHT_STAGE
from das_app.gui.style.style_sheet import DARK, LIGHT
from das_app.settings.app_settings import Look

GUI_SOURCES = Path(theme.__file__).parents[1]


def used_icons():
    code = "".join(file.read_text() for file in GUI_SOURCES.rglob("*.py"))
    asked = " ".join(re.findall(r"theme\.icon\(([^)]*)\)", code))
    named = set(re.findall(r'"([a-z-]+)"', asked))
    named |= set(re.findall(r'_button\(\s*"([a-z-]+)"', code))
    named |= {command.icon for command in ALL_COMMANDS if command.icon}
    return sorted(named | {"pause", "demo", "camera", "file"})


@pytest.mark.parametrize("name", used_icons())
def test_every_icon_exists_and_has_a_picture(themed, name):
    image = theme.icon(name).pixmap(32, 32).toImage()
    assert not image.isNull()
    assert any(image.pixelColor(x, y).alpha() for x in range(32) for y in range(32))


def test_the_icon_of_what_cannot_be_done_is_faint(themed):
    for name in ("stop", "record"):
        pixels = theme.icon(name).pixmap(32, 32, QIcon.Mode.Disabled).toImage()
        colours = {
            pixels.pixelColor(x, y).name()
            for x in range(32)
            for y in range(32)
            if pixels.pixelColor(x, y).alpha() == 255
        }
        assert colours == {theme.frame_colours().faint}


def test_no_icon_is_unused(themed):
    known = {*used_icons(), *re.findall(r"ICONS/([a-z-]+)", style_sheet._STYLE)}
    assert {file.stem for file in theme.icon_folder().glob("*.svg")} == known


# Machado, Oliveira and Fernandes 2009, full severity, on linear RGB
SEEN_BY = {
    "usual": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
}


STAGES = pytest.mark.parametrize("stage", [DARK_STAGE, LIGHT_STAGE], ids=["dark", "light"])


@STAGES
@pytest.mark.parametrize("eyes", list(SEEN_BY))
def test_people_keep_apart_also_for_colour_blind_eyes(eyes, stage):
    linear = np.array([_linear(QColor(colour)) for colour in stage.people])
    seen = np.clip(linear @ np.array(SEEN_BY[eyes]).T, 0, 1) ** (1 / 2.2)
    for first, second in combinations(range(len(seen)), 2):
        distance = np.linalg.norm(seen[first] - seen[second])
        assert distance > 0.12, (stage.people[first], stage.people[second])


def test_missing_icons_are_told_once_and_do_no_harm(themed, monkeypatch, caplog):
    def missing(*parts):
        raise FileNotFoundError("icons is not part of this installation")

    monkeypatch.setattr(theme, "bundled_file", missing)
    for cached in (theme.icon_folder, theme._icon):
        cached.cache_clear()
    try:
        assert theme.icon("play").isNull() or theme.icon("play").pixmap(16, 16).isNull()
        theme.apply_theme(themed)
        assert caplog.text.count("not part of this installation") == 1
    finally:
        for cached in (theme.icon_folder, theme._icon):
            cached.cache_clear()


def test_people_stand_out_from_the_ground():
    for stage, least in ((DARK_STAGE, 4.5), (LIGHT_STAGE, 3.0)):  # 3: WCAG's for drawings
        for colour in (*stage.people, *stage.curves):
            assert _contrast(colour, stage.ground) > least, colour


@STAGES
def test_words_on_the_stage_are_readable(stage):
    for text in (stage.text, stage.muted):
        assert _contrast(text, stage.ground) > 4.5
        assert _contrast(text, stage.raised) > 4.5


def test_the_stage_follows_the_look(qapp):
    for look, stage in ((Look.LIGHT, LIGHT_STAGE), (Look.DARK, DARK_STAGE)):
        theme.apply_theme(qapp, look)
        assert theme.stage() is stage


@pytest.mark.parametrize("colours", [DARK, LIGHT], ids=["dark", "light"])
def test_words_and_icons_are_readable_in_the_frame(colours):
    for ground in (colours.surface, colours.pane, colours.field, colours.raised, colours.chosen):
        assert _contrast(colours.text, ground) > 7
        assert _contrast(colours.icon, ground) > 4.5
    grounds = (colours.surface, colours.pane, colours.field, colours.raised, colours.chosen)
    for ground in (*grounds, colours.notice):
        for words in (colours.text, colours.muted, colours.warning):
            assert _contrast(words, ground) >= 4.5, (words, ground)
        assert _contrast(colours.accent, ground) > 3
    assert _contrast(colours.on_accent, colours.accent) > 4.5


def test_the_look_follows_the_system_unless_chosen(qapp, monkeypatch):
    class Hints:
        def __init__(self, scheme):
            self.colorScheme = lambda: scheme

    for scheme, expected in (
        (Qt.ColorScheme.Light, LIGHT),
        (Qt.ColorScheme.Dark, DARK),
        (Qt.ColorScheme.Unknown, DARK),
    ):
        monkeypatch.setattr(qapp, "styleHints", lambda scheme=scheme: Hints(scheme))
        theme.apply_theme(qapp, Look.SYSTEM)
        assert theme.frame_colours() is expected
        theme.apply_theme(qapp, Look.LIGHT)
        assert theme.frame_colours() is LIGHT
        theme.apply_theme(qapp, Look.DARK)
        assert theme.frame_colours() is DARK


@pytest.mark.parametrize("colours", [DARK, LIGHT], ids=["dark", "light"])
def test_every_colour_of_the_style_sheet_is_filled_in(colours):
    assert "@" not in style_sheet.style_sheet(colours, "/icons")


def test_a_check_box_without_the_focus_has_no_frame(qtbot, themed):
    box = QCheckBox("words")
    qtbot.addWidget(box)
    box.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    box.resize(240, 30)
    picture = box.grab().toImage()
    rim = {picture.pixelColor(x, y).name() for x in range(120, 240) for y in range(30)}
    assert len(rim) == 1


def test_slots_beyond_the_palette_repeat_it():
    assert theme.person_colour(len(theme.PERSON_COLOURS)) == theme.person_colour(0)


def _contrast(one, other):
    light, dark = sorted((_luminance(QColor(one)), _luminance(QColor(other))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _linear(colour):
    return [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour.getRgbF()[:3]
    ]


def _luminance(colour):
    return float(np.dot([0.2126, 0.7152, 0.0722], _linear(colour)))
