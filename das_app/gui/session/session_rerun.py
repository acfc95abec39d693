"""Dialog that runs another model over the images of a session, into a new session."""

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from das_app.gui.style import theme
from das_app.gui.style.amounts import count
from das_app.gui.style.forms import centre_labels, progress_bar
from das_app.gui.style.texts import Label
from das_app.pipeline.rerun import Rerun, RerunPlan, free_folder
from das_app.settings.app_settings import AppSettings
from das_app.settings.models import bundled_models
from das_model.inference.estimate import Estimator
from das_model.inference.ordered_pool import one_thread
from das_model.inference.runtime import open_estimator

_POLL_MS, _END_S = 100, 5.0
_OTHER = "Other file …"
_log = logging.getLogger(__name__)

Load = Callable[[AppSettings], Estimator]


def load_for(settings: AppSettings) -> Estimator:
    """The model of the settings, for the frames of a file."""
    return open_estimator(settings.model.path(), one_thread(settings.estimator_options()))


class RerunDialog(QDialog):
    """Asks which model, runs it, and offers the new session.

    Args:
        session: folder with a video.
        settings: device, detail, confidence, tracking and smoothing are taken from here.
        parent: the dialog stands over it.
        load: makes the estimator; called in a thread.

    Attributes:
        open_requested: the new session is to be opened; its path.
    """

    open_requested = Signal(str)

    def __init__(
        self,
        session: Path,
        settings: AppSettings,
        parent: QWidget | None = None,
        load: Load = load_for,
    ) -> None:
        super().__init__(parent)
        self._session, self._settings, self._load = session, settings, load
        self._new_session = session
        self._rerun: Rerun | None = None
        self._is_cancelled = False
        self.setWindowTitle("Run another model")
        self._build()
        for file in bundled_models():
            self.model.addItem(file.stem, file)
        if settings.model.file is not None and settings.model.file not in bundled_models():
            self.model.addItem(settings.model.file.stem, settings.model.file)
        self.model.addItem(_OTHER, None)
        self._poll_timer = QTimer(self, interval=_POLL_MS)
        self._poll_timer.timeout.connect(self._poll)
        self._show_choice()

    def choose_model(self, file: Path) -> None:
        """Choose a model file, whether it is listed or not."""
        if self.model.findData(file) < 0:
            self.model.insertItem(self.model.count() - 1, file.stem, file)
        self.model.setCurrentIndex(self.model.findData(file))
        self._show_choice()

    def start(self) -> None:
        """Run the chosen model."""
        settings = replace(
            self._settings, model=replace(self._settings.model, file=self.model.currentData())
        )
        plan = RerunPlan(
            self._session,
            self._new_session,
            settings.model.file,
            lambda: self._load(settings),
            settings.people.options(),
            self.video.isChecked(),
        )
        self._rerun = Rerun(plan)
        for widget in (self.model, self.video, self.run):
            widget.setEnabled(False)
        self.bar.show()
        self.note.setText("Loading the model …")
        self._poll_timer.start()

    def reject(self) -> None:
        """Qt: close, once what runs is cancelled."""
        if self._rerun is None:
            super().reject()
        else:
            self._is_cancelled = True
            self._rerun.cancel()
            self.cancel.setEnabled(False)
            self.note.setText("Cancelling …")

    def close_down(self) -> None:
        """Cancel what runs and close; waits at most five seconds."""
        self._poll_timer.stop()
        if self._rerun is not None:
            self._rerun.cancel()
            if not self._rerun.wait(_END_S):
                _log.warning("the model still runs over %s", self._session)
            self._rerun = None
        super().reject()

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(*[3 * theme.SPACE_PX] * 4)
        column.setSpacing(2 * theme.SPACE_PX)
        self.setMinimumWidth(60 * theme.SPACE_PX)
        words = Label(
            f"Finds the people of {self._session.name} anew, in its recorded pictures. "
            "The session itself stays as it is.",
            wordWrap=True,
        )
        self.model = QComboBox(accessibleName="Model")
        self.model.activated.connect(self._on_model)
        self.video = QCheckBox("Keep the pictures in the new session, too", checked=True)
        self.target = Label(objectName="muted", wordWrap=True)
        self.bar, self.note = progress_bar(), Label(wordWrap=True)
        self.note.setMinimumHeight(2 * self.note.fontMetrics().lineSpacing())
        self.note.setAlignment(Qt.AlignmentFlag.AlignTop)
        form = QFormLayout()
        form.setVerticalSpacing(theme.SPACE_PX)
        form.addRow("Model", self.model)
        form.addRow("New session", self.target)
        form.addRow("", self.video)
        centre_labels(form)
        self.run = QPushButton("Run", default=True)
        self.run.clicked.connect(self.start)
        self.open_new = QPushButton("Open the new session")
        self.open_new.clicked.connect(self._open_new)
        self.open_new.hide()
        self.cancel = QPushButton("Cancel")
        self.cancel.setAutoDefault(False)
        self.cancel.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addStretch()
        for button in (self.cancel, self.run, self.open_new):
            buttons.addWidget(button)
        column.addWidget(words)
        column.addLayout(form)
        column.addWidget(self.bar)
        column.addWidget(self.note)
        column.addLayout(buttons)

    def _on_model(self) -> None:
        if self.model.currentData() is None:
            file, _ = QFileDialog.getOpenFileName(self, "Open a model", "", "Models (*.onnx)")
            if file:
                self.choose_model(Path(file))
            else:
                self.model.setCurrentIndex(0)
        self._show_choice()

    def _show_choice(self) -> None:
        file = self.model.currentData()
        self.run.setEnabled(file is not None)
        if file is not None:
            self._new_session = free_folder(self._session, file.stem)
            self.target.setText(str(self._new_session))

    def _poll(self) -> None:
        if self._rerun is None:
            return
        share = self._rerun.share_done
        self.bar.setValue(round(1000 * share))
        if share > 0 and not self._is_cancelled:
            self.note.setText(f"{100 * share:.0f} %")
        if self._rerun.is_over:
            self._poll_timer.stop()
            self._finish()

    def _finish(self) -> None:
        rerun, self._rerun = self._rerun, None
        if self._is_cancelled:
            self.reject()
            return
        self.cancel.setText("Close")
        try:
            summary = rerun.result()
        except Exception as error:  # whatever a model or a disk raises is for the user
            self.note.setText(f"It failed: {error}")
            for widget in (self.model, self.video):
                widget.setEnabled(True)
            self.bar.hide()
            self._show_choice()
            return
        self.note.setText(
            f"Done: {count(summary.num_frames, 'frame')}, {summary.inference_fps:.1f} a second."
        )
        self.run.hide()
        self.open_new.show()
        self.open_new.setFocus()

    def _open_new(self) -> None:
        self.accept()
        self.open_requested.emit(str(self._new_session))
