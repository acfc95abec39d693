"""Dialog that packs the report of a problem, and the bar that offers it after a crash."""

import sys
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QProcess, QStandardPaths, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from das_app.gui.style import theme
from das_app.gui.style.language import tr
from das_app.gui.style.notices import warning_row
from das_app.gui.style.texts import Label
from das_app.words.said import marked

_WORDS = marked(
    "A report is one ZIP file with the log, the diagnosis of `das-app doctor`, the settings and "
    "the versions of what is installed. Passwords, tokens, whole addresses and your name are "
    "taken out; names of files stay. Nothing is sent: look into it, and send it yourself together "
    "with what you did and what you saw."
)
_CRASHED = marked("DAS Capture ended unexpectedly the last time. A report helps to mend it.")


class ReportDialog(QDialog):
    """Report dialog: contents of a report; `das-app report` writes it in a process of its own.

    Args:
        parent: the dialog stands over it.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Report a problem"))
        self.setMinimumWidth(64 * theme.SPACE_PX)
        self._target = Path()
        self._process = QProcess(self)
        self._process.finished.connect(self._tell)
        self.note = Label(wordWrap=True)
        self.save = QPushButton(tr("Save report…"), default=True)
        self.save.clicked.connect(self._ask)
        self.show_it = QPushButton(tr("Show in folder"))
        self.show_it.clicked.connect(self._show_in_folder)
        self.show_it.hide()
        self.close_it = QPushButton(tr("Close"))
        self.close_it.setAutoDefault(False)
        self.close_it.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addStretch()
        for button in (self.close_it, self.show_it, self.save):
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[3 * theme.SPACE_PX] * 4)
        column.setSpacing(2 * theme.SPACE_PX)
        column.addWidget(Label(tr(_WORDS), wordWrap=True))
        column.addWidget(self.note)
        column.addLayout(buttons)

    def write(self, target: Path) -> None:
        """Write the report."""
        self._target = target
        self.save.setEnabled(False)
        self.note.setText(tr("Working: the diagnosis takes some seconds …"))
        self._process.start(sys.executable, ["-m", "das_app", "report", "-o", str(target)])

    def reject(self) -> None:
        """Qt: close, and end what runs."""
        self._process.kill()
        self._process.waitForFinished()
        super().reject()

    def _ask(self) -> None:
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        name = f"das-capture report {datetime.now():%Y-%m-%d %H.%M.%S}.zip"
        path, _ = QFileDialog.getSaveFileName(
            self, tr("Save report"), str(Path(folder) / name), tr("Archive (*.zip)")
        )
        if path:
            self.write(Path(path))

    def _tell(self, code: int) -> None:
        self.save.setEnabled(True)
        if code == 0:
            self.note.setText(tr("Saved as {path}", path=self._target))
            self.show_it.show()
        else:
            told = bytes(self._process.readAllStandardError().data()).decode("utf-8", "replace")
            lines = told.strip().splitlines() or [tr("The report could not be written.")]
            self.note.setText(lines[-1])

    def _show_in_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._target.parent)))


class CrashOffer(QFrame):
    """A bar that offers a report after a crash.

    Attributes:
        asked: the report is wanted.
    """

    asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = warning_row(self)
        row.addWidget(Label(tr(_CRASHED), wordWrap=True), 1)
        self.report = QPushButton(tr("Report a problem…"))
        self.report.clicked.connect(self.hide)
        self.report.clicked.connect(lambda: self.asked.emit())
        self.later = QPushButton(tr("No"))
        self.later.clicked.connect(self.hide)
        row.addWidget(self.report)
        row.addWidget(self.later)
        self.hide()
