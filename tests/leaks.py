"""What a test must not leave behind: threads, running timers, top-level widgets."""

import gc
import sys
import threading
import time

JOIN_TIMEOUT_S = 3.0
# Qt and tqdm keep these for the life of the process by design
_LASTING_THREADS = ("TMonitor",)


def running_threads():
    return {
        thread
        for thread in threading.enumerate()
        if thread.is_alive() and type(thread).__name__ not in _LASTING_THREADS
    }


def leaked_threads(before):
    """Names of threads that run on although they were not there before."""
    deadline_s = time.monotonic() + JOIN_TIMEOUT_S
    for thread in running_threads() - before:
        thread.join(max(0.0, deadline_s - time.monotonic()))
    return sorted(thread.name for thread in running_threads() - before)


def has_application():
    widgets = sys.modules.get("PySide6.QtWidgets")
    return widgets is not None and widgets.QApplication.instance() is not None


def active_timers():
    """Running QTimers that Python knows of."""
    import shiboken6
    from PySide6.QtCore import QTimer

    # by type(): asking some library objects for their __class__ makes them warn
    timers = (o for o in gc.get_objects() if issubclass(type(o), QTimer))
    return [t for t in timers if shiboken6.isValid(t) and t.isActive()]


def top_level_widgets():
    from PySide6.QtWidgets import QApplication

    return QApplication.topLevelWidgets()


def qt_objects():
    """Running timers and top-level widgets; none without an application."""
    return [*active_timers(), *top_level_widgets()] if has_application() else []


def flush_deletions():
    """Let Qt delete what is only waiting for it."""
    if has_application():
        from PySide6.QtCore import QCoreApplication, QEvent

        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        QCoreApplication.processEvents()


def collect_garbage():
    """Free what only cycles hold, and what then waits to be deleted."""
    for _ in range(2):
        gc.collect()
        flush_deletions()
