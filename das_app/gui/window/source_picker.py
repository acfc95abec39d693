"""Source dialog: cameras, files, addresses and recent sources."""

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal, SignalInstance
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFormLayout,
    QGridLayout,
    QHBoxLayout,
    QLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from das_app.gui.picture.preview_picture import PreviewPicture
from das_app.gui.style import theme
from das_app.gui.style.forms import centre_labels
from das_app.gui.style.language import local, tr
from das_app.gui.style.texts import Label, described, plain
from das_app.sources.addresses import DEMO_SOURCE, is_address, short_name, shown_address
from das_app.sources.camera_devices import CameraMode
from das_app.sources.camera_preview import CameraPreview, PreviewNews
from das_app.sources.camera_scan import CameraScan, FoundCamera
from das_app.words.said import marked

RESOLUTIONS = ("640x480", "800x600", "1280x720", "1920x1080", "2560x1440", "3840x2160")
RATES_FPS = (15.0, 24.0, 25.0, 30.0, 50.0, 60.0, 90.0, 120.0)
_POLL_MS = 50
_SOURCE_ROLE, _DEVICE_ROLE = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1
_NO_PREVIEW = marked("The camera chosen above is shown here")
_NO_CAMERA = marked(
    "No camera is listed. Plug one in and scan again; a phone or a network camera works by its "
    "address."
)


