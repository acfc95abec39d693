"""Probe of Qt and OpenGL in a process of its own, printed as JSON.

Run by the doctor as its own process (`python -m das_app.gui.window.qt_probe`), since a missing
library or a broken driver ends the process that tries it.
"""

import json

import cv2  # noqa: F401  # first, as in the application: it changes Qt's environment
from PySide6.QtGui import QGuiApplication, QOffscreenSurface, QOpenGLContext

from das_app.gui.window.qt_environment import drop_cv2_qt_plugins

_GL_RENDERER, _GL_VERSION = 0x1F01, 0x1F02


def probe() -> dict[str, str | None]:
    """Platform plugin, GL renderer and version; the latter None without a usable context."""
    drop_cv2_qt_plugins()
    application = QGuiApplication([])
    surface, context = QOffscreenSurface(), QOpenGLContext()
    surface.create()
    found: dict[str, str | None] = {
        "platform": application.platformName(),
        "renderer": None,
        "version": None,
    }
    if context.create() and context.makeCurrent(surface):
        functions = context.functions()
        found["renderer"] = functions.glGetString(_GL_RENDERER)
        found["version"] = functions.glGetString(_GL_VERSION)
        context.doneCurrent()
    return found


if __name__ == "__main__":
    print(json.dumps(probe()))
