"""Asking the user what to open: files, folders, addresses and the list of cameras."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QInputDialog, QMenu, QMessageBox, QWidget

from das_app.devices import list_cameras
from das_app.gui import theme
from das_app.pipeline.image_source import IMAGE_SUFFIXES

_VIDEO_SUFFIXES = (".avi", ".m4v", ".mkv", ".mov", ".mp4", ".webm", ".wmv")
_MAX_CAMERA_INDEX = 99

OpenSource = Callable[[str], None]


class OpenDialogs:
    """Asks, and hands on what was chosen.

    Args:
        parent: the dialogs stand over it.
        open_source: called with what to open, as `--source` takes it.
    """

    def __init__(self, parent: QWidget, open_source: OpenSource) -> None:
        self._parent, self._open_source = parent, open_source
        self.camera_menu = QMenu("&Camera", parent)
        self.camera_menu.aboutToShow.connect(self.fill_camera_menu)

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

    def fill_camera_menu(self) -> None:
        """List the cameras there are now, and a way to name one by number."""
        menu = self.camera_menu
        menu.clear()
        cameras = list_cameras()
        for device in cameras:
            action = menu.addAction(theme.icon("camera"), f"{device.name}  ({device.index})")
            action.triggered.connect(
                lambda _=False, index=device.index: self._open_source(str(index))
            )
        if not cameras:
            menu.addAction("No camera is listed by the system").setEnabled(False)
        menu.addSeparator()
        menu.addAction("Camera by number …").triggered.connect(self._ask_camera_number)

    def _ask_camera_number(self) -> None:
        index, is_chosen = QInputDialog.getInt(
            self._parent, "Open a camera", "Number of the camera, counted from 0:", 0, 0,
            _MAX_CAMERA_INDEX,
        )  # fmt: skip
        if is_chosen:
            self._open_source(str(index))
