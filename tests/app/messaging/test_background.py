import threading

import pytest

from das_app.messaging.background import BackgroundTask


def test_a_call_runs_beside_and_gives_its_value():
    gate = threading.Event()
    task = BackgroundTask(lambda: gate.wait() and 7, "das-test")
    assert not task.is_over
    assert not task.wait(0.01)
    gate.set()
    assert task.result() == 7
    assert task.is_over
    assert task.wait(0)


def test_an_error_comes_to_whoever_asks():
    task = BackgroundTask(lambda: 1 / 0, "das-test")
    assert task.wait(5)
    with pytest.raises(ZeroDivisionError):
        task.result()
