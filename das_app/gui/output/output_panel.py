"""Panel of the clean output: what it shows, on which ground, how large; no state."""

from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QColorDialog, QComboBox, QFormLayout, QPushButton, QWidget

from das_app.gui.style import theme
from das_app.gui.style.forms import centre_labels
from das_app.gui.style.language import tr
from das_app.gui.style.texts import Label
from das_app.settings.app_settings import OutputContent, OutputSettings
from das_app.words.said import marked

_CONTENTS = (
    (marked("People only"), OutputContent.PEOPLE),
    (marked("Picture and overlay"), OutputContent.PICTURE),
)
_GROUNDS = (
    (marked("Green"), "#00b140"),
    (marked("Transparent"), ""),
    (marked("Black"), "#000000"),
    (marked("White"), "#ffffff"),
)
_OTHER = marked("Another colour …")
_SIZES = ("1280x720", "1920x1080", "1080x1920", "1080x1080", "3840x2160")
_WORDS = marked(
    "A window of exactly this size, with nothing else in it: capture it in OBS, or move it to a "
    "projector and double click it."
)


class OutputPanel(QWidget):
    """Choice of what goes out, and where to.

    Attributes:
        changed: other settings of the output.
        window_toggled: show the window, or no more.
        camera_toggled: send to the virtual camera, or no more.
    """

    changed = Signal(object)
    window_toggled = Signal(bool)
    camera_toggled = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = OutputSettings()
        form = QFormLayout(self)
        form.setContentsMargins(*[2 * theme.SPACE_PX] * 4)
        form.setVerticalSpacing(theme.SPACE_PX)
        self.content, self.ground, self.size_px = QComboBox(), QComboBox(), QComboBox()
        for words, content in _CONTENTS:
            self.content.addItem(tr(words), content)
        for words, colour in _GROUNDS:
            self.ground.addItem(tr(words), colour)
        self.ground.addItem(tr(_OTHER), None)
        for size in _SIZES:
            self.size_px.addItem(size.replace("x", " × "), size)
        self.content.activated.connect(self._on_content)
        self.ground.activated.connect(self._on_ground)
        self.size_px.activated.connect(self._on_size)
        self.window_button = QPushButton(tr("Show the window"))
        self.camera_button = QPushButton(tr("Send as a camera"))
        for button in (self.window_button, self.camera_button):
            button.setCheckable(True)
        self.window_button.clicked.connect(self.window_toggled)
        self.camera_button.clicked.connect(self.camera_toggled)
        self.note = Label(wordWrap=True, objectName="muted")
        form.addRow(Label(tr(_WORDS), wordWrap=True, objectName="muted"))
        form.addRow(tr("Shows"), self.content)
        form.addRow(tr("Ground"), self.ground)
        form.addRow(tr("Size"), self.size_px)
        form.addRow(self.window_button)
        form.addRow(self.camera_button)
        form.addRow(self.note)
        centre_labels(form)
        self.set_settings(self._settings)

    def set_settings(self, settings: OutputSettings) -> None:
        """Show what is chosen."""
        self._settings = settings
        with QSignalBlocker(self.content), QSignalBlocker(self.ground):
            self.content.setCurrentIndex(self.content.findData(settings.content))
            _choose(self.ground, settings.ground, settings.ground)
        with QSignalBlocker(self.size_px):
            _choose(self.size_px, settings.size, settings.size.replace("x", " × "))
        self.ground.setEnabled(settings.content is OutputContent.PEOPLE)

    def set_running(self, has_window: bool, camera_name: str) -> None:
        """Show whether the window is there, and the camera's name; empty without one."""
        self.window_button.setChecked(has_window)
        self.camera_button.setChecked(bool(camera_name))
        self.note.setText(
            tr("Other programs see it as {camera}.", camera=camera_name) if camera_name else ""
        )

    def _on_content(self) -> None:
        content = OutputContent(self.content.currentData())  # Qt keeps a plain text
        self.changed.emit(replace(self._settings, content=content))

    def _on_ground(self) -> None:
        ground = self.ground.currentData()
        if ground is None:
            chosen = QColorDialog.getColor(QColor(self._settings.ground or "#00b140"), self)
            ground = chosen.name() if chosen.isValid() else self._settings.ground
        self.changed.emit(replace(self._settings, ground=ground))

    def _on_size(self) -> None:
        self.changed.emit(replace(self._settings, size=self.size_px.currentData()))


def _choose(box: QComboBox, value: str, words: str) -> None:
    """Show a value, which may be none of those offered."""
    if box.findData(value) < 0:
        box.insertItem(0, words, value)
    box.setCurrentIndex(box.findData(value))
