"""Camera panel: lens, what is ignored, and floor; signals out, setters in."""

from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QInputDialog,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from das_app.gui.lens.camera_part import CameraPart
from das_app.gui.lens.size_offers import SizeOffers
from das_app.gui.lens.zone_panel import ZonePanel
from das_app.gui.style import theme
from das_app.gui.style.forms import centre_labels
from das_app.gui.style.language import tr
from das_app.gui.style.texts import Label, described
from das_app.lens.calibration_files import cameras_in
from das_app.lens.fov_guess import FovGuess
from das_app.lens.intrinsics import (
    Intrinsics,
    LensOrigin,
    equivalent_mm,
    fov_from_equivalent,
    fov_from_focal_px,
)
from das_app.words.said import marked

_FILES = marked("Calibrations (*.json *.yml *.yaml *.xml *.toml);;All files (*)")
_MIN_FOV_DEG, _GREATEST_FOV_DEG = 10.0, 150.0
_MIN_HEIGHT_M, _NO_TILT_DEG = 0.1, -79.0
_NO_GUESS = marked(
    "No hint of the field of view from people yet: they have to walk nearer and further, before a "
    "camera that looks down at the floor."
)
_AMBIGUITY = marked(
    "A height alone cannot tell the lens: a longer one from further away gives the same picture. "
    "So measure the distance from the lens to the hips too. Best: somebody who stands upright, "
    "whole in the picture, near its middle, 2 to 4 m away."
)


