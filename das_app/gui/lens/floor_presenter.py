"""Presenter of the floor: people on the screen, camera panel, 3D view."""

import math
import time
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QObject, Signal

from das_app.gui.control.controller import Controller
from das_app.gui.control.shown_result import ShownResult
from das_app.gui.lens.camera_panel import CameraPanel
from das_app.gui.picture.overlay_view import OverlayView
from das_app.gui.scene.scene_pane import ScenePane
from das_app.gui.style.language import tr
from das_app.lens.fov_guess import FovGuess, guess_fov
from das_app.messaging.background import BackgroundTask
from das_app.motion.floor import Floor, FloorError, floor_from_points, foot_at
from das_app.motion.floor_estimate import (
    NOTHING_TOLD,
    FloorEstimate,
    FloorEstimator,
    ToldFloor,
)
from das_app.motion.kinematics import height_at_scale, scale_for_height
from das_model.camera import Camera

_MIN_CLICKS = 3
_PAUSE_S, _LONG_PAUSE_S = 1.0, 4.0  # between two estimates, and when the floor is known
_CLOSE_S = 3.0
_OFFERED = 0.1  # logarithm of a size that is far from the one seen
_Found = tuple[FloorEstimator, FloorEstimate, FovGuess | None]
_SAME_DEG, _SAME_SHARE = 0.7, 0.02  # a floor so near the drawn one is not drawn anew


