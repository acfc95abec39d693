import logging
import sys
import threading

import pytest
from PySide6.QtCore import qInstallMessageHandler, qWarning
from PySide6.QtWidgets import QLabel

from window_use.window_tour import Tour, Troubles


@pytest.fixture
def troubles(monkeypatch):
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    troubles = Troubles()
    troubles.listen()
    yield troubles
    logging.getLogger().removeHandler(troubles)
    qInstallMessageHandler(None)


def test_whatever_goes_wrong_is_noted(qapp, troubles):
    logging.getLogger("a.module").warning("a lens is odd")
    logging.getLogger("a.module").info("all is well")
    qWarning("a widget is odd")
    try:
        raise ValueError("nobody caught me")
    except ValueError as error:
        sys.excepthook(ValueError, error, None)
    thread = threading.Thread(target=lambda: [][0])
    thread.start()
    thread.join()
    noted = "\n".join(troubles.found)
    assert len(troubles.found) == 4
    for words in ("a lens is odd", "Qt: a widget is odd", "nobody caught me", "IndexError"):
        assert words in noted


def test_what_is_shown_is_saved(qtbot, tmp_path):
    label = QLabel("DAS")
    qtbot.addWidget(label)
    Tour(label, tmp_path / "new").take("label", label)
    assert (tmp_path / "new" / "label.jpg").stat().st_size > 0
