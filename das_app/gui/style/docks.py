"""Docks and bars of the window, shown and hidden by actions."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QDockWidget,
    QGridLayout,
    QHBoxLayout,
    QMainWindow,
    QScrollArea,
    QToolBar,
    QVBoxLayout,
    QWidget,
)

from das_app.gui.style import theme
from das_app.gui.style.language import tr
from das_app.gui.style.pane_frame import HEADING_PX
from das_app.gui.style.texts import Label, named

RIGHT, BELOW = Qt.DockWidgetArea.RightDockWidgetArea, Qt.DockWidgetArea.BottomDockWidgetArea
_RIGHT_WIDTH_PX, _BELOW_HEIGHT_PX = 350, 190


def frame_panes(
    window: QMainWindow,
    bar: QWidget,
    notices: Sequence[QWidget],
    panes: Sequence[QWidget],
    status: QWidget,
) -> None:
    """Put a bar above the panes and docks, and the status below; the first pane takes the room.

    Notices lie over the top of what the panes show, so that nothing moves when they come and go;
    the panes' headings, with hints, buttons and what is recorded, stay in sight.
    """
    above = named(QWidget(), "above")
    row = QVBoxLayout(above)
    row.setContentsMargins(theme.SPACE_PX, 4, theme.SPACE_PX, 4)
    row.addWidget(bar)
    tool_bar = named(QToolBar(tr("Bar"), window, movable=False), "bar")
    tool_bar.addWidget(above)
    window.addToolBar(tool_bar)
    central = named(QWidget(), "central")
    one_over_the_other = QGridLayout(central)
    one_over_the_other.setContentsMargins(theme.SPACE_PX, 4, theme.SPACE_PX, 4)
    one_over_the_other.addWidget(_stacked(panes, panes[0]), 0, 0)
    below_headings = QVBoxLayout()
    below_headings.addSpacing(HEADING_PX)
    below_headings.addWidget(_stacked(notices))
    one_over_the_other.addLayout(below_headings, 0, 0, Qt.AlignmentFlag.AlignTop)
    window.setCentralWidget(central)
    window.statusBar().addWidget(status, 1)
    window.statusBar().setSizeGripEnabled(False)
    window.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)  # it would hide the bar
    window.setCorner(Qt.Corner.BottomRightCorner, RIGHT)


def _stacked(widgets: Sequence[QWidget], widest: QWidget | None = None) -> QWidget:
    """A column of widgets, of which one takes the room that is left."""
    stacked = QWidget()
    column = QVBoxLayout(stacked)
    column.setContentsMargins(0, 0, 0, 0)
    for widget in widgets:
        column.addWidget(widget, 1 if widget is widest else 0)
    return stacked


def side_by_side(wide: QWidget, narrow: QWidget) -> QWidget:
    """Both in a row; the first takes the room."""
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(theme.SPACE_PX, 0, theme.SPACE_PX, 0)
    layout.setSpacing(0)
    layout.addWidget(wide, 1)
    layout.addWidget(narrow)
    return row


class PanelArea(QScrollArea):
    """A panel with a bar at its side where the window is too low for it.

    Args:
        panel: what is in it.
        locks: the part of it that `lock` forbids; by default all.
    """

    def __init__(self, panel: QWidget, locks: QWidget | None = None) -> None:
        super().__init__(widgetResizable=True)
        self._locked = panel if locks is None else locks
        self._note = Label(objectName="panelNote", wordWrap=True)
        self._note.hide()
        page = named(QWidget(), "page")
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._note)
        column.addWidget(panel, 1)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(page)
        self._page = page

    def minimumSizeHint(self) -> QSize:
        """Qt: as wide as the panel and the bar at its side, so that nothing is cut off."""
        bar_px = self.verticalScrollBar().sizeHint().width()
        width_px = self._page.minimumSizeHint().width() + bar_px
        return QSize(width_px, super().minimumSizeHint().height())

    @property
    def note(self) -> str:
        """Why the panel is forbidden; empty where it is not."""
        return self._note.text()

    def lock(self, reason: str) -> None:
        """Forbid the panel and say why; an empty reason allows it again."""
        self._note.setText(reason)
        self._note.setVisible(bool(reason))
        self._locked.setEnabled(not reason)


def add_dock(window: QMainWindow, action: QAction, area: Qt.DockWidgetArea) -> QDockWidget:
    """Make room for a panel beside the panes, hidden until its checkable action is switched on.

    Docks of one area become tabs of each other at the right, and stand side by side below.
    """
    dock = named(QDockWidget(action.text(), window), f"dock-{action.objectName()}")
    others = [d for d in window.findChildren(QDockWidget) if window.dockWidgetArea(d) is area]
    window.addDockWidget(area, dock)
    if others and area is RIGHT:
        window.tabifyDockWidget(others[-1], dock)
    dock.hide()
    orientation = Qt.Orientation.Horizontal if area is RIGHT else Qt.Orientation.Vertical
    size_px = _RIGHT_WIDTH_PX if area is RIGHT else _BELOW_HEIGHT_PX
    window.resizeDocks([dock], [size_px], orientation)

    def show(is_shown: bool) -> None:
        dock.setVisible(is_shown)
        if is_shown:
            dock.raise_()

    action.toggled.connect(show)
    # a dock behind another tab is not visible and yet not closed
    dock.visibilityChanged.connect(lambda _: action.setChecked(not dock.isHidden()))
    return dock


def fill_dock(dock: QDockWidget, panel: QWidget) -> None:
    """Put its panel into a dock."""
    dock.setWidget(panel)
    panel.setAccessibleName(dock.windowTitle())