class CameraPanel(QWidget):
    """The lens in use, how it is known, and other ways to say it.

    Attributes:
        fov_entered: field of view of the longer side in degrees, and its `LensOrigin`.
        file_chosen: calibration file, and the camera in it (empty for the only one).
        person_entered: track id of a person in the picture, their height and the distance from
            the lens to their hips in mm.
        calibration_requested: calibrate the running camera with a board.
        forget_requested: forget the calibration kept for the running camera.
        problem_found: what is wrong with a file, for people to read.
        floor_told: height of the lens above the floor in mm and how many degrees it looks down,
            None for what is not known.
        floor_clicks_toggled: begin or end clicking feet in the picture.
        floor_forgotten: there is no floor any more.
        levelled_toggled: show the floor-levelled world instead of camera space.
        size_accepted: track id of a person, and their height in mm as the floor tells it.
    """

    fov_entered = Signal(float, LensOrigin)
    file_chosen = Signal(object, str)
    person_entered = Signal(int, float, float)
    calibration_requested = Signal()
    forget_requested = Signal()
    problem_found = Signal(str)
    floor_told = Signal(object, object)
    floor_clicks_toggled = Signal(bool)
    floor_forgotten = Signal()
    levelled_toggled = Signal(bool)
    size_accepted = Signal(int, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._size: tuple[int, int] | None = None
        whole = QVBoxLayout(self)
        whole.setContentsMargins(*[2 * theme.SPACE_PX] * 4)
        whole.setSpacing(theme.SPACE_PX)
        self.lens_part = QWidget()  # all but the floor
        self._column = QVBoxLayout(self.lens_part)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(theme.SPACE_PX)
        whole.addWidget(self.lens_part)
        self.lens_text = Label(wordWrap=True)
        self.lens_text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.camera_part = CameraPart()
        self._column.addWidget(self.camera_part)
        self._add_heading(tr("Lens in use"))
        self._column.addWidget(self.lens_text)
        self._add_numbers()
        self._add_person()
        self._add_calibration()
        self.zones = ZonePanel()
        self._column.addWidget(self.zones)
        self._column = whole
        self._add_floor()
        self._column.addStretch()
        self.set_lens(Intrinsics(), None)
        self.set_camera(None, has_calibration=False)
        self.set_people(())
        self.set_floor("", is_levelled=True)
        self.set_fov_guess(None)

    def set_lens(self, intrinsics: Intrinsics, size: tuple[int, int] | None) -> None:
        """Show the lens in use, for pictures of `size` (width, height) px; None without any."""
        self._size = size
        self.lens_text.setText(tr(intrinsics.text_for(size)))
        calibrated = intrinsics.calibrated
        camera = intrinsics.camera_for(size or (calibrated.size if calibrated else (16, 9)))
        fields = (self.fov, self.equivalent, self.focal)
        values = (camera.fov_deg, equivalent_mm(camera), camera.focal_px)
        for field, value in zip(fields, values, strict=True):
            with QSignalBlocker(field):
                field.setValue(value)
        for field in fields[1:]:  # they need the picture's shape
            field.setEnabled(size is not None)

    def set_camera(self, name: str | None, has_calibration: bool) -> None:
        """Name the running camera, None while none runs, and whether a calibration is kept."""
        self.calibrate.setEnabled(name is not None)
        self.forget.setEnabled(name is not None and has_calibration)
        self.camera_text.setText(
            tr("Open a camera to calibrate it with a printed board.")
            if name is None
            else f"{name}: " + (tr("calibrated") if has_calibration else tr("not calibrated"))
        )

    def set_people(self, track_ids: tuple[int, ...]) -> None:
        """Offer the people in the picture; the one chosen stays chosen while there."""
        shown = tuple(self.person.itemData(row) for row in range(self.person.count()))
        if shown != track_ids:
            chosen = self.person.currentData()
            self.person.clear()
            for track_id in track_ids:
                self.person.addItem(tr("Person {number}", number=track_id), track_id)
            if chosen in track_ids:
                self.person.setCurrentIndex(track_ids.index(chosen))
        self.use_person.setEnabled(bool(track_ids))

    def set_floor(self, text: str, is_levelled: bool) -> None:
        """Show the state of the floor, and whether the 3D view is levelled once it is known."""
        self.floor_text.setText(text)
        with QSignalBlocker(self.level):
            self.level.setChecked(is_levelled)

    def set_fov_guess(self, guess: FovGuess | None) -> None:
        """Say what people let suspect of the field of view, None for nothing; it is only said."""
        self.fov_hint.setText(
            tr(_NO_GUESS)
            if guess is None
            else tr(
                "People on the floor suggest about {angle:.0f}°, likely {low:.0f} to {high:.0f}°. "
                "A hint alone: nothing was changed.",
                angle=guess.fov_deg,
                low=guess.low_deg,
                high=guess.high_deg,
            )
        )

    def set_offers(self, offers: Mapping[int, tuple[float, float]]) -> None:
        """Offer heights that the floor tells, by track id: how tall, and as seen, mm."""
        self.offers.set_offers(offers)

    def set_told(self, height_mm: float | None, tilt_deg: float | None) -> None:
        """Show what is known of the floor; None for what is to be found out."""
        with QSignalBlocker(self.camera_height), QSignalBlocker(self.camera_tilt):
            self.camera_height.setValue(0.0 if height_mm is None else height_mm / 1e3)
            low = self.camera_tilt.minimum()
            self.camera_tilt.setValue(low if tilt_deg is None else tilt_deg)

    def set_clicking(self, is_clicking: bool) -> None:
        """Show whether feet are being clicked."""
        with QSignalBlocker(self.click_feet):
            self.click_feet.setChecked(is_clicking)

    def _add_heading(self, text: str) -> None:
        self._column.addWidget(Label(text, objectName="section"))

    def _add_numbers(self) -> None:
        form = QFormLayout()
        form.setVerticalSpacing(theme.SPACE_PX)
        low, high = _MIN_FOV_DEG, _GREATEST_FOV_DEG
        self.fov = _number(low, high, 1, " °", tr("Angle over the picture's longer side"))
        self.equivalent = _number(
            4,
            500,
            1,
            " mm",
            tr("As phone and camera makers state it; a cropped video has more"),
        )
        self.focal = _number(10, 99999, 0, " px", tr("In pixels of the present picture"))
        self.fov.valueChanged.connect(lambda value: self._enter(value, LensOrigin.FOV))
        self.equivalent.valueChanged.connect(
            lambda mm: self._enter_length(fov_from_equivalent, mm, LensOrigin.EQUIVALENT_MM)
        )
        self.focal.valueChanged.connect(
            lambda px: self._enter_length(fov_from_focal_px, px, LensOrigin.FOCAL_PX)
        )
        form.addRow(tr("Field of view"), self.fov)
        form.addRow(tr("35 mm equivalent"), self.equivalent)
        form.addRow(tr("Focal length"), self.focal)
        centre_labels(form)
        self._column.addLayout(form)
        self.fov_hint = Label(objectName="muted", wordWrap=True)
        self._column.addWidget(self.fov_hint)

    def _add_person(self) -> None:
        self._add_heading(tr("From a person"))
        self.person = described(QComboBox(), tr("The id that stands by the person in the picture"))
        self.person_height = _number(0.5, 2.5, 2, " m", tr("Without shoes"), value=1.75)
        self.distance = _number(0.5, 30, 2, " m", tr("From the lens to the hips"), value=3.0)
        self.use_person = described(QPushButton(tr("Use")), tr("Work the lens out of this person"))
        self.use_person.clicked.connect(
            lambda: self.person_entered.emit(
                self.person.currentData(),
                1e3 * self.person_height.value(),
                1e3 * self.distance.value(),
            )
        )
        form = QFormLayout()
        form.setVerticalSpacing(theme.SPACE_PX)
        form.addRow(tr("Who"), self.person)
        form.addRow(tr("Height"), self.person_height)
        form.addRow(tr("Distance"), self.distance)
        form.addRow("", self.use_person)
        centre_labels(form)
        self._column.addLayout(form)
        self._column.addWidget(Label(tr(_AMBIGUITY), objectName="muted", wordWrap=True))

    def _add_calibration(self) -> None:
        self._add_heading(tr("Calibration"))
        self.camera_text = Label(objectName="muted", wordWrap=True)
        self.calibrate = described(
            QPushButton(tr("With a board …")), tr("Calibrate the running camera")
        )
        self.calibrate.clicked.connect(self.calibration_requested)
        self.open_file = described(
            QPushButton(tr("File …")), tr("OpenCV, Pose2Sim, Sports2D or our own")
        )
        self.open_file.clicked.connect(self.choose_file)
        self.forget = described(QPushButton(tr("Forget")), tr("Forget this camera's calibration"))
        self.forget.clicked.connect(self.forget_requested)
        self._column.addWidget(self.camera_text)
        self._add_row(self.calibrate, self.open_file, self.forget)

    def _add_floor(self) -> None:
        self._add_heading(tr("Floor"))
        self.floor_text = Label(objectName="muted", wordWrap=True)
        self.camera_height = _number(0.0, 50, 2, " m", tr("Of the lens above the floor"))
        self.camera_tilt = _number(_NO_TILT_DEG, 79, 1, " °", tr("How far the camera looks down"))
        form = QFormLayout()
        form.setVerticalSpacing(theme.SPACE_PX)
        for label, field in (
            (tr("Height", "of the camera"), self.camera_height),
            (tr("Tilt"), self.camera_tilt),
        ):
            field.setSpecialValueText(tr("found from people"))
            field.setValue(field.minimum())
            field.valueChanged.connect(self._tell_floor)
            form.addRow(label, field)
        centre_labels(form)
        self.click_feet = described(
            QPushButton(tr("Click feet")),
            tr("Click three or more feet where they touch the floor, at different places"),
        )
        self.click_feet.setCheckable(True)
        self.click_feet.toggled.connect(self.floor_clicks_toggled)
        self.forget_floor = described(
            QPushButton(tr("Find anew")),
            tr("Forget the floor, such as where the camera was moved"),
        )
        self.forget_floor.clicked.connect(self.floor_forgotten)
        self.level = described(
            QCheckBox(tr("Level the 3D view once the floor is known")),
            tr("World: y down from the floor, origin on it below the lens. Off: camera space"),
        )
        self.level.toggled.connect(self.levelled_toggled)
        self.offers = SizeOffers()
        self.offers.accepted.connect(self.size_accepted)
        self._column.addWidget(self.floor_text)
        self._column.addWidget(self.offers)
        self._column.addLayout(form)
        self._add_row(self.click_feet, self.forget_floor)
        self._column.addWidget(self.level)

    def _add_row(self, *widgets: QWidget) -> None:
        row = QHBoxLayout()
        row.setSpacing(theme.SPACE_PX)
        for widget in widgets:
            row.addWidget(widget)
        row.addStretch()
        self._column.addLayout(row)

    def _tell_floor(self) -> None:
        height_m, tilt = self.camera_height.value(), self.camera_tilt.value()
        self.floor_told.emit(
            1e3 * max(height_m, _MIN_HEIGHT_M) if height_m > 0 else None,
            tilt if tilt > _NO_TILT_DEG else None,
        )

    def _enter_length(
        self,
        fov_from: Callable[[float, tuple[int, int]], float],
        length: float,
        origin: LensOrigin,
    ) -> None:
        if self._size is not None:
            self._enter(fov_from(length, self._size), origin)

    def _enter(self, fov_deg: float, origin: LensOrigin) -> None:
        in_range = min(max(fov_deg, _MIN_FOV_DEG), _GREATEST_FOV_DEG)
        self.fov_entered.emit(in_range, origin)

    def choose_file(self) -> None:
        """Ask for a calibration file and, where it has several, for the camera."""
        name, _ = QFileDialog.getOpenFileName(self, tr("Open a calibration"), "", tr(_FILES))
        if not name:
            return
        try:
            cameras = cameras_in(Path(name))
        except ValueError as error:
            self.problem_found.emit(str(error))
            return
        camera, is_chosen = "", True
        if len(cameras) > 1:
            camera, is_chosen = QInputDialog.getItem(
                self, tr("Open a calibration"), tr("Camera:"), cameras, 0, False
            )
        if is_chosen:
            self.file_chosen.emit(Path(name), camera)


def _number(
    low: float, high: float, decimals: int, suffix: str, tip: str, value: float | None = None
) -> QDoubleSpinBox:
    box = described(QDoubleSpinBox(decimals=decimals, suffix=suffix), tip)
    box.setRange(low, high)
    box.setKeyboardTracking(False)  # speaks when the number is finished
    box.setAlignment(Qt.AlignmentFlag.AlignRight)
    if decimals == 2:
        box.setSingleStep(0.05)
    if value is not None:
        box.setValue(value)
    return box
