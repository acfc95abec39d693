"""Export options form: people, time range and treatment of gaps.

What the chosen format cannot follow is switched off, with the reason beside it and as a tooltip.
"""

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QListWidget,
    QListWidgetItem,
    QWidget,
)

from das_app.exports.choices import Choice, why_not
from das_app.exports.export_job import PeopleSearch
from das_app.exports.formats import ExportFormat
from das_app.exports.takes.take import ExportOptions, MarkerNames, Space
from das_app.gui.style import theme
from das_app.gui.style.amounts import short_time
from das_app.gui.style.forms import row_of
from das_app.gui.style.language import tr
from das_app.gui.style.texts import Label, plain
from das_app.motion.body.rig import RigNames
from das_app.session.edits import SessionEdits, load_edits
from das_app.session.session import Session
from das_app.session.types import Layer, SessionError
from das_app.words.said import marked

_POLL_MS = 50
_END_S = 3.0
_DEFAULT_FPS = 30.0
_LIST_HEIGHT_PX = 60
EVERYBODY, SOME = range(2)
_POSES = {
    Layer.REFINED: marked("Refined afterwards"),
    Layer.LIVE: marked("Smoothed, as recorded"),
    Layer.RAW: marked("Raw, as the model found them"),
}
_RIGS = {
    RigNames.HUMANOID: marked("Humanoid: Hips, LeftUpLeg"),
    RigNames.MIXAMO: marked("Mixamo: mixamorig:Hips"),
    RigNames.VRM: marked("VRM: hips, leftUpperLeg"),
    RigNames.OURS: marked("The model's joints"),
}
_MARKERS = {
    MarkerNames.OURS: marked("The model's joints"),
    MarkerNames.POSE2SIM: marked("Pose2Sim: RHip, RKnee"),
}


