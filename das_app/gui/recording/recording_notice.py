"""Notice of a finished recording: what was saved and what to do next."""

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from das_app.gui.style import theme
from das_app.gui.style.amounts import short_time, size
from das_app.gui.style.language import tr
from das_app.gui.style.texts import described, named, plain


@dataclass(frozen=True, slots=True)
class Recorded:
    """A closed recording.

    Args:
        folder: of the session.
        duration_s: time of its last frame.
        num_frames: recorded.
        num_tracks: different people.
        num_bytes: on the disk.
        has_video: whether it has the pictures.
        num_dropped_pictures: frames whose picture the video lacks.
        reason: why it ended by itself; empty when the user ended it.
    """

    folder: Path
    duration_s: float
    num_frames: int
    num_tracks: int
    num_bytes: int
    has_video: bool
    num_dropped_pictures: int
    reason: str

    @property
    def text(self) -> str:
        """All of it in one line."""
        parts = [
            short_time(self.duration_s),
            tr("%Ln frame(s)", "", self.num_frames),
            tr("%Ln person(s)", "", self.num_tracks),
            tr("with video") if self.has_video else tr("without video"),
        ]
        if self.has_video and self.num_dropped_pictures:
            parts.append(tr("%Ln picture(s) dropped", "", self.num_dropped_pictures))
        ended = (
            " " + tr("It ended because {reason}.", reason=tr(self.reason)) if self.reason else ""
        )
        return f"{', '.join((*parts, size(self.num_bytes)))}.{ended}"


class RecordingNotice(QFrame):
    """A quiet bar after a recording.

    Attributes:
        folder: of the session recorded last; None before the first.
        play_requested: folder of the session.
        export_requested: likewise.
        refine_requested: likewise.
    """

    play_requested = Signal(Path)
    export_requested = Signal(Path)
    refine_requested = Signal(Path)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pane")
        self.folder: Path | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * theme.SPACE_PX, 4, theme.SPACE_PX, 4)
        row.setSpacing(theme.SPACE_PX)
        self._text = QLabel(wordWrap=True, textFormat=Qt.TextFormat.RichText)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row.addWidget(self._text, 1)
        self.play = _button(tr("Play"), self._play)
        self.export = _button(tr("Export …"), lambda: self.export_requested.emit(self.folder))
        self.refine = _button(tr("Refine…"), lambda: self.refine_requested.emit(self.folder))
        self.reveal = _button(tr("Show folder"), self._reveal)
        for button in (self.play, self.export, self.refine, self.reveal):
            row.addWidget(button)
        dismiss = named(described(QToolButton(), tr("Dismiss"), spoken=tr("Dismiss")), "flat")
        dismiss.setIcon(theme.icon("close"))
        dismiss.clicked.connect(self.hide)
        row.addWidget(dismiss)
        self.hide()

    @property
    def text(self) -> str:
        """Text of the notice."""
        return self._text.text()

    def show_recorded(self, recorded: Recorded) -> None:
        """Show the summary of a recording."""
        self.folder = recorded.folder
        has_frames = recorded.num_frames > 0
        name, text = escape(recorded.folder.name), escape(recorded.text)
        self._text.setText(tr("Recorded <b>{name}</b>: {text}", name=name, text=text))
        self._text.setToolTip(plain(str(recorded.folder)))
        self.play.setEnabled(has_frames)
        self.export.setEnabled(has_frames and recorded.num_tracks > 0)
        self.refine.setEnabled(self.export.isEnabled())
        self.show()

    def _play(self) -> None:
        self.hide()
        self.play_requested.emit(self.folder)

    def _reveal(self) -> None:
        if self.folder is not None:
            open_folder(self.folder)


def _button(text: str, slot: Callable[[], None]) -> QPushButton:
    button = QPushButton(text)
    button.clicked.connect(lambda: slot())
    return button


def open_folder(folder: Path) -> None:
    """Show a folder in the system's file manager."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
