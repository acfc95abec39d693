"""About: version, licences, and where the log is."""

import importlib.metadata
import platform
from pathlib import Path

from PySide6.QtCore import Signal, qVersion
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from das_app.gui.style import theme
from das_app.gui.style.language import tr
from das_app.gui.style.texts import Label, described
from das_app.words.said import marked

_ICON_PX = 64
_LICENCES = (
    marked(
        "DAS Capture is free software under the Apache License 2.0. Its weights carry the terms "
        "of the data that they were trained on: see the model card."
    ),
    marked(
        "It stands on Qt for Python (LGPL 3), FFmpeg through PyAV (LGPL 2.1 or later), ONNX "
        "Runtime (MIT), OpenCV and MoveNet Thunder (Apache 2.0), NumPy, SciPy and vispy (BSD). "
        "docs/licences.md lists all of it."
    ),
    marked(
        "The model follows “Distribution-Aware Single-Stage Models for Multi-Person 3D Pose "
        "Estimation” by Wang, Nie, Qu, Chen and Liu, CVPR 2022."
    ),
)


class AboutDialog(QDialog):
    """About dialog: version, licences, log.

    Args:
        log_folder: of the application.
        parent: the dialog stands over it.

    Attributes:
        log_wanted: the log's folder is to be shown.
        report_wanted: a problem is to be reported.
    """

    log_wanted = Signal()
    report_wanted = Signal()

    def __init__(self, log_folder: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("About DAS Capture"))
        self.setMinimumWidth(66 * theme.SPACE_PX)
        mark, name = Label(), Label("DAS Capture", objectName="heading")
        mark.setPixmap(theme.icon("app").pixmap(_ICON_PX, _ICON_PX))
        font = name.font()
        font.setPointSizeF(1.6 * font.pointSizeF())
        name.setFont(font)
        self.version = Label(_version())
        words = QVBoxLayout()
        for label in (name, self.version):
            words.addWidget(label)
        head = QHBoxLayout()
        head.setSpacing(2 * theme.SPACE_PX)
        head.addWidget(mark)
        head.addLayout(words, 1)
        self.log = described(QPushButton(tr("Show log folder")), str(log_folder))
        self.log.clicked.connect(lambda: self.log_wanted.emit())
        self.report = QPushButton(tr("Report a problem…"))
        self.report.clicked.connect(lambda: self.report_wanted.emit())
        close = QPushButton(tr("Close"), default=True)
        close.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        for button in (self.log, self.report):
            buttons.addWidget(button)
        buttons.addStretch()
        buttons.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[3 * theme.SPACE_PX] * 4)
        column.setSpacing(2 * theme.SPACE_PX)
        column.addLayout(head)
        for text in _LICENCES:
            column.addWidget(Label(tr(text), wordWrap=True))
        column.addLayout(buttons)


def _version() -> str:
    number = importlib.metadata.version("das-capture")
    return tr(
        "Version {number} · Python {python} · Qt {qt}",
        number=number,
        python=platform.python_version(),
        qt=qVersion(),
    )
