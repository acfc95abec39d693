from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QInputDialog, QLabel, QMessageBox, QWidget

from das_app.devices import CameraDevice
from das_app.gui import open_dialogs as module
from das_app.gui.open_dialogs import OpenDialogs


@pytest.fixture
def opened():
    return []


@pytest.fixture
def dialogs(qtbot, themed, opened):
    parent = QWidget()
    qtbot.addWidget(parent)
    yield OpenDialogs(parent, opened.append)  # the parent lives as long


def entries(menu):
    return {action.text(): action for action in menu.actions() if action.text()}


def test_cameras_are_listed_by_name_each_time(dialogs, opened, monkeypatch):
    found = [CameraDevice(0, "Desk", "/dev/video0"), CameraDevice(2, "Phone", "")]
    monkeypatch.setattr(module, "list_cameras", lambda: tuple(found))
    dialogs.camera_menu.aboutToShow.emit()
    entries(dialogs.camera_menu)["Phone  (2)"].trigger()
    assert opened == ["2"]
    found.pop()
    dialogs.camera_menu.aboutToShow.emit()
    assert list(entries(dialogs.camera_menu)) == ["Desk  (0)", "Camera by number …"]


def test_no_camera_is_said_and_a_number_can_be_typed(dialogs, opened, monkeypatch):
    monkeypatch.setattr(module, "list_cameras", lambda: ())
    dialogs.camera_menu.aboutToShow.emit()
    listed = entries(dialogs.camera_menu)
    assert not listed["No camera is listed by the system"].isEnabled()
    monkeypatch.setattr(QInputDialog, "getInt", lambda *args: (7, True))
    listed["Camera by number …"].trigger()
    monkeypatch.setattr(QInputDialog, "getInt", lambda *args: (8, False))
    listed["Camera by number …"].trigger()
    assert opened == ["7"]


def test_files_and_folders(dialogs, opened, monkeypatch):
    for file, folder in (("/clips/a.mp4", "/photos"), ("", "")):  # chosen, then cancelled
        monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *args, f=file: (f, ""))
        monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *args, f=folder: f)
        dialogs.ask_file()
        dialogs.ask_folder()
    assert opened == ["/clips/a.mp4", "/photos"]


def test_a_picture_of_a_widget_is_saved_or_its_failure_told(dialogs, qtbot, monkeypatch, tmp_path):
    label = QLabel("DAS")
    qtbot.addWidget(label)
    told = []
    monkeypatch.setattr(QMessageBox, "warning", lambda parent, title, text: told.append(text))
    suggested = []

    def choose(path):
        def ask(parent, title, suggestion, kinds):
            suggested.append(Path(suggestion).name)
            return str(path), ""

        monkeypatch.setattr(QFileDialog, "getSaveFileName", ask)
        dialogs.save_picture(label)

    choose(tmp_path / "a.png")
    assert (tmp_path / "a.png").stat().st_size > 0 and not told
    assert suggested[0].startswith("das-capture 2") and suggested[0].endswith(".png")
    choose(tmp_path / "no such folder" / "a.png")
    assert "no such folder" in told[0]
