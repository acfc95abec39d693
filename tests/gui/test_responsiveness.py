import time

import pytest
from PySide6.QtCore import QTimer

from window_use.responsiveness import LIMIT_S, Responsiveness


@pytest.fixture
def watch(qapp):
    watch = Responsiveness()
    watch.start()
    yield watch
    watch.stop()


def sleepy():
    time.sleep(3 * LIMIT_S)


def test_a_slot_that_blocks_is_found_and_named(watch, qtbot):
    QTimer.singleShot(0, sleepy)
    qtbot.waitUntil(lambda: any("sleepy" in hold.where for hold in watch.holds))
    hold = next(hold for hold in watch.holds if "sleepy" in hold.where)
    assert hold.wall_s > 2 * LIMIT_S  # sleeping takes at least its time
    assert hold.busy_s < hold.wall_s - LIMIT_S  # it slept, it did not compute
    assert watch.longest.wall_s >= hold.wall_s


def test_what_is_skipped_is_not_counted(watch, qtbot):
    done = []

    def skipped():
        sleepy()
        watch.skip()
        done.append(True)

    QTimer.singleShot(0, skipped)
    qtbot.waitUntil(lambda: bool(done))
    qtbot.wait(20)
    assert not any("sleepy" in hold.where for hold in watch.holds)


def test_computing_is_told_from_waiting(watch, qtbot):
    def compute():
        end_s = time.thread_time() + 2 * LIMIT_S
        while time.thread_time() < end_s:
            pass

    QTimer.singleShot(0, compute)
    qtbot.waitUntil(lambda: any(hold.busy_s >= 2 * LIMIT_S for hold in watch.holds))


def test_nothing_is_counted_before_the_start_or_after_the_end(qapp, qtbot):
    watch = Responsiveness()
    sleepy()
    watch.start()
    watch.stop()
    QTimer.singleShot(0, sleepy)
    qtbot.wait(10)
    assert not watch.holds
