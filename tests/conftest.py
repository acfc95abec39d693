"""For all tests: a display to draw on, and nothing left behind."""

import gc
import os
import shutil
import sys
from pathlib import Path

import hypothesis
import leaks
import pytest

HAS_DISPLAY = any(name in os.environ for name in ("DISPLAY", "WAYLAND_DISPLAY"))
if sys.platform.startswith("linux") and not HAS_DISPLAY and shutil.which("Xvfb") is None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

TESTS = Path(__file__).parent
# Rooms of arithmetic, without windows, films, networks and processes
FAST_ROOMS = ("app/files", "app/messaging", "app/motion", "app/settings", "model/evaluation")

# New examples at each desk, the same ones in CI: there a run must not fail by chance
hypothesis.settings.register_profile("desk", deadline=None)
hypothesis.settings.register_profile(
    "CI",
    deadline=None,
    derandomize=True,
    print_blob=True,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("CI" if os.environ.get("CI") else "desk")


def is_fast(file):
    return file.parent.relative_to(TESTS).as_posix() in FAST_ROOMS


def pytest_ignore_collect(collection_path, config):
    """With `-m fast` the other rooms are not even imported."""
    is_left_out = collection_path.suffix == ".py" and not is_fast(collection_path)
    return True if config.option.markexpr == "fast" and is_left_out else None


def pytest_collection_modifyitems(items):
    """Slow files begin: with several processes, none is left with a long one at the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)
    for item in items:
        if is_fast(item.path) and item.path not in slow:
            item.add_marker("fast")


def pytest_collection_finish():
    """A million objects that imports made stay: leak checks and collections pass them by."""
    gc.freeze()


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
