from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from das_app.gui.style.open_dialogs import OpenDialogs


@pytest.fixture
def opened():
    return []


@pytest.fixture
def dialogs(qtbot, themed, opened):
    parent = QWidget()
    qtbot.addWidget(parent)
    return OpenDialogs(parent, opened.append)  # the parent lives as long


def test_files_and_folders(dialogs, opened, monkeypatch):
    for file, folder in (("/clips/a.mp4", "/photos"), ("", "")):  # chosen, then cancelled
        monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *args, f=file: (f, ""))
        monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *args, f=folder: f)
        dialogs.ask_file()
        dialogs.ask_folder()
    assert opened == ["/clips/a.mp4", "/photos"]


def test_a_picture_is_saved_or_its_failure_told(dialogs, monkeypatch, tmp_path):
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    told = []
    monkeypatch.setattr(QMessageBox, "warning", lambda parent, title, text: told.append(text))
    suggested = []

    def choose(path):
        def ask(parent, title, suggestion, kinds):
            suggested.append(Path(suggestion).name)
            return str(path), ""

        monkeypatch.setattr(QFileDialog, "getSaveFileName", ask)
        dialogs.save_picture(image)

    choose(tmp_path / "a.png")
    assert (tmp_path / "a.png").stat().st_size > 0
    assert not told
    assert suggested[0].startswith("das-capture 2")
    assert suggested[0].endswith(".png")
    choose(tmp_path / "no such folder" / "a.png")
    assert "no such folder" in told[0]
