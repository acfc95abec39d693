"""Dialog that refines a recorded session, with progress, and then shows what was gained."""

import logging
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from das_app.gui.session.session_rerun import Load, load_for
from das_app.gui.style import theme
from das_app.gui.style.forms import progress_bar
from das_app.gui.style.texts import Label
from das_app.pipeline.refine import RefineCancelledError, RefinePlan, Refining
from das_app.session.format import VIDEO_FILE
from das_app.settings.app_settings import AppSettings
from das_model.inference.mode import Mode

_POLL_MS, _END_S = 100, 5.0
_WORDS = (
    "Solves the motion of everybody over the whole recording: skipped pictures are looked at "
    "now, gaps of up to two seconds are bridged, bones keep one length, standing feet stay put. "
    "The result is kept beside the raw and the live poses, which stay as they are."
)
_PRECISE = "Look at every picture again, precisely (slower)"
_log = logging.getLogger(__name__)


class RefineDialog(QDialog):
    """Refines a session and offers to show it.

    Args:
        session: folder.
        settings: the model for skipped pictures, device and confidence.
        parent: the dialog stands over it.
        load: makes the estimator; called in a thread.

    Attributes:
        open_requested: the session is to be opened; its path.
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
        self._refining: Refining | None = None
        self.setWindowTitle("Refine")
        self._build()
        self._poll_timer = QTimer(self, interval=_POLL_MS)
        self._poll_timer.timeout.connect(self._poll)

    def start(self) -> None:
        """Begin."""
        settings = self._settings
        if self.precise.isChecked():
            settings = replace(settings, model=replace(settings.model, mode=Mode.PRECISE))
        plan = RefinePlan(
            self._session,
            lambda: self._load(settings),
            self.precise.isChecked(),
            settings.people.min_score,
        )
        self._refining = Refining(plan)
        self.precise.setEnabled(False)
        self.run.setEnabled(False)
        self.bar.show()
        self.note.setText("Working …")
        self._poll_timer.start()

    def reject(self) -> None:
        """Qt: close, once what runs is cancelled."""
        if self._refining is None:
            super().reject()
            return
        self._refining.cancel()
        self.cancel.setEnabled(False)
        self.note.setText("Cancelling …")

    def close_down(self) -> None:
        """Cancel what runs and close; waits at most five seconds."""
        self._poll_timer.stop()
        if self._refining is not None:
            self._refining.cancel()
            if not self._refining.wait(_END_S):
                _log.warning("%s is still being refined", self._session)
            self._refining = None
        super().reject()

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(*[3 * theme.SPACE_PX] * 4)
        column.setSpacing(2 * theme.SPACE_PX)
        self.setMinimumWidth(64 * theme.SPACE_PX)
        self.precise = QCheckBox(_PRECISE)
        self.precise.setEnabled((self._session / VIDEO_FILE).is_file())
        if not self.precise.isEnabled():
            self.precise.setToolTip("This session was recorded without its pictures")
        self.bar = progress_bar()
        self.note = Label(wordWrap=True)
        self.note.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.note.setMinimumHeight(8 * self.note.fontMetrics().lineSpacing())
        self.run = QPushButton("Refine", default=True)
        self.run.clicked.connect(self.start)
        self.show_it = QPushButton("Show it")
        self.show_it.clicked.connect(self._show_it)
        self.show_it.hide()
        self.cancel = QPushButton("Cancel")
        self.cancel.setAutoDefault(False)
        self.cancel.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addStretch()
        for button in (self.cancel, self.run, self.show_it):
            buttons.addWidget(button)
        for widget in (Label(_WORDS, wordWrap=True), self.precise, self.bar, self.note):
            column.addWidget(widget)
        column.addLayout(buttons)

    def _poll(self) -> None:
        if self._refining is None:
            return
        share = self._refining.share_done
        self.bar.setValue(round(1000 * share))
        if share > 0 and self.cancel.isEnabled():
            self.note.setText(f"{100 * share:.0f} %")
        if self._refining.is_over:
            self._poll_timer.stop()
            self._finish()

    def _finish(self) -> None:
        refining, self._refining = self._refining, None
        self.cancel.setEnabled(True)
        try:
            report = refining.result()
        except RefineCancelledError:
            self.reject()
            return
        except Exception as error:  # whatever a model or a disk raises is for the user
            self.note.setText(f"It failed: {error}")
            self.run.setEnabled(True)
            self.bar.hide()
            return
        self.cancel.setText("Close")
        self.note.setText(report.sentences())
        self.run.hide()
        self.show_it.show()
        self.show_it.setFocus()

    def _show_it(self) -> None:
        self.accept()
        self.open_requested.emit(str(self._session))
