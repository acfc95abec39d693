"""Look of the window: colours, spacing, style sheet and icons, in one place.

One accent colour on a quiet dark ground; all spacing is a multiple of 8 px (4 px inside
controls). People's colours keep apart for colour-blind eyes: they follow Okabe and Ito's set,
lightened where it would sink into the dark ground.
"""

import logging
from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QIcon, QPalette
from PySide6.QtWidgets import QApplication

from das_app.settings import bundled_file

_log = logging.getLogger(__name__)

SPACE_PX = 8
GROUND = "#14171c"  # behind pictures and the 3D view
SURFACE = "#1b1f26"  # window and bars
RAISED = "#262c35"  # buttons and fields
BORDER = "#333b47"
TEXT = "#e3e8ee"
MUTED = "#8d98a6"
ACCENT = "#4cb2e8"
WARNING = "#f2a541"

PERSON_COLOURS = (
    "#56b4e9",  # sky blue
    "#f5a623",  # orange
    "#2bd6a3",  # bluish green
    "#f0e442",  # yellow
    "#d774b4",  # reddish purple
    "#ff7a4d",  # vermilion
    "#8c9eff",  # blue, lightened
    "#d9dee5",  # grey in place of black
)

_STYLE = f"""
QMainWindow, QWidget#central {{ background: {SURFACE}; }}
QToolTip {{ background: {RAISED}; color: {TEXT}; border: 1px solid {BORDER}; padding: 4px 8px; }}
QPushButton, QToolButton {{
    background: {RAISED}; border: 1px solid {BORDER}; border-radius: 6px;
    padding: 4px 10px; min-height: 22px;
}}
QPushButton:hover, QToolButton:hover {{ border-color: {MUTED}; }}
QPushButton:pressed, QToolButton:pressed {{ background: {GROUND}; }}
QPushButton:focus, QToolButton:focus {{ border-color: {ACCENT}; }}
QPushButton:checked, QToolButton:checked {{ border-color: {ACCENT}; background: #1e3646; }}
QPushButton:disabled, QToolButton:disabled {{ color: #5c6673; background: {SURFACE}; }}
QToolButton#flat {{ background: transparent; border-color: transparent; padding: 4px; }}
QToolButton#flat:hover {{ background: {RAISED}; }}
QToolButton#flat:checked {{ background: #1e3646; border-color: {ACCENT}; }}
QPushButton::menu-indicator {{ subcontrol-position: right center; right: 6px; width: 8px; }}
QPushButton#camera {{ padding-right: 20px; }}
QDoubleSpinBox {{
    background: {GROUND}; border: 1px solid {BORDER}; border-radius: 6px; padding: 3px 6px;
    min-height: 22px;
}}
QDoubleSpinBox::up-button, QDoubleSpinBox::down-button {{
    subcontrol-origin: border; width: 18px; border: none; background: transparent;
}}
QDoubleSpinBox::up-button {{ subcontrol-position: top right; }}
QDoubleSpinBox::down-button {{ subcontrol-position: bottom right; }}
QDoubleSpinBox::up-arrow {{ image: url(ICONS/chevron-up.svg); width: 12px; height: 12px; }}
QDoubleSpinBox::down-arrow {{
    image: url(ICONS/chevron-down.svg); width: 12px; height: 12px;
}}
QDoubleSpinBox:focus {{ border-color: {ACCENT}; }}
QSlider::groove:horizontal {{ height: 4px; border-radius: 2px; background: {BORDER}; }}
QSlider::sub-page:horizontal {{ height: 4px; border-radius: 2px; background: {ACCENT}; }}
QSlider::handle:horizontal {{
    width: 14px; height: 14px; margin: -5px 0; border-radius: 7px; background: {TEXT};
}}
QSlider::handle:horizontal:hover {{ background: white; }}
QSplitter::handle {{ background: {SURFACE}; }}
QSplitter::handle:hover {{ background: {BORDER}; }}
QMenu {{ background: {RAISED}; border: 1px solid {BORDER}; padding: 4px; }}
QMenu::item {{ padding: 6px 24px; border-radius: 4px; }}
QMenu::item:selected {{ background: {ACCENT}; color: #0c1218; }}
QMenu::separator {{ height: 1px; background: {BORDER}; margin: 4px 8px; }}
QLabel#muted {{ color: {MUTED}; }}
QLabel#heading {{ font-weight: 600; }}
QLabel#hint {{ color: #6b7684; }}
QFrame#rule {{ background: {BORDER}; }}
QFrame#pane {{ background: {GROUND}; border: 1px solid {BORDER}; border-radius: 8px; }}
QFrame#banner {{ background: #3a2c17; border: 1px solid {WARNING}; border-radius: 6px; }}
QWidget#statusBar {{ border-top: 1px solid {BORDER}; }}
"""


def apply_theme(app: QApplication) -> None:
    """Give the application its palette and style sheet."""
    app.setStyle("Fusion")
    roles = QPalette.ColorRole
    colours = {
        roles.Window: SURFACE, roles.WindowText: TEXT, roles.Base: GROUND,
        roles.AlternateBase: SURFACE, roles.Text: TEXT, roles.Button: RAISED,
        roles.ButtonText: TEXT, roles.BrightText: "#ffffff", roles.Highlight: ACCENT,
        roles.HighlightedText: "#0c1218", roles.ToolTipBase: RAISED, roles.ToolTipText: TEXT,
        roles.PlaceholderText: MUTED, roles.Link: ACCENT, roles.Mid: BORDER,
    }  # fmt: skip
    palette = QPalette()
    for role, colour in colours.items():
        palette.setColor(role, QColor(colour))
    disabled = QPalette.ColorGroup.Disabled
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        palette.setColor(disabled, role, QColor("#5c6673"))
    app.setPalette(palette)
    app.setStyleSheet(_STYLE.replace("ICONS", icon_folder().as_posix()))


def icon(name: str) -> QIcon:
    """The application's own icon `name`; empty where the file is missing."""
    return QIcon(str(icon_folder() / f"{name}.svg"))


@lru_cache(maxsize=1)
def icon_folder() -> Path:
    """Folder of the icons; one that does not exist where they are missing."""
    try:
        return bundled_file("icons")
    except FileNotFoundError as error:  # buttons without pictures still have words or tooltips
        _log.warning("%s", error)
        return Path("icons")


def person_colour(slot: int) -> QColor:
    """Colour of a person's slot; the palette repeats."""
    return QColor(PERSON_COLOURS[slot % len(PERSON_COLOURS)])


def tabular_font(base: QFont) -> QFont:
    """`base` with digits of one width, so that changing figures stand still."""
    font = QFont(base)
    font.setStyleHint(QFont.StyleHint.SansSerif)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


ALIGN_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
