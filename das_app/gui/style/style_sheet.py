"""Style sheet and colours of the window, dark and light.

The stage (pictures, plots, the 3D view) has its colours in `stage`.
"""

from dataclasses import asdict, dataclass

from PySide6.QtGui import QColor, QPalette


@dataclass(frozen=True, slots=True)
class FrameColours:
    """Colours of everything around the stage."""

    surface: str  # window and bars
    pane: str  # headings and empty panes
    field: str  # where one types
    raised: str  # buttons and menus
    border: str
    text: str
    muted: str
    faint: str  # what cannot be used now
    accent: str
    on_accent: str
    chosen: str  # behind what is switched on
    notice: str  # behind a warning
    warning: str
    icon: str


DARK = FrameColours(
    surface="#1b1f26",
    pane="#14171c",
    field="#14171c",
    raised="#262c35",
    border="#333b47",
    text="#e3e8ee",
    muted="#96a1af",
    faint="#5c6673",
    accent="#4cb2e8",
    on_accent="#0c1218",
    chosen="#1e3646",
    notice="#3a2c17",
    warning="#f2a541",
    icon="#d5dbe3",
)
LIGHT = FrameColours(
    surface="#eef1f5",
    pane="#f8f9fb",
    field="#ffffff",
    raised="#ffffff",
    border="#c3cbd5",
    text="#1a2028",
    muted="#52606f",
    faint="#98a2ae",
    accent="#0a6fae",
    on_accent="#ffffff",
    chosen="#d3e8f6",
    notice="#fdf0d9",
    warning="#8f5000",
    icon="#38424e",
)

