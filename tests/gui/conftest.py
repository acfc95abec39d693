"""For the window's tests: the application's look, and OpenGL only where there is any."""

import cv2  # noqa: F401  # first, as in the application: it changes Qt's environment
import pytest
from PySide6.QtCore import QLocale, QTranslator
from pytestqt.qtbot import QtBot

from das_app.gui.window.qt_environment import drop_cv2_qt_plugins
from das_app.gui.window.qt_start import share_opengl

drop_cv2_qt_plugins()
share_opengl()


@pytest.fixture(scope="session")
def qapp(qapp):
    """The application as it is in English, wherever the tests run."""
    from das_app.gui.style.language import speak
    from das_app.settings.app_settings import Language

    speak(qapp, Language.ENGLISH)
    return qapp


PATIENCE_MS = 120_000  # what a test waits for is there at once, but not on a busy computer


class PatientQtBot(QtBot):
    """A bot that waits longer than its five seconds for what a test waits for."""

    def waitUntil(self, callback, *, timeout=PATIENCE_MS):
        super().waitUntil(callback, timeout=timeout)

    def waitSignal(self, signal, *, timeout=PATIENCE_MS, **options):
        return super().waitSignal(signal, timeout=timeout, **options)


@pytest.fixture
def qtbot(qapp, request):
    """Instead of pytest-qt's own."""
    return PatientQtBot(request)


@pytest.fixture
def themed(qapp):
    """The application with its palette and style sheet."""
    from das_app.gui.style import theme

    theme.apply_theme(qapp)
    return qapp


@pytest.fixture
def german(qapp):
    """The application in German, and in English again afterwards."""
    from das_app.gui.style.language import speak
    from das_app.settings.app_settings import Language

    before = QLocale()
    earlier = set(qapp.findChildren(QTranslator))
    speak(qapp, Language.GERMAN)
    yield qapp
    for translator in set(qapp.findChildren(QTranslator)) - earlier:
        qapp.removeTranslator(translator)
        translator.deleteLater()
    QLocale.setDefault(before)


@pytest.fixture
def needs_opengl(qapp):
    """Skips where the 3D view cannot start."""
    from das_app.gui.scene.scene_view import opengl_problem

    problem = opengl_problem()
    if problem is not None:
        pytest.skip(f"no OpenGL: {problem}")


@pytest.fixture(scope="module")
def shared_view(qapp):
    """One 3D view for the tests of a file: a software OpenGL takes seconds to start."""
    from das_app.gui.scene.scene_view import SceneView, opengl_problem

    if problem := opengl_problem():
        pytest.skip(f"no OpenGL: {problem}")
    view = SceneView()
    view.resize(400, 300)
    view.show()
    assert view.content is not None  # which makes it
    yield view
    view.close_canvas()
    view.close()
    view.deleteLater()
