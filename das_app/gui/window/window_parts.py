"""The widgets of the window, made and put in their places; wired by the main window."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMainWindow, QSplitter

from das_app.gui.inspector.inspector import Inspector
from das_app.gui.lens.camera_panel import CameraPanel
from das_app.gui.model.model_panel import ModelPanel
from das_app.gui.model.people_panel import PeoplePanel
from das_app.gui.recording.recording_indicator import RecordingIndicator
from das_app.gui.recording.recording_notice import RecordingNotice
from das_app.gui.recording.repair_offer import RepairOffer
from das_app.gui.session.player_bar import PlayerBar
from das_app.gui.session.session_panel import SessionPanel
from das_app.gui.streaming.stream_panel import StreamPanel
from das_app.gui.style import theme
from das_app.gui.style.actions import Actions
from das_app.gui.style.docks import BELOW, RIGHT, PanelArea, add_dock, frame_panes, side_by_side
from das_app.gui.style.notices import FaultBanner, WelcomeBar
from das_app.gui.window.control_bar import ControlBar
from das_app.gui.window.panes import PicturePane, ScenePane, action_button
from das_app.gui.window.source_picker import SourcePicker
from das_app.gui.window.stage_times import StageBars
from das_app.gui.window.status_strip import StatusStrip
from das_app.gui.window.timing_plot import TimingPlot
from das_app.gui.window.window_state import ScreenModes

_STATUS_BUTTONS = (
    "inspector", "lens", "people", "model", "streaming", "timing", "help", "presentation",
    "full-screen",
)  # fmt: skip


class WindowParts:
    """Everything that the window shows.

    Args:
        window: where it is put.
        actions: the window's.
    """

    def __init__(self, window: QMainWindow, actions: Actions) -> None:
        self.controls, self.player = ControlBar(actions), PlayerBar()
        self.picker = SourcePicker(window)
        self.camera_panel, self.people_panel = CameraPanel(), PeoplePanel()
        self.banner, self.welcome, self.status = FaultBanner(), WelcomeBar(), StatusStrip()
        self.picture, self.scene = PicturePane(), ScenePane(actions)
        self.model_panel, self.chart, self.stages = ModelPanel(), TimingPlot(), StageBars()
        self.inspector = Inspector()
        self.recording, self.notice = RecordingIndicator(), RecordingNotice()
        self.repair_offer = RepairOffer()
        self.picture.add_to_heading(self.recording)
        splitter = QSplitter(Qt.Orientation.Horizontal, handleWidth=theme.SPACE_PX)
        splitter.setChildrenCollapsible(False)
        for pane in (self.picture, self.scene):
            splitter.addWidget(pane)
        splitter.setSizes([1160, 840])
        for name in _STATUS_BUTTONS:
            self.status.add_button(action_button(actions[name]))
        bars = (self.controls, self.banner, self.repair_offer, self.notice, self.welcome)
        frame_panes(window, bars, (splitter, self.player), self.status)
        self.session_panel, self.stream_panel = SessionPanel(actions), StreamPanel()
        self.areas = {
            "lens": PanelArea(self.camera_panel, self.camera_panel.lens_part),
            "people": PanelArea(self.people_panel),
            "model": PanelArea(self.model_panel),
            "session": PanelArea(self.session_panel),
            "streaming": PanelArea(self.stream_panel),
        }
        for name, area in self.areas.items():
            add_dock(window, actions[name], area, RIGHT)
        add_dock(window, actions["inspector"], self.inspector, RIGHT)
        add_dock(window, actions["timing"], side_by_side(self.chart, self.stages), BELOW)
        bars = (
            window.menuBar(), self.controls, self.repair_offer, self.notice, self.welcome,
            self.player, window.statusBar(),
        )  # fmt: skip
        self.modes = ScreenModes(window, actions, bars)
