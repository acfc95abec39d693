"""Widgets of the window and their placement."""

from collections.abc import Sequence

from PySide6.QtWidgets import QMainWindow

from das_app.gui.actions.actions import Actions
from das_app.gui.help.report_dialog import CrashOffer
from das_app.gui.picture.picture_pane import PicturePane
from das_app.gui.recording.recording_indicator import RecordingIndicator
from das_app.gui.recording.recording_notice import RecordingNotice
from das_app.gui.recording.repair_offer import RepairOffer
from das_app.gui.scene.scene_pane import ScenePane
from das_app.gui.session.player_bar import PlayerBar
from das_app.gui.style.docks import frame_panes
from das_app.gui.style.notices import FaultBanner, WelcomeBar
from das_app.gui.style.pane_frame import action_button
from das_app.gui.window.control_bar import ControlBar
from das_app.gui.window.pane_layouts import Pane, PaneLayouts, PaneStage
from das_app.gui.window.source_picker import SourcePicker
from das_app.gui.window.status_strip import StatusStrip
from das_app.gui.window.window_state import ScreenModes

_STATUS_BUTTONS = ("help", "presentation", "full-screen")  # after those of the panels


class WindowParts:
    """Everything that the window shows, but the panels.

    Args:
        window: where it is put.
        actions: the window's.
        panels: names of those with a button in the status line.
    """

    def __init__(self, window: QMainWindow, actions: Actions, panels: Sequence[str]) -> None:
        self.controls, self.player = ControlBar(actions), PlayerBar()
        self.picker = SourcePicker(window)
        self.banner, self.welcome, self.status = FaultBanner(), WelcomeBar(), StatusStrip()
        self.picture, self.scene = PicturePane(), ScenePane(actions)
        self.recording, self.notice = RecordingIndicator(), RecordingNotice()
        self.repair_offer, self.crash_offer = RepairOffer(), CrashOffer()
        self.picture.add_to_heading(self.recording)
        self.picture.overlay.with_depth = self.scene.view.paint_depth
        self.scene.view.made.connect(self.picture.overlay.paint_anew)
        for name in ("depth", "mirror"):
            self.picture.add_to_heading(action_button(actions[name]))
        stage = PaneStage(self.picture, self.scene)
        panes: dict[str, Pane] = {"picture": self.picture, "scene": self.scene}
        self.layouts = PaneLayouts(window, stage, panes, actions)
        for name in (*panels, *_STATUS_BUTTONS):
            self.status.add_button(action_button(actions[name]))
        notices = (self.banner, self.crash_offer, self.repair_offer, self.notice, self.welcome)
        frame_panes(window, self.controls, notices, (stage, self.player), self.status)
        hidden_bars = (
            window.menuBar(),
            self.controls,
            self.crash_offer,
            self.repair_offer,
            self.notice,
            self.welcome,
            self.player,
            window.statusBar(),
        )
        self.modes = ScreenModes(window, actions, hidden_bars)