class SourcePicker(QDialog):
    """Asks what to open; closes itself when something was chosen.

    To wire it: `set_mode` and `set_recent` from the settings before `open()`. `mode_changed` goes
    into the settings before `source_chosen` opens anything, as it is emitted first.

    Attributes:
        source_chosen: what to open, as `--source` takes it.
        mode_changed: (resolution such as 1280x720, frames per second) asked of cameras.
        file_requested: ask for a video or a picture.
        folder_requested: ask for a folder of pictures.
        session_requested: ask for a recorded session.
    """

    source_chosen = Signal(str)
    mode_changed = Signal(str, float)
    file_requested = Signal()
    folder_requested = Signal()
    session_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Open a source"))
        grid = QGridLayout(self)
        grid.setContentsMargins(*[2 * theme.SPACE_PX] * 4)
        grid.setSpacing(2 * theme.SPACE_PX)
        grid.addLayout(self._camera_part(), 0, 0, 2, 1)
        grid.addLayout(self._file_part(), 0, 1)
        grid.addLayout(self._recent_part(), 1, 1)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        self.resize(90 * theme.SPACE_PX, 64 * theme.SPACE_PX)
        self._scan: CameraScan | None = None
        self._poll = QTimer(self, interval=_POLL_MS)
        self._poll.timeout.connect(self._look)
        self._preview: CameraPreview | None = None
        self.set_mode("1280x720", 30.0)
        self.set_recent(())
        self._show_choice()

    def set_mode(self, resolution: str, fps: float) -> None:
        """Show what is asked of cameras."""
        for box, value, text in (
            (self.resolution, resolution, resolution.replace("x", " × ")),
            (self.fps, fps, local(f"{fps:g} fps")),
        ):
            with QSignalBlocker(box):
                if box.findData(value) < 0:
                    box.addItem(text, value)
                box.setCurrentIndex(box.findData(value))

    def set_recent(self, sources: tuple[str, ...]) -> None:
        """List what was open lately, newest first."""
        self.recent.clear()
        for source in sources:
            item = QListWidgetItem(short_name(source), self.recent)
            item.setData(_SOURCE_ROLE, source)
            item.setToolTip(plain(shown_address(source)))
        if not sources:
            _add_remark(self.recent, tr("Nothing yet"))

    def set_cameras(self, cameras: tuple[FoundCamera, ...]) -> None:
        """List these cameras; one with a problem too, with what it is."""
        self.cameras.clear()
        for camera in cameras:
            device = camera.device
            what = tr(camera.problem) or tr("camera {number}", number=device.index)
            text = f"{device.name}\n{what}"
            icon = "warning" if camera.problem else "camera"
            item = QListWidgetItem(theme.icon(icon), text, self.cameras)
            item.setData(_SOURCE_ROLE, str(device.index))
            item.setData(_DEVICE_ROLE, device)
            item.setToolTip(plain(device.path))
        if cameras:
            self.cameras.setCurrentRow(0)
        else:
            _add_remark(self.cameras, tr(_NO_CAMERA))
        self._show_choice()

    def rescan(self) -> None:
        """Look for cameras; the list follows when the system has answered."""
        if self._scan is None:
            self.cameras.clear()
            _add_remark(self.cameras, tr("Looking for cameras …"))
            self.scan_again.setEnabled(False)
            self._show_choice()
            self._scan = CameraScan()
            self._poll.start()

    def showEvent(self, event: QShowEvent) -> None:
        """Qt: begin with the cameras there are now."""
        super().showEvent(event)
        self.rescan()

    def hideEvent(self, event: QHideEvent) -> None:
        """Qt: wait for no cameras any more."""
        self._end_scan()
        self._end_preview()
        self._poll.stop()
        super().hideEvent(event)

    def _look(self) -> None:
        """Show what came of the scan and of the preview."""
        self._take_cameras()
        news = None if self._preview is None else self._preview.news.take(0)
        if news is not None:
            self.preview.show_news(news)

    def _preview_choice(self) -> None:
        """Show the camera that is chosen, in the mode that is chosen."""
        self._end_preview()
        item = self.cameras.currentItem()
        device = None if item is None else item.data(_DEVICE_ROLE)
        self.preview.show_news(PreviewNews(None, tr("Looking …") if device else tr(_NO_PREVIEW)))
        if device is not None and self.isVisible():
            mode = CameraMode.from_text(self.resolution.currentData(), self.fps.currentData())
            self._preview = CameraPreview(device, mode)

    def _end_preview(self) -> None:
        if self._preview is not None:
            self._preview.stop()
            self._preview = None

    def _take_cameras(self) -> None:
        found = None if self._scan is None else self._scan.found.take(0)
        if found is not None:
            self._end_scan()
            self.set_cameras(found)

    def _end_scan(self) -> None:
        self._scan = None
        self.scan_again.setEnabled(True)

    def _camera_part(self) -> QVBoxLayout:
        self.cameras = described(QListWidget(), spoken=tr("Cameras"))
        self.cameras.setWordWrap(True)
        self.cameras.currentItemChanged.connect(self._show_choice)
        self.cameras.currentItemChanged.connect(self._preview_choice)
        self.cameras.itemActivated.connect(self._choose_item)
        self.scan_again = QPushButton(theme.icon("rescan"), tr("Scan again"))
        self.scan_again.setAutoDefault(False)
        self.scan_again.clicked.connect(self.rescan)
        self.resolution = described(QComboBox(), tr("The camera delivers the nearest it can"))
        for resolution in RESOLUTIONS:
            self.resolution.addItem(resolution.replace("x", " × "), resolution)
        self.fps = described(
            QComboBox(), tr("What the camera really delivers is measured and shown")
        )
        for fps in RATES_FPS:
            self.fps.addItem(local(f"{fps:g} fps"), fps)
        for box in (self.resolution, self.fps):
            box.activated.connect(self._tell_mode)
        self.open_camera = QPushButton(tr("Open camera"), default=True)
        self.open_camera.clicked.connect(lambda: self._choose_item(self.cameras.currentItem()))
        self.preview = PreviewPicture()
        mode = QFormLayout()
        mode.addRow(tr("Resolution"), self.resolution)
        mode.addRow(tr("Rate"), self.fps)
        centre_labels(mode)
        buttons = QHBoxLayout()
        buttons.addWidget(self.scan_again)
        buttons.addStretch()
        buttons.addWidget(self.open_camera)
        return _column(tr("Cameras"), self.cameras, self.preview, mode, buttons)

    def _file_part(self) -> QVBoxLayout:
        self.file = QPushButton(theme.icon("file"), tr("Video or picture …"))
        self.folder = QPushButton(theme.icon("folder"), tr("Folder of pictures …"))
        self.session = QPushButton(theme.icon("session"), tr("Recorded session …"))
        self.demo = QPushButton(theme.icon("demo"), tr("Bundled clip"))
        buttons = QVBoxLayout()
        for button in (self.file, self.folder, self.session, self.demo):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        self.file.clicked.connect(lambda: self._ask_elsewhere(self.file_requested))
        self.folder.clicked.connect(lambda: self._ask_elsewhere(self.folder_requested))
        self.session.clicked.connect(lambda: self._ask_elsewhere(self.session_requested))
        self.demo.clicked.connect(lambda: self._choose(DEMO_SOURCE))
        self.address = QLineEdit(placeholderText=tr("rtsp://…  or  http://…"))
        self.address.setAccessibleName(tr("Address of a camera or film"))
        self.address.setToolTip(tr("A network camera, a phone that serves its camera, or a film"))
        self.address.textChanged.connect(self._show_choice)
        self.address.returnPressed.connect(self._choose_address)
        self.open_address = QPushButton(tr("Open address"))
        self.open_address.setAutoDefault(False)
        self.open_address.clicked.connect(self._choose_address)
        line = QHBoxLayout()
        line.addWidget(self.address, 1)
        line.addWidget(self.open_address)
        return _column(tr("Files and addresses"), buttons, line)

    def _recent_part(self) -> QVBoxLayout:
        self.recent = described(QListWidget(), spoken=tr("Open lately"))
        self.recent.itemActivated.connect(self._choose_item)
        return _column(tr("Open lately"), self.recent)

    def _show_choice(self) -> None:
        item = self.cameras.currentItem()
        self.open_camera.setEnabled(item is not None and item.data(_SOURCE_ROLE) is not None)
        self.open_address.setEnabled(is_address(self.address.text().strip()))

    def _tell_mode(self) -> None:
        self.mode_changed.emit(self.resolution.currentData(), self.fps.currentData())
        self._preview_choice()

    def _ask_elsewhere(self, request: SignalInstance) -> None:
        self.accept()
        request.emit()

    def _choose_address(self) -> None:
        if self.open_address.isEnabled():
            self._choose(self.address.text().strip())

    def _choose_item(self, item: QListWidgetItem | None) -> None:
        if item is not None and item.data(_SOURCE_ROLE) is not None:
            self._choose(item.data(_SOURCE_ROLE))

    def _choose(self, source: str) -> None:
        self.accept()
        self.source_chosen.emit(source)


def _add_remark(items: QListWidget, text: str) -> None:
    """A line of a list that cannot be chosen."""
    QListWidgetItem(text, items).setFlags(Qt.ItemFlag.ItemIsEnabled)


def _column(heading: str, *parts: QWidget | QLayout) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(theme.SPACE_PX)
    column.addWidget(Label(heading, objectName="heading"))
    for part in parts:
        if isinstance(part, QWidget):
            column.addWidget(part, 1)
        else:
            column.addLayout(part)
    return column
