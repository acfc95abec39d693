"""Presenter of the floor: camera panel, feet in the image, 3D view."""

import numpy as np
from PySide6.QtCore import QObject, Signal

from das_app.gui.control.controller import Controller
from das_app.gui.control.shown_result import ShownResult
from das_app.gui.lens.camera_panel import CameraPanel
from das_app.gui.picture.overlay_view import OverlayView
from das_app.gui.scene.scene_pane import ScenePane
from das_app.motion.floor import Floor, FloorError, FloorFromFeet, floor_from_points, foot_at

_LEAST_CLICKS = 3


class FloorPresenter(QObject):
    """Finds the floor as the panel asks, and levels the 3D view to it where that is wanted.

    A floor holds for one lens of one source: with another of either it is forgotten.

    Args:
        control: of what runs.
        shown: what is on the screen.
        panel: of the camera.
        overlay: where feet are clicked.
        scene: that is levelled.

    Attributes:
        refused: why there is no floor.
    """

    refused = Signal(str)

    def __init__(
        self,
        control: Controller,
        shown: ShownResult,
        panel: CameraPanel,
        overlay: OverlayView,
        scene: ScenePane,
    ) -> None:
        super().__init__(control)
        self._shown, self._panel, self._scene = shown, panel, scene
        self._feet = FloorFromFeet()
        self._floor: Floor | None = None
        self._is_levelled = self._is_clicking = False
        self._clicked: list[np.ndarray] = []
        shown.taken.connect(self._on_result)
        control.ended.connect(self._forget)
        control.lens_changed.connect(self._forget)
        overlay.place_clicked.connect(self._on_click)
        panel.floor_from_feet_requested.connect(self._use_feet)
        panel.floor_clicks_toggled.connect(self._set_clicking)
        panel.floor_forgotten.connect(self._forget)
        panel.levelled_toggled.connect(self._set_levelled)

    def _on_result(self) -> None:
        if self._shown.camera is not None:
            self._feet.add(self._shown.people, self._shown.camera)

    def _use_feet(self) -> None:
        try:
            self._set_floor(self._feet.estimate())
        except FloorError as error:
            self.refused.emit(f"No floor yet: {error}.")

    def _set_clicking(self, is_clicking: bool) -> None:
        self._is_clicking = is_clicking
        self._clicked.clear()

    def _on_click(self, x_px: float, y_px: float) -> None:
        if not self._is_clicking or self._shown.camera is None:
            return
        try:
            place = foot_at(self._shown.people, self._shown.camera, np.array([x_px, y_px]))
            self._clicked.append(place)
            if len(self._clicked) >= _LEAST_CLICKS:
                self._set_floor(floor_from_points(self._clicked))
        except FloorError as error:
            self.refused.emit(f"No floor yet: {error}.")

    def _set_levelled(self, is_levelled: bool) -> None:
        self._is_levelled = is_levelled
        self._show()

    def _set_floor(self, floor: Floor) -> None:
        self._floor = floor
        self._show()

    def _forget(self) -> None:
        self._feet.clear()
        self._clicked.clear()
        self._floor, self._is_clicking = None, False
        self._panel.set_clicking(False)
        self._show()

    def _show(self) -> None:
        floor = self._floor
        self._panel.set_floor(None if floor is None else floor.label, self._is_levelled)
        self._scene.set_level(floor if self._is_levelled else None)