class ExportChoices(QObject):
    """The rows of a form below the format."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session: Session | None = None
        self._edits = SessionEdits()
        self._search: PeopleSearch | None = None
        self.people = _choice(tr("Everybody"), tr("Only these"))
        self.people.currentIndexChanged.connect(self._allow_list)
        self.list = QListWidget()
        self.list.setEnabled(False)
        self.list.setFixedHeight(_LIST_HEIGHT_PX)
        self.part = _choice(tr("As trimmed"), tr("All of it"))
        self.poses = QComboBox()
        self.space = _choice(
            tr("Camera: origin at the lens"), tr("Floor: levelled, below the lens")
        )
        self.rate = _choice(tr("As recorded"), tr("Resample to"))
        self.fps = _spin(0.01, 1000.0, _DEFAULT_FPS, " fps")
        self.gaps = _choice(tr("Leave them"), tr("Interpolate up to"))
        self.gap_s = _spin(0.05, 60.0, 0.5, " s")
        self.brief = _choice(tr("As usual for the format"), tr("Leave out below"))
        self.brief_s = _spin(0.0, 60.0, 0.5, " s")
        self.rig, self.markers = QComboBox(), QComboBox()
        for box, texts in ((self.rig, _RIGS), (self.markers, _MARKERS)):
            for names, text in texts.items():
                box.addItem(tr(text), names)
        self.together = QCheckBox(tr("Everybody in one file"))
        self.images = QCheckBox(tr("Write the recorded ones beside it"))
        for choice, spin in (
            (self.rate, self.fps),
            (self.gaps, self.gap_s),
            (self.brief, self.brief_s),
        ):
            choice.currentIndexChanged.connect(spin.setEnabled)
            spin.setEnabled(False)
        self._chosen: dict[Choice, QComboBox | QCheckBox] = {
            Choice.SPACE: self.space,
            Choice.RATE: self.rate,
            Choice.GAPS: self.gaps,
            Choice.DURATION: self.brief,
            Choice.RIG: self.rig,
            Choice.MARKERS: self.markers,
            Choice.TOGETHER: self.together,
            Choice.IMAGES: self.images,
        }
        beside = (choice for choice in self._chosen if choice is not Choice.TOGETHER)
        self._notes = {choice: Label(objectName="muted") for choice in beside}
        self._widgets: list[QWidget] = []
        self._timer = QTimer(self, interval=_POLL_MS)
        self._timer.timeout.connect(self._poll)

    @property
    def has_video(self) -> bool:
        """Whether the session has one."""
        return self._session is not None and self._session.video_path is not None

    def add_to(self, form: QFormLayout) -> None:
        """Put the rows into a form."""
        self._form = form
        rows = (
            (tr("People"), (self.people,)),
            ("", (self.list,)),
            (tr("Part"), (self.part,)),
            (tr("Poses"), (self.poses,)),
            (tr("Positions"), (self.space, self._notes[Choice.SPACE])),
            (tr("Rate"), (self.rate, self.fps, self._notes[Choice.RATE])),
            (tr("Gaps"), (self.gaps, self.gap_s, self._notes[Choice.GAPS])),
            (tr("Seen shortly"), (self.brief, self.brief_s, self._notes[Choice.DURATION])),
            (tr("Bones"), (self.rig, self._notes[Choice.RIG])),
            (tr("Markers"), (self.markers, self.together, self._notes[Choice.MARKERS])),
            (tr("Pictures"), (self.images, self._notes[Choice.IMAGES])),
        )
        for text, widgets in rows:
            row = row_of(*widgets, wide=widgets[-1])
            self._widgets.append(row)
            form.addRow(text, row)
        self._part_row = self._widgets[2]

    def setEnabled(self, is_enabled: bool) -> None:
        """Allow or forbid all of it."""
        for widget in self._widgets:
            widget.setEnabled(is_enabled)

    def set_session(self, session: Session | None) -> None:
        """Offer the people of a session, who are looked for meanwhile.

        Raises:
            SessionError: if what was said about it afterwards cannot be read.
        """
        self.stop()
        self._session, self._edits = session, SessionEdits()
        self.people.setCurrentIndex(EVERYBODY)
        self.list.clear()
        if session is not None:
            self._edits = load_edits(session.folder)
            self.poses.clear()
            for layer in reversed(session.layers):
                self.poses.addItem(tr(_POSES[layer]), layer)
            self.fps.setValue(session.origin.nominal_fps or _DEFAULT_FPS)
            self.list.addItem(tr("Looking who is there …"))
            self._search = PeopleSearch(session.folder)
            self._timer.start()
        is_trimmed = self._edits.is_trimmed
        self._form.setRowVisible(self._part_row, is_trimmed)
        self.part.setItemText(0, _part_text(self._edits) if is_trimmed else tr("As trimmed"))

    def set_format(self, to: ExportFormat) -> None:
        """Switch off what a format cannot follow."""
        for choice, widget in self._chosen.items():
            why = tr(why_not(to, choice))
            widget.setEnabled(not why)
            widget.setToolTip(plain(why))
            if choice in self._notes:
                self._notes[choice].setText(why)
            if why and isinstance(widget, QCheckBox):
                widget.setChecked(False)
            elif why and isinstance(widget, QComboBox):
                widget.setCurrentIndex(0)

    def options(self) -> ExportOptions:
        """The chosen options. Raises ValueError if nobody is chosen."""
        ids = None
        if self.people.currentIndex() == SOME:
            items = (self.list.item(row) for row in range(self.list.count()))
            checked = Qt.CheckState.Checked
            ids = tuple(i.data(_ID) for i in items if i.checkState() is checked)
            if not ids:
                raise ValueError(tr("Nobody is chosen; tick somebody, or export everybody."))
        return ExportOptions(
            person_ids=ids,
            fps=self.fps.value() if self.rate.currentIndex() else None,
            fill_gaps_s=self.gap_s.value() if self.gaps.currentIndex() else 0.0,
            layer=Layer(self.poses.currentData()),
            space=Space.FLOOR if self.space.currentIndex() else Space.CAMERA,
            is_untrimmed=bool(self.part.currentIndex()),
            min_duration_s=self.brief_s.value() if self.brief.currentIndex() else None,
            rig=RigNames(self.rig.currentData()),
            markers=MarkerNames(self.markers.currentData()),
            is_together=self.together.isChecked(),
            has_images=self.images.isChecked(),
        )

    def stop(self) -> None:
        """Look for nobody any more."""
        self._timer.stop()
        if self._search is not None:
            self._search.cancel()
            self._search.wait(_END_S)
            self._search = None

    def _poll(self) -> None:
        if self._search is None or not self._search.is_over:
            return
        search, self._search = self._search, None
        self._timer.stop()
        self.list.clear()
        try:
            people = search.result()
        except SessionError as error:
            self.list.addItem(tr(str(error)))
            return
        for track_id, num_frames in people.items():
            name = self._edits.names.get(track_id, "")
            words = " ".join(filter(None, (f"#{track_id}", name)))
            item = QListWidgetItem(f"{words} – {tr('%Ln frame(s)', '', num_frames)}", self.list)
            item.setData(_ID, track_id)
            item.setFlags(Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsEnabled)
            item.setCheckState(Qt.CheckState.Checked)
        if not people:
            self.list.addItem(tr("Nobody was tracked"))

    def _allow_list(self) -> None:
        self.list.setEnabled(self.people.currentIndex() == SOME)


_ID = Qt.ItemDataRole.UserRole


def _part_text(edits: SessionEdits) -> str:
    end = short_time(edits.end_s) if edits.end_s < float("inf") else tr("its end")
    return tr("As trimmed: {start} to {end}", start=short_time(edits.start_s), end=end)


def _choice(*texts: str) -> QComboBox:
    box = QComboBox()
    box.addItems(texts)
    return box


def _spin(low: float, high: float, value: float, suffix: str) -> QDoubleSpinBox:
    box = QDoubleSpinBox(minimum=low, maximum=high, value=value, suffix=suffix, decimals=2)
    box.setAlignment(theme.ALIGN_RIGHT)
    return box
