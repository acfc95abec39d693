"""For all tests: a display to draw on, and nothing left behind."""

import os
import shutil
import sys

import hypothesis
import leaks
import pytest

HAS_DISPLAY = any(name in os.environ for name in ("DISPLAY", "WAYLAND_DISPLAY"))
if sys.platform.startswith("linux") and not HAS_DISPLAY and shutil.which("Xvfb") is None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

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


def pytest_collection_modifyitems(items):
    """Slow files begin: with several processes, none is left with a long one at the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


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
