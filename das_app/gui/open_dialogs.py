"""Asking the user for files and folders."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from das_app.pipeline.image_source import IMAGE_SUFFIXES

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
        kinds = f"Videos and pictures ({patterns});;All files (*)"
        path, _ = QFileDialog.getOpenFileName(self._parent, "Open a video or a picture", "", kinds)
        if path:
            self._open_source(path)

    def ask_folder(self) -> None:
        """Ask for a folder of pictures."""
        path = QFileDialog.getExistingDirectory(self._parent, "Open a folder of pictures")
        if path:
            self._open_source(path)

    def save_picture(self, widget: QWidget) -> None:
        """Ask for a file and save what `widget` shows now."""
        picture = widget.grab()  # before the dialog stands over it
        folder = QStandardPaths.writableLocation(
            QStandardPaths.StandardLocation.PicturesLocation
        )
        name = f"das-capture {datetime.now():%Y-%m-%d %H.%M.%S}.png"
        path, _ = QFileDialog.getSaveFileName(
            self._parent, "Save a picture", str(Path(folder) / name), "Pictures (*.png *.jpg)"
        )
        if path and not picture.save(path):
            QMessageBox.warning(self._parent, "Save a picture", f"{path} could not be written.")