class FloorPresenter(QObject):
    """Finds the floor while people are seen, and levels the 3D view to it once it is known.

    A floor holds for one lens of one source: with another of either it is sought anew. An estimate
    takes up to a tenth of a second or two, so a thread makes it, from a copy of what was seen.

    Args:
        control: of what runs.
        shown: what is on the screen.
        panel: of the camera.
        overlay: where feet are clicked.
        scene: that is levelled.

    Attributes:
        refused: why clicks make no floor.
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
        self._control = control
        self._shown, self._panel, self._scene = shown, panel, scene
        self._estimator = FloorEstimator()
        self._estimating: BackgroundTask[_Found] | None = None
        self._is_stale = False  # what is being estimated is of another floor
        self._estimate: FloorEstimate | None = None
        self._clicked_floor: Floor | None = None
        self._known: Floor | None = None  # found surely; a surer one takes its place
        self._level: Floor | None = None  # as drawn
        self._next_s = -math.inf
        self._is_levelled, self._is_clicking = True, False
        self._clicked: list[np.ndarray] = []
        shown.taken.connect(self._on_result)
        control.ended.connect(self._on_another)
        control.lens_changed.connect(self._forget)
        overlay.place_clicked.connect(self._on_click)
        panel.floor_told.connect(self._on_told)
        panel.floor_clicks_toggled.connect(self._set_clicking)
        panel.floor_forgotten.connect(self._forget)
        panel.levelled_toggled.connect(self._set_levelled)
        panel.size_accepted.connect(self._accept)
        control.scaled.connect(self._on_scaled)
        self._show()

    def tell(self, told: ToldFloor) -> None:
        """Set what the user knows of the floor of this source."""
        self._estimator.told = told
        self._panel.set_told(told.height_mm, told.pitch_deg)
        self._clicked_floor = self._known = None
        self._is_stale, self._next_s = True, -math.inf
        self._show()

    def close(self) -> None:
        """Wait for what is being estimated."""
        if self._estimating is not None:
            self._estimating.wait(_CLOSE_S)
            self._estimating = None

    def _on_told(self, height_mm: float | None, tilt_deg: float | None) -> None:
        self.tell(ToldFloor(height_mm, tilt_deg))

    def _on_result(self) -> None:
        result = self._shown.result
        if result is None or self._clicked_floor is not None:
            return
        self._estimator.add(self._shown.people, result.frame.camera, result.frame.time_s)
        self._take_estimate()
        if self._estimating is None and time.monotonic() >= self._next_s and len(self._estimator):
            copy, self._is_stale = self._estimator.copied(), False
            camera = result.frame.camera
            self._estimating = BackgroundTask(lambda: _find(copy, camera), "das-floor")

    def _take_estimate(self) -> None:
        """Show what the thread has found, if it is through."""
        if self._estimating is None or not self._estimating.is_over:
            return
        task, self._estimating = self._estimating, None
        copy, estimate, guess = task.result()
        if self._is_stale:
            return
        self._panel.set_fov_guess(guess)
        self._estimator.go_on_from(copy)
        self._estimate = estimate
        if estimate.is_sure:
            self._known = estimate.floor
        pause_s = _LONG_PAUSE_S if estimate.is_sure else _PAUSE_S
        self._next_s = time.monotonic() + pause_s
        self._show()

    @property
    def floor(self) -> Floor | None:
        """As it is known; None while it is guessed."""
        return self._known if self._clicked_floor is None else self._clicked_floor

    def _offers(self) -> dict[int, tuple[float, float]]:
        """By track id of who is shown: how tall somebody is by the floor, and as seen, mm, where
        the two are far apart and the floor is known."""
        estimate = self._estimate
        if estimate is None or not estimate.is_sure or self._control.live is None:
            return {}
        here, heights_mm = set(self._shown.people.track_ids.tolist()), self._estimator.heights_mm()
        return {
            track_id: (height_at_scale(heights_mm[track_id], scale), heights_mm[track_id])
            for track_id, scale in estimate.scales.items()
            if track_id in here & heights_mm.keys() and abs(math.log(scale)) > _OFFERED
        }

    def _accept(self, track_id: int, height_mm: float) -> None:
        """Somebody is as tall as the floor says."""
        now_mm = self._estimator.heights_mm().get(track_id)
        if now_mm is None:
            return
        scale = self._control.scales.get(track_id, 1.0) * scale_for_height(height_mm, now_mm)
        try:
            self._control.scale_person(track_id, scale)
        except ValueError as error:
            self.refused.emit(tr("Not taken: {error}.", error=error))

    def _on_scaled(self, track_id: int) -> None:
        self._estimator.forget(track_id)
        self._is_stale = True
        if self._estimate is not None:
            scales = {n: scale for n, scale in self._estimate.scales.items() if n != track_id}
            self._estimate = replace(self._estimate, scales=scales)
        self._show()

    def _set_clicking(self, is_clicking: bool) -> None:
        self._is_clicking = is_clicking
        self._clicked.clear()

    def _on_click(self, x_px: float, y_px: float) -> None:
        if not self._is_clicking or self._shown.camera is None:
            return
        try:
            place = foot_at(self._shown.people, self._shown.camera, np.array([x_px, y_px]))
            self._clicked.append(place)
            if len(self._clicked) >= _MIN_CLICKS:
                self._clicked_floor = floor_from_points(self._clicked)
                self._show()
        except FloorError as error:
            self.refused.emit(tr("No floor yet: {error}.", error=error))

    def _set_levelled(self, is_levelled: bool) -> None:
        self._is_levelled = is_levelled
        self._show()

    def _on_another(self) -> None:
        """Another source: nothing that was said of the last one holds."""
        self._estimator.told = NOTHING_TOLD
        self._panel.set_told(None, None)
        self._forget()

    def _forget(self) -> None:
        self._estimator.clear()
        self._clicked.clear()
        self._estimate = self._clicked_floor = self._known = None
        self._is_clicking, self._is_stale, self._next_s = False, True, -math.inf
        self._panel.set_clicking(False)
        self._panel.set_fov_guess(None)
        self._show()

    def _show(self) -> None:
        text, known = tr("Nobody was seen yet; the floor is found from people."), self.floor
        if self._clicked_floor is not None:
            text = tr("As clicked: {floor}", floor=self._clicked_floor.label)
        elif self._estimate is not None and known is not None:
            text = tr("Known: {floor}", floor=self._estimate.label)
        elif self._estimate is not None:
            text = tr(
                "Guessed: {floor}. It gets surer while people walk about.",
                floor=self._estimate.label,
            )
        self._panel.set_floor(text, self._is_levelled)
        self._panel.set_offers(self._offers())
        level = known if self._is_levelled else None
        if not _is_about(level, self._level):
            self._level = level
            self._scene.set_level(level)


def _find(people: FloorEstimator, camera: Camera) -> _Found:
    """The floor under people, and what they let suspect of the lens that saw them."""
    return people, people.estimate(), guess_fov(people.sightings, camera)


def _is_about(floor: Floor | None, other: Floor | None) -> bool:
    """Whether one drawn as the other would be looks the same."""
    if floor is None or other is None:
        return floor is other
    angle_deg = math.degrees(math.acos(min(1.0, float(floor.up @ other.up))))
    return angle_deg < _SAME_DEG and abs(floor.height_mm / other.height_mm - 1) < _SAME_SHARE
