"""Presenter of the camera itself: turn, mirror, mode and controls of the source that is open."""

from dataclasses import replace

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction

from das_app.gui.control.controller import Controller
from das_app.gui.lens.camera_part import CameraPart
from das_app.gui.picture.overlay_view import OverlayView
from das_app.gui.style.language import tr
from das_app.sources.camera_controls import Control, wanted_texts


class CameraPresenter(QObject):
    """Carries out what the panel asks of the camera, and shows how things are.

    The 3D view is never mirrored: it is the measured room, in which one walks around, and a
    mirrored room would show left hands as right ones from every side.

    Args:
        control: of what runs.
        part: of the panel.
        overlay: the picture.
        mirror: the window's action.

    Attributes:
        refused: what the camera did not do.
    """

    refused = Signal(str)

    def __init__(
        self, control: Controller, part: CameraPart, overlay: OverlayView, mirror: QAction
    ) -> None:
        super().__init__(control)
        self._control, self._part, self._overlay = control, part, overlay
        self._mirror = mirror
        part.turn_chosen.connect(control.set_turn)
        part.mirror_toggled.connect(control.set_mirrored)
        part.controls.ordered.connect(self._order)
        mirror.triggered.connect(control.set_mirrored)
        control.settings_changed.connect(self.show)
        control.opened.connect(self.show)
        control.ended.connect(self.show)
        self.show()

    def show(self) -> None:
        """Bring the widgets up to date."""
        has_source = self._control.live is not None
        self._part.set_turn(self._control.settings.camera.turn if has_source else None)
        is_mirrored = self._control.is_mirrored
        self._part.set_mirrored(is_mirrored, has_source)
        self._mirror.setEnabled(has_source)
        self._mirror.setChecked(is_mirrored)
        self._overlay.set_mirrored(is_mirrored)

    def refresh(self) -> None:
        """Bring what the camera tells up to date."""
        camera, live = self._control.camera, self._control.live
        controls = None if camera is None else camera.controls
        self._part.controls.show_states({} if controls is None else controls.states)
        if camera is None or controls is None or live is None:
            self._part.set_delivered("")
            return
        for refusal in controls.take_refusals():
            self.refused.emit(refusal)
        size, asked = camera.size, camera.asked
        if size is None or asked is None:
            return
        fps = live.stats().capture_fps
        told = tr(asked.delivered_text(size, fps))
        rate = tr(" at {fps:.0f}", fps=fps) if fps else ""
        self._part.set_delivered(
            f"{told[:1].upper()}{told[1:]}"
            if told
            else tr("{size}{rate}, as asked", size=f"{size[0]}x{size[1]}", rate=rate)
        )

    def _order(self, wanted: Control, value: float | None) -> None:
        camera, settings = self._control.camera, self._control.settings
        if camera is None or camera.controls is None:
            return
        camera.controls.order(wanted, value)
        texts = wanted_texts(settings.camera.wanted() | {wanted: value})
        self._control.change(camera=replace(settings.camera, controls=texts))
