import threading

import leaks
import pytest


def test_a_thread_left_running_is_named():
    before = leaks.running_threads()
    release = threading.Event()
    thread = threading.Thread(target=release.wait, name="forgotten", daemon=True)
    thread.start()
    leaks.JOIN_TIMEOUT_S, usual = 0.0, leaks.JOIN_TIMEOUT_S
    try:
        assert leaks.leaked_threads(before) == ["forgotten"]
    finally:
        leaks.JOIN_TIMEOUT_S = usual
        release.set()
        thread.join()
    assert leaks.leaked_threads(before) == []


def test_a_running_timer_and_an_open_widget_are_found(qapp):
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QWidget

    timer, widget = QTimer(), QWidget()
    assert timer not in leaks.active_timers()
    timer.start(1000)
    assert timer in leaks.active_timers()
    assert widget in leaks.top_level_widgets()
    timer.stop()
    assert timer not in leaks.active_timers()
    widget.deleteLater()
    del widget
    leaks.collect_garbage()


@pytest.mark.parametrize("is_kept", [False, True])
def test_deleted_widgets_are_gone(qapp, is_kept):
    from PySide6.QtWidgets import QWidget

    before = len(leaks.top_level_widgets())
    widget = QWidget()
    if not is_kept:
        del widget
    leaks.collect_garbage()
    assert len(leaks.top_level_widgets()) == before + is_kept
