"""Theme: colours of the views, spacing and icons.

All spacing is a multiple of 8 px (4 px inside controls). The window's frame and the stage that
pictures, plots and the 3D view stand on are dark or light, as the system or the user wants it.
"""

import logging
from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QAction, QColor, QFont, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton, QApplication

from das_app.files.bundled import bundled_file
from das_app.gui.style.stage import DARK_STAGE, LIGHT_STAGE, StageColours
from das_app.gui.style.style_sheet import DARK, LIGHT, FrameColours, palette, style_sheet
from das_app.settings.app_settings import Look

_log = logging.getLogger(__name__)

SPACE_PX = 8
# on cards over the picture, the same under both looks
BORDER, TEXT, MUTED = DARK_STAGE.border, DARK_STAGE.text, DARK_STAGE.muted
PERSON_COLOURS = DARK_STAGE.people  # over the picture, and of dots

_ICON_SIZES_PX = (16, 18, 20, 23, 24, 25, 27, 30, 32, 36, 40, 48, 54, 60, 64)  # to 300 %
_OWN_COLOURS = "app"  # the icon of the application, the same everywhere
_FRAME_PROPERTY = "lightFrame"  # of the application: which frame it wears


def application() -> QApplication:
    """The one that runs, which has windows."""
    running = QApplication.instance()
    assert isinstance(running, QApplication)
    return running


def apply_theme(app: QApplication, look: Look = Look.SYSTEM) -> None:
    """Give the application its palette and style sheet, and all windows the icons to it."""
    is_light = look is Look.LIGHT or (
        look is Look.SYSTEM and app.styleHints().colorScheme() is Qt.ColorScheme.Light
    )
    if app.property(_FRAME_PROPERTY) is None:  # once: a style is laid on every widget
        app.setStyle("Fusion")
    app.setProperty(_FRAME_PROPERTY, is_light)
    app.setPalette(palette(frame_colours()))
    app.setStyleSheet(style_sheet(frame_colours(), icon_folder().as_posix()))
    for window in app.topLevelWidgets():
        buttons: list[QAbstractButton] = window.findChildren(QAbstractButton)
        actions: list[QAction] = window.findChildren(QAction)
        owners: list[QAbstractButton | QAction] = [*buttons, *actions]
        for owner in owners:
            name = _icon_names.get(owner.icon().cacheKey())
            if name is not None:
                owner.setIcon(icon(name))


def frame_colours() -> FrameColours:
    """The colours around the stage that the application wears."""
    return LIGHT if _is_light() else DARK


def stage() -> StageColours:
    """The colours of what pictures, plots and the 3D view stand on."""
    return LIGHT_STAGE if _is_light() else DARK_STAGE


def _is_light() -> bool:
    app = QApplication.instance()
    return app is not None and bool(app.property(_FRAME_PROPERTY))


def icon(name: str) -> QIcon:
    """The application's own icon `name` in the frame's colours; empty where the file is missing.

    Buttons and actions that wear it get the other frame's icon when the theme changes.
    """
    return _icon(name, frame_colours())


_icon_names: dict[int, str] = {}  # Qt's key of a shared icon -> its name


@lru_cache(maxsize=256)
def _icon(name: str, colours: FrameColours) -> QIcon:
    try:
        drawing = (icon_folder() / f"{name}.svg").read_text(encoding="utf-8")
    except FileNotFoundError:
        return QIcon()
    if name != _OWN_COLOURS:
        for dark, now in ((DARK.icon, colours.icon), (DARK.warning, colours.warning)):
            drawing = drawing.replace(dark, now)
    renderer = QSvgRenderer(QByteArray(drawing.encode()))
    made = QIcon()
    for size_px in _ICON_SIZES_PX:
        pixmap = QPixmap(size_px, size_px)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        renderer.render(painter)
        painter.end()
        made.addPixmap(pixmap)
        painter.begin(pixmap)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
        painter.fillRect(pixmap.rect(), QColor(colours.faint))
        painter.end()
        made.addPixmap(pixmap, QIcon.Mode.Disabled)
    _icon_names[made.cacheKey()] = name
    return made


@lru_cache(maxsize=1)
def icon_folder() -> Path:
    """Folder of the icons; one that does not exist where they are missing."""
    try:
        return bundled_file("icons")
    except FileNotFoundError as error:  # buttons without pictures still have words or tooltips
        _log.warning("%s", error)
        return Path("icons")


def person_colour(slot: int) -> QColor:
    """Colour of a person's slot over the picture and of dots; the palette repeats."""
    return QColor(PERSON_COLOURS[slot % len(PERSON_COLOURS)])


@lru_cache(maxsize=16)
def _coloured_dot(colour: int) -> QIcon:
    pixmap = QPixmap(24, 24)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(BORDER)
    painter.setBrush(person_colour(colour))
    painter.drawEllipse(3, 3, 18, 18)
    painter.end()
    icon = QIcon(pixmap)
    icon.addPixmap(pixmap, QIcon.Mode.Selected)  # in its own colour there too
    return icon


def dot_icon(slot: int) -> QIcon:
    """A dot in the colour of a person's slot."""
    return _coloured_dot(slot % len(PERSON_COLOURS))


def tabular_font(base: QFont) -> QFont:
    """`base` with digits of one width, so that changing figures stand still."""
    font = QFont(base)
    font.setStyleHint(QFont.StyleHint.SansSerif)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


ALIGN_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
