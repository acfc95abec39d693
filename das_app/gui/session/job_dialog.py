"""Base of the dialogs that work on a whole session: progress, cancel and result."""

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from das_app.gui.style import theme
from das_app.gui.style.forms import progress_bar
from das_app.gui.style.language import tr
from das_app.gui.style.texts import Label
from das_app.settings.app_settings import AppSettings
from das_model.inference.estimate import Estimator
from das_model.inference.ordered_pool import one_thread
from das_model.inference.runtime import open_estimator

_POLL_MS, _END_S = 100, 5.0
_log = logging.getLogger(__name__)

Load = Callable[[AppSettings], Estimator]


def load_for(settings: AppSettings) -> Estimator:
    """The model of the settings, for the frames of a file."""
    return open_estimator(settings.model.path(), one_thread(settings.estimator_options()))


class SessionJob(Protocol):
    """Interface of a `BackgroundJob` with progress, for the dialog."""

    @property
    def share_done(self) -> float:
        """From 0 to 1."""
        ...

    @property
    def is_over(self) -> bool:
        """Whether its result is there."""
        ...

    def cancel(self) -> None:
        """Ask it to end before its time."""
        ...

    def wait(self, timeout_s: float) -> bool:
        """Wait for the end at most so long; whether it came."""
        ...


class JobDialog(QDialog):
    """Begins a job, shows how far it is, cancels it, and offers the session that came of it.

    A subclass fills `column` with its choices, calls `build_end`, and connects `run` with what
    calls `begin`.

    Args:
        session: folder.
        settings: of model, people and the like.
        parent: the dialog stands over it.
        load: makes the estimator; called in a thread.

    Attributes:
        open_requested: a session is to be opened; its path.
        new_session: folder of the session that comes of the job.
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
        self.session, self.new_session = session, session
        self.settings, self.load = settings, load
        self._job: SessionJob | None = None
        self._report: Callable[[], str] = str
        self._is_cancelled = False
        self._forbidden: list[QWidget] = []
        self._poll_timer = QTimer(self, interval=_POLL_MS)
        self._poll_timer.timeout.connect(self._poll)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(*[3 * theme.SPACE_PX] * 4)
        self.column.setSpacing(2 * theme.SPACE_PX)
        self.setMinimumWidth(64 * theme.SPACE_PX)
        self.bar, self.note = progress_bar(), Label(wordWrap=True)
        self.note.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.run, self.open_new = QPushButton(default=True), QPushButton()
        self.open_new.clicked.connect(self._open_new)
        self.open_new.hide()
        self.cancel = QPushButton(tr("Cancel"))
        self.cancel.setAutoDefault(False)
        self.cancel.clicked.connect(self.reject)

    def build_end(self, run: str, open_new: str, note_lines: int) -> None:
        """Put bar, note and buttons below the choices.

        Args:
            run: text of the button that begins.
            open_new: text of the button that opens the session which came of it.
            note_lines: that there is room for.
        """
        self.run.setText(run)
        self.open_new.setText(open_new)
        self.note.setMinimumHeight(note_lines * self.note.fontMetrics().lineSpacing())
        buttons = QHBoxLayout()
        buttons.addStretch()
        for button in (self.cancel, self.run, self.open_new):
            buttons.addWidget(button)
        self.column.addWidget(self.bar)
        self.column.addWidget(self.note)
        self.column.addLayout(buttons)

    def begin(
        self, job: SessionJob, choices: Sequence[QWidget], words: str, report: Callable[[], str]
    ) -> None:
        """Watch a job that has begun.

        Args:
            job: that has begun.
            choices: what cannot be changed while it runs.
            words: said until it knows how far it is.
            report: what came of it, once it is over; raises what the job raised.
        """
        self._job, self._report, self._is_cancelled = job, report, False
        self._forbidden = [widget for widget in (*choices, self.run) if widget.isEnabled()]
        for widget in self._forbidden:
            widget.setEnabled(False)
        self.bar.show()
        self.note.setText(words)
        self._poll_timer.start()

    def reject(self) -> None:
        """Qt: close, once what runs is cancelled."""
        if self._job is None:
            super().reject()
            return
        self._is_cancelled = True
        self._job.cancel()
        self.cancel.setEnabled(False)
        self.note.setText(tr("Cancelling …"))

    def close_down(self) -> None:
        """Cancel what runs and close; waits at most five seconds."""
        self._poll_timer.stop()
        if self._job is not None:
            self._job.cancel()
            if not self._job.wait(_END_S):
                _log.warning("work on %s still runs", self.session)
            self._job = None
        super().reject()

    def on_failed(self) -> None:
        """Let the user try again."""
        for widget in self._forbidden:
            widget.setEnabled(True)
        self.bar.hide()

    def _poll(self) -> None:
        if self._job is None:
            return
        share = self._job.share_done
        self.bar.setValue(round(1000 * share))
        if share > 0 and not self._is_cancelled:
            self.note.setText(f"{100 * share:.0f} %")
        if self._job.is_over:
            self._poll_timer.stop()
            self._finish()

    def _finish(self) -> None:
        self._job = None
        if self._is_cancelled:
            super().reject()
            return
        self.cancel.setText(tr("Close"))
        try:
            self.note.setText(self._report())
        except Exception as error:  # whatever a model or a disk raises is for the user
            self.note.setText(tr("It failed: {error}", error=error))
            self.on_failed()
            return
        self.run.hide()
        self.open_new.show()
        self.open_new.setFocus()

    def _open_new(self) -> None:
        self.accept()
        self.open_requested.emit(str(self.new_session))
