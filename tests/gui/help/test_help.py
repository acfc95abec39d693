import zipfile
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDockWidget, QLabel, QMainWindow

from das_app.files.crash_log import CRASH_FILE
from das_app.gui.actions.actions import Actions
from das_app.gui.actions.panel_list import ALL_COMMANDS
from das_app.gui.help import window_help
from das_app.gui.help.about_dialog import AboutDialog
from das_app.gui.help.report_dialog import CrashOffer, ReportDialog
from das_app.gui.help.window_help import WindowHelp
from das_app.gui.window.window_state import packed_layout, restore_layout, start_on_screen


@pytest.fixture
def window(qtbot, themed, tmp_path, monkeypatch):
    monkeypatch.setattr(window_help, "log_folder", lambda: tmp_path)
    window = QMainWindow()
    qtbot.addWidget(window)
    window.offer = CrashOffer(window)
    window.actions_by_name = Actions(window, ALL_COMMANDS)
    window.help = WindowHelp(window, window.actions_by_name, window.offer)
    window.show()
    return window


def dialog_of(window, kind):
    (dialog,) = (d for d in window.findChildren(kind) if d.isVisible())
    return dialog


def test_about_tells_version_and_licences_and_leads_to_a_report(window, qtbot):
    window.actions_by_name["about"].trigger()
    about = dialog_of(window, AboutDialog)
    words = " ".join(label.text() for label in about.findChildren(QLabel))
    for told in ("Version 0.", "Apache License 2.0", "LGPL", "Qt 6"):
        assert told in words
    qtbot.mouseClick(about.report, Qt.MouseButton.LeftButton)
    assert not about.isVisible()
    dialog_of(window, ReportDialog).reject()


def test_a_crash_is_offered_to_be_reported_at_the_next_start_only(window, qtbot, tmp_path):
    window.help.offer_report()
    assert window.offer.isHidden()
    (tmp_path / CRASH_FILE).write_text("Fatal Python error\n")
    window.help.offer_report()
    assert not window.offer.isHidden()
    qtbot.mouseClick(window.offer.report, Qt.MouseButton.LeftButton)
    assert window.offer.isHidden()
    dialog_of(window, ReportDialog).reject()
    window.help.offer_report()
    assert window.offer.isHidden()


def test_a_report_is_written_by_a_process_of_its_own(window, qtbot, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    window.actions_by_name["report"].trigger()
    dialog = dialog_of(window, ReportDialog)
    dialog.write(tmp_path / "report.zip")
    qtbot.waitUntil(lambda: dialog.note.text().startswith("Saved"))
    assert dialog.show_it.isVisible()
    with zipfile.ZipFile(tmp_path / "report.zip") as archive:
        assert "OpenGL" in archive.read("doctor.txt").decode()
    dialog.write(Path("/proc/no such folder/report.zip"))
    qtbot.waitUntil(lambda: "error: the report cannot be written" in dialog.note.text())
    assert dialog.save.isEnabled()
    dialog.reject()


def test_a_new_window_lies_on_its_screen_however_small_or_large_that_is(qtbot, themed):
    room = QGuiApplication.primaryScreen().availableGeometry()
    window = QMainWindow()
    qtbot.addWidget(window)
    start_on_screen(window, (10 * room.width(), 10 * room.height()))
    assert room.contains(window.geometry())
    wanted = (int(0.8 * room.width()), int(0.7 * room.height()))
    start_on_screen(window, wanted)
    assert window.size().toTuple() == wanted
    assert room.contains(window.geometry())
    start_on_screen(window, (1, 1))  # as an ordinary size is on a screen of 8K
    assert window.width() >= room.width() // 2
    assert window.height() >= room.height() // 2
    assert room.contains(window.geometry())


def test_windows_of_a_screen_that_is_gone_come_back(qtbot, themed):
    room = QGuiApplication.primaryScreen().availableGeometry()

    def window():
        window = QMainWindow()
        dock = QDockWidget("Panel", window, objectName="panel")
        window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
        qtbot.addWidget(window)
        window.show()
        return window, dock

    former, dock = window()
    former.setGeometry(QRect(room.topLeft() + QPoint(10, 10), room.size() / 2))
    dock.setFloating(True)
    dock.move(room.right() + 3000, room.top() + 200)
    layout = packed_layout(former)
    later, dock = window()
    assert restore_layout(later, layout)
    for part in (later, dock):
        assert room.contains(part.geometry()), part
