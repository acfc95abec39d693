"""Ends from outside: they are heard in the event loop, and nothing is lost by them."""

import os
import signal
import subprocess
import sys

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QDialog, QWidget

from das_app.gui.window.closing import close_dialogs, listening
from das_app.gui.window.qt_start import display_problem
from das_app.gui.window.window_state import show_painted
from das_app.messaging.ending import ENDING_SIGNALS


class Painted(QWidget):
    """Asks the process to end in the middle of a paint event."""

    def __init__(self, number):
        super().__init__()
        self._number, self.is_painting, self.num_painted = number, False, 0

    def paintEvent(self, event):
        self.is_painting = True
        if not self.num_painted:
            os.kill(os.getpid(), self._number)
            for _ in range(1000):  # bytecodes between which a handler would run
                pass
        self.num_painted += 1
        self.is_painting = False


@pytest.mark.parametrize("number", ENDING_SIGNALS)
def test_a_signal_while_painting_is_heard_after_it(qtbot, number):
    usual, heard = signal.getsignal(number), []
    with listening() as listener:
        widget = Painted(number)
        qtbot.addWidget(widget)
        listener.asked.connect(lambda: heard.append(widget.is_painting))
        listener.begin()
        widget.show()
        qtbot.waitUntil(lambda: bool(heard))
    assert heard == [False]
    assert signal.getsignal(number) is usual


def test_a_signal_while_the_window_is_made_is_heard_once_it_is_there(qtbot):
    heard = []
    with listening() as listener:
        os.kill(os.getpid(), signal.SIGTERM)
        window = QWidget()
        qtbot.addWidget(window)
        show_painted(window)
        listener.asked.connect(lambda: heard.append(window.isVisible()))
        listener.begin()
        qtbot.waitUntil(lambda: bool(heard))
    assert heard == [True]


def test_dialogs_do_not_hold_up_the_end(qtbot):
    with listening() as listener:
        listener.asked.connect(close_dialogs)
        listener.begin()
        dialog = QDialog()
        qtbot.addWidget(dialog)
        QTimer.singleShot(50, lambda: os.kill(os.getpid(), signal.SIGTERM))
        assert dialog.exec() == QDialog.DialogCode.Rejected


def start_command(tmp_path, **environment):
    kept = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    kept.pop("QT_QPA_PLATFORM", None)
    kept |= {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "c")}
    return subprocess.run(
        [sys.executable, "-m", "das_app"],
        env=kept | environment,
        capture_output=True,
        text=True,
        timeout=240,
    )


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a display")
@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"DISPLAY": ":987"},
        {"QT_QPA_PLATFORM": "nonsense"},
        {"WAYLAND_DISPLAY": "wayland-99", "QT_QPA_PLATFORM": "wayland"},
    ],
    ids=["no display", "dead display", "no such plugin", "no compositor"],
)
def test_without_a_display_there_is_a_line_and_exit_code_1(tmp_path, environment):
    done = start_command(tmp_path, **environment)
    assert done.returncode == 1
    lines = done.stderr.strip().splitlines()
    assert lines[-1].startswith("error: the window cannot open: ")
    assert "das-app capture" in lines[-1]
    assert "reinstalling" not in lines[-1].lower()
    assert "Traceback" not in done.stderr


def test_a_display_is_known_without_trying(monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert "no display" in display_problem()
    monkeypatch.setenv("DISPLAY", ":0")
    assert display_problem() == ""
