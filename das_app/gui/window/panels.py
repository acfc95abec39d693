"""Panels of the window: the widget and the presenter of each.

Another panel is a widget and a presenter in a folder of their own, an entry in each part of this
file, and its description in `actions/panel_list.py`.
"""

from collections.abc import Mapping

from PySide6.QtWidgets import QDockWidget, QWidget

from das_app.gui.actions.actions import Actions
from das_app.gui.actions.panel_list import PANELS
from das_app.gui.control.controller import Controller
from das_app.gui.control.shown_result import ShownResult
from das_app.gui.inspector.inspector import Inspector
from das_app.gui.inspector.inspector_presenter import InspectorPresenter
from das_app.gui.lens.camera_panel import CameraPanel
from das_app.gui.lens.camera_presenter import CameraPresenter
from das_app.gui.lens.floor_presenter import FloorPresenter
from das_app.gui.lens.lens_presenter import LensPresenter
from das_app.gui.lens.zone_presenter import ZonePresenter
from das_app.gui.model.model_panel import ModelPanel
from das_app.gui.model.model_presenter import ModelPresenter
from das_app.gui.model.people_panel import PeoplePanel
from das_app.gui.model.people_presenter import PeoplePresenter
from das_app.gui.output.output_panel import OutputPanel
from das_app.gui.output.output_picture import OutputPicture
from das_app.gui.output.output_presenter import OutputPresenter
from das_app.gui.recording.recording_panel import RecordingPanel
from das_app.gui.session.session_panel import SessionPanel
from das_app.gui.session.session_presenter import SessionPresenter
from das_app.gui.streaming.stream_panel import StreamPanel
from das_app.gui.streaming.streaming_presenter import StreamingPresenter
from das_app.gui.style.docks import PanelArea, fill_dock, side_by_side
from das_app.gui.style.language import tr
from das_app.gui.window.stage_times import StageBars
from das_app.gui.window.timing_plot import TimingPlot
from das_app.gui.window.window_parts import WindowParts


class Panels:
    """The panels' widgets in their docks.

    Args:
        docks: the window's, by the names of the panels.
        actions: the window's.
    """

    def __init__(self, docks: Mapping[str, QDockWidget], actions: Actions) -> None:
        self._actions = actions
        self.inspector_panel, self.camera_panel = Inspector(), CameraPanel()
        self.people_panel, self.model_panel = PeoplePanel(), ModelPanel()
        self.session_panel, self.stream_panel = SessionPanel(actions), StreamPanel()
        self.output_panel, self.recording_panel = OutputPanel(), RecordingPanel()
        self.chart, self.stages = TimingPlot(), StageBars()
        self.areas = {
            "lens": PanelArea(self.camera_panel, self.camera_panel.lens_part),
            "people": PanelArea(self.people_panel),
            "model": PanelArea(self.model_panel),
            "session": PanelArea(self.session_panel),
            "streaming": PanelArea(self.stream_panel),
            "output": PanelArea(self.output_panel),
            "recording": PanelArea(self.recording_panel),
        }
        contents: dict[str, QWidget] = {
            **self.areas,
            "inspector": self.inspector_panel,
            "timing": side_by_side(self.chart, self.stages),
        }
        for name, content in contents.items():
            fill_dock(docks[name], content)

    def present(
        self, window: QWidget, control: Controller, shown: ShownResult, parts: WindowParts
    ) -> None:
        """Connect every panel with what runs and what is shown."""
        self.lens = LensPresenter(control, shown, self.camera_panel)
        self.lens.shown.connect(parts.controls.set_lens)
        self.lens.show()
        overlay, scene = parts.picture.overlay, parts.scene.view
        self.camera = CameraPresenter(
            control, self.camera_panel.camera_part, overlay, self._actions["mirror"]
        )
        self.inspector = InspectorPresenter(control, shown, self.inspector_panel, overlay, scene)
        self.floor = FloorPresenter(control, shown, self.camera_panel, overlay, parts.scene)
        self.zones = ZonePresenter(control, self.camera_panel.zones, overlay.zones)
        self.people = PeoplePresenter(control, self.people_panel)
        self.model = ModelPresenter(control, shown, self.model_panel)
        self.session = SessionPresenter(
            window, control, shown, self.session_panel, parts.player, self._actions
        )
        self.inspector.height_told.connect(self.session.set_height)
        self._connect_session(parts)
        self.session.open_requested.connect(control.open)
        self.streaming = StreamingPresenter(
            control, shown, self.stream_panel, self._actions["streaming"]
        )
        picture = OutputPicture(overlay, scene)
        self.output = OutputPresenter(control, shown, self.output_panel, picture)
        for chooser in (overlay, self.inspector_panel):
            chooser.person_chosen.connect(self.streaming.choose_person)
        for presenter in (
            self.camera,
            self.lens,
            self.floor,
            self.zones,
            self.inspector,
            self.session,
            self.streaming,
            self.output,
        ):
            presenter.refused.connect(parts.banner.show_fault)

    def refresh(self) -> None:
        """Bring what is measured up to date."""
        self.inspector.refresh()
        self.model.refresh()
        self.camera.refresh()
        self.lens.show_people()
        self.streaming.refresh()

    def wear_look(self) -> None:
        """Wear the colours of the stage."""
        for plot in (self.chart, self.inspector_panel.plot):
            plot.wear_look()

    def close(self) -> None:
        """End what still runs."""
        self.lens.end_calibration()
        self.floor.close()
        self.session.close()
        self.streaming.close()
        self.output.close()

    def _connect_session(self, parts: WindowParts) -> None:
        session = self.session
        session.model_known.connect(parts.status.set_engine)
        session.model_known.connect(lambda _: parts.status.set_mode(""))
        session.hinted.connect(lambda hint: parts.picture.set_hints((hint,)))
        session.repair_wanted.connect(parts.repair_offer.look)
        session.locked.connect(self._lock)
        session.poses_switched.connect(self.inspector_panel.forget_motion)
        for view in (parts.picture.overlay, parts.scene.view, self.inspector_panel):
            session.names_changed.connect(view.set_names)
        session.names_changed.connect(lambda names: self.streaming.set_names(names))

    def _lock(self, plays_session: bool) -> None:
        for panel in PANELS:
            if panel.lock:
                self.areas[panel.command.name].lock(tr(panel.lock) if plays_session else "")
