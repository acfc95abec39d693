"""For all tests: a display to draw on, and nothing left behind."""

import os
import shutil
import sys

import leaks
import pytest

HAS_DISPLAY = any(name in os.environ for name in ("DISPLAY", "WAYLAND_DISPLAY"))
if sys.platform.startswith("linux") and not HAS_DISPLAY and shutil.which("Xvfb") is None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture(autouse=True)
def nothing_left_behind(request):
    """Fails a test that leaves a thread, a running timer or a top-level widget."""
    threads = leaks.running_threads()
    before = {id(o) for o in leaks.qt_objects()}
    yield
    left = leaks.leaked_threads(threads)
    assert not left, f"threads left running: {left}"
    leaks.flush_deletions()
    if any(id(o) not in before for o in leaks.qt_objects()):
        request.node.funcargs.clear()  # the last references to what the fixtures made
        leaks.collect_garbage()
    left = [o for o in leaks.qt_objects() if id(o) not in before]
    assert not left, f"timers left running or widgets left open: {left}"
