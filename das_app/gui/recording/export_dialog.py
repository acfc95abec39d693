"""Export dialog: format, people, options and target of an export.

What a format cannot follow is switched off, and a line says why. The export runs in a thread; its
progress is polled, and it can be cancelled without leaving anything.
"""

import logging
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from das_app.exports.export_job import ExportJob
from das_app.exports.formats import FACTS, ExportFormat, default_path
from das_app.exports.places import export_place
from das_app.exports.takes.take import ExportCancelledError, ExportError
from das_app.gui.recording.export_choices import ExportChoices
from das_app.gui.recording.recording_notice import open_folder
from das_app.gui.style import theme
from das_app.gui.style.amounts import short_time
from das_app.gui.style.docks import PanelArea
from das_app.gui.style.forms import centre_labels, progress_bar, row_of
from das_app.gui.style.language import tr
from das_app.gui.style.texts import Label, plain
from das_app.motion.faces import FaceHiding
from das_app.session.session import Session
from das_app.session.types import SessionError

_POLL_MS = 50
_END_S = 3.0
_WIDTH_PX, _MAX_SCREEN_SHARE = 620, 0.92
_log = logging.getLogger(__name__)


class ExportDialog(QDialog):
    """Exports one session after another, until it is closed.

    Args:
        sessions_folder: where sessions are looked for.
        parent: the dialog stands over it.
        faces: what takes their place in films.
    """

    def __init__(
        self,
        sessions_folder: Path,
        parent: QWidget | None = None,
        faces: FaceHiding = FaceHiding.NONE,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Export session"))
        self.setMinimumWidth(_WIDTH_PX)
        self._sessions_folder, self._faces = sessions_folder, faces
        self._folder: Path | None = None
        self._job: ExportJob | None = None
        self._session_text = Label(wordWrap=True)
        self.choose = QPushButton(tr("Choose …"))
        self.choose.clicked.connect(self._choose_session)
        self.format = QComboBox()
        for to in FACTS:
            self.format.addItem(tr(FACTS[to].title), to)
        self.format.currentIndexChanged.connect(self._on_format)
        self.facts = Label(objectName="muted", wordWrap=True)
        self.choices = ExportChoices()
        self.path = QLineEdit()
        self.path.textChanged.connect(self._allow)
        self.browse = QPushButton(tr("Browse …"))
        self.browse.clicked.connect(self._choose_path)
        self.progress = progress_bar()
        self.progress.setFixedHeight(theme.SPACE_PX)
        self.message = Label(wordWrap=True)
        self.message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.reveal = QPushButton(tr("Show folder"))
        self.reveal.clicked.connect(lambda: open_folder(Path(self.path.text()).parent))
        self.export = QPushButton(tr("Export"), default=True)
        self.export.clicked.connect(self._export_or_cancel)
        self.leave = QPushButton(tr("Close"))
        self.leave.clicked.connect(self.close)
        self._build()
        self._timer = QTimer(self, interval=_POLL_MS)
        self._timer.timeout.connect(self._poll)
        self.open_session(None)

    def open_session(self, folder: Path | None) -> None:
        """Offer the session in a folder; None for none yet."""
        self._folder, text = None, tr("No session is chosen yet.")
        self.choices.set_session(None)
        if folder is not None:
            try:
                session = Session(folder)
                self.choices.set_session(session)
                self._folder, text = folder, _described(session)
            except SessionError as error:
                text = str(error)
        self._session_text.setText(text)
        self._session_text.setToolTip(plain("" if folder is None else str(folder)))
        self._say("")
        self._on_format()
        self._grow()

    def showEvent(self, event: QShowEvent) -> None:
        """Qt: begin high enough for every row; Qt takes two thirds of the screen at most."""
        super().showEvent(event)
        self._grow()

    def reject(self) -> None:
        """Qt: however it is closed, cancel what runs; nothing is left of it."""
        self._timer.stop()
        self.choices.stop()
        if self._job is not None:
            self._job.cancel()
            self._job.wait(_END_S)
            self._job = None
        super().reject()

    def _grow(self) -> None:
        """Make room for every row, as far as the screen has any; the rows have a bar else."""
        wanted = self.sizeHint()
        lacking_px = self._form.sizeHint().height() - self._rows.sizeHint().height()
        wanted.setHeight(wanted.height() + max(lacking_px, 0))
        room = self.screen().availableSize() * _MAX_SCREEN_SHARE
        self.resize(self.size().expandedTo(wanted).boundedTo(room))

    @property
    def _to(self) -> ExportFormat:
        return ExportFormat(self.format.currentData())  # Qt keeps a plain text

    def _build(self) -> None:
        form = QFormLayout(labelAlignment=theme.ALIGN_RIGHT)
        form.setHorizontalSpacing(2 * theme.SPACE_PX)
        form.setVerticalSpacing(theme.SPACE_PX)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(
            tr("Session"), row_of(self._session_text, self.choose, wide=self._session_text)
        )
        form.addRow(tr("Format"), self.format)
        form.addRow("", self.facts)
        self.choices.add_to(form)
        centre_labels(form)
        form.setContentsMargins(0, 0, 0, 0)
        self._form = QWidget()
        self._form.setLayout(form)
        self._rows = PanelArea(self._form)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[2 * theme.SPACE_PX] * 4)
        column.setSpacing(2 * theme.SPACE_PX)
        column.addWidget(self._rows, 1)
        column.addLayout(self._target_row(form))
        column.addWidget(self.progress)
        column.addWidget(self.message)
        buttons = QHBoxLayout()
        buttons.addWidget(self.reveal)
        buttons.addStretch()
        buttons.addWidget(self.leave)
        buttons.addWidget(self.export)
        column.addLayout(buttons)

    def _target_row(self, above: QFormLayout) -> QHBoxLayout:
        """Where to write to, always in sight, its label as wide as those of the form above."""
        role = QFormLayout.ItemRole.LabelRole
        items = (above.itemAt(row, role) for row in range(above.rowCount()))
        others = [item.widget() for item in items if item is not None]
        widths = (other.sizeHint().width() for other in others if other is not None)
        label = Label(tr("Write to"), alignment=theme.ALIGN_RIGHT)
        label.setMinimumWidth(max(widths, default=0))
        row = QHBoxLayout()
        row.setSpacing(2 * theme.SPACE_PX)
        row.addWidget(label)
        row.addWidget(row_of(self.path, self.browse, wide=self.path), 1)
        return row

    def _on_format(self) -> None:
        facts = FACTS[self._to]
        self.facts.setText(
            tr(
                "{units}. Frames: {frames}. Somebody not seen: {gaps}.",
                units=tr(facts.units),
                frames=tr(facts.frames),
                gaps=tr(facts.gaps),
            )
        )
        self.choices.set_format(self._to)
        if self._folder is not None:
            self.path.setText(str(default_path(self._folder, self._to)))
        self._say("")
        self._allow()

    def _allow(self) -> None:
        """Switch on what can be done now, and say why not."""
        is_running = self._job is not None
        for widget in (self.choose, self.format, self.choices, self.path, self.browse):
            widget.setEnabled(not is_running)
        self.export.setText(tr("Cancel") if is_running else tr("Export"))
        problem = self._problem()
        self.export.setEnabled(is_running or not problem)
        self.export.setToolTip(plain("" if is_running else problem))
        if self._folder is not None and not is_running:
            is_there = not problem and self._refusal(is_forced=False)
            self._say(tr("What is there already will be replaced.") if is_there else problem)

    def _problem(self) -> str:
        """Why it cannot begin; empty when it can."""
        if self._folder is None:
            return tr("Choose a session first.")
        if FACTS[self._to].needs_video and not self.choices.has_video:
            return tr("This session was recorded without its pictures.")
        if not self.path.text().strip():
            return tr("Say where to write to.")
        return self._refusal(is_forced=True)

    def _refusal(self, is_forced: bool) -> str:
        """Why the place cannot be written to; empty when it can."""
        suffix, path = FACTS[self._to].suffix, Path(self.path.text().strip()).expanduser()
        try:
            export_place(
                path, suffix, "" if self._folder is None else self._folder.name, is_forced
            )
        except ExportError as error:
            return tr(str(error))
        return ""

    def _choose_session(self) -> None:
        folder = QFileDialog.getExistingDirectory(
            self, tr("Choose a session"), str(self._folder or self._sessions_folder)
        )
        if folder:
            self.open_session(Path(folder))

    def _choose_path(self) -> None:
        title = tr("Write to")
        if FACTS[self._to].is_folder:
            chosen = QFileDialog.getExistingDirectory(self, title, self.path.text())
        else:
            suffix = Path(self.path.text()).suffix or f".{self._to}"
            kinds = f"{self._to.upper()} (*{suffix})"
            chosen, _ = QFileDialog.getSaveFileName(self, title, self.path.text(), kinds)
        if chosen:
            self.path.setText(chosen)

    def _export_or_cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()
            return
        if self._folder is None:
            return
        path = Path(self.path.text().strip()).expanduser()
        try:
            options = self.choices.options()
        except ValueError as error:
            self._say(tr(str(error)))
            return
        if self._to is ExportFormat.MP4:
            options = replace(options, faces=self._faces)
        self._job = ExportJob(self._folder, self._to, path, options)
        self.progress.setValue(0)
        self.progress.show()
        self._say(tr("Writing {path} …", path=path))
        self._allow()
        self._timer.start()

    def _poll(self) -> None:
        if self._job is None:
            return
        self.progress.setValue(round(1000 * self._job.share))
        if not self._job.is_over:
            return
        job, self._job = self._job, None
        self._timer.stop()
        self.progress.hide()
        self._allow()
        self._tell(job)

    def _tell(self, job: ExportJob) -> None:
        """Show the result of an export."""
        try:
            summary = job.result()
        except ExportCancelledError:
            self._say(tr("Cancelled; nothing was written."))
        except (ExportError, SessionError) as error:
            self._say(tr("Not exported: {error}", error=error))
        except Exception as error:  # whatever a library for a format raises is for the user
            _log.exception("the export failed")
            self._say(tr("Not exported: {error}", error=error or type(error).__name__))
        else:
            self._say(tr("Written: {summary}", summary=tr(summary)))
            self.reveal.setEnabled(True)

    def _say(self, text: str) -> None:
        self.message.setText(text)
        self.reveal.setEnabled(False)


def open_export_dialog(
    parent: QWidget, sessions_folder: Path, folder: Path | None, faces: FaceHiding
) -> ExportDialog:
    """Show the dialog over a window, with the session in `folder` if there is one."""
    dialog = ExportDialog(sessions_folder, parent, faces)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open_session(folder)
    dialog.open()
    return dialog


def _described(session: Session) -> str:
    video = tr("with video") if session.video_path is not None else tr("without video")
    return tr(
        "{name}\n{time}, {frames}, {video}, from {source}",
        name=session.folder.name,
        time=short_time(session.duration_s),
        frames=tr("%Ln frame(s)", "", len(session)),
        video=video,
        source=session.origin.source,
    )
