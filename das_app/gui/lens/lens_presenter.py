"""Presenter of the lens: entered, read from a calibration file, or saved per camera."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from das_app.gui.control.controller import Controller
from das_app.gui.control.shown_result import ShownResult
from das_app.gui.lens.camera_panel import CameraPanel
from das_app.gui.style.language import tr
from das_app.lens.calibration_files import (
    forget_calibration,
    kept_calibration,
    lens_of_camera,
)
from das_app.lens.intrinsics import Intrinsics, LensOrigin
from das_app.lens.person_lens import fov_from_person

if TYPE_CHECKING:
    from das_app.gui.lens.calibration_dialog import CalibrationDialog


class LensPresenter(QObject):
    """Carries out what the camera panel asks of the lens, and shows the one in use.

    `lens_of_camera` says which lens a camera begins with; what is entered later holds until
    another source is opened.

    Args:
        control: owns the lens.
        shown: what is on the screen.
        panel: of the camera.

    Attributes:
        refused: why something could not be done.
        shown: the lens in use in a line; empty before any source was opened.
        dialog: of a calibration that goes on, None while there is none.
    """

    refused = Signal(str)
    shown = Signal(str)

    def __init__(self, control: Controller, shown: ShownResult, panel: CameraPanel) -> None:
        super().__init__(control)
        self._control, self._shown, self._panel = control, shown, panel
        self.dialog: CalibrationDialog | None = None
        panel.fov_entered.connect(control.set_fov)
        panel.file_chosen.connect(self._use_file)
        panel.person_entered.connect(self._use_person)
        panel.forget_requested.connect(self._forget)
        panel.calibration_requested.connect(self._calibrate)
        panel.problem_found.connect(self.refused)
        control.lens_changed.connect(self.show)
        shown.size_changed.connect(self._on_size)
        shown.taken.connect(self._show_dialog_the_picture)
        control.ended.connect(self.end_calibration)

    def show(self) -> None:
        """Show the lens in use."""
        size, lens = self._size, self._control.lens
        fitting = size if size is not None and lens.fits(size) else None
        self._panel.set_lens(lens, fitting)
        name = self._camera_name()
        has_kept = name is not None and size is not None and self._kept(name, size) is not None
        self._panel.set_camera(name, has_kept)
        is_used = self._control.pipeline is not None
        self.shown.emit(tr(lens.text_for(fitting)) if is_used else "")

    def show_people(self) -> None:
        """Offer the people on the screen, while a model runs."""
        if self._control.live is None or self._control.model is None or self._shown.camera is None:
            return
        ids = self._shown.people.track_ids
        self._panel.set_people(tuple(ids[ids >= 0].tolist()))

    def end_calibration(self) -> None:
        """Close the dialog of a calibration, if one is open."""
        if self.dialog is not None:
            self.dialog.reject()

    def _calibrate(self) -> None:
        name = self._camera_name()
        if name is None or self.dialog is not None:
            return
        from das_app.gui.lens.calibration_dialog import CalibrationDialog

        turn = self._control.turn
        self.dialog = CalibrationDialog(name, turn, self._panel.window())
        self.dialog.saved.connect(self._use_saved)
        self.dialog.finished.connect(self._forget_dialog)
        self.dialog.open()

    def _show_dialog_the_picture(self) -> None:
        result = self._shown.result
        if self.dialog is not None and result is not None:
            self.dialog.show_image(result.frame.image)

    def _use_saved(self) -> None:
        """The new calibration wins, also over a file chosen before."""
        self._control.change(lens=replace(self._control.settings.lens, file=None, camera=""))
        self._on_size()

    def _forget_dialog(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None

    def _on_size(self) -> None:
        name, size = self._camera_name(), self._size
        if name is not None and size is not None:
            self._begin_with_lens_of(name, size)
        self.show()

    def _begin_with_lens_of(self, name: str, size: tuple[int, int]) -> None:
        try:
            chosen = self._control.settings.lens.intrinsics()
            lens = lens_of_camera(name, size, chosen)
        except ValueError as error:
            self.refused.emit(str(error))
            return
        if lens is not chosen:
            self._control.use_lens(lens)

    @property
    def _size(self) -> tuple[int, int] | None:
        """(width, height) px of pictures as the source has them, before they are turned: what a
        lens is known for. None without any."""
        if self._shown.camera is None:
            return None
        return self._control.turn.size_before(self._shown.camera.size)

    def _camera_name(self) -> str | None:
        """Of the live camera on the screen."""
        current = self._control.bridge.current
        if current is None or not current.source.is_live or self._shown.camera is None:
            return None
        return current.source.name

    def _kept(self, name: str, size: tuple[int, int]) -> Intrinsics | None:
        try:
            return kept_calibration(name, size)
        except ValueError as error:
            self.refused.emit(str(error))
            return None

    def _use_file(self, file: Path, camera: str) -> None:
        chosen = replace(self._control.settings.lens, file=file, camera=camera)
        try:
            lens = chosen.intrinsics()
            if self._size is not None:
                lens.camera_for(self._size)
        except ValueError as error:
            self.refused.emit(str(error))
            return
        self._control.change(lens=chosen)
        self._control.use_lens(lens)

    def _use_person(self, track_id: int, height_mm: float, distance_mm: float) -> None:
        people, camera = self._shown.people, self._shown.camera
        rows = (people.track_ids == track_id).nonzero()[0]
        if camera is None or not len(rows):
            self.refused.emit(
                tr("Person {number} is not in the picture any more.", number=track_id)
            )
            return
        try:
            fov_deg = fov_from_person(people, int(rows[0]), camera, height_mm, distance_mm)
        except ValueError as error:
            self.refused.emit(str(error))
            return
        self._control.set_fov(fov_deg, LensOrigin.PERSON)

    def _forget(self) -> None:
        name = self._camera_name()
        if name is not None:
            forget_calibration(name)
            self._control.use_lens(self._control.settings.lens.intrinsics())
