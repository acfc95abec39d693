from unittest.mock import Mock

import numpy as np
import platformdirs
import pytest
from board_pictures import CAMERA, POSES, SIZE, board_picture
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QMessageBox

from das_app.gui.lens import calibration_dialog as module
from das_app.gui.lens.calibration_dialog import CalibrationDialog, save_board
from das_app.lens.calibration_files import kept_calibration
from das_app.lens.charuco import BoardFinder, BoardSpec

WAIT_MS = 20_000


@pytest.fixture
def dialog(qtbot, themed, tmp_path, monkeypatch):
    monkeypatch.setattr(platformdirs, "user_config_path", lambda *a, **k: tmp_path)
    dialog = CalibrationDialog("Desk camera")
    qtbot.addWidget(dialog)
    dialog.show()
    yield dialog
    dialog.reject()


def show(dialog, qtbot, image, num_views):
    """Hold a picture until so many views are kept."""

    def has_views():
        dialog.show_image(image)
        assert dialog.counted.text().startswith(f"{num_views} view")

    qtbot.waitUntil(has_views)


def test_a_calibration_from_the_first_picture_to_the_file(dialog, qtbot, monkeypatch):
    assert dialog.counted.text() == "no views yet"
    assert not dialog.save.isEnabled()
    for number, pose in enumerate(POSES, start=1):
        show(dialog, qtbot, board_picture(pose), number)
    assert "Save" in dialog.hint.text()
    assert dialog.save.isEnabled()
    assert "Reprojection error 0." in dialog.error.text()
    assert "good" in dialog.error.text()
    said = []
    with monkeypatch.context() as failing:
        failing.setattr(module, "save_calibration", Mock(side_effect=OSError("disk full")))
        failing.setattr(QMessageBox, "warning", lambda *args: said.append(args[2]))
        qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    assert "disk full" in said[0]
    assert dialog.isVisible()
    with qtbot.waitSignal(dialog.saved) as saved:
        qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    assert saved.args[0].is_file()
    kept = kept_calibration("Desk camera", SIZE).calibrated
    assert kept.K[0, 0] == pytest.approx(CAMERA.K[0, 0], rel=0.01)
    assert kept.distortion[0] == pytest.approx(CAMERA.distortion[0], abs=0.02)
    assert not dialog.isVisible()


def test_it_guides_and_marks_what_it_found(dialog, qtbot):
    empty = np.full((480, 640, 3), 90, np.uint8)
    dialog.show_image(empty)
    qtbot.waitUntil(lambda: dialog.hint.text() != "")
    assert "top left" in dialog.hint.text()
    before = dialog.picture.grab().toImage()
    show(dialog, qtbot, board_picture(POSES[0]), 1)
    assert dialog.views.value() == 1
    assert not dialog.save.isEnabled()
    assert dialog.picture.grab().toImage() != before


def test_the_board_is_saved_for_printing_at_its_true_size(dialog, qtbot, monkeypatch, tmp_path):
    path = tmp_path / "board.png"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args: (str(path), ""))
    qtbot.mouseClick(dialog.print_board, Qt.MouseButton.LeftButton)
    image = QImage(str(path))
    width_mm = 1e3 * image.width() / image.dotsPerMeterX()
    assert width_mm == pytest.approx(BoardSpec().size_mm[0], abs=0.1)
    small = image.scaledToWidth(600).convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(small.constBits(), np.uint8).reshape(small.height(), -1)
    pixels = np.pad(
        rows[:, :1800].reshape(-1, 600, 3), ((40,) * 2, (40,) * 2, (0,) * 2), constant_values=255
    )
    assert len(BoardFinder(BoardSpec()).find(pixels).ids) == 24


def test_what_cannot_be_written_is_said(dialog, qtbot, monkeypatch, tmp_path):
    said = []
    monkeypatch.setattr(QMessageBox, "warning", lambda *args: said.append(args[2]))
    missing = tmp_path / "no" / "board.png"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args: (str(missing), ""))
    qtbot.mouseClick(dialog.print_board, Qt.MouseButton.LeftButton)
    assert "board.png" in said[0]
    assert not save_board(BoardSpec(), missing)


def test_a_broken_search_is_said(dialog, qtbot):
    dialog.show_image(np.zeros((4, 4), np.uint8))  # no picture at all
    qtbot.waitUntil(lambda: dialog.hint.text() != "")
    assert "error" in dialog.hint.text() or "failed" in dialog.hint.text()
    assert not dialog.save.isEnabled()
