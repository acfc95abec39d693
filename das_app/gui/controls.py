"""The bar above the panes: choosing, playing and lens; signals out, setters in, no state."""

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QInputDialog,
    QLabel,
    QMenu,
    QPushButton,
    QSlider,
    QWidget,
)

from das_app.devices import list_cameras
from das_app.gui import theme
from das_app.pipeline.image_source import IMAGE_SUFFIXES
from das_app.pipeline.messages import PipelineState
from das_app.settings import DEMO_SOURCE

_VIDEO_SUFFIXES = (".avi", ".m4v", ".mkv", ".mov", ".mp4", ".webm", ".wmv")
LEAST_SCORE = 0.05  # below it the model finds people everywhere
_MAX_CAMERA_INDEX = 99
_PLAYABLE = (PipelineState.STOPPED, PipelineState.FINISHED, PipelineState.FAULTED)


class ControlBar(QWidget):
    """All controls of the main window.

    Attributes:
        source_chosen: what to open, as `--source` takes it.
        play_toggled: play, pause, or play again.
        stop_requested: stop and close the source.
        loop_toggled: whether files begin again at their end.
        fov_changed: field of view of the longer side, degrees.
        threshold_changed: least score of people shown, 0 to 1.
    """

    source_chosen = Signal(str)
    play_toggled = Signal()
    stop_requested = Signal()
    loop_toggled = Signal(bool)
    fov_changed = Signal(float)
    threshold_changed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(theme.SPACE_PX)
        self._add_source_buttons()
        self._add_rule()
        self._add_play_buttons()
        self._row.addStretch()
        self._add_threshold()
        self._add_rule()
        self._add_lens()
        self.set_state(PipelineState.STOPPED)

    def set_state(self, state: PipelineState) -> None:
        """Offer what makes sense in `state`."""
        is_running = state is PipelineState.RUNNING
        self.play.setIcon(theme.icon("pause" if is_running else "play"))
        self.play.setToolTip(("Pause" if is_running else "Play") + " (Space)")
        self.stop.setEnabled(state not in _PLAYABLE)

    def set_looping(self, is_looping: bool) -> None:
        """Show whether files loop."""
        with QSignalBlocker(self.loop):
            self.loop.setChecked(is_looping)

    def set_threshold(self, threshold: float) -> None:
        """Show the least score."""
        with QSignalBlocker(self.threshold):
            self.threshold.setValue(round(threshold * 100))
        self._threshold_text.setText(f"{threshold:.2f}")

    def set_lens(self, fov_deg: float, focal_px: float | None, is_assumed: bool) -> None:
        """Show the lens in use.

        Args:
            fov_deg: field of view of the longer side.
            focal_px: the focal length it gives in the picture's pixels, None without a picture.
            is_assumed: False for a calibrated lens, which cannot be changed here.
        """
        with QSignalBlocker(self.fov):
            self.fov.setValue(fov_deg)
        self.fov.setEnabled(is_assumed)
        origin = "assumed" if is_assumed else "calibrated"
        self.focal.setText(origin if focal_px is None else f"f {focal_px:.0f} px, {origin}")

    def choose_file(self) -> None:
        """Ask for a video or an image."""
        patterns = " ".join(f"*{s}" for s in (*_VIDEO_SUFFIXES, *sorted(IMAGE_SUFFIXES)))
        path, _ = QFileDialog.getOpenFileName(
            self, "Open a video or an image", "", f"Videos and images ({patterns});;All files (*)"
        )
        if path:
            self.source_chosen.emit(path)

    def choose_folder(self) -> None:
        """Ask for a folder of images."""
        path = QFileDialog.getExistingDirectory(self, "Open a folder of images")
        if path:
            self.source_chosen.emit(path)

    def choose_camera(self) -> None:
        """Open the list of cameras."""
        self.camera.showMenu()

    def fill_camera_menu(self) -> None:
        """List the cameras there are now, and a way to name one by number."""
        menu = self.camera.menu()
        menu.clear()
        cameras = list_cameras()
        for device in cameras:
            action = menu.addAction(theme.icon("camera"), f"{device.name}  ({device.index})")
            action.triggered.connect(
                lambda _=False, index=device.index: self.source_chosen.emit(str(index))
            )
        if not cameras:
            menu.addAction("No camera is listed by the system").setEnabled(False)
        menu.addSeparator()
        menu.addAction("Camera by number …").triggered.connect(self._choose_camera_number)

    def _choose_camera_number(self) -> None:
        index, is_chosen = QInputDialog.getInt(
            self, "Open a camera", "Number of the camera, counted from 0:", 0, 0, _MAX_CAMERA_INDEX
        )
        if is_chosen:
            self.source_chosen.emit(str(index))

    def _add_source_buttons(self) -> None:
        self.camera = self._button("camera", "Camera", "Open a camera (C)", "C")
        self.camera.setObjectName("camera")
        menu = QMenu(self.camera)
        menu.aboutToShow.connect(self.fill_camera_menu)
        self.camera.setMenu(menu)
        self.file = self._button("file", "File", "Open a video or an image (O)", "O")
        self.file.clicked.connect(self.choose_file)
        folder_tip = "Open a folder of images (Shift+O)"
        self.folder = self._button("folder", "Folder", folder_tip, "Shift+O")
        self.folder.clicked.connect(self.choose_folder)
        self.demo = self._button("demo", "Demo", "Play the bundled clip (D)", "D")
        self.demo.clicked.connect(lambda: self.source_chosen.emit(DEMO_SOURCE))

    def _add_play_buttons(self) -> None:
        self.play = self._button("play", "", "Play (Space)", "Space")
        self.play.clicked.connect(self.play_toggled)
        self.stop = self._button("stop", "", "Stop and close the source (S)", "S")
        self.stop.clicked.connect(self.stop_requested)
        self.loop = self._button("loop", "", "Begin files again at their end (L)", "L")
        self.loop.setCheckable(True)
        self.loop.toggled.connect(self.loop_toggled)

    def _add_threshold(self) -> None:
        tip = "People the model is less sure of than this are not shown"
        self._row.addWidget(QLabel("Confidence", objectName="muted", toolTip=tip))
        self.threshold = QSlider(Qt.Orientation.Horizontal, toolTip=tip)
        self.threshold.setRange(round(100 * LEAST_SCORE), 95)
        self.threshold.setFixedWidth(12 * theme.SPACE_PX)
        self.threshold.valueChanged.connect(self._on_threshold)
        self._threshold_text = QLabel()
        self._threshold_text.setFixedWidth(self.fontMetrics().horizontalAdvance("0.000"))
        self._row.addWidget(self.threshold)
        self._row.addWidget(self._threshold_text)

    def _add_lens(self) -> None:
        tip = (
            "Field of view of the picture's longer side. The distance of people follows from it:\n"
            "with too large a value they come out too near."
        )
        self._row.addWidget(QLabel("FOV", objectName="muted", toolTip=tip))
        self.fov = QDoubleSpinBox(toolTip=tip, decimals=1, suffix="°")
        self.fov.setRange(10.0, 150.0)
        self.fov.setKeyboardTracking(False)
        self.fov.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.fov.setFixedWidth(10 * theme.SPACE_PX)
        self.fov.valueChanged.connect(self.fov_changed)
        self.fov.lineEdit().returnPressed.connect(self.fov.clearFocus)  # keys steer again
        self.focal = QLabel(objectName="muted", toolTip=tip)
        widest = self.fontMetrics().horizontalAdvance("f 0000 px, calibrated")
        self.focal.setFixedWidth(widest)
        self._row.addWidget(self.fov)
        self._row.addWidget(self.focal)

    def _add_rule(self) -> None:
        rule = QFrame(objectName="rule")
        rule.setFixedSize(1, 3 * theme.SPACE_PX)
        self._row.addWidget(rule)

    def _button(self, icon: str, text: str, tip: str, shortcut: str) -> QPushButton:
        button = QPushButton(theme.icon(icon), text, toolTip=tip)
        button.setIconSize(QSize(18, 18))
        button.setShortcut(QKeySequence(shortcut))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._row.addWidget(button)
        return button

    def _on_threshold(self, percent: int) -> None:
        self._threshold_text.setText(f"{percent / 100:.2f}")
        self.threshold_changed.emit(percent / 100)
