"""Presenter of the camera itself: turn and mirror of the source that is open."""

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

from das_app.gui.control.controller import Controller
from das_app.gui.lens.camera_part import CameraPart
from das_app.gui.picture.overlay_view import OverlayView


class CameraPresenter(QObject):
    """Carries out what the panel asks of the camera, and shows how things are.

    The 3D view is never mirrored: it is the measured room, in which one walks around, and a
    mirrored room would show left hands as right ones from every side.

    Args:
        control: of what runs.
        part: of the panel.
        overlay: the picture.
        mirror: the window's action.
    """

    def __init__(
        self, control: Controller, part: CameraPart, overlay: OverlayView, mirror: QAction
    ) -> None:
        super().__init__(control)
        self._control, self._part, self._overlay = control, part, overlay
        self._mirror = mirror
        part.turn_chosen.connect(control.set_turn)
        part.mirror_toggled.connect(control.set_mirrored)
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
