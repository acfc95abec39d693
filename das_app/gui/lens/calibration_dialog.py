"""Dialog for camera calibration with a printed ChArUco board."""

from pathlib import Path

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QIcon, QImage, QImageWriter, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from das_app.gui.style import theme
from das_app.gui.style.language import tr
from das_app.gui.style.stage import DARK_STAGE
from das_app.gui.style.texts import Label, warn
from das_app.lens.calibration_files import save_calibration
from das_app.lens.calibration_run import BoardNews, CalibrationRun
from das_app.lens.charuco import GRID, MIN_VIEWS, BoardSpec, Calibration
from das_app.sources.turned_source import Turn
from das_app.words.said import marked

_BOARD = BoardSpec()
_POLL_MS = 30
_PRINT_DPI = 300
_KEPT_MS = 350  # how long the picture's frame lights up for a kept view
_INTRODUCTION = marked(
    "Print the board at any size, glue it to something flat, and show it to the camera: near and "
    "far, in every corner of the picture, and tilted to all four sides. Views are taken by "
    "themselves while you hold still."
)


class BoardPicture(QWidget):
    """The camera's picture with the corners found and the cells that still lack some."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumSize(480, 300)
        self._news: BoardNews | None = None
        self._is_lit = False
        self._dark = QTimer(self, singleShot=True, interval=_KEPT_MS)
        self._dark.timeout.connect(self._put_out)

    def show_news(self, news: BoardNews) -> None:
        """Show a picture and what was found in it."""
        self._news = news
        if news.is_kept:
            self._is_lit = True
            self._dark.start()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt: the picture fitted in, then cells, corners and frame."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(theme.stage().ground))
        if self._news is None:
            painter.setPen(QColor(theme.stage().muted))
            painter.drawText(
                self.rect(), Qt.AlignmentFlag.AlignCenter, tr("Waiting for the camera …")
            )
            return
        height, width = self._news.image.shape[:2]
        scale = min(self.width() / width, self.height() / height)
        left, top = (self.width() - scale * width) / 2, (self.height() - scale * height) / 2
        area = QRectF(left, top, scale * width, scale * height)
        pixels = np.ascontiguousarray(self._news.image)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(
            area, QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888)
        )
        _paint_cells(painter, area, self._news.coverage)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(DARK_STAGE.curves[0]), 2))
        for x, y in self._news.corners_px:
            place = QPointF(left + (x + 0.5) * scale, top + (y + 0.5) * scale)
            painter.drawEllipse(place, 4, 4)
        if self._is_lit:
            painter.setPen(QPen(QColor(DARK_STAGE.curves[0]), 6))
            painter.drawRect(area.adjusted(3, 3, -3, -3))

    def _put_out(self) -> None:
        self._is_lit = False
        self.update()


def _paint_cells(painter: QPainter, area: QRectF, coverage: np.ndarray) -> None:
    """Hatch the cells without corners, (rows, columns) False; those with some are left clear."""
    rows, columns = GRID
    size = area.width() / columns, area.height() / rows
    hatch = QColor(DARK_STAGE.curves[1])
    hatch.setAlpha(110)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(hatch)
    brush = painter.brush()
    brush.setStyle(Qt.BrushStyle.BDiagPattern)
    painter.setBrush(brush)
    for row, column in np.argwhere(~coverage):
        painter.drawRect(QRectF(area.left() + column * size[0], area.top() + row * size[1], *size))
    painter.setBrush(Qt.BrushStyle.NoBrush)


class CalibrationDialog(QDialog):
    """Guides through a calibration and saves it for the camera.

    Whoever opens it hands it the camera's pictures by `show_image` while it is open.

    Args:
        camera_name: as the system lists it.
        turn: of the pictures; what is saved is the lens of those as the camera has them.

    Attributes:
        saved: the file that was written.
    """

    saved = Signal(object)

    def __init__(
        self, camera_name: str, turn: Turn = Turn.NONE, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Calibrate {camera}", camera=camera_name))
        self._camera_name, self._turn = camera_name, turn
        self._calibration: Calibration | None = None
        self._run = CalibrationRun(_BOARD)
        self._build()
        self._poll = QTimer(self, interval=_POLL_MS)
        self._poll.timeout.connect(self._take_news)
        self._poll.start()
        self._run.start()

    def show_image(self, image: np.ndarray) -> None:
        """Search a picture of the camera, (H, W, 3) uint8 RGB; returns at once."""
        self._run.offer(image)

    def done(self, result: int) -> None:
        """Qt: the dialog closes, however."""
        self._poll.stop()
        self._run.stop()
        super().done(result)

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(*[2 * theme.SPACE_PX] * 4)
        column.setSpacing(theme.SPACE_PX)
        column.addWidget(Label(tr(_INTRODUCTION), objectName="muted", wordWrap=True))
        self.picture = BoardPicture()
        self.hint = Label(objectName="heading", wordWrap=True)
        self.views = QProgressBar(maximum=MIN_VIEWS, textVisible=False)
        self.views.setFixedHeight(theme.SPACE_PX)
        self.counted = Label(tr("no views yet"))
        self.error = Label(
            tr("No lens yet: it takes five views."), objectName="muted", wordWrap=True
        )
        column.addWidget(self.picture, 1)
        column.addWidget(self.hint)
        column.addWidget(self.views)
        column.addWidget(self.counted)
        column.addWidget(self.error)
        self.print_board = QPushButton(tr("Save the board for printing …"))
        self.print_board.clicked.connect(self.ask_board_file)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        buttons.button(QDialogButtonBox.StandardButton.Cancel).setIcon(QIcon())
        self.save = buttons.addButton(tr("Save"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.save.setEnabled(False)
        buttons.accepted.connect(self._save)
        buttons.rejected.connect(self.reject)
        row = QHBoxLayout()
        row.addWidget(self.print_board)
        row.addStretch()
        row.addWidget(buttons)
        column.addLayout(row)

    def _take_news(self) -> None:
        news = self._run.news.take(0)
        if news is None:
            return
        self.picture.show_news(news)
        self.hint.setText(tr(news.problem or news.hint))
        self.views.setValue(min(news.num_views, MIN_VIEWS))
        self.counted.setText(
            tr(
                "%Ln view(s), {percent:.0f} % of the picture",
                "",
                news.num_views,
                percent=100 * news.coverage.mean(),
            )
        )
        self._calibration = news.calibration
        if news.calibration is not None:
            self.error.setText(_words(news.calibration))
        self.save.setEnabled(news.is_enough and news.calibration is not None)

    def _save(self) -> None:
        calibration = self._calibration
        assert calibration is not None  # the button is off while there is none
        try:
            camera = calibration.camera.turned(-self._turn.num_quarters)
            path = save_calibration(self._camera_name, camera, calibration.error_px)
        except OSError as error:
            warn(self, self.windowTitle(), tr("It cannot be saved: {error}", error=error))
            return
        self.saved.emit(path)
        self.accept()

    def ask_board_file(self) -> None:
        """Ask where to, and write the board's picture for printing."""
        name, _ = QFileDialog.getSaveFileName(
            self, tr("Save the board for printing"), "charuco-board.png", tr("Pictures (*.png)")
        )
        if name and not save_board(_BOARD, Path(name)):
            warn(self, self.windowTitle(), tr("{name} cannot be written", name=name))


def save_board(spec: BoardSpec, path: Path) -> bool:
    """Write the board as a picture with its true size in it; False if that fails."""
    px_per_mm = _PRINT_DPI / 25.4
    pixels = spec.picture(px_per_mm)
    height, width = pixels.shape
    image = QImage(pixels.data, width, height, width, QImage.Format.Format_Grayscale8)
    image.setDotsPerMeterX(round(1e3 * px_per_mm))
    image.setDotsPerMeterY(round(1e3 * px_per_mm))
    return QImageWriter(str(path), b"PNG").write(image)


def _words(calibration: Calibration) -> str:
    camera = calibration.camera
    quality = (
        tr("good") if calibration.is_good else tr("high: is the board flat, the picture sharp?")
    )
    return tr(
        "Lens of %Ln view(s): f {focal_px:.0f} px, FOV {fov_deg:.1f}°. "
        "Reprojection error {error_px:.2f} px ({quality})",
        "",
        calibration.num_views,
        focal_px=camera.focal_px,
        fov_deg=camera.fov_deg,
        error_px=calibration.error_px,
        quality=quality,
    )
