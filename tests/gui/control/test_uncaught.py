import sys
import threading

import pytest
from PySide6.QtCore import QTimer

from das_app.gui.control.uncaught import UncaughtErrors


@pytest.fixture
def told(monkeypatch, qapp):
    """Former hooks and the user: what each of them is told."""
    logged, shown = [], []
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, trace: logged.append(error))
    monkeypatch.setattr(threading, "excepthook", lambda caught: logged.append(caught.exc_value))
    errors = UncaughtErrors()
    errors.caught.connect(shown.append)
    errors.install()
    yield logged, shown
    errors.remove()


def test_an_error_in_a_slot_reaches_the_user_and_the_log(told, qtbot):
    logged, shown = told

    def slot():
        raise ValueError("no foot\n there")

    QTimer.singleShot(0, slot)
    qtbot.waitUntil(lambda: bool(shown))
    assert shown == ["Something went wrong: no foot there. The log has the details."]
    assert [str(error) for error in logged] == ["no foot\n there"]


def test_an_error_in_a_thread_reaches_the_user_and_the_log(told, qtbot):
    logged, shown = told

    def work():
        raise KeyError

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: bool(shown))
    assert "KeyError" in shown[0]
    assert isinstance(logged[0], KeyError)


def test_ctrl_c_is_no_error_and_the_former_hooks_come_back(monkeypatch, qapp):
    former = (sys.excepthook, threading.excepthook)
    shown, errors = [], UncaughtErrors()
    monkeypatch.setattr(sys, "excepthook", lambda *_: None)
    hook = sys.excepthook
    errors.caught.connect(shown.append)
    errors.install()
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    errors.remove()
    assert shown == []
    assert sys.excepthook is hook
    assert threading.excepthook is former[1]
