import subprocess
import sys

from das_app.gui.window.qt_environment import drop_cv2_qt_plugins


def test_folders_of_opencv_are_forgotten_and_others_kept():
    environ = {
        "QT_QPA_PLATFORM_PLUGIN_PATH": "/env/site-packages/cv2/qt/plugins",
        "QT_QPA_FONTDIR": "/home/me/fonts",
        "QT_QPA_PLATFORM": "xcb",
    }
    drop_cv2_qt_plugins(environ)
    assert environ == {"QT_QPA_FONTDIR": "/home/me/fonts", "QT_QPA_PLATFORM": "xcb"}
    drop_cv2_qt_plugins(environ)


def test_what_opencv_really_sets_is_forgotten_without_importing_qt():
    code = (
        "import os, sys, cv2\n"
        "from das_app.gui.window.qt_environment import drop_cv2_qt_plugins\n"
        "drop_cv2_qt_plugins()\n"
        "assert not [k for k, v in os.environ.items() if k.startswith('QT_') and '/cv2/' in v]\n"
        "assert 'PySide6' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=240)
