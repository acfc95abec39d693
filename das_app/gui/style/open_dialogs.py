"""File and folder dialogs."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from das_app.files.image_files import IMAGE_SUFFIXES
from das_app.gui.style.language import tr
from das_app.gui.style.texts import warn
from das_app.session.format import LOG_FILE, session_at

_VIDEO_SUFFIXES = (".avi", ".m4v", ".mkv", ".mov", ".mp4", ".webm", ".wmv")

OpenSource = Callable[[str], None]


class OpenDialogs:
    """Asks, and hands on what was chosen.

    Args:
        parent: the dialogs stand over it.
        open_source: called with what to open, as `--source` takes it.
    """

    def __init__(self, parent: QWidget, open_source: OpenSource) -> None:
        self._parent, self._open_source = parent, open_source

    def ask_file(self) -> None:
        """Ask for a video or a picture."""
        patterns = " ".join(f"*{s}" for s in (*_VIDEO_SUFFIXES, *sorted(IMAGE_SUFFIXES)))
        kinds = tr("Videos and pictures ({patterns});;All files (*)", patterns=patterns)
        path, _ = QFileDialog.getOpenFileName(
            self._parent, tr("Open a video or a picture"), "", kinds
        )
        if path:
            self._open_source(path)

    def ask_folder(self) -> None:
        """Ask for a folder of pictures."""
        path = QFileDialog.getExistingDirectory(self._parent, tr("Open a folder of pictures"))
        if path:
            self._open_source(path)

    def ask_session(self, folder: Path) -> None:
        """Ask for the folder of a session, beginning in `folder`."""
        path = QFileDialog.getExistingDirectory(self._parent, tr("Open a session"), str(folder))
        if path and session_at(Path(path)) is None:
            warn(
                self._parent,
                tr("Open a session"),
                tr(
                    "{path} holds no session. A session is a folder with the file {file}.",
                    path=path,
                    file=LOG_FILE,
                ),
            )
        elif path:
            self._open_source(path)

    def ask_save(self, title: str, stem: str, kinds: str) -> str:
        """Ask where to save a picture or a film; empty when it was cancelled."""
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
        suffix = kinds.split("*", 1)[1].split(" ")[0].rstrip(");")
        name = f"{stem} {datetime.now():%Y-%m-%d %H.%M.%S}{suffix}"
        path, _ = QFileDialog.getSaveFileName(self._parent, title, str(Path(folder) / name), kinds)
        return path

    def save_picture(self, picture: QImage | None) -> None:
        """Ask for a file and save a picture; nothing for None."""
        if picture is None:
            return
        path = self.ask_save(tr("Save a picture"), "das-capture", tr("Pictures (*.png *.jpg)"))
        if path and not picture.save(path):
            warn(self._parent, tr("Save a picture"), tr("{path} could not be written.", path=path))
