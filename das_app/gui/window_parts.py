"""The widgets of the window, made and put in their places; wired by the main window."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMainWindow, QMenu, QSplitter

from das_app.gui import theme
from das_app.gui.actions import Actions
from das_app.gui.controls import ControlBar
from das_app.gui.docks import BELOW, RIGHT, add_dock, frame_panes
from das_app.gui.model_panel import ModelPanel
from das_app.gui.notices import FaultBanner, WelcomeBar
from das_app.gui.panes import PicturePane, ScenePane, action_button
from das_app.gui.plots import TimingPlot
from das_app.gui.status_strip import StatusStrip
from das_app.gui.window_state import ScreenModes


class WindowParts:
    """Everything that the window shows.

    Args:
        window: where it is put.
        actions: the window's.
        camera_menu: of the cameras there are.
    """

    def __init__(self, window: QMainWindow, actions: Actions, camera_menu: QMenu) -> None:
        self.controls = ControlBar(actions, camera_menu)
        self.banner, self.welcome, self.status = FaultBanner(), WelcomeBar(), StatusStrip()
        self.picture, self.scene = PicturePane(), ScenePane(actions)
        self.model_panel, self.chart = ModelPanel(), TimingPlot()
        splitter = QSplitter(Qt.Orientation.Horizontal, handleWidth=theme.SPACE_PX)
        splitter.setChildrenCollapsible(False)
        for pane in (self.picture, self.scene):
            splitter.addWidget(pane)
        splitter.setSizes([1160, 840])
        for name in ("model", "timing", "help", "presentation", "full-screen"):
            self.status.add_button(action_button(actions[name]))
        frame_panes(window, (self.controls, self.banner, self.welcome), splitter, self.status)
        add_dock(window, actions["model"], self.model_panel, RIGHT)
        add_dock(window, actions["timing"], self.chart, BELOW)
        bars = (window.menuBar(), self.controls, self.welcome, window.statusBar())
        self.modes = ScreenModes(window, actions, bars)
