"""Check that Qt can start: an error message instead of an abort."""

import logging
import os
import sys

from PySide6.QtCore import (
    QCoreApplication,
    QMessageLogContext,
    Qt,
    QtMsgType,
    qInstallMessageHandler,
)

_ADVICE = "`das-app doctor` says what is missing; `das-app capture` needs no window"
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.INFO,
    QtMsgType.QtCriticalMsg: logging.WARNING,
}
_log = logging.getLogger("das_app.qt")


def display_problem() -> str:
    """Why no window can open here, as far as one sees without trying; else empty."""
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    if sys.platform == "linux" and not any(os.environ.get(name) for name in names):
        return f"there is no display; run in a desktop session or under `xvfb-run`. {_ADVICE}"
    return ""


def share_opengl() -> None:
    """Let the 3D view keep its OpenGL when it moves to another window; before QApplication.

    Else Qt makes a new context there, and all that vispy has on the card is gone.
    """
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)


def end_in_words() -> None:
    """Have Qt's fatal errors end the process with a line and exit code 1.

    Qt aborts after such a message, which leaves a core and an advice to reinstall; a platform
    plugin that does not start is one. What it warned of just before tells more. Its messages
    else go to the log.
    """
    warnings: list[str] = []

    def on_message(kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
        if kind is not QtMsgType.QtFatalMsg:
            warnings[:] = [text]
            _log.log(_LEVELS.get(kind, logging.INFO), "%s", text)
            return
        reason = " ".join((warnings or [text])[0].split()).removesuffix(".")[:200]
        sys.stderr.write(f"error: the window cannot open: {reason}. {_ADVICE}\n")
        sys.stderr.flush()
        logging.shutdown()
        os._exit(1)

    qInstallMessageHandler(on_message)