_STYLE = """
QMainWindow, QDialog, QWidget#central { background: @surface; }
QToolTip { background: @raised; color: @text; border: 1px solid @border; padding: 4px 8px; }
QPushButton, QToolButton {
    background: @raised; border: 1px solid @border; border-radius: 6px;
    padding: 4px 10px; min-height: 22px;
}
QPushButton:hover, QToolButton:hover { border-color: @muted; }
QPushButton:pressed, QToolButton:pressed { background: @field; }
QPushButton:focus, QToolButton:focus { border: 2px dotted @text; padding: 3px 9px; }
QPushButton:checked, QToolButton:checked { border-color: @accent; background: @chosen; }
QPushButton:disabled, QToolButton:disabled { color: @faint; background: @surface; }
QToolButton#flat { background: transparent; border-color: transparent; padding: 4px; }
QToolButton#flat:hover { background: @raised; border-color: @border; }
QToolButton#flat:focus { border: 2px dotted @text; padding: 3px; }
QToolButton#flat:checked { background: @chosen; border-color: @accent; }
QPushButton::menu-indicator, QToolButton::menu-indicator {
    image: url(ICONS/chevron-down.svg); subcontrol-origin: padding;
    subcontrol-position: right center; right: 4px; width: 10px;
}
QPushButton#menu, QToolButton#menu { padding-right: 20px; }
QLineEdit, QAbstractSpinBox, QComboBox {
    background: @field; border: 1px solid @border; border-radius: 6px; padding: 3px 6px;
    min-height: 22px; selection-background-color: @accent; selection-color: @on_accent;
}
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {
    subcontrol-origin: border; width: 18px; border: none; background: transparent;
}
QAbstractSpinBox::up-button { subcontrol-position: top right; }
QAbstractSpinBox::down-button { subcontrol-position: bottom right; }
QAbstractSpinBox::up-arrow { image: url(ICONS/chevron-up.svg); width: 12px; height: 12px; }
QAbstractSpinBox::down-arrow, QComboBox::down-arrow {
    image: url(ICONS/chevron-down.svg); width: 12px; height: 12px;
}
QComboBox::drop-down { border: none; width: 20px; }
QLineEdit:focus, QAbstractSpinBox:focus, QComboBox:focus { border-color: @accent; }
QLineEdit:disabled, QAbstractSpinBox:disabled, QComboBox:disabled {
    color: @faint; background: @surface;
}
QLineEdit:read-only, QAbstractSpinBox:read-only { background: @surface; }
QCheckBox::indicator, QListView::indicator {
    width: 14px; height: 14px; border: 1px solid @muted; border-radius: 4px; background: @field;
}
QCheckBox::indicator:checked, QListView::indicator:checked {
    image: url(ICONS/check.svg); border-color: @accent;
}
QCheckBox::indicator:disabled { border-color: @border; }
QCheckBox::indicator:focus { border: 2px solid @text; width: 12px; height: 12px; }
QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: @border; }
QSlider::sub-page:horizontal { height: 4px; border-radius: 2px; background: @accent; }
QSlider::sub-page:horizontal:disabled { background: @border; }
QSlider::handle:horizontal {
    width: 14px; height: 14px; margin: -5px 0; border-radius: 7px; background: @icon;
}
QSlider::handle:horizontal:hover, QSlider::handle:horizontal:focus { background: @accent; }
QSlider::handle:horizontal:focus { border: 2px solid @text; width: 10px; height: 10px; }
QSlider::handle:horizontal:disabled { background: @border; }
QSplitter::handle { background: @surface; }
QSplitter::handle:hover { background: @border; }
QMainWindow::separator { background: @surface; width: 8px; height: 8px; }
QMainWindow::separator:hover { background: @border; }
QDockWidget {
    titlebar-close-icon: url(ICONS/close.svg); titlebar-normal-icon: url(ICONS/float.svg);
}
QDockWidget::title { background: @surface; padding: 6px 12px; text-align: left; }
QDockWidget::close-button, QDockWidget::float-button {
    border: none; background: transparent; padding: 0;
}
QDockWidget::close-button:hover, QDockWidget::float-button:hover { background: @raised; }
QMenuBar { background: @surface; padding: 2px 4px; }
QMenuBar::item { padding: 4px 10px; border-radius: 4px; background: transparent; }
QMenuBar::item:selected { background: @raised; }
QMenu { background: @raised; border: 1px solid @border; padding: 4px; }
QMenu::item { padding: 6px 24px; border-radius: 4px; }
QMenu::item:selected { background: @accent; color: @on_accent; }
QMenu::item:disabled { color: @faint; background: transparent; }
QMenu::separator { height: 1px; background: @border; margin: 4px 8px; }
QListView { background: @field; border: 1px solid @border; border-radius: 6px; padding: 4px; }
QListView::item { padding: 4px; border-radius: 4px; }
QListView::item:selected { background: @accent; color: @on_accent; }
QListView:focus { border-color: @accent; }
QTabBar::tab {
    background: transparent; border: none; border-bottom: 2px solid transparent;
    padding: 6px 6px; color: @muted;
}
QTabBar::tab:selected { color: @text; border-bottom-color: @accent; }
QScrollBar { background: transparent; border: none; margin: 0; }
QScrollBar:vertical { width: 10px; }
QScrollBar:horizontal { height: 10px; }
QScrollBar::handle { background: @border; border-radius: 4px; margin: 1px; }
QScrollBar::handle:vertical { min-height: 24px; }
QScrollBar::handle:horizontal { min-width: 24px; }
QScrollBar::handle:hover { background: @muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QProgressBar { background: @border; border: none; border-radius: 4px; }
QProgressBar::chunk { background: @accent; border-radius: 4px; }
QScrollArea, QWidget#page { background: @surface; border: none; }
QHeaderView::section {
    background: @surface; color: @muted; border: none; border-bottom: 1px solid @border;
    padding: 4px 8px;
}
QTableView {
    background: @pane; border: 1px solid @border; border-radius: 6px; gridline-color: @border;
    selection-background-color: @chosen; selection-color: @text;
}
QLabel#muted, QLabel#hint { color: @muted; }
QLabel#heading, QLabel#section { font-weight: 600; }
QLabel#section { margin-top: 8px; qproperty-indent: 0; }
QLabel#problem { color: @warning; }
QLabel#panelNote {
    background: @chosen; border: 1px solid @accent; border-radius: 6px; padding: 8px;
    margin: 16px 16px 0 16px;
}
QLabel#key {
    background: @raised; border: 1px solid @border; border-radius: 4px; padding: 1px 6px;
}
QFrame#rule { background: @border; }
QFrame#pane { background: @pane; border: 1px solid @border; border-radius: 8px; }
QFrame#banner { background: @notice; border: 1px solid @warning; border-radius: 6px; }
QFrame#welcome { background: @chosen; border: 1px solid @accent; border-radius: 6px; }
QToolBar { border: none; background: @surface; padding: 0; }
QStatusBar { border-top: 1px solid @border; }
QStatusBar::item { border: none; }
"""


def style_sheet(colours: FrameColours, icon_folder: str) -> str:
    """The style sheet in these colours, with arrows out of `icon_folder`."""
    style = _STYLE.replace("ICONS", icon_folder)
    for name, colour in asdict(colours).items():
        for end in (";", " "):  # a whole word: @text is the beginning of none other
            style = style.replace(f"@{name}{end}", f"{colour}{end}")
    return style


def palette(colours: FrameColours) -> QPalette:
    """Colours that the style sheet leaves to Qt's own style."""
    roles = QPalette.ColorRole
    chosen = {
        roles.Window: colours.surface,
        roles.WindowText: colours.text,
        roles.Base: colours.field,
        roles.AlternateBase: colours.surface,
        roles.Text: colours.text,
        roles.Button: colours.raised,
        roles.ButtonText: colours.text,
        roles.BrightText: colours.text,
        roles.Highlight: colours.accent,
        roles.HighlightedText: colours.on_accent,
        roles.ToolTipBase: colours.raised,
        roles.ToolTipText: colours.text,
        roles.PlaceholderText: colours.muted,
        roles.Link: colours.accent,
        roles.Mid: colours.border,
    }
    made = QPalette()
    for role, colour in chosen.items():
        made.setColor(role, QColor(colour))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(colours.faint))
    return made
